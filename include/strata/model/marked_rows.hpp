// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/parameter_arrays.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Hands gradients on, but for rows that are marked as having none (`marks_rows`): these stay as they are,
/// and what goes on without gradients, averages of weights, does so.
template <class Consumer>
struct marked_rows {
    static constexpr bool marks_rows = true;

    Consumer consumer;

    template <class Parameter, class Update>
    struct row_update {
        Update update;

        // Registers of rows, since those of the caller may hold several.
        template <class V>
        void operator()(std::size_t offset, V gradient) const noexcept {
            using T = value_type_of<V>;
            using part = simd<T, std::min(V::size, layout_of<T, Parameter>::lanes)>;
            alignas(alignment) T numbers[V::size];
            gradient.store_aligned(numbers);
            for (std::size_t first = 0; first < V::size; first += part::size)
                if (!std::all_of(numbers + first, numbers + first + part::size,
                                 [](T number) { return number == T(0) && std::signbit(number); }))
                    update(offset + first, part::load_aligned(numbers + first));
                else if constexpr (requires { update.template pass_over<part>(offset); })
                    update.template pass_over<part>(offset + first);
        }
    };

    template <class Parameter>
    auto take(Parameter array, std::size_t place) const noexcept {
        const auto update = consumer.take(array, place);
        if constexpr (Parameter::skips_rows)
            return row_update<Parameter, std::remove_const_t<decltype(update)>>{update};
        else
            return update;
    }
};

/// The same for whoever takes the gradients of all rows: those that are marked have zero.
template <class Consumer>
struct unmarked_rows {
    Consumer consumer;

    template <std::size_t Uses>
    [[nodiscard]] auto later_use() const noexcept {
        return consumer.template later_use<Uses>();
    }

    template <class Update>
    struct row_update {
        Update update;

        template <class V>
        void operator()(std::size_t offset, V gradient) const noexcept {
            update(offset, V(gradient + V(value_type_of<V>(0))));
        }
    };

    template <class Parameter>
    auto take(Parameter array, std::size_t place) const noexcept {
        const auto update = consumer.take(array, place);
        if constexpr (Parameter::skips_rows)
            return row_update<std::remove_const_t<decltype(update)>>{update};
        else
            return update;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
