// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/onnx_attributes.hpp>
#include <strata/io/import/onnx_constant.hpp>
#include <strata/io/import/onnx_constant_places.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Whether an operator is of an opset before 7 and says at which axis of its first operand the second's
/// begin.
inline bool says_axis_of_operand(const onnx_node& operation, std::int64_t opset) {
    return opset < 7 && is_any_operator(operation, {"Add", "Sub", "Mul", "Div"}) &&
           operation.attributes.find("axis") != operation.attributes.end();
}

/// Puts axes of 1 behind the second operand, which is what that means. `rank` is that of the first. False
/// where it does not fit.
inline bool spread_operand(const onnx_node& operation, std::size_t rank, onnx_constant& second) {
    const auto axis = counted_place(whole_of(operation, "axis", 0), static_cast<std::int64_t>(rank));
    if (!axis || *axis + second.shape.size() > rank)
        return false;
    second.shape.resize(rank - *axis, 1);
    return true;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
