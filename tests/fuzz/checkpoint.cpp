// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Checkpoints with the checksum they have, and with the right one, behind which the rest is read.
#include "sealed_file.hpp"

#include <strata/strata.hpp>

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
    load_sealed(bytes, size, load);
    return 0;
}
