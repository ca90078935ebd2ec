// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the engines of the Teachable machine compute, apart from the page and its browser.
#include "../../examples/browser/engines/browser_spectrogram.hpp"
#include "../../examples/browser/engines/exported_weights.hpp"
#include "../../examples/browser/engines/pose_points.hpp"
#include "../../examples/browser/engines/spectrogram.hpp"
#include "../../examples/browser/engines/teachable_session.hpp"
#include "../data/temporary_directory.hpp"
#include "../larger_error.hpp"

#include <strata/io/header_export.hpp>
#include <strata/io/onnx_export.hpp>
#include <strata/source/to_string.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace strata;

namespace {
/// Four numbers, which are their own features.
struct plain {
    static constexpr std::string_view name = "numbers";
    static constexpr std::size_t shown_size = 0;
    static constexpr std::string_view head = "input<4> | dense<8> | relu | dense<20> | softmax";
    using input = float;
    using network = model<strata::input<4> | dense<8> | relu | dense<teachable::most_classes> | softmax>;
    static std::string trunk() { return "nothing"; }
    static bool is_ready() { return true; }
    static std::string load(const engines::tensor_file&) { return {}; }
    void read(std::span<const float> numbers, std::span<float> features, std::span<float>) {
        std::copy(numbers.begin(), numbers.end(), features.begin());
    }
};
using session = teachable::session<plain>;
using exact = model<input<4> | dense<8> | relu | dense<3> | softmax>;

/// Examples of three classes around three places, and a class that is none.
void fill(session& given) {
    bedrock::random_sequence random(seed{3}, bedrock::draw_purpose::shuffle);
    for (std::uint32_t i = 0; i < 60; ++i) {
        std::array<float, 4> numbers{};
        for (std::size_t axis = 0; axis < 4; ++axis)
            numbers[axis] = static_cast<float>(random.uniform()) + (axis == i % 3 ? 1.5f : 0.0f);
        given.read(numbers);
        given.add(i % 3);
    }
}
std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}
} // namespace

BOOST_AUTO_TEST_CASE(a_session_learns_three_classes_and_measures_what_it_held_out) {
    session taught;
    fill(taught);
    BOOST_TEST(taught.learning.begin({.classes = 4}) == "class 4 has no examples");
    BOOST_TEST(taught.learning.begin({.classes = 1}) == "there are 1 classes, expected 2 to 20");
    BOOST_TEST(taught.learning.begin({.classes = 3, .rate = 0.02, .held_out_share = 0.25}) == "");
    const teachable::epoch_scores first = taught.learning.learn();
    teachable::epoch_scores last{};
    while (taught.learning.epochs() < 40)
        last = taught.learning.learn();
    BOOST_TEST(last.loss < 0.2 * first.loss);
    BOOST_TEST(last.held_out_accuracy == 1);
    const std::vector<float> held_out = taught.learning.confusion(true),
                             learnt = taught.learning.confusion(false);
    for (std::size_t i = 0; i < 9; ++i) {
        BOOST_TEST(held_out[i] == (i % 4 == 0 ? 5 : 0));
        BOOST_TEST(learnt[i] == (i % 4 == 0 ? 15 : 0));
    }

    // The same settings give the same bits, others do not.
    const std::vector<float> weights = taught.learning.network().weights();
    const auto train = [&](std::uint64_t number) {
        BOOST_TEST(taught.learning.begin(
                       {.classes = 3, .rate = 0.02, .seed = number, .held_out_share = 0.25}) == "");
        while (taught.learning.epochs() < 40)
            taught.learning.learn();
        return taught.learning.network().weights() == weights;
    };
    BOOST_TEST(train(1));
    BOOST_TEST(!train(2));
}

BOOST_AUTO_TEST_CASE(outputs_without_a_class_learn_nothing_and_change_nothing) {
    session taught;
    fill(taught);
    BOOST_TEST(taught.learning.begin({.classes = 3, .held_out_share = 0}) == "");
    // The network of three outputs with the same first weights, and the same examples in the same order.
    exact three;
    const auto narrow = [&](const session& source) {
        std::vector<float> result;
        for (const auto& array : source.learning.network().parameters()) {
            const std::vector<float> numbers = array.values();
            const bool is_last = array.name().starts_with("dense_1");
            for (std::size_t i = 0; i < numbers.size(); ++i)
                if (!is_last || i % teachable::most_classes < 3)
                    result.push_back(numbers[i]);
        }
        return result;
    };
    three.set_weights(narrow(taught));
    three.set_random_seed(taught.learning.network().random_seed());
    std::vector<float> x, y;
    std::vector<std::uint32_t> order(60);
    std::iota(order.begin(), order.end(), 0u);
    bedrock::random_sequence(seed{1}, bedrock::draw_purpose::shuffle, ~std::uint32_t{0}).shuffle(order);
    for (const std::uint32_t place : order) {
        const teachable::example& each = taught.learning.examples()[place];
        x.insert(x.end(), each.features.begin(), each.features.end());
        y.push_back(static_cast<float>(each.label));
    }
    trainer teach{three, sparse_categorical_crossentropy, adam{.learning_rate = 0.001}, accuracy};
    for (std::size_t epoch = 0; epoch < 5; ++epoch) {
        const auto wide = taught.learning.learn();
        const auto seen = teach.fit(
            x, y,
            {.batch_size = 16, .epochs = epoch + 1, .initial_epoch = epoch, .verbose = verbosity::silent});
        BOOST_TEST(wide.loss == seen["loss"].back(), boost::test_tools::tolerance(1e-6));
        BOOST_TEST(wide.accuracy == seen["accuracy"].back());
    }
    const std::vector<float> learnt = narrow(taught), expected = three.weights();
    for (std::size_t i = 0; i < learnt.size(); ++i)
        BOOST_TEST(std::abs(learnt[i] - expected[i]) < 1e-6f);
    BOOST_TEST(taught.predict().size() == 3u);

    // What is written is what the exporters write of that network.
    three.set_weights(learnt);
    const temporary_directory folder;
    const auto onnx = folder / "network.onnx", header = folder / "network.hpp";
    taught.names = R"(["one","two","three"])";
    export_onnx(three, onnx);
    const std::vector<unsigned char> bytes = taught.save_onnx();
    const std::string whole(bytes.begin(), bytes.end()), graph = read_file(onnx);
    BOOST_TEST(whole.starts_with(graph));
    // Behind it stands what the features and the classes are.
    BOOST_TEST(whole.find("nothing", graph.size()) != whole.npos);
    BOOST_TEST(whole.find(taught.names, graph.size()) != whole.npos);
    export_header(three, header, {.name = "taught"});
    const auto code = [](const std::string& text) { return text.substr(text.find("// clang-format off")); };
    BOOST_TEST(code(taught.save_header()) == code(read_file(header)));
}

BOOST_AUTO_TEST_CASE(files_are_read_again) {
    session taught;
    fill(taught);
    taught.names = R"(["one","two","three"])";
    taught.page = "kept";
    BOOST_TEST(taught.learning.begin({.classes = 3}) == "");
    taught.learning.learn();
    session other;
    BOOST_TEST(other.load_project(taught.save_project()) == "");
    BOOST_TEST(other.learning.examples().size() == 60u);
    BOOST_TEST((other.learning.network().weights() == taught.learning.network().weights()));
    BOOST_TEST(other.names == taught.names);
    BOOST_TEST(other.page == "kept");
    other.learning.remove_class(1);
    BOOST_TEST(other.learning.count(1) == 20u);
    BOOST_TEST(other.learning.examples().size() == 40u);
    // A project of which nothing was learnt yet forgets what was.
    session fresh;
    fill(fresh);
    BOOST_TEST(other.load_project(fresh.save_project()) == "");
    BOOST_TEST(other.learning.classes() == 0u);
    BOOST_TEST(other.save_onnx().empty());
    session third;
    BOOST_TEST(third.load_weights(taught.save_weights()) == "");
    BOOST_TEST((third.learning.network().weights() == taught.learning.network().weights()));
    BOOST_TEST(third.load_project(taught.save_weights()) ==
               "expected examples of 4 features each, and as many labels");
    const std::vector<float> nothing(4);
    BOOST_TEST(third.load_project(
                   safetensors_bytes<float>({{"examples.labels", {4}, nothing}}, {{"kind", "poses"}})) ==
               "expected a project of numbers, found one of \"poses\"");
    BOOST_TEST(to_string(plain::network::topology{}) == plain::head);
}

BOOST_AUTO_TEST_CASE(points_are_where_the_heads_say) {
    using namespace engines;
    constexpr std::size_t places = pose_places * pose_places;
    std::vector<float> centre(places, -9), heat(places * 17, -9), regression(places * 34),
        offset(places * 34);
    const auto place = [](std::size_t row, std::size_t column) { return row * pose_places + column; };
    // The person is the one near the middle, though another is a little surer.
    centre[place(20, 22)] = 2;
    centre[place(2, 3)] = 2.5f;
    for (std::size_t point = 0; point < 17; ++point) {
        // It expects its points in a row above it; each is half a place lower, and one far away is surer.
        regression[(place(20, 22) * 17 + point) * 2] = -5;
        regression[(place(20, 22) * 17 + point) * 2 + 1] = static_cast<float>(point) - 8;
        heat[place(15, 14 + point) * 17 + point] = 1;
        heat[place(45, 45) * 17 + point] = 2;
        offset[(place(15, 14 + point) * 17 + point) * 2] = 0.5f;
    }
    const auto points = pose_points(centre, heat, regression, offset);
    for (std::size_t point = 0; point < 17; ++point) {
        BOOST_TEST(std::abs(points[point].y - 15.5f / 48) < 1e-6f);
        BOOST_TEST(std::abs(points[point].x - static_cast<float>(14 + point) / 48) < 1e-6f);
        BOOST_TEST(std::abs(points[point].score - 1 / (1 + std::exp(-1.0f))) < 1e-6f);
    }

    // A person elsewhere and half as large has the same features; one in a mirror has not.
    auto moved = points, mirrored = points;
    for (std::size_t i = 0; i < 17; ++i) {
        moved[i].y = 0.1f + points[i].y / 2;
        moved[i].x = 0.4f + points[i].x / 2;
        mirrored[i].x = 1 - points[i].x;
    }
    std::array<float, 51> first{}, second{}, third{};
    normalize_pose(points, first);
    normalize_pose(moved, second);
    normalize_pose(mirrored, third);
    float difference = 0, reflection = 0;
    for (std::size_t i = 0; i < 51; ++i) {
        difference = larger_error(difference, std::abs(first[i] - second[i]));
        reflection = larger_error(reflection, std::abs(first[i] - third[i]));
    }
    BOOST_TEST(difference < 1e-5f);
    BOOST_TEST(reflection > 0.5f);
}

BOOST_AUTO_TEST_CASE(a_spectrogram_has_a_tone_where_it_is) {
    engines::spectrogram ear;
    std::vector<float> sound(ear.rate), levels(ear.steps * ear.bands);
    const auto hear = [&] {
        ear.compute(std::span<const float, ear.rate>(sound), std::span<float, ear.steps * ear.bands>(levels));
    };
    hear();
    BOOST_TEST(*std::max_element(levels.begin(), levels.end()) == 0);
    // Half a second of silence, then 1,000 Hz at a tenth of full scale: -20 dB, a quarter below the top.
    for (std::size_t i = ear.rate / 2; i < ear.rate; ++i)
        sound[i] = 0.1f * static_cast<float>(
                              std::sin(2 * std::numbers::pi * 1000 * static_cast<double>(i) / ear.rate));
    hear();
    for (std::size_t band = 0; band < ear.bands; ++band)
        BOOST_TEST(levels[10 * ear.bands + band] == 0);
    const std::span<const float> row(levels.data() + 40 * ear.bands, ear.bands);
    const auto loudest = std::max_element(row.begin(), row.end());
    // Mel has 1,000 Hz at 1,000, and 40 bands between 91 and 2,787.
    BOOST_TEST((loudest - row.begin() == 13));
    BOOST_TEST(std::abs(*loudest - 0.75f) < 0.03f);
}

BOOST_AUTO_TEST_CASE(a_browsers_spectrogram_has_decibels_of_blackmans_window) {
    using engines::browser_spectrogram;
    constexpr std::size_t bins = browser_spectrogram::bins, frames = browser_spectrogram::frames;
    browser_spectrogram ear;
    // A tone in the middle of bin 40 at a tenth of full scale, beside a constant.
    std::vector<float> sound(ear.samples), levels(frames * bins);
    for (std::size_t i = 0; i < sound.size(); ++i)
        sound[i] =
            0.2f + 0.1f * static_cast<float>(std::cos(2 * std::numbers::pi * 40 * static_cast<double>(i) /
                                                      browser_spectrogram::length));
    const std::span<const float, browser_spectrogram::samples> heard(sound);
    const std::span<float, frames * bins> shown(levels);
    BOOST_TEST(ear.measure(heard, shown) == 0u);
    // The window's sum is 0.42 of its length, its neighbours have 0.25 and 0.04; a real tone has half of
    // each.
    const auto decibels = [](double amplitude) { return 20 * std::log10(amplitude); };
    for (const std::size_t frame : {std::size_t{0}, frames - 1}) {
        const float* const row = &levels[frame * bins];
        BOOST_TEST(std::abs(static_cast<double>(row[0]) - decibels(0.2 * 0.42)) < 1e-3);
        BOOST_TEST(std::abs(static_cast<double>(row[1]) - decibels(0.2 * 0.25)) < 1e-3);
        BOOST_TEST(std::abs(static_cast<double>(row[40]) - decibels(0.05 * 0.42)) < 1e-3);
        BOOST_TEST(std::abs(static_cast<double>(row[41]) - decibels(0.05 * 0.25)) < 1e-3);
        BOOST_TEST(std::abs(static_cast<double>(row[38]) - decibels(0.05 * 0.04)) < 1e-3);
        BOOST_TEST(row[100] < -120);
    }
    // Frames of silence are left out; what was heard stands last.
    std::fill(sound.begin(), sound.begin() + 4 * 1024, 0.0f);
    BOOST_TEST(ear.measure(heard, shown) == 3u);
    BOOST_TEST(*std::max_element(levels.begin(), levels.begin() + 3 * bins) == 0);
    BOOST_TEST(*std::min_element(levels.begin(), levels.begin() + 3 * bins) == 0);
    BOOST_TEST(std::abs(static_cast<double>(levels[42 * bins]) - decibels(0.2 * 0.42)) < 1e-3);
    std::fill(sound.begin(), sound.end(), 0.0f);
    BOOST_TEST(ear.measure(heard, shown) == frames);
    browser_spectrogram::normalize(levels);
    BOOST_TEST(*std::max_element(levels.begin(), levels.end()) == 0);
    std::vector<float> numbers{1, 3, 5, 7};
    browser_spectrogram::normalize(numbers);
    BOOST_TEST(std::abs(static_cast<double>(numbers[3]) - 3 / std::sqrt(5.0)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(exported_weights_are_read_whatever_their_type) {
    const std::string model = R"({"weightsManifest": [{"paths": ["a"], "weights": [
        {"name": "a/kernel", "shape": [1, 2], "dtype": "float32"},
        {"name": "b", "shape": [2], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1}},
        {"name": "c", "shape": [], "dtype": "float32", "quantization": {"dtype": "float16"}}]}]})";
    const std::vector<unsigned char> bytes{0, 0, 128, 63, 0, 0, 0, 64, 0, 3, 0, 60};
    const engines::exported_weights read(model, bytes);
    BOOST_TEST(read.problem() == "");
    BOOST_TEST((read.find("a/kernel")->numbers == std::vector<float>{1, 2}));
    BOOST_TEST((read.find("b")->numbers == std::vector<float>{-1, 0.5f}));
    BOOST_TEST((read.find("c")->numbers == std::vector<float>{1}));
    BOOST_TEST(read.find("d") == nullptr);
    const auto problem = [](const std::string& text, std::span<const unsigned char> given) {
        return engines::exported_weights(text, given).problem();
    };
    BOOST_TEST(problem(model, std::span(bytes).first(11)) == "the weights end within \"c\"");
    BOOST_TEST(problem(R"({"weightsManifest": []})", bytes) == "expected 0 bytes of weights, found 12");
    for (const char* wrong : {"", "7", "{}", "{\"weightsManifest\": 3}"})
        BOOST_TEST(problem(wrong, bytes) == "expected model.json with a list \"weightsManifest\"");
    // Extents whose product wraps around are more than there is.
    BOOST_TEST(problem(R"({"weightsManifest": [{"weights": [
        {"name": "a", "shape": [4294967296, 4294967296], "dtype": "float32"}]}]})",
                       bytes) == "the weights end within \"a\"");
    BOOST_TEST(
        problem(R"({"weightsManifest": [{"weights": [{"name": "a", "shape": [1], "dtype": "string"}]}]})",
                bytes) ==
        "model.json: expected a name, a shape and a type float32, float16, uint16 or uint8 of weight \"a\"");
}
