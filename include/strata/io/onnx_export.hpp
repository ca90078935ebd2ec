// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/complete_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/export/network_entry.hpp>
#include <strata/io/export/onnx_layers.hpp>
#include <strata/io/export/onnx_network.hpp>
#include <strata/io/export/onnx_tensors.hpp>
#include <strata/model/model.hpp>
#include <strata/source/to_string.hpp>
#include <strata/training/network_text.hpp>
#include <strata/version.hpp>

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

struct onnx_options {
    /// Whether weights are in a file of their own beside the graph, FILE.data, as they always are beyond the
    /// 2 GiB that the format's messages hold.
    bool separate = false;
};

namespace exports {

/// A network's arrays by their names. They refer to the network.
template <class T>
onnx_arrays arrays_of(const std::vector<any_parameter<const T>>& parameters) {
    onnx_arrays result;
    for (const any_parameter<const T>& each : parameters)
        result[each.name()] = {{each.shape().begin(), each.shape().end()}, [&each] {
                                   const std::vector<T> numbers = each.values();
                                   return std::vector<float>(numbers.begin(), numbers.end());
                               }};
    return result;
}

/// The topology as a program writes it, or what it computes in lines where a layer of the program's own has
/// no text.
template <class Topology>
std::string text_of(Topology topology) {
    if constexpr (detail::is_spelled<Topology>)
        return to_string(topology);
    else {
        std::string lines;
        internal::append_network(lines, topology);
        return lines;
    }
}

/// The fields of a model but for the graph.
inline std::string model_fields(std::string_view text) {
    std::string result;
    protozero::pbf_builder<model_field> model(result);
    model.add_int64(model_field::format, onnx_format);
    model.add_string(model_field::producer_name, "strata");
    model.add_string(model_field::producer_version, project_version.data(), project_version.size());
    protozero::pbf_builder<opset_field>(model, model_field::opset)
        .add_int64(opset_field::version, onnx_opset);
    protozero::pbf_builder<entry_field> entry(model, model_field::metadata);
    entry.add_string(entry_field::key, "topology");
    entry.add_string(entry_field::value, text.data(), text.size());
    return result;
}

/// The whole of `export_onnx`, but for the types of the network's layers. `size` is that of its weights in
/// bytes.
inline void write_onnx(const std::filesystem::path& file, const network_entry& network,
                       const onnx_arrays& arrays, std::string_view text, std::size_t size,
                       const onnx_options& options) {
    constexpr std::size_t most = std::size_t{2'000'000'000}; // of 2^31 - 1, with room for the graph
    std::filesystem::path data_file = file;
    data_file += ".data";
    onnx_tensors tensors = options.separate || size > most ? onnx_tensors(data_file) : onnx_tensors();
    onnx_network graph(tensors);
    write_layers(graph, network, arrays);
    const std::string& bytes = graph.finish();
    std::string head = model_fields(text);
    head += static_cast<char>(static_cast<unsigned>(model_field::graph) << 3 | 2); // a field of so many bytes
    protozero::write_varint(std::back_inserter(head), bytes.size());
    internal::complete_file written(file);
    written.write(head.data(), head.size());
    written.write(bytes.data(), bytes.size());
    tensors.finish();
    written.finish();
}

} // namespace exports

/// Writes a network as a model of ONNX, opset 17, that other programs predict with: `export_onnx(net,
/// "net.onnx")`.
///
/// Inputs are called `input`, `input_1`, ... and outputs `output`, `output_1`, ..., in the network's order
/// and of its shapes behind an axis of any number of samples, `batch`; tokens of an embedding are whole
/// numbers (int64). Operations, values and weights have the names of layers and arrays, as `summary()` shows
/// them. Images have their channels first inside, and are turned where they come in and leave alone. What
/// acts in training alone vanishes: dropout, noise, augmentation; a `sampling` is its mean. The file also
/// holds the topology as text and the project's version.
///
/// Numbers are floats, also those of a network of double. Layers that share weights share them in the file,
/// too. Beyond 2 GiB, or with `{.separate = true}`, weights are in FILE.data beside it. What ONNX lacks, a
/// layer of a program's own, a recurrent layer that reads a mask or has an activation of another kind, a
/// dilated `average_pool`, is `std::invalid_argument`, which lists all such layers; data_error where the file
/// cannot be written. Either way no file is there then. Files appear under their names when they are
/// complete.
///
/// Programs that include this header need protozero (Debian's libprotozero-dev), of headers alone.
template <auto Topology, class T>
void export_onnx(const model<Topology, T>& net, const std::filesystem::path& file,
                 onnx_options options = {}) {
    using topology = typename model<Topology, T>::topology;
    const auto parameters = net.parameters();
    exports::write_onnx(file, exports::entries_of(topology{}), exports::arrays_of<T>(parameters),
                        exports::text_of(topology{}), model<Topology, T>::weight_count * sizeof(float),
                        options);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::export_onnx;
using bedrock::onnx_options;
} // namespace strata

STRATA_HEADER_END
