// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/learning/gradient_needs.hpp>
#include <strata/model/learnt_arrays.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// The sums of the squares of a piece's gradients and of its weights.
struct piece_squares {
    double gradients = 0;
    double weights = 0;
};

/// Where several machines update a part of the weights each: what they tell each other for norms.
class squares_exchange {
public:
    virtual ~squares_exchange() = default;
    /// Those of all machines' pieces in the order of the pieces, given this machine's.
    virtual const std::vector<piece_squares>& collect(const std::vector<piece_squares>& own) noexcept = 0;
};

namespace internal {
// Squares of registers. Four sums, so that an addition need not wait for the one before it.
template <class V, bool Weights>
struct register_squares {
    using T = value_type_of<V>;
    V gradients[4] = {V(T(0)), V(T(0)), V(T(0)), V(T(0))};
    V weights[4] = {V(T(0)), V(T(0)), V(T(0)), V(T(0))};

    void add(std::size_t turn, V gradient, const T* weight) noexcept {
        gradients[turn] = xsimd::fma(gradient, gradient, gradients[turn]);
        if constexpr (Weights) {
            const V w = load<V>(weight);
            weights[turn] = xsimd::fma(w, w, weights[turn]);
        }
    }
    [[nodiscard]] piece_squares total() const noexcept { return {sum(gradients), sum(weights)}; }

private:
    static double sum(const V (&sums)[4]) noexcept {
        return static_cast<double>(add_lanes(V((sums[0] + sums[1]) + (sums[2] + sums[3]))));
    }
};
} // namespace internal

/// The squares of all pieces of the arrays that a pass learns.
template <class Pass>
struct array_squares {
    std::vector<piece_squares> pieces; ///< of this machine
    squares_exchange* others = nullptr;
    const std::vector<piece_squares>* all = nullptr;

    array_squares(std::size_t count, squares_exchange* machines) : pieces(count), others(machines) {}

    /// The norms of all arrays, which every thread adds up for itself, piece by piece, behind a meeting.
    template <bool Needed>
    std::array<array_norms, learnt_count<Pass>> norms(const learnt_pieces<Pass>& arrays,
                                                      const team& threads) noexcept {
        std::array<array_norms, learnt_count<Pass>> result{};
        if constexpr (Needed) {
            threads.barrier();
            if (others != nullptr) {
                if (threads.rank == 0)
                    all = &others->collect(pieces);
                threads.barrier();
            }
            const std::vector<piece_squares>& sums = others == nullptr ? pieces : *all;
            double total = 0;
            for (std::size_t array = 0; array < result.size(); ++array) {
                piece_squares sum;
                for (std::size_t i = arrays.all_firsts[array]; i < arrays.all_firsts[array + 1]; ++i) {
                    sum.gradients += sums[i].gradients;
                    sum.weights += sums[i].weights;
                }
                result[array].array = std::sqrt(sum.gradients);
                result[array].weights = std::sqrt(sum.weights);
                total += sum.gradients;
            }
            for (array_norms& each : result)
                each.all = std::sqrt(total);
        }
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
