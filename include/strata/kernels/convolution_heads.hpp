// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/column_sums.hpp>
#include <strata/kernels/convolution.hpp>
#include <strata/kernels/convolution_gradient.hpp>
#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/transpose_weights.hpp>
#include <strata/kernels/winograd.hpp>
#include <strata/layers/convolution.hpp>

namespace strata {

namespace detail {
/// Hands the sums of a convolution's tile to the tail.
template <keeping Keep, std::size_t RowsPerSample, class T, class Tail>
struct convolution_finish {
    static constexpr bool scatters_weights = false;
    const T* bias; ///< none: without
    rows_view<T> y;
    T* kept;
    std::size_t width;
    const Tail& tail;
    std::size_t group_begin;

    template <class V>
    V start(std::size_t column) const noexcept {
        return bias == nullptr ? V(T(0)) : V::load_unaligned(bias + group_begin + column);
    }

    template <class TailTile>
    struct out {
        TailTile tile_of_tail;
        T* y;
        T* kept;
        std::size_t y_step;
        std::size_t kept_step;

        /// Has the memory that a sum goes to brought near.
        [[gnu::always_inline]] void fetch(std::size_t i, std::size_t column) const noexcept {
            __builtin_prefetch(y + i * y_step + column, 1, 3);
        }

        template <std::size_t Count, class V>
        [[gnu::always_inline]] void put(V sum, std::size_t i, std::size_t column) const noexcept {
            T* const keep = Keep == keeping::nothing ? nullptr : kept + i * kept_step + column;
            detail::finish<Keep, Count>(sum, tile_of_tail, i, column, y + i * y_step + column, keep);
        }
    };

    template <std::size_t Rows, std::size_t Columns>
    auto tile(std::size_t row, std::size_t column, std::size_t row_step) const noexcept {
        using of_tail = typename Tail::template tile<Rows, Columns, RowsPerSample, T>;
        return out<of_tail>{of_tail(tail, row, group_begin + column, width, row_step),
                            y.row(row) + group_begin + column,
                            Keep == keeping::nothing ? nullptr : kept + row * width + group_begin + column,
                            row_step * y.pitch, row_step * width};
    }
};

/// Multiplies the sums of an input gradient with the slope of the stage before, and stores or adds them.
template <std::size_t RowsPerSample, class T, class Slope>
struct gradient_finish {
    static constexpr bool scatters_weights = true;
    const T* kept;
    rows_view<T> before;
    bool adds;
    std::size_t width;
    const Slope& slope;
    std::size_t group_begin;

    template <class V>
    V start(std::size_t) const noexcept {
        return V(T(0));
    }

    template <class SlopeTile>
    struct out {
        SlopeTile slope;
        const T* kept;
        T* before;
        std::size_t kept_step;
        std::size_t before_step;
        bool adds;

        [[gnu::always_inline]] void fetch(std::size_t i, std::size_t column) const noexcept {
            __builtin_prefetch(before + i * before_step + column, 1, 3);
        }

        template <std::size_t Count, class V>
        [[gnu::always_inline]] void put(V sum, std::size_t i, std::size_t column) const noexcept {
            const V known = Slope::reads_kept ? V::load_unaligned(kept + i * kept_step + column) : V(T(0));
            store_or_add<Count>(sum * slope(known, i, column), before + i * before_step + column, adds);
        }
    };

    template <std::size_t Rows, std::size_t Columns>
    auto tile(std::size_t row, std::size_t column, std::size_t row_step) const noexcept {
        using of_slope = typename Slope::template tile<Rows, Columns, RowsPerSample, T>;
        return out<of_slope>{of_slope(slope, row, group_begin + column, width, row_step),
                             Slope::reads_kept ? kept + row * width + group_begin + column : nullptr,
                             before.row(row) + group_begin + column,
                             row_step * width,
                             row_step * before.pitch,
                             adds};
    }
};

/// Calls visit(map) with the maps that make up one direction of a convolution.
template <window Over, bool Adjoint, class Visit>
constexpr void for_each_map(Visit visit) noexcept {
    if constexpr (!Adjoint)
        visit(std::integral_constant<window_map, forward_map(Over)>{});
    else
        for_each_index<adjoint_phases(Over)>([&](auto phase) {
            constexpr window_map map = adjoint_map(Over, phase);
            if constexpr (map.results() > 0)
                visit(std::integral_constant<window_map, map>{});
        });
}
template <window Over, bool Adjoint>
inline constexpr window_map first_map = Adjoint ? adjoint_map(Over, 0) : forward_map(Over);
} // namespace detail

/// Convolutions and transposed ones: each is the other's input gradient.
template <window Over, std::size_t Channels, std::size_t Filters, std::size_t Groups, bool Transposed,
          class Layer>
struct head_kernels<convolution<Over, Channels, Filters, Groups, Transposed, Layer>> {
    using head = convolution<Over, Channels, Filters, Groups, Transposed, Layer>;
    static constexpr std::size_t group_channels = Channels / Groups;
    static constexpr std::size_t group_filters = Filters / Groups;
    static constexpr std::size_t taps = Over.taps();
    template <class T>
    using layout = weight_layout<T, taps * group_channels, group_filters, false>;

private:
    template <class T>
    using forward_winograd =
        winograd_of<detail::first_map<Over, Transposed>, group_channels, group_filters, false, T>;
    template <class T>
    using backward_winograd =
        winograd_of<detail::first_map<Over, !Transposed>, group_filters, group_channels, true, T>;

    template <class T>
    using weight_gradient =
        convolution_gradient<Over, Transposed, group_channels, Channels, group_filters, Filters, T>;

    // Panels of channels that all tiles of an input gradient go into.
    template <class T>
    static constexpr std::size_t panels_of_tiles = [] {
        std::size_t widest = 1;
        detail::for_each_map<Over, !Transposed>([&](auto map) {
            using of = convolution_of<map.value, group_filters, Filters, group_channels, T>;
            widest = std::max(widest, of::shape.panels);
        });
        return widest;
    }();
    // Panels of transposed weights that are needed together: as many as the cache holds.
    template <class T>
    static constexpr std::size_t strip_panels = [] {
        if constexpr (backward_winograd<T>::is_worthwhile)
            return detail::winograd_panels;
        constexpr std::size_t lanes = lanes_of<T, group_channels>;
        constexpr std::size_t panels = (group_channels + lanes - 1) / lanes;
        constexpr std::size_t numbers = 256 * 1024 / sizeof(T);
        constexpr std::size_t wide = panels_of_tiles<T>;
        return std::min((panels + wide - 1) / wide,
                        std::max<std::size_t>(numbers / (taps * group_filters * lanes) / wide, 1)) *
               wide;
    }();
    // Samples whose gradients are computed together, where that takes several maps.
    template <class T>
    static constexpr std::size_t some_samples = [] {
        constexpr std::size_t numbers = 512 * 1024 / sizeof(T);
        constexpr bool is_one = Transposed || adjoint_phases(Over) == 1;
        return is_one ? static_cast<std::size_t>(-1) / 2
                      : std::max<std::size_t>(numbers / (head::output_rows * Filters), 1);
    }();

    template <class T>
    static constexpr std::size_t strip_filters =
        backward_winograd<T>::is_worthwhile ? backward_winograd<T>::shape.some_channels : group_filters;
    template <class T>
    static constexpr std::size_t strip_size =
        strip_panels<T>* taps* strip_filters<T>* lanes_of<T, group_channels>;

    // Puts the transposed weights of some panels of channels, for some filters, into scratch.
    template <class T>
    static const T* transposed_weights(const T* kernel, std::size_t panel, std::size_t count,
                                       std::size_t filter, std::size_t filters, T* to) noexcept {
        constexpr std::size_t lanes = lanes_of<T, group_channels>;
        for (std::size_t p = 0; p < count; ++p)
            for (std::size_t tap = 0; tap < taps; ++tap)
                transpose_weights<layout<T>, lanes>(kernel, tap * group_channels + (panel + p) * lanes,
                                                    (tap + 1) * group_channels, filter, filters,
                                                    to + (p * taps + tap) * filters * lanes);
        return to;
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& at, const team& threads, const Tail& tail) noexcept {
        // Only tails that draw need to know; all others share their code.
        using finish = detail::convolution_finish<Keep, detail::draws<Tail> ? Stage::rows : 1, T, Tail>;
        for (std::size_t group = 0; group < Groups; ++group) {
            const rows_view<const T> x{at.x[0].data + group * group_channels, at.x[0].pitch};
            const T* const kernel = at.parameters.kernel + group * layout<T>::kernel_size;
            const finish last{head::has_bias ? at.parameters.bias : nullptr,
                              at.y,
                              at.kept,
                              head::outputs,
                              tail,
                              group * group_filters};
            if constexpr (forward_winograd<T>::is_worthwhile) {
                constexpr winograd_shape shape = forward_winograd<T>::shape;
                const auto [rows, panels] = share_winograd(shape, threads, at.samples);
                constexpr std::size_t tap_size = group_channels * layout<T>::lanes;
                const auto weights_of = [&](std::size_t panel, std::size_t count, std::size_t channel,
                                            std::size_t channels) {
                    const T* const from = kernel + panel * taps * tap_size + channel * layout<T>::lanes;
                    const bool is_last = channel + channels == group_channels;
                    return winograd_weights<T>{from,
                                               tap_size,
                                               taps * tap_size,
                                               from,
                                               tap_size,
                                               taps * tap_size,
                                               tile_terms<T>::later_run * layout<T>::lanes,
                                               is_last ? count * taps * tap_size - channel * layout<T>::lanes
                                                       : channels * layout<T>::lanes};
                };
                winograd<typename layout<T>::vector>(shape, x, weights_of, rows, panels, at.scratch, last);
            } else
                detail::for_each_map<Over, Transposed>([&](auto map) {
                    using of = convolution_of<map.value, group_channels, Channels, group_filters, T>;
                    const auto [work, panels] = share_convolution(of::lines, of::shape, threads, at.samples);
                    convolve<typename of::vector, of::shape>(
                        of::lines, convolution_operands<T>{x.data, x.pitch, kernel}, work, panels, last);
                });
        }
        return threads.size == 1;
    }

    static constexpr bool finishes_slopes = true;

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& at, const team& threads, const Slope& slope) noexcept {
        using finish = detail::gradient_finish<detail::draws<Slope> ? head::input_rows : 1, T, Slope>;
        for (std::size_t group = 0; group < Groups; ++group) {
            const rows_view<const T> delta{at.delta.data + group * group_filters, at.delta.pitch};
            const T* const kernel = at.parameters.kernel + group * layout<T>::kernel_size;
            const finish last{at.before_kept, at.before[0], at.adds[0],
                              head::channels, slope,        group * group_channels};
            if constexpr (backward_winograd<T>::is_worthwhile) {
                using of = backward_winograd<T>;
                constexpr winograd_shape shape = of::shape;
                const auto [rows, panels] = share_winograd(shape, threads, at.samples);
                const auto weights_of = [&](std::size_t panel, std::size_t count, std::size_t filter,
                                            std::size_t filters) {
                    transposed_weights(kernel, panel, count, filter, filters, at.scratch);
                    const std::size_t tap_size = filters * of::lanes;
                    constexpr std::size_t source_tap_size = group_channels * layout<T>::lanes;
                    const std::size_t before = filter / layout<T>::lanes * taps * source_tap_size;
                    const std::size_t some = filters / layout<T>::lanes * taps * source_tap_size;
                    const bool is_last = filter + filters == group_filters;
                    return winograd_weights<T>{at.scratch,
                                               tap_size,
                                               taps * tap_size,
                                               kernel + before + panel * of::lanes * layout<T>::lanes,
                                               source_tap_size,
                                               of::lanes * layout<T>::lanes,
                                               taps * source_tap_size,
                                               is_last ? count * of::lanes * layout<T>::lanes - before
                                                       : some};
                };
                winograd<typename of::vector>(shape, delta, weights_of, rows, panels,
                                              at.scratch + strip_size<T>, last);
            } else {
                constexpr std::size_t lanes = lanes_of<T, group_channels>;
                constexpr std::size_t panels = (group_channels + lanes - 1) / lanes;
                constexpr std::size_t wide = strip_panels<T>;
                // By panels, each thread transposes only its own weights, but reads all deltas. Transposing
                // one takes as much time as so many reads.
                constexpr std::size_t reads_of_weight = 4;
                constexpr std::size_t grain = panels_of_tiles<T>;
                const bool by_panels =
                    threads.size > 1 && panels >= grain * threads.size &&
                    at.samples * head::output_rows < reads_of_weight * taps * group_channels;
                const team::range mine = by_panels ? threads.share(panels, grain) : team::range{0, panels};
                const team sharing = by_panels ? team{} : threads;
                for (std::size_t panel = mine.begin; panel < mine.end; panel += wide) {
                    const std::size_t end = std::min(panel + wide, mine.end);
                    convolution_operands<T> with{};
                    with.x = delta.data;
                    with.pitch = delta.pitch;
                    with.weights =
                        transposed_weights(kernel, panel, end - panel, 0, group_filters, at.scratch);
                    with.first_panel = panel;
                    if constexpr (taps == 1 && layout<T>::lanes == tile_terms<T>::later_run) {
                        with.next = kernel + end * lanes * layout<T>::lanes;
                        with.next_panels = std::min(wide, mine.end - end);
                        with.next_step = group_channels * layout<T>::lanes;
                    }
                    // All maps of some samples, whose deltas stay in the cache.
                    for (std::size_t sample = 0; sample < at.samples; sample += some_samples<T>) {
                        const std::size_t last_sample = std::min(sample + some_samples<T>, at.samples);
                        detail::for_each_map<Over, !Transposed>([&](auto map) {
                            using of = convolution_of<map.value, group_filters, Filters, group_channels, T>;
                            constexpr std::size_t of_sample = of::lines.lines() * of::lines.tiles;
                            const team::range all = sharing.share(at.samples * of_sample);
                            const team::range work{std::max(all.begin, sample * of_sample),
                                                   std::min(all.end, last_sample * of_sample)};
                            if (work.begin < work.end)
                                convolve<typename of::vector, of::shape>(of::lines, with, work, {panel, end},
                                                                         last);
                        });
                    }
                }
            }
        }
    }

    template <class Stage, bool, class T, class Consumer, class Place>
    static void update(const head_backward<T>& at, const team& threads, const Consumer& consumer,
                       const Place& place) noexcept {
        const auto use_kernel = consumer.kernel(std::type_identity<Stage>{}, place.kernel);
        for (std::size_t group = 0; group < Groups; ++group) {
            const auto shifted = [&](std::size_t where, auto gradient) {
                use_kernel(group * layout<T>::kernel_size + where, gradient);
            };
            weight_gradient<T>::run({at.x[0].data + group * group_channels, at.x[0].pitch},
                                    {at.delta.data + group * group_filters, at.delta.pitch}, at.samples,
                                    at.shared + group * layout<T>::kernel_size, at.scratch, threads, shifted);
        }
        if constexpr (head::has_bias) {
            constexpr std::size_t lanes = lanes_of<T, Filters>;
            constexpr std::size_t panels = (Filters + lanes - 1) / lanes;
            const auto use_bias = consumer.bias(std::type_identity<Stage>{}, place.bias);
            const team::range mine = threads.share(panels);
            sum_columns<Filters>(at.delta, at.samples * head::output_rows, mine, use_bias);
        }
    }

    /// Partial sums of the weights' gradients.
    template <class T>
    static constexpr std::size_t shared_size(std::size_t) {
        return Groups * layout<T>::kernel_size;
    }
    /// For Winograd's products.
    template <class T>
    static constexpr std::size_t forward_scratch_size = [] {
        if constexpr (forward_winograd<T>::is_worthwhile)
            return forward_winograd<T>::scratch_size;
        else
            return std::size_t{0};
    }();
    /// The same, and for the transposed weights of some panels, and what a weight gradient gathers.
    template <class T>
    static constexpr std::size_t scratch_size = [] {
        std::size_t size = strip_size<T>;
        if constexpr (backward_winograd<T>::is_worthwhile)
            size += backward_winograd<T>::scratch_size;
        return std::max({size, forward_scratch_size<T>, weight_gradient<T>::scratch_size});
    }();
};

} // namespace strata
