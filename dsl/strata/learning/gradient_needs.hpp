// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/optimizer.hpp>
#include <strata/setting.hpp>

#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

/// Euclidean norms of gradients, the regularizers' part included: of one array's, and of all arrays'
/// together.
struct gradient_norms {
    double array = 0;
    double all = 0;
};
/// The same with the norm of the array's weights, for optimizers that compare the two.
struct array_norms : gradient_norms {
    double weights = 0;
};

// An optimizer may need more than a weight's own gradient. Its type says so by what it has besides `scalars`
// and `update`:
//  - `array_scalars(const gradient_norms&)`, or of `const array_norms&`: variables of `update` that differ
//    from array to array,
//  - `direction`, a rule that runs over all gradients first; the `g` that it assigns is what those norms are
//    of, and what `update` sees,
//  - `direction_scalars(norms)`: the same for variables of `direction`, with the norms before it,
//  - `batches`: how many batches' gradients make one update, by their mean.
// Such an optimizer gets its gradients written to memory; any other one works on the registers that a weight
// gradient leaves behind.
namespace detail {
template <class Optimizer>
concept scales_arrays = requires(const Optimizer& tried, const array_norms& norms) {
    tried.array_scalars(norms);
};
template <class Optimizer>
concept scales_directions = requires(const Optimizer& tried, const array_norms& norms) {
    tried.direction_scalars(norms);
};
template <class Optimizer>
concept has_direction = requires {
    Optimizer::direction;
};

/// Whether norms of the weights are asked for, too.
template <class Optimizer>
constexpr bool compares_weights() {
    if constexpr (scales_arrays<Optimizer>)
        return !requires(const Optimizer& tried, const gradient_norms& norms) { tried.array_scalars(norms); };
    else
        return false;
}
template <class Optimizer>
constexpr std::size_t count_batches() {
    if constexpr (requires { Optimizer::batches; })
        return Optimizer::batches;
    else
        return 1;
}

template <auto... First, auto... Second>
constexpr auto join_rules(update_rule<First...>, update_rule<Second...>) {
    return update_rule<First..., Second...>{};
}
template <class Optimizer>
constexpr auto whole_rule() {
    if constexpr (has_direction<Optimizer>)
        return join_rules(Optimizer::direction, Optimizer::update);
    else
        return Optimizer::update;
}

/// What is wrong with an optimizer's settings, or nothing.
template <class Optimizer>
std::string_view fault_of(const Optimizer& optimizer) {
    if constexpr (requires { optimizer.fault(); })
        return optimizer.fault();
    else
        return {};
}
} // namespace detail

/// How many batches make one update.
template <class Optimizer>
inline constexpr std::size_t batches_of_update = detail::count_batches<Optimizer>();

/// Whether an optimizer takes gradients from memory.
template <class Optimizer>
inline constexpr bool stores_gradients = detail::scales_arrays<Optimizer> ||
                                         detail::has_direction<Optimizer> ||
                                         (batches_of_update<Optimizer> > 1);

/// The states of an optimizer: those of its direction, then those of its update.
template <class Optimizer>
using states_of = typename decltype(detail::whole_rule<Optimizer>())::states;

/// Why an optimizer takes gradients from memory, in the words of a plan.
template <class Optimizer>
constexpr std::string_view reason_to_store() {
    constexpr bool needs_norms = detail::scales_arrays<Optimizer> || detail::scales_directions<Optimizer>;
    if constexpr (batches_of_update < Optimizer >> 1)
        return needs_norms ? "the optimizer adds up batches and needs norms"
                           : "the optimizer adds up batches";
    else
        return needs_norms ? "the optimizer needs norms" : "the optimizer has a direction";
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::array_norms;
using bedrock::gradient_norms;
} // namespace strata
