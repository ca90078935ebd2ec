// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/softmax.hpp>
#include <strata/kernels/tail.hpp>
#include <strata/kernels/team.hpp>

#include <cstddef>

namespace strata {

/// Visits the elements of samples [begin, end) in registers, sample by sample: visit(count, sample, element).
template <std::size_t Size, class V, class Visit>
void visit_samples(team::range samples, Visit visit) noexcept {
    for (std::size_t sample = samples.begin; sample < samples.end; ++sample)
        visit_row<Size, V>([&](auto count, std::size_t element) { visit(count, sample, element); });
}

/// y = tail(x) for a stage without a product. `x` and `y` are [samples][size]; `kept` as in
/// `forward_buffers`.
template <class Stage, class T, class Tail>
void pointwise_forward(const T* x, T* y, T* kept, team::range samples, const Tail& tail) noexcept {
    constexpr std::size_t size = Stage::output_size;
    using V = simd<T, lanes_of<T, size>>;
    visit_samples<size, V>(samples, [&](auto count, std::size_t sample, std::size_t element) {
        constexpr std::size_t lanes = decltype(count)::value;
        const typename Tail::template tile<1, V::size, 1, T> tile(tail, sample, element, size);
        const std::size_t place = sample * size + element;
        const V value = load_first<lanes, V>(x + place);
        const V result = tile(value, 0, 0);
        if constexpr (Tail::training && Stage::keeps_tail)
            store_first<lanes>(Stage::keeps_tail_input ? value : result, kept + place);
        store_first<lanes>(result, y + place);
    });
}

/// out = delta * slope(kept), element by element over [samples][Size].
template <std::size_t Size, class T, class Slope>
void multiply_slope(const T* delta, const T* kept, T* out, team::range samples, const Slope& slope) noexcept {
    using V = simd<T, lanes_of<T, Size>>;
    visit_samples<Size, V>(samples, [&](auto count, std::size_t sample, std::size_t element) {
        constexpr std::size_t lanes = decltype(count)::value;
        const typename Slope::template tile<1, V::size, 1, T> tile(slope, sample, element, Size);
        const std::size_t place = sample * Size + element;
        V at(T(0));
        if constexpr (Slope::reads_kept)
            at = load_first<lanes, V>(kept + place);
        store_first<lanes>(load_first<lanes, V>(delta + place) * tile(at, 0, 0), out + place);
    });
}

/// The closing of a stage on whole samples of its output, in place.
template <class Stage, class T>
void close(T* y, team::range samples) noexcept {
    if constexpr (Stage::has_softmax) {
        constexpr std::size_t length = Stage::closing::length;
        for (T* row = y + samples.begin * Stage::output_size; row < y + samples.end * Stage::output_size;
             row += length)
            softmax_row<length>(row);
    }
}

/// Turns the loss's derivative by a stage's output into the one by its sums, in place, on whole samples:
/// through the closing, then through the tail.
template <class Stage, class T>
void settle_delta(T* delta, const T* y, const T* kept, team::range samples,
                  const tail_slope<typename Stage::tail>& slope) noexcept {
    constexpr std::size_t size = Stage::output_size;
    if constexpr (Stage::has_softmax) {
        constexpr std::size_t length = Stage::closing::length;
        for (std::size_t at = samples.begin * size; at < samples.end * size; at += length)
            softmax_gradient_row<length>(y + at, delta + at);
    }
    if constexpr (!Stage::tail::is_identity)
        multiply_slope<size>(delta, kept, delta, samples, slope);
}

} // namespace strata
