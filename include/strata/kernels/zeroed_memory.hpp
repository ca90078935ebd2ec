// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/large_pages.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace strata::bedrock::inline STRATA_SETTING {

/// Zeros that begin on a cache line. Many of them are memory that the system zeroes when it is first touched:
/// what is written over costs no zeroing of its own. std::bad_alloc where there is no memory.
template <class T>
[[nodiscard]] std::shared_ptr<T> zeroed_memory(std::size_t count) {
    constexpr std::size_t page = internal::large_page;
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
