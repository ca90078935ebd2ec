// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Checkpoints with the checksum they have, and with the right one, behind which the rest is read.
#include "fuzzed_file.hpp"

#include <strata/strata.hpp>

#include <cstring>
#include <vector>

namespace {
using network = strata::model<strata::input<2> | strata::dense<3> | strata::relu | strata::dense<1>>;

void load(const std::filesystem::path& file) {
    static network net{strata::seed{7}};
    static strata::trainer teach{net, strata::mean_squared_error, strata::adam{}};
    const auto known = teach.snapshot().bytes;
    if (!reads(file, [&] { teach.load(file); }))
        require(teach.snapshot().bytes == known, "a checkpoint that does not fit changes nothing");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    load(fuzzed_file(bytes, size));
    if (size < sizeof(std::uint32_t))
        return 0;
    std::vector<std::uint8_t> sealed(bytes, bytes + size);
    const std::uint32_t sum =
        strata::bedrock::internal::checksum({sealed.data(), size - sizeof(std::uint32_t)});
    std::memcpy(sealed.data() + size - sizeof sum, &sum, sizeof sum);
    load(fuzzed_file(sealed.data(), size));
    return 0;
}
