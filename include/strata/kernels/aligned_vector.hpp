// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <new>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Memory that begins on a cache line. xsimd's own allocator throws by itself, which links to nothing where a
/// program's library has no exceptions.
template <class T>
struct aligned_allocator {
    using value_type = T;

    aligned_allocator() = default;
    template <class Other>
    constexpr aligned_allocator(const aligned_allocator<Other>&) noexcept {}

    [[nodiscard]] T* allocate(std::size_t count) {
        return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{alignment}));
    }
    void deallocate(T* memory, std::size_t) noexcept {
        ::operator delete (memory, std::align_val_t{alignment});
    }

    friend constexpr bool operator==(const aligned_allocator&, const aligned_allocator&) noexcept {
        return true;
    }
};
} // namespace internal

/// Numbers that begin on a cache line.
template <class T>
using aligned_vector = std::vector<T, internal::aligned_allocator<T>>;

} // namespace strata::bedrock::inline STRATA_SETTING
