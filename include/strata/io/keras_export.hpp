// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/complete_file.hpp>
#include <strata/io/export/keras_archive.hpp>
#include <strata/io/export/keras_flow.hpp>
#include <strata/io/import/keras_names.hpp>
#include <strata/model/model.hpp>
#include <strata/source/flow_collector.hpp>
#include <strata/version.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace exports {
/// An array of a network: its value's number, and its numbers in the conventional order.
struct network_array {
    std::size_t layer;
    keras_extents shape;
    std::vector<float> numbers;
};

inline json shape_config(const keras_extents& shape) {
    json result = json::array({nullptr});
    for (const std::size_t extent : shape)
        result.push_back(extent);
    return result;
}

/// Writes what Keras calls config.json and model.weights.h5.
class keras_writing {
public:
    keras_writing(const detail::source_flow& flow, std::vector<keras_extents> inputs,
                  std::vector<network_array> arrays, const std::filesystem::path& path)
        : nodes_(keras_flow(flow).nodes),
          inputs_(std::move(inputs)),
          arrays_(std::move(arrays)),
          weights_(path) {
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
            const std::string name = names_.next("input_layer");
            values_[i] = {name, inputs_[i]};
            layers_.push_back({{"module", "keras.layers"},
                               {"class_name", "InputLayer"},
                               {"config",
                                {{"batch_shape", shape_config(inputs_[i])},
                                 {"dtype", "float32"},
                                 {"sparse", false},
                                 {"name", name}}},
                               {"registered_name", nullptr}});
            if (!is_chain(flow)) {
                layers_.back()["name"] = name;
                layers_.back()["inbound_nodes"] = json::array();
            }
            weights_.add_group("layers/" + name + "/vars");
        }
        for (const keras_node& each : nodes_)
            add(each, is_chain(flow));
        json model = is_chain(flow) ? json{{"name", "sequential"}, {"trainable", true}, {"dtype", "float32"}}
                                    : json{{"name", "functional"}, {"trainable", true}};
        model["layers"] = std::move(layers_);
        if (is_chain(flow))
            model["build_input_shape"] = shape_config(inputs_[0]);
        else {
            model["input_layers"] = ends(flow.inputs);
            model["output_layers"] = ends(flow.outputs);
        }
        config_ = {{"module", is_chain(flow) ? "keras" : "keras.src.models.functional"},
                   {"class_name", is_chain(flow) ? "Sequential" : "Functional"},
                   {"config", std::move(model)},
                   {"registered_name", is_chain(flow) ? json(nullptr) : json("Functional")}};
    }

    [[nodiscard]] std::vector<unsigned char> bytes(const std::filesystem::path& path) const {
        const json metadata{{"keras_version", "3.5.0"}, {"date_saved", ""}, {"strata", project_version}};
        const auto part = [](std::string name, const json& content) {
            const std::string text = content.dump();
            return zip_part{std::move(name), {text.begin(), text.end()}};
        };
        return zip_bytes({part("metadata.json", metadata),
                          part("config.json", config_),
                          {"model.weights.h5", weights_.bytes()}},
                         path);
    }

private:
    struct known_value {
        std::string layer;
        keras_extents shape;
        std::size_t call = 0;
    };
    struct shared_layer_calls {
        std::string name;
        std::size_t place; // among the layers
        std::size_t count;
    };

    // Whether each layer reads what the one before it has made, and nothing else does.
    [[nodiscard]] bool is_chain(const detail::source_flow& flow) const {
        std::vector<std::size_t> last = flow.inputs;
        std::set<std::string> shared;
        for (const keras_node& each : nodes_) {
            if (last.size() != 1 || each.sources != last)
                return false;
            last = each.results;
            if (!each.shared.empty() && !shared.insert(each.shared).second)
                return false;
        }
        return inputs_.size() == 1 && last == flow.outputs;
    }

    void add(const keras_node& node, bool is_in_chain) {
        if (const auto known = shared_.find(node.shared); known != shared_.end()) {
            shared_layer_calls& layer = known->second;
            layers_[layer.place]["inbound_nodes"].push_back(call_of(node));
            for (const std::size_t result : node.results)
                values_[result] = {layer.name, node.output, layer.count};
            ++layer.count;
            return;
        }
        const std::string kind = imports::snake_case(node.is_each_step ? "TimeDistributed" : node.class_name);
        const std::string name = names_.next(kind);
        json config = named(node.config, node.is_each_step ? imports::snake_case(node.class_name) : name,
                            !node.is_frozen);
        std::string class_name = node.class_name;
        if (node.is_each_step) {
            config = named({{"layer", keras_object("keras.layers", class_name, std::move(config))}}, name,
                           !node.is_frozen);
            class_name = "TimeDistributed";
        }
        json layer{{"module", "keras.layers"},
                   {"class_name", class_name},
                   {"config", std::move(config)},
                   {"registered_name", nullptr},
                   {"build_config", {{"input_shape", shape_config(values_.at(node.sources[0]).shape)}}}};
        if (!is_in_chain) {
            layer["name"] = name;
            layer["inbound_nodes"] = json::array({call_of(node)});
        }
        if (!node.shared.empty())
            shared_[node.shared] = {name, layers_.size(), 1};
        layers_.push_back(std::move(layer));
        add_weights(node, "layers/" + name + (node.is_each_step ? "/layer" : ""));
        for (const std::size_t result : node.results)
            values_[result] = {name, node.output};
    }
    static json named(json config, const std::string& name, bool is_trainable) {
        json result{{"name", name}, {"trainable", is_trainable}, {"dtype", "float32"}};
        for (auto& [key, value] : config.items())
            result[key] = std::move(value);
        return result;
    }

    [[nodiscard]] json call_of(const keras_node& node) const {
        json sources = json::array();
        for (const std::size_t source : node.sources)
            sources.push_back(
                {{"class_name", "__keras_tensor__"},
                 {"config",
                  {{"shape", shape_config(values_.at(source).shape)},
                   {"dtype", "float32"},
                   {"keras_history", json::array({values_.at(source).layer, values_.at(source).call, 0})}}}});
        if (sources.size() > 1 && !node.reads_apart)
            sources = json::array({sources});
        return {{"args", std::move(sources)}, {"kwargs", node.options}};
    }
    [[nodiscard]] json ends(const std::vector<std::size_t>& values) const {
        json result = json::array();
        for (const std::size_t value : values)
            result.push_back(json::array({values_.at(value).layer, values_.at(value).call, 0}));
        return result.size() == 1 ? result[0] : result;
    }

    // The arrays of one layer of the network after another.
    void add_weights(const keras_node& node, const std::string& group) {
        weights_.add_group(group + "/vars");
        for (const keras_variables& layer : node.variables) {
            const std::string place =
                internal::concatenate(group, layer.part.empty() ? "" : "/", layer.part, "/vars/");
            std::size_t number = 0;
            for (const network_array& array : arrays_)
                if (array.layer == layer.value) {
                    weights_.add(internal::concatenate(place, number),
                                 number < layer.shapes.size() ? layer.shapes[number] : array.shape,
                                 array.numbers);
                    ++number;
                }
            if (node.class_name == "Normalization")
                weights_.add(internal::concatenate(place, number), 0);
        }
    }

    std::vector<keras_node> nodes_;
    std::vector<keras_extents> inputs_;
    std::vector<network_array> arrays_;
    hdf5_image weights_;
    imports::counted_names names_;
    std::map<std::size_t, known_value> values_;
    std::map<std::string, shared_layer_calls> shared_;
    json layers_ = json::array();
    json config_;
};

template <class... Shapes>
std::vector<keras_extents> input_extents(type_list<Shapes...>) {
    return {keras_extents(Shapes::extents.begin(), Shapes::extents.end())...};
}
} // namespace exports

/// Writes a network as an archive of Keras 3, which Keras's `load_model` reads, from 3.9 on where it has an
/// `rms_norm`, and this library's importer, but for a `normalization<shared::none>` of several axes:
///
///     export_keras(net, "net.keras");
///
/// A chain becomes a Sequential model, anything else a functional one, of float32. Numbers of a padding and
/// what transposed convolutions lack become layers of zeros and of cropping; layers that do nothing when
/// predicting, as dropout, are kept. What Keras has no layer for is one `std::invalid_argument` that lists
/// all such layers, and no file is written; states as values are among them. A layer whose weights others
/// share is called again. The file appears under its name when it is complete; data_error where it cannot be
/// written. Memory: twice the weights. Programs link -lhdf5_serial and -lzip (Debian's libhdf5-dev,
/// libzip-dev, nlohmann-json3-dev).
template <auto Topology, class T>
void export_keras(const model<Topology, T>& net, const std::filesystem::path& file) {
    using topology = typename model<Topology, T>::topology;
    static_assert(detail::is_spelled<plain<topology>>,
                  "strata: a layer of this network has no text, and none in Keras");
    const detail::flow_collector collected(topology{}, false);
    std::vector<exports::network_array> arrays;
    for (const auto& each : net.parameters()) {
        const auto numbers = each.values();
        arrays.push_back({topology::inputs::size + each.layer(),
                          {each.shape().begin(), each.shape().end()},
                          {numbers.begin(), numbers.end()}});
    }
    const exports::keras_writing writing(collected.flow, exports::input_extents(typename topology::inputs{}),
                                         std::move(arrays), file);
    internal::write_complete_file(writing.bytes(file), file);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::export_keras;
} // namespace strata

STRATA_HEADER_END
