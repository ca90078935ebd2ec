// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "fuzzed_file.hpp"

#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/tfjs_file.hpp>
#include <strata/io/import/topology_text.hpp>

#include <algorithm>
#include <fstream>

namespace {

/// A folder of this process alone, which ends with it.
const std::filesystem::path& folder() {
    static const std::filesystem::path path = [] {
        std::string name = (std::filesystem::temp_directory_path() / "fuzzed_XXXXXX").string();
        require(mkdtemp(name.data()) != nullptr, "a folder can be made");
        std::atexit([] { std::filesystem::remove_all(folder()); });
        return std::filesystem::path(name);
    }();
    return path;
}

} // namespace

// A frozen graph of TensorFlow, and behind a byte of zero what its file of weights, "w", holds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace strata::bedrock::imports;
    const auto* const end = std::find(bytes, bytes + size, std::uint8_t{0});
    const auto write = [](const std::filesystem::path& file, const std::uint8_t* first,
                          const std::uint8_t* last) {
        std::ofstream(file, std::ios::binary)
            .write(reinterpret_cast<const char*>(first), static_cast<std::streamsize>(last - first));
    };
    const auto file = folder() / "m";
    write(file, bytes, end);
    write(folder() / "w", end == bytes + size ? end : end + 1, bytes + size);
    try {
        model_graph graph = tfjs_file(file).read_graph({}, {});
        complete_graph(graph);
        require(!topology_text(graph).text().empty(), "a graph has a text");
    } catch (const strata::data_error& error) {
        // That of a file of weights which is not there names this one.
        const std::string_view message = error.what();
        require(message.starts_with(folder().string()), "an error names the file");
        require(message.find("expected") != message.npos && message.find("found") != message.npos,
                "an error says what was expected and what was found");
    }
    return 0;
}
