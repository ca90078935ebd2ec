// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_list.hpp>
#include <strata/data/sample_range.hpp>
#include <strata/random/philox.hpp>
#include <strata/setting.hpp>
#include <strata/training/arguments.hpp>
#include <strata/training/options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The order of the samples of an epoch, which depends on the network's seed, the epoch and the options
/// alone.
///
/// All samples are shuffled, or those of windows: blocks of consecutive samples, which a file gives at the
/// speed of reading, come in an order of chance, and the samples of so many blocks, a window, are shuffled
/// among each other. Blocks begin at another sample in each epoch, so that no samples stay together.
class epoch_order {
public:
    static constexpr std::size_t window_blocks = 16;

    /// `std::invalid_argument` for a window where nothing is shuffled. Of 2^32 - 1 samples at most.
    epoch_order(const fit_options& options, std::size_t samples)
        : numbers_(options.shuffle ? samples : 0),
          block_(options.shuffle_window < samples
                     ? options.shuffle_window / window_blocks + (options.shuffle_window % window_blocks > 0)
                     : 0) {
        require(options.shuffle || options.shuffle_window == 0,
                "fit: a shuffle window is given for samples that are not shuffled");
    }

    void draw(seed key, std::uint64_t epoch) {
        if (numbers_.empty())
            return;
        random_sequence random(key, draw_purpose::shuffle, static_cast<std::uint32_t>(epoch));
        if (block_ > 0)
            return draw_windows(random);
        std::iota(numbers_.begin(), numbers_.end(), 0u);
        random.shuffle(numbers_);
    }

    /// A sample's number for each place, or none where samples go as they come.
    [[nodiscard]] std::span<const std::uint32_t> numbers() const noexcept { return numbers_; }
    /// What is read at once, or null where samples are read one by one.
    [[nodiscard]] const std::vector<sample_block>* blocks() const noexcept {
        return block_ > 0 ? &blocks_ : nullptr;
    }
    /// The same samples, of so many inputs and outputs, for passes in this order. The object must outlive
    /// them.
    [[nodiscard]] sample_range range(const sample_range& whole, std::size_t inputs, std::size_t outputs) {
        if (block_ == 0)
            return whole;
        x_ = blockwise_arrays(whole.x, inputs, block_order::any);
        y_ = blockwise_arrays(whole.y, outputs, block_order::any);
        sample_range result = whole;
        result.x = x_.data();
        result.y = y_.data();
        result.blocks = &blocks_;
        return result;
    }

private:
    void draw_windows(random_sequence& random) {
        const std::size_t count = numbers_.size();
        const std::size_t first = random.integer(static_cast<std::uint32_t>(block_));
        starts_.clear();
        if (first > 0)
            starts_.push_back(0);
        for (std::size_t start = first; start < count; start += block_)
            starts_.push_back(static_cast<std::uint32_t>(start));
        random.shuffle(starts_);
        blocks_.clear();
        std::size_t place = 0, window = 0;
        for (std::size_t i = 0; i < starts_.size(); ++i) {
            if (i % window_blocks == 0)
                window = place;
            const std::size_t start = starts_[i];
            const std::size_t size = std::min(block_, (start < first ? first : count) - start);
            blocks_.push_back({start, size, window, 0});
            const auto begin = numbers_.begin() + static_cast<std::ptrdiff_t>(place);
            std::iota(begin, begin + static_cast<std::ptrdiff_t>(size), starts_[i]);
            place += size;
            if (i % window_blocks < window_blocks - 1 && place < count)
                continue;
            for (std::size_t each = i - i % window_blocks; each <= i; ++each)
                blocks_[each].window_end = place;
            std::span<std::uint32_t> shuffled(numbers_.data() + window, place - window);
            random.shuffle(shuffled);
        }
    }

    std::vector<std::uint32_t> numbers_;
    std::size_t block_; ///< samples of a block, or 0
    std::vector<std::uint32_t> starts_;
    std::vector<sample_block> blocks_;
    std::vector<samples> x_, y_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
