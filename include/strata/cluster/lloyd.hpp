// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/cluster/nearest_center.hpp>
#include <strata/expression/finite.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/threads/ordered_parts.hpp>
#include <strata/raise.hpp>
#include <strata/regression/observations.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The rows of a clustering, less their means, and passes over them. Parts of a fixed number of rows are each
/// handled by one thread and added in their order, which gives the same bits on any number of threads.
template <std::size_t K, std::size_t F, class T>
class lloyd {
public:
    static constexpr std::size_t part_rows = 4096; ///< the rows that a thread takes at a time

    /// What one pass adds up.
    struct totals {
        aligned_vector<double> sums = aligned_vector<double>(K * F, 0.0); ///< of the rows of each center
        std::vector<double> counts = std::vector<double>(K, 0.0);
        bool changed = false; ///< whether a row has another label than before
    };

    lloyd(const observations<T>& x, std::size_t threads) : x_(&x), threads_(threads), means_(F) {
        std::vector<double> sums(F, 0.0);
        for (std::size_t i = 0; i < x.rows(); ++i)
            for (std::size_t f = 0; f < F; ++f)
                sums[f] += static_cast<double>(x.row(i)[f]);
        for (std::size_t f = 0; f < F; ++f) {
            if (!internal::is_finite(sums[f])) {
                x.check_finite();
                raise(std::invalid_argument(x.what() + " has numbers so large that their sum is infinite"));
            }
            means_[f] = static_cast<T>(sums[f] / static_cast<double>(x.rows()));
        }
        double longest = 0;
        for (std::size_t i = 0; i < x.rows(); ++i) {
            double square = 0;
            for (std::size_t f = 0; f < F; ++f) {
                const auto difference = static_cast<double>(x.row(i)[f] - means_[f]);
                square += difference * difference;
            }
            variance_ += square;
            longest = std::max(longest, square);
        }
        // The nearest center is found by |c|^2 - 2 x.c, which is at most three times the square of the
        // longest row.
        if (!internal::is_finite(variance_) ||
            4 * longest > static_cast<double>(std::numeric_limits<T>::max()))
            raise(std::invalid_argument(x.what() + " has numbers so large that their squares are infinite"));
        variance_ /= static_cast<double>(x.rows() * F);
    }

    [[nodiscard]] std::size_t rows() const noexcept { return x_->rows(); }
    /// The mean over the features of their variances.
    [[nodiscard]] double variance() const noexcept { return variance_; }
    [[nodiscard]] const std::vector<T>& means() const noexcept { return means_; }
    [[nodiscard]] std::size_t threads() const noexcept { return threads_; }

    /// Writes row i, less the means, to `result`.
    void copy_row(std::size_t i, T* result) const noexcept {
        for (std::size_t f = 0; f < F; ++f)
            result[f] = x_->row(i)[f] - means_[f];
    }

    /// Writes `count` rows from `first` on, less the means, side by side: result[f * group + i] becomes
    /// feature f of row first + i.
    void copy_columns(std::size_t first, std::size_t count, std::size_t group, T* result) const noexcept {
        copy_centered_columns<F>(x_->row(first), means_.data(), count, group, result);
    }

    /// Gives each row the label of its nearest center, and adds up the rows of each center. The means are
    /// subtracted from centers and sums alike.
    totals assign(std::span<const T> centers, std::span<std::int32_t> labels) const {
        totals sum;
        visit_parts<totals>(
            centers, K * F * sizeof(double),
            [&](std::size_t first, std::span<const std::int32_t> found, totals& part) {
                add_rows(x_->row(first), found, means_.data(), part.sums.data(), part.counts.data());
            },
            [&](std::size_t first, std::span<const std::int32_t> found, totals& part) {
                const auto old = labels.subspan(first, found.size());
                part.changed = !std::equal(found.begin(), found.end(), old.begin());
                std::copy(found.begin(), found.end(), old.begin());
            },
            [&](const totals& part) {
                for (std::size_t i = 0; i < K * F; ++i)
                    sum.sums[i] += part.sums[i];
                for (std::size_t k = 0; k < K; ++k)
                    sum.counts[k] += part.counts[k];
                sum.changed = sum.changed || part.changed;
            });
        return sum;
    }

    /// Gives each row the label of its nearest center, and returns the inertia: the sum of the squares of
    /// their distances.
    double measure(std::span<const T> centers, std::span<std::int32_t> labels) const {
        double inertia = 0;
        visit_parts<double>(
            centers, sizeof(double), [](auto&&...) {},
            [&](std::size_t first, std::span<const std::int32_t> found, double& part) {
                std::copy(found.begin(), found.end(), labels.begin() + static_cast<std::ptrdiff_t>(first));
                for (std::size_t i = 0; i < found.size();) {
                    std::array<double, lanes> squares{};
                    for (const std::size_t end = std::min(i + block_rows, found.size()); i < end; ++i)
                        add_squares(x_->row(first + i),
                                    centers.data() + static_cast<std::size_t>(found[i]) * F, squares);
                    for (const double square : squares)
                        part += square;
                }
            },
            [&](double part) { inertia += part; });
        return inertia;
    }

private:
    // The squares of so many rows are added before those of others: the bits of the inertia depend on it.
    static constexpr std::size_t block_rows = std::clamp<std::size_t>(16384 / (F * sizeof(T)), 16, 256);
    static constexpr std::size_t lanes = 8;

    // Finds the nearest centers of parts of the rows. `take` gets some rows at a time, and their labels, to
    // add them to its part's result; `finish` those of all of a part; `add` the parts' results in their
    // order. Rows are taken between the products for those behind them: to add one to a sum waits for the one
    // before, and the products do not.
    template <class Part, class Take, class Finish, class Add>
    void visit_parts(std::span<const T> centers, std::size_t bytes, const Take& take, const Finish& finish,
                     const Add& add) const {
        using search = nearest_center<K, F, T>;
        const search nearest(centers.data());
        ordered_parts((rows() + part_rows - 1) / part_rows, threads_, bytes,
                      [&](std::size_t part) {
                          Part result{};
                          std::array<std::int32_t, part_rows> labels;
                          const std::size_t first = part * part_rows;
                          const std::size_t count = std::min(part_rows, rows() - first);
                          const std::span<const std::int32_t> found(labels.data(), count);
                          std::size_t taken = 0;
                          const auto take_rows = [&](std::size_t end) {
                              if (taken < end)
                                  take(first + taken, found.subspan(taken, end - taken), result);
                              taken = end;
                          };
                          nearest.find(x_->row(first), means_.data(), count, labels.data(),
                                       rows() - first - count, [&](std::size_t known) {
                                           take_rows(std::min(known, taken + search::rows_per_run));
                                       });
                          take_rows(count);
                          finish(first, found, result);
                          return result;
                      },
                      add);
    }

    // Adds rows, less the means, to the sums of their centers, and counts them. A function of nothing but
    // pointers, or each sum that is written would have the members read anew.
    static void add_rows(const T* x, std::span<const std::int32_t> labels, const T* means, double* sums,
                         double* counts) noexcept {
        using V = simd<T, lanes_of<T, 64 / sizeof(T)>>;
        for (const std::int32_t each : labels) {
            const auto label = static_cast<std::size_t>(each);
            double* const sum = sums + label * F;
            counts[label] += 1;
            std::size_t f = 0;
            // A row may follow another of the same center: what one wrote the next reads, register by
            // register.
            if constexpr (std::is_same_v<T, double>)
                for (; f + V::size <= F; f += V::size)
                    (V::load_unaligned(sum + f) + (V::load_unaligned(x + f) - V::load_unaligned(means + f)))
                        .store_unaligned(sum + f);
            for (; f < F; ++f)
                sum[f] += static_cast<double>(x[f] - means[f]);
            x += F;
        }
    }

    // Adds the squares of a row's distances from its center to running sums, one for each lane.
    void add_squares(const T* x, const T* center, std::array<double, lanes>& squares) const noexcept {
        for (std::size_t f = 0; f < F; ++f) {
            const double difference = static_cast<double>(x[f] - means_[f]) - static_cast<double>(center[f]);
            squares[f % lanes] += difference * difference;
        }
    }

    const observations<T>* x_;
    std::size_t threads_;
    std::vector<T> means_;
    double variance_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
