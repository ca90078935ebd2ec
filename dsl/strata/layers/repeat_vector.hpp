// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/resample.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// A vector so many times in a row, as a sequence of equal steps (Keras's RepeatVector): what an encoder
/// found, for each step of a decoder. Shape [K] -> [Times, K]. Gradient: the sum over the steps. Rejects
/// anything but vectors, and no times.
template <std::size_t Times>
struct repeat_vector_layer : layer_base {
    using role = role::head;
    static constexpr auto label = text("repeat_vector<") + number_text<Times> + text(">");
    static constexpr auto spelling(auto&& write) { return write("repeat_vector<", Times); }

    template <class Shape>
    static constexpr bool accepts = Times > 0 && Shape::rank == 1 && Shape::size > 0;
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (Times == 0)
            return text("at least one step");
        else
            return text("a vector");
    }();
    template <class Shape>
    using output = shape<Times, Shape::size>;
    static constexpr resample_axis repeated = [] {
        resample_axis result = unchanged_axis;
        result.kind = resample_axis::rule::repeat;
        result.output = Times;
        result.factor = Times;
        return result;
    }();
    template <class Shape>
    using head = resampling<std::array{unchanged_axis, unchanged_axis, repeated}, Shape::size>;
};

template <std::size_t Times>
inline constexpr repeat_vector_layer<Times> repeat_vector{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::repeat_vector;
} // namespace strata
