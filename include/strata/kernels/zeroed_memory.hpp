// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/alignment.hpp>
#include <strata/kernels/large_pages.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
// Both kinds of memory have an owner of one type, by a pointer to a function: a compiler writes out every
// kind of owner that it meets, which takes it as long as a small network.
using memory_release = void (*)(void*);

/// Zeros that begin on a large page, or at least on a cache line where they are few.
inline std::shared_ptr<char> zeroed_bytes(std::size_t bytes) {
    constexpr std::size_t page = large_page;
    if (bytes >= 2 * page && bytes < PTRDIFF_MAX - page) {
        if (void* const memory = std::calloc(bytes + page, 1)) {
            const memory_release release = [](void* owned) { std::free(owned); };
            const std::shared_ptr<void> owner(memory, release);
            const std::size_t excess = reinterpret_cast<std::uintptr_t>(memory) % page;
            char* const begin = static_cast<char*>(memory) + (page - excess);
            ask_for_large_pages(begin, bytes);
            return {owner, begin};
        }
    }
    void* const memory = ::operator new (bytes, std::align_val_t{alignment});
    const memory_release release = [](void* owned) {
        ::operator delete (owned, std::align_val_t{alignment});
    };
    const std::shared_ptr<void> owner(memory, release);
    return {owner, static_cast<char*>(std::memset(memory, 0, bytes))};
}
} // namespace internal

/// Zeros that begin on a cache line. Many of them are memory that the system zeroes when it is first touched:
/// what is written over costs no zeroing of its own. std::bad_alloc where there is no memory.
template <class T>
[[nodiscard]] std::shared_ptr<T> zeroed_memory(std::size_t count) {
    // So many that their bytes cannot be counted are more than there are.
    const std::shared_ptr<char> bytes =
        internal::zeroed_bytes(count < PTRDIFF_MAX / sizeof(T) ? count * sizeof(T) : PTRDIFF_MAX);
    return {bytes, reinterpret_cast<T*>(bytes.get())};
}

} // namespace strata::bedrock::inline STRATA_SETTING
