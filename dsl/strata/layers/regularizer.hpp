// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/real.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// A penalty on a kernel, added to the loss: the sum of l1 |w| + l2 w^2 over its weights, as in Keras.
/// Factors are 0 or more.
struct regularizer {
    real l1_factor = 0.0;
    real l2_factor = 0.0;

    constexpr auto spelling(auto&& write) const {
        return l2_factor.bits == 0   ? write("l1<", l1_factor)
               : l1_factor.bits == 0 ? write("l2<", l2_factor)
                                     : write("l1_l2<", l1_factor, l2_factor);
    }
    [[nodiscard]] constexpr bool active() const { return l1_factor.value() != 0 || l2_factor.value() != 0; }
};

namespace detail {
template <real First, real Second>
consteval regularizer penalty() {
    static_assert(First.value() >= 0 && Second.value() >= 0,
                  "strata: the factors of a penalty are 0 or more");
    return {First, Second};
}
} // namespace detail

template <real Factor = 0.01>
inline constexpr regularizer l1 = detail::penalty<Factor, 0.0>();
template <real Factor = 0.01>
inline constexpr regularizer l2 = detail::penalty<0.0, Factor>();
template <real First = 0.01, real Second = 0.01>
inline constexpr regularizer l1_l2 = detail::penalty<First, Second>();

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::l1;
using bedrock::l1_l2;
using bedrock::l2;
} // namespace strata
