// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/io/import/onnx_message.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::imports {

namespace onnx_fields {
/// The extents of a `TensorShapeProto`.
inline void shape(std::string_view bytes, onnx_value_info& result) {
    read_fields(bytes, [&](unsigned number, wire type, pbf_reader& field) {
        if (number != 1 || type != wire::length_delimited)
            return false;
        std::int64_t extent = -1;
        read_fields(view(field), [&](unsigned part, wire part_type, pbf_reader& value) {
            if (part != 1 || part_type != wire::varint)
                return false;
            extent = value.get_int64();
            return true;
        });
        result.dims.push_back(extent);
        return true;
    });
}

inline onnx_value_info value_info(std::string_view bytes) {
    onnx_value_info result;
    read_fields(bytes, [&](unsigned number, wire type, pbf_reader& field) {
        if (type != wire::length_delimited || (number != 1 && number != 2))
            return false;
        const std::string_view content = view(field);
        if (number == 1) {
            result.name = content;
            return true;
        }
        read_fields(content, [&](unsigned kind, wire kind_type, pbf_reader& inner) {
            if (kind != 1 || kind_type != wire::length_delimited)
                return false;
            result.is_tensor = true;
            read_fields(view(inner), [&](unsigned part, wire part_type, pbf_reader& value) {
                if (part == 1 && part_type == wire::varint)
                    result.type = value.get_int64();
                else if (part == 2 && part_type == wire::length_delimited)
                    shape(view(value), result);
                else
                    return false;
                return true;
            });
            return true;
        });
        return true;
    });
    return result;
}

inline void graph(std::string_view bytes, onnx_model& result) {
    read_fields(bytes, [&](unsigned number, wire type, pbf_reader& field) {
        if (type != wire::length_delimited)
            return false;
        if (number == 1)
            result.nodes.push_back(node(view(field)));
        else if (number == 5)
            result.initializers.push_back(tensor(view(field)));
        else if (number == 11)
            result.inputs.push_back(value_info(view(field)));
        else if (number == 12)
            result.outputs.push_back(value_info(view(field)));
        else
            return false;
        return true;
    });
}

inline onnx_model model(std::string_view bytes) {
    onnx_model result;
    read_fields(bytes, [&](unsigned number, wire type, pbf_reader& field) {
        if (type != wire::length_delimited)
            return false;
        if (number == 2 || number == 3)
            result.producer += (number == 3 ? " " : "") + std::string(view(field));
        else if (number == 7)
            graph(view(field), result);
        else if (number == 8) {
            std::string domain;
            std::int64_t version = 0;
            read_fields(view(field), [&](unsigned part, wire part_type, pbf_reader& value) {
                if (part == 1 && part_type == wire::length_delimited)
                    domain = view(value);
                else if (part == 2 && part_type == wire::varint)
                    version = value.get_int64();
                else
                    return false;
                return true;
            });
            result.opsets[domain == "ai.onnx" ? "" : domain] = version;
        } else
            return false;
        return true;
    });
    return result;
}
} // namespace onnx_fields

/// A model from its bytes, which must outlive it. data_error where they are no protocol buffer.
inline onnx_model parse_onnx(std::string_view bytes, const std::string& place) {
    onnx_model result;
    // protozero throws where a message breaks off.
    if (internal::caught([&] { result = onnx_fields::model(bytes); }) != nullptr)
        internal::raise(data_error::in_file(place, "a model of ONNX, a protocol buffer",
                                            "bytes that break off or are none"));
    if (result.nodes.empty())
        internal::raise(data_error::in_file(
            place, "a model of ONNX with a graph",
            "none, as in a SavedModel of TensorFlow, which tensorflowjs_converter can turn into a "
            "model.json"));
    return result;
}

/// A graph within a node, a branch of `If`, from its bytes. data_error where they are none.
inline onnx_model parse_onnx_branch(std::string_view bytes, const std::string& place) {
    onnx_model result;
    if (internal::caught([&] { onnx_fields::graph(bytes, result); }) != nullptr)
        internal::raise(
            data_error::in_file(place, "a graph within a node", "bytes that break off or are none"));
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
