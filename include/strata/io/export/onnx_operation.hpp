// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_fields.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

using extents = std::vector<std::size_t>;
using wholes = std::vector<std::int64_t>;

inline wholes as_wholes(const extents& numbers) { return {numbers.begin(), numbers.end()}; }

/// One operation of ONNX: values that it reads and makes, by their names; an empty name is one that is left
/// out.
struct onnx_operation {
    using attribute = std::variant<std::int64_t, double, std::string, wholes, std::vector<double>,
                                   std::vector<std::string>>;

    std::string type;
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    std::string name;
    std::vector<std::pair<std::string, attribute>> attributes;
    std::string note{}; ///< what readers should know of its numbers, which say all that runtimes need
};
using onnx_attributes = std::vector<std::pair<std::string, onnx_operation::attribute>>;

/// Appends an attribute's value, and says of which kind it is, as `AttributeProto.AttributeType` counts them.
struct attribute_writer {
    protozero::pbf_builder<attribute_field>& message;

    std::int32_t operator()(std::int64_t number) const {
        message.add_int64(attribute_field::whole, number);
        return 2;
    }
    std::int32_t operator()(double number) const {
        message.add_float(attribute_field::real, static_cast<float>(number));
        return 1;
    }
    std::int32_t operator()(const std::string& text) const {
        message.add_bytes(attribute_field::text, text);
        return 3;
    }
    std::int32_t operator()(const wholes& numbers) const {
        message.add_packed_int64(attribute_field::wholes, numbers.begin(), numbers.end());
        return 7;
    }
    std::int32_t operator()(const std::vector<double>& numbers) const {
        const std::vector<float> rounded(numbers.begin(), numbers.end());
        message.add_packed_float(attribute_field::reals, rounded.begin(), rounded.end());
        return 6;
    }
    std::int32_t operator()(const std::vector<std::string>& texts) const {
        for (const std::string& each : texts)
            message.add_bytes(attribute_field::texts, each);
        return 8;
    }
};

inline void write_operation(protozero::pbf_builder<graph_field>& graph, const onnx_operation& operation) {
    protozero::pbf_builder<node_field> node(graph, graph_field::node);
    for (const std::string& each : operation.inputs)
        node.add_string(node_field::input, each);
    for (const std::string& each : operation.outputs)
        node.add_string(node_field::output, each);
    node.add_string(node_field::name, operation.name);
    node.add_string(node_field::type, operation.type);
    if (!operation.note.empty())
        node.add_string(node_field::note, operation.note);
    for (const auto& [name, value] : operation.attributes) {
        protozero::pbf_builder<attribute_field> message(node, node_field::attribute);
        message.add_string(attribute_field::name, name);
        message.add_int32(attribute_field::kind, std::visit(attribute_writer{message}, value));
    }
}

/// An input or an output of the graph: any number of samples, and the shape of one.
struct onnx_border {
    std::string name;
    extents shape;
    onnx_number number = onnx_number::real;
};

inline void write_border(protozero::pbf_builder<graph_field>& graph, graph_field field,
                         const onnx_border& border) {
    protozero::pbf_builder<value_info_field> info(graph, field);
    info.add_string(value_info_field::name, border.name);
    protozero::pbf_builder<type_field> type(info, value_info_field::type);
    protozero::pbf_builder<tensor_type_field> tensor(type, type_field::tensor);
    tensor.add_int32(tensor_type_field::number, static_cast<std::int32_t>(border.number));
    protozero::pbf_builder<shape_field> shape(tensor, tensor_type_field::shape);
    protozero::pbf_builder<axis_field>(shape, shape_field::axis).add_string(axis_field::name, "batch");
    for (const std::size_t extent : border.shape)
        protozero::pbf_builder<axis_field>(shape, shape_field::axis)
            .add_int64(axis_field::extent, static_cast<std::int64_t>(extent));
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
