// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/keras_generation.hpp>
#include <strata/io/import/keras_model.hpp>
#include <strata/io/import/named_weights.hpp>
#include <strata/io/import/tensorflow_graph.hpp>
#include <strata/io/import/tfjs_weights.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A model of TensorFlow.js: `model.json`, and weights in files beside it. Layers models are models of Keras,
/// graph models frozen graphs of TensorFlow.
class tfjs_file {
public:
    explicit tfjs_file(std::filesystem::path path)
        : path_(std::move(path)), document_(parse_json(plain_file(path_).read_rest(), path_.string())) {}

    /// Whether it is a graph model.
    [[nodiscard]] bool is_graph() const {
        return text_of(member(document_, "format")) == "graph-model" ||
               member(member(document_, "modelTopology"), "node") != nullptr;
    }

    /// Reads a layers model.
    [[nodiscard]] model_graph read() const {
        const json* const topology = member(document_, "modelTopology");
        if (text_of(member(document_, "format"), "layers-model") != "layers-model")
            fail("a layers model or a graph model of TensorFlow.js",
                 "format " + internal::shown(text_of(member(document_, "format"))));
        const json* model = member(topology, "model_config");
        model = model == nullptr ? topology : model;
        if (model == nullptr)
            fail("\"modelTopology\"", "nothing of this name");
        named_weights weights;
        tfjs_weight_files(path_).read(member(document_, "weightsManifest"), [&](const tfjs_weight& weight,
                                                                                const char* bytes,
                                                                                std::size_t count) {
            weights.add("", weight.name, [numbers = tfjs_numbers(weight, bytes, count)] { return numbers; });
        });
        std::string version = text_of(member(topology, "keras_version"));
        if (version.empty() && text_of(member(document_, "generatedBy")).starts_with("keras v3"))
            version = "3";
        model_graph result{path_.string(), "TensorFlow.js, Keras " + version};
        keras_model(result, weights, generation_of(version)).read(*model);
        return result;
    }

    /// Reads a graph model. `inputs` are shapes with the batch, for inputs that the file leaves open;
    /// `outputs` names of tensors at which the network ends, those of the file where there are none.
    [[nodiscard]] model_graph read_graph(const std::vector<extents>& inputs,
                                         const std::vector<std::string>& outputs) const {
        return tensorflow_graph(path_, document_).read(inputs, outputs);
    }

private:
    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(path_, expected, found));
    }

    std::filesystem::path path_;
    json document_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
