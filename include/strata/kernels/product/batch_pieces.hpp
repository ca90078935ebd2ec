// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/piece_tree.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Samples of a piece where nobody says how many: so many that adding the pieces' sums costs little beside
/// making them, which takes least of a first layer that leaves out the input's zeros. The usual batches of 32
/// to 128 are one piece.
inline constexpr std::size_t default_piece = 128;
/// The same where nothing is added: so few that many machines have a share of a batch.
inline constexpr std::size_t predicted_piece = 32;

/// Where several machines share a batch: how a kernel learns the sums over all of it. One thread of a team
/// calls it, on every machine in the same order.
class piece_exchange {
public:
    virtual ~piece_exchange() = default;
    /// Adds sums of `count` numbers over the machines' pieces, as their tree has it: `nodes` are those of
    /// this machine, `stride` apart, and the total goes to `total`.
    virtual void add(const float* nodes, std::size_t stride, std::size_t count, float* total) noexcept = 0;
    virtual void add(const double* nodes, std::size_t stride, std::size_t count, double* total) noexcept = 0;
    /// The sum of whole numbers over the machines.
    virtual std::size_t add(std::size_t number) noexcept = 0;
};

/// The samples of a batch that are at hand, in the pieces whose sums `piece_tree` adds: all of the batch, or
/// one machine's share of it.
struct batch_pieces {
    std::size_t samples = 0; ///< at hand
    std::size_t length = 0;  ///< samples of a piece, but for the batch's last one
    std::size_t count = 1;   ///< of pieces at hand
    piece_tree tree{1};
    std::size_t all_samples = 0;        ///< of the batch
    std::size_t first = 0;              ///< the batch's number of the first piece at hand
    std::size_t stride = 0;             ///< places between the sums of two nodes, where more than one is left
    piece_exchange* machines = nullptr; ///< that have the other pieces

    /// All samples of a batch.
    [[nodiscard]] static constexpr batch_pieces whole(std::size_t samples, std::size_t length) noexcept {
        const std::size_t count = samples <= length ? 1 : (samples + length - 1) / length;
        return {samples, length, count, {count}, samples};
    }

    /// Whether machines may share the batch: then no result may depend on how many samples are at hand.
    [[nodiscard]] constexpr bool is_divisible() const noexcept { return all_samples > length; }
    /// The samples of a piece, counted from the first at hand.
    [[nodiscard]] constexpr team::range range(std::size_t piece) const noexcept {
        return {piece * length, std::min((piece + 1) * length, samples)};
    }
    [[nodiscard]] constexpr std::size_t merges(std::size_t piece) const noexcept {
        return tree.merges(first, first + piece);
    }
    /// The same for so many rows of each sample.
    [[nodiscard]] constexpr batch_pieces repeat(std::size_t rows) const noexcept {
        batch_pieces result = *this;
        result.samples *= rows;
        result.all_samples *= rows;
        result.length *= rows;
        return result;
    }
    /// How many nodes are left when all pieces at hand have been added.
    [[nodiscard]] constexpr std::size_t nodes() const noexcept {
        std::size_t result = 0;
        for (std::size_t piece = 0; piece < count; ++piece)
            result += 1 - merges(piece);
        return result;
    }
    /// The sums that may wait at a time while so many samples are added.
    [[nodiscard]] static constexpr std::size_t depth(std::size_t samples, std::size_t length) noexcept {
        return samples <= length ? 0 : piece_tree::depth((samples + length - 1) / length);
    }
};

/// Room for the sums of a kernel's tile over one piece.
template <class T>
inline constexpr std::size_t piece_tile = 64 * line_size<T>;

/// Adds up one number, or register, of each piece in turn.
template <class V>
class piece_stack {
public:
    /// The pieces that one machine may have at hand are fewer than 2^(most / 2).
    static constexpr std::size_t most = 2 * 24;

    void push(V sum, std::size_t merges) noexcept {
        for (; merges > 0; --merges)
            sum = sums_[--count_] + sum;
        sums_[count_++] = sum;
    }
    [[nodiscard]] const V& total() const noexcept { return sums_[0]; }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// Hands the sums on to what takes gradients.
    template <class Use>
    void hand_on(const Use& use, std::size_t offset, std::size_t stride) const noexcept {
        for (std::size_t node = 0; node < count_; ++node)
            use(offset + node * stride, sums_[node]);
    }

private:
    V sums_[most];
    std::size_t count_ = 0;
};

/// Adds up the pieces at hand: `sum(samples)` is that of one piece. What is left on the stack are the nodes.
template <class Sum>
[[nodiscard]] auto add_pieces(const batch_pieces& pieces, const Sum& sum) noexcept {
    piece_stack<decltype(sum(team::range{}))> stack;
    for (std::size_t piece = 0; piece < pieces.count; ++piece)
        stack.push(sum(pieces.range(piece)), pieces.merges(piece));
    return stack;
}

} // namespace strata::bedrock::inline STRATA_SETTING
