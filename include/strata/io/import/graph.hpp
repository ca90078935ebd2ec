// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

using extents = std::vector<std::size_t>;

/// Numbers of a network that comes from elsewhere, the last axis fastest.
struct tensor {
    extents shape;
    std::vector<float> numbers;
};

/// Values of inputs that are known before a network runs, by the names of the inputs.
using given_values = std::map<std::string, tensor, std::less<>>;

/// What a file says of a layer: numbers (whole ones as well, truth as 0 and 1), a text, or a list of numbers.
using attribute = std::variant<double, std::string, std::vector<double>>;
using attribute_map = std::map<std::string, attribute, std::less<>>;

/// One layer of a network from elsewhere. `kind` is strata's word for what it computes, channels last, and
/// the file's own word where there is none. Weights have the names and the shapes of the layer's parameters
/// in strata, `kernel` [in, out].
struct graph_node {
    std::string kind;
    std::string name; ///< as the file calls the layer
    attribute_map attributes{};
    std::vector<std::size_t> sources{}; ///< numbers of the nodes that it reads
    std::vector<std::pair<std::string, tensor>> weights{};
    extents shape{};    ///< of its result, without the batch
    std::string hint{}; ///< where strata cannot express it: why, or what to do
    /// Of several values with masks: whether a step is hidden where all of them hide it, or where any does.
    bool unites_masks = true;

    [[nodiscard]] bool has(std::string_view key) const { return attributes.find(key) != attributes.end(); }
    [[nodiscard]] double number(std::string_view key, double fallback = 0) const {
        const double* const found = get<double>(key);
        return found == nullptr ? fallback : *found;
    }
    [[nodiscard]] std::size_t count(std::string_view key, std::size_t fallback = 0) const {
        const double* const found = get<double>(key);
        return found == nullptr || !(*found >= 0 && *found < 0x1p53) ? fallback
                                                                     : static_cast<std::size_t>(*found);
    }
    [[nodiscard]] std::string_view text(std::string_view key, std::string_view fallback = {}) const {
        const std::string* const found = get<std::string>(key);
        return found == nullptr ? fallback : *found;
    }
    /// Empty where there is none.
    [[nodiscard]] std::vector<double> list(std::string_view key) const {
        const std::vector<double>* const found = get<std::vector<double>>(key);
        return found == nullptr ? std::vector<double>{} : *found;
    }
    [[nodiscard]] const tensor* weight(std::string_view key) const {
        for (const auto& [name_of_weight, numbers] : weights)
            if (name_of_weight == key)
                return &numbers;
        return nullptr;
    }

private:
    template <class Type>
    [[nodiscard]] const Type* get(std::string_view key) const {
        const auto found = attributes.find(key);
        return found == attributes.end() ? nullptr : std::get_if<Type>(&found->second);
    }
};

/// A network as a list of layers, each behind those that it reads.
struct model_graph {
    std::string file;   ///< where it comes from, for messages
    std::string origin; ///< what made it, "Keras 3.8.0"
    std::vector<graph_node> nodes{};
    std::vector<std::size_t> inputs{}; ///< nodes of kind `input`, in the network's order
    std::vector<std::size_t> outputs{};
    /// Of a file that counts other axes first, channels first: which of its axes, counted with the batch, are
    /// those of each input and output here. Empty where all are as they are.
    std::vector<std::vector<std::size_t>> input_axes{};
    std::vector<std::vector<std::size_t>> output_axes{};
    std::vector<std::string> warnings{};
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports

namespace strata {
using bedrock::imports::given_values;
using bedrock::imports::graph_node;
using bedrock::imports::model_graph;
/// Whole numbers as a list of a node's attributes.
inline std::vector<double> as_reals(const std::vector<std::int64_t>& numbers) {
    return {numbers.begin(), numbers.end()};
}

} // namespace strata
