// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/formula/loss_target.hpp>
#include <strata/learning/row_loss.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

template <class V>
auto loss_variables(V prediction, V target) noexcept {
    return environment<binding<type_of<symbols::prediction>, V>, binding<type_of<symbols::target>, V>>{
        {prediction}, {target}};
}

/// A loss of what is reduced over `Rows` rows of `Last` outputs together.
template <class Loss, std::size_t Rows, std::size_t Last, class T>
struct reduced_loss {
    using V = loss_value<T, Last>;
    using target_type = target_of<Loss, T>;
    static constexpr std::size_t target_step = Loss::targets == target_kind::labels ? 1 : Last;

    const T* prediction;
    const target_type* target;

    // Calls visit(count, place, variables) for all outputs of a row, some at a time.
    template <class Visit>
    void each_of_row(std::size_t row, Visit visit) const noexcept {
        visit_outputs<Last, T>([&](auto count, std::size_t i) {
            constexpr std::size_t lanes = decltype(count)::value;
            visit(count, row * Last + i,
                  loss_variables<V>(load_first<lanes, V>(prediction + row * Last + i),
                                    load_targets<Loss, Last, lanes, V>(target + row * target_step, i)));
        });
    }
    // The same for all rows.
    template <class Visit>
    void each(Visit visit) const noexcept {
        for (std::size_t row = 0; row < Rows; ++row)
            each_of_row(row, visit);
    }

    // The sum of what value(variables) gives for each output. Rows are added in double: of a picture
    // there may be a million.
    template <class Value>
    T add(Value value) const noexcept {
        double result = 0;
        for (std::size_t row = 0; row < Rows; ++row) {
            V sum(T(0));
            each_of_row(row, [&](auto count, std::size_t, const auto& variables) {
                if constexpr (Last == 1)
                    sum += value(variables);
                else
                    sum += first_lanes<decltype(count)::value>(value(variables));
            });
            if constexpr (Last == 1)
                result += static_cast<double>(sum);
            else
                result += static_cast<double>(add_lanes(sum));
        }
        return static_cast<T>(result);
    }

    template <class Reduction>
    T reduce(Reduction) const noexcept {
        if constexpr (Reduction::is_sum)
            return add([](const auto& variables) { return evaluate<V>(Reduction::formula, variables); });
        else
            return find_largest(Reduction{});
    }

    template <class Reduction>
    T find_largest(Reduction) const noexcept {
        constexpr T lowest = -detail::infinity<T>;
        V result(lowest);
        each([&](auto count, std::size_t, const auto& variables) {
            constexpr std::size_t lanes = decltype(count)::value;
            const V value = evaluate<V>(Reduction::formula, variables);
            if constexpr (Last > 1 && lanes < V::size)
                result = larger(result, V(xsimd::select(lane_numbers<V>() < V(T(lanes)), value, V(lowest))));
            else
                result = larger(result, value);
        });
        if constexpr (Last == 1)
            return result;
        else {
            alignas(alignment) T values[V::size];
            result.store_aligned(values);
            T largest = values[0];
            for (T value : values)
                largest = larger(largest, value);
            return largest;
        }
    }

    /// How many outputs are that large.
    template <class Reduction>
    T count_equal(Reduction, T largest) const noexcept {
        return add([&](const auto& variables) {
            return evaluate_equal(evaluate<V>(Reduction::formula, variables), largest, T(1));
        });
    }

    // `yes` where the values are equal to a number, and 0 elsewhere.
    static V evaluate_equal(V value, T number, T yes) noexcept {
        return compute(operation::select{}, value == V(number), V(yes), V(T(0)));
    }

    /// The loss. Unless `delta` is null, writes there `weight` times its derivative by the predictions.
    template <class... Reductions>
    double run(type_list<Reductions...> reductions, T* delta, T weight) const noexcept {
        return run(reductions, std::index_sequence_for<Reductions...>{}, delta, weight);
    }

private:
    template <class... Reductions, std::size_t... I>
    double run(type_list<Reductions...>, std::index_sequence<I...>, T* delta, T weight) const noexcept {
        const std::array<T, sizeof...(Reductions)> reduced{reduce(Reductions{})...};
        const environment<binding<typename Reductions::variable, T>...> variables{{reduced[I]}...};
        if (delta != nullptr) {
            const std::array<T, sizeof...(Reductions)> slopes{
                weight * share(Reductions{}, reduced[I]) *
                evaluate<T>(derivative(Loss::formula, typename Reductions::variable{}), variables)...};
            each([&](auto count, std::size_t place, const auto& place_variables) {
                V sum(T(0));
                ((sum += part(Reductions{}, place_variables, reduced[I], slopes[I])), ...);
                store_first<decltype(count)::value>(sum, delta + place);
            });
        }
        return static_cast<double>(evaluate<T>(Loss::formula, variables));
    }

    // Equal largest outputs share the derivative.
    template <class Reduction>
    T share(Reduction reduction, T largest) const noexcept {
        if constexpr (Reduction::is_sum)
            return T(1);
        else
            return T(1) / lift(count_equal(reduction, largest), T(1));
    }

    template <class Reduction, class Variables>
    static V part(Reduction, const Variables& variables, T largest, T slope) noexcept {
        const V change = evaluate<V>(Reduction::slope, variables);
        if constexpr (Reduction::is_sum)
            return V(slope) * change;
        else
            return evaluate_equal(evaluate<V>(Reduction::formula, variables), largest, slope) * change;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
