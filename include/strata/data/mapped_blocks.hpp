// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/page_reader.hpp>
#include <strata/data/paged_numbers.hpp>
#include <strata/data/read_elements.hpp>
#include <strata/setting.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Numbers of files of which blocks are in memory that were asked for: addresses for all of them, and pages
/// for these. A thread reads one block after the other, so that a device gives them at its best, and no page
/// of a file becomes the process's, for which it would be interrupted, and twice where memory is short.
///
/// `Source` has the numbers as they are stored, `copy(first, count, numbers)`, and begins to read them by
/// `expect(first, count)`.
template <class Stored, class Source>
class mapped_blocks final : public paged_numbers {
public:
    template <class Parts>
    mapped_blocks(const Parts& parts, std::size_t total) : source_(parts), bytes_(total * sizeof(Stored)) {
        void* const begin = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (begin != MAP_FAILED)
            numbers_ = static_cast<Stored*>(begin);
    }
    ~mapped_blocks() override {
        reader_.finish();
        if (numbers_ != nullptr)
            ::munmap(numbers_, bytes_);
    }

    /// Whether the system has given it addresses.
    [[nodiscard]] bool has_memory() const noexcept { return numbers_ != nullptr; }

    void read(std::size_t first, std::size_t count, float scale, float* result) const noexcept override {
        read_elements<Stored>(numbers_, first, count, scale, result);
    }
    void read(std::size_t first, std::size_t count, float scale, double* result) const noexcept override {
        read_elements<Stored>(numbers_, first, count, scale, result);
    }
    void read(std::size_t first, std::size_t count, float scale,
              std::int32_t* result) const noexcept override {
        read_elements<Stored>(numbers_, first, count, scale, result);
    }
    void expect(std::size_t, std::size_t) const noexcept override {}
    void expect_all(std::size_t, std::size_t) const noexcept override {}

    void expect_block(std::size_t first, std::size_t count) const noexcept override {
        blocks_.push_back({first, first + count});
        if (!reader_.add(first, first + count))
            source_.copy(first, count, numbers_ + first);
    }
    void wait_for_block(std::size_t first, std::size_t count) const noexcept override {
        reader_.wait(first, first + count);
    }
    /// A page goes with the last of the blocks that have a part of it.
    void drop_block(std::size_t first, std::size_t count) const noexcept override {
        std::erase_if(blocks_, [&](const range& each) { return each.first == first; });
        static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        std::size_t begin = first * sizeof(Stored) / page;
        std::size_t end = ((first + count) * sizeof(Stored) + page - 1) / page;
        const auto is_shared = [&](std::size_t page_number) {
            return std::any_of(blocks_.begin(), blocks_.end(), [&](const range& each) {
                return each.first * sizeof(Stored) < (page_number + 1) * page &&
                       page_number * page < each.end * sizeof(Stored);
            });
        };
        if (begin < end && is_shared(begin))
            ++begin;
        if (begin < end && is_shared(end - 1))
            --end;
        if (begin < end)
            ::madvise(reinterpret_cast<unsigned char*>(numbers_) + begin * page, (end - begin) * page,
                      MADV_DONTNEED);
    }

private:
    struct range {
        std::size_t first, end;
    };
    static constexpr std::size_t piece = (std::size_t{1} << 20) / sizeof(Stored);

    Source source_;
    std::size_t bytes_;
    Stored* numbers_ = nullptr;
    mutable std::vector<range> blocks_; ///< that are in memory
    mutable page_reader reader_{
        [this](std::size_t begin, std::size_t end) { source_.copy(begin, end - begin, numbers_ + begin); },
        piece, 0, [this](std::size_t begin, std::size_t end) { source_.expect(begin, end - begin); }};
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
