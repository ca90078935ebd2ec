// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Says that a file cannot be written, and why.
[[noreturn]] inline void raise_unwritable(const std::filesystem::path& file, std::string_view reason) {
    raise(data_error::in_file(file, "a file that can be written", reason));
}
/// The same where the system's last call has left its reason in `errno`.
[[noreturn]] inline void raise_unwritable(const std::filesystem::path& file) {
    raise_unwritable(file, std::error_code(errno, std::generic_category()).message());
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
