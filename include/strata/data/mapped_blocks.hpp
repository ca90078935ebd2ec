// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/frame_memory.hpp>
#include <strata/data/page_reader.hpp>
#include <strata/data/paged_numbers.hpp>
#include <strata/data/stored_number.hpp>
#include <strata/setting.hpp>

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Numbers of files of which blocks are in memory that were asked for. A thread reads one block after the
/// other, so that a device gives them at its best, into frames that earlier blocks have left: no page of a
/// file becomes the process's, and none of its own is given anew, for which it would be interrupted. Numbers
/// that are in no frame, since memory is short, are read where they are needed.
///
/// `Source` has the numbers as they are stored: `copy(first, places)`; it begins to read them by
/// `expect(first, count)`, and is told by `expect_in_order()` that they will be read from front to back.
template <class Stored, class Source>
class mapped_blocks final : public paged_numbers {
public:
    template <class Parts>
    mapped_blocks(const Parts& parts, std::size_t total, block_order order)
        : source_(parts), order_(order), parts_((total + frame - 1) / frame) {}
    ~mapped_blocks() override { reader_.finish(); }

    void read(std::size_t first, std::size_t count, float scale, float* result) const noexcept override {
        read_numbers(first, count, scale, result);
    }
    void read(std::size_t first, std::size_t count, float scale, double* result) const noexcept override {
        read_numbers(first, count, scale, result);
    }
    void read(std::size_t first, std::size_t count, float scale,
              std::int32_t* result) const noexcept override {
        read_numbers(first, count, scale, result);
    }
    void expect(std::size_t, std::size_t) const noexcept override {}

    /// What lies in a frame is there for all blocks that have a part of it, or for none: where memory was
    /// short for the first of them, the others get no frame either.
    void expect_block(std::size_t first, std::size_t count) const noexcept override {
        visit_frames(first, count, [&](part& each) {
            if (each.blocks++ == 0)
                each.frame = static_cast<Stored*>(memory_.take());
        });
        if (!reader_.add(first, first + count))
            copy(first, first + count);
    }
    void wait_for_block(std::size_t first, std::size_t count) const noexcept override {
        reader_.wait(first, first + count);
    }
    /// A frame goes with the last of the blocks that have a part of it.
    void drop_block(std::size_t first, std::size_t count) const noexcept override {
        visit_frames(first, count, [&](part& each) {
            if (--each.blocks > 0 || each.frame == nullptr)
                return;
            memory_.give_back(each.frame);
            each.frame = nullptr;
        });
    }

private:
    /// Numbers that fill a frame.
    struct part {
        Stored* frame = nullptr; ///< where they are, or null
        std::size_t blocks = 0;  ///< that are in memory and have some of them
    };
    static constexpr std::size_t frame = frame_memory::frame_bytes / sizeof(Stored);

    template <class Visit>
    void visit_frames(std::size_t first, std::size_t count, const Visit& visit) const noexcept {
        for (std::size_t i = first / frame; i * frame < first + count; ++i)
            visit(parts_[i]);
    }
    /// visit(first, count, place) for each frame's part of some numbers; `place` is null where it has none.
    template <class Visit>
    void visit(std::size_t first, std::size_t end, const Visit& visit) const noexcept {
        while (first < end) {
            const std::size_t place = first % frame;
            const std::size_t count = std::min(end - first, frame - place);
            Stored* const begin = parts_[first / frame].frame;
            visit(first, count, begin == nullptr ? nullptr : begin + place);
            first += count;
        }
    }
    template <class Number>
    void read_numbers(std::size_t first, std::size_t count, float scale, Number* result) const noexcept {
        visit(first, first + count, [&](std::size_t begin, std::size_t some, const Stored* held) {
            if (held != nullptr)
                read_stored(held, some, scale, result);
            else
                source_.read(begin, some, scale, result);
            result += some;
        });
    }
    /// Reads many frames by one call, since the system asks a device for no more than somebody waits for.
    void copy(std::size_t first, std::size_t end) const noexcept {
        if (order_ == block_order::front_to_back)
            source_.expect_in_order();
        std::array<::iovec, 64> places;
        std::size_t used = 0;
        const auto read_until = [&](std::size_t next) {
            source_.copy(first, std::span(places.data(), used));
            used = 0;
            first = next;
        };
        visit(first, end, [&](std::size_t begin, std::size_t some, Stored* held) {
            if (held == nullptr || used == places.size())
                read_until(begin);
            if (held == nullptr)
                first = begin + some;
            else
                places[used++] = {held, some * sizeof(Stored)};
        });
        read_until(end);
    }

    Source source_;
    block_order order_;
    // A block's are set before anybody reads it, and by one thread.
    mutable std::vector<part> parts_; ///< of all numbers
    mutable frame_memory memory_;
    mutable page_reader reader_{[this](std::size_t begin, std::size_t end) { copy(begin, end); },
                                [this](std::size_t begin, std::size_t end) {
                                    if (order_ == block_order::any)
                                        source_.expect(begin, end - begin);
                                }};
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
