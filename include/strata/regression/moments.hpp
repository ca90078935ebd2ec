// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/observations.hpp>
#include <strata/expression/finite.hpp>
#include <strata/kernels/threads/ordered_parts.hpp>
#include <strata/raise.hpp>
#include <strata/regression/lane_products.hpp>
#include <strata/regression/panel_products.hpp>
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
/// One pass, O(rows (F + T)^2 / 2) multiply-adds. Parts of a fixed
/// number of rows are summed each by one thread and added in their order: the same bits on any number of
/// threads.
template <std::size_t F, std::size_t T, bool Centred>
class moments {
public:
    static constexpr std::size_t columns = 1 + F + T;

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
            sums_.assign(kernel::size, 0.0);
        }
        ordered_parts((x.rows() + part_rows - 1) / part_rows, threads, kernel::size * sizeof(double),
                      [&](std::size_t part) {
                          return kernel::sum_rows(x, y, weights, origin_, part * part_rows,
                                                  std::min((part + 1) * part_rows, x.rows()));
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
            std::invalid_argument(x.what() + " or y has numbers so large that their squares are infinite"));
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
            self.sums_.assign(self.rows_ == 0 ? 0 : kernel::size, 0.0);
            auto next = triangle.begin();
            if (!triangle.empty())
                visit_triangle([&](double& each) { each = *next++; });
        }
    }

private:
    // Few columns would waste much of the panels' tiles, the sums of many in lanes outgrow the caches.
    using kernel = std::conditional_t<F + T <= 64, lane_products<F, T>, panel_products<F, T>>;
    static constexpr std::size_t part_rows = F + T <= 64 ? 8192 : 4096;
    static constexpr std::size_t ones = kernel::ones;

    static constexpr std::size_t place(std::size_t i, std::size_t j) noexcept { return kernel::place(i, j); }
    [[nodiscard]] double sum(std::size_t i, std::size_t j) const noexcept { return sums_[place(i, j)]; }

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
            double least = number(0);
            double greatest = number(0);
            for (std::size_t i = 0; i < count; ++i) {
                sum += number(i);
                least = std::min(least, number(i));
                greatest = std::max(greatest, number(i));
            }
            origin_[j] = sum / static_cast<double>(count);
            if (origin == sum_origin::mean)
                continue;
            if (least == greatest) { // A constant column has no rounding in its sums.
                origin_[j] = least;
                continue;
            }
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

    std::array<double, F + T> origin_{};
    aligned_vector<double> sums_; ///< as `kernel` places them
    std::size_t rows_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
