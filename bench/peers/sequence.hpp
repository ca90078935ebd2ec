// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "raw_file.hpp"
#include "timing.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

/// What the C++ programs about sequences have in common: files of plain numbers, the comparison with them,
/// and how they are timed.
namespace sequences {

template <class Array>
void write(const std::string& name, const Array& values) {
    std::ofstream file(name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(*values.data())));
    if (!file.flush())
        throw std::runtime_error("cannot write " + name);
}

/// Prints how far numbers are from the first of a file, at most, as a part of the largest.
inline void print_difference(const float* values, std::size_t count, const std::string& file) {
    const auto wanted = bench::read_numbers<float>(file);
    if (wanted.size() < count)
        throw std::runtime_error(file + " has " + std::to_string(wanted.size()) + " numbers, not " +
                                 std::to_string(count));
    float largest = 0;
    float size = 0;
    for (std::size_t i = 0; i < count; ++i) {
        largest = std::max(largest, std::abs(values[i] - wanted[i]));
        size = std::max(size, std::abs(wanted[i]));
    }
    std::printf("difference %.2e\n", static_cast<double>(largest / size));
}

/// Prints the median of the seconds that calls take in at least half a second, the first ones left out.
template <class Call>
void print_seconds(Call call) {
    call();
    const double once = bench::seconds(call);
    const auto runs = static_cast<std::size_t>(std::clamp(0.5 / once, 5.0, 1001.0));
    std::printf("seconds %.9f\n", bench::median_seconds(runs, 1, call));
}

} // namespace sequences
