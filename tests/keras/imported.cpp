// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "imported.hpp"

#include "error_message.hpp"

#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/keras_model.hpp>
#include <strata/io/import/parameter_names.hpp>
#include <strata/io/import/reference.hpp>
#include <strata/io/import/topology_text.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
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

/// The next arrays of such shapes, as imported.py draws them.
class drawn_numbers {
public:
    drawn_numbers(int modulus, int factor, int scale) : modulus_(modulus), factor_(factor), scale_(scale) {}
    tensor next(extents shape) {
        tensor result{std::move(shape), {}};
        for (std::size_t i = *size_of(result.shape); i > 0; --i)
            result.numbers.push_back(static_cast<float>((place_++ * factor_ + 11) % modulus_ - modulus_ / 2) /
                                     static_cast<float>(scale_));
        return result;
    }

private:
    int modulus_, factor_, scale_;
    int place_ = 0;
};

/// A case's arrays in their order, which is that in which layers ask.
class listed_weights final : public weight_source {
public:
    explicit listed_weights(const std::vector<extents>& shapes) {
        drawn_numbers numbers(101, 37, 64);
        for (const extents& each : shapes)
            arrays_.push_back(numbers.next(each));
    }
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

/// "name", or "name:call" or "name:call:result" of one that has several.
json value_of(const std::string& text) {
    const std::size_t first = text.find(':');
    const std::size_t second = first == text.npos ? text.npos : text.find(':', first + 1);
    const auto number = [&](std::size_t colon) {
        return colon == text.npos ? 0U : static_cast<unsigned>(text[colon + 1] - '0');
    };
    return {text.substr(0, first), number(first), number(second), json::object()};
}
json call(const std::vector<std::string>& sources) {
    json values = json::array();
    for (const std::string& each : sources)
        values.push_back(value_of(each));
    return values;
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
                           {"inbound_nodes", json::array({call(sources)})}});
        return name;
    }
    /// The last layer once more.
    void call_again(const std::vector<std::string>& sources) {
        layers_.back()["inbound_nodes"].push_back(call(sources));
    }
    /// An argument of the last layer's call.
    void say(const char* key, json value) {
        layers_.back()["inbound_nodes"][0][0][3][key] = std::move(value);
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

/// A text with one space where it has several, or line breaks.
std::string one_line(const std::string& text) {
    std::string result;
    for (const char each : text)
        if (each > ' ')
            result += each;
        else if (!result.empty() && result.back() != ' ' && result.back() != '(')
            result += ' ';
    return result;
}

/// Results of a model beside those of imported.py.
void check_model(const described_model& model, const std::vector<tensor>& inputs, const std::string& output,
                 const std::vector<extents>& weight_shapes, const std::vector<float>& expected,
                 const char* text) {
    listed_weights weights(weight_shapes);
    model_graph graph{"a model", "Keras 2"};
    keras_model(graph, weights, 3).read(model.model(output));
    complete_graph(graph);
    BOOST_TEST(weights.are_all_taken());
    BOOST_TEST(one_line(topology_text(graph).text()) == text);
    std::vector<tensor> samples = inputs;
    for (tensor& each : samples)
        each.shape.insert(each.shape.begin(), 1);
    const std::vector<float> found = reference_results(graph, samples).front().numbers;
    BOOST_TEST_REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST(std::abs(found[i] - expected[i]) <= 1e-5);
}

std::vector<tensor> drawn_inputs(const std::vector<extents>& shapes) {
    drawn_numbers numbers(17, 29, 16);
    std::vector<tensor> result;
    for (const extents& each : shapes)
        result.push_back(numbers.next(each));
    return result;
}

} // namespace

BOOST_AUTO_TEST_CASE(layers_in_several_places) {
    const auto inputs = drawn_inputs({{4}, {4}});
    described_model model(inputs);
    const std::string encoder =
        model.add("Dense", {{"units", 3}, {"activation", "tanh"}}, {"input_0"}, "encoder");
    model.call_again({"input_1"});
    const std::string way = model.add("Subtract", json::object(), {encoder, encoder + ":1"});
    // A model within.
    const json inner = {
        {"class_name", "Dense"},
        {"config", {{"name", "a"}, {"units", 2}, {"use_bias", false}, {"activation", "relu"}}}};
    const json final = {{"class_name", "Dense"},
                        {"config", {{"name", "b"}, {"units", 2}, {"use_bias", false}}}};
    const std::string part = model.add("Sequential", {{"layers", {inner, final}}}, {way}, "part");
    model.call_again({encoder + ":1"});
    const std::string sum = model.add("Add", json::object(), {part, part + ":1"});
    check_model(
        model, inputs, sum, {{4, 3}, {3}, {3, 2}, {2, 2}}, imported_models::shared,
        R"(constexpr auto block = shared_weights<"encoder">(dense<3>) | tanh; constexpr auto topology = )"
        R"(inputs(input<4>, input<4>) | branches(block, identity) | branches(identity, block) | )"
        R"(with_all(pick<1>, with_all(pick<0>, pick<1>) | subtract | )"
        R"(shared_weights<"part_0">(dense<2, no_bias>) | relu | shared_weights<"part_2">(dense<2, no_bias>)) | )"
        R"(with_all(pick<1>, pick<0> | shared_weights<"part_0">(dense<2, no_bias>) | relu | )"
        R"(shared_weights<"part_2">(dense<2, no_bias>)) | add; )");
}

namespace {
model_graph graph_of(const described_model& model, const std::string& output,
                     const std::vector<extents>& weight_shapes = {}) {
    listed_weights weights(weight_shapes);
    model_graph graph{"a model", "Keras 3"};
    keras_model(graph, weights, 3).read(model.model(output));
    complete_graph(graph);
    return graph;
}
} // namespace

// Each call has values and options of its own.
BOOST_AUTO_TEST_CASE(calls_that_differ) {
    const std::vector<tensor> inputs{{{2}, {1, 2}}, {{2}, {10, 20}}};
    described_model model(inputs);
    const std::string sum = model.add("Add", json::object(), {"input_0", "input_0"}, "sum");
    model.call_again({"input_0", "input_1"});
    const auto found =
        reference_results(graph_of(model, model.add("Subtract", json::object(), {sum + ":1", sum})),
                          {tensor{{1, 2}, {1, 2}}, tensor{{1, 2}, {10, 20}}});
    BOOST_TEST((found.front().numbers == std::vector<float>{9, 18}));

    const std::vector<tensor> steps{{{2, 1}, {1, 2}}, {{1}, {100}}};
    described_model states(steps);
    const std::string cell =
        states.add("SimpleRNN", {{"units", 1}, {"use_bias", false}}, {"input_0"}, "cell");
    states.call_again({"input_0", "input_1"});
    const std::string end = states.add("Add", json::object(), {cell, cell + ":1"});
    const std::string message = error_message<strata::data_error>([&] {
        (void)graph_of(states, end, {{1, 1}, {1, 1}});
    });
    BOOST_TEST(message.find("found other options, or other values, in a call of \"cell\"") != message.npos,
               message);
}

// Keras 3 writes arguments by their names, in any order.
BOOST_AUTO_TEST_CASE(arguments_that_have_names) {
    const auto argument = [](const char* name) {
        return json{{"class_name", "__keras_tensor__"}, {"config", {{"keras_history", {name, 0U, 0U}}}}};
    };
    const json call = {
        {"args", json::array()},
        {"kwargs", {{"key", argument("k")}, {"query", argument("q")}, {"value", argument("v")}}}};
    const json calls = json::array({call});
    const auto read = read_calls(&calls);
    BOOST_TEST_REQUIRE(read.size() == 1u);
    BOOST_TEST_REQUIRE(read[0].values.size() == 3u);
    BOOST_TEST(read[0].values[0].layer == "q");
    BOOST_TEST(read[0].values[1].layer == "v");
    BOOST_TEST(read[0].values[2].layer == "k");
}

BOOST_AUTO_TEST_CASE(calls_that_multiply_are_refused) {
    // Each model calls the one in it twice.
    json inner = {{"class_name", "Dense"}, {"name", "d"}, {"config", {{"name", "d"}, {"units", 2}}}};
    for (int depth = 0; depth < 14; ++depth) {
        inner["inbound_nodes"] = json::array({json::array({value_of("x")}), json::array({value_of("d")})});
        const json input = {{"class_name", "InputLayer"},
                            {"name", "x"},
                            {"config", {{"name", "x"}, {"batch_input_shape", {nullptr, 2}}}},
                            {"inbound_nodes", json::array()}};
        inner = {{"class_name", "Functional"},
                 {"name", "d"},
                 {"config",
                  {{"name", "d"},
                   {"layers", {input, inner}},
                   {"input_layers", json::array({{"x", 0U, 0U}})},
                   {"output_layers", json::array({{"d", 1U, 0U}})}}}};
    }
    listed_weights weights(std::vector<extents>{{2, 2}, {2}});
    model_graph graph{"a model", "Keras 2"};
    const std::string said =
        error_message<strata::data_error>([&] { keras_model(graph, weights, 2).read(inner); });
    BOOST_TEST(said == "a model: expected calls that make 3000 layers and repeat 268435456 weights at most, "
                       "found more by calls of \"d\"");
}

// Whose weights are integers that count scales, which lie beside them.
BOOST_AUTO_TEST_CASE(quantized_layers_are_refused) {
    const auto said_of = [](const json& type) {
        const json layer = {
            {"class_name", "Dense"},
            {"config", {{"name", "d"}, {"units", 2}, {"batch_input_shape", {nullptr, 2}}, {"dtype", type}}}};
        const json model = {{"class_name", "Sequential"}, {"config", {{"layers", json::array({layer})}}}};
        listed_weights weights(std::vector<extents>{{2, 2}, {2}});
        model_graph graph{"a model", "Keras 3"};
        return error_message<strata::data_error>([&] { keras_model(graph, weights, 3).read(model); });
    };
    const auto policy = [](const char* kind, const char* name) {
        return json{{"module", "keras"}, {"class_name", kind}, {"config", {{"name", name}}}};
    };
    const std::string expected =
        "a model: expected weights of layer \"d\" that are not quantized, found the type ";
    BOOST_TEST(said_of(policy("QuantizedDTypePolicy", "int8_from_float32")) ==
               expected + "\"int8_from_float32\"");
    BOOST_TEST(said_of("int4_from_bfloat16") == expected + "\"int4_from_bfloat16\"");
    BOOST_TEST(said_of(policy("DTypePolicy", "mixed_bfloat16")) == "no error");
    BOOST_TEST(said_of("float32") == "no error");
}

BOOST_AUTO_TEST_CASE(models_within_keep_their_names) {
    const auto inputs = drawn_inputs({{5}});
    described_model model(inputs);
    const auto dense = [](const char* name, unsigned units) -> json {
        return {{"class_name", "Dense"},
                {"config", {{"name", name}, {"units", units}, {"activation", "relu"}}}};
    };
    const json inner = {{"class_name", "Sequential"},
                        {"config", {{"name", "head"}, {"layers", {dense("c", 4)}}}}};
    const std::string first = model.add("Sequential", {{"layers", {dense("a", 6), dense("b", 6), inner}}},
                                        {"input_0"}, "back bone");
    const std::string second =
        model.add("Sequential", {{"layers", {dense("d", 3)}}}, {first}, "sequential_1");
    listed_weights weights(std::vector<extents>{{5, 6}, {6}, {6, 6}, {6}, {6, 4}, {4}, {4, 3}, {3}});
    model_graph graph{"a model", "Keras 2"};
    keras_model(graph, weights, 2).read(model.model(second));
    complete_graph(graph);
    const topology_text topology(graph);
    BOOST_TEST(
        one_line(topology.text()) ==
        "constexpr auto topology = input<5> | named<\"back_bone\">(dense<6> | relu | dense<6> | relu) | "
        "named<\"back_bone.head\">(dense<4> | relu) | dense<3> | relu; ");
    std::string names;
    for (const named_weight& each : parameter_names(graph, topology.layer_order()))
        names += each.name + " ";
    BOOST_TEST(names == "back_bone.dense.kernel back_bone.dense.bias back_bone.dense_1.kernel "
                        "back_bone.dense_1.bias back_bone.head.dense.kernel back_bone.head.dense.bias "
                        "dense.kernel dense.bias ");
}

BOOST_AUTO_TEST_CASE(states_of_recurrent_layers) {
    const auto inputs = drawn_inputs({{5, 3}, {4, 2}});
    described_model model(inputs);
    const std::string source = model.add("LSTM", {{"units", 4}, {"return_state", true}}, {"input_0"});
    const std::string target = model.add("LSTM", {{"units", 4}, {"return_sequences", true}},
                                         {"input_1", source + ":0:1", source + ":0:2"});
    const std::string more = model.add(
        "GRU", {{"units", 4}, {"reset_after", true}, {"return_sequences", true}, {"return_state", true}},
        {target, source + ":0:1"});
    const std::string cut = model.add("Cropping1D", {{"cropping", {3, 0}}}, {more});
    const std::string flat = model.add("Flatten", json::object(), {cut});
    const std::string all = model.add("Concatenate", {{"axis", -1}}, {flat, more + ":0:1", source + ":0:2"});
    check_model(
        model, inputs, all, {{3, 16}, {4, 16}, {16}, {2, 16}, {4, 16}, {16}, {4, 12}, {4, 12}, {2, 12}},
        imported_models::encoder_decoder,
        "constexpr auto topology = inputs(input<5, 3>, input<4, 2>) | with_all(pick<1>, pick<0> | "
        "lstm<4, last_step, return_state>) | with_all(pick<3>, with_all(with_all(pick<0>, pick<2>, pick<3>) "
        "| "
        "lstm<4, take_state>, pick<2>) | gru<4, take_state, return_state>) | branches(identity, "
        "crop<margins{{3}, {0}}> | flatten, identity) | with_all(pick<1>, pick<2>, pick<0>) | concat<>; ");
}

BOOST_AUTO_TEST_CASE(attention_of_one_and_of_two_sequences) {
    const auto inputs = drawn_inputs({{3, 4}, {5, 6}});
    described_model model(inputs);
    const std::string one =
        model.add("MultiHeadAttention", {{"num_heads", 2}, {"key_dim", 3}}, {"input_0", "input_0"});
    model.say("use_causal_mask", true);
    const std::string two = model.add("MultiHeadAttention",
                                      {{"num_heads", 2}, {"key_dim", 3}, {"value_dim", 2}}, {one, "input_1"});
    const std::string a = model.add("Attention", json::object(), {two, two});
    const std::string b = model.add("Attention", {{"use_scale", true}}, {two, two, two});
    const std::string sum = model.add("Add", json::object(), {a, b});
    const auto projections = [](std::size_t features, std::size_t memory, std::size_t key,
                                std::size_t value) {
        return std::vector<extents>{{features, 2, key}, {2, key},   {memory, 2, key},     {2, key},
                                    {memory, 2, value}, {2, value}, {2, value, features}, {features}};
    };
    std::vector<extents> shapes = projections(4, 4, 3, 3);
    const std::vector<extents> more = projections(4, 6, 3, 2);
    shapes.insert(shapes.end(), more.begin(), more.end());
    shapes.push_back({1});
    check_model(
        model, inputs, sum, shapes, imported_models::attention,
        "constexpr auto topology = inputs(input<3, 4>, input<5, 6>) | branches(attention<2, 3, causal>, "
        "identity) | "
        "attention<2, 3, value_width<2>> | branches(branches(identity, identity, identity) | "
        "branches(rescaling<2.0>, identity, identity) | dot_attention<1>, branches(identity, identity, "
        "identity) | branches(rescaling<-0.625>, identity, identity) | dot_attention<1>) | add; ");
}

BOOST_AUTO_TEST_CASE(layouts_of_cudnn) {
    const auto inputs = drawn_inputs({{4, 3}});
    described_model model(inputs);
    const std::string one = model.add("CuDNNLSTM", {{"units", 2}, {"return_sequences", true}}, {"input_0"});
    const std::string two = model.add("CuDNNGRU", {{"units", 3}, {"return_sequences", true}}, {one});
    check_model(model, inputs, two, {{3, 8}, {2, 8}, {16}, {2, 9}, {3, 9}, {18}}, imported_models::cudnn,
                "constexpr auto topology = input<4, 3> | lstm<2> | gru<3>; ");
}

// Flatten turns channels that are first, as the layers in front of it do.
BOOST_AUTO_TEST_CASE(channels_that_are_first) {
    constexpr std::size_t channels = 2, places = 12;
    const auto inputs = drawn_inputs({{channels, 3, 4}});
    described_model model(inputs);
    const json first = {{"data_format", "channels_first"}};
    json pool = first;
    pool["pool_size"] = 1;
    const std::string y = model.add("MaxPooling2D", pool, {"input_0"});
    const std::string row = model.add("Flatten", first, {y});
    std::vector<float> expected;
    for (std::size_t place = 0; place < places; ++place)
        for (std::size_t channel = 0; channel < channels; ++channel)
            expected.push_back(inputs[0].numbers[channel * places + place]);
    check_model(model, inputs, row, {}, expected,
                "constexpr auto topology = input<2, 3, 4> | permute<1, 2, 0> | max_pool<1> | flatten; ");
}

// Keras counts the calls of a model in a model from 1.
BOOST_AUTO_TEST_CASE(models_within_that_are_called_twice) {
    const std::vector<tensor> inputs{{{2}, {1, 2}}, {{2}, {10, 20}}};
    const json input = {{"class_name", "InputLayer"},
                        {"name", "x"},
                        {"config", {{"name", "x"}, {"batch_input_shape", {nullptr, 2}}}},
                        {"inbound_nodes", json::array()}};
    const json dense = {{"class_name", "Dense"},
                        {"name", "d"},
                        {"config", {{"name", "d"}, {"units", 2}, {"use_bias", false}}},
                        {"inbound_nodes", json::array({json::array({value_of("x")})})}};
    const json config = {{"layers", {input, dense}},
                         {"input_layers", json::array({{"x", 0U, 0U}})},
                         {"output_layers", json::array({{"d", 0U, 0U}})}};
    for (const bool is_chain : {false, true}) {
        described_model model(inputs);
        const std::string part = model.add("Functional", config, {"input_0"}, "part");
        model.call_again({is_chain ? part + ":1" : "input_1"});
        const std::string end =
            model.add("Subtract", json::object(), {part + ":2", is_chain ? "input_1" : part + ":1"});
        listed_weights weights(json{{"weights", {{{"shape", {2, 2}}, {"data", {1, 2, 3, 4}}}}}});
        model_graph graph{"a model", "Keras 3"};
        keras_model(graph, weights, 3).read(model.model(end));
        complete_graph(graph);
        const auto found = reference_results(graph, {tensor{{1, 2}, {1, 2}}, tensor{{1, 2}, {10, 20}}});
        const std::vector<float> expected =
            is_chain ? std::vector<float>{27, 34} : std::vector<float>{63, 90};
        BOOST_TEST(found.front().numbers == expected, boost::test_tools::per_element());
    }
}

// Keras 3 keeps the structure of a model's results, and reads it in the order of the names.
BOOST_AUTO_TEST_CASE(results_that_have_names) {
    const auto inputs = drawn_inputs({{3}});
    described_model model(inputs);
    const std::string first = model.add("ReLU", json::object(), {"input_0"});
    const std::string second = model.add("Activation", {{"activation", "tanh"}}, {"input_0"});
    json whole = model.model(first);
    whole["config"]["output_layers"] = {{"b", {first, 0U, 0U}}, {"a", {second, 0U, 0U}}};
    whole["config"]["input_layers"] = {{"x", {"input_0", 0U, 0U}}};
    listed_weights weights(std::vector<extents>{});
    model_graph graph{"a model", "Keras 3"};
    keras_model(graph, weights, 3).read(whole);
    complete_graph(graph);
    BOOST_TEST_REQUIRE(graph.outputs.size() == 2u);
    BOOST_TEST(graph.nodes[graph.outputs[0]].kind == "tanh");
    BOOST_TEST(graph.nodes[graph.outputs[1]].kind == "relu");
}

// What its statistics are computed of in training is not known here, and does not matter where it predicts.
BOOST_AUTO_TEST_CASE(normalizations_that_a_mask_reaches) {
    const auto inputs = drawn_inputs({{6, 4}});
    described_model model(inputs);
    const std::string mask = model.add("Masking", json::object(), {"input_0"});
    const std::string norm = model.add("BatchNormalization", json::object(), {mask});
    const std::string end = model.add("LSTM", {{"units", 3}}, {norm});
    BOOST_TEST(
        one_line(topology_text(graph_of(model, end, {{4}, {4}, {4}, {4}, {4, 12}, {3, 12}, {12}})).text()) ==
        "constexpr auto topology = input<6, 4> | masking<0.0> | frozen_weights(batch_norm<>) | "
        "lstm<3, last_step>; ");
    described_model other(inputs);
    const std::string masked = other.add("Masking", json::object(), {"input_0"});
    const std::string each = other.add("GroupNormalization", {{"groups", -1}}, {masked});
    const std::string message = error_message<strata::data_error>([&] {
        (void)graph_of(other, each, {{4}, {4}});
    });
    BOOST_TEST(message.find("a mask reaches it") != message.npos, message);
}

BOOST_AUTO_TEST_CASE(normalizations_over_other_axes) {
    const auto text_of = [](const char* class_name, const json& config, const std::vector<extents>& weights) {
        described_model model(drawn_inputs({{5, 3, 4}}));
        const std::string end = model.add(class_name, config, {"input_0"});
        return one_line(topology_text(graph_of(model, end, weights)).text());
    };
    const std::string begin = "constexpr auto topology = input<5, 3, 4> | ";
    const std::vector<extents> two_axes{{3, 4}, {3, 4}};
    BOOST_TEST(text_of("LayerNormalization", {{"axis", {-2, -1}}}, two_axes) ==
               begin + "layer_norm<last_axes<2>>; ");
    BOOST_TEST(text_of("LayerNormalization", {{"axis", {2, 3}}}, two_axes) ==
               begin + "layer_norm<last_axes<2>>; ");
    BOOST_TEST(text_of("RMSNormalization", json::object(), {{4}}) == begin + "rms_norm<>; ");
    BOOST_TEST(text_of("RMSNormalization", {{"epsilon", 0.125}}, {{4}}) ==
               begin + "rms_norm<epsilon<0.125>>; ");

    // Each channel over its places, where channels are the first axis, and where they are the last.
    const std::vector<float> image{1, 3, 2, 6, 10, 30, 20, 60};
    for (const int axis : {1, -1}) {
        described_model model({tensor{{2, 2, 2}, image}});
        const std::string pool =
            model.add("MaxPooling2D", {{"pool_size", 1}, {"data_format", "channels_first"}}, {"input_0"});
        const std::string end = model.add(
            "GroupNormalization",
            {{"groups", -1}, {"axis", axis}, {"scale", false}, {"center", false}, {"epsilon", 1e-6}}, {pool});
        const model_graph graph = graph_of(model, end);
        const tensor found = reference_results(graph, {tensor{{1, 2, 2, 2}, image}}).front();
        for (int line = 0; line < 2; ++line) {
            double sum = 0, squares = 0;
            for (std::size_t i = 0; i < 8; ++i)
                if ((axis == 1 ? i / 4 : i % 2) == static_cast<std::size_t>(line)) {
                    sum += found.numbers[i];
                    squares += found.numbers[i] * found.numbers[i];
                }
            BOOST_TEST(std::abs(sum) < 1e-5);
            BOOST_TEST(std::abs(squares - 4) < 1e-4);
        }
    }
}

BOOST_AUTO_TEST_CASE(layers_that_do_not_fit_are_refused) {
    const auto message_of = [](const std::vector<extents>& shapes, const char* class_name, const json& config,
                               const std::vector<extents>& weights, const json* before = nullptr) {
        described_model model(drawn_inputs(shapes));
        std::string source = "input_0";
        if (before != nullptr)
            source = model.add("Reshape", *before, {source});
        const std::string end = model.add(class_name, config, {source});
        return error_message<strata::data_error>([&] { (void)graph_of(model, end, weights); });
    };
    const auto says = [](const std::string& message, std::string_view expected) {
        BOOST_TEST(message.find(expected) != message.npos, message);
    };
    // Arrays of other shapes are not read beyond their ends.
    says(message_of({{3, 2}}, "CuDNNLSTM", {{"units", 4}}, {{2, 16}, {1, 16}, {32}}),
         "recurrent_kernel of layer \"layer_1\" of the shape 4 x 16, found 1 x 16");
    says(message_of({{1}}, "PReLU", json::object(), {{}}), "slopes shared along some axes");
    const json rows = {{"target_shape", {2, 3}}};
    says(message_of({{6}}, "Embedding", {{"input_dim", 9}, {"output_dim", 2}}, {{9, 2}}, &rows),
         "behind a layer: it takes an input");
}

BOOST_AUTO_TEST_CASE(activations_by_name_and_as_objects) {
    const auto inputs = drawn_inputs({{5}});
    described_model model(inputs);
    const json leaky = {{"class_name", "LeakyReLU"}, {"config", {{"negative_slope", 0.125}}}};
    const std::string y = model.add("Dense", {{"units", 6}, {"activation", leaky}}, {"input_0"});
    const std::string z =
        model.add("ReLU", {{"max_value", 2}, {"negative_slope", 0.5}, {"threshold", 0.25}}, {y});
    const std::string mish =
        model.add("Activation", {{"activation", {{"class_name", "function"}, {"config", "mish"}}}}, {z});
    const std::string hard = model.add("Activation", {{"activation", "hard_tanh"}}, {mish});
    check_model(model, inputs, hard, {{5, 6}, {6}}, imported_models::functions,
                "constexpr auto topology = input<5> | dense<6> | leaky_relu<0.125> | "
                "activation<select(symbols::x > 0.25, "
                "min(symbols::x, 2.0), 0.5 * (symbols::x - 0.25))> | named_activation<\"mish\", symbols::x * "
                "tanh(softplus(symbols::x))> | clip<-1.0, 1.0>; ");
}

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
