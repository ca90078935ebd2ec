// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <atomic>
#include <string_view>

namespace strata::bedrock {

/// Where a program shows its progress.
struct text_output {
    /// Takes a piece of text; none: nothing is shown.
    void (*write)(std::string_view text) = nullptr;
    /// Whether a line behind "\r" takes the place of the one before it; none: it does not.
    bool (*is_terminal)() = nullptr;
};

namespace program {
// One for the program, whatever its files are compiled with. Each is written by itself, since a compiler
// would write both by instructions that not every processor has, before main could ask for one.
inline constinit std::atomic<void (*)(std::string_view)> chosen_write = nullptr;
inline constinit std::atomic<bool (*)()> chosen_is_terminal = nullptr;
} // namespace program

[[nodiscard]] inline text_output progress_output() noexcept {
    return {program::chosen_write.load(), program::chosen_is_terminal.load()};
}

/// Chooses where `fit` and `evaluate` show their progress. `strata/io/terminal.hpp`, a part of
/// `strata/strata.hpp`, chooses the standard output; without either nothing is shown.
inline void set_progress_output(text_output output) noexcept {
    program::chosen_write.store(output.write);
    program::chosen_is_terminal.store(output.is_terminal);
}

} // namespace strata::bedrock

namespace strata {
using bedrock::progress_output;
using bedrock::set_progress_output;
} // namespace strata
