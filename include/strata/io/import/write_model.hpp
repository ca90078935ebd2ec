// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/complete_file.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/safetensors_output.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/identifier.hpp>
#include <strata/io/import/file_group.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/keras_names.hpp>
#include <strata/io/import/number_text.hpp>
#include <strata/io/import/parameter_names.hpp>
#include <strata/io/import/sample_shapes.hpp>
#include <strata/io/import/topology_text.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Samples that a network is checked with: its inputs and what they give, [samples, ...] each, and how far a
/// result may be from that: `absolute + relative * |expected|`.
struct check_samples {
    std::vector<tensor> inputs{};
    std::vector<tensor> outputs{};
    double absolute = 1e-4;
    double relative = 1e-4;
};

/// What a file says, as it may stand in a comment: it does not end it.
inline std::string printable_text(std::string_view text) {
    std::string result;
    for (const char each : text.substr(0, 80))
        result += each >= ' ' && each <= '~' && each != '\\' ? each : ' ';
    return result;
}

/// "user_id [1], hour [1]": names of the file and shapes of the network; also that channels are last here.
inline std::string border_text(const model_graph& graph, const std::vector<std::size_t>& nodes,
                               const std::vector<std::vector<std::size_t>>& axes) {
    std::string result;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const graph_node& node = graph.nodes[nodes[i]];
        internal::append(result, i == 0 ? "" : ", ", printable_text(node.name), " [",
                         internal::extents_text(node.shape), "]");
        if (i < axes.size() && !std::is_sorted(axes[i].begin(), axes[i].end()))
            result += " with channels last";
    }
    return result;
}

/// The text of `NAME.hpp`: what the network is, as a person would write it.
inline std::string header_text(const model_graph& graph, const topology_text& topology,
                               const std::string& name) {
    std::size_t numbers = 0;
    for (const graph_node& node : graph.nodes)
        for (const auto& weight : node.weights)
            numbers += weight.second.numbers.size();
    const std::string file = std::filesystem::path(graph.file).filename().string();
    std::string result =
        internal::concatenate("// From ", printable_text(file), " (", printable_text(graph.origin),
                              "): ", numbers, " weights, which ", name, ".safetensors holds.\n");
    internal::append(result, "// Input: ", border_text(graph, graph.inputs, graph.input_axes),
                     ". Output: ", border_text(graph, graph.outputs, graph.output_axes), ".\n");
    if (std::any_of(graph.nodes.begin(), graph.nodes.end(),
                    [](const graph_node& node) { return node.number("keeps_state") != 0; }))
        result += "// The file hands states on from call to call, which a stream of the network keeps.\n";
    result += "#pragma once\n\n";
    internal::append(result,
                     "#include <strata/layers/layers.hpp>\n#include <strata/model/model.hpp>\n\nnamespace ",
                     name, " {\nusing namespace strata;\n\n", topology.text(),
                     "\nusing network = strata::model<topology>;\n} // namespace ", name, "\n");
    return result;
}

inline std::string check_text(const check_samples& samples, const std::string& name) {
    return "// Compares what the network of " + name + ".hpp predicts with what is stored in " + name +
           "_check.safetensors.\n#include \"" + name +
           ".hpp\"\n\n#include <strata/io/import/check_network.hpp>\n\n" +
           "int main(int count, char** arguments) {\n    const char* const folder = count > 1 ? arguments[1] "
           ": "
           "\".\";\n    return strata::check_network<" +
           name + "::network>(folder, \"" + name + "\", " + number_text(samples.absolute) + ", " +
           number_text(samples.relative) + ") ? 0 : 1;\n}\n";
}

/// Whether a text reads something of a name, and is not what declares it.
inline bool reads_name(std::string_view text, std::string_view name) {
    const auto is_part = [](char each) {
        return is_lower(each) || is_upper(each) || (each >= '0' && each <= '9') || each == '_';
    };
    for (std::size_t place = text.find(name); place != text.npos; place = text.find(name, place + 1)) {
        const std::size_t end = place + name.size();
        const bool is_word =
            (place == 0 || !is_part(text[place - 1])) && (end == text.size() || !is_part(text[end]));
        if (is_word && !text.substr(0, place).ends_with("auto "))
            return true;
    }
    return false;
}

/// Writes `NAME.hpp`, `NAME.safetensors`, `NAME_check.cpp` and `NAME_check.safetensors` to a folder; nothing
/// where something is wrong, as a folder that cannot be written to. `graph` is complete (`complete_graph`),
/// and `name` a name in C++.
inline void write_model(const model_graph& graph, const std::filesystem::path& folder,
                        const std::string& name, const check_samples& samples) {
    internal::check_identifier("write_model", name);
    const std::size_t count = count_samples(samples.inputs);
    check_sample_shapes(graph, samples.inputs, graph.inputs, "inputs", count);
    check_sample_shapes(graph, samples.outputs, graph.outputs, "outputs", count);
    const topology_text topology(graph);
    if (reads_name(topology.text(), name)) // which would be that of its namespace there
        internal::raise(std::invalid_argument(internal::concatenate(
            "write_model: expected a name that its layers do not have, found ", internal::shown(name))));
    const std::string header = header_text(graph, topology, name);

    // The file's names of layers are kept beside the arrays.
    std::vector<named_tensor<float>> weights;
    tensor_metadata about{{"origin", printable_text(std::filesystem::path(graph.file).filename().string())}};
    for (const auto& [key, layer, weight] : parameter_names(graph, topology.layer_order())) {
        weights.push_back({key, weight->shape, weight->numbers});
        about.emplace_back(key, printable_text(layer));
    }
    file_group files(folder, name);
    write_safetensors(files.place(name + ".safetensors"), weights, about);
    std::vector<named_tensor<float>> arrays;
    for (std::size_t i = 0; i < samples.inputs.size(); ++i)
        arrays.push_back(
            {internal::concatenate("input.", i), samples.inputs[i].shape, samples.inputs[i].numbers});
    for (std::size_t i = 0; i < samples.outputs.size(); ++i)
        arrays.push_back(
            {internal::concatenate("output.", i), samples.outputs[i].shape, samples.outputs[i].numbers});
    write_safetensors(files.place(name + "_check.safetensors"), arrays);
    const auto write_text = [&](const std::string& file, const std::string& text) {
        internal::write_complete_file({text.begin(), text.end()}, files.place(file));
    };
    write_text(name + "_check.cpp", check_text(samples, name));
    write_text(name + ".hpp", header);
    files.finish();
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports

namespace strata {
using bedrock::imports::check_samples;
using bedrock::imports::write_model;
} // namespace strata

STRATA_HEADER_END
