// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/product/column_sums.hpp>
#include <strata/kernels/windows/convolution.hpp>
#include <strata/kernels/windows/convolution_input_gradient.hpp>
#include <strata/kernels/windows/convolution_weight_gradient.hpp>
#include <strata/kernels/windows/winograd.hpp>
#include <strata/layers/convolution.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Hands the sums of a convolution's tile to the tail.
template <keeping Keep, std::size_t RowsPerSample, class T, class Tail>
struct convolution_finish {
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
    struct tile_writer {
        TailTile tile_of_tail;
        T* y;
        T* kept;
        std::size_t y_step;
        std::size_t kept_step;

        /// Has the memory that a sum goes to brought near.
        [[gnu::always_inline]] void fetch(std::size_t i, std::size_t column) const noexcept {
            fetch_writable(y + i * y_step + column);
        }

        template <std::size_t Count, class V>
        [[gnu::always_inline]] void put(V sum, std::size_t i, std::size_t column) const noexcept {
            T* const keep = Keep == keeping::nothing ? nullptr : kept + i * kept_step + column;
            internal::finish<Keep, Count>(sum, tile_of_tail, i, column, y + i * y_step + column, keep);
        }
    };

    template <std::size_t Rows, std::size_t Columns>
    auto tile(std::size_t row, std::size_t column, std::size_t row_step) const noexcept {
        using tail_tile = typename Tail::template tile<Rows, Columns, RowsPerSample, T>;
        return tile_writer<tail_tile>{
            tail_tile(tail, row, group_begin + column, width, row_step), y.row(row) + group_begin + column,
            Keep == keeping::nothing ? nullptr : kept + row * width + group_begin + column,
            row_step * y.pitch, row_step * width};
    }
};
} // namespace internal

/// Convolutions and transposed ones: each is the other's input gradient.
template <window Geometry, std::size_t Channels, std::size_t Filters, std::size_t Groups, bool Transposed,
          class Layer>
struct head_kernels<convolution<Geometry, Channels, Filters, Groups, Transposed, Layer>> : head_kernels_base {
    using head = convolution<Geometry, Channels, Filters, Groups, Transposed, Layer>;
    using bias = typename head::bias;
    static constexpr std::size_t group_channels = Channels / Groups;
    static constexpr std::size_t group_filters = Filters / Groups;
    static constexpr std::size_t taps = Geometry.taps();
    template <class T>
    using layout = weight_layout<T, taps * group_channels, group_filters, false>;

private:
    template <class T>
    using forward_winograd =
        winograd_of<internal::first_map<Geometry, Transposed>, group_channels, group_filters, false, T>;
    template <class T>
    static constexpr std::size_t gathered_size = [] {
        std::size_t most = 0;
        internal::for_each_map<Geometry, Transposed>([&](auto map) {
            using tiling = convolution_of<map.value, group_channels, Channels, group_filters, T, true>;
            most = std::max(most, tiling::gathered_size);
        });
        return most;
    }();
    template <class T>
    using input_gradient = convolution_input_gradient<Geometry, Transposed, group_channels, group_filters,
                                                      Filters, head::is_direct, T>;
    template <class T>
    using weight_gradient = convolution_weight_gradient<Geometry, Transposed, group_channels, Channels,
                                                        group_filters, Filters, T>;

    template <class T>
    static const T* kernel_of_group(const T* parameters, std::size_t group) noexcept {
        return array_of<head>(parameters, typename head::kernel{}) + group * layout<T>::kernel_size;
    }

public:
    template <class T>
    static constexpr bool results_by_winograd = !head::is_direct && forward_winograd<T>::is_worthwhile;
    template <class T>
    static constexpr bool derivatives_by_winograd = input_gradient<T>::uses_winograd;

    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using finish = internal::convolution_finish<Keep, 1, T, Tail>;
        for (std::size_t group = 0; group < Groups; ++group) {
            const rows_view<const T> x{call.x[0].data + group * group_channels, call.x[0].pitch};
            const T* const kernel = kernel_of_group(call.parameters, group);
            const finish last{head::has_bias ? array_of<head>(call.parameters, bias{}) : nullptr,
                              call.y,
                              call.kept,
                              head::outputs,
                              tail,
                              group * group_filters};
            if constexpr (results_by_winograd<T>) {
                constexpr winograd_shape shape = forward_winograd<T>::shape;
                const auto [rows, panels] = share_winograd(shape, threads, call.samples);
                constexpr std::size_t tap_size = group_channels * layout<T>::lanes;
                const auto weights_of = [&](std::size_t panel, std::size_t count, std::size_t channel,
                                            std::size_t channels) {
                    const T* const first = kernel + panel * taps * tap_size + channel * layout<T>::lanes;
                    const bool is_last = channel + channels == group_channels;
                    return winograd_weights<T>{first,
                                               tap_size,
                                               taps * tap_size,
                                               first,
                                               tap_size,
                                               taps * tap_size,
                                               scattered_fetching<T>::run * layout<T>::lanes,
                                               is_last ? count * taps * tap_size - channel * layout<T>::lanes
                                                       : channels * layout<T>::lanes};
                };
                winograd<typename layout<T>::vector>(shape, x, weights_of, rows, panels, call.scratch, last);
            } else
                internal::for_each_map<Geometry, Transposed>([&](auto map) {
                    using tiling =
                        convolution_of<map.value, group_channels, Channels, group_filters, T, true>;
                    const auto [work, panels] =
                        share_convolution(tiling::lines, tiling::shape, threads, call.samples);
                    convolution_operands<T> operands{};
                    operands.x = x.data;
                    operands.pitch = x.pitch;
                    operands.weights = kernel;
                    operands.gathered = call.scratch;
                    convolve<typename tiling::vector, tiling::shape>(tiling::lines, operands, work, panels,
                                                                     last);
                });
        }
        return threads.size == 1;
    }

    static constexpr bool finishes_slopes = true;

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope& slope) noexcept {
        using finish = internal::gradient_finish<1, T, Slope>;
        for (std::size_t group = 0; group < Groups; ++group) {
            const rows_view<const T> delta{call.delta.data + group * group_filters, call.delta.pitch};
            const T* const kernel = kernel_of_group(call.parameters, group);
            const finish last{
                call.source_kept,      call.source_deltas[0], call.adds[0], head::channels, slope,
                group * group_channels};
            input_gradient<T>::run(delta, kernel, call.samples, call.pieces.is_divisible(), call.scratch,
                                   threads, last);
        }
    }

    static constexpr piece_adder adds_pieces = piece_adder::pass;

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        constexpr bool joins_bias = head::has_bias && weight_gradient<T>::sums_delta;
        const auto use_bias = [&] {
            if constexpr (head::has_bias)
                return updates(bias{});
            else
                return typename weight_gradient<T>::nothing{};
        }();
        const std::size_t samples = call.piece.end - call.piece.begin;
        const rows_view<const T> x = call.x[0].skip(call.piece.begin * head::input_rows);
        const rows_view<const T> delta = call.delta.skip(call.piece.begin * head::output_rows);
        for (std::size_t group = 0; group < Groups; ++group) {
            const auto run = [&](const auto& use_sums) {
                weight_gradient<T>::run(
                    {x.data + group * group_channels, x.pitch},
                    {delta.data + group * group_filters, delta.pitch}, samples,
                    call.shared + group * weight_gradient<T>::shared_size, call.scratch, threads,
                    updates(typename head::kernel{}, group * layout<T>::kernel_size), use_sums);
            };
            if constexpr (joins_bias)
                run(use_bias);
            else
                run(typename weight_gradient<T>::nothing{});
        }
        if constexpr (head::has_bias && !joins_bias) {
            constexpr std::size_t lanes = lanes_of<T, Filters>;
            constexpr std::size_t panels = (Filters + lanes - 1) / lanes;
            const team::range mine = threads.share(panels);
            sum_columns<Filters>(delta, samples * head::output_rows, mine, use_bias);
        }
    }

    /// Partial sums of the weights' gradients.
    template <class T>
    static constexpr std::size_t shared_size(std::size_t) {
        return Groups * weight_gradient<T>::shared_size;
    }
    static constexpr bool keeps_shared = false;
    /// For Winograd's products, or for gathered places.
    template <class T>
    static constexpr std::size_t forward_scratch_size = [] {
        if constexpr (results_by_winograd<T>)
            return forward_winograd<T>::scratch_size;
        else
            return gathered_size<T>;
    }();
    /// The same, and for the transposed weights of some panels, and what a weight gradient gathers.
    template <class T>
    static constexpr std::size_t scratch_size = std::max({forward_scratch_size<T>,
                                                          input_gradient<T>::scratch_size,
                                                          weight_gradient<T>::scratch_size});
};

} // namespace strata::bedrock::inline STRATA_SETTING
