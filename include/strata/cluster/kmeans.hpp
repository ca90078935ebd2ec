// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/cluster/seeding.hpp>
#include <strata/data/array.hpp>
#include <strata/data/estimator.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>

#include <numeric>
#include <string>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

struct kmeans_options {
    std::size_t n_init = 10;          ///< how often to start from other first centers; the best result counts
    std::size_t max_iterations = 300; ///< of each
    double tolerance = 1e-4;          ///< of the centers' movement, relative to the data's variance
    seed random = {};
    std::size_t threads = 0; ///< 0: as many as OpenMP would start
};

/// K clusters of rows of F numbers by Lloyd's algorithm ("Least squares quantization in PCM", 1982), begun by
/// greedy k-means++ (Arthur and Vassilvitskii, 2007): the stops, empty clusters and tolerance of
/// scikit-learn's KMeans, so that the same first centers give the same clusters.
///
/// O(rows K F) an iteration, fused: distances, the nearest center, and the sums of the new centers, which
/// follow the rows that have another label than before, in one pass over the rows. The same bits on any
/// number of threads. `std::invalid_argument` for options and arrays that do not fit, and for numbers that
/// are not finite.
template <std::size_t K, std::size_t F = 0, class T = double>
class kmeans : public internal::savable<kmeans<K, F, T>> {
    static_assert(K > 0 && F > 0, "strata: kmeans needs a cluster and a feature at least");

public:
    using value_type = T;
    static constexpr std::size_t features = F;

    explicit kmeans(const kmeans_options& options = {}) : options_(options) {
        check(options.n_init > 0, "kmeans: n_init is 0, expected 1 or more");
        check(options.max_iterations > 0, "kmeans: max_iterations is 0, expected 1 or more");
        if (!(options.tolerance >= 0))
            internal::raise(std::invalid_argument(internal::concatenate(
                "kmeans: the tolerance is ", internal::number_to_string(options.tolerance),
                ", expected 0 or more")));
    }

    /// X: [rows, F], K rows or more.
    kmeans& fit(const samples& x) {
        const observations<T> rows(x, F, "kmeans: X");
        check_rows(rows);
        const pass points(rows, options_.threads);
        internal::seeding<K, F, T> seeds(points);
        result best;
        for (std::size_t run = 0; run < options_.n_init; ++run) {
            random_sequence random(options_.random, draw_purpose::centers, static_cast<std::uint32_t>(run));
            result current = iterate(points, seeds.draw(random));
            if (run == 0 || current.inertia < best.inertia)
                best = std::move(current);
        }
        keep_result(points, std::move(best));
        return *this;
    }
    /// Starts from these centers, once. centers: [K, F].
    kmeans& fit(const samples& x, const samples& centers) {
        const observations<T> rows(x, F, "kmeans: X");
        check_rows(rows);
        const observations<T> initial_centers(centers, F, "kmeans: the array of centers");
        if (initial_centers.rows() != K)
            internal::raise(std::invalid_argument(internal::concatenate(
                "kmeans: there are ", initial_centers.rows(), " centers, expected ", K)));
        initial_centers.check_finite();
        const pass points(rows, options_.threads);
        std::vector<T> first_centers(initial_centers.data(), initial_centers.data() + K * F);
        for (std::size_t i = 0; i < K * F; ++i)
            first_centers[i] -= points.means()[i % F];
        keep_result(points, iterate(points, std::move(first_centers)));
        return *this;
    }

    /// The nearest center of each row: [rows]. `std::invalid_argument` before `fit`.
    [[nodiscard]] xt::xtensor<std::int32_t, 1> predict(const samples& x) const {
        check(!labels_.empty(), "kmeans: there are no centers yet, expected fit before predict");
        const observations<T> rows(x, F, "kmeans: X");
        rows.check_finite();
        // The means are subtracted as in `fit`, so that the same rounding decides between equally near
        // centers.
        const internal::nearest_center<K, F, T> finder(shifted_centers_.data());
        auto labels = xt::xtensor<std::int32_t, 1>::from_shape({rows.rows()});
        constexpr std::size_t part_rows = pass::part_rows;
        ordered_parts((rows.rows() + part_rows - 1) / part_rows, options_.threads, 1,
                      [&](std::size_t p) {
                          const std::size_t count = std::min(part_rows, rows.rows() - p * part_rows);
                          finder.find(rows.row(p * part_rows), means_.data(), count,
                                      labels.data() + p * part_rows);
                          return char{};
                      },
                      [](char) {});
        return labels;
    }
    /// Minus the sum of the squared distances of rows from their nearest centers.
    [[nodiscard]] double score(const samples& x) const {
        const auto labels = predict(x);
        const observations<T> rows(x, F, "kmeans: X");
        double sum = 0;
        std::array<T, F> row; // less the means, where the centers have more digits
        for (std::size_t i = 0; i < rows.rows(); ++i) {
            for (std::size_t f = 0; f < F; ++f)
                row[f] = rows.row(i)[f] - means_[f];
            sum += squared_distance(row.data(), &shifted_centers_[static_cast<std::size_t>(labels(i)) * F]);
        }
        return -sum;
    }

    [[nodiscard]] const xt::xtensor<T, 2>& centers() const noexcept { return centers_; } ///< [K, F]
    /// The cluster of each row that `fit` saw, [rows]; empty before.
    [[nodiscard]] const std::vector<std::int32_t>& labels() const noexcept { return labels_; }
    /// The sum of the squared distances of the rows from their centers.
    [[nodiscard]] double inertia() const noexcept { return inertia_; }
    /// Those of the best of the starts.
    [[nodiscard]] std::size_t iterations() const noexcept { return iterations_; }

    [[nodiscard]] static std::string description() {
        return internal::concatenate("kmeans of ", internal::counted(K, "cluster"), ", ",
                                     internal::counted(F, "feature"), ", ", internal::value_name<T>);
    }
    /// What is saved: what was found, and not the options.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        visit("labels", self.labels_);
        const std::size_t size = self.labels_.empty() ? 0 : 1;
        visit("means", self.means_, size * F);
        visit("numbers of the centers", self.shifted_centers_, size * K * F);
        visit("the inertia", self.inertia_);
        visit("iterations", self.iterations_);
        if constexpr (!std::is_const_v<Self>)
            self.centers_ = place_centers(self.shifted_centers_, self.means_);
    }

private:
    using pass = internal::lloyd<K, F, T>;
    struct result {
        std::vector<T> centers; ///< less the means
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
            const auto difference = static_cast<double>(a[f]) - static_cast<double>(b[f]);
            sum += difference * difference;
        }
        return sum;
    }

    result iterate(const pass& points, std::vector<T> first_centers) const {
        result current{std::move(first_centers), std::vector<std::int32_t>(points.rows(), -1), 0, 0};
        const double tolerance = options_.tolerance * points.variance();
        typename pass::totals sums;
        bool converged = false;
        while (current.iterations < options_.max_iterations && !converged) {
            converged = !points.assign(current.centers, current.labels, sums);
            ++current.iterations;
            const double movement_squares = move_centers(points, current, sums);
            if (!converged && movement_squares <= tolerance)
                break;
        }
        sums = points.add_rows(current.labels);
        if (std::find(sums.counts.begin(), sums.counts.end(), 0.0) == sums.counts.end())
            move_centers(points, current, std::move(sums));
        // Where the centers still moved last, the labels are still those of the centers before that: assign
        // again.
        std::vector<std::int32_t> labels = current.labels;
        current.inertia = points.measure(current.centers, converged ? labels : current.labels);
        return current;
    }

    // Moves each center to the mean of its rows, and returns the sum of the squared movements.
    static double move_centers(const pass& points, result& current, typename pass::totals sums) {
        fill_empty(points, current, sums);
        double movement_squares = 0;
        for (std::size_t k = 0; k < K; ++k)
            for (std::size_t f = 0; f < F && sums.counts[k] > 0; ++f) {
                const T mean = static_cast<T>(sums.sums[k * F + f] / sums.counts[k]);
                const auto movement = static_cast<double>(mean - current.centers[k * F + f]);
                movement_squares += movement * movement;
                current.centers[k * F + f] = mean;
            }
        return movement_squares;
    }

    // A center without rows takes the row that is furthest from its own center.
    static void fill_empty(const pass& points, const result& current, typename pass::totals& sums) {
        std::vector<std::size_t> empty;
        for (std::size_t k = 0; k < K; ++k)
            if (sums.counts[k] == 0)
                empty.push_back(k);
        if (empty.empty())
            return;
        std::vector<double> distances(points.rows());
        std::array<T, F> row;
        for (std::size_t i = 0; i < points.rows(); ++i) {
            points.copy_row(i, row.data());
            distances[i] = squared_distance(
                row.data(), &current.centers[static_cast<std::size_t>(current.labels[i]) * F]);
        }
        std::vector<std::size_t> indices(points.rows());
        std::iota(indices.begin(), indices.end(), std::size_t{0});
        std::partial_sort(indices.begin(), indices.begin() + static_cast<std::ptrdiff_t>(empty.size()),
                          indices.end(),
                          [&](std::size_t a, std::size_t b) { return distances[a] > distances[b]; });
        for (std::size_t e = 0; e < empty.size(); ++e) {
            const auto former_label = static_cast<std::size_t>(current.labels[indices[e]]);
            points.copy_row(indices[e], row.data());
            for (std::size_t f = 0; f < F; ++f) {
                sums.sums[former_label * F + f] -= static_cast<double>(row[f]);
                sums.sums[empty[e] * F + f] = static_cast<double>(row[f]);
            }
            sums.counts[former_label] -= 1;
            sums.counts[empty[e]] = 1;
        }
    }

    // The centers as the caller's coordinates have them.
    static xt::xtensor<T, 2> place_centers(const std::vector<T>& shifted_centers,
                                           const std::vector<T>& means) {
        xt::xtensor<T, 2> result = xt::zeros<T>({K, F});
        for (std::size_t i = 0; i < shifted_centers.size(); ++i)
            result.data()[i] = shifted_centers[i] + means[i % F];
        return result;
    }

    void keep_result(const pass& points, result best) {
        auto means = points.means(); // all memory that is needed, before anything changes
        auto placed_centers = place_centers(best.centers, means);
        centers_ = std::move(placed_centers);
        means_ = std::move(means);
        shifted_centers_ = std::move(best.centers);
        labels_ = std::move(best.labels);
        inertia_ = best.inertia;
        iterations_ = best.iterations;
    }

    kmeans_options options_;
    xt::xtensor<T, 2> centers_ = xt::zeros<T>({K, F});
    std::vector<T> means_;           ///< of the rows that were fitted
    std::vector<T> shifted_centers_; ///< the centers less the means, as `fit` computes with them
    std::vector<std::int32_t> labels_;
    double inertia_ = 0;
    std::size_t iterations_ = 0;
};

/// `kmeans<K>{options}`: a step of a pipeline, which says how many features there are.
template <std::size_t K, class T>
class kmeans<K, 0, T> : public internal::step_without_features<kmeans<K, 0, T>> {
public:
    explicit kmeans(const kmeans_options& options = {}) : options_(options) {}

    template <std::size_t F>
    [[nodiscard]] kmeans<K, F, T> complete() const {
        return kmeans<K, F, T>(options_);
    }

private:
    kmeans_options options_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::kmeans;
using bedrock::kmeans_options;
} // namespace strata

STRATA_HEADER_END
