// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

/// How many pieces of memory were asked for so far, and the largest of them in bytes, aligned ones among
/// them. Include in one translation unit of a program.
inline std::atomic<std::size_t> allocations = 0;
inline std::atomic<std::size_t> largest_allocation = 0;

namespace allocation_watch {
inline void note(std::size_t bytes) {
    ++allocations;
    largest_allocation = std::max(largest_allocation.load(), bytes);
}
} // namespace allocation_watch

// noinline, since g++ 12 warns of a mismatch when it inlines only one of the two.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    allocation_watch::note(bytes);
    if (void* memory = std::malloc(bytes))
        return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
    allocation_watch::note(bytes);
    const auto line = static_cast<std::size_t>(alignment);
    if (void* memory = std::aligned_alloc(line, (bytes + line - 1) / line * line))
        return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
