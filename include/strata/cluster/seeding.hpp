// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/cluster/lloyd.hpp>
#include <strata/random/philox.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

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
    explicit seeding(const lloyd<K, F, T>& points)
        : points_(&points),
          parts_((points.rows() + part_rows - 1) / part_rows),
          nearest_(round_up(points.rows(), group)) {}

    /// Returns the first centers, less the means of the rows: [K][F].
    std::vector<T> draw(random_sequence& random) {
        // The numbers that only fill the last registers stand for no rows, so their distance is zero.
        std::fill(nearest_.begin(), nearest_.end(), T(0));
        std::fill_n(nearest_.begin(), points_->rows(), std::numeric_limits<T>::max());
        const std::span candidates = std::span(tried_).subspan(1);
        points_->copy_row(draw_row(random), latest().data());
        std::fill(candidates.begin(), candidates.end(), latest());
        std::vector<T> centers(latest().begin(), latest().end());
        std::size_t best = try_candidates();
        while (centers.size() < K * F) {
            for (auto& candidate : candidates)
                points_->copy_row(draw_row_by_distance(random, best), candidate.data());
            best = try_candidates();
            latest() = candidates[best];
            centers.insert(centers.end(), latest().begin(), latest().end());
        }
        return centers;
    }

private:
    [[nodiscard]] std::array<T, F>& latest() noexcept { return tried_.front(); }

    std::size_t draw_row(random_sequence& random) const noexcept {
        const auto rows = static_cast<double>(points_->rows());
        return std::min(static_cast<std::size_t>(random.uniform() * rows), points_->rows() - 1);
    }

    // Computes the squared distances of a group of rows from `Count` centers.
    template <std::size_t Count>
    [[gnu::always_inline]] static void measure(const T* columns, const std::array<T, F>* centers,
                                               tile_sums<V, Count, panels>& squares) noexcept {
        for (auto& row_squares : squares.registers)
            for (V& square : row_squares)
                square = V(T(0));
        for (std::size_t f = 0; f < F; ++f)
#pragma GCC unroll 16
            for (std::size_t i = 0; i < Count; ++i) {
                const V center(centers[i][f]);
#pragma GCC unroll 4
                for (std::size_t q = 0; q < panels; ++q) {
                    const V difference = V::load_aligned(columns + f * group + q * V::size) - center;
                    squares.registers[i][q] = xsimd::fma(difference, difference, squares.registers[i][q]);
                }
            }
    }

    // Hands each group of a part's rows, as columns, to visit(first row, columns).
    template <class Visit>
    void visit_part(std::size_t part, Visit visit) const {
        thread_numbers<T, F * group> columns;
        const std::size_t end = std::min((part + 1) * part_rows, points_->rows());
        for (std::size_t first = part * part_rows; first < end; first += group) {
            points_->copy_columns(first, std::min(group, end - first), group, columns.data());
            visit(first, columns.data());
        }
    }

    // Updates the squared distances of all rows from their nearest center by the latest center. Returns the
    // candidate that would make their sum, the potential, smallest, and keeps the potentials of the parts.
    std::size_t try_candidates() {
        part_potentials_.clear();
        totals_.fill(0);
        ordered_parts(
            parts_, points_->threads(), sizeof(potentials), [&](std::size_t part) { return try_part(part); },
            [&](const potentials& part_potential) {
                part_potentials_.push_back(part_potential);
                for (std::size_t t = 0; t < trials; ++t)
                    totals_[t] += part_potential[t];
            });
        return static_cast<std::size_t>(std::min_element(totals_.begin(), totals_.end()) - totals_.begin());
    }

    potentials try_part(std::size_t part) {
        std::array<V, trials> sums;
        sums.fill(V(T(0)));
        visit_part(part, [&](std::size_t first, const T* columns) {
            tile_sums<V, trials + 1, panels> squares;
            measure(columns, tried_.data(), squares);
            for (std::size_t q = 0; q < panels; ++q) {
                T* const distances = nearest_.data() + first + q * V::size;
                const V nearest = internal::cap(squares.registers[0][q], V::load_aligned(distances));
                nearest.store_aligned(distances);
                for (std::size_t t = 0; t < trials; ++t)
                    sums[t] += internal::cap(squares.registers[t + 1][q], nearest);
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

    // Draws a row with a probability proportional to its squared distance from the nearest center. The latest
    // center, which was the candidate `best`, counts among them.
    std::size_t draw_row_by_distance(random_sequence& random, std::size_t best) const {
        if (!(totals_[best] > 0)) // fewer distinct rows than clusters
            return draw_row(random);
        double remaining = random.uniform() * totals_[best];
        std::size_t part = 0;
        for (std::size_t p = 0; p < parts_; ++p)
            if (const double mass = part_potentials_[p][best]; mass > 0) {
                part = p;
                if (remaining < mass)
                    break;
                remaining -= mass;
            }
        std::size_t chosen = part * part_rows;
        alignas(alignment) std::array<T, group> distances;
        bool found = false;
        visit_part(part, [&](std::size_t first, const T* columns) {
            tile_sums<V, 1, panels> squares;
            measure(columns, tried_.data(), squares);
            for (std::size_t q = 0; q < panels; ++q) {
                const V nearest = V::load_aligned(nearest_.data() + first + q * V::size);
                internal::cap(squares.registers[0][q], nearest).store_aligned(distances.data() + q * V::size);
            }
            for (std::size_t i = 0; i < group && !found; ++i)
                if (distances[i] > 0) { // never a row that is a center
                    chosen = first + i;
                    found = remaining < static_cast<double>(distances[i]);
                    remaining -= static_cast<double>(distances[i]);
                }
        });
        return chosen;
    }

    const lloyd<K, F, T>* points_;
    std::size_t parts_;
    aligned_vector<T> nearest_; ///< the squared distance of each row from the nearest center but the latest
    /// The latest center, and behind it the candidates for the next one.
    std::vector<std::array<T, F>> tried_ = std::vector<std::array<T, F>>(trials + 1);
    std::vector<potentials> part_potentials_; ///< of each part of the rows, for each candidate
    potentials totals_{};
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
