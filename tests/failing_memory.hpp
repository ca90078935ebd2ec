// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

/// How many more pieces of memory there are before there is none: then one request throws `std::bad_alloc`,
/// on whatever thread it is made. Include in one translation unit of a program.
inline std::atomic<std::size_t> memory_left = std::numeric_limits<std::size_t>::max();

namespace failing_memory {
inline void* allocate(std::size_t bytes, std::size_t alignment) {
    if (memory_left.fetch_sub(1) == 0)
        throw std::bad_alloc{};
    if (void* memory = std::aligned_alloc(alignment, (bytes + alignment) / alignment * alignment))
        return memory;
    throw std::bad_alloc{};
}
} // namespace failing_memory

// noinline, since g++ 12 warns of a mismatch when it inlines only one of the two.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    return failing_memory::allocate(bytes, alignof(std::max_align_t));
}
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return failing_memory::allocate(bytes, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

/// Calls something again and again, each time with memory for one request more, until it needs no more: what
/// it throws in between must be `std::bad_alloc`. Returns how often it did.
template <class Call>
std::size_t count_failures(const Call& call) {
    for (std::size_t requests = 0;; ++requests) {
        memory_left = requests;
        try {
            call();
            memory_left = std::numeric_limits<std::size_t>::max();
            return requests;
        } catch (const std::bad_alloc&) {
            memory_left = std::numeric_limits<std::size_t>::max();
        }
    }
}
