// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/keras_model.hpp>
#include <strata/io/import/reference.hpp>
#include <strata/io/import/topology_text.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

// What Keras computes, layer by layer, beside what the importer makes of the layers' configurations: each
// case becomes a model of Keras, and that a graph, whose results by plain loops are compared.

using namespace strata::bedrock::imports;
namespace fs = std::filesystem;

namespace {

constexpr double tolerance = 1e-4; // the cases' own

json read_json(const fs::path& file) {
    std::ifstream in(file);
    BOOST_REQUIRE_MESSAGE(in.good(), "cannot read " << file);
    return json::parse(in);
}

tensor read_tensor(const json& array) {
    tensor result{array["shape"].get<extents>(), {}};
    for (const json& number : array["data"])
        result.numbers.push_back(number.get<float>());
    return result;
}

/// A case's arrays in their order, which is that in which layers ask.
class listed_weights final : public weight_source {
public:
    explicit listed_weights(const json& one) {
        if (one.contains("weights"))
            for (const json& each : one["weights"])
                arrays_.push_back(read_tensor(each));
    }
    [[nodiscard]] std::optional<tensor> find(const layer_place&, const weight_request&) override {
        return next_ == arrays_.size() ? std::nullopt : std::optional(arrays_[next_++]);
    }
    [[nodiscard]] std::string content() const override { return "too few arrays"; }
    [[nodiscard]] bool are_all_taken() const { return next_ == arrays_.size(); }

private:
    std::vector<tensor> arrays_;
    std::size_t next_ = 0;
};

json call(const std::vector<std::string>& sources) {
    json values = json::array();
    for (const std::string& each : sources)
        values.push_back({each, 0U, 0U, json::object()});
    return json::array({values});
}

/// A functional model, layer by layer.
class described_model {
public:
    explicit described_model(const std::vector<tensor>& inputs) {
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            json shape = json::array({nullptr});
            for (const std::size_t extent : inputs[i].shape)
                shape.push_back(extent);
            inputs_.push_back("input_" + std::to_string(i));
            layers_.push_back({{"class_name", "InputLayer"},
                               {"name", inputs_.back()},
                               {"config", {{"batch_input_shape", shape}}},
                               {"inbound_nodes", json::array()}});
        }
    }
    [[nodiscard]] const std::vector<std::string>& inputs() const { return inputs_; }

    std::string add(const std::string& class_name, json config, const std::vector<std::string>& sources,
                    std::string name = "") {
        if (name.empty())
            name = "layer_" + std::to_string(layers_.size());
        config["name"] = name;
        layers_.push_back({{"class_name", class_name},
                           {"name", name},
                           {"config", std::move(config)},
                           {"inbound_nodes", call(sources)}});
        return name;
    }
    [[nodiscard]] json model(const std::string& output) const {
        json inputs = json::array();
        for (const std::string& each : inputs_)
            inputs.push_back({each, 0U, 0U});
        return {{"class_name", "Functional"},
                {"config",
                 {{"name", "case"},
                  {"layers", layers_},
                  {"input_layers", inputs},
                  {"output_layers", json::array({json::array({output, 0U, 0U})})}}}};
    }

private:
    json layers_ = json::array();
    std::vector<std::string> inputs_;
};

/// The model of a case. Cases of merged layers list a chain for each value that is merged.
json model_of(const json& about, const std::vector<tensor>& inputs) {
    described_model made(inputs);
    std::string end;
    if (about.contains("testParams")) {
        for (const json& layer : about["testParams"]["layers"]) {
            std::vector<std::string> sources;
            for (const json& each : layer["inbound"])
                sources.push_back(each.get<std::string>());
            if (sources.empty())
                sources = {made.inputs()[inputs.size() == 1 ? 0 : layer["branch"].get<std::size_t>()]};
            end = made.add(layer["layerClass"].get<std::string>(), layer["attrs"], sources,
                           layer["attrs"]["name"].get<std::string>());
        }
    } else if (about.contains("layers_in_order")) {
        std::vector<std::string> ends;
        for (const json& layer : about["layers_in_order"]) {
            const auto name = layer["class_name"].get<std::string>();
            if (name == "Dense")
                ends.push_back(made.add(name, layer["config"], {made.inputs()[0]}));
            else {
                const bool is_merge = &layer == &about["layers_in_order"].back();
                end = made.add(name, layer["config"], is_merge ? ends : std::vector{ends.back()});
                ends.back() = end;
            }
        }
        end = ends.back();
    } else
        end = made.add(about["class_name"].get<std::string>(), about["config"], {made.inputs()[0]});
    return made.model(end);
}

std::vector<tensor> inputs_of(const json& one) {
    std::vector<tensor> result;
    if (one.contains("input"))
        result.push_back(read_tensor(one["input"]));
    else
        for (const json& each : one["inputs"])
            result.push_back(read_tensor(each));
    return result;
}

/// What is wrong, or nothing.
std::string check_case(const json& one, const json& about) {
    std::vector<tensor> inputs = inputs_of(one);
    const tensor expected = read_tensor(one["expected"]);
    // A layer that keeps its state has seen the sequence once before.
    const bool is_second = about.contains("config") && about["config"].value("stateful", false);
    if (is_second) {
        tensor& sequence = inputs.front();
        sequence.shape.front() *= 2;
        sequence.numbers.insert(sequence.numbers.end(), sequence.numbers.begin(), sequence.numbers.end());
    }
    listed_weights weights(one);
    model_graph graph{"a case", "Keras 2"};
    std::vector<tensor> results;
    try {
        keras_model(graph, weights, 2).read(model_of(about, inputs));
        complete_graph(graph);
        if (topology_text(graph).text().empty())
            return "it has no text";
        for (tensor& each : inputs)
            each.shape.insert(each.shape.begin(), 1);
        results = reference_results(graph, inputs);
    } catch (const strata::data_error& error) {
        return error.what();
    }
    if (!weights.are_all_taken())
        return "arrays are left";
    if (is_second != !graph.warnings.empty())
        return "a warning is missing, or one too many";
    std::vector<float> found = results.front().numbers;
    extents shape(results.front().shape.begin() + 1, results.front().shape.end());
    if (is_second && shape.size() > 1) {
        found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(found.size() / 2));
        shape.front() /= 2;
    }
    if (shape != expected.shape)
        return "another shape";
    for (std::size_t i = 0; i < found.size(); ++i)
        if (!(std::abs(found[i] - expected.numbers[i]) <= tolerance))
            return "number " + std::to_string(i) + " is " + std::to_string(found[i]) + ", expected " +
                   std::to_string(expected.numbers[i]);
    return "";
}

/// The configuration of a case of activations, which has its arguments in its name alone.
json activation_case(const std::string& name) {
    const std::string function = name.substr(12, name.rfind('.') - 12);
    if (name == "activations.elu.3")
        return {{"class_name", "ELU"}, {"config", {{"alpha", 0.5}}}};
    if (name == "activations.relu.3")
        return {{"class_name", "ReLU"}, {"config", {{"max_value", 0.5}}}};
    if (name == "activations.relu.4")
        return {{"class_name", "ReLU"}, {"config", {{"negative_slope", 0.3}}}};
    return {{"class_name", "Activation"}, {"config", {{"activation", function}}}};
}

} // namespace

BOOST_AUTO_TEST_CASE(cases_of_keras) {
    const char* const given = std::getenv("STRATA_KERAS_LAYERS");
    if (given == nullptr) {
        BOOST_TEST_MESSAGE("skipped: STRATA_KERAS_LAYERS is not set");
        return;
    }
    const json attributes = read_json(fs::path(given) / "attributes.json");
    std::size_t count = 0;
    for (const fs::directory_entry& file : fs::recursive_directory_iterator(given)) {
        if (file.path().extension() != ".json" || file.path().filename() == "attributes.json")
            continue;
        const json cases = read_json(file.path());
        for (const auto& [name, one] : cases.items()) {
            const std::string problem =
                check_case(one, attributes.contains(name) ? attributes[name] : activation_case(name));
            BOOST_TEST(problem == "", name << ": " << problem);
            ++count;
        }
    }
    BOOST_TEST(count == 334u);
}
