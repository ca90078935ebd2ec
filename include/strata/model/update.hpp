// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/product/fetching.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/learning/optimizer.hpp>
#include <strata/learning/weight_averages.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class T, class... Variables, class... Values>
constexpr auto converted([[maybe_unused]] const environment<binding<Variables, Values>...>& values) {
    return environment<binding<Variables, T>...>{{static_cast<T>(values[Variables{}])}...};
}

[[noreturn, gnu::noinline, gnu::cold]] inline void refuse_scalar(std::string_view name, double value,
                                                                 std::uint64_t update) {
    raise(std::invalid_argument(concatenate("optimizer: '", name, "' is ", number_to_string(value),
                                            " in update ", update + 1, ", expected a finite number")));
}
template <class... Variables, class... Values>
void check_scalars([[maybe_unused]] const environment<binding<Variables, Values>...>& values,
                   [[maybe_unused]] std::uint64_t update) {
    ((is_finite(values[Variables{}]) ? void()
                                     : refuse_scalar(Variables::name.view(), values[Variables{}], update)),
     ...);
}

// The optimizer's scalars, the weight, its gradient and its states, side by side, all of them in registers:
// g++ keeps them all in memory where some are numbers.
template <class V, class Scalars, class States>
struct update_variables;
template <class V, class... Variables, class... Scalars, class... States>
struct update_variables<V, environment<binding<Variables, Scalars>...>, type_list<States...>> {
    using scalars_type = environment<binding<Variables, Scalars>...>;
    using weight = type_of<symbols::w>;
    using gradient = type_of<symbols::g>;
    using type = environment<binding<Variables, V>..., binding<weight, V>, binding<gradient, V>,
                             binding<States, V>...>;

    static type make(const scalars_type& scalars, V w, V g, const std::array<V, sizeof...(States)>& states) {
        return make(scalars, w, g, states, std::index_sequence_for<States...>{});
    }

private:
    template <std::size_t... I>
    static type make([[maybe_unused]] const scalars_type& scalars, V w, V g,
                     const std::array<V, sizeof...(States)>& states, std::index_sequence<I...>) {
        return {{V(scalars[Variables{}])}..., {w}, {g}, {states[I]}...};
    }
};

// One assignment of an update, of which many kernels have a copy: all must give the same bits. For g++ at -O1
// a call of what has no members would be a use of them.
template <class V>
struct assign_value {
    template <class Variables, class Variable, class Formula>
    [[gnu::always_inline]] Variables operator()(Variables variables, Variable, Formula formula) const {
        static_cast<binding<Variable, V>&>(variables).value =
            evaluate<V, product_rounding::fused>(formula, variables);
        return variables;
    }
};

template <class V, class... States, class Variables>
void store_states(type_list<States...>, [[maybe_unused]] const Variables& variables,
                  [[maybe_unused]] value_type_of<V>* const* arrays, [[maybe_unused]] std::size_t place) {
    std::size_t next = 0;
    ((store(V(variables[States{}]), arrays[next] + place), ++next), ...);
}

/// What a penalty adds to the loss for one weight.
template <regularizer Penalty>
[[nodiscard]] inline double penalty_of_weight(double w) noexcept {
    return Penalty.l1_factor.value() * std::abs(w) + Penalty.l2_factor.value() * w * w;
}

/// A gradient and that of the array's penalty.
template <regularizer Penalty, class V>
[[gnu::always_inline]] inline V add_penalty(V gradient, [[maybe_unused]] V w) noexcept {
    using T = value_type_of<V>;
    if constexpr (Penalty.l2_factor.value() != 0)
        gradient = xsimd::fma(V(static_cast<T>(2 * Penalty.l2_factor.value())), w, gradient);
    if constexpr (Penalty.l1_factor.value() != 0)
        gradient =
            xsimd::fma(V(static_cast<T>(Penalty.l1_factor.value())),
                       evaluate_at(apply<operation::sign, type_of<symbols::w>>{}, symbols::w, w), gradient);
    return gradient;
}
} // namespace internal

/// An optimizer's scalars of one step, in T.
template <class T, class Optimizer>
using scalars_of = decltype(internal::converted<T>(std::declval<const Optimizer&>().scalars(0.0)));

/// Those of an update, from 0. `std::invalid_argument` where one of them, such as the learning rate, is
/// infinite in T or no number: the weights would be no numbers behind it.
template <class T, class Optimizer>
[[nodiscard]] scalars_of<T, Optimizer> scalars_of_update(const Optimizer& optimizer, std::uint64_t update) {
    const auto result = internal::converted<T>(optimizer.scalars(static_cast<double>(update)));
    internal::check_scalars(result, update);
    return result;
}

/// An optimizer's update of registers of weights, or of single ones, given their gradients. Weights and
/// states have the same layout.
template <class T, class Optimizer, regularizer Penalty>
struct weight_update {
    using rule = type_of<Optimizer::update>;
    using states = typename rule::states;
    using scalars_type = scalars_of<T, Optimizer>;

    T* weights;
    std::array<T*, states::size> state;
    scalars_type scalars; ///< this step's

    template <class V>
    [[gnu::always_inline]] void operator()(std::size_t place, V gradient) const noexcept {
        store(advance(place, load<V>(weights + place), gradient), weights + place);
    }

    /// What the weights `w` of that place become. Their states in memory move on, they themselves do not.
    template <class V>
    [[nodiscard, gnu::always_inline]] V advance(std::size_t place, V w, V gradient) const noexcept {
        gradient = internal::add_penalty<Penalty>(gradient, w);
        std::array<V, states::size> loaded;
        for (std::size_t i = 0; i < states::size; ++i)
            loaded[i] = load<V>(state[i] + place);
        const auto given =
            internal::update_variables<V, scalars_type, states>::make(scalars, w, gradient, loaded);
        const auto changed = rule::run(given, internal::assign_value<V>{});
        internal::store_states<V>(states{}, changed, state.data(), place);
        return V(changed[symbols::w]);
    }

    /// What goes on where there is no gradient: averages of weights.
    template <class V>
    void pass_over(std::size_t place) const noexcept requires detail::averages_weights<Optimizer> {
        namespace names = detail::average_names;
        std::array<V, states::size> loaded{};
        loaded.back() = load<V>(state.back() + place);
        const auto given = internal::update_variables<V, scalars_type, states>::make(
            scalars, load<V>(weights + place), V(T(0)), loaded);
        const auto changed = type_of<names::average_rule>::run(given, internal::assign_value<V>{});
        store(V(changed[names::average]), state.back() + place);
    }

    /// Asks for the memory of a register that will be updated soon.
    [[gnu::always_inline]] void fetch(std::size_t place) const noexcept {
        internal::fetch_writable(weights + place);
        for (T* const array : state)
            internal::fetch_writable(array + place);
    }
};

/// Writes what a statistic is after an observation: of what it was, the part `kept` stays.
template <class T, class Parameter>
struct moving_average {
    const T* previous;
    T* next;

    template <class V>
    void operator()(std::size_t offset, V observed) const noexcept {
        constexpr T kept = static_cast<T>(Parameter::kept);
        // By name, since a compiler may fuse either product with the sum.
        store(xsimd::fma(V(1 - kept), observed, V(V(kept) * load<V>(previous + offset))), next + offset);
    }
};

/// Hands each array's gradients to an optimizer, with the array's penalty, and moves its statistics on.
template <class T, class Optimizer>
struct update_consumer {
    using rule = type_of<Optimizer::update>;
    static constexpr bool takes_some = true; ///< weights without a gradient may stay as they are

    T* parameters;
    std::array<T*, rule::states::size> states;
    scalars_of<T, Optimizer> scalars;

    /// What takes the registers of an array that begins at that place of the parameters: its gradients, or
    /// what was observed for a statistic.
    template <class Parameter>
    auto take(Parameter, std::size_t place) const noexcept {
        if constexpr (Parameter::is_learnt) {
            auto moved = states;
            for (T*& state : moved)
                state += place;
            return weight_update<T, Optimizer, Parameter::penalty>{parameters + place, moved, scalars};
        } else
            return moving_average<T, Parameter>{parameters + place, parameters + place};
    }
};

/// Adds gradients to those that are there.
template <class T>
struct array_adder {
    T* array;

    template <class V>
    void operator()(std::size_t offset, V gradient) const noexcept {
        store(V(load<V>(array + offset) + gradient), array + offset);
    }
};

/// Adds the gradients to what is there. Statistics stay.
template <class T>
struct gradient_adder {
    static constexpr bool takes_some = true;

    T* gradients;

    template <class Parameter>
    auto take(Parameter, std::size_t place) const noexcept {
        if constexpr (Parameter::is_learnt)
            return array_adder<T>{gradients + place};
        else
            return [](std::size_t, auto) {};
    }
};

/// Writes the gradients where somebody asked for them, in the parameters' layout. Statistics stay.
template <class T>
struct gradient_store {
    T* gradients;

    template <std::size_t EarlierUses>
    [[nodiscard]] gradient_adder<T> later_use() const noexcept {
        return {gradients};
    }

    struct array_store {
        T* array;

        template <class V>
        void operator()(std::size_t offset, V gradient) const noexcept {
            store(gradient, array + offset);
        }
        /// Kernels may as well write there themselves.
        [[nodiscard]] T* stored_at(std::size_t offset) const noexcept { return array + offset; }
    };

    template <class Parameter>
    auto take(Parameter, std::size_t place) const noexcept {
        if constexpr (Parameter::is_learnt)
            return array_store{gradients + place};
        else
            return [](std::size_t, auto) {};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
