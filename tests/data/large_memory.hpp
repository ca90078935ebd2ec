// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>

/// Whether large pages were asked for under an array's middle, as the system says it; nothing where it does
/// not say.
template <class Array>
std::optional<bool> has_large_pages(const Array& array) {
    const auto middle = reinterpret_cast<std::uintptr_t>(array.data() + array.size() / 2);
    std::ifstream maps("/proc/self/smaps");
    bool is_inside = false;
    for (std::string line; std::getline(maps, line);) {
        unsigned long begin = 0;
        unsigned long end = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2)
            is_inside = begin <= middle && middle < end;
        else if (is_inside && line.starts_with("VmFlags:"))
            return (line + ' ').find(" hg ") != std::string::npos;
    }
    return std::nullopt;
}
