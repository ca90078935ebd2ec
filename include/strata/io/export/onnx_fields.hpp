// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <protozero/pbf_builder.hpp>

#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING::exports {

// The fields of ONNX's messages (onnx.proto) that a network needs.
enum class model_field : protozero::pbf_tag_type {
    format = 1,
    producer_name = 2,
    producer_version = 3,
    graph = 7,
    opset = 8,
    metadata = 14
};
enum class opset_field : protozero::pbf_tag_type { version = 2 };
enum class entry_field : protozero::pbf_tag_type { key = 1, value = 2 };
enum class graph_field : protozero::pbf_tag_type {
    node = 1,
    name = 2,
    initializer = 5,
    input = 11,
    output = 12
};
enum class node_field : protozero::pbf_tag_type {
    input = 1,
    output = 2,
    name = 3,
    type = 4,
    attribute = 5,
    note = 6 ///< `doc_string`
};
enum class attribute_field : protozero::pbf_tag_type {
    name = 1,
    real = 2,
    whole = 3,
    text = 4,
    reals = 7,
    wholes = 8,
    texts = 9,
    kind = 20
};
enum class tensor_field : protozero::pbf_tag_type {
    extents = 1,
    type = 2,
    name = 8,
    raw = 9,
    external = 13,
    location = 14
};
enum class value_info_field : protozero::pbf_tag_type { name = 1, type = 2 };
enum class type_field : protozero::pbf_tag_type { tensor = 1 };
enum class tensor_type_field : protozero::pbf_tag_type { number = 1, shape = 2 };
enum class shape_field : protozero::pbf_tag_type { axis = 1 };
enum class axis_field : protozero::pbf_tag_type { extent = 1, name = 2 };

/// What numbers of a tensor are, as `TensorProto.DataType` counts them.
enum class onnx_number : std::int32_t { real = 1, whole = 7, truth = 9 };

inline constexpr std::int64_t onnx_format = 8; ///< IR_VERSION, which opset 17 came with
inline constexpr std::int64_t onnx_opset = 17;

} // namespace strata::bedrock::inline STRATA_SETTING::exports
