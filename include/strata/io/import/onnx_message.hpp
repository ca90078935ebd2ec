// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <protozero/pbf_message.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The parts of ONNX's messages (onnx.proto) that a network needs. Texts and numbers are views of the file.
struct onnx_tensor_message {
    std::vector<std::int64_t> dims;
    std::int64_t type = 0; ///< of its numbers, as `TensorProto.DataType` counts them
    std::string name;
    std::string_view raw;
    std::vector<double> numbers; ///< of the fields that hold them one by one
    std::map<std::string, std::string> external;
    bool is_external = false;
};

struct onnx_attribute {
    double real = 0;
    std::int64_t whole = 0;
    std::string text;
    std::vector<double> reals;
    std::vector<std::int64_t> wholes;
    std::vector<std::string> texts;
    onnx_tensor_message tensor;
    std::string_view graph; ///< the bytes of a graph, which is read where it is chosen
    bool has_tensor = false;
    bool has_graph = false;
};

struct onnx_node {
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    std::string name;
    std::string type;
    std::string domain;
    std::map<std::string, onnx_attribute, std::less<>> attributes;
    std::string_view note{}; ///< `doc_string`: what its author says of it, if anything
};

struct onnx_value_info {
    std::string name;
    std::vector<std::int64_t> dims; ///< -1 for an extent that the file leaves open
    std::int64_t type = 0;          ///< of its numbers, as `TensorProto.DataType` counts them
    bool is_tensor = false;
};

struct onnx_model {
    std::string producer;
    std::map<std::string, std::int64_t> opsets;
    std::vector<onnx_node> nodes;
    std::vector<onnx_tensor_message> initializers;
    std::vector<onnx_value_info> inputs;
    std::vector<onnx_value_info> outputs;
};

/// Fields of one message: `read(number, field)` takes those that it knows. Others, and those of a type that
/// the number does not have, are passed over.
template <class Read>
void read_fields(std::string_view bytes, const Read& read) {
    protozero::pbf_reader fields(bytes.data(), bytes.size());
    while (fields.next()) {
        const auto number = static_cast<unsigned>(fields.tag());
        const auto type = fields.wire_type();
        if (!read(number, type, fields))
            fields.skip();
    }
}

namespace onnx_fields {
using protozero::pbf_reader;
using wire = protozero::pbf_wire_type;

inline std::string_view view(pbf_reader& field) {
    const protozero::data_view bytes = field.get_view();
    return {bytes.data(), bytes.size()};
}
/// Numbers that are packed or stand one by one.
template <class Number, class Get, class GetPacked>
void append(std::vector<Number>& numbers, wire type, pbf_reader& field, const Get& get,
            const GetPacked& packed) {
    if (type == wire::length_delimited)
        for (const auto number : packed(field))
            numbers.push_back(static_cast<Number>(number));
    else
        numbers.push_back(static_cast<Number>(get(field)));
}
template <class Number>
void append_wholes(std::vector<Number>& numbers, wire type, pbf_reader& field) {
    append(
        numbers, type, field, [](pbf_reader& f) { return f.get_int64(); },
        [](pbf_reader& f) { return f.get_packed_int64(); });
}
inline void append_floats(std::vector<double>& numbers, wire type, pbf_reader& field) {
    append(
        numbers, type, field, [](pbf_reader& f) { return f.get_float(); },
        [](pbf_reader& f) { return f.get_packed_float(); });
}
inline void append_doubles(std::vector<double>& numbers, wire type, pbf_reader& field) {
    append(
        numbers, type, field, [](pbf_reader& f) { return f.get_double(); },
        [](pbf_reader& f) { return f.get_packed_double(); });
}

inline onnx_tensor_message tensor(std::string_view bytes) {
    onnx_tensor_message result;
    read_fields(bytes, [&](unsigned number, wire type, pbf_reader& field) {
        const bool is_bytes = type == wire::length_delimited;
        const bool is_number = type == wire::varint;
        if (number == 1 && (is_bytes || is_number))
            append_wholes(result.dims, type, field);
        else if (number == 2 && is_number)
            result.type = field.get_int64();
        else if (number == 4 && (is_bytes || type == wire::fixed32))
            append_floats(result.numbers, type, field);
        else if ((number == 5 || number == 7 || number == 11) && (is_bytes || is_number))
            append_wholes(result.numbers, type, field);
        else if (number == 8 && is_bytes)
            result.name = view(field);
        else if (number == 9 && is_bytes)
            result.raw = view(field);
        else if (number == 10 && (is_bytes || type == wire::fixed64))
            append_doubles(result.numbers, type, field);
        else if (number == 13 && is_bytes) {
            std::string key;
            std::string value;
            read_fields(view(field), [&](unsigned part, wire part_type, pbf_reader& text) {
                if ((part != 1 && part != 2) || part_type != wire::length_delimited)
                    return false;
                (part == 1 ? key : value) = view(text);
                return true;
            });
            result.external[key] = value;
        } else if (number == 14 && is_number)
            result.is_external = field.get_int64() == 1;
        else
            return false;
        return true;
    });
    return result;
}

inline std::string attribute(std::string_view bytes, onnx_attribute& result) {
    std::string name;
    read_fields(bytes, [&](unsigned number, wire type, pbf_reader& field) {
        const bool is_bytes = type == wire::length_delimited;
        if (number == 1 && is_bytes)
            name = view(field);
        else if (number == 2 && type == wire::fixed32)
            result.real = field.get_float();
        else if (number == 3 && type == wire::varint)
            result.whole = field.get_int64();
        else if (number == 4 && is_bytes)
            result.text = view(field);
        else if (number == 5 && is_bytes) {
            result.tensor = tensor(view(field));
            result.has_tensor = true;
        } else if (number == 6 && is_bytes) {
            result.graph = view(field);
            result.has_graph = true;
        } else if (number == 7 && (is_bytes || type == wire::fixed32))
            append_floats(result.reals, type, field);
        else if (number == 8 && (is_bytes || type == wire::varint))
            append_wholes(result.wholes, type, field);
        else if (number == 9 && is_bytes)
            result.texts.emplace_back(view(field));
        else
            return false;
        return true;
    });
    return name;
}

inline onnx_node node(std::string_view bytes) {
    onnx_node result;
    read_fields(bytes, [&](unsigned number, wire type, pbf_reader& field) {
        if (type != wire::length_delimited || number == 0 || number > 7)
            return false;
        const std::string_view text = view(field);
        if (number == 1)
            result.inputs.emplace_back(text);
        else if (number == 2)
            result.outputs.emplace_back(text);
        else if (number == 5) {
            onnx_attribute read;
            const std::string name = attribute(text, read);
            result.attributes[name] = std::move(read);
        } else if (number == 6)
            result.note = text;
        else
            (number == 3 ? result.name : number == 4 ? result.type : result.domain) = text;
        return true;
    });
    return result;
}
} // namespace onnx_fields

} // namespace strata::bedrock::inline STRATA_SETTING::imports
