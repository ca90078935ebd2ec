// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <fstream>
#include <ios>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

/// A file of plain numbers, which the contenders read for the same weights and inputs.
template <class T>
std::vector<T> read_numbers(const std::string& name) {
    std::ifstream file(name, std::ios::binary | std::ios::ate);
    if (!file)
        throw std::runtime_error("cannot read " + name);
    std::vector<T> result(static_cast<std::size_t>(file.tellg()) / sizeof(T));
    file.seekg(0);
    file.read(reinterpret_cast<char*>(result.data()),
              static_cast<std::streamsize>(result.size() * sizeof(T)));
    return result;
}

} // namespace bench
