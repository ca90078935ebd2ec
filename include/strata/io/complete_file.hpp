// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <filesystem>
#include <fstream>
#include <ios>
#include <system_error>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Writes a file that appears under its name when it is complete: whoever reads it finds all of it, or what
/// was there before. `data_error` where it cannot be written.
inline void write_complete_file(const std::vector<unsigned char>& bytes, const std::filesystem::path& file) {
    auto unfinished = file;
    unfinished += ".unfinished";
    std::ofstream stream(unfinished, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    stream.close();
    if (!stream)
        raise(data_error::in_file(file, "a file that can be written", "that it cannot"));
    std::error_code error;
    std::filesystem::rename(unfinished, file, error);
    if (error)
        raise(data_error::in_file(file, "a file that can be written", error.message()));
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
