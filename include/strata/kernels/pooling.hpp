// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/depthwise.hpp>
#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/pooling.hpp>

#include <limits>

namespace strata {

/// Poolings: a register holds neighbouring channels of one place.
template <window Over, std::size_t Channels, pooled Kind>
struct head_kernels<pooling<Over, Channels, Kind>> : without_memory {
private:
    static constexpr window_map map = forward_map(Over);
    static constexpr map_axis depth = map.axes[0];
    static constexpr map_axis height = map.axes[1];
    static constexpr map_axis width = map.axes[2];
    static constexpr std::size_t results = map.results();

    // The rows that a window looks at: visit(row).
    template <class Visit>
    [[gnu::always_inline]] static inline void visit_window(std::size_t result, Visit visit) noexcept {
        const std::size_t t = result % width.results;
        const std::size_t h = result / width.results % height.results;
        const std::size_t d = result / width.results / height.results;
        const auto ds = detail::taps_inside(depth, d);
        const auto hs = detail::taps_inside(height, h);
        const auto ws = detail::taps_inside(width, t);
        for (std::size_t jd = ds.first; jd < ds.second; ++jd)
            for (std::size_t jh = hs.first; jh < hs.second; ++jh)
                for (std::size_t jw = ws.first; jw < ws.second; ++jw)
                    visit((static_cast<std::size_t>(depth.read(d, jd)) * height.read_extent +
                           static_cast<std::size_t>(height.read(h, jh))) *
                              width.read_extent +
                          static_cast<std::size_t>(width.read(t, jw)));
    }
    /// Samples whose results for one place are made together: a draw of dropout serves four.
    template <class Tail>
    static constexpr std::size_t samples_together = detail::draws<Tail> ? 4 : 1;

    /// One over the number of places that a mean is taken of.
    template <class T>
    static T share_of(std::size_t result) noexcept {
        std::size_t places = Over.taps();
        if constexpr (Kind == pooled::mean) {
            places = 0;
            visit_window(result, [&](std::size_t) { ++places; });
        }
        return places == 0 ? T(0) : T(1) / static_cast<T>(places);
    }

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
            const T share = Kind == pooled::largest ? T(0) : share_of<T>(result);
            visit_columns<Channels, T>([&](auto some, std::size_t column) {
                using V = simd<T, lanes_of<T, Channels>>;
                constexpr std::size_t lanes = decltype(some)::value;
                V sums[together];
                for (std::size_t s = 0; s < count; ++s) {
                    const std::size_t image = (first + s) * map.read_rows();
                    V sum(Kind == pooled::largest ? -std::numeric_limits<T>::infinity() : T(0));
                    visit_window(result, [&](std::size_t from) {
                        const V x = load_first<lanes, V>(at.x[0].row(image + from) + column);
                        if constexpr (Kind == pooled::largest)
                            sum = xsimd::max(x, sum);
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

    static constexpr bool finishes_slopes = false;

    /// Windows overlap, so a thread has whole samples.
    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& at, const team& threads, const Slope&) noexcept {
        const team::range samples = share_samples(threads, at.samples);
        using V = simd<T, lanes_of<T, Channels>>;
        if (!at.adds[0])
            for (std::size_t row = samples.begin * map.read_rows(); row < samples.end * map.read_rows();
                 ++row)
                std::fill_n(at.before[0].row(row), Channels, T(0));
        for (std::size_t row = samples.begin * results; row < samples.end * results; ++row) {
            const std::size_t image = row / results * map.read_rows();
            const T share = Kind == pooled::largest ? T(0) : share_of<T>(row % results);
            visit_columns<Channels, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                V rest = load_first<lanes, V>(at.delta.row(row) + column);
                if constexpr (Kind != pooled::largest)
                    rest *= V(share);
                V largest(-std::numeric_limits<T>::infinity());
                if constexpr (Kind == pooled::largest)
                    visit_window(row % results, [&](std::size_t from) {
                        largest =
                            xsimd::max(load_first<lanes, V>(at.x[0].row(image + from) + column), largest);
                    });
                visit_window(row % results, [&](std::size_t from) {
                    T* const to = at.before[0].row(image + from) + column;
                    const V known = load_first<lanes, V>(to);
                    if constexpr (Kind == pooled::largest) {
                        // The first place that holds the maximum takes it all.
                        const auto holds =
                            load_first<lanes, V>(at.x[0].row(image + from) + column) == largest;
                        store_first<lanes>(known + xsimd::select(holds, rest, V(T(0))), to);
                        rest = xsimd::select(holds, V(T(0)), rest);
                    } else
                        store_first<lanes>(known + rest, to);
                });
            });
        }
    }
};

} // namespace strata
