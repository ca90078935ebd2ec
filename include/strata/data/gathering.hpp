// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/samples.hpp>
#include <strata/kernels/product/fetching.hpp>
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
// Of a long sample memory is asked for the first bytes: from there on a processor sees for itself that lines
// follow each other.
inline constexpr std::size_t most_fetched_bytes = 1024;
inline constexpr std::size_t fetched_line = line_size<char>;

/// Asks for a sample that will be read soon, for all its lines at once: between the conversions of another
/// sample a processor asks for too few at a time.
template <cache Level>
inline void fetch_sample(const char* sample, std::size_t bytes) noexcept {
    for (std::size_t i = 0; i < bytes; i += fetched_line)
        fetch<Level>(sample + i);
    if (bytes > 0)
        fetch<Level>(sample + bytes - 1); // they seldom begin where a line does
}

/// Converts a sample of bytes a line at a time, for which compilers find the shortest code.
template <class T>
inline void gather_bytes(const std::uint8_t* sample, std::size_t size, float scale, T* numbers) noexcept {
#if defined(__clang__)
    constexpr std::size_t step = fetched_line; // of fewer bytes it would make no loop, and then no vectors
#else
    constexpr std::size_t step = 16;
#endif
    std::size_t i = 0;
    for (; i + fetched_line <= size; i += fetched_line)
#pragma GCC unroll 4
        for (std::size_t j = i; j < i + fetched_line; j += step)
            read_elements<std::uint8_t>(sample, j, step, scale, numbers + j);
    read_elements<std::uint8_t>(sample, i, size - i, scale, numbers + i);
}

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
    const auto* const bytes = source.template direct<std::uint8_t>();
    const std::size_t fetched = std::min(size * source.element_size(), internal::most_fetched_bytes);
    const std::size_t share = chosen.end - chosen.begin;
    const auto element = [&](std::size_t place) { return (chosen.first + order[place]) * size; };
    const auto coming = [&](std::size_t i, std::size_t distance) {
        // Behind the share of this thread comes its share of the next batch.
        const bool is_next = share >= distance && i + distance >= chosen.end;
        const std::size_t place =
            chosen.batch_begin + i + distance + (is_next ? chosen.batch_size - share : 0);
        return source.place(element(std::min(place, order.size() - 1)));
    };
    // What memory sends goes to the second cache: while the first waits for lines, it has none left for those
    // that the batch is written to. From there it comes to the first cache before it is read.
    const std::size_t sample_bytes = std::max<std::size_t>(fetched, 1);
    const std::size_t far_distance = std::clamp<std::size_t>(8192 / sample_bytes, 1, 64);
    const std::size_t near_distance = std::clamp<std::size_t>(2048 / sample_bytes, 1, 16);
    for (std::size_t i = chosen.begin; i < chosen.end; ++i) {
        internal::fetch_sample<cache::second>(coming(i, far_distance), fetched);
        internal::fetch_sample<cache::first>(coming(i, near_distance), fetched);
        const std::size_t first = element(chosen.batch_begin + i);
        if (bytes != nullptr)
            internal::gather_bytes(bytes + first, size, source.scale(), batch + i * size);
        else
            source.read(first, size, batch + i * size);
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
