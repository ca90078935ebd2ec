// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Imports the exported networks of a folder, and prints a line for each: its name, a tab, and the topology
// that it has become, or why there is none behind an exclamation mark.
#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/onnx_file.hpp>
#include <strata/io/import/topology_text.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

namespace {

/// The topology in one line, without spaces.
std::string text_of(const std::filesystem::path& file) {
    using namespace strata::bedrock::imports;
    try {
        model_graph graph = onnx_file(file).read({});
        complete_graph(graph);
        std::string text = topology_text(graph).text();
        text.erase(
            std::remove_if(text.begin(), text.end(), [](char each) { return each == '\n' || each == ' '; }),
            text.end());
        return text;
    } catch (const std::exception& error) {
        std::string text = "!" + std::string(error.what());
        std::replace(text.begin(), text.end(), '\n', ' ');
        return text;
    }
}

} // namespace

int main(int, char** arguments) {
    for (const auto& each : std::filesystem::directory_iterator(arguments[1]))
        if (each.path().extension() == ".onnx")
            std::printf("%s\t%s\n", each.path().stem().c_str(), text_of(each.path()).c_str());
}
