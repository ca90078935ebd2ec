// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/extents.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/io/import/axis_arrangement.hpp>
#include <strata/io/import/each_step.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/keras_names.hpp>
#include <strata/io/import/masks.hpp>
#include <strata/io/import/node_text.hpp>
#include <strata/io/import/number_text.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/io/import/weight_shapes.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// What a message says of a layer that strata cannot express: its name, its kind, its attributes and a hint.
inline std::string problem_line(const graph_node& node, std::string_view hint) {
    std::string attributes;
    for (const auto& [key, value] : node.attributes)
        if (key != "name" && key != "dtype" && key != "trainable")
            internal::append(attributes, attributes.empty() ? " (" : ", ", key, " ", attribute_text(value));
    return internal::concatenate("\n  ", node.name, ": ", node.kind, attributes,
                                 attributes.empty() ? "" : ")", hint.empty() ? "" : "; ", hint);
}

/// Infers all shapes of a graph, checks its weights against them, and says what strata cannot express: all of
/// it in one data_error, a line each with the layer's name, its kind, its attributes and a hint.
class graph_completion {
public:
    explicit graph_completion(model_graph& graph) : graph_(graph) {}

    /// `inputs` are shapes without the batch, for inputs whose extents the file leaves open or that are to be
    /// of another size; empty for none.
    void run(const std::vector<extents>& inputs) {
        // Ways through a graph are looked for anew behind each layer; the deepest networks have a thousand.
        constexpr std::size_t most_layers = 3000;
        if (graph_.nodes.size() > most_layers)
            fail(concatenate("at most ", most_layers, " layers"), concatenate(graph_.nodes.size()));
        set_inputs(inputs);
        arrange_axes(graph_);
        std::vector<bool> is_known(graph_.nodes.size(), true);
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
            is_known[i] = infer(graph_.nodes[i], is_known);
        const std::vector<std::size_t> masks = masks_of_values(graph_);
        const std::vector<bool> is_read = read_masks(graph_, masks);
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
            if (const std::string problem = mask_problem(graph_, i, masks, is_read); !problem.empty())
                add_problem(graph_.nodes[i], problem);
        if (!problems_.empty())
            fail("layers that strata can express",
                 concatenate(problem_count_, " that it cannot:", problems_));
        freeze_masked_statistics(graph_, masks);
        keep_read_masks(graph_);
        for (graph_node& node : graph_.nodes)
            fit_weights(node);
    }

private:
    static constexpr auto concatenate = internal::concatenate;
    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(graph_.file, expected, found));
    }
    static std::string shape_text(const extents& shape) {
        return shape.empty() ? std::string("a single number") : internal::extents_text(shape);
    }

    void set_inputs(const std::vector<extents>& inputs) {
        if (!inputs.empty() && inputs.size() != graph_.inputs.size())
            fail(concatenate("shapes of ", graph_.inputs.size(), " inputs"), concatenate(inputs.size()));
        for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
            graph_node& node = graph_.nodes[graph_.inputs[i]];
            if (!inputs.empty())
                node.shape = inputs[i];
            if (std::find(node.shape.begin(), node.shape.end(), std::size_t{0}) != node.shape.end())
                fail(concatenate("the extents of input ", internal::shown(node.name),
                                 ", which the file leaves open"),
                     "none: say them as --input does");
            if (node.shape.empty()) // a number a sample
                node.shape = {1};
        }
    }

    /// The shape of a node, where those of what it reads are known.
    bool infer(graph_node& node, const std::vector<bool>& is_known) {
        std::vector<const extents*> sources;
        for (const std::size_t source : node.sources) {
            if (!is_known[source]) {
                // What stands behind something unknown is judged by its kind alone; that of a node which
                // nobody knows is the file's own word, and those begin with capitals.
                if (!node.hint.empty() || (!node.kind.empty() && is_upper(node.kind.front())))
                    add_problem(node, node.hint);
                return false;
            }
            sources.push_back(&graph_.nodes[source].shape);
        }
        if (node.kind == "input")
            return true;
        settle_axes(node, sources.front()->size());
        const auto shape = shape_of(node, sources);
        if (!shape || !size_of(*shape) || size_of(*shape) == 0) {
            std::string found;
            for (const extents* each : sources)
                internal::append(found, found.empty() ? "behind " : " and ", shape_text(*each));
            add_problem(node, node.hint.empty() ? found : node.hint);
            return false;
        }
        node.shape = *shape;
        if (node.kind == "embedding" && !is_input(node.sources.front())) {
            add_problem(node, "behind a layer: it takes an input");
            return false;
        }
        const layer_words words = words_of(node, *sources.front());
        if (!words.problem.empty())
            add_problem(node, words.problem);
        return words.problem.empty();
    }

    /// Whether a value is an input of the network, as nothing that changes it is before it.
    [[nodiscard]] bool is_input(std::size_t number) const {
        const graph_node& node = graph_.nodes[number];
        if (node.kind == "input" || node.sources.size() != 1)
            return node.kind == "input";
        const layer_words words = words_of(node, graph_.nodes[node.sources.front()].shape);
        return words.text.empty() && words.problem.empty() && is_input(node.sources.front());
    }

    /// A layer normalization over several axes that are the last ones. Some files count them from the front,
    /// with the batch.
    static void settle_axes(graph_node& node, std::size_t rank) {
        const std::vector<double> axes = node.list("axis");
        if (node.kind != "layer_norm" || axes.size() < 2 || axes.size() > rank)
            return;
        for (std::size_t i = 0; i < axes.size(); ++i) {
            const double behind = static_cast<double>(axes.size() - i); // counted from the end
            if (axes[i] != -behind && axes[i] != static_cast<double>(rank) + 1 - behind)
                return;
        }
        node.attributes["axis"] = std::vector<double>{-1};
        node.attributes["axes"] = static_cast<double>(axes.size());
    }

    void add_problem(const graph_node& node, const std::string& hint) {
        ++problem_count_;
        problems_ += problem_line(node, hint);
    }

    void fit_weights(graph_node& node) {
        if (node.sources.empty())
            return;
        const extents& whole = graph_.nodes[node.sources.front()].shape;
        const extents input = is_each_step(node) ? step_shape(whole) : whole;
        const extents& memory = graph_.nodes[node.sources.back()].shape;
        if (node.kind == "normalization")
            spread_statistics(node, input);
        for (auto& [name, weight] : node.weights) {
            if (node.kind == "prelu") // extents of 1 stand for axes that share
                weight.shape = weight.shape == input ? input : extents{input.back()};
            const bool is_of_memory =
                name.starts_with("attention.key") || name.starts_with("attention.value");
            const auto expected = weight_shape(node, name, is_of_memory ? memory : input);
            if (expected && *expected != weight.shape)
                fail(concatenate(name, " of layer ", internal::shown(node.name), " of the shape ",
                                 shape_text(*expected)),
                     shape_text(weight.shape));
            if (size_of(weight.shape) != weight.numbers.size())
                fail(concatenate("as many numbers in ", name, " of layer ", internal::shown(node.name),
                                 " as its shape ", shape_text(weight.shape), " has"),
                     concatenate(weight.numbers.size()));
            const auto bad = std::count_if(weight.numbers.begin(), weight.numbers.end(),
                                           [](float each) { return !detail::is_finite(each); });
            if (bad > 0)
                graph_.warnings.push_back(concatenate(static_cast<std::size_t>(bad), " of the ",
                                                      weight.numbers.size(), " numbers in ", name,
                                                      " of layer ", internal::shown(node.name),
                                                      " are NaN or infinite, and so predictions will be"));
        }
    }

    /// Statistics of each channel, where the file has one for all or axes of 1.
    void spread_statistics(graph_node& node, const extents& input) const {
        for (auto& [name, weight] : node.weights) {
            if (weight.numbers.size() == 1 && input.back() < (std::size_t{1} << 20))
                weight.numbers.resize(input.back(), weight.numbers.front());
            if (weight.numbers.size() != input.back())
                fail(
                    concatenate(input.back(), " numbers in ", name, " of layer ", internal::shown(node.name)),
                    concatenate(weight.numbers.size()));
            weight.shape = {input.back()};
        }
    }

    model_graph& graph_;
    std::string problems_;
    std::size_t problem_count_ = 0;
};

inline void complete_graph(model_graph& graph, const std::vector<extents>& inputs = {}) {
    graph_completion(graph).run(inputs);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
