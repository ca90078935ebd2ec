// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/fetching.hpp>
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
        ordered_parts(
            (x.rows() + part_rows - 1) / part_rows, threads, width * width * sizeof(double),
            [&](std::size_t part) {
                aligned_vector<double> block(block_rows * width, 0.0);
                aligned_vector<double> sums(width * width, 0.0);
                const std::size_t end = std::min((part + 1) * part_rows, x.rows());
                for (std::size_t first = part * part_rows; first < end; first += block_rows) {
                    const std::size_t rows = std::min(block_rows, end - first);
                    pack(x, y, weights, first, rows, block.data());
                    // The next rows come from memory while these are multiplied.
                    fetch_list next{x.row(first + rows), x.row(std::min(first + rows + block_rows, end))};
                    accumulate(block.data(), rows, next, sums.data());
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
    [[nodiscard]] double weight() const noexcept { return sum(ones, ones); }
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
    [[nodiscard]] double mean(std::size_t i) const noexcept { return origin_[i] + sum(i, ones) / weight(); }
    /// The weighted sum of the products of two columns.
    [[nodiscard]] double product(std::size_t i, std::size_t j) const noexcept {
        const double products = sum(std::min(i, j), std::max(i, j));
        return Centred ? products - sum(i, ones) * sum(j, ones) / weight() : products;
    }
    /// What the sums say beyond that: subtracting the means rounds.
    [[nodiscard]] double product_rest(std::size_t i, std::size_t j) const noexcept {
        const long double products = sum(std::min(i, j), std::max(i, j));
        const long double means = sum(i, ones) * static_cast<long double>(sum(j, ones)) / weight();
        return Centred ? static_cast<double>(products - means - product(i, j)) : 0.0;
    }

    /// Visits the sums, in an order that no register's width decides: by rows of the columns 1, x and y.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        std::vector<double> origin(self.origin_.begin(), self.origin_.end());
        std::vector<double> triangle;
        const auto visit_triangle = [&](auto visit_sum) {
            for (std::size_t i = 0; i < columns; ++i)
                for (std::size_t j = i; j < columns; ++j)
                    visit_sum(i == 0 ? self.sums_[place(j == 0 ? ones : j - 1, ones)]
                                     : self.sums_[place(i - 1, j - 1)]);
        };
        if (!self.sums_.empty())
            visit_triangle([&](double each) { triangle.push_back(each); });
        visit("rows that were summed", self.rows_);
        visit("numbers of the sums' origin", origin, F + T);
        visit("sums of products", triangle, self.rows_ == 0 ? 0 : columns * (columns + 1) / 2);
        if constexpr (!std::is_const_v<Self>) {
            std::copy(origin.begin(), origin.end(), self.origin_.begin());
            self.sums_.assign(self.rows_ == 0 ? 0 : width * width, 0.0);
            auto next = triangle.begin();
            if (!triangle.empty())
                visit_triangle([&](double& each) { each = *next++; });
        }
    }

private:
    static constexpr std::size_t part_rows = 4096;
    // The three panels of a tile, and rows that are fetched, stay in the first cache while it is computed.
    static constexpr std::size_t block_rows = std::min<std::size_t>(4096 / (V::size * sizeof(double)), 256);
    static constexpr std::size_t step = 16; ///< rows of a block between two fetches
    static constexpr std::size_t panel_size = block_rows * V::size;
    static constexpr std::size_t ones = F + T; ///< the column of ones, which is the last

    // Where the sums have the product of two columns, i <= j.
    static constexpr std::size_t place(std::size_t i, std::size_t j) noexcept { return i * width + j; }
    [[nodiscard]] double sum(std::size_t i, std::size_t j) const noexcept { return sums_[place(i, j)]; }

    // Rows that will be packed next, and how many of their lines to ask for at a time.
    struct fetch_list {
        const char* first;
        const char* last;

        template <class Value>
        fetch_list(const Value* begin, const Value* end) noexcept
            : first(reinterpret_cast<const char*>(begin)), last(reinterpret_cast<const char*>(end)) {}
        void fetch() noexcept {
            constexpr std::size_t tiles = width / V::size * (width / V::size + 1) / 2 / tile_panels + 1;
            constexpr std::size_t lines = block_rows * F * sizeof(double) / alignment;
            constexpr std::size_t count = lines / (tiles * block_rows / step) + 1;
            for (std::size_t i = 0; i < count && first < last; ++i, first += alignment)
                internal::fetch<cache::first>(first);
        }
    };

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

    // Writes rows as panels of so many columns as a register has lanes: block[panel][row][lane]. Apart from
    // the arithmetic, whatever the compiler makes of the callers: both are faster so.
    template <class Value>
    [[gnu::noinline]] void pack(const observations<Value>& x, const observations<Value>& y,
                                const observations<Value>* weights, std::size_t first, std::size_t rows,
                                double* block) const noexcept {
        // Columns that fill registers are copied by them.
        constexpr std::size_t whole = std::is_same_v<Value, double> ? F / V::size * V::size : 0;
        for (std::size_t i = 0; i < rows; ++i) {
            const Value* const input = x.row(first + i);
            const Value* const target = y.row(first + i);
            double* const packed = block + i * V::size;
            const auto column = [=](std::size_t j) -> double& {
                return packed[j / V::size * panel_size + j % V::size];
            };
            const double root =
                weights == nullptr ? 1.0 : std::sqrt(static_cast<double>(*weights->row(first + i)));
            if constexpr (whole > 0)
                for (std::size_t j = 0; j < whole; j += V::size)
                    ((V::load_unaligned(input + j) - V::load_unaligned(origin_.data() + j)) * V(root))
                        .store_aligned(&column(j));
            for (std::size_t j = whole; j < F; ++j)
                column(j) = (static_cast<double>(input[j]) - origin_[j]) * root;
            for (std::size_t j = 0; j < T; ++j)
                column(F + j) = (static_cast<double>(target[j]) - origin_[F + j]) * root;
            column(ones) = root;
        }
    }

    // Adds the upper triangle of block^T block to the sums, tile by tile.
    static void accumulate(const double* block, std::size_t rows, fetch_list next, double* sums) noexcept {
        constexpr std::size_t panels = width / V::size;
        constexpr std::size_t run_panels = std::min(tile_panels, panels);
        visit_runs<run_panels, panels % run_panels>(0, panels, [&](auto run, std::size_t panel) {
            constexpr std::size_t count = decltype(run)::value;
            const std::size_t column = panel * V::size;
            std::size_t row = 0;
            for (; row < column + V::size; row += tile_height)
                accumulate_tile<tile_height, count>(block, rows, next, row, column, sums);
            // Of the tiles below, the first panel is below the diagonal, too.
            if constexpr (count > 1)
                for (; row < column + count * V::size; row += tile_height)
                    accumulate_tile<tile_height, count - 1>(block, rows, next, row, column + V::size, sums);
        });
    }

    template <std::size_t Rows, std::size_t Panels>
    [[gnu::always_inline]] static void accumulate_tile(const double* block, std::size_t rows,
                                                       fetch_list& next, std::size_t row, std::size_t column,
                                                       double* sums) noexcept {
        tile_sums<V, Rows, Panels> tile;
        for (std::size_t i = 0; i < Rows; ++i)
            for (std::size_t q = 0; q < Panels; ++q)
                tile.registers[i][q] = V::load_aligned(sums + (row + i) * width + column + q * V::size);
        const double* left = block + row / V::size * panel_size + row % V::size;
        const double* right = block + column / V::size * panel_size;
        for (std::size_t first = 0; first < rows; first += step) {
            next.fetch();
            contract<Rows, Panels>(
                tile, std::min(step, rows - first),
                [=](std::size_t i, std::size_t k) {
                    return left[i / V::size * panel_size + k * V::size + i % V::size];
                },
                [=](std::size_t q, std::size_t k) {
                    return V::load_aligned(right + q * panel_size + k * V::size);
                });
            left += step * V::size;
            right += step * V::size;
        }
        for (std::size_t i = 0; i < Rows; ++i)
            for (std::size_t q = 0; q < Panels; ++q)
                tile.registers[i][q].store_aligned(sums + (row + i) * width + column + q * V::size);
    }

    std::array<double, F + T> origin_{};
    aligned_vector<double> sums_; ///< [width][width], the upper triangle
    std::size_t rows_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
