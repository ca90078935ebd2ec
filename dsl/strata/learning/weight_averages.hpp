// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/diagnostic.hpp>
#include <strata/learning/gradient_needs.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
namespace average_names {
using namespace symbols;
inline constexpr variable_term<"average"> average{};
inline constexpr variable_term<"average_kept"> average_kept{};
inline constexpr auto average_rule = rule<(average = average_kept * average + (1 - average_kept) * w)>;
} // namespace average_names

template <class Optimizer>
concept averages_weights = requires {
    Optimizer::average;
};

template <class Optimizer>
consteval bool check_average() {
    if constexpr (averages_weights<Optimizer>)
        return reject<Optimizer, "an optimizer averages weights once">();
    else
        return true;
}
} // namespace detail

/// Made by `average_weights`. `average` names the state.
template <class Optimizer>
struct weight_averaging : Optimizer {
    static_assert(detail::check_average<Optimizer>());
    static constexpr auto average = detail::average_names::average;

    double average_momentum;

    auto scalars(double step) const {
        return unite(Optimizer::scalars(step),
                     bind(detail::average_names::average_kept = step > 0 ? average_momentum : 0.0));
    }
    [[nodiscard]] std::string_view fault() const {
        return average_momentum >= 0 && average_momentum < 1
                   ? detail::fault_of(static_cast<const Optimizer&>(*this))
                   : "the momentum of weights' averages is not in [0, 1)";
    }
    static constexpr auto update = detail::join_rules(Optimizer::update, detail::average_names::average_rule);
};

/// An optimizer that besides keeps exponential moving averages of the weights, average = momentum average +
/// (1 - momentum) w behind each update, the first of which sets them: Keras's `use_ema`. When `fit` ends the
/// weights become their averages. They are one more state, computed in registers as the others are.
template <optimizer_type Optimizer>
constexpr weight_averaging<Optimizer> average_weights(Optimizer optimizer, double momentum = 0.99) {
    return {optimizer, momentum};
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::average_weights;
} // namespace strata

STRATA_HEADER_END
