// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team.hpp>
#include <strata/model/learnt_arrays.hpp>
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

/// Moves what was observed of a statistic on to the mean of one more use. Of `kept` = k the observations
/// count k^n, ..., k, 1, so that one update of the statistic by the mean is as good as one by each in turn.
template <class T, class Parameter, std::size_t EarlierUses>
struct observation_mean {
    T* array;

    template <class V>
    void operator()(std::size_t offset, V observed) const noexcept {
        store(advance(load<V>(array + offset), observed), array + offset);
    }
    template <class V>
    [[nodiscard]] static V advance(V mean, V observed) noexcept {
        constexpr double sum = [] {
            double result = 1;
            for (std::size_t use = 0; use < EarlierUses; ++use)
                result = 1 + Parameter::kept * result;
            return result;
        }();
        return V(mean + V(static_cast<T>(1 / sum)) * (observed - mean));
    }
};

/// Hands gradients and what statistics observed to a block of gradients. `Adds`: gradients to what is there.
/// Of parameters that `EarlierUses` stages have used before, gradients add up in any case.
template <class T, bool Adds = false, std::size_t EarlierUses = 0>
struct block_writer {
    T* gradients;

    template <std::size_t Uses>
    [[nodiscard]] block_writer<T, true, Uses> later_use() const noexcept {
        return {gradients};
    }

    template <class Parameter>
    auto take(Parameter, std::size_t place) const noexcept {
        if constexpr (!Parameter::is_learnt && EarlierUses > 0)
            return observation_mean<T, Parameter, EarlierUses>{gradients + place};
        else if constexpr (Parameter::is_learnt && Adds)
            return array_adder<T>{gradients + place};
        else
            return typename gradient_store<T>::array_store{gradients + place};
    }
};

/// Moves statistics on by what a block says was observed of them, by a team together. Without `Sums` those
/// alone of which that is no sum over the batch's pieces.
template <class Pass, bool Sums = true, class T>
void move_statistics(T* parameters, const T* observed, const team& threads) noexcept {
    for_each_changing<Pass>(
        [&]<class Parameter>(std::type_identity<Parameter>, [[maybe_unused]] std::size_t place) {
            if constexpr (!Parameter::is_learnt && (Sums || !Parameter::sums_pieces)) {
                const moving_average<T, Parameter> moved{parameters + place, parameters + place};
                using V = simd<T, lanes_of<T, line_size<T>>>;
                const team::range mine =
                    threads.share(whole_lines<T>(layout_of<T, Parameter>::size), line_size<T>);
                for (std::size_t i = mine.begin; i < mine.end; i += V::size)
                    moved(i, load<V>(observed + place + i));
            }
        });
}

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
