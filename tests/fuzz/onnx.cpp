// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "fuzzed_file.hpp"

#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/onnx_file.hpp>
#include <strata/io/import/topology_text.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace strata::bedrock::imports;
    const auto file = fuzzed_file(bytes, size);
    reads(file, [&] {
        model_graph graph = onnx_file(file).read({});
        complete_graph(graph);
        require(!topology_text(graph).text().empty(), "a graph has a text");
    });
    return 0;
}
