// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "fuzzed_file.hpp"

#include <strata/training/snapshot_bytes.hpp>

#include <cstring>
#include <vector>

/// Gives `load` a file of these bytes, and one whose last four are the right checksum of those before, behind
/// which the rest is read.
template <class Load>
void load_sealed(const std::uint8_t* bytes, std::size_t size, const Load& load) {
    load(fuzzed_file(bytes, size));
    if (size < sizeof(std::uint32_t))
        return;
    std::vector<std::uint8_t> sealed(bytes, bytes + size);
    const std::uint32_t sum =
        strata::bedrock::internal::checksum({sealed.data(), size - sizeof(std::uint32_t)});
    std::memcpy(sealed.data() + size - sizeof sum, &sum, sizeof sum);
    load(fuzzed_file(sealed.data(), size));
}
