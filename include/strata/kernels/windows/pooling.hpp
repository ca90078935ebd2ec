// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/windows/gradient_finish.hpp>
#include <strata/kernels/windows/nan_search.hpp>
#include <strata/kernels/windows/result_window.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/layers/pooling.hpp>
#include <strata/setting.hpp>

#include <algorithm>

namespace strata::bedrock::inline STRATA_SETTING {

/// Poolings: a register holds neighbouring channels of one place.
template <window Geometry, std::size_t Channels, pooled Kind>
struct head_kernels<pooling<Geometry, Channels, Kind>> : head_kernels_base {
private:
    static constexpr window_map map = forward_map(Geometry);
    static constexpr std::size_t results = map.results();

    static constexpr bool is_inside = map.is_inside();
    /// No place is in two windows.
    static constexpr bool is_disjoint =
        std::all_of(map.axes.begin(), map.axes.end(), [](const map_axis& axis) {
            return (axis.taps - 1) * static_cast<std::size_t>(axis.offset_step) < axis.read_step;
        });
    static constexpr bool covers_all =
        is_disjoint && is_inside && results * Geometry.taps() == map.read_rows();

    using result_window = internal::result_window<map>;

    /// One over the number of places that a mean is taken of.
    template <class T>
    static T share_of(const result_window& window) noexcept {
        const std::size_t places = Kind == pooled::mean ? window.taps() : Geometry.taps();
        return places == 0 ? T(0) : T(1) / static_cast<T>(places);
    }
    /// Comparing is fastest without a look at NaN, so that is sought apart: among a window's own numbers, by
    /// sums of squares, which the processor adds beside the maximum; or once in lines that several windows
    /// read. What is in doubt is done again with all caution.
    enum class caution { none, numbers, lines, all };
    /// Where places are wide and windows share few, lines come from memory again rather than the nearest
    /// cache.
    static constexpr bool shares_little = map.axes[2].read_step > 1 && Channels >= alignment / 2;
    static constexpr caution quick = Kind != pooled::largest                        ? caution::none
                                     : is_disjoint || results == 1 || shares_little ? caution::numbers
                                                                                    : caution::lines;

    /// The sum or the largest of some numbers. NaN may be passed over, unless `Caution` asks for all; `doubt`
    /// is NaN then where numbers are asked.
    template <caution Caution, class V>
    struct window_sum {
        using T = value_type_of<V>;
        V result = V(Kind == pooled::largest ? -detail::infinity<T> : T(0));
        V doubt = V(T(0));

        [[gnu::always_inline]] void add(V x, bool is_first = false) noexcept {
            if constexpr (Kind != pooled::largest)
                result += x;
            else if constexpr (Caution == caution::all)
                result = internal::larger(result, x);
            else
                result = is_first ? x : internal::lift(result, x);
            if constexpr (Caution == caution::numbers)
                doubt = is_first ? x : xsimd::fma(x, x, doubt);
        }
        [[gnu::always_inline]] void add(const window_sum& other) noexcept {
            result = internal::lift(result, other.result);
            doubt += other.doubt;
        }
    };
    /// How many numbers of a large window are compared one after the other. Others need not wait for them.
    static constexpr std::size_t strand = 8;

    /// Pools `Registers` of one result's channels, each of them `Lanes` wide.
    template <caution Caution, bool IsWhole, std::size_t Registers, std::size_t Lanes, class T, class Writer>
    [[gnu::always_inline]] static simd<T, lanes_of<T, Channels>>
    pool_channels(rows_view<const T> x, const Writer& writer, const result_window& window, std::size_t row,
                  std::size_t channel) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const T share = share_of<T>(window);
        V doubt(T(0));
        const rows_view<const T> image{x.data + channel, x.pitch};
        window_sum<Caution, V> sums[Registers];
        constexpr std::size_t step = map.axes[2].offset_step; // from place to place in a line
        constexpr bool is_small = IsWhole && Geometry.taps() <= 2 * strand;
        constexpr bool is_large = IsWhole && !is_small && Caution == caution::numbers;
        bool is_first = is_small;
        window.template visit_lines<IsWhole>(image, [&](const T* line, std::size_t places) {
            const auto add_place = [&](window_sum<Caution, V>(&sum)[Registers], std::size_t place,
                                       bool begins) {
#pragma GCC unroll 4
                for (std::size_t i = 0; i < Registers; ++i)
                    sum[i].add(load_first<Lanes, V>(line + place * step * x.pitch + i * V::size), begins);
            };
            if constexpr (is_large)
                for (std::size_t begin = 0; begin < places; begin += strand) {
                    window_sum<Caution, V> parts[Registers];
                    for (std::size_t w = begin; w < std::min(begin + strand, places); ++w)
                        add_place(parts, w, w == begin);
#pragma GCC unroll 4
                    for (std::size_t i = 0; i < Registers; ++i)
                        sums[i].add(parts[i]);
                }
            else
                for (std::size_t w = 0; w < map.axes[2].taps && (IsWhole || w < places); ++w) {
                    add_place(sums, w, is_first);
                    is_first = false;
                }
        });
#pragma GCC unroll 4
        for (std::size_t i = 0; i < Registers; ++i) {
            if constexpr (Caution == caution::numbers)
                doubt = i == 0 ? sums[i].doubt : xsimd::fma(sums[i].doubt, sums[i].doubt, doubt);
            writer.template put<Lanes>(
                V(Kind == pooled::largest ? sums[i].result : sums[i].result * V(share)), row,
                channel + i * V::size);
        }
        return doubt;
    }
    /// Pools results [begin, end) of the line that `window` has entered. Returns what is NaN where NaN has
    /// been passed over.
    template <caution Caution, bool IsWhole, class T, class Writer>
    [[gnu::always_inline]] static simd<T, lanes_of<T, Channels>>
    pool_run(rows_view<const T> x, const Writer& writer, result_window window, std::size_t begin,
             std::size_t end, std::size_t row) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        // Two registers together need not wait for each other, and a place is found once for both.
        constexpr std::size_t whole = Channels / V::size;
        constexpr std::size_t many = 2;
        constexpr std::size_t rest = whole % many;
        V doubt(T(0));
        for (std::size_t column = begin; column < end; ++column) {
            window.enter_column(column);
            for (std::size_t i = 0; i < whole - rest; i += many)
                doubt += pool_channels<Caution, IsWhole, many, V::size>(x, writer, window, row + column,
                                                                        i * V::size);
            if constexpr (rest > 0)
                doubt += pool_channels<Caution, IsWhole, rest, V::size>(x, writer, window, row + column,
                                                                        (whole - rest) * V::size);
            if constexpr (Channels % V::size > 0)
                doubt += pool_channels<Caution, IsWhole, 1, Channels % V::size>(
                    x, writer, window, row + column, whole * V::size);
        }
        return doubt;
    }
    /// Pools places. Returns whether results are in doubt.
    template <caution Caution, class T, class Writer>
    [[gnu::always_inline]] static bool pool_places(rows_view<const T> x, const Writer& writer,
                                                   team::range places) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        constexpr map_axis height = map.axes[1];
        constexpr map_axis width = map.axes[2];
        constexpr auto interior = width.interior();
        using wide = simd<T, lanes_of<T, alignment / sizeof(T)>>;
        V doubt(T(0));
        wide doubt_of_lines(T(0));
        result_window window;
        std::size_t searched = 0; // rows of this sample
        for (std::size_t place = places.begin; place < places.end;) {
            const std::size_t line = place % results / width.results;
            const std::size_t sample = place / results;
            const std::size_t begin = place % width.results;
            const std::size_t end = std::min(width.results, begin + (places.end - place));
            const rows_view<const T> image{x.row(sample * map.read_rows()), x.pitch};
            const std::size_t row = sample * results + line * width.results;
            window.enter_line(line / height.results, line % height.results);
            if constexpr (Caution == caution::lines) {
                const auto [low, high] = window.lines_read();
                if (line == 0 || place == places.begin)
                    searched = map.axes[0].taps == 1 ? low : 0;
                if (searched < high)
                    doubt_of_lines += internal::sum_in_doubt<wide, Channels>(image, searched, high);
                searched = std::max(searched, high);
            }
            if constexpr (is_inside)
                doubt += pool_run<Caution, true>(image, writer, window, begin, end, row);
            else {
                const bool is_whole = window.is_whole_line();
                const std::size_t low = is_whole ? std::clamp(interior.first, begin, end) : end;
                const std::size_t high = std::clamp(interior.second, low, end);
                doubt += pool_run<Caution, false>(image, writer, window, begin, low, row);
                doubt += pool_run<Caution, true>(image, writer, window, low, high, row);
                doubt += pool_run<Caution, false>(image, writer, window, high, end, row);
            }
            place += end - begin;
        }
        return !xsimd::all(doubt == doubt) || !xsimd::all(doubt_of_lines == doubt_of_lines);
    }
    /// Does again what NaN has left in doubt. Takes copies, so that the compiler keeps its caller's values in
    /// registers.
    template <class T, class Writer>
    [[gnu::cold, gnu::noinline]] static void pool_again(rows_view<const T> x, Writer writer,
                                                        team::range places) noexcept {
        pool_places<caution::all>(x, writer, places);
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = threads.share(call.samples * results);
        if (pool_places<quick>(call.x[0], writer, mine)) [[unlikely]]
            pool_again(call.x[0], writer, mine);
        return threads.size == 1;
    }

    static constexpr bool finishes_slopes = is_disjoint;

    /// Windows may overlap, so a thread has whole samples.
    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope& slope) noexcept {
        const team::range samples = share_samples(threads, call.samples);
        using V = simd<T, lanes_of<T, Channels>>;
        if (!covers_all && !call.adds[0])
            for (std::size_t row = samples.begin * map.read_rows(); row < samples.end * map.read_rows();
                 ++row)
                std::fill_n(call.source_deltas[0].row(row), Channels, T(0));
        const internal::gradient_finish<1, T, Slope> finish{
            call.source_kept, call.source_deltas[0], call.adds[0] || !is_disjoint, Channels, slope, 0};
        for (std::size_t row = samples.begin * results; row < samples.end * results; ++row) {
            const std::size_t image = row / results * map.read_rows();
            const result_window window(row % results);
            const T share = share_of<T>(window);
            visit_columns<Channels, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const auto x_of = [&](std::size_t input) {
                    return load_first<lanes, V>(call.x[0].row(image + input) + column);
                };
                const auto put = [&](V gradient, std::size_t input) {
                    const auto writer = finish.template tile<1, V::size>(image + input, column, 1);
                    writer.template put<lanes>(gradient, 0, 0);
                };
                V rest = load_first<lanes, V>(call.delta.row(row) + column);
                if constexpr (Kind == pooled::largest) {
                    V largest(-detail::infinity<T>);
                    window.visit([&](std::size_t input, std::size_t) {
                        largest = internal::lift(largest, x_of(input));
                    });
                    // The first place that holds the maximum, or NaN, takes it all.
                    window.visit([&](std::size_t input, std::size_t) {
                        const auto is_less = x_of(input) < largest;
                        put(xsimd::select(is_less, V(T(0)), rest), input);
                        rest = xsimd::select(is_less, rest, V(T(0)));
                    });
                } else
                    window.visit([&](std::size_t input, std::size_t) { put(rest * V(share), input); });
            });
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
