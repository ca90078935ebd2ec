// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/evaluate.hpp>
#include <strata/layers/regularizer.hpp>
#include <strata/learning/optimizer.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace strata::inline STRATA_SETTING {

namespace internal {
template <class T, class... Variables, class... Values>
constexpr auto converted(const environment<binding<Variables, Values>...>& values) {
    return environment<binding<Variables, T>...>{{static_cast<T>(values[Variables{}])}...};
}

// The optimizer's scalars, the weight, its gradient and its states, side by side.
template <class V, class Scalars, class States>
struct update_variables;
template <class V, class... Scalars, class... States>
struct update_variables<V, environment<Scalars...>, type_list<States...>> {
    using weight = std::remove_const_t<decltype(symbols::w)>;
    using gradient = std::remove_const_t<decltype(symbols::g)>;
    using type = environment<Scalars..., binding<weight, V>, binding<gradient, V>, binding<States, V>...>;

    static type make(const environment<Scalars...>& scalars, V w, V g,
                     const std::array<V, sizeof...(States)>& states) {
        return make(scalars, w, g, states, std::index_sequence_for<States...>{});
    }

private:
    template <std::size_t... I>
    static type make(const environment<Scalars...>& scalars, V w, V g,
                     const std::array<V, sizeof...(States)>& states, std::index_sequence<I...>) {
        return {static_cast<const Scalars&>(scalars)..., {w}, {g}, {states[I]}...};
    }
};

template <class V, class... States, class Variables>
void store_states(type_list<States...>, [[maybe_unused]] const Variables& variables,
                  [[maybe_unused]] value_type_of<V>* const* to, [[maybe_unused]] std::size_t place) {
    std::size_t next = 0;
    ((store(V(variables[States{}]), to[next] + place), ++next), ...);
}
} // namespace internal

/// An optimizer's scalars of one step, in T.
template <class T, class Optimizer>
using scalars_of = decltype(internal::converted<T>(std::declval<const Optimizer&>().scalars(0.0)));

/// An optimizer's update of registers of weights, or of single ones, given their gradients. Weights and
/// states have the same layout.
template <class T, class Optimizer, regularizer Penalty>
struct weight_update {
    using rule = std::remove_const_t<decltype(Optimizer::update)>;
    using states = typename rule::states;
    using scalars_type = scalars_of<T, Optimizer>;

    T* weights;
    std::array<T*, states::size> state;
    scalars_type scalars; ///< this step's

    template <class V>
    [[gnu::always_inline]] void operator()(std::size_t place, V gradient) const noexcept {
        const V w = load<V>(weights + place);
        if constexpr (Penalty.l2_factor.value() != 0)
            gradient = xsimd::fma(V(static_cast<T>(2 * Penalty.l2_factor.value())), w, gradient);
        if constexpr (Penalty.l1_factor.value() != 0)
            gradient =
                xsimd::fma(V(static_cast<T>(Penalty.l1_factor.value())),
                           evaluate_at(apply<operation::sign, std::remove_const_t<decltype(symbols::w)>>{},
                                       symbols::w, w),
                           gradient);
        std::array<V, states::size> loaded;
        for (std::size_t i = 0; i < states::size; ++i)
            loaded[i] = load<V>(state[i] + place);
        const auto before =
            internal::update_variables<V, scalars_type, states>::make(scalars, w, gradient, loaded);
        const auto after = rule::run(before, [](auto variables, auto variable, auto formula) {
            static_cast<binding<decltype(variable), V>&>(variables).value = evaluate<V>(formula, variables);
            return variables;
        });
        store(V(after[symbols::w]), weights + place);
        internal::store_states<V>(states{}, after, state.data(), place);
    }
};

/// Hands each kernel's and bias's gradients to an optimizer. Regularizers act on kernels only.
template <class T, class Optimizer>
struct update_consumer {
    using rule = std::remove_const_t<decltype(Optimizer::update)>;

    T* parameters;
    std::array<T*, rule::states::size> states;
    scalars_of<T, Optimizer> scalars;

    template <class Stage>
    auto kernel(std::type_identity<Stage>, std::size_t place) const noexcept {
        return at<Stage::head::layer::kernel_regularizer>(place);
    }
    template <class Stage>
    auto bias(std::type_identity<Stage>, std::size_t place) const noexcept {
        return at<regularizer{}>(place);
    }
    /// A moving average, of which `kept` stays.
    auto average(std::size_t place, T kept) const noexcept {
        return [to = parameters + place, kept](std::size_t offset, auto now) {
            using V = decltype(now);
            store(V(V(kept) * load<V>(to + offset) + V(1 - kept) * now), to + offset);
        };
    }

private:
    template <regularizer Penalty>
    auto at(std::size_t place) const noexcept {
        auto moved = states;
        for (T*& state : moved)
            state += place;
        return weight_update<T, Optimizer, Penalty>{parameters + place, moved, scalars};
    }
};

/// Writes the gradients where somebody asked for them, in the parameters' layout.
template <class T>
struct gradient_store {
    T* gradients;

    struct store_from {
        T* to;

        template <class V>
        void operator()(std::size_t offset, V gradient) const noexcept {
            store(gradient, to + offset);
        }
        /// Kernels may as well write there themselves.
        [[nodiscard]] T* stored_at(std::size_t offset) const noexcept { return to + offset; }
    };

    template <class Stage>
    store_from kernel(std::type_identity<Stage>, std::size_t place) const noexcept {
        return {gradients + place};
    }
    template <class Stage>
    auto bias(std::type_identity<Stage> stage, std::size_t place) const noexcept {
        return kernel(stage, place);
    }
    auto average(std::size_t, T) const noexcept {
        return [](std::size_t, auto) {};
    }
};

} // namespace strata::inline STRATA_SETTING
