// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The engine of the page of digits: a network that reads them, and two that draw them.
#include "../../networks/page_digits.hpp"
#include "digits/digit_frame.hpp"
#include "digits/digit_noise.hpp"
#include "digits/seen_network.hpp"
#include "exchange.hpp"
#include "weight_bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using namespace engines;

namespace {

/// The networks by the numbers that the page calls them.
enum class page_network : std::uint32_t { reader, encoder, decoder, generator };

struct page_networks {
    seen_network<networks::digit_reader> reader;
    seen_network<networks::digit_encoder> encoder;
    seen_network<networks::digit_decoder> decoder;
    seen_network<networks::digit_generator> generator;
    /// The reader as programs use it, for its time.
    strata::model<networks::digit_reader> fast_reader;
};

page_networks& own() {
    static const auto all = std::make_unique<page_networks>();
    return *all;
}

/// Calls use(network) with the one of that number.
template <class Use>
auto choose(page_network number, const Use& use) {
    switch (number) {
    case page_network::encoder:
        return use(own().encoder);
    case page_network::decoder:
        return use(own().decoder);
    case page_network::generator:
        return use(own().generator);
    default:
        return use(own().reader);
    }
}

digit_image drawn;

} // namespace

OFFERED_TO_PAGE(describe) const exchange::view* describe(page_network number) {
    return choose(number, [](const auto& network) { return exchange::give(network.description()); });
}

/// Takes the weights of a network, a safetensors file. Gives a text that says what is wrong, or an empty one.
OFFERED_TO_PAGE(load)
const exchange::view* load(page_network number, const unsigned char* bytes, std::size_t size) {
    const std::vector<unsigned char> file(bytes, bytes + size);
    const tensor_file tensors(file);
    std::string problem = choose(number, [&](auto& network) { return load_weights(network.net, tensors); });
    if (problem.empty() && number == page_network::reader)
        problem = load_weights(own().fast_reader, tensors);
    return exchange::give(std::move(problem));
}

/// Takes strokes, x, y, x, y ... one after another, and how many points each has; gives the image that the
/// reader sees.
OFFERED_TO_PAGE(draw)
const exchange::view* draw(const float* points, const std::uint32_t* lengths, std::size_t strokes,
                           float smallest) {
    std::vector<pen_stroke> all(strokes);
    for (std::size_t i = 0; i < strokes; ++i)
        for (std::size_t point = 0; point < lengths[i]; ++point, points += 2)
            all[i].push_back({points[0], points[1]});
    drawn = digit_frame(all, smallest).image();
    return exchange::show(std::span<const float>(drawn));
}

/// An image of 28 x 28 instead of strokes.
OFFERED_TO_PAGE(set_image) void set_image(const float* pixels) {
    std::copy_n(pixels, drawn.size(), drawn.begin());
}

/// Runs the reader, and gives what all its layers make of the image, one after another.
OFFERED_TO_PAGE(read_digit) const exchange::view* read_digit() {
    own().reader.run({drawn.data()});
    return exchange::show(own().reader.all_values());
}

/// So many predictions alone, for whoever takes the time.
OFFERED_TO_PAGE(repeat_read) void repeat_read(std::size_t times) {
    static std::array<float, 10> result;
    for (std::size_t i = 0; i < times; ++i)
        own().fast_reader.predict(drawn, result);
}

/// Where the image is in the plane of the autoencoder: two means, and two logarithms of variances.
OFFERED_TO_PAGE(encode) const exchange::view* encode() {
    auto& encoder = own().encoder;
    encoder.run({drawn.data()});
    const std::size_t last = encoder.layer_count - 1;
    return exchange::give(std::vector<float>{encoder.values(last - 1)[0], encoder.values(last - 1)[1],
                                             encoder.values(last)[0], encoder.values(last)[1]});
}

/// Runs the decoder at a place of the plane, and gives what all its layers make of it.
OFFERED_TO_PAGE(decode) const exchange::view* decode(float x, float y) {
    const std::array<float, 2> place{x, y};
    own().decoder.run({place.data()});
    return exchange::show(own().decoder.all_values());
}

/// The images of steps x steps places, whose coordinates go from -reach to reach, from the upper left on.
OFFERED_TO_PAGE(decode_plane) const exchange::view* decode_plane(std::size_t steps, float reach) {
    std::vector<float> images;
    const auto coordinate = [&](std::size_t step) {
        return reach * (2 * (static_cast<float>(step) + 0.5F) / static_cast<float>(steps) - 1);
    };
    for (std::size_t i = 0; i < steps * steps; ++i) {
        const std::array<float, 2> place{coordinate(i % steps), -coordinate(i / steps)};
        own().decoder.run({place.data()});
        const auto image = own().decoder.result();
        images.insert(images.end(), image.begin(), image.end());
    }
    return exchange::give(std::move(images));
}

/// Runs the generator: the digit that is wanted, and the number of the hand that writes it. Gives what all
/// its layers make.
OFFERED_TO_PAGE(generate) const exchange::view* generate(std::uint32_t digit, std::uint32_t hand) {
    const auto noise = digit_noise(hand);
    std::array<float, 10> wanted{};
    wanted[digit % 10] = 1;
    own().generator.run({noise.data(), wanted.data()});
    return exchange::show(own().generator.all_values());
}
