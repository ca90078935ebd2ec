// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "fuzzed_file.hpp"

#include <strata/io/import/audio_file.hpp>
#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/topology_text.hpp>

// A model of RTNeural or of Neural Amp Modeler.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace strata::bedrock::imports;
    const auto file = fuzzed_file(bytes, size);
    reads(file, [&] {
        auto graph = read_audio_model(file);
        if (!graph)
            return;
        complete_graph(*graph);
        require(!topology_text(*graph).text().empty(), "a graph has a text");
    });
    return 0;
}
