// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// What layers made of an image: a layer, or several that prediction runs as one.
struct layer_values {
    std::string layers;             ///< "conv<64, 7> | batch_norm | relu"
    std::vector<std::size_t> shape; ///< height x width x channels, or channels
    std::vector<float> values;      ///< last axis fastest
};

/// A network for square colour images. The networks derive from this class, so that each can be compiled in a
/// file of its own: the larger ones take the compiler a minute.
class image_classifier {
public:
    virtual ~image_classifier() = default;
    image_classifier(const image_classifier&) = delete;
    image_classifier& operator=(const image_classifier&) = delete;

    /// Height and width of its images.
    [[nodiscard]] virtual std::size_t side() const = 0;
    [[nodiscard]] virtual std::size_t parameter_count() const = 0;
    /// Numbers that `set_weights` takes: the parameters, and normalizations' means and variances.
    [[nodiscard]] virtual std::size_t weight_count() const = 0;
    virtual void set_weights(std::span<const float> weights) = 0;
    /// The probabilities of the classes for an image of side x side x 3; `visit` sees what each layer made of
    /// it.
    [[nodiscard]] virtual std::vector<float>
    classify(std::span<const float> image, const std::function<void(const layer_values&)>& visit) const = 0;

protected:
    image_classifier() = default;
};

// With first weights drawn from the seed.
std::unique_ptr<image_classifier> make_densenet121(std::uint64_t seed);
std::unique_ptr<image_classifier> make_inception_v3(std::uint64_t seed);
std::unique_ptr<image_classifier> make_mobilenet_v2(std::uint64_t seed);
std::unique_ptr<image_classifier> make_resnet18(std::uint64_t seed);
std::unique_ptr<image_classifier> make_resnet50(std::uint64_t seed);
std::unique_ptr<image_classifier> make_squeezenet_1_1(std::uint64_t seed);
