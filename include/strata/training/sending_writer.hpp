// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/uncached_store.hpp>
#include <strata/model/gradient_consumers.hpp>
#include <strata/model/update.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Writes gradients of some pieces of a batch to memory, and has them sent as soon as they are complete:
/// `send(stage)` is told from which stage on they are. Where stages share parameters, the sums of each lie by
/// themselves, `Block` numbers apart, since a sum over all pieces comes before one over the stages.
/// `early.take(array, place, writer)` takes those of arrays that this machine may update by itself.
///
/// Sums that a neighbour reads in this machine's memory are written past the caches: to write a line again
/// that another processor has read takes 26 ns on a Zen 4, twenty times as long.
template <class T, std::size_t Block, class Send, class Early>
struct sending_writer : block_writer<T> {
    static constexpr bool marks_rows = true;
    const Send& send;
    bool is_uncached = false;
    Early& early;

    struct array_writer : gradient_store<T>::array_store {
        bool is_uncached;

        template <class V>
        void operator()(std::size_t offset, V gradient) const noexcept {
            if constexpr (internal::has_uncached_store<V>)
                if (is_uncached)
                    return internal::store_uncached(gradient, this->array + offset);
            store(gradient, this->array + offset);
        }
    };
    template <class Parameter>
    auto take(Parameter array, std::size_t place) const noexcept {
        const array_writer writer{{this->gradients + place}, is_uncached};
        if constexpr (Early::template takes<Parameter>)
            return early.take(array, place, writer);
        else
            return writer;
    }

    void meet(std::size_t stage, const team& threads) const noexcept {
        internal::finish_uncached_stores();
        if (threads.rank == 0)
            send(stage + 1);
    }

    template <std::size_t EarlierUses>
    struct later_writer {
        T* gradients;

        template <class Parameter>
        auto take(Parameter, std::size_t place) const noexcept {
            if constexpr (Parameter::is_learnt || Parameter::sums_pieces)
                return typename gradient_store<T>::array_store{gradients + EarlierUses * Block + place};
            else
                return observation_mean<T, Parameter, EarlierUses>{gradients + place};
        }
    };
    template <std::size_t EarlierUses>
    [[nodiscard]] later_writer<EarlierUses> later_use() const noexcept {
        return {this->gradients};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
