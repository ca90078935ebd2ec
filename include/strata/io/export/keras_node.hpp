// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/export/layer_call.hpp>
#include <strata/setting.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

using json = nlohmann::ordered_json;
using keras_extents = std::vector<std::size_t>;

/// The arrays of one of the network's layers: where they stand in the layer of
/// Keras.
struct keras_variables {
    std::size_t value = 0;               ///< the number of what that layer makes
    std::string part{};                  ///< "cell" of a recurrent layer
    std::vector<keras_extents> shapes{}; ///< other shapes than those of the network's arrays
};

/// A layer of Keras with what it reads.
struct keras_node {
    std::string class_name;
    json config = json::object();
    std::vector<std::size_t> sources{}; ///< numbers of values
    std::vector<std::size_t> results{};
    keras_extents output{}; ///< of one sample
    std::vector<keras_variables> variables{1};
    json options = json::object(); ///< of the call
    std::string shared{};          ///< the name of what other calls share, or nothing
    bool is_frozen = false;
    bool reads_apart = false;  ///< its values are arguments of their own, instead of a list
    bool is_each_step = false; ///< within TimeDistributed
    std::string problem{};     ///< why Keras has no such layer
};

/// Makes layers of Keras of one of the network: most often one, with another before it for a padding.
class keras_translation {
public:
    keras_translation(const layer_call& layer, keras_extents input_extents, keras_extents output_extents)
        : call(layer), input(std::move(input_extents)), output(std::move(output_extents)) {}

    const layer_call& call;
    keras_extents input;
    keras_extents output;
    std::vector<keras_node> nodes;

    /// How many axes there are before the channels.
    [[nodiscard]] std::size_t axes() const { return input.empty() ? 0 : input.size() - 1; }
    /// "Conv2D" of "ConvND".
    [[nodiscard]] std::string with_axes(std::string name) const {
        name[name.find('N')] = static_cast<char>('0' + axes());
        return name;
    }

    json& add(std::string class_name) {
        nodes.push_back({std::move(class_name)});
        return nodes.back().config;
    }
    void refuse(std::string_view problem) {
        if (nodes.empty())
            add("");
        nodes.back().problem = problem;
    }
};

/// An axis that is counted without the batch, as Keras counts it.
inline int keras_axis(double axis) { return static_cast<int>(axis < 0 ? axis : axis + 1); }

} // namespace strata::bedrock::inline STRATA_SETTING::exports
