// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/cluster/seeding.hpp>
#include <strata/data/array.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <numeric>

namespace strata::inline STRATA_SETTING {

struct kmeans_options {
    std::size_t n_init = 10;          ///< beginnings, of which the best result counts
    std::size_t max_iterations = 300; ///< of each
    double tolerance = 1e-4;          ///< of the centers' movement, relative to the data's variance
    seed random = {};
    std::size_t threads = 0; ///< 0: as many as OpenMP would start
};

/// K clusters of rows of F numbers by Lloyd's algorithm ("Least squares quantization in PCM", 1982), begun by
/// greedy k-means++ (Arthur and Vassilvitskii, 2007): the stops, empty clusters and tolerance of
/// scikit-learn's KMeans, so that the same first centers give the same clusters.
///
/// O(rows K F) an iteration, fused: distances, the nearest center, and the sums of the new centers in one
/// pass over the rows. The same bits on any number of threads. `std::invalid_argument` for options and arrays
/// that do not fit, and for numbers that are not finite.
template <std::size_t K, std::size_t F, class T = double>
class kmeans {
    static_assert(K > 0 && F > 0, "strata: kmeans needs a cluster and a feature at least");

public:
    explicit kmeans(const kmeans_options& options = {}) : options_(options) {
        check(options.n_init > 0, "kmeans: n_init is 0, expected 1 or more");
        check(options.max_iterations > 0, "kmeans: max_iterations is 0, expected 1 or more");
        check(options.tolerance >= 0, "kmeans: the tolerance is not 0 or more");
    }

    /// X: [rows, F], K rows or more.
    kmeans& fit(const samples& x) {
        const observations<T> rows(x, F, "kmeans: X");
        check_rows(rows);
        const pass all(rows, options_.threads);
        internal::seeding<K, F, T> first(all);
        result best;
        for (std::size_t run = 0; run < options_.n_init; ++run) {
            random_sequence random(options_.random, stream::centers, static_cast<std::uint32_t>(run));
            result now = iterate(all, first.draw(random));
            if (run == 0 || now.inertia < best.inertia)
                best = std::move(now);
        }
        take(all, std::move(best));
        return *this;
    }
    /// From these centers, once. centers: [K, F].
    kmeans& fit(const samples& x, const samples& centers) {
        const observations<T> rows(x, F, "kmeans: X");
        check_rows(rows);
        const observations<T> given(centers, F, "kmeans: the array of centers");
        if (given.rows() != K)
            internal::raise(std::invalid_argument(
                internal::concatenate("kmeans: there are ", given.rows(), " centers, expected ", K)));
        given.check_finite();
        const pass all(rows, options_.threads);
        std::vector<T> first(given.data(), given.data() + K * F);
        for (std::size_t i = 0; i < K * F; ++i)
            first[i] -= all.means()[i % F];
        take(all, iterate(all, std::move(first)));
        return *this;
    }

    /// The nearest center of each row: [rows]. `std::invalid_argument` before `fit`.
    [[nodiscard]] xt::xtensor<std::int32_t, 1> predict(const samples& x) const {
        check(!labels_.empty(), "kmeans: there are no centers yet, expected fit before predict");
        const observations<T> rows(x, F, "kmeans: X");
        rows.check_finite();
        // About the means, as in `fit`, so that equally near centers are told apart as there.
        const internal::nearest_center<K, F, T> closest(about_means_.data());
        auto found = xt::xtensor<std::int32_t, 1>::from_shape({rows.rows()});
        constexpr std::size_t part = pass::part_rows;
        ordered_parts((rows.rows() + part - 1) / part, options_.threads, 1,
                      [&](std::size_t p) {
                          const std::size_t count = std::min(part, rows.rows() - p * part);
                          closest.find(rows.row(p * part), means_.data(), count, found.data() + p * part);
                          return char{};
                      },
                      [](char) {});
        return found;
    }
    /// Minus the sum of the squared distances of rows from their nearest centers.
    [[nodiscard]] double score(const samples& x) const {
        const auto found = predict(x);
        const observations<T> rows(x, F, "kmeans: X");
        double sum = 0;
        for (std::size_t i = 0; i < rows.rows(); ++i)
            sum += squared_distance(rows.row(i), &centers_(static_cast<std::size_t>(found(i)), 0));
        return -sum;
    }

    [[nodiscard]] const xt::xtensor<T, 2>& centers() const noexcept { return centers_; } ///< [K, F]
    [[nodiscard]] const std::vector<std::int32_t>& labels() const noexcept { return labels_; }
    /// The sum of the squared distances of the rows from their centers.
    [[nodiscard]] double inertia() const noexcept { return inertia_; }
    [[nodiscard]] std::size_t iterations() const noexcept { return iterations_; }

private:
    using pass = internal::lloyd<K, F, T>;
    struct result {
        std::vector<T> centers; ///< about the means
        std::vector<std::int32_t> labels;
        double inertia = 0;
        std::size_t iterations = 0;
    };

    static void check(bool holds, const char* message) {
        if (!holds)
            internal::raise(std::invalid_argument(message));
    }
    static void check_rows(const observations<T>& rows) {
        if (rows.rows() < K)
            internal::raise(std::invalid_argument(internal::concatenate(
                "kmeans: X has ", rows.rows(), " rows, expected as many as clusters, ", K)));
    }

    static double squared_distance(const T* a, const T* b) noexcept {
        double sum = 0;
        for (std::size_t f = 0; f < F; ++f) {
            const auto off = static_cast<double>(a[f]) - static_cast<double>(b[f]);
            sum += off * off;
        }
        return sum;
    }

    result iterate(const pass& all, std::vector<T> first) const {
        result now{std::move(first), std::vector<std::int32_t>(all.rows(), -1), 0, 0};
        const double tolerance = options_.tolerance * all.variance();
        bool settled = false;
        while (now.iterations < options_.max_iterations && !settled) {
            auto sums = all.assign(now.centers, now.labels);
            ++now.iterations;
            settled = !sums.changed;
            const double moved = move_centers(all, now, sums);
            if (!settled && moved <= tolerance)
                break;
        }
        // After a stop for another reason the labels are those of the centers before.
        std::vector<std::int32_t> labels = now.labels;
        now.inertia = all.assign(now.centers, settled ? labels : now.labels).inertia;
        return now;
    }

    // To the means of their rows; returns the sum of the squared movements.
    static double move_centers(const pass& all, result& now, typename pass::totals& sums) {
        fill_empty(all, now, sums);
        double moved = 0;
        for (std::size_t k = 0; k < K; ++k)
            for (std::size_t f = 0; f < F && sums.counts[k] > 0; ++f) {
                const T mean = static_cast<T>(sums.sums[k * F + f] / sums.counts[k]);
                const auto way = static_cast<double>(mean - now.centers[k * F + f]);
                moved += way * way;
                now.centers[k * F + f] = mean;
            }
        return moved;
    }

    // A center without rows takes the row that is furthest from its own center.
    static void fill_empty(const pass& all, const result& now, typename pass::totals& sums) {
        std::vector<std::size_t> empty;
        for (std::size_t k = 0; k < K; ++k)
            if (sums.counts[k] == 0)
                empty.push_back(k);
        if (empty.empty())
            return;
        std::vector<double> distances(all.rows());
        std::array<T, F> row;
        for (std::size_t i = 0; i < all.rows(); ++i) {
            all.row(i, row.data());
            distances[i] =
                squared_distance(row.data(), &now.centers[static_cast<std::size_t>(now.labels[i]) * F]);
        }
        std::vector<std::size_t> order(all.rows());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(empty.size()),
                          order.end(),
                          [&](std::size_t a, std::size_t b) { return distances[a] > distances[b]; });
        for (std::size_t e = 0; e < empty.size(); ++e) {
            const auto before = static_cast<std::size_t>(now.labels[order[e]]);
            all.row(order[e], row.data());
            for (std::size_t f = 0; f < F; ++f) {
                sums.sums[before * F + f] -= static_cast<double>(row[f]);
                sums.sums[empty[e] * F + f] = static_cast<double>(row[f]);
            }
            sums.counts[before] -= 1;
            sums.counts[empty[e]] = 1;
        }
    }

    void take(const pass& all, result best) {
        centers_ = xt::xtensor<T, 2>::from_shape({K, F});
        for (std::size_t i = 0; i < K * F; ++i)
            centers_.data()[i] = best.centers[i] + all.means()[i % F];
        means_ = all.means();
        about_means_ = std::move(best.centers);
        labels_ = std::move(best.labels);
        inertia_ = best.inertia;
        iterations_ = best.iterations;
    }

    kmeans_options options_;
    xt::xtensor<T, 2> centers_ = xt::zeros<T>({K, F});
    std::vector<T> means_;       ///< of the rows that were fitted
    std::vector<T> about_means_; ///< the centers, as `fit` computes with them
    std::vector<std::int32_t> labels_;
    double inertia_ = 0;
    std::size_t iterations_ = 0;
};

} // namespace strata::inline STRATA_SETTING
