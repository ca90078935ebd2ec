// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

/// The largest piece of memory asked for so far. Include in one translation unit of a program.
inline std::atomic<std::size_t> largest_allocation = 0;

// noinline, since g++ 12 warns of a mismatch when it inlines only one of the two.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    largest_allocation = std::max(largest_allocation.load(), bytes);
    if (void* memory = std::malloc(bytes))
        return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
