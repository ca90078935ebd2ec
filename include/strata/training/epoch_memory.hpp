// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace strata::bedrock::inline STRATA_SETTING {

/// What training was before an epoch.
template <class T>
struct epoch_start {
    /// The weights, and behind them the optimizer's states: together they more often fill large pages, and
    /// else every first epoch would wait for a thousand small ones.
    aligned_vector<T> numbers;
    std::uint64_t steps = 0;
    std::uint64_t epochs = 0;               ///< in all
    std::size_t epoch = 0;                  ///< of this fit
    double loss = detail::infinity<double>; ///< the mean over the epoch that began there
};

/// The starts of the epoch at work and of the best one before it. A loss is known after the updates that
/// follow from it, so the weights that an epoch leaves may already be useless: what counts for some weights
/// is the loss of the epoch that began with them.
template <class T, std::size_t Blocks>
class epoch_memory {
public:
    using spans = std::array<std::span<T>, Blocks>;

    /// Forgets another fit's epochs. The room that the first of them had is the first that is written again:
    /// fits of one epoch need no other.
    void begin() noexcept {
        current_ = 0;
        has_best_ = false;
    }

    /// `copy(block, result)` copies what training changes of a block.
    template <class Copy>
    void remember(const spans& blocks, std::uint64_t steps, std::uint64_t epochs, std::size_t epoch,
                  const Copy& copy) {
        epoch_start<T>& start = starts_[current_];
        const std::size_t size = count_of(blocks);
        if (start.numbers.size() == size) {
            T* result = start.numbers.data();
            for (const std::span<T>& block : blocks) {
                copy(block, result);
                result += block.size();
            }
        } else {
            start.numbers.clear();
            start.numbers.reserve(size);
            for (const std::span<T>& block : blocks)
                start.numbers.insert(start.numbers.end(), block.begin(), block.end());
        }
        start.steps = steps;
        start.epochs = epochs;
        start.epoch = epoch;
    }

    /// Says what the mean loss of the epoch was that began where `remember` was called.
    void judge(double loss) noexcept {
        starts_[current_].loss = loss;
        if (has_best_ && loss > best().loss)
            return;
        current_ = 1 - current_;
        has_best_ = true;
    }

    [[nodiscard]] const epoch_start<T>& current() const noexcept { return starts_[current_]; }

    /// The best start, where the epoch at work had that mean loss until it diverged; infinity, where that was
    /// in its first step.
    [[nodiscard]] const epoch_start<T>& choose(double loss) const noexcept {
        return has_best_ && loss > best().loss ? best() : current();
    }

    static void put_back(const epoch_start<T>& start, const spans& blocks) noexcept {
        const T* source = start.numbers.data();
        for (const std::span<T>& block : blocks) {
            std::copy_n(source, block.size(), block.data());
            source += block.size();
        }
    }

private:
    [[nodiscard]] static std::size_t count_of(const spans& blocks) noexcept {
        std::size_t count = 0;
        for (const std::span<T>& block : blocks)
            count += block.size();
        return count;
    }
    [[nodiscard]] const epoch_start<T>& best() const noexcept { return starts_[1 - current_]; }

    std::array<epoch_start<T>, 2> starts_;
    std::size_t current_ = 0; ///< the other one is the best
    bool has_best_ = false;
};

} // namespace strata::bedrock::inline STRATA_SETTING
