// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

/// What must hold whatever a file says. Ends the program where it does not, which the fuzzer reports.
inline void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "does not hold: %s\n", what);
        std::abort();
    }
}

/// A file in memory, written anew for each input.
inline std::filesystem::path fuzzed_file(const std::uint8_t* bytes, std::size_t size) {
    static const int descriptor = memfd_create("fuzzed", 0);
    require(descriptor >= 0 && ftruncate(descriptor, 0) == 0 &&
                pwrite(descriptor, bytes, size, 0) == static_cast<ssize_t>(size),
            "a file in memory can be written");
    static const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
    return path;
}

/// Reads a file, or is told with its name what is wrong with it. Nothing else may happen.
template <class Read>
bool reads(const std::filesystem::path& file, const Read& read) {
    try {
        read();
        return true;
    } catch (const strata::data_error& error) {
        const std::string_view message = error.what();
        require(message.starts_with(file.string()), "an error names the file");
        require(message.find("expected") != message.npos && message.find("found") != message.npos,
                "an error says what was expected and what was found");
        return false;
    }
}
