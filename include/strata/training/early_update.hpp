// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/fetching.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/uncached_store.hpp>
#include <strata/model/learnt_arrays.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// The array whose gradients come last: the largest of the first stage that learns.
template <class Pass>
struct last_array {
    std::size_t place = 0; ///< in the block of parameters
    std::size_t size = 0;  ///< 0 where stages share parameters, whose sums are complete only at the end

    static constexpr last_array find() {
        last_array result;
        std::size_t first = ~std::size_t{0};
        for_each_summed<Pass>(
            [&]<class Parameter>(std::type_identity<Parameter>, std::size_t begin, auto stage) {
                constexpr std::size_t count = layout_of<typename Pass::value_type, Parameter>::size;
                if (first == ~std::size_t{0})
                    first = stage;
                if (stage == first && Parameter::is_learnt && count > result.size)
                    result = {begin, count};
            });
        return Pass::flow::shares ? last_array{} : result;
    }
    /// Whether this may be it, by its type alone.
    template <class Parameter>
    static constexpr bool may_be = Parameter::is_learnt && !Parameter::skips_rows &&
                                   layout_of<typename Pass::value_type, Parameter>::size == find().size;
};

/// A machine's own part of the last array, which it may update in the product that makes its gradients:
/// where it has one neighbour and each has one node of the batch's tree, the sums over the batch are the
/// register at hand and the neighbour's memory. Its own gradients then never leave their registers, and the
/// neighbour's half of the product is made first, so that no machine waits for the other's.
template <class T>
struct early_part {
    team::range own{};         ///< places of the array that may be updated early
    team::range places{};      ///< of these, those that are updated, from `begin_last` on
    const T* others = nullptr; ///< the other machine's sums of the array
};

/// Takes gradients of an array whose own part may be updated early: `writer` writes them to memory, `update`
/// takes the batch's sums, and `begin()` says whether the neighbour's sums are there.
template <class T, class Writer, class Update, class Begin>
struct early_use {
    Writer writer;
    Update update;
    early_part<T>* part;
    const Begin* begin;

    template <class V>
    [[gnu::always_inline]] void operator()(std::size_t offset, V gradient) const noexcept {
        if (is_early(offset))
            update(offset, V(gradient + load<V>(part->others + offset)));
        else
            writer(offset, gradient);
    }
    [[gnu::always_inline]] void fetch(std::size_t offset) const noexcept {
        if (!is_early(offset))
            return;
        update.fetch(offset);
        internal::fetch<cache::first>(part->others + offset);
    }

    /// The places whose gradients a kernel should hand on last, behind `begin_last`.
    [[nodiscard]] team::range last() const noexcept { return part->own; }
    /// All gradients but those of these places, which are some of `last()`, have been handed on.
    void begin_last(team::range places) const noexcept {
        internal::finish_uncached_stores(); // which the neighbour is told of
        if ((*begin)())
            part->places = places;
    }

private:
    [[nodiscard]] bool is_early(std::size_t offset) const noexcept {
        return offset - part->places.begin < part->places.end - part->places.begin;
    }
};

/// Has the last array's own part updated by `consumer` in the pass that makes its gradients.
template <class Pass, class Consumer, class Begin>
struct early_update {
    using T = typename Pass::value_type;
    static constexpr last_array<Pass> array = last_array<Pass>::find();
    template <class Parameter>
    static constexpr bool takes = last_array<Pass>::template may_be<Parameter>;

    Consumer consumer;
    early_part<T>* part;
    const Begin& begin;
    early_part<T> none{}; ///< of another array of that type

    template <class Parameter, class Writer>
    auto take(Parameter parameter, std::size_t place, const Writer& writer) noexcept {
        using update = decltype(consumer.take(parameter, place));
        return early_use<T, Writer, update, Begin>{writer, consumer.take(parameter, place),
                                                   place == array.place ? part : &none, &begin};
    }
};

/// For optimizers that do not take gradients register by register.
struct no_early_update {
    template <class Parameter>
    static constexpr bool takes = false;
};

} // namespace strata::bedrock::inline STRATA_SETTING
