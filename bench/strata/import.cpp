// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Makes a type of a model of ONNX: import MODEL NAME FOLDER SHAPE [INPUT=NUMBER...], a SHAPE as 1x3x48x192.
// An INPUT always has its NUMBER.
#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/onnx_file.hpp>
#include <strata/io/import/reference.hpp>
#include <strata/io/import/write_model.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sstream>
#include <string>

int main(int count, char** arguments) {
    using namespace strata::bedrock::imports;
    if (count < 5) {
        std::fputs("import MODEL NAME FOLDER SHAPE [INPUT=NUMBER...]\n", stderr);
        return 2;
    }
    try {
        extents shape;
        std::istringstream words(arguments[4]);
        for (std::string extent; std::getline(words, extent, 'x');)
            shape.push_back(std::stoul(extent));
        given_values given;
        for (int i = 5; i < count; ++i) {
            const std::string word = arguments[i];
            const std::size_t place = word.find('=');
            given[word.substr(0, place)] = tensor{{}, {std::strtof(word.c_str() + place + 1, nullptr)}};
        }
        model_graph graph = onnx_file(arguments[1]).read({shape}, given);
        complete_graph(graph);
        // The comparison has samples of its own.
        check_samples none;
        none.inputs = make_samples(graph, 0);
        none.outputs = reference_results(graph, none.inputs);
        write_model(graph, arguments[3], arguments[2], none);
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "%s\n", problem.what());
        return 1;
    }
}
