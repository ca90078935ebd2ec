// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/raise.hpp>
#include <strata/training/progress.hpp>

#include <unistd.h>

#include <cstdio>
#include <string_view>

/// A program that includes this header shows its progress on the standard output and, where it is compiled
/// without exceptions, what it fails of on the standard error. A choice that the program makes goes before.
namespace strata::bedrock::inline STRATA_SETTING::internal {

inline void print_progress(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

inline bool prints_to_terminal() { return isatty(fileno(stdout)) != 0; }

inline void print_error(const char* kind, const char* message) {
    std::fprintf(stderr, "%s: %s\n", kind, message);
}

// Runs before main, whatever processor that will be on: nothing but moves and calls.
inline const bool has_terminal = [] {
    if (program::chosen_write.load() == nullptr)
        set_progress_output({print_progress, prints_to_terminal});
#if !defined(__cpp_exceptions)
    error_handler none = nullptr;
    program::chosen_error_handler.compare_exchange_strong(none, print_error);
#endif
    return true;
}();

} // namespace strata::bedrock::inline STRATA_SETTING::internal

STRATA_HEADER_END
