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

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Writes rows side by side: columns[f * group + i] = x[i * F + f] - origin[f] for i < count. The places of
/// the other rows of the group keep their values.
template <std::size_t F, class T>
inline void copy_centered_columns(const T* x, const T* origin, std::size_t count, std::size_t group,
                                  T* columns) noexcept {
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t f = 0; f < F; ++f)
            columns[f * group + i] = x[i * F + f] - origin[f];
}

/// Finds the nearest of K centers for rows of F numbers, which is the one with the smallest |c|^2 - 2 x.c.
/// The lanes of a register belong to different rows and the same center, so that the smallest is found lane
/// by lane.
template <std::size_t K, std::size_t F, class T>
class nearest_center {
    using V = simd<T, lanes_of<T, 64 / sizeof(T)>>;
    static constexpr std::size_t panels = tile_panels;
    static constexpr std::size_t group = panels * V::size; ///< rows at a time
    static constexpr std::size_t tile_height = tile_rows<V>;

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
            copy_centered_columns<F>(x + first * F, origin, count, group, columns.data());
            std::array<V, panels> smallest;
            std::array<V, panels> nearest;
            smallest.fill(V(std::numeric_limits<T>::max()));
            nearest.fill(V(T(0)));
            visit_runs<tile_height, K % tile_height>(0, K, [&](auto run, std::size_t k) {
                compare<decltype(run)::value>(columns.data(), k, smallest, nearest);
            });
            for (std::size_t q = 0; q < panels; ++q)
                nearest[q].store_aligned(found.data() + q * V::size);
            for (std::size_t i = 0; i < count; ++i)
                labels[first + i] = static_cast<std::int32_t>(found[i]);
        }
    }

private:
    // Computes |c|^2 - 2 x.c for the centers from k on, and keeps the smallest and the numbers of their
    // centers.
    template <std::size_t Centers>
    [[gnu::always_inline]] void compare(const T* columns, std::size_t k, std::array<V, panels>& smallest,
                                        std::array<V, panels>& nearest) const noexcept {
        tile_sums<V, Centers, panels> sums;
        for (std::size_t i = 0; i < Centers; ++i)
            for (std::size_t q = 0; q < panels; ++q)
                sums.registers[i][q] = V(squares_[k + i]);
        const T* const weights = weights_.data() + k * F;
        contract<Centers, panels>(
            sums, F, [=](std::size_t i, std::size_t f) { return weights[i * F + f]; },
            [=](std::size_t q, std::size_t f) { return V::load_aligned(columns + f * group + q * V::size); });
        for (std::size_t i = 0; i < Centers; ++i)
            for (std::size_t q = 0; q < panels; ++q) {
                const auto nearer = sums.registers[i][q] < smallest[q];
                smallest[q] = xsimd::select(nearer, sums.registers[i][q], smallest[q]);
                nearest[q] = xsimd::select(nearer, V(static_cast<T>(k + i)), nearest[q]);
            }
    }

    aligned_vector<T> weights_;
    aligned_vector<T> squares_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
