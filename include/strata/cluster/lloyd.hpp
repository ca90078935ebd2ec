// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/cluster/nearest_center.hpp>
#include <strata/data/observations.hpp>
#include <strata/expression/finite.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/threads/ordered_parts.hpp>
#include <strata/raise.hpp>
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

    /// The rows of each center, added up and counted.
    struct totals {
        aligned_vector<double> sums = aligned_vector<double>(K * F, 0.0);
        std::vector<double> counts = std::vector<double>(K, 0.0);

        void add(const totals& part) {
            for (std::size_t i = 0; i < K * F; ++i)
                sums[i] += part.sums[i];
            for (std::size_t k = 0; k < K; ++k)
                counts[k] += part.counts[k];
        }
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
        // longest row, and the first ones by sums of squared distances, each up to four times that.
        if (!internal::is_finite(variance_) ||
            4 * static_cast<double>(part_rows) * longest > static_cast<double>(std::numeric_limits<T>::max()))
            raise(std::invalid_argument(x.what() +
                                        " has numbers so large that sums of their squares are infinite"));
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

    /// Gives each row the label of its nearest center, -1 at first. `all` are the totals of the rows by the
    /// labels that they had, less the means as the centers are: those that get another are moved, and the
    /// many others need not be added again. Returns whether any are.
    bool assign(std::span<const T> centers, std::span<std::int32_t> labels, totals& all) const {
        bool changed = false;
        visit_parts<moves>(
            centers, K * F * sizeof(double),
            [&](std::size_t first, std::span<const std::int32_t> found, moves& part) {
                const auto old = labels.subspan(first, found.size());
                part.exist = move_rows(x_->row(first), found, old, means_.data(), part.sums.data(),
                                       part.counts.data());
                std::copy(found.begin(), found.end(), old.begin());
            },
            [&](const moves& part) {
                if (!part.exist)
                    return;
                changed = true;
                all.add(part);
            });
        // Rounding leaves something of rows that came and went.
        for (std::size_t k = 0; k < K; ++k)
            if (all.counts[k] == 0)
                std::fill_n(all.sums.begin() + static_cast<std::ptrdiff_t>(k * F), F, 0.0);
        return changed;
    }

    /// The totals of the rows by their labels, added up anew: what rows that came and went have left in
    /// others' sums by rounding is as large as they were.
    [[nodiscard]] totals add_rows(std::span<const std::int32_t> labels) const {
        totals all;
        ordered_parts((rows() + part_rows - 1) / part_rows, threads_, sizeof(totals),
                      [&](std::size_t part) {
                          std::array<std::int32_t, part_rows> none;
                          none.fill(-1);
                          totals result;
                          const std::size_t first = part * part_rows;
                          const std::size_t count = std::min(part_rows, rows() - first);
                          move_rows(x_->row(first), labels.subspan(first, count),
                                    std::span(none).first(count), means_.data(), result.sums.data(),
                                    result.counts.data());
                          return result;
                      },
                      [&](const totals& part) { all.add(part); });
        return all;
    }

    /// Gives each row the label of its nearest center, and returns the inertia: the sum of the squares of
    /// their distances.
    double measure(std::span<const T> centers, std::span<std::int32_t> labels) const {
        double inertia = 0;
        visit_parts<double>(
            centers, sizeof(double),
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

    // What a part of the rows adds to the totals.
    struct moves : totals {
        bool exist = false;
    };

    // Finds the nearest centers of parts of the rows. `take` adds some rows with their labels to the result
    // of their part; `add` gets these in their order.
    template <class Part, class Take, class Add>
    void visit_parts(std::span<const T> centers, std::size_t bytes, const Take& take, const Add& add) const {
        const nearest_center<K, F, T> nearest(centers.data());
        ordered_parts((rows() + part_rows - 1) / part_rows, threads_, bytes,
                      [&](std::size_t part) {
                          Part result{};
                          std::array<std::int32_t, part_rows> labels;
                          const std::size_t first = part * part_rows;
                          const std::size_t count = std::min(part_rows, rows() - first);
                          nearest.find(x_->row(first), means_.data(), count, labels.data(),
                                       rows() - first - count);
                          take(first, std::span<const std::int32_t>(labels.data(), count), result);
                          return result;
                      },
                      add);
    }

    // Moves rows, less the means, from the sums and counts of their old labels to those of their new ones.
    // Returns whether there are any. A function of nothing but pointers, or each sum that is written would
    // have the members read anew.
    static bool move_rows(const T* x, std::span<const std::int32_t> labels,
                          std::span<const std::int32_t> old_labels, const T* means, double* sums,
                          double* counts) noexcept {
        using V = simd<T, lanes_of<T, 64 / sizeof(T)>>;
        std::array<std::uint16_t, part_rows> moved;
        std::size_t count = 0;
        for (std::size_t i = 0; i < labels.size(); ++i) {
            moved[count] = static_cast<std::uint16_t>(i); // no branch, which few rows would mislead
            count += labels[i] != old_labels[i] ? 1 : 0;
        }
        for (const std::size_t i : std::span(moved).first(count)) {
            const T* const row = x + i * F;
            const auto label = static_cast<std::size_t>(labels[i]);
            const bool is_known = old_labels[i] >= 0;
            const auto old_label = static_cast<std::size_t>(is_known ? old_labels[i] : 0);
            double* const sum = sums + label * F;
            double* const old_sum = sums + old_label * F;
            counts[label] += 1;
            if (is_known)
                counts[old_label] -= 1;
            std::size_t f = 0;
            // A row may follow another of the same center: what one wrote the next reads, register by
            // register.
            if constexpr (std::is_same_v<T, double>)
                for (; f + V::size <= F; f += V::size) {
                    const V value = V::load_unaligned(row + f) - V::load_unaligned(means + f);
                    (V::load_unaligned(sum + f) + value).store_unaligned(sum + f);
                    if (is_known)
                        (V::load_unaligned(old_sum + f) - value).store_unaligned(old_sum + f);
                }
            for (; f < F; ++f) {
                const auto value = static_cast<double>(row[f] - means[f]);
                sum[f] += value;
                if (is_known)
                    old_sum[f] -= value;
            }
        }
        return count > 0;
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
