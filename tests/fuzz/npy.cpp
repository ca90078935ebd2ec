// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "fuzzed_file.hpp"

#include <strata/data/npy.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto file = fuzzed_file(bytes, size);
    reads(file, [&] { (void)strata::read_npy<float, 0>(file); });
    reads(file, [&] { (void)strata::read_npy<float, 2>(file); });
    reads(file, [&] { (void)strata::read_npy<double, 1>(file); });
    reads(file, [&] { (void)strata::read_npy<std::int16_t, 3>(file); });
    reads(file, [&] { (void)strata::read_npy<bool, 1>(file); });
    return 0;
}
