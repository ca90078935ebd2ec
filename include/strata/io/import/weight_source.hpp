// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// One array of weights that a layer of Keras wants, in the words of all the places where it may be.
struct weight_request {
    std::string parameter;          ///< as strata calls it, and as the layer gets it
    std::vector<std::string> names; ///< as some version of Keras calls it: "depthwise_kernel", "kernel"
    std::string part;               ///< of the layer: "", "cell", "forward_layer/cell"
    std::size_t index = 0;          ///< among the arrays of that part
    std::string scope{}; ///< a word that stands in the array's name before its own, where it has one
};

/// Where a layer stands in a model, in the words of all kinds of files.
struct layer_place {
    std::string name;                 ///< its own
    std::string outermost;            ///< the name of the outermost model's layer that it is, or is in
    std::vector<std::string> counted; ///< from the outermost model inwards: "sequential", "dense_1"
};

/// Where the weights of a model of Keras are.
class weight_source {
public:
    weight_source() = default;
    weight_source(const weight_source&) = delete;
    weight_source& operator=(const weight_source&) = delete;
    virtual ~weight_source() = default;

    /// The array, or nothing where there is none.
    [[nodiscard]] virtual std::optional<tensor> find(const layer_place& place,
                                                     const weight_request& wanted) = 0;
    /// What there is instead, for messages.
    [[nodiscard]] virtual std::string content() const = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
