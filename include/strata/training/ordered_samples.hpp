// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_list.hpp>
#include <strata/data/sample_range.hpp>
#include <strata/setting.hpp>
#include <strata/training/batches.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The samples of a pass. Where it goes through them as they come, those that stay in long files are read by
/// blocks, ahead of the pass.
class ordered_samples {
public:
    /// `sizes`: numbers of a sample of each input, `targets`: and for each output.
    ordered_samples(const sample_range& whole, const sample_order& order, std::span<const std::size_t> sizes,
                    std::span<const std::size_t> targets)
        : range_(whole) {
        if (!order.empty() || whole.blocks != nullptr)
            return;
        bool is_paged = false;
        for (std::size_t i = 0; i < sizes.size(); ++i)
            is_paged = is_paged || whole.x[i].is_paged();
        for (std::size_t i = 0; i < targets.size(); ++i)
            is_paged = is_paged || whole.y[i].is_paged();
        if (is_paged)
            use_blocks(sizes, targets);
    }
    ordered_samples(const ordered_samples&) = delete;
    ordered_samples& operator=(const ordered_samples&) = delete;

    [[nodiscard]] const sample_range& range() const noexcept { return range_; }

private:
    static constexpr std::size_t block_numbers = std::size_t{1} << 18; ///< of a sample's longest array

    [[gnu::noinline]] void use_blocks(std::span<const std::size_t> sizes,
                                      std::span<const std::size_t> targets) {
        std::size_t longest = 1;
        for (const auto& each : {sizes, targets})
            for (const std::size_t size : each)
                longest = std::max(longest, size);
        const std::size_t block = std::max<std::size_t>(1, block_numbers / longest);
        if (range_.count <= block) // there is nothing to read ahead
            return;
        x_ = blockwise_arrays(range_.x, sizes.size(), block_order::front_to_back);
        y_ = blockwise_arrays(range_.y, targets.size(), block_order::front_to_back);
        const auto is_blockwise = [](const std::vector<samples>& arrays, const samples* given) {
            return !std::equal(arrays.begin(), arrays.end(), given,
                               [](const samples& a, const samples& b) { return a.pages() == b.pages(); });
        };
        if (!is_blockwise(x_, range_.x) && !is_blockwise(y_, range_.y))
            return;
        for (std::size_t first = 0; first < range_.count; first += block) {
            const std::size_t count = std::min(block, range_.count - first);
            blocks_.push_back({first, count, first, first + count});
        }
        range_.x = x_.data();
        range_.y = y_.data();
        range_.blocks = &blocks_;
    }

    sample_range range_;
    std::vector<sample_block> blocks_;
    std::vector<samples> x_, y_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
