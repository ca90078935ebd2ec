// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What a large network takes an image for, and a picture of what each of its layers made of it.
#include "command_line.hpp"
#include "image_classifiers/image_classifier.hpp"
#include "image_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>

namespace {

struct known_network {
    const char* name;
    std::unique_ptr<image_classifier> (*make)(std::uint64_t seed);
    // Of the colours, by which torchvision shifts and scales them for this network.
    std::array<float, 3> mean = {0.485F, 0.456F, 0.406F};
    std::array<float, 3> deviation = {0.229F, 0.224F, 0.225F};
};
const known_network known_networks[] = {
    {"densenet121", make_densenet121},
    {"inception_v3", make_inception_v3, {0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}},
    {"mobilenet_v2", make_mobilenet_v2},
    {"resnet18", make_resnet18},
    {"resnet50", make_resnet50},
    {"squeezenet_1_1", make_squeezenet_1_1},
};

const known_network& find_network(const std::string& name) {
    std::string names;
    for (const known_network& network : known_networks) {
        if (network.name == name)
            return network;
        names += std::string(" ") + network.name;
    }
    throw std::invalid_argument("--network: expected one of" + names + ", found '" + name + "'");
}

/// Something to look at where no image is given: rings and stripes in colours.
colour_image test_pattern() {
    colour_image result{320, 400, {}};
    for (std::size_t y = 0; y < result.height; ++y)
        for (std::size_t x = 0; x < result.width; ++x) {
            const float horizontal = static_cast<float>(x) / 200 - 1;
            const float vertical = static_cast<float>(y) / 160 - 1;
            const float radius = std::hypot(horizontal, vertical);
            result.values.push_back(0.5F + 0.5F * std::sin(20 * radius));
            result.values.push_back(radius < 0.8F ? 0.5F + 0.4F * std::cos(9 * horizontal) : 0.2F);
            result.values.push_back(0.5F + 0.4F * vertical);
        }
    return result;
}

std::vector<float> read_weights(const std::string& file, std::size_t count) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        throw std::runtime_error(file + ": cannot be read");
    const auto bytes = std::filesystem::file_size(file);
    if (bytes != count * sizeof(float))
        throw std::runtime_error(file + ": expected " + std::to_string(count) +
                                 " weights of four bytes, found " + std::to_string(bytes) + " bytes");
    std::vector<float> result(count);
    stream.read(reinterpret_cast<char*>(result.data()), static_cast<std::streamsize>(bytes));
    return result;
}

/// A grey map for each channel, side by side in rows; each map's smallest number is black and its largest
/// white. Small maps are drawn larger.
void draw(const layer_values& layer, const std::string& file) {
    const std::size_t channels = layer.shape.back();
    const std::size_t height = layer.shape.size() == 3 ? layer.shape[0] : 1;
    const std::size_t width = layer.shape.size() == 3 ? layer.shape[1] : 1;
    constexpr std::size_t gap = 2;
    const auto columns = static_cast<std::size_t>(
        std::ceil(std::sqrt(static_cast<double>(channels * height) / static_cast<double>(width))));
    const std::size_t rows = (channels + columns - 1) / columns;
    const std::size_t zoom = std::clamp<std::size_t>(1000 / (columns * width), 1, 16);
    const std::size_t cell_height = height * zoom + gap;
    const std::size_t cell_width = width * zoom + gap;
    const std::size_t row_length = columns * cell_width + gap;
    std::vector<std::uint8_t> pixels((rows * cell_height + gap) * row_length, 64);
    for (std::size_t c = 0; c < channels; ++c) {
        float low = layer.values[c];
        float high = low;
        for (std::size_t i = c; i < layer.values.size(); i += channels) {
            low = std::min(low, layer.values[i]);
            high = std::max(high, layer.values[i]);
        }
        if (height * width == 1) { // a map of one number is drawn by the smallest and the largest of all maps
            const auto [lowest, highest] = std::minmax_element(layer.values.begin(), layer.values.end());
            low = *lowest;
            high = *highest;
        }
        const float scale = high > low ? 255 / (high - low) : 0;
        std::uint8_t* const map =
            pixels.data() + (c / columns * cell_height + gap) * row_length + c % columns * cell_width + gap;
        for (std::size_t y = 0; y < height * zoom; ++y)
            for (std::size_t x = 0; x < width * zoom; ++x) {
                const float value = layer.values[(y / zoom * width + x / zoom) * channels + c];
                map[y * row_length + x] = static_cast<std::uint8_t>((value - low) * scale);
            }
    }
    write_grey_png(file, pixels.size() / row_length, row_length, pixels);
}

/// Draws one layer after another into a directory, with a page that shows them all.
class gallery {
public:
    explicit gallery(const std::filesystem::path& directory) : directory_(directory) {
        std::filesystem::create_directories(directory);
        page_.open(directory / "index.html");
        page_ << "<!DOCTYPE html>\n<meta charset='utf-8'>\n<title>Layers</title>\n"
                 "<style>img { max-width: 100%; image-rendering: pixelated }</style>\n";
    }
    void add(const layer_values& layer) {
        const std::string number = std::to_string(1000 + ++count_).substr(1);
        draw(layer, (directory_ / (number + ".png")).string());
        page_ << "<h3>" << number << ": ";
        for (const char letter : layer.layers)
            page_ << (letter == '<' ? "&lt;" : letter == '>' ? "&gt;" : std::string(1, letter));
        for (std::size_t axis = 0; axis < layer.shape.size(); ++axis)
            page_ << (axis == 0 ? "</h3>\n<p>" : " x ") << layer.shape[axis];
        page_ << "</p>\n<img src='" << number << ".png'>\n";
    }
    [[nodiscard]] std::size_t count() const { return count_; }

private:
    std::filesystem::path directory_;
    std::ofstream page_;
    std::size_t count_ = 0;
};

std::vector<std::string> read_lines(const std::string& file) {
    std::vector<std::string> result;
    std::ifstream stream(file);
    if (!stream)
        throw std::runtime_error(file + ": cannot be read");
    for (std::string line; std::getline(stream, line);)
        result.push_back(line);
    return result;
}

void classify(const given_options& options) {
    const known_network& network = find_network(options.text("network"));
    const auto net = network.make(options.count("seed"));
    std::printf("%s: %zu parameters\n", network.name, net->parameter_count());
    if (const std::string& file = options.text("weights"); !file.empty())
        net->set_weights(read_weights(file, net->weight_count()));
    else
        std::puts("No --weights are given: they are RANDOM, and what the network says means nothing.");

    const std::string& file = options.text("image");
    const auto image = classifier_input(file.empty() ? test_pattern() : read_image(file), net->side(),
                                        network.mean, network.deviation);
    std::vector<float> probabilities;
    if (const std::string& directory = options.text("layers"); !directory.empty()) {
        gallery pictures(directory);
        probabilities = net->classify(image, [&](const layer_values& layer) { pictures.add(layer); });
        std::printf("%zu pictures of layers: %s/index.html\n", pictures.count(), directory.c_str());
    } else
        probabilities = net->classify(image, [](const layer_values&) {});

    std::vector<std::string> names;
    if (const std::string& labels = options.text("labels"); !labels.empty())
        names = read_lines(labels);
    std::vector<std::size_t> order(probabilities.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    constexpr std::size_t shown_classes = 5;
    std::ranges::partial_sort(order, order.begin() + shown_classes, [&](std::size_t a, std::size_t b) {
        return probabilities[a] > probabilities[b];
    });
    for (std::size_t i = 0; i < shown_classes; ++i)
        std::printf("%6.2f %%  %s\n", 100 * static_cast<double>(probabilities[order[i]]),
                    order[i] < names.size() ? names[order[i]].c_str()
                                            : ("class " + std::to_string(order[i])).c_str());
}

} // namespace

int main(int count, char** arguments) {
    return run_example(
        count, arguments, "Classifies an image, and draws what each layer of the network makes of it.",
        {{"image", "PNG, JPEG, BMP or PNM file; if not given, a test pattern", ""},
         {"network", "densenet121, inception_v3, mobilenet_v2, resnet18, resnet50 or squeezenet_1_1",
          "resnet50"},
         {"weights", "file that networks/from_torchvision.py wrote; if not given, random weights", ""},
         {"labels", "text file with a line for the name of each class", ""},
         {"layers", "directory to draw the layers' outputs in; '' draws none", "layers"},
         {"seed", "draws random weights", "7"}},
        classify);
}
