// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/parameter_arrays.hpp>
#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/stream/step_kernels.hpp>
#include <strata/layers/depthwise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Causal depthwise convolutions, step by step: neighbouring channels in a register, tap after tap, as in a
/// whole sequence, whose sums these are to the last bit.
template <window Geometry, std::size_t Channels, class Layer>
struct step_kernels<depthwise_convolution<Geometry, Channels, Layer>> : step_kernels_base {
    using whole = depthwise_convolution<Geometry, Channels, Layer>;
    static constexpr std::size_t taps = Geometry.taps();

    template <class Stage, std::size_t Streams, class T, class Tail>
    static void forward(const step_forward<T>& call, std::size_t rows, const Tail& tail) noexcept {
        constexpr std::size_t lanes = lanes_of<T, Channels>;
        constexpr std::size_t panels = (Channels + lanes - 1) / lanes;
        constexpr std::size_t last = (Channels - 1) % lanes + 1;
        constexpr std::size_t tap_step = Geometry.axes[2].dilation * Streams * Channels;
        using V = simd<T, lanes>;
        const row_writer<Stage, keeping::nothing, T, Tail> writer{call.y, nullptr, tail};
        const T* const weights = array_of<whole>(call.parameters, typename whole::kernel{});
        const auto is_whole = [](std::size_t panel) { return last == lanes || panel + 1 < panels; };
        for (std::size_t row = 0; row < rows; ++row) {
            const T* const first = call.sources[0].row(row) - (taps - 1) * tap_step;
            constexpr std::size_t many = std::min<std::size_t>(panels, 4);
            visit_runs<many, panels % many>(0, panels, [&](auto run, std::size_t panel) {
                constexpr std::size_t wide = decltype(run)::value;
                V sums[wide];
                for (std::size_t q = 0; q < wide; ++q)
                    if constexpr (whole::has_bias)
                        sums[q] = V::load_unaligned(array_of<whole>(call.parameters, typename whole::bias{}) +
                                                    (panel + q) * lanes);
                    else
                        sums[q] = V(T(0));
                for (std::size_t tap = 0; tap < taps; ++tap)
                    for (std::size_t q = 0; q < wide; ++q) {
                        const T* const numbers = first + tap * tap_step + (panel + q) * lanes;
                        const V value =
                            is_whole(panel + q) ? V::load_unaligned(numbers) : load_first<last, V>(numbers);
                        const T* const factors = weights + (tap * panels + panel + q) * lanes;
                        sums[q] = xsimd::fma(value, V::load_aligned(factors), sums[q]);
                    }
                for (std::size_t q = 0; q < wide; ++q)
                    if (is_whole(panel + q))
                        writer.template put<lanes>(sums[q], row, (panel + q) * lanes);
                    else
                        writer.template put<last>(sums[q], row, (panel + q) * lanes);
            });
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
