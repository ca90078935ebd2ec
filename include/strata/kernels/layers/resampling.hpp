// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/permute.hpp>
#include <strata/layers/resample.hpp>
#include <strata/setting.hpp>

#include <algorithm>

namespace strata::bedrock::inline STRATA_SETTING {

/// Padding, cropping and upsampling: up to two taps along each axis.
template <std::array<resample_axis, 3> Axes, std::size_t Channels>
struct head_kernels<resampling<Axes, Channels>> : head_kernels_base {
    using head = resampling<Axes, Channels>;

private:
    template <std::size_t Axis>
    static constexpr auto taps = [] {
        std::array<resample_taps, Axes[Axis].output> result{};
        for (std::size_t o = 0; o < Axes[Axis].output; ++o)
            result[o] = Axes[Axis].taps(o);
        return result;
    }();

    // The input rows that an output row is made of, with their weights: visit(row, weight).
    template <class T, class Visit>
    [[gnu::always_inline]] static inline void visit_taps(std::size_t row, Visit visit) noexcept {
        const resample_taps& ws = taps<2>[row % Axes[2].output];
        const resample_taps& hs = taps<1>[row / Axes[2].output % Axes[1].output];
        const resample_taps& ds = taps<0>[row / Axes[2].output / Axes[1].output];
        for (std::size_t d = 0; d < 2; ++d)
            for (std::size_t h = 0; h < 2; ++h)
                for (std::size_t w = 0; w < 2; ++w) {
                    const double weight = ds.weight[d] * hs.weight[h] * ws.weight[w];
                    if (weight != 0)
                        visit((ds.places[d] * Axes[1].input + hs.places[h]) * Axes[2].input + ws.places[w],
                              static_cast<T>(weight));
                }
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = threads.share(call.samples * head::output_rows);
        using V = simd<T, lanes_of<T, Channels>>;
        for (std::size_t row = mine.begin; row < mine.end; ++row) {
            const std::size_t image = row / head::output_rows * head::input_rows;
            visit_columns<Channels, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                V sum(T(0));
                visit_taps<T>(row % head::output_rows, [&](std::size_t pixel, T weight) {
                    sum = xsimd::fma(V(weight), load_first<lanes, V>(call.x[0].row(image + pixel) + column),
                                     sum);
                });
                writer.template put<lanes>(sum, row, column);
            });
        }
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        const team::range samples = share_samples(threads, call.samples);
        using V = simd<T, lanes_of<T, Channels>>;
        if (!call.adds[0])
            for (std::size_t row = samples.begin * head::input_rows; row < samples.end * head::input_rows;
                 ++row)
                std::fill_n(call.source_deltas[0].row(row), Channels, T(0));
        for (std::size_t row = samples.begin * head::output_rows; row < samples.end * head::output_rows;
             ++row) {
            const std::size_t image = row / head::output_rows * head::input_rows;
            visit_taps<T>(row % head::output_rows, [&](std::size_t pixel, T weight) {
                T* const source_delta = call.source_deltas[0].row(image + pixel);
                visit_columns<Channels, T>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    store_or_add<lanes>(V(V(weight) * load_first<lanes, V>(call.delta.row(row) + column)),
                                        source_delta + column, true);
                });
            });
        }
    }
};

/// Axes in another order.
template <class From, std::size_t... Order>
struct head_kernels<permutation<From, Order...>> : head_kernels_base {
    using head = permutation<From, Order...>;

private:
    // visit(place in the output, place in the input) for each element of a sample.
    template <class Visit>
    static void visit_elements(Visit visit) noexcept {
        std::array<std::size_t, head::rank> place{};
        std::size_t input = 0;
        for (std::size_t output = 0; output < head::outputs; ++output) {
            visit(output, input);
            for (std::size_t axis = head::rank; axis-- > 0;) {
                input += head::steps[axis];
                if (++place[axis] < head::extents[axis])
                    break;
                input -= head::steps[axis] * head::extents[axis];
                place[axis] = 0;
            }
        }
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample)
            visit_elements([&](std::size_t output, std::size_t input) {
                call.y.row(sample)[output] = call.x[0].row(sample)[input];
            });
        // A register's numbers come from everywhere, so the tail comes afterwards.
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        using V = simd<T, lanes_of<T, head::outputs>>;
        if constexpr (!Stage::tail::is_identity)
            for (std::size_t sample = mine.begin; sample < mine.end; ++sample)
                visit_columns<head::outputs, T>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    writer.template put<lanes>(load_first<lanes, V>(call.y.row(sample) + column), sample,
                                               column);
                });
        return true;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample)
            visit_elements([&](std::size_t output, std::size_t input) {
                T& place = call.source_deltas[0].row(sample)[input];
                place = (call.adds[0] ? place : T(0)) + call.delta.row(sample)[output];
            });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
