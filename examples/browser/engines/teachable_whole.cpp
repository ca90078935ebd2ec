// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What makes one model of a trunk and what was taught on it; loaded when somebody wants that.
// Options in tests: -O0
#include "teachable_whole.hpp"
#include "exchange.hpp"

namespace {
std::string wrong;
}

/// The bytes of a model of ONNX, pictures [batch, 224, 224, 3] of numbers 0 to 255 in and probabilities out:
/// of the trunk's file of weights and of what `save_weights` gave for pictures. Empty where they do not fit;
/// `problem` says why. What is no safetensors file ends the engine.
OFFERED_TO_PAGE(join_onnx)
const exchange::view* join_onnx(const unsigned char* trunk, std::size_t trunk_count,
                                const unsigned char* head, std::size_t head_count) {
    const std::vector<unsigned char> trunk_bytes(trunk, trunk + trunk_count),
        head_bytes(head, head + head_count);
    teachable::whole_model joined =
        teachable::join_model(engines::tensor_file(trunk_bytes), engines::tensor_file(head_bytes));
    wrong = std::move(joined.problem);
    return exchange::give(std::move(joined.bytes));
}
OFFERED_TO_PAGE(problem) const exchange::view* problem() { return exchange::give(wrong); }
