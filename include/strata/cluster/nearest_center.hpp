// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/model/parameters.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace strata::inline STRATA_SETTING::internal {

/// Rows side by side: to[f * group + i] = x[i * F + f] - origin[f]. What is behind `count` stays as it is.
template <std::size_t F, class T>
inline void centered_columns(const T* x, const T* origin, std::size_t count, std::size_t group,
                             T* to) noexcept {
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t f = 0; f < F; ++f)
            to[f * group + i] = x[i * F + f] - origin[f];
}

/// Finds the nearest of K centers for rows of F numbers: the smallest |c|^2 - 2 x.c. A register holds several
/// rows' products with one center, so that the smallest is taken without looking across a register.
template <std::size_t K, std::size_t F, class T>
class nearest_center {
    using V = simd<T, lanes_of<T, 64 / sizeof(T)>>;
    static constexpr std::size_t panels = tile_panels;
    static constexpr std::size_t group = panels * V::size; ///< rows at a time
    static constexpr std::size_t tall = tile_rows<V>;

public:
    /// centers: [K][F].
    explicit nearest_center(const T* centers) : weights_(K * F), squares_(K) {
        for (std::size_t k = 0; k < K; ++k) {
            T square = 0;
            for (std::size_t f = 0; f < F; ++f) {
                square += centers[k * F + f] * centers[k * F + f];
                weights_[k * F + f] = -2 * centers[k * F + f];
            }
            squares_[k] = square;
        }
    }

    /// labels[i] = the nearest center of x[i][...] - origin[...], the first of equally near ones.
    void find(const T* x, const T* origin, std::size_t rows, std::int32_t* labels) const noexcept {
        alignas(alignment) std::array<T, F * group> columns{};
        alignas(alignment) std::array<T, group> found;
        for (std::size_t first = 0; first < rows; first += group) {
            const std::size_t count = std::min(group, rows - first);
            centered_columns<F>(x + first * F, origin, count, group, columns.data());
            std::array<V, panels> best;
            std::array<V, panels> from;
            best.fill(V(std::numeric_limits<T>::max()));
            from.fill(V(T(0)));
            visit_runs<tall, K % tall>(0, K, [&](auto run, std::size_t k) {
                compare<decltype(run)::value>(columns.data(), k, best, from);
            });
            for (std::size_t q = 0; q < panels; ++q)
                from[q].store_aligned(found.data() + q * V::size);
            for (std::size_t i = 0; i < count; ++i)
                labels[first + i] = static_cast<std::int32_t>(found[i]);
        }
    }

private:
    template <std::size_t Centers>
    [[gnu::always_inline]] void compare(const T* columns, std::size_t k, std::array<V, panels>& best,
                                        std::array<V, panels>& from) const noexcept {
        tile_sums<V, Centers, panels> sums;
        for (std::size_t i = 0; i < Centers; ++i)
            for (std::size_t q = 0; q < panels; ++q)
                sums.at[i][q] = V(squares_[k + i]);
        const T* const weights = weights_.data() + k * F;
        contract<Centers, panels>(
            sums, F, [=](std::size_t i, std::size_t f) { return weights[i * F + f]; },
            [=](std::size_t q, std::size_t f) { return V::load_aligned(columns + f * group + q * V::size); });
        for (std::size_t i = 0; i < Centers; ++i)
            for (std::size_t q = 0; q < panels; ++q) {
                const auto nearer = sums.at[i][q] < best[q];
                best[q] = xsimd::select(nearer, sums.at[i][q], best[q]);
                from[q] = xsimd::select(nearer, V(static_cast<T>(k + i)), from[q]);
            }
    }

    aligned_vector<T> weights_;
    aligned_vector<T> squares_;
};

} // namespace strata::inline STRATA_SETTING::internal
