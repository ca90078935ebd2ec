// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace strata::bedrock::inline STRATA_SETTING {

/// The seed of everything random in a network: its first weights, its dropout, the order of its samples.
struct seed {
    std::uint64_t value = 0;
};

/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
/// easy as 1, 2, 3" (SC 2011): four 32-bit words that depend on a counter and a key and on nothing else, so
/// any thread can draw any element in any order.
///
/// `Width` counters are advanced side by side; word w of counter j is `result[w][j]`. The loops are plain,
/// since compilers turn them into vector multiplications by themselves.
template <std::size_t Width>
struct philox {
    static constexpr int rounds = 10;
    static constexpr std::uint32_t multipliers[] = {0xD2511F53u, 0xCD9E8D57u};
    static constexpr std::uint32_t key_steps[] = {0x9E3779B9u, 0xBB67AE85u};

    using words = std::array<std::array<std::uint32_t, Width>, 4>;

    [[nodiscard]] static constexpr words draw(words counter, std::uint64_t key) noexcept {
        auto key0 = static_cast<std::uint32_t>(key);
        auto key1 = static_cast<std::uint32_t>(key >> 32);
        for (int round = 0; round < rounds; ++round) {
            for (std::size_t j = 0; j < Width; ++j) {
                const std::uint64_t product0 = std::uint64_t{multipliers[0]} * counter[0][j];
                const std::uint64_t product1 = std::uint64_t{multipliers[1]} * counter[2][j];
                counter[0][j] = static_cast<std::uint32_t>(product1 >> 32) ^ counter[1][j] ^ key0;
                counter[1][j] = static_cast<std::uint32_t>(product1);
                counter[2][j] = static_cast<std::uint32_t>(product0 >> 32) ^ counter[3][j] ^ key1;
                counter[3][j] = static_cast<std::uint32_t>(product0);
            }
            key0 += key_steps[0];
            key1 += key_steps[1];
        }
        return counter;
    }
};

/// What random numbers are drawn for. Different purposes never share a counter.
enum class draw_purpose : std::uint32_t {
    initial_weights = 1,
    dropout = 2,
    shuffle = 3,
    split = 4,
    centers = 5,
    head = 6,   ///< for a stage whose head draws numbers
    program = 7 ///< for what a program draws itself
};

/// A sequential reader of one stream, for everything that is drawn in order: initial weights, shuffles,
/// splits. Meets `std::uniform_random_bit_generator`, so the standard library's algorithms take it.
class random_sequence {
public:
    using result_type = std::uint32_t;

    /// `index` distinguishes sequences of the same purpose: the layer's number, or the epoch's.
    constexpr random_sequence(seed key, draw_purpose purpose, std::uint32_t index = 0) noexcept
        : key_(key.value), purpose_(static_cast<std::uint32_t>(purpose)), index_(index) {}

    static constexpr result_type min() noexcept { return 0; }
    static constexpr result_type max() noexcept { return 0xFFFFFFFFu; }

    constexpr result_type operator()() noexcept {
        if (next_ == 4)
            draw_block();
        return block_[next_++];
    }

    /// A number in [0, 1) with 32 random bits.
    constexpr double uniform() noexcept { return (*this)() * 0x1p-32; }

    /// A whole number in [0, bound), bound > 0, without bias (Lemire, "Fast random integer generation in an
    /// interval", 2019).
    constexpr std::uint32_t integer(std::uint32_t bound) noexcept {
        std::uint64_t product = std::uint64_t{(*this)()} * bound;
        if (static_cast<std::uint32_t>(product) < bound) {
            const std::uint32_t threshold = (0u - bound) % bound;
            while (static_cast<std::uint32_t>(product) < threshold)
                product = std::uint64_t{(*this)()} * bound;
        }
        return static_cast<std::uint32_t>(product >> 32);
    }

    /// Shuffles a random-access range by Fisher and Yates' method, to the same order with every standard
    /// library.
    template <class Range>
    [[gnu::noinline]] constexpr void shuffle(Range& range) noexcept {
        for (std::size_t i = std::size(range); i > 1; --i) {
            const std::size_t j = integer(static_cast<std::uint32_t>(i));
            const auto element = range[i - 1];
            range[i - 1] = range[j];
            range[j] = element;
        }
    }

private:
    // Of its own, so that whoever draws has no copy of it.
    [[gnu::noinline]] constexpr void draw_block() noexcept {
        const auto drawn = philox<1>::draw({{{static_cast<std::uint32_t>(position_)},
                                             {static_cast<std::uint32_t>(position_ >> 32)},
                                             {index_},
                                             {purpose_}}},
                                           key_);
        for (std::size_t w = 0; w < 4; ++w)
            block_[w] = drawn[w][0];
        ++position_;
        next_ = 0;
    }

    std::uint64_t key_;
    std::uint64_t position_ = 0;
    std::uint32_t purpose_;
    std::uint32_t index_;
    std::array<std::uint32_t, 4> block_{};
    std::size_t next_ = 4;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::draw_purpose;
using bedrock::random_sequence;
using bedrock::seed;
} // namespace strata
