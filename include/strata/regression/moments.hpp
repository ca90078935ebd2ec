// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/threads/ordered_parts.hpp>
#include <strata/raise.hpp>
#include <strata/regression/observations.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What stands in for the means of columns while rows still come: the means of the first few rows, or, where
/// only sums will be kept, numbers near them with so few digits that subtracting them from numbers of few
/// digits rounds nothing. Products of such differences are mostly exact, too.
enum class sum_origin { mean, near_mean };

/// What the normal equations are made of: the weighted sums over rows of the products of every two of the
/// columns 1, x (F of them) and y (T of them). The rows may come in parts. Everything is summed in double.
/// With `Centred` the means are subtracted before the numbers are multiplied. While rows still come, the
/// means of the first few stand in for them, so that columns far from zero lose no digits.
///
/// One pass, O(rows (F + T)^2 / 2) multiply-adds on the kernel of the weight gradient. Parts of a fixed
/// number of rows are summed each by one thread and added in their order: the same bits on any number of
/// threads.
template <std::size_t F, std::size_t T, bool Centred>
class moments {
    using V = simd<double, lanes_of<double, 1 + F + T>>;
    static constexpr std::size_t tile_height = V::size == 8 ? 8 : 4; ///< rows of a tile

public:
    static constexpr std::size_t columns = 1 + F + T;
    /// The numbers of a row of `sums_`: the columns, filled up to whole registers and tiles.
    static constexpr std::size_t width = (columns + std::max(V::size, tile_height) - 1) /
                                         std::max(V::size, tile_height) * std::max(V::size, tile_height);

    /// Adds rows. `weights` may be null. The first ones choose the origin.
    template <class Value>
    void add(const observations<Value>& x, const observations<Value>& y, const observations<Value>* weights,
             std::size_t threads, sum_origin origin = sum_origin::mean) {
        if (rows_ == 0) {
            if constexpr (Centred) {
                if (weights == nullptr)
                    choose_origin(x, y, origin);
                else
                    choose_weighted_origin(x, y, *weights);
            }
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
    /// Throws `std::invalid_argument` where a number of the rows that were added is infinite or not a number
    /// (and names it), or where their products became infinite.
    template <class Value>
    void check_finite(const observations<Value>& x, const observations<Value>& y) const {
        if (std::all_of(sums_.begin(), sums_.end(), [](double sum) { return internal::is_finite(sum); }))
            return;
        x.check_finite();
        y.check_finite();
        internal::raise(
            std::invalid_argument("fit: the numbers are so large that their squares are infinite"));
    }

    /// The weighted mean of column i: x for i < F, then y.
    [[nodiscard]] double mean(std::size_t i) const noexcept { return origin_[i] + sums_[1 + i] / weight(); }
    /// The weighted sum of the products of two columns.
    [[nodiscard]] double product(std::size_t i, std::size_t j) const noexcept {
        const double sum = sums_[(1 + std::min(i, j)) * width + 1 + std::max(i, j)];
        return Centred ? sum - sums_[1 + i] * sums_[1 + j] / weight() : sum;
    }
    /// What the sums say beyond that: subtracting the means rounds.
    [[nodiscard]] double product_rest(std::size_t i, std::size_t j) const noexcept {
        const long double sum = sums_[(1 + std::min(i, j)) * width + 1 + std::max(i, j)];
        const long double means = sums_[1 + i] * static_cast<long double>(sums_[1 + j]) / weight();
        return Centred ? static_cast<double>(sum - means - product(i, j)) : 0.0;
    }

    /// Visits the sums, in an order that no register's width decides.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        std::vector<double> origin(self.origin_.begin(), self.origin_.end());
        std::vector<double> triangle;
        for (std::size_t i = 0; i < columns && !self.sums_.empty(); ++i)
            triangle.insert(triangle.end(), self.sums_.begin() + static_cast<std::ptrdiff_t>(i * width + i),
                            self.sums_.begin() + static_cast<std::ptrdiff_t>(i * width + columns));
        visit("rows that were summed", self.rows_);
        visit("numbers of the sums' origin", origin, F + T);
        visit("sums of products", triangle, self.rows_ == 0 ? 0 : columns * (columns + 1) / 2);
        if constexpr (!std::is_const_v<Self>) {
            std::copy(origin.begin(), origin.end(), self.origin_.begin());
            self.sums_.assign(self.rows_ == 0 ? 0 : width * width, 0.0);
            auto next = triangle.begin();
            for (std::size_t i = 0; i < columns && !triangle.empty(); ++i)
                for (std::size_t j = i; j < columns; ++j)
                    self.sums_[i * width + j] = *next++;
        }
    }

private:
    static constexpr std::size_t part_rows = 4096;
    // A block of rows stays in the first cache while its tiles are computed.
    static constexpr std::size_t block_rows =
        std::clamp<std::size_t>(24576 / (width * sizeof(double)), 32, 256);

    // Weighted rows take the mean of all rows, since the first few may weigh next to nothing.
    template <class Value>
    [[gnu::noinline]] void choose_weighted_origin(const observations<Value>& x, const observations<Value>& y,
                                                  const observations<Value>& weights) {
        double total_weight = 0;
        for (std::size_t i = 0; i < x.rows(); ++i)
            total_weight += static_cast<double>(*weights.row(i));
        origin_.fill(0);
        for (std::size_t i = 0; i < x.rows(); ++i) {
            const double share = static_cast<double>(*weights.row(i)) / total_weight;
            for (std::size_t j = 0; j < F; ++j)
                origin_[j] += share * static_cast<double>(x.row(i)[j]);
            for (std::size_t j = 0; j < T; ++j)
                origin_[F + j] += share * static_cast<double>(y.row(i)[j]);
        }
    }

    template <class Value>
    void choose_origin(const observations<Value>& x, const observations<Value>& y, sum_origin origin) {
        const std::size_t count = std::min<std::size_t>(x.rows(), 64);
        for (std::size_t j = 0; j < F + T; ++j) {
            const auto number = [&](std::size_t i) {
                return static_cast<double>(j < F ? x.row(i)[j] : y.row(i)[j - F]);
            };
            double sum = 0;
            for (std::size_t i = 0; i < count; ++i)
                sum += number(i);
            origin_[j] = sum / static_cast<double>(count);
            if (origin == sum_origin::mean)
                continue;
            double spread = 0;
            for (std::size_t i = 0; i < count; ++i)
                spread = std::max(spread, std::abs(number(i) - origin_[j]));
            // A multiple of a power of two, at most 1/32 of the spread away: the products of the means'
            // differences, which are subtracted in the end, are then small beside those of the numbers.
            int exponent = 0;
            std::frexp(spread, &exponent);
            if (const double unit = std::ldexp(1.0, exponent - 5); unit > 0 && internal::is_finite(spread))
                origin_[j] = std::nearbyint(origin_[j] / unit) * unit;
        }
    }

    // Apart from the arithmetic, whatever the compiler makes of the callers: both are faster so.
    template <class Value>
    [[gnu::noinline]] void pack(const observations<Value>& x, const observations<Value>& y,
                                const observations<Value>* weights, std::size_t first, std::size_t rows,
                                double* block) const noexcept {
        for (std::size_t i = 0; i < rows; ++i) {
            const Value* const input = x.row(first + i);
            const Value* const target = y.row(first + i);
            double* const packed = block + i * width;
            const double root =
                weights == nullptr ? 1.0 : std::sqrt(static_cast<double>(*weights->row(first + i)));
            packed[0] = root;
            for (std::size_t j = 0; j < F; ++j)
                packed[1 + j] = (static_cast<double>(input[j]) - origin_[j]) * root;
            for (std::size_t j = 0; j < T; ++j)
                packed[1 + F + j] = (static_cast<double>(target[j]) - origin_[F + j]) * root;
            for (std::size_t j = columns; j < width; ++j)
                packed[j] = 0;
        }
    }

    // Adds the upper triangle of block^T block to the sums, tile by tile.
    static void accumulate(const double* block, std::size_t rows, double* sums) noexcept {
        constexpr std::size_t panels = width / V::size;
        constexpr std::size_t run_panels = std::min(tile_panels, panels);
        visit_runs<run_panels, panels % run_panels>(0, panels, [&](auto run, std::size_t panel) {
            constexpr std::size_t count = decltype(run)::value;
            const std::size_t column = panel * V::size;
            // The last tile reaches below the diagonal. Those sums are not needed, but a narrower tile would
            // cost more.
            for (std::size_t row = 0; row < column + count * V::size; row += tile_height)
                accumulate_tile<tile_height, count>(block, rows, row, column, sums);
        });
    }

    template <std::size_t Rows, std::size_t Panels>
    [[gnu::always_inline]] static void accumulate_tile(const double* block, std::size_t rows, std::size_t row,
                                                       std::size_t column, double* sums) noexcept {
        tile_sums<V, Rows, Panels> tile;
        for (std::size_t i = 0; i < Rows; ++i)
            for (std::size_t q = 0; q < Panels; ++q)
                tile.registers[i][q] = V::load_aligned(sums + (row + i) * width + column + q * V::size);
        contract<Rows, Panels>(
            tile, rows, [=](std::size_t i, std::size_t k) { return block[k * width + row + i]; },
            [=](std::size_t q, std::size_t k) {
                return V::load_aligned(block + k * width + column + q * V::size);
            });
        for (std::size_t i = 0; i < Rows; ++i)
            for (std::size_t q = 0; q < Panels; ++q)
                tile.registers[i][q].store_aligned(sums + (row + i) * width + column + q * V::size);
    }

    std::array<double, F + T> origin_{};
    aligned_vector<double> sums_; ///< [width][width], the upper triangle
    std::size_t rows_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
