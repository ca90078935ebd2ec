// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "../../../colour_image.hpp"
#include "../exchange.hpp"
#include "../weight_bytes.hpp"
#include "picture_classifier.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

// What the engines of classifiers for pictures offer to the page. Each of them defines `make_classifier`.

/// The network of this engine.
std::unique_ptr<engines::picture_classifier> make_classifier();

namespace engines {
inline picture_classifier& own_classifier() {
    static const auto classifier = make_classifier();
    return *classifier;
}
inline std::vector<float> classifier_sample;
} // namespace engines

OFFERED_TO_PAGE(describe) inline const exchange::view* describe() {
    return exchange::give(engines::own_classifier().description());
}

/// Takes the weights, a safetensors file. Gives a text that says what is wrong, or an empty one.
OFFERED_TO_PAGE(load) inline const exchange::view* load(const unsigned char* bytes, std::size_t size) {
    const std::vector<unsigned char> file(bytes, bytes + size);
    return exchange::give(engines::own_classifier().load(engines::tensor_file(file)));
}

/// Takes a picture of bytes, red, green, blue and opacity of each pixel, on white paper; the mean and the
/// deviation of the three colours that the network learnt with. The network sees its middle, as torchvision
/// does.
OFFERED_TO_PAGE(set_picture)
inline void set_picture(const std::uint8_t* pixels, std::size_t width, std::size_t height,
                        const float* scaling) {
    colour_image image{height, width, std::vector<float>(width * height * 3)};
    for (std::size_t i = 0; i < width * height; ++i) {
        const float opacity = static_cast<float>(pixels[4 * i + 3]) / 255;
        for (std::size_t colour = 0; colour < 3; ++colour)
            image.values[3 * i + colour] =
                1 + opacity * (static_cast<float>(pixels[4 * i + colour]) / 255 - 1);
    }
    engines::classifier_sample =
        classifier_input(image, engines::own_classifier().side(), {scaling[0], scaling[1], scaling[2]},
                         {scaling[3], scaling[4], scaling[5]});
}

/// The probabilities of the classes.
OFFERED_TO_PAGE(classify) inline const exchange::view* classify() {
    return exchange::give(engines::own_classifier().classify(engines::classifier_sample));
}

/// An array of JSON: what the stages are; `stage_numbers` gives what they make of the picture.
OFFERED_TO_PAGE(look) inline const exchange::view* look() {
    return exchange::give(engines::own_classifier().look(engines::classifier_sample));
}
OFFERED_TO_PAGE(stage_numbers)
inline const exchange::view* stage_numbers(std::size_t begin, std::size_t count) {
    return exchange::show(engines::own_classifier().stage_numbers().subspan(begin, count));
}
