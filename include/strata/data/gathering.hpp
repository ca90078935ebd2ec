// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/samples.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace strata::bedrock::inline STRATA_SETTING {

/// Those samples of a batch that one thread gathers.
struct gathered_samples {
    std::size_t first;                    ///< what numbers of samples are counted from
    std::span<const std::uint32_t> order; ///< numbers of samples; empty where they go as they come
    std::size_t batch_begin;              ///< the batch in `order`
    std::size_t batch_size;
    std::size_t begin; ///< the thread's share of the batch
    std::size_t end;
};

namespace internal {
/// Where samples lie that will be read soon.
struct coming_samples {
    const char* next;  ///< the one that follows
    const char* later; ///< one so far ahead that memory has answered by then
};

// Of a long sample memory is asked for the first bytes: from there on a processor sees for itself that lines
// follow each other.
inline constexpr std::size_t most_fetched_bytes = 1024;
inline constexpr std::size_t fetched_line = 64;
inline constexpr int first_cache = 3, second_cache = 2; // as __builtin_prefetch calls them

/// Reads a sample, and asks memory for a later one, into the second cache, since the first has too few places
/// for what is on its way.
template <class T>
[[gnu::always_inline]] inline void gather_elements(const samples& source, std::size_t first, std::size_t size,
                                                   const char* later, T* numbers) noexcept {
    const std::size_t bytes = std::min(size * source.element_size(), most_fetched_bytes);
    for (std::size_t i = 0; i < bytes; i += fetched_line)
        __builtin_prefetch(later + i, 0, second_cache);
    if (bytes > 0)
        __builtin_prefetch(later + bytes - 1, 0, second_cache); // they seldom begin where a line does
    source.read(first, size, numbers);
}

/// The same of bytes, a line at a time: a processor waits for so many lines only, and would convert nothing
/// while it asks for a whole sample. The next sample goes on into the first cache meanwhile, and so do the
/// places where it will be written.
template <class T>
void gather_bytes(const std::uint8_t* sample, std::size_t size, float scale, coming_samples coming,
                  T* numbers) noexcept {
    std::size_t i = 0;
#if defined(__clang__)
    constexpr std::size_t step = fetched_line; // of fewer bytes it would make no loop, and then no vectors
#else
    constexpr std::size_t step = 16;
#endif
    for (; i + fetched_line <= size; i += fetched_line) {
        if (i < most_fetched_bytes) {
            __builtin_prefetch(coming.later + i, 0, second_cache);
            __builtin_prefetch(coming.next + i, 0, first_cache);
        }
#pragma GCC unroll 4
        for (std::size_t j = i; j < i + fetched_line; j += step) {
#pragma GCC unroll 8
            for (std::size_t k = 0; k < step; k += fetched_line / sizeof(T))
                __builtin_prefetch(numbers + size + j + k, 1, first_cache);
            read_elements<std::uint8_t>(sample, j, step, scale, numbers + j);
        }
    }
    if (i < most_fetched_bytes && i < size) {
        __builtin_prefetch(coming.later + i, 0, second_cache);
        __builtin_prefetch(coming.next + i, 0, first_cache);
        __builtin_prefetch(coming.later + size - 1, 0, second_cache); // they seldom begin where a line does
    }
    read_elements<std::uint8_t>(sample, i, size - i, scale, numbers + i);
}
} // namespace internal

namespace internal {
/// Reads numbers that nobody will read again soon: those of files do not become this process's memory.
template <class T>
void copy_elements(const samples& source, std::size_t first, std::size_t count, T* numbers) noexcept {
    if (source.pages() != nullptr)
        source.pages()->read(first, count, source.scale(), numbers);
    else
        source.read(first, count, numbers);
}
} // namespace internal

/// Samples of files that are so long are copied by the system.
inline constexpr std::size_t least_copied_bytes = 4096;

/// Copies samples of `size` numbers each to their places in a batch, [samples][size], converting and scaling
/// as it goes.
template <class T>
[[gnu::noinline]] void gather_samples(const samples& source, std::size_t size, const gathered_samples& chosen,
                                      T* batch) noexcept {
    const std::span<const std::uint32_t> order = chosen.order;
    if (order.empty()) {
        internal::copy_elements(source, (chosen.first + chosen.batch_begin + chosen.begin) * size,
                                (chosen.end - chosen.begin) * size, batch + chosen.begin * size);
        return;
    }
    if (source.is_paged() && size * source.element_size() >= least_copied_bytes) {
        for (std::size_t i = chosen.begin; i < chosen.end; ++i)
            internal::copy_elements(source, (chosen.first + order[chosen.batch_begin + i]) * size, size,
                                    batch + i * size);
        return;
    }
    constexpr std::size_t samples_ahead = 12; // in between memory answers, and the second cache has room
    const auto* const bytes = source.template direct<std::uint8_t>();
    const std::size_t share = chosen.end - chosen.begin;
    // Behind the share of this thread comes its share of the next batch.
    const std::size_t gap = share < samples_ahead ? 0 : chosen.batch_size - share;
    const auto element = [&](std::size_t place) { return (chosen.first + order[place]) * size; };
    for (std::size_t i = chosen.begin; i < chosen.end; ++i) {
        const auto coming = [&](std::size_t distance) {
            const std::size_t place =
                chosen.batch_begin + i + distance + (i + distance < chosen.end ? 0 : gap);
            return source.place(element(place < order.size() ? place : chosen.batch_begin + i));
        };
        const std::size_t first = element(chosen.batch_begin + i);
        T* const numbers = batch + i * size;
        if (bytes != nullptr)
            internal::gather_bytes(bytes + first, size, source.scale(), {coming(1), coming(samples_ahead)},
                                   numbers);
        else
            internal::gather_elements(source, first, size, coming(samples_ahead), numbers);
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
