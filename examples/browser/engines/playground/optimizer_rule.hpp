// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "formula_program.hpp"

#include <strata/learning/optimizers.hpp>
#include <strata/model/update.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace playground {

inline constexpr std::size_t most_states = 3;

/// One array of parameters with its gradients and the optimizer's states, all of one layout, up to whole
/// registers of filling. The penalty is that of the library's regularizers: l1 |w| + l2 w^2 for each weight.
struct update_call {
    float* weights;
    float* gradients;
    std::array<float*, most_states> states;
    std::size_t count;
    std::size_t width; ///< of the rows that say which registers their kernels take
    double l1;
    double l2;
};

using update_function = void (*)(const update_call* calls, std::size_t count, double rate, double step);

/// An optimizer of the library, by its rule.
struct optimizer_kernels {
    std::string_view name; ///< in the page, the address and a program
    std::size_t states;
    double (*first_state)(std::size_t state);
    /// The update of several arrays in the step of that number, from 0.
    update_function update;
    /// The same number by number, as steps by single samples of small networks take it; none: they do not.
    update_function update_singly;
    bool sees_arrays = false; ///< whether an array's numbers are changed by what all of them are
};

namespace detail {
template <class V>
V add_penalty(const update_call& call, V gradient, V w) {
    using namespace strata::bedrock;
    if (call.l2 != 0)
        gradient = xsimd::fma(V(static_cast<float>(2 * call.l2)), w, gradient);
    if (call.l1 != 0)
        gradient =
            xsimd::fma(V(static_cast<float>(call.l1)),
                       evaluate_at(apply<operation::sign, type_of<symbols::w>>{}, symbols::w, w), gradient);
    return gradient;
}

template <class Optimizer>
struct optimizer_rule {
    using update_type = strata::bedrock::weight_update<float, Optimizer, strata::bedrock::regularizer{}>;
    static constexpr std::size_t states = update_type::states::size;

    static double first_state(std::size_t state) {
        double result = 0;
        std::size_t next = 0;
        strata::bedrock::for_each_type(typename update_type::states{},
                                       [&]<class State>(std::type_identity<State>) {
                                           if (next++ == state)
                                               result = strata::bedrock::initial_state(Optimizer{}, State{});
                                       });
        return result;
    }
    static auto scalars(double rate, double step) {
        Optimizer chosen;
        chosen.learning_rate = rate;
        return strata::bedrock::internal::converted<float>(chosen.scalars(step));
    }
    template <class V>
    static void change(const update_call& call, const typename update_type::scalars_type& given) {
        constexpr std::size_t step = sizeof(V) / sizeof(float);
        std::array<float*, states> moved;
        std::copy_n(call.states.begin(), states, moved.begin());
        const update_type update{call.weights, moved, given};
        const std::size_t count = call.count;
        const float* const gradients = call.gradients;
        if (call.l1 == 0 && call.l2 == 0) {
            for (std::size_t place = 0; place < count; place += step)
                update(place, strata::bedrock::load<V>(gradients + place));
            return;
        }
        for (std::size_t place = 0; place < count; place += step)
            update(place, add_penalty(call, strata::bedrock::load<V>(gradients + place),
                                      strata::bedrock::load<V>(call.weights + place)));
    }
    static void update(const update_call* calls, std::size_t count, double rate, double step) {
        constexpr for_registers<void (*)(const update_call&, const typename update_type::scalars_type&)>
            changes{change<narrow_register>, change<wide_register>};
        const auto given = scalars(rate, step);
        for (std::size_t i = 0; i < count; ++i)
            changes[calls[i].width](calls[i], given);
    }
    static void update_singly(const update_call* calls, std::size_t count, double rate, double step) {
        const auto given = scalars(rate, step);
        for (std::size_t i = 0; i < count; ++i)
            change<float>(calls[i], given);
    }
    static constexpr optimizer_kernels kernels(std::string_view name) {
        return {name, states, first_state, update, update_singly};
    }
};
} // namespace detail

} // namespace playground
