// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/model/update.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Hands gradients to memory, in the parameters' layout, and moves statistics on. `Adds`: to what is there.
template <class T, bool Adds>
struct gradient_writer {
    T* parameters;
    T* gradients;

    template <std::size_t EarlierUses>
    [[nodiscard]] gradient_writer<T, true> later_use() const noexcept {
        return {parameters, gradients};
    }

    template <class Parameter>
    auto take(Parameter array, std::size_t place) const noexcept {
        if constexpr (!Parameter::is_learnt)
            return moving_average<T, Parameter>{parameters + place, parameters + place};
        else if constexpr (Adds)
            return array_adder<T>{gradients + place};
        else
            return gradient_store<T>{gradients}.take(array, place);
    }
};

/// Hands the mean of a group of batches to an optimizer: what the others left in memory, and the last one's.
template <class T, class Optimizer>
struct group_consumer {
    update_consumer<T, Optimizer> consumer;
    const T* sums;
    T part; ///< of a batch in the mean

    template <class Update>
    struct mean_update {
        Update update;
        const T* sums;
        T part;

        template <class V>
        void operator()(std::size_t offset, V gradient) const noexcept {
            update(offset, V(V(part) * (load<V>(sums + offset) + gradient)));
        }
    };

    template <class Parameter>
    auto take(Parameter array, std::size_t place) const noexcept {
        const auto update = consumer.take(array, place);
        if constexpr (Parameter::is_learnt)
            return mean_update<std::remove_const_t<decltype(update)>>{update, sums + place, part};
        else
            return update;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
