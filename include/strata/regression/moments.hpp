// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/threads/ordered_parts.hpp>
#include <strata/regression/observations.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace strata::inline STRATA_SETTING {

/// The sums of all products of two of the columns 1, x (F of them) and y (T of them), weighted, over rows
/// that may come in parts: what the normal equations are made of. Everything is summed in double. With
/// `Centred` the products are about the means, and summed about a point near them, so that columns far from
/// zero lose no digits.
///
/// One pass, O(rows (F + T)^2 / 2) multiply-adds on the kernel of the weight gradient. Parts of a fixed
/// number of rows are summed each by one thread and added in their order: the same bits on any number of
/// threads.
template <std::size_t F, std::size_t T, bool Centred>
class moments {
    using V = simd<double, lanes_of<double, 1 + F + T>>;
    static constexpr std::size_t tall = V::size == 8 ? 8 : 4; ///< rows of a tile

public:
    static constexpr std::size_t columns = 1 + F + T;
    /// A row of `sums`, filled up to whole registers and tiles.
    static constexpr std::size_t width =
        (columns + std::max(V::size, tall) - 1) / std::max(V::size, tall) * std::max(V::size, tall);

    /// Adds rows. `weights` may be null.
    template <class Value>
    void add(const observations<Value>& x, const observations<Value>& y, const observations<Value>* weights,
             std::size_t threads) {
        if (rows_ == 0) {
            if constexpr (Centred)
                choose_origin(x, y);
            sums_.assign(width * width, 0.0);
        }
        ordered_parts((x.rows() + part_rows - 1) / part_rows, threads, width * width * sizeof(double),
                      [&](std::size_t part) {
                          aligned_vector<double> block(block_rows * width);
                          aligned_vector<double> sums(width * width, 0.0);
                          const std::size_t end = std::min((part + 1) * part_rows, x.rows());
                          for (std::size_t first = part * part_rows; first < end; first += block_rows) {
                              const std::size_t rows = std::min(block_rows, end - first);
                              pack(x, y, weights, first, rows, block.data());
                              accumulate(block.data(), rows, sums.data());
                          }
                          return sums;
                      },
                      [&](const aligned_vector<double>& sums) {
                          for (std::size_t i = 0; i < sums.size(); ++i)
                              sums_[i] += sums[i];
                      });
        rows_ += x.rows();
    }

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] double weight() const noexcept { return sums_[0]; }
    /// False where a number was none or infinite, or their products became so.
    [[nodiscard]] bool is_finite() const noexcept {
        return std::all_of(sums_.begin(), sums_.end(), [](double sum) { return std::isfinite(sum); });
    }

    /// The weighted mean of column i: x for i < F, then y.
    [[nodiscard]] double mean(std::size_t i) const noexcept { return origin_[i] + sums_[1 + i] / weight(); }
    /// The weighted sum of the products of two columns.
    [[nodiscard]] double product(std::size_t i, std::size_t j) const noexcept {
        const double sum = sums_[(1 + std::min(i, j)) * width + 1 + std::max(i, j)];
        return Centred ? sum - sums_[1 + i] * sums_[1 + j] / weight() : sum;
    }

private:
    static constexpr std::size_t part_rows = 4096;
    // A block of rows stays in the first cache while its tiles are computed.
    static constexpr std::size_t block_rows =
        std::clamp<std::size_t>(24576 / (width * sizeof(double)), 32, 256);

    template <class Value>
    void choose_origin(const observations<Value>& x, const observations<Value>& y) {
        const std::size_t some = std::min<std::size_t>(x.rows(), 64);
        for (std::size_t j = 0; j < F + T; ++j) {
            double sum = 0;
            for (std::size_t i = 0; i < some; ++i)
                sum += static_cast<double>(j < F ? x.row(i)[j] : y.row(i)[j - F]);
            origin_[j] = sum / static_cast<double>(some);
        }
    }

    template <class Value>
    void pack(const observations<Value>& x, const observations<Value>& y, const observations<Value>* weights,
              std::size_t first, std::size_t rows, double* block) const noexcept {
        for (std::size_t i = 0; i < rows; ++i) {
            const Value* const from = x.row(first + i);
            const Value* const target = y.row(first + i);
            double* const to = block + i * width;
            const double root =
                weights == nullptr ? 1.0 : std::sqrt(static_cast<double>(*weights->row(first + i)));
            to[0] = root;
            for (std::size_t j = 0; j < F; ++j)
                to[1 + j] = (static_cast<double>(from[j]) - origin_[j]) * root;
            for (std::size_t j = 0; j < T; ++j)
                to[1 + F + j] = (static_cast<double>(target[j]) - origin_[F + j]) * root;
            for (std::size_t j = columns; j < width; ++j)
                to[j] = 0;
        }
    }

    // The upper triangle of block^T block, by tiles.
    static void accumulate(const double* block, std::size_t rows, double* sums) noexcept {
        constexpr std::size_t panels = width / V::size;
        constexpr std::size_t wide = std::min(tile_panels, panels);
        visit_runs<wide, panels % wide>(0, panels, [&](auto run, std::size_t panel) {
            constexpr std::size_t count = decltype(run)::value;
            const std::size_t column = panel * V::size;
            // What lies below the diagonal in the last tile is not wanted, but costs less than a narrower
            // one.
            for (std::size_t row = 0; row < column + count * V::size; row += tall)
                accumulate_tile<tall, count>(block, rows, row, column, sums);
        });
    }

    template <std::size_t Rows, std::size_t Panels>
    static void accumulate_tile(const double* block, std::size_t rows, std::size_t row, std::size_t column,
                                double* sums) noexcept {
        tile_sums<V, Rows, Panels> tile;
        for (std::size_t i = 0; i < Rows; ++i)
            for (std::size_t q = 0; q < Panels; ++q)
                tile.at[i][q] = V::load_aligned(sums + (row + i) * width + column + q * V::size);
        contract<Rows, Panels>(
            tile, rows, [=](std::size_t i, std::size_t k) { return block[k * width + row + i]; },
            [=](std::size_t q, std::size_t k) {
                return V::load_aligned(block + k * width + column + q * V::size);
            });
        for (std::size_t i = 0; i < Rows; ++i)
            for (std::size_t q = 0; q < Panels; ++q)
                tile.at[i][q].store_aligned(sums + (row + i) * width + column + q * V::size);
    }

    std::array<double, F + T> origin_{};
    aligned_vector<double> sums_; ///< [width][width], the upper triangle
    std::size_t rows_ = 0;
};

} // namespace strata::inline STRATA_SETTING
