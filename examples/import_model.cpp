// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Makes a type of a model file: `import_model model.keras --name reader` writes reader.hpp, which a person
// could have written, reader.safetensors with its weights, and reader_check.cpp, a program that compares its
// predictions with stored ones.
#include "command_line.hpp"

#include <strata/io/import/model_file.hpp>
#include <strata/io/import/npy_tensor.hpp>
#include <strata/io/import/reference.hpp>
#include <strata/io/import/sample_axes.hpp>
#include <strata/io/import/write_model.hpp>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace strata;

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> result;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);)
        result.push_back(part);
    return result;
}

/// Shapes as "1x28x28x1,1x8", of which the first extent is that of the batch.
std::vector<std::vector<std::size_t>> read_shapes(const std::string& text) {
    std::vector<std::vector<std::size_t>> result;
    for (const std::string& shape : split(text, ',')) {
        result.emplace_back();
        for (const std::string& extent : split(shape, 'x'))
            result.back().push_back(given_options({{"input", extent}}).count("input"));
        if (result.back().empty())
            throw std::invalid_argument("--input: expected a shape as 1x28x28x1, found '" + text + "'");
    }
    return result;
}

std::vector<model_tensor> read_samples(const std::string& files) {
    std::vector<model_tensor> result;
    for (const std::string& file : split(files, ','))
        result.push_back(read_npy_tensor(file));
    return result;
}

/// Values as "sr=16000,scales=scales.npy": a number, or an array of a file.
given_values read_given(const std::string& text) {
    given_values result;
    for (const std::string& each : split(text, ',')) {
        const std::size_t place = each.find('=');
        if (place == each.npos)
            throw std::invalid_argument("--given: expected NAME=VALUE, found '" + each + "'");
        const std::string value = each.substr(place + 1);
        if (value.ends_with(".npy"))
            result[each.substr(0, place)] = read_npy_tensor(value);
        else
            result[each.substr(0, place)] = {{}, {given_options({{"given", value}}).number<float>("given")}};
    }
    return result;
}

} // namespace

int main(int count, char** arguments) {
    return run_example(
        count, arguments,
        "Makes a type of a model of ONNX, Keras, TensorFlow.js, RTNeural or Neural Amp Modeler",
        {{"model", "the model file; also a word without a name", ""},
         {"name", "what the network is called, a name in C++", "imported"},
         {"folder", "where the files go", "."},
         {"input", "the inputs' shapes with the batch, where the file leaves them open: 1x48x192x3,1x8", ""},
         {"given", "inputs that always have one value, a number or a .npy file: sr=16000,scale=scale.npy",
          ""},
         {"output", "where the network ends, if not where the file does: names of layers or of tensors, a,b",
          ""},
         {"samples", "inputs to check with, .npy files separated by commas; made up without them", ""},
         {"results", "what the network gives for the samples, .npy files; computed without them", ""}},
        [](const given_options& options) {
            const model_graph graph =
                read_model(options.text("model"), read_shapes(options.text("input")),
                           read_given(options.text("given")), split(options.text("output"), ','));
            check_samples samples;
            samples.inputs = options.text("samples").empty()
                                 ? make_samples(graph, 3)
                                 : arrange_samples(read_samples(options.text("samples")), graph.input_axes);
            samples.outputs = options.text("results").empty()
                                  ? reference_results(graph, samples.inputs)
                                  : arrange_samples(read_samples(options.text("results")), graph.output_axes);
            const std::filesystem::path folder(options.text("folder"));
            const std::string& name = options.text("name");
            std::filesystem::create_directories(folder);
            write_model(graph, folder, name, samples);
            for (const std::string& warning : graph.warnings)
                std::cerr << "warning: " << warning << '\n';
            std::cout << "wrote " << (folder / name).string()
                      << ".hpp, .safetensors, _check.cpp and _check.safetensors\n";
        },
        "model");
}
