// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/aligned_vector.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#if defined(__linux__)
#    include <sys/mman.h>
#endif

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Asks the system for large pages under memory that nothing was written to yet. A hundred megabytes of pages
/// of 4 KiB take longer to hand out than to read from a file.
inline void ask_for_large_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    (void)madvise(memory, bytes, MADV_HUGEPAGE);
#endif
}
} // namespace internal

/// Zeros that begin on a cache line. Many of them are memory that the system zeroes when it is first touched:
/// what is written over costs no zeroing of its own. std::bad_alloc where there is no memory.
template <class T>
[[nodiscard]] std::shared_ptr<T> zeroed_memory(std::size_t count) {
    constexpr std::size_t page = std::size_t{1} << 21;
    if (count >= 2 * page / sizeof(T) && count < PTRDIFF_MAX / sizeof(T) - page) {
        const std::size_t bytes = count * sizeof(T);
        if (void* const memory = std::calloc(bytes + page, 1)) {
            const std::shared_ptr<void> owner(memory, [](void* owned) { std::free(owned); });
            const std::size_t excess = reinterpret_cast<std::uintptr_t>(memory) % page;
            char* const begin = static_cast<char*>(memory) + (page - excess);
            internal::ask_for_large_pages(begin, bytes);
            return {owner, reinterpret_cast<T*>(begin)};
        }
    }
    const auto numbers = std::make_shared<aligned_vector<T>>(count);
    return {numbers, numbers->data()};
}

} // namespace strata::bedrock::inline STRATA_SETTING
