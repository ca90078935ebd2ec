// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/freeze.hpp>
#include <strata/layers/layer.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// In training, each element is 0 with the probability Rate and x / (1 - Rate) otherwise; in prediction it is
/// x ("inverted" dropout; Srivastava et al. 2014). The choice depends on seed, step, layer and element only.
/// Shape in = shape out. Rejects rates outside [0, 1).
template <real Rate>
struct dropout_layer : layer_base {
    using role = role::pointwise;
    static constexpr auto label = text("dropout");
    static constexpr auto spelling(auto&& write) { return write("dropout<", Rate); }
    static constexpr bool is_random = true;
    static constexpr double rate = Rate.value();

    template <class>
    static constexpr bool accepts = rate >= 0 && rate < 1;
    template <class>
    static constexpr auto wants = text("a rate in [0, 1)");
    template <class Shape>
    using output = Shape;
};

template <real Rate>
inline constexpr dropout_layer<Rate> dropout{};

namespace detail {
// A dropout as an option of a layer that drops numbers within itself.
template <class Option>
inline constexpr bool is_dropout = false;
template <real Rate>
inline constexpr bool is_dropout<dropout_layer<Rate>> = true;

template <class Option>
constexpr double rate_of(Option) {
    if constexpr (is_dropout<Option>)
        return Option::rate;
    else
        return 0;
}

// The rate of the dropout among some options; 0 without one.
template <class... Options>
constexpr double chosen_rate(Options... options) {
    static_assert((std::size_t{is_dropout<Options>} + ... + 0) <= 1,
                  "strata: a layer takes one dropout, and a recurrent one recurrent<dropout<...>>");
    return (0.0 + ... + rate_of(options));
}
} // namespace detail

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::dropout;
} // namespace strata

STRATA_HEADER_END
