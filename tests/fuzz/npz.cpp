// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "fuzzed_file.hpp"

#include <strata/data/npz.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto file = fuzzed_file(bytes, size);
    reads(file, [&] {
        const strata::npz_file archive(file);
        for (const std::string& name : archive.names()) {
            reads(file, [&] { (void)archive.read<float, 2>(name); });
            reads(file, [&] { (void)archive.read<std::int64_t, 1>(name); });
        }
    });
    return 0;
}
