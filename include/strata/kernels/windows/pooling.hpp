// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/windows/gradient_finish.hpp>
#include <strata/kernels/windows/result_window.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/layers/pooling.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <utility>

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
    /// The mean of the numbers in a window, which `read(input)` gives, or the largest. Unless `IsCareful`,
    /// NaN may be passed over, and `doubt` is NaN then.
    template <bool IsCareful, class V, class Read>
    [[gnu::always_inline]] static V pool_window(const result_window& window, value_type_of<V> share,
                                                const Read& read, V& doubt) noexcept {
        using T = value_type_of<V>;
        V sum(T(0));
        if constexpr (Kind != pooled::largest) {
            window.visit([&](std::size_t input, std::size_t) { sum += read(input); });
            return sum * V(share);
        } else {
            V largest(-detail::infinity<T>);
            if constexpr (IsCareful)
                window.visit([&](std::size_t input, std::size_t) {
                    largest = internal::larger(largest, read(input));
                });
            else {
                // Squares have a sum even of infinities, and the processor adds them beside the maximum.
                window.visit([&](std::size_t input, std::size_t) {
                    const V x = read(input);
                    largest = internal::lift(largest, x);
                    sum = xsimd::fma(x, x, sum);
                });
                doubt += sum;
            }
            return largest;
        }
    }
    /// Pools places, `together` samples each, so that a draw of dropout serves four. Returns whether results
    /// are in doubt.
    template <bool IsCareful, std::size_t together, class T, class Writer>
    [[gnu::always_inline]] static bool pool_places(rows_view<const T> x, const Writer& writer,
                                                   team::range places, std::size_t samples) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        V doubt(T(0));
        for (std::size_t place = places.begin; place < places.end; ++place) {
            const std::size_t result = place % results;
            const std::size_t first = place / results * together;
            const std::size_t count = std::min(together, samples - first);
            const result_window window(result);
            const T share = share_of<T>(window);
            visit_columns<Channels, T>([&](auto some, std::size_t column) {
                constexpr std::size_t lanes = decltype(some)::value;
                V sums[together];
                for (std::size_t s = 0; s < count; ++s) {
                    const std::size_t image = (first + s) * map.read_rows();
                    const auto read = [&](std::size_t input) {
                        return load_first<lanes, V>(x.row(image + input) + column);
                    };
                    sums[s] = pool_window<IsCareful, V>(window, share, read, doubt);
                }
                writer.template put_samples<lanes>(sums, count, first * results + result, column);
            });
        }
        if constexpr (Kind == pooled::largest)
            return !xsimd::all(doubt == doubt);
        else
            return false;
    }
    /// Does again what NaN has left in doubt. Takes copies, so that the compiler keeps its caller's values in
    /// registers.
    template <std::size_t together, class T, class Writer>
    [[gnu::cold, gnu::noinline]] static void pool_again(rows_view<const T> x, Writer writer,
                                                        team::range places, std::size_t samples) noexcept {
        pool_places<true, together>(x, writer, places, samples);
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        constexpr std::size_t together = internal::draws<Tail> ? 4 : 1;
        const team::range mine = threads.share((call.samples + together - 1) / together * results);
        if (pool_places<false, together>(call.x[0], writer, mine, call.samples)) [[unlikely]]
            pool_again<together>(call.x[0], writer, mine, call.samples);
        return threads.size == 1;
    }

    static constexpr bool finishes_slopes = is_disjoint;

    /// Windows may overlap, so a thread has whole samples.
    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope& slope) noexcept {
        using head = typename Stage::head;
        const team::range samples = share_samples(threads, call.samples);
        using V = simd<T, lanes_of<T, Channels>>;
        if (!covers_all && !call.adds[0])
            for (std::size_t row = samples.begin * map.read_rows(); row < samples.end * map.read_rows();
                 ++row)
                std::fill_n(call.source_deltas[0].row(row), Channels, T(0));
        const internal::gradient_finish<internal::draws<Slope> ? head::input_rows : 1, T, Slope> finish{
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
