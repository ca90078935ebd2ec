// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/export/network_entry.hpp>
#include <strata/io/export/onnx_layers.hpp>
#include <strata/io/export/onnx_network.hpp>
#include <strata/io/export/onnx_tensors.hpp>
#include <strata/model/parameter_views.hpp>
#include <strata/setting.hpp>
#include <strata/source/to_string.hpp>
#include <strata/training/network_text.hpp>
#include <strata/version.hpp>

#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

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
    if constexpr (detail::is_spelled<plain<Topology>>)
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

/// Hands the bytes of a model to use(bytes, count), piece by piece.
inline void write_model_message(const network_entry& network, const onnx_arrays& arrays,
                                std::string_view text, onnx_tensors& tensors,
                                const std::function<void(const void* bytes, std::size_t count)>& use) {
    onnx_network graph(tensors);
    write_layers(graph, network, arrays);
    const std::string& bytes = graph.finish();
    std::string head = model_fields(text);
    head += static_cast<char>(static_cast<unsigned>(model_field::graph) << 3 | 2); // a field of so many bytes
    protozero::write_varint(std::back_inserter(head), bytes.size());
    use(head.data(), head.size());
    use(bytes.data(), bytes.size());
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
