// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/fetching.hpp>
#include <strata/kernels/product/transpose.hpp>
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
    using V = simd<T, lanes_of<T, 64 / sizeof(T)>>;
    constexpr std::size_t side = V::size;
    const std::size_t whole = F % side == 0 ? count / side * side : 0;
    for (std::size_t i = 0; i < whole; i += side)
        for (std::size_t f = 0; f < F; f += side) {
            const V shift = V::load_unaligned(origin + f);
            V square[side];
#pragma GCC unroll 16
            for (std::size_t j = 0; j < side; ++j)
                square[j] = V::load_unaligned(x + (i + j) * F + f) - shift;
            transpose_square(square);
#pragma GCC unroll 16
            for (std::size_t j = 0; j < side; ++j)
                square[j].store_unaligned(columns + (f + j) * group + i);
        }
    for (std::size_t i = whole; i < count; ++i)
        for (std::size_t f = 0; f < F; ++f)
            columns[f * group + i] = x[i * F + f] - origin[f];
}

/// Numbers that a thread computes with: on its stack, or elsewhere where they are too many for one.
template <class T, std::size_t Size, bool IsLarge = (Size * sizeof(T) > 256 * 1024)>
struct thread_numbers {
    alignas(alignment) std::array<T, Size> numbers{};
    [[nodiscard]] T* data() noexcept { return numbers.data(); }
};
template <class T, std::size_t Size>
struct thread_numbers<T, Size, true> {
    aligned_vector<T> numbers = aligned_vector<T>(Size);
    [[nodiscard]] T* data() noexcept { return numbers.data(); }
};

/// Finds the nearest of K centers for rows of F numbers, which is the one with the smallest |c|^2 - 2 x.c.
/// The lanes of a register belong to different rows and the same center, so that the smallest is found lane
/// by lane.
///
/// That form loses |c|^2 times some rounding errors. Where two centers are so close to each other, and so far
/// from the origin, that this would decide between them, the differences x - c are squared and added instead,
/// which loses nothing and takes up to twice the time. The centers alone tell, so that rows which are fitted
/// and rows which are predicted are measured alike.
template <std::size_t K, std::size_t F, class T>
class nearest_center {
    using V = simd<T, lanes_of<T, 64 / sizeof(T)>>;
    static constexpr std::size_t panels = tile_panels;
    static constexpr std::size_t group = panels * V::size; ///< rows at a time
    static constexpr std::size_t tile_height = tile_rows<V>;
    static constexpr std::size_t runs = (K + tile_height - 1) / tile_height;
    static constexpr std::size_t lines_per_run = group * F / line_size<T> / runs + 1;

public:
    /// centers: [K][F].
    explicit nearest_center(const T* centers) : weights_(K * F), squares_(K), numbers_(K) {
        T longest = 0;
        for (std::size_t k = 0; k < K; ++k) {
            T square = 0;
            for (std::size_t f = 0; f < F; ++f) {
                square += centers[k * F + f] * centers[k * F + f];
                weights_[k * F + f] = -2 * centers[k * F + f];
            }
            squares_[k] = square;
            numbers_[k] = static_cast<T>(k);
            longest = std::max(longest, square);
        }
        constexpr T rounding = 64 * std::numeric_limits<T>::epsilon() * static_cast<T>(F + 2);
        by_differences_ = smallest_gap(centers) < rounding * longest;
        if (by_differences_)
            std::copy_n(centers, K * F, weights_.begin());
    }

    /// labels[i] = the nearest center of x[i][...] - origin[...], the first of equally near ones. `more` rows
    /// follow these in memory, and come next.
    void find(const T* x, const T* origin, std::size_t rows, std::int32_t* labels,
              std::size_t more = 0) const {
        if (by_differences_)
            find<true>(x, origin, rows, labels, more);
        else
            find<false>(x, origin, rows, labels, more);
    }

private:
    // The smallest square of the distance between two centers. O(K^2 F).
    static T smallest_gap(const T* centers) {
        // Side by side, so that the lanes of a register belong to different centers.
        aligned_vector<T> columns(round_up(K, V::size) * F);
        copy_centered_columns<F>(centers, thread_numbers<T, F>{}.data(), K, round_up(K, V::size),
                                 columns.data());
        V smallest(std::numeric_limits<T>::max());
        T result = std::numeric_limits<T>::max();
        for (std::size_t k = 1; k < K; ++k) {
            std::size_t other = 0;
            for (; other + V::size <= k; other += V::size) {
                V square(T(0));
                for (std::size_t f = 0; f < F; ++f) {
                    const V difference = V::load_aligned(columns.data() + f * round_up(K, V::size) + other) -
                                         V(centers[k * F + f]);
                    square = xsimd::fma(difference, difference, square);
                }
                smallest = internal::smaller(square, smallest);
            }
            for (; other < k; ++other) {
                T square = 0;
                for (std::size_t f = 0; f < F; ++f) {
                    const T difference = centers[other * F + f] - centers[k * F + f];
                    square += difference * difference;
                }
                result = std::min(result, square);
            }
        }
        alignas(alignment) std::array<T, V::size> lanes;
        smallest.store_aligned(lanes.data());
        return std::min(result, *std::min_element(lanes.begin(), lanes.end()));
    }

    template <bool ByDifferences>
    void find(const T* x, const T* origin, std::size_t rows, std::int32_t* labels, std::size_t more) const {
        thread_numbers<T, F * group> columns;
        alignas(alignment) std::array<T, group> found;
        for (std::size_t first = 0; first < rows; first += group) {
            const std::size_t count = std::min(group, rows - first);
            copy_centered_columns<F>(x + first * F, origin, count, group, columns.data());
            std::array<V, panels> smallest;
            std::array<V, panels> nearest;
            smallest.fill(V(std::numeric_limits<T>::max()));
            nearest.fill(V(T(0)));
            // The next rows come from memory while these are compared, some lines with each run of centers.
            const T* next = x + std::min(first + group, rows + more) * F;
            const T* const end = x + std::min(first + 2 * group, rows + more) * F;
            visit_runs<tile_height, K % tile_height>(0, K, [&](auto run, std::size_t k) {
                for (std::size_t i = 0; i < lines_per_run && next < end; ++i, next += line_size<T>)
                    fetch<cache::first>(next);
                compare<decltype(run)::value, ByDifferences>(columns.data(), k, smallest, nearest);
            });
            for (std::size_t q = 0; q < panels; ++q)
                nearest[q].store_aligned(found.data() + q * V::size);
            for (std::size_t i = 0; i < count; ++i)
                labels[first + i] = static_cast<std::int32_t>(found[i]);
        }
    }

    // Computes |c|^2 - 2 x.c, or |x - c|^2, for the centers from k on, and keeps the smallest and the numbers
    // of their centers.
    template <std::size_t Centers, bool ByDifferences>
    [[gnu::always_inline]] void compare(const T* columns, std::size_t k, std::array<V, panels>& smallest,
                                        std::array<V, panels>& nearest) const noexcept {
        tile_sums<V, Centers, panels> sums;
        for (std::size_t i = 0; i < Centers; ++i)
            for (std::size_t q = 0; q < panels; ++q)
                sums.registers[i][q] = V(ByDifferences ? T(0) : squares_[k + i]);
        const T* const weights = weights_.data() + k * F;
        const auto weight = [=](std::size_t i, std::size_t f) { return weights[i * F + f]; };
        const auto column = [=](std::size_t q, std::size_t f) {
            return V::load_aligned(columns + f * group + q * V::size);
        };
        if constexpr (ByDifferences)
            add_squares<Centers>(sums, weight, column);
        else
            contract<Centers, panels>(sums, F, weight, column);
        // Copies, which a compiler keeps in registers whether or not it writes this function where it is
        // used.
        std::array<V, panels> least = smallest;
        std::array<V, panels> number = nearest;
        const T* const numbers = numbers_.data() + k;
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Centers; ++i)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < panels; ++q) {
                const auto nearer = sums.registers[i][q] < least[q];
                least[q] = internal::cap(least[q], sums.registers[i][q]);
                number[q] = xsimd::select(nearer, V(numbers[i]), number[q]);
            }
        smallest = least;
        nearest = number;
    }

    template <std::size_t Centers, class Weight, class Column>
    [[gnu::always_inline]] static void add_squares(tile_sums<V, Centers, panels>& sums, const Weight& weight,
                                                   const Column& column) noexcept {
        for (std::size_t f = 0; f < F; ++f)
#pragma GCC unroll 16
            for (std::size_t i = 0; i < Centers; ++i) {
                const V center(weight(i, f));
#pragma GCC unroll 4
                for (std::size_t q = 0; q < panels; ++q) {
                    const V difference = column(q, f) - center;
                    sums.registers[i][q] = xsimd::fma(difference, difference, sums.registers[i][q]);
                }
            }
    }

    aligned_vector<T> weights_; ///< -2 c, or c where differences are taken
    aligned_vector<T> squares_; ///< |c|^2
    aligned_vector<T> numbers_; ///< 0, 1, ... K - 1, which memory gives to all lanes faster than a conversion
    bool by_differences_ = false;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
