// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/large_pages.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <new>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Memory that begins on a cache line, or on a large page where it is several: in pages of 4 KiB each row of
/// numbers that is read would be looked up. xsimd's own allocator throws by itself, which links to nothing
/// where a program's library has no exceptions.
template <class T>
struct aligned_allocator {
    using value_type = T;

    aligned_allocator() = default;
    template <class Other>
    constexpr aligned_allocator(const aligned_allocator<Other>&) noexcept {}

    [[nodiscard]] T* allocate(std::size_t count) {
        void* const memory = ::operator new(count * sizeof(T), alignment_of(count));
        ask_for_large_pages(memory, count * sizeof(T));
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count) noexcept { ::operator delete(memory, alignment_of(count)); }

    friend constexpr bool operator==(const aligned_allocator&, const aligned_allocator&) noexcept {
        return true;
    }

private:
    static constexpr std::align_val_t alignment_of(std::size_t count) noexcept {
        const bool is_large = has_large_pages && count >= 2 * large_page / sizeof(T);
        return std::align_val_t{is_large ? large_page : alignment};
    }
};
} // namespace internal

/// Numbers that begin on a cache line.
template <class T>
using aligned_vector = std::vector<T, internal::aligned_allocator<T>>;

} // namespace strata::bedrock::inline STRATA_SETTING
