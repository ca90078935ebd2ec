// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/windows/gradient_finish.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/layers/pooling.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// Poolings: a register holds neighbouring channels of one place.
template <window Over, std::size_t Channels, pooled Kind>
struct head_kernels<pooling<Over, Channels, Kind>> : head_kernels_base {
private:
    static constexpr window_map map = forward_map(Over);
    static constexpr map_axis depth = map.axes[0];
    static constexpr map_axis height = map.axes[1];
    static constexpr map_axis width = map.axes[2];
    static constexpr std::size_t results = map.results();

    static constexpr bool is_inside = map.is_inside();
    /// No place is in two windows.
    static constexpr bool is_disjoint = std::ranges::all_of(map.axes, [](const map_axis& axis) {
        return (axis.taps - 1) * static_cast<std::size_t>(axis.offset_step) < axis.read_step;
    });
    static constexpr bool covers_all = is_disjoint && is_inside && results * Over.taps() == map.read_rows();

    /// The rows that a window looks at: the first, and how many there are along each axis.
    struct place_window {
        std::size_t first;
        std::size_t slices;
        std::size_t lines;
        std::size_t columns;

        explicit place_window(std::size_t result) noexcept {
            const std::size_t t = result % width.results;
            const std::size_t h = result / width.results % height.results;
            const std::size_t d = result / width.results / height.results;
            const auto ds = internal::taps_of_result(depth, d);
            const auto hs = internal::taps_of_result(height, h);
            const auto ws = internal::taps_of_result(width, t);
            slices = ds.second - ds.first;
            lines = hs.second - hs.first;
            columns = ws.second - ws.first;
            first = (static_cast<std::size_t>(depth.read(d, ds.first)) * height.read_extent +
                     static_cast<std::size_t>(height.read(h, hs.first))) *
                        width.read_extent +
                    static_cast<std::size_t>(width.read(t, ws.first));
        }

        template <class Visit>
        [[gnu::always_inline]] void visit(Visit use) const noexcept {
            constexpr auto step = static_cast<std::size_t>(width.offset_step);
            constexpr std::size_t line_step =
                static_cast<std::size_t>(height.offset_step) * width.read_extent;
            constexpr std::size_t slice_step =
                static_cast<std::size_t>(depth.offset_step) * height.read_extent * width.read_extent;
            // Their numbers, where they are known at compile time.
            for (std::size_t jd = 0; jd < (is_inside ? depth.taps : slices); ++jd)
                for (std::size_t jh = 0; jh < (is_inside ? height.taps : lines); ++jh)
                    for (std::size_t jw = 0; jw < (is_inside ? width.taps : columns); ++jw)
                        use(first + jd * slice_step + jh * line_step + jw * step);
        }

        /// One over the number of places that a mean is taken of.
        template <class T>
        [[nodiscard]] T share() const noexcept {
            const std::size_t places = Kind == pooled::mean ? slices * lines * columns : Over.taps();
            return places == 0 ? T(0) : T(1) / static_cast<T>(places);
        }
    };
    /// Samples whose results for one place are made together: a draw of dropout serves four.
    template <class Tail>
    static constexpr std::size_t samples_together = internal::draws<Tail> ? 4 : 1;

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& at, const team& threads, const Tail& tail) noexcept {
        const row_writer<Stage, Keep, T, Tail> out{at.y, at.kept, tail};
        constexpr std::size_t together = samples_together<Tail>;
        const std::size_t groups = (at.samples + together - 1) / together;
        const team::range mine = threads.share(groups * results);
        for (std::size_t place = mine.begin; place < mine.end; ++place) {
            const std::size_t result = place % results;
            const std::size_t first = place / results * together;
            const std::size_t count = std::min(together, at.samples - first);
            const place_window window(result);
            const T share = window.template share<T>();
            visit_columns<Channels, T>([&](auto some, std::size_t column) {
                using V = simd<T, lanes_of<T, Channels>>;
                constexpr std::size_t lanes = decltype(some)::value;
                V sums[together];
                for (std::size_t s = 0; s < count; ++s) {
                    const std::size_t image = (first + s) * map.read_rows();
                    V sum(Kind == pooled::largest ? -std::numeric_limits<T>::infinity() : T(0));
                    window.visit([&](std::size_t from) {
                        const V x = load_first<lanes, V>(at.x[0].row(image + from) + column);
                        if constexpr (Kind == pooled::largest)
                            sum = internal::larger(sum, x);
                        else
                            sum += x;
                    });
                    sums[s] = Kind == pooled::largest ? sum : sum * V(share);
                }
                out.template put_samples<lanes>(sums, count, first * results + result, column);
            });
        }
        return threads.size == 1;
    }

    static constexpr bool finishes_slopes = is_disjoint;

    /// Windows may overlap, so a thread has whole samples.
    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& at, const team& threads, const Slope& slope) noexcept {
        using head = typename Stage::head;
        const team::range samples = share_samples(threads, at.samples);
        using V = simd<T, lanes_of<T, Channels>>;
        if (!covers_all && !at.adds[0])
            for (std::size_t row = samples.begin * map.read_rows(); row < samples.end * map.read_rows();
                 ++row)
                std::fill_n(at.before[0].row(row), Channels, T(0));
        const internal::gradient_finish<internal::draws<Slope> ? head::input_rows : 1, T, Slope> finish{
            at.before_kept, at.before[0], at.adds[0] || !is_disjoint, Channels, slope, 0};
        for (std::size_t row = samples.begin * results; row < samples.end * results; ++row) {
            const std::size_t image = row / results * map.read_rows();
            const place_window window(row % results);
            const T share = window.template share<T>();
            visit_columns<Channels, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const auto x_of = [&](std::size_t from) {
                    return load_first<lanes, V>(at.x[0].row(image + from) + column);
                };
                const auto put = [&](V gradient, std::size_t from) {
                    const auto out = finish.template tile<1, V::size>(image + from, column, 1);
                    out.template put<lanes>(gradient, 0, 0);
                };
                V rest = load_first<lanes, V>(at.delta.row(row) + column);
                if constexpr (Kind == pooled::largest) {
                    V largest(-std::numeric_limits<T>::infinity());
                    window.visit([&](std::size_t from) { largest = internal::larger(largest, x_of(from)); });
                    // The first place that holds the maximum takes it all.
                    window.visit([&](std::size_t from) {
                        const auto holds = x_of(from) == largest;
                        put(xsimd::select(holds, rest, V(T(0))), from);
                        rest = xsimd::select(holds, V(T(0)), rest);
                    });
                } else
                    window.visit([&](std::size_t from) { put(rest * V(share), from); });
            });
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
