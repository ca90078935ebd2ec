// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// How the weights of a K x N product rest in memory, so that a kernel reads them as they are.
///
/// With several outputs: panels [N / lanes][K][lanes], a register holding one input's weights to `lanes`
/// outputs. With one output there is nothing to put side by side, and the product is a dot product: [K], a
/// register holding `lanes` inputs. The last panel and the last register are filled with zeros.
/// Convolutions have panels with one output as well.
template <class T, std::size_t K, std::size_t N, bool Dot = N == 1>
struct weight_layout {
    static constexpr bool is_dot = Dot;
    static constexpr std::size_t lanes = is_dot ? lanes_of<T, K> : lanes_of<T, N>;
    using vector = simd<T, lanes>;

    static constexpr std::size_t panels = is_dot ? 1 : (N + lanes - 1) / lanes;
    /// Columns in the last panel, or inputs in the last register, that are not filling.
    static constexpr std::size_t last = (is_dot ? K - 1 : N - 1) % lanes + 1;
    static constexpr std::size_t kernel_size = is_dot ? round_up(K, lanes) : panels * K * lanes;
    static constexpr std::size_t bias_size = is_dot ? lanes : panels * lanes;

    /// Where the weight from input k to output n is.
    [[nodiscard]] static constexpr std::size_t index(std::size_t k, std::size_t n) noexcept {
        return is_dot ? k : (n / lanes * K + k) * lanes + n % lanes;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
