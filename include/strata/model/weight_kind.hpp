// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/diagnostic.hpp>
#include <strata/kernels/narrow/bfloat16.hpp>
#include <strata/setting.hpp>

#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a network's weights rest as: `model<topology, float, weights<bfloat16>>`, or `weights<std::int8_t>`.
/// By default they are what it computes with.
template <class Number>
struct weights {};

namespace internal {
template <class T, class Weights>
struct weight_choice {
    static consteval bool check() {
        if constexpr (std::is_same_v<Weights, weights<T>>)
            return true;
        else if constexpr (std::is_same_v<Weights, weights<std::int8_t>>)
            return reject<Weights, "weights of 8 bits are", "those of a network of float,", "and need",
                          "#include <strata/model/integer_model.hpp>">();
        else
            return reject<Weights, "narrow weights are", "weights<bfloat16> of a network of float,",
                          "and need", "#include <strata/model/narrow_model.hpp>">();
    }
    static_assert(check());
    using type = T;
};

/// What a network computes with; an error where its weights are of a kind that there is not.
template <class T, class Weights>
using number_of = typename weight_choice<T, Weights>::type;

/// A network whose weights are integers of 8 bits.
template <class Network>
concept integer_network = std::is_same_v<typename Network::weight_type, std::int8_t>;
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::weights;
} // namespace strata
