// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Memory in frames of one size, which are used again and again: a page that the system gives costs as much
/// as copying it, and where a machine is itself a guest of another ten times as much.
class frame_memory {
public:
    static constexpr std::size_t frame_bytes = std::size_t{1} << 17;

    /// A frame, the one that was given back last first, since caches may still have it. Null where memory is
    /// short.
    [[nodiscard]] void* take() noexcept {
        if (free_.empty())
            (void)caught([&] { grow(); });
        if (free_.empty())
            return nullptr;
        void* const frame = free_.back();
        free_.pop_back();
        return frame;
    }
    void give_back(void* frame) noexcept {
        free_.push_back(static_cast<unsigned char*>(frame)); // there is room for all
    }

private:
    struct release {
        void operator()(unsigned char* memory) const noexcept { std::free(memory); }
    };
    using chunk = std::unique_ptr<unsigned char[], release>;
    static constexpr std::size_t chunk_bytes = std::size_t{1} << 21; ///< a huge page

    void grow() {
        constexpr std::size_t frames = chunk_bytes / frame_bytes;
        free_.reserve((chunks_.size() + 1) * frames);
        chunks_.reserve(chunks_.size() + 1);
        chunk memory(static_cast<unsigned char*>(std::aligned_alloc(chunk_bytes, chunk_bytes)));
        if (memory == nullptr)
            return;
#ifdef MADV_HUGEPAGE
        ::madvise(memory.get(), chunk_bytes, MADV_HUGEPAGE);
#endif
        for (std::size_t i = frames; i > 0; --i)
            free_.push_back(memory.get() + (i - 1) * frame_bytes);
        chunks_.push_back(std::move(memory));
    }

    std::vector<chunk> chunks_;
    std::vector<unsigned char*> free_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
