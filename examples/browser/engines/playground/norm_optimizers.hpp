// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "optimizer_rule.hpp"

#include <strata/learning/norm_optimizers.hpp>
#include <strata/model/stored_update.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>

namespace playground::detail {

/// The twin of the library's `stored_update` for optimizers that compare norms of whole arrays. No array here
/// is longer than the pieces in which the library adds up squares.
template <class Optimizer>
struct norm_rule {
    using V =
        strata::bedrock::simd<float, strata::bedrock::lanes_of<float, strata::bedrock::line_size<float>>>;
    using state_list = strata::bedrock::states_of<Optimizer>;
    static constexpr bool has_direction = strata::bedrock::detail::has_direction<Optimizer>;

    static void update(const update_call* calls, std::size_t count, double rate, double step) {
        Optimizer chosen;
        chosen.learning_rate = rate;
        const auto given = strata::bedrock::internal::converted<float>(chosen.scalars(step));
        for (std::size_t i = 0; i < count; ++i) {
            const auto norms = measure(calls[i], given);
            const auto values = strata::bedrock::unite(
                given, strata::bedrock::internal::converted<float>(chosen.array_scalars(norms)));
            using rule = strata::bedrock::type_of<Optimizer::update>;
            for (std::size_t place = 0; place < calls[i].count; place += V::size) {
                const auto changed =
                    run<rule>(calls[i], values, place, gradient_of(calls[i], place, !has_direction));
                strata::bedrock::store(V(changed[strata::symbols::w]), calls[i].weights + place);
                store_assigned(typename rule::states{}, calls[i], changed, place);
            }
        }
    }

private:
    static V gradient_of(const update_call& call, std::size_t place, bool is_penalized) {
        const V gradient = strata::bedrock::load<V>(call.gradients + place);
        return is_penalized ? add_penalty(call, gradient, strata::bedrock::load<V>(call.weights + place))
                            : gradient;
    }

    /// The norms of an array's weights and of its gradients, or of the directions that take their place.
    template <class Values>
    static strata::bedrock::array_norms measure(const update_call& call, const Values& values) {
        std::array<V, 4> gradients{V(0.0f), V(0.0f), V(0.0f), V(0.0f)};
        std::array<V, 4> weights = gradients;
        const std::size_t whole = call.count / (4 * V::size) * (4 * V::size);
        for (std::size_t place = 0; place < call.count; place += V::size) {
            const std::size_t turn = place < whole ? place / V::size % 4 : 0;
            V gradient = gradient_of(call, place, true);
            if constexpr (has_direction) {
                using rule = strata::bedrock::type_of<Optimizer::direction>;
                const auto changed = run<rule>(call, values, place, gradient);
                gradient = changed[strata::symbols::g];
                strata::bedrock::store(gradient, call.gradients + place);
                store_assigned(typename rule::states{}, call, changed, place);
            }
            const V w = strata::bedrock::load<V>(call.weights + place);
            gradients[turn] = xsimd::fma(gradient, gradient, gradients[turn]);
            weights[turn] = xsimd::fma(w, w, weights[turn]);
        }
        strata::bedrock::array_norms result;
        result.array = std::sqrt(total(gradients));
        result.weights = std::sqrt(total(weights));
        return result;
    }
    static double total(const std::array<V, 4>& sums) {
        return static_cast<double>(
            strata::bedrock::internal::add_lanes(V((sums[0] + sums[1]) + (sums[2] + sums[3]))));
    }

    template <class Rule, class Values>
    static auto run(const update_call& call, const Values& values, std::size_t place, V gradient) {
        std::array<V, state_list::size> loaded;
        for (std::size_t i = 0; i < loaded.size(); ++i)
            loaded[i] = strata::bedrock::load<V>(call.states[i] + place);
        const auto given = strata::bedrock::internal::update_variables<V, Values, state_list>::make(
            values, strata::bedrock::load<V>(call.weights + place), gradient, loaded);
        return Rule::run(given, strata::bedrock::internal::assign_value<V>{});
    }
    template <class... Assigned, class Variables>
    static void store_assigned(strata::bedrock::type_list<Assigned...>, const update_call& call,
                               const Variables& variables, std::size_t place) {
        std::size_t next = 0;
        strata::bedrock::for_each_type(state_list{}, [&]<class State>(std::type_identity<State>) {
            if constexpr ((std::is_same_v<State, Assigned> || ...))
                strata::bedrock::store(V(variables[State{}]), call.states[next] + place);
            ++next;
        });
    }

public:
    static constexpr optimizer_kernels kernels(std::string_view name) {
        return {name, state_list::size, [](std::size_t) { return 0.0; }, update, nullptr, true};
    }
};

} // namespace playground::detail
