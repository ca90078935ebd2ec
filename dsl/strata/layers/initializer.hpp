// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/real.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

enum class distribution { constant, uniform, normal, truncated_normal, orthogonal };

/// What the spread of an initializer shrinks with: the number of inputs of a unit, their mean with the number
/// of outputs, or nothing.
enum class fan { none, inputs, mean };

/// How a kernel's first weights are drawn, as a template argument of a layer: `dense<64, he_normal>`.
struct initializer {
    distribution drawn_from;
    fan scaled_by;
    real scale; ///< the variance times the fan; without a fan: the value, the limit or the standard deviation

    /// The constant, the limit of a uniform, or the standard deviation of a normal distribution.
    [[nodiscard]] double spread(std::size_t fan_in, std::size_t fan_out) const {
        if (scaled_by == fan::none)
            return scale.value();
        const auto inputs = static_cast<double>(fan_in);
        const auto width = scaled_by == fan::inputs ? inputs : (inputs + static_cast<double>(fan_out)) / 2;
        const double variance = scale.value() / (width > 0 ? width : 1);
        if (drawn_from == distribution::uniform)
            return std::sqrt(3 * variance);
        // The deviation of a normal distribution cut off at two deviations is 0.8796 of the uncut one's.
        constexpr double cut = 0.87962566103423978;
        return std::sqrt(variance) / (drawn_from == distribution::truncated_normal ? cut : 1);
    }
};

// Glorot and Bengio 2010, He et al. 2015, LeCun et al. 1998; definitions as in Keras.
inline constexpr initializer glorot_uniform{distribution::uniform, fan::mean, 1.0};
inline constexpr initializer glorot_normal{distribution::truncated_normal, fan::mean, 1.0};
inline constexpr initializer he_uniform{distribution::uniform, fan::inputs, 2.0};
inline constexpr initializer he_normal{distribution::truncated_normal, fan::inputs, 2.0};
inline constexpr initializer lecun_uniform{distribution::uniform, fan::inputs, 1.0};
inline constexpr initializer lecun_normal{distribution::truncated_normal, fan::inputs, 1.0};
inline constexpr initializer zeros{distribution::constant, fan::none, 0.0};
inline constexpr initializer ones{distribution::constant, fan::none, 1.0};

/// Uniform in [-Limit, Limit).
template <real Limit = 0.05>
inline constexpr initializer uniform{distribution::uniform, fan::none, Limit};

/// Normal with mean 0.
template <real Deviation = 0.05>
inline constexpr initializer normal{distribution::normal, fan::none, Deviation};

/// A matrix whose rows, or columns if there are fewer of them, are of the length Gain and orthogonal to each
/// other (Saxe, McClelland and Ganguli 2014), so that a state keeps its length from step to step.
template <real Gain = 1.0>
inline constexpr initializer orthogonal{distribution::orthogonal, fan::none, Gain};

/// The name of an initializer with its number, or all that it is.
constexpr auto spelling(const initializer& value, auto&& write) {
    const auto is = [&](distribution drawn_from, fan scaled_by) {
        return value.drawn_from == drawn_from && value.scaled_by == scaled_by;
    };
    const auto scaled = [&](double scale) { return value.scale.bits == real(scale).bits; };
    if (is(distribution::uniform, fan::mean) && scaled(1))
        return write("glorot_uniform");
    if (is(distribution::truncated_normal, fan::mean) && scaled(1))
        return write("glorot_normal");
    if (is(distribution::uniform, fan::inputs) && (scaled(1) || scaled(2)))
        return write(scaled(1) ? "lecun_uniform" : "he_uniform");
    if (is(distribution::truncated_normal, fan::inputs) && (scaled(1) || scaled(2)))
        return write(scaled(1) ? "lecun_normal" : "he_normal");
    if (is(distribution::constant, fan::none) && (scaled(0) || scaled(1)))
        return write(scaled(0) ? "zeros" : "ones");
    if (is(distribution::uniform, fan::none))
        return write("uniform<", value.scale);
    if (is(distribution::normal, fan::none))
        return write("normal<", value.scale);
    if (is(distribution::orthogonal, fan::none))
        return write("orthogonal<", value.scale);
    constexpr const char* distributions[]{
        "bedrock::distribution::constant", "bedrock::distribution::uniform", "bedrock::distribution::normal",
        "bedrock::distribution::truncated_normal", "bedrock::distribution::orthogonal"};
    constexpr const char* fans[]{"bedrock::fan::none", "bedrock::fan::inputs", "bedrock::fan::mean"};
    return write("bedrock::initializer{", write(distributions[static_cast<int>(value.drawn_from)]),
                 write(fans[static_cast<int>(value.scaled_by)]), value.scale);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::glorot_normal;
using bedrock::glorot_uniform;
using bedrock::he_normal;
using bedrock::he_uniform;
using bedrock::lecun_normal;
using bedrock::lecun_uniform;
using bedrock::normal;
using bedrock::ones;
using bedrock::orthogonal;
using bedrock::uniform;
using bedrock::zeros;
} // namespace strata
