// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What the engines of the page of digits compute, apart from the page and its browser.
#include "../../examples/browser/engines/digits/digit_frame.hpp"
#include "../../examples/browser/engines/digits/seen_network.hpp"
#include "../../examples/browser/engines/digits/stage_values.hpp"
#include "../../examples/browser/engines/digits/word_weights.hpp"
#include "../../examples/browser/engines/weight_bytes.hpp"
#include "../../examples/networks/page_digits.hpp"

#include <strata/io/weights.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace engines;

namespace {
const std::filesystem::path models = std::filesystem::path(STRATA_TESTS) / "../examples/browser/models";

std::vector<unsigned char> bytes_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// A seven of two lines, so many times larger and shifted.
std::vector<pen_stroke> seven(float size, float x, float y) {
    return {{{x, y}, {x + 0.5F * size, y}, {x + 0.25F * size, y + size}}};
}
digit_image image_of(const std::vector<pen_stroke>& strokes, float smallest = 0.01F) {
    return digit_frame(strokes, smallest).image();
}
} // namespace

BOOST_AUTO_TEST_CASE(a_drawing_has_the_size_and_the_place_of_the_training_images) {
    const digit_image image = image_of(seven(0.6F, 0.1F, 0.2F));
    const pen_point mass = digit_frame::center_of_mass(image);
    BOOST_TEST(std::abs(mass.x - 14) < 0.1F);
    BOOST_TEST(std::abs(mass.y - 14) < 0.1F);
    std::size_t top = 28;
    std::size_t bottom = 0;
    for (std::size_t i = 0; i < image.size(); ++i) {
        BOOST_TEST((image[i] >= 0 && image[i] <= 1));
        if (image[i] > 0.5F) {
            top = std::min(top, i / 28);
            bottom = std::max(bottom, i / 28);
        }
    }
    const std::size_t height = bottom - top + 1;
    BOOST_TEST((height == 20 || height == 21)); // a box of 20 pixels that begins in the middle of one
    BOOST_TEST(std::any_of(image.begin(), image.end(), [](float ink) { return ink > 0.1F && ink < 0.9F; }));

    // Where and how large it was drawn is not seen.
    const digit_image other = image_of(seven(30, -7, 400));
    for (std::size_t i = 0; i < image.size(); ++i)
        BOOST_TEST(std::abs(image[i] - other[i]) < 2e-3F);
}

BOOST_AUTO_TEST_CASE(nothing_is_no_ink_and_a_dot_is_a_dot) {
    BOOST_TEST(image_of({}) == digit_image{});
    BOOST_TEST(image_of({{}}) == digit_image{});
    const digit_image dot = image_of({{{0.3F, 0.9F}}});
    float ink = 0;
    for (const float pixel : dot)
        ink += pixel;
    BOOST_TEST(std::abs(ink - 3.14159F * digit_frame::pen * digit_frame::pen) < 0.6F);
    BOOST_TEST(dot[14 * 28 + 14] > 0.9F);
    // Below the smallest extent a drawing stays small.
    const digit_image small = image_of(seven(0.01F, 0.5F, 0.5F), 0.1F);
    BOOST_TEST(small[4 * 28 + 14] == 0);
}

BOOST_AUTO_TEST_CASE(the_reader_of_the_page_is_the_library_s) {
    const auto file = models / "digit_reader.safetensors";
    const auto net = strata::load_network<strata::model<networks::digit_reader>>(file);
    seen_network<networks::digit_reader> seen;
    const std::vector<unsigned char> bytes = bytes_of(file);
    BOOST_TEST(load_weights(seen.net, tensor_file(bytes)) == "");
    BOOST_TEST(seen.net.weights() == net.weights());

    const digit_image image = image_of(seven(0.6F, 0.1F, 0.2F));
    seen.run({image.data()});
    const auto expected = net.predict(image);
    BOOST_TEST(std::equal(expected.begin(), expected.end(), seen.result().begin(), seen.result().end()));
    BOOST_TEST(expected[7] > 0.9F);

    const auto description = nlohmann::json::parse(seen.description());
    BOOST_TEST(description["layers"].size() == seen.layer_count);
    BOOST_TEST(description["layers"][1]["name"].get<std::string>() == "conv");
    BOOST_TEST(description["layers"][1]["label"].get<std::string>() == "conv<16, 3>");
    BOOST_TEST(description["layers"][1]["shape"].get<std::vector<int>>() == (std::vector<int>{26, 26, 16}));
    BOOST_TEST(description["layers"][1]["parameters"].get<int>() == 160);
    BOOST_TEST(description["parameters"].get<int>() == 66'586);
    BOOST_TEST(description["summary"].get<std::string>() == net.summary());
    BOOST_TEST(description["plan"].get<std::string>() == net.plan());
    // All numbers, layer after layer, are where the page looks for them.
    std::size_t begin = 0;
    for (std::size_t layer = 0; layer < seen.layer_count; ++layer) {
        BOOST_TEST(seen.values(layer).data() == seen.all_values().data() + begin);
        begin += seen.values(layer).size();
    }
    BOOST_TEST(begin == seen.all_values().size());
}

BOOST_AUTO_TEST_CASE(a_word_weighs_what_the_score_loses_without_it) {
    word_weights reader;
    const std::vector<unsigned char> bytes = bytes_of(models / "spam_reader.safetensors");
    BOOST_TEST(load_weights(reader.net, tensor_file(bytes)) == "");
    const std::vector<unsigned char> words = bytes_of(models / "spam_words.txt");
    reader.set_words({reinterpret_cast<const char*>(words.data()), words.size()});
    BOOST_TEST(reader.word_count() == word_weights::vocabulary - 2);

    const std::string text = "FREE money! Zyxwvq: click here";
    const weighed_text weighed = reader.weigh(text);
    BOOST_TEST_REQUIRE(weighed.words.size() == 5u);
    const char* const without[] = {"money! Zyxwvq: click here", "FREE Zyxwvq: click here",
                                   "FREE money! click here", "FREE money! Zyxwvq: here",
                                   "FREE money! Zyxwvq: click"};
    for (std::size_t i = 0; i < 5; ++i) {
        const weighed_text lacking = reader.weigh(without[i]);
        BOOST_TEST(std::abs(weighed.words[i].weight - (weighed.score - lacking.score)) < 1e-5F);
    }
    BOOST_TEST(text.substr(weighed.words[1].begin, weighed.words[1].end - weighed.words[1].begin) ==
               "money!");
    BOOST_TEST(weighed.words[2].token == 1); // not in the vocabulary
    BOOST_TEST(weighed.words[0].token > 1);
    BOOST_TEST(std::abs(weighed.probability - 1 / (1 + std::exp(-weighed.score))) < 1e-5F);

    BOOST_TEST(reader.weigh("").words.empty());
    BOOST_TEST(reader.weigh("...").probability == 0.5F);
    std::string long_text;
    for (int i = 0; i < 130; ++i)
        long_text += "mail ";
    BOOST_TEST(reader.weigh(long_text).words.size() == 128u);
    BOOST_TEST(reader.weigh(long_text).word_count == 130u);

    // What its stages make ends with both results.
    rapidjson::StringBuffer buffer;
    json_writer json(buffer);
    stage_values stages;
    stages.run(reader.net, word_weights::tokens_of(weighed.words, weighed.words.size()), json);
    const auto described = nlohmann::json::parse(buffer.GetString());
    std::size_t size = 0;
    for (const auto& stage : described) {
        BOOST_TEST(stage["begin"].get<std::size_t>() == size);
        std::size_t count = 1;
        for (const std::size_t extent : stage["shape"].get<std::vector<std::size_t>>())
            count *= extent;
        size += count;
    }
    BOOST_TEST(stages.numbers.size() == size);
    BOOST_TEST(stages.result.back() == weighed.probability);
}
