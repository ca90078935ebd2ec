// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/batch_source.hpp>
#include <strata/data/sample_list.hpp>
#include <strata/data/sample_range.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>
#include <strata/training/pass_course.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// How many targets a sample has of each output.
template <class Pass>
inline constexpr auto target_sizes = [] {
    std::array<std::size_t, Pass::output_count> result{};
    for_each_index<Pass::output_count>(
        [&](auto index) { result[index] = Pass::template output<index>::targets; });
    return result;
}();

/// Has samples that lie in files fetched some batches before a pass comes to them, so that it never waits for
/// a disk that keeps up. A team calls it together.
class expected_samples {
public:
    /// `sizes`: numbers of a sample of each input, `targets`: and for each output. `share`: the rows of a
    /// batch that are read here.
    expected_samples(const pass_course& tour, std::span<const std::size_t> sizes,
                     std::span<const std::size_t> targets, const row_share& share = {})
        : tour_(tour), sizes_(sizes), targets_(targets), share_(share) {
        visit([&](const samples& each, std::size_t size) {
            is_needed_ = is_needed_ || each.is_paged();
            longest_ = std::max(longest_, size);
        });
    }
    expected_samples(const expected_samples&) = delete;
    expected_samples& operator=(const expected_samples&) = delete;
    /// Drops what a pass has left that ended before it came to all samples.
    ~expected_samples() {
        for (; dropped_ < asked_; ++dropped_) {
            visit_block((*tour_.range.blocks)[dropped_], &paged_numbers::wait_for_block);
            visit_block((*tour_.range.blocks)[dropped_], &paged_numbers::drop_block);
        }
    }

    /// Asks for what the pass will need soon, when it comes to the batch that begins there.
    void expect(std::size_t begin, const team& threads) noexcept {
        if (is_needed_)
            expect_batches(begin, threads);
    }

private:
    static constexpr std::size_t least_ahead = 512; ///< samples on their way, for disks with long queues
    static constexpr std::size_t numbers_ahead = std::size_t{1} << 22; ///< of an array, asked for at least
    static constexpr std::size_t blocks_ahead = 16; ///< no more, of which each has one sample or more

    [[gnu::noinline]] void expect_batches(std::size_t begin, const team& threads) noexcept {
        if (tour_.range.blocks != nullptr)
            return expect_windows(begin, threads);
        // Short files are soon read, and long ones come in blocks (`ordered_samples`).
        if (tour_.order.empty() && share_.machines == 1)
            return;
        const std::size_t step = tour_.batch_size;
        // The first batch asks for all that are to be on their way, each other for one more.
        const std::size_t ahead = (least_ahead + step - 1) / step * step;
        for (std::size_t next = begin == 0 ? 0 : begin + ahead;
             next <= begin + ahead && next < tour_.range.count; next += step) {
            const row_share::range rows = share_.rows(tour_.batch_from(next));
            const team::range own = threads.share(rows.end - rows.begin, 1);
            if (tour_.order.empty())
                expect_rows(next + rows.begin + own.begin, next + rows.begin + own.end);
            else
                for (std::size_t i = own.begin; i < own.end; ++i) {
                    const std::size_t row = tour_.order[next + rows.begin + i];
                    expect_rows(row, row + 1);
                }
        }
    }
    /// Asks for all blocks of the windows of this batch and the next, and of the window behind these, waits
    /// for the former, and drops those that the batches before had. All have gathered these. A single thread
    /// waits for this batch alone, since nobody else comes to it earlier.
    void expect_windows(std::size_t begin, const team& threads) noexcept {
        const std::vector<sample_block>& blocks = *tour_.range.blocks;
        if (threads.rank == 0) {
            for (; dropped_ < needed_ && blocks[dropped_].window_end <= begin; ++dropped_)
                visit_block(blocks[dropped_], &paged_numbers::drop_block);
            const std::size_t batches = threads.size > 1 ? 2 : 1;
            const std::size_t end = std::min(begin + batches * tour_.batch_size, tour_.range.count);
            std::size_t needed = needed_;
            while (needed < blocks.size() && blocks[needed].window < end)
                ++needed;
            // Samples may be so long that a few of them fill a memory.
            const std::size_t ahead =
                std::clamp<std::size_t>(numbers_ahead / (blocks[0].count * longest_), 1, blocks_ahead);
            std::size_t asked = std::min(needed + ahead, blocks.size());
            while (asked < blocks.size() && blocks[asked].window == blocks[needed].window)
                ++asked;
            for (; asked_ < asked; ++asked_)
                visit_block(blocks[asked_], &paged_numbers::expect_block);
            // The last one first, which is read last, so that there is one wait for all.
            for (std::size_t i = needed; i > needed_; --i)
                visit_block(blocks[i - 1], &paged_numbers::wait_for_block);
            needed_ = needed;
        }
        if (begin == 0) // each other batch is waited for by the one before
            threads.barrier();
    }
    template <class Member>
    void visit_block(const sample_block& block, Member member) const noexcept {
        visit([&](const samples& each, std::size_t size) {
            if (each.is_paged())
                (each.pages()->*member)((tour_.range.first + block.first) * size, block.count * size);
        });
    }
    void expect_rows(std::size_t begin, std::size_t end) const noexcept {
        visit([&](const samples& each, std::size_t size) {
            each.expect((tour_.range.first + begin) * size, (end - begin) * size);
        });
    }
    /// visit(samples, size) for what samples are made of, and how many numbers a sample has of it.
    template <class Visit>
    void visit(const Visit& visit) const noexcept {
        for (std::size_t input = 0; input < sizes_.size(); ++input)
            visit(tour_.range.x[input], sizes_[input]);
        for (std::size_t output = 0; output < targets_.size(); ++output)
            visit(tour_.range.y[output], targets_[output]);
    }

    const pass_course& tour_;
    std::span<const std::size_t> sizes_;
    std::span<const std::size_t> targets_;
    row_share share_;
    bool is_needed_ = false;
    std::size_t longest_ = 1; ///< numbers of a sample's longest array
    std::size_t asked_ = 0;   ///< blocks that were asked for
    std::size_t needed_ = 0;  ///< of these: that are there
    std::size_t dropped_ = 0; ///< of these: that were dropped again
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
