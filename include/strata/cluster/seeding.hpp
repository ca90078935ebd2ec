// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/cluster/lloyd.hpp>
#include <strata/random/philox.hpp>
#include <strata/setting.hpp>

#include <limits>

namespace strata::inline STRATA_SETTING::internal {

/// First centers by greedy k-means++ (Arthur and Vassilvitskii, "k-means++: the advantages of careful
/// seeding", 2007): each further center is the best of 2 + log K rows, drawn by their squared distances from
/// the nearest center so far.
///
/// O(rows K F log K) in K passes over the rows, each of which tries all rows that are drawn for one center.
/// The same bits on any number of threads.
template <std::size_t K, std::size_t F, class T>
class seeding {
    using V = simd<T, lanes_of<T, 64 / sizeof(T)>>;
    static constexpr std::size_t panels = tile_panels;
    static constexpr std::size_t group = panels * V::size; ///< rows at a time
    static constexpr std::size_t part_rows = lloyd<K, F, T>::part_rows;
    static_assert(part_rows % group == 0);

    static constexpr std::size_t trials = [] {
        std::size_t count = 2;
        for (double power = 2.718281828459045; power <= static_cast<double>(K); power *= 2.718281828459045)
            ++count;
        return count;
    }();
    using potentials = std::array<double, trials>;

public:
    explicit seeding(const lloyd<K, F, T>& all)
        : all_(&all),
          parts_((all.rows() + part_rows - 1) / part_rows),
          nearest_(round_up(all.rows(), group)) {}

    /// [K][F], about the means.
    std::vector<T> draw(random_sequence& random) {
        // Rows that only fill the last registers are at no distance.
        std::fill(nearest_.begin(), nearest_.end(), T(0));
        std::fill_n(nearest_.begin(), all_->rows(), std::numeric_limits<T>::max());
        all_->row(anywhere(random), latest_.data());
        candidates_.fill(latest_);
        std::vector<T> centers(latest_.begin(), latest_.end());
        std::size_t best = try_candidates();
        while (centers.size() < K * F) {
            for (auto& candidate : candidates_)
                all_->row(pick(random, best), candidate.data());
            best = try_candidates();
            latest_ = candidates_[best];
            centers.insert(centers.end(), latest_.begin(), latest_.end());
        }
        return centers;
    }

private:
    std::size_t anywhere(random_sequence& random) const noexcept {
        const auto rows = static_cast<double>(all_->rows());
        return std::min(static_cast<std::size_t>(random.uniform() * rows), all_->rows() - 1);
    }

    // Squared distances of a group of rows from `Count` points.
    template <std::size_t Count>
    [[gnu::always_inline]] static void measure(const T* columns, const std::array<T, F>* points,
                                               tile_sums<V, Count, panels>& squares) noexcept {
        for (auto& line : squares.at)
            for (V& square : line)
                square = V(T(0));
        for (std::size_t f = 0; f < F; ++f)
#pragma GCC unroll 16
            for (std::size_t i = 0; i < Count; ++i) {
                const V point(points[i][f]);
#pragma GCC unroll 4
                for (std::size_t q = 0; q < panels; ++q) {
                    const V off = V::load_aligned(columns + f * group + q * V::size) - point;
                    squares.at[i][q] = xsimd::fma(off, off, squares.at[i][q]);
                }
            }
    }

    // Hands each group of a part's rows, as columns, to visit(first row, columns).
    template <class Visit>
    void visit_part(std::size_t part, Visit visit) const {
        alignas(alignment) std::array<T, F * group> columns{};
        const std::size_t end = std::min((part + 1) * part_rows, all_->rows());
        for (std::size_t first = part * part_rows; first < end; first += group) {
            all_->columns(first, std::min(group, end - first), group, columns.data());
            visit(first, columns.data());
        }
    }

    // Takes the latest center into the nearest distances, and returns the candidate that would leave the
    // smallest sum of them. What each would leave of each part is kept.
    std::size_t try_candidates() {
        left_.clear();
        totals_.fill(0);
        ordered_parts(
            parts_, all_->threads(), sizeof(potentials), [&](std::size_t part) { return try_part(part); },
            [&](const potentials& now) {
                left_.push_back(now);
                for (std::size_t t = 0; t < trials; ++t)
                    totals_[t] += now[t];
            });
        return static_cast<std::size_t>(std::min_element(totals_.begin(), totals_.end()) - totals_.begin());
    }

    potentials try_part(std::size_t part) {
        std::array<std::array<T, F>, trials + 1> points;
        points[0] = latest_;
        std::copy(candidates_.begin(), candidates_.end(), points.begin() + 1);
        std::array<V, trials> sums;
        sums.fill(V(T(0)));
        visit_part(part, [&](std::size_t first, const T* columns) {
            tile_sums<V, trials + 1, panels> squares;
            measure(columns, points.data(), squares);
            for (std::size_t q = 0; q < panels; ++q) {
                T* const place = nearest_.data() + first + q * V::size;
                const V nearest = xsimd::min(V::load_aligned(place), squares.at[0][q]);
                nearest.store_aligned(place);
                for (std::size_t t = 0; t < trials; ++t)
                    sums[t] += xsimd::min(nearest, squares.at[t + 1][q]);
            }
        });
        potentials result{};
        alignas(alignment) std::array<T, V::size> lanes;
        for (std::size_t t = 0; t < trials; ++t) {
            sums[t].store_aligned(lanes.data());
            for (const T lane : lanes)
                result[t] += static_cast<double>(lane);
        }
        return result;
    }

    // A row by its distance from the nearest center, the latest included, which was the candidate `best`.
    std::size_t pick(random_sequence& random, std::size_t best) const {
        if (!(totals_[best] > 0)) // fewer distinct rows than clusters
            return anywhere(random);
        double left = random.uniform() * totals_[best];
        std::size_t part = 0;
        for (std::size_t p = 0; p < parts_; ++p)
            if (const double mass = left_[p][best]; mass > 0) {
                part = p;
                if (left < mass)
                    break;
                left -= mass;
            }
        std::size_t chosen = part * part_rows;
        alignas(alignment) std::array<T, group> distances;
        bool found = false;
        visit_part(part, [&](std::size_t first, const T* columns) {
            tile_sums<V, 1, panels> squares;
            measure(columns, &latest_, squares);
            for (std::size_t q = 0; q < panels; ++q) {
                const V nearest = V::load_aligned(nearest_.data() + first + q * V::size);
                xsimd::min(nearest, squares.at[0][q]).store_aligned(distances.data() + q * V::size);
            }
            for (std::size_t i = 0; i < group && !found; ++i)
                if (distances[i] > 0) { // never a row that is a center
                    chosen = first + i;
                    found = left < static_cast<double>(distances[i]);
                    left -= static_cast<double>(distances[i]);
                }
        });
        return chosen;
    }

    const lloyd<K, F, T>* all_;
    std::size_t parts_;
    aligned_vector<T> nearest_; ///< of each row, without the latest center
    std::array<T, F> latest_{};
    std::array<std::array<T, F>, trials> candidates_{};
    std::vector<potentials> left_; ///< of each part
    potentials totals_{};
};

} // namespace strata::inline STRATA_SETTING::internal
