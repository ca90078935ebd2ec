// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "fuzzed_file.hpp"

#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/keras_file.hpp>
#include <strata/io/import/topology_text.hpp>

// An archive, or what HDF5's library takes for a file of its own.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace strata::bedrock::imports;
    const auto file = fuzzed_file(bytes, size);
    const bool is_hdf5 = size > 0 && bytes[0] == 0x89;
    reads(file, [&] {
        model_graph graph = is_hdf5 ? read_keras_hdf5(file) : read_keras_archive(file);
        complete_graph(graph);
        require(!topology_text(graph).text().empty(), "a graph has a text");
    });
    return 0;
}
