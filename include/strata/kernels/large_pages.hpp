// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>

#if defined(__linux__)
#    include <sys/mman.h>
#endif

namespace strata::bedrock::inline STRATA_SETTING::internal {

inline constexpr std::size_t large_page = std::size_t{1} << 21;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
inline constexpr bool has_large_pages = true; ///< whether they can be asked for
#else
inline constexpr bool has_large_pages = false;
#endif

/// Asks the system for large pages under memory that nothing was written to yet. A hundred megabytes of pages
/// of 4 KiB take longer to hand out than to read from a file, and a processor that reads them in an order of
/// chance looks up where each of them is. Only whole large pages are asked for: of less nothing is.
inline void ask_for_large_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    const std::size_t skipped =
        (large_page - reinterpret_cast<std::uintptr_t>(memory) % large_page) % large_page;
    if (bytes >= skipped + large_page)
        (void)madvise(static_cast<char*>(memory) + skipped, (bytes - skipped) / large_page * large_page,
                      MADV_HUGEPAGE);
#endif
}
/// The same under an array's elements.
template <class Array>
void ask_for_large_pages(Array& array) noexcept {
    ask_for_large_pages(array.data(), array.size() * sizeof(*array.data()));
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
