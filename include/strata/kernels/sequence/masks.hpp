// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/mask.hpp>
#include <strata/layers/pooling.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Masks of steps: a number for each, 1 or 0. No derivative goes through them.
struct mask_kernels_base : head_kernels_base {
    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>&, const team&, const Slope&) noexcept {}
};

template <std::size_t Rows, std::size_t Width, real Value>
struct head_kernels<step_mask<Rows, Width, Value>> : mask_kernels_base {
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail&) noexcept {
        constexpr T masked = static_cast<T>(step_mask<Rows, Width, Value>::masked_value);
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Rows; row < mine.end * Rows; ++row) {
            const T* const x = call.x[0].row(row);
            const bool is_masked = std::all_of(x, x + Width, [](T number) { return number == masked; });
            *call.y.row(row) = is_masked ? T(0) : T(1);
        }
        return true;
    }
};

template <std::size_t Rows, std::size_t Parts>
struct head_kernels<mask_union<Rows, Parts>> : mask_kernels_base {
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail&) noexcept {
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Rows; row < mine.end * Rows; ++row) {
            T counts = 0;
            for (std::size_t part = 0; part < Parts; ++part)
                counts = std::max(counts, *call.x[part].row(row));
            *call.y.row(row) = counts;
        }
        return true;
    }
};

template <auto Steps>
struct head_kernels<mask_join<Steps>> : mask_kernels_base {
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail&) noexcept {
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            T* result = call.y.row(sample * Steps.total());
            std::size_t mask = 0;
            for (std::size_t part = 0; part < Steps.steps.size(); ++part) {
                const std::size_t count = Steps.steps[part];
                if (Steps.are_masked[part])
                    std::copy_n(call.x[mask++].row(sample * count), count, result);
                else
                    std::fill_n(result, count, T(1));
                result += count;
            }
        }
        return true;
    }
};

/// Rows of a value, and zeros where its mask has zeros.
template <std::size_t Rows, std::size_t Width>
struct head_kernels<hiding<Rows, Width>> : head_kernels_base {
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Rows; row < mine.end * Rows; ++row) {
            const bool counts = *call.x[1].row(row) != T(0);
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                writer.template put<lanes>(
                    counts ? load_first<lanes, V>(call.x[0].row(row) + column) : V(T(0)), row, column);
            });
        }
        return true;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        if (call.source_deltas[0].data == nullptr)
            return;
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Rows; row < mine.end * Rows; ++row) {
            const bool counts = *call.x[1].row(row) != T(0);
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                store_or_add<lanes>(counts ? load_first<lanes, V>(call.delta.row(row) + column) : V(T(0)),
                                    call.source_deltas[0].row(row) + column, call.adds[0]);
            });
        }
    }
};

/// Means of the steps that count.
template <std::size_t Steps, std::size_t Channels>
struct head_kernels<masked_mean<Steps, Channels>> : head_kernels_base {
private:
    /// What each step that counts has in the mean: 0 where none does.
    template <class T>
    static T share_of(rows_view<const T> mask, std::size_t sample) noexcept {
        T count = 0;
        for (std::size_t step = 0; step < Steps; ++step)
            count += *mask.row(sample * Steps + step);
        return count == T(0) ? T(0) : T(1) / count;
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            const T share = share_of(call.x[1], sample);
            visit_columns<Channels, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                V sum(T(0));
                for (std::size_t row = sample * Steps; row < (sample + 1) * Steps; ++row)
                    if (*call.x[1].row(row) != T(0))
                        sum += load_first<lanes, V>(call.x[0].row(row) + column);
                writer.template put<lanes>(V(sum * V(share)), sample, column);
            });
        }
        return true;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        if (call.source_deltas[0].data == nullptr)
            return;
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            const T share = share_of(call.x[1], sample);
            for (std::size_t row = sample * Steps; row < (sample + 1) * Steps; ++row) {
                const V factor(*call.x[1].row(row) * share);
                visit_columns<Channels, T>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    store_or_add<lanes>(V(load_first<lanes, V>(call.delta.row(sample) + column) * factor),
                                        call.source_deltas[0].row(row) + column, call.adds[0]);
                });
            }
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
