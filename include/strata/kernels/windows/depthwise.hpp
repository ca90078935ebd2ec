// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/product/column_sums.hpp>
#include <strata/kernels/windows/convolution_heads.hpp>
#include <strata/kernels/windows/result_window.hpp>
#include <strata/layers/depthwise.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The sum over windows channel by channel, for lines [begin, end) of all samples: a register holds
/// neighbouring channels of one place, and some of them are at work together to hide the latency of their
/// sums.
template <window_map Map, std::size_t Channels, class T, class Start, class Put>
void depthwise_lines(const T* x, const T* weights, team::range chosen, const Start& start,
                     const Put& put) noexcept {
    constexpr std::size_t lanes = lanes_of<T, Channels>;
    using V = simd<T, lanes>;
    constexpr std::size_t panels = (Channels + lanes - 1) / lanes;
    constexpr std::size_t last = (Channels - 1) % lanes + 1;
    constexpr std::size_t stored = panels * lanes; ///< numbers of a tap
    static constexpr map_axis depth = Map.axes[0];
    static constexpr map_axis height = Map.axes[1];
    static constexpr map_axis width = Map.axes[2];
    constexpr std::size_t lines = depth.results * height.results;
    result_window<Map> window;
    for (std::size_t number = chosen.begin; number < chosen.end; ++number) {
        const std::size_t sample = number / lines;
        const std::size_t d = number % lines / height.results;
        const std::size_t h = number % lines % height.results;
        window.enter_line(d, h);
        const T* const image = x + sample * Map.read_rows() * Channels;
        const std::size_t first_row = sample * Map.result_rows() + Map.result_row(d, h, 0);
        for (std::size_t t = 0; t < width.results; ++t) {
            window.enter_column(t);
            constexpr std::size_t many = std::min<std::size_t>(panels, 4);
            visit_runs<many, panels % many>(0, panels, [&](auto run, std::size_t panel) {
                constexpr std::size_t wide = decltype(run)::value;
                V sums[wide];
                for (std::size_t q = 0; q < wide; ++q)
                    sums[q] = start.template operator()<V>((panel + q) * lanes);
                window.visit([&](std::size_t row, std::size_t tap) __attribute__((always_inline)) {
                    const T* const values = image + row * Channels + panel * lanes;
                    const T* const factors = weights + tap * stored + panel * lanes;
                    for (std::size_t q = 0; q < wide; ++q) {
                        const V value = last == lanes || panel + q + 1 < panels
                                            ? V::load_unaligned(values + q * lanes)
                                            : load_first<last, V>(values + q * lanes);
                        sums[q] = xsimd::fma(value, V::load_aligned(factors + q * lanes), sums[q]);
                    }
                });
                for (std::size_t q = 0; q < wide; ++q)
                    if (last == lanes || panel + q + 1 < panels)
                        put.template operator()<lanes>(sums[q], first_row + t * width.step,
                                                       (panel + q) * lanes);
                    else
                        put.template operator()<last>(sums[q], first_row + t * width.step,
                                                      (panel + q) * lanes);
            });
        }
    }
}
} // namespace internal

/// Depthwise convolutions with one filter a channel; the weights are [taps][channels], filled to registers.
template <window Geometry, std::size_t Channels, class Layer>
struct head_kernels<depthwise_convolution<Geometry, Channels, Layer>> : head_kernels_base {
    using head = depthwise_convolution<Geometry, Channels, Layer>;
    using kernel = typename head::kernel;
    using bias = typename head::bias;

    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        constexpr window_map map = forward_map(Geometry);
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        [[maybe_unused]] const T* const biases = array_of<head>(call.parameters, bias{});
        internal::depthwise_lines<map, Channels>(
            call.x[0].data, array_of<head>(call.parameters, kernel{}),
            threads.share(call.samples * map.axes[0].results * map.axes[1].results),
            [&]<class V>(std::size_t column) {
                return head::has_bias ? V::load_unaligned(biases + column) : V(T(0));
            },
            [&]<std::size_t Count, class V>(V sum, std::size_t row, std::size_t column) {
                writer.template put<Count>(sum, row, column);
            });
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        internal::for_each_map<Geometry, true>([&](auto map) {
            internal::depthwise_lines<map.value, Channels>(
                call.delta.data, array_of<head>(call.parameters, kernel{}),
                threads.share(call.samples * map.value.axes[0].results * map.value.axes[1].results),
                []<class V>(std::size_t) { return V(T(0)); },
                [&]<std::size_t Count, class V>(V sum, std::size_t row, std::size_t column) {
                    store_or_add<Count>(sum, call.source_deltas[0].row(row) + column, call.adds[0]);
                });
        });
    }

    static constexpr piece_adder adds_pieces = piece_adder::pass;

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        constexpr std::size_t lanes = lanes_of<T, Channels>;
        using V = simd<T, lanes>;
        constexpr std::size_t panels = (Channels + lanes - 1) / lanes;
        constexpr std::size_t last = (Channels - 1) % lanes + 1;
        constexpr window_map map = forward_map(Geometry);
        static constexpr map_axis depth = map.axes[0];
        static constexpr map_axis height = map.axes[1];
        static constexpr map_axis width = map.axes[2];
        constexpr std::size_t results = map.result_rows();
        const auto use_kernel = updates(kernel{});
        const team::range mine = threads.share(panels);
        const auto load = [](const T* numbers, std::size_t panel) {
            return last == lanes || panel + 1 < panels ? V::load_unaligned(numbers)
                                                       : load_first<last, V>(numbers);
        };
        for (std::size_t panel = mine.begin; panel < mine.end; ++panel)
            for (std::size_t jd = 0; jd < depth.taps; ++jd)
                for (std::size_t jh = 0; jh < height.taps; ++jh) {
                    std::array<V, width.taps> sums;
                    sums.fill(V(T(0)));
                    for (std::size_t sample = call.piece.begin; sample < call.piece.end; ++sample)
                        for (std::size_t d = 0; d < depth.results; ++d)
                            for (std::size_t h = 0; h < height.results; ++h) {
                                if (!depth.inside(d, jd) || !height.inside(h, jh))
                                    continue;
                                const std::size_t row = map.read_row(
                                    sample * depth.read_extent + static_cast<std::size_t>(depth.read(d, jd)),
                                    static_cast<std::size_t>(height.read(h, jh)), std::size_t{0});
                                const T* const x = call.x[0].data + row * Channels + panel * lanes;
                                const std::size_t result = sample * results + map.result_row(d, h, 0);
                                const T* const delta = call.delta.data + result * Channels + panel * lanes;
                                for (std::size_t t = 0; t < width.results; ++t) {
                                    const V result_delta = load(delta + t * Channels, panel);
                                    for (std::size_t j = 0; j < width.taps; ++j)
                                        if (width.inside(t, j))
                                            sums[j] = xsimd::fma(
                                                load(x + static_cast<std::size_t>(width.read(t, j)) *
                                                             Channels,
                                                     panel),
                                                result_delta, sums[j]);
                                }
                            }
                    for (std::size_t j = 0; j < width.taps; ++j)
                        use_kernel((((jd * height.taps + jh) * width.taps + j) * panels + panel) * lanes,
                                   sums[j]);
                }
        if constexpr (head::has_bias)
            sum_columns<Channels>(call.delta.skip(call.piece.begin * head::output_rows),
                                  (call.piece.end - call.piece.begin) * head::output_rows, mine,
                                  updates(bias{}));
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
