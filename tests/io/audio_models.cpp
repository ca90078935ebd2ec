// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "audio_models.hpp"

#include "error_message.hpp"

#include <strata/io/import/audio_file.hpp>
#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/reference.hpp>
#include <strata/io/import/topology_text.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

// Models of RTNeural and of Neural Amp Modeler, beside what their own players make of them: weights by a
// formula, which floats have exactly. With STRATA_AUDIO_MODELS the models are written to that folder, which
// audio_models.py computes the numbers of audio_models.hpp from.

using namespace strata::bedrock::imports;

namespace {

constexpr double tolerance = 1e-5;
constexpr std::size_t steps = 24;

/// Weights one after another.
class drawn_weights {
public:
    double next() { return static_cast<double>(static_cast<int>(place_++ * 37 + 11) % 101 - 50) / 64; }
    json list(std::size_t count) {
        json result = json::array();
        for (std::size_t i = 0; i < count; ++i)
            result.push_back(next());
        return result;
    }
    json positive(std::size_t count) {
        json result = list(count);
        for (json& each : result)
            each = std::abs(each.get<double>()) + 0.5;
        return result;
    }
    /// Lists in lists.
    json array(std::vector<std::size_t> shape) {
        const std::size_t count = shape.front();
        shape.erase(shape.begin());
        if (shape.empty())
            return list(count);
        json result = json::array();
        for (std::size_t i = 0; i < count; ++i)
            result.push_back(array(shape));
        return result;
    }

private:
    std::size_t place_ = 0;
};

json rtneural_layer(const char* type, const char* function, json weights, json rest = json::object()) {
    rest["type"] = type;
    rest["activation"] = function;
    rest["weights"] = std::move(weights);
    return rest;
}
json steps_of(std::size_t features) { return {{"shape", {nullptr, nullptr, features}}}; }

json sequence_model() {
    drawn_weights w;
    json layers = json::array();
    layers.push_back(rtneural_layer("dense", "tanh", {w.array({3, 4}), w.list(4)}, steps_of(4)));
    json convolution = steps_of(6);
    convolution["kernel_size"] = {3};
    convolution["dilation"] = {2};
    convolution["groups"] = 2;
    layers.push_back(rtneural_layer("conv1d", "relu", {w.array({3, 2, 6}), w.list(6)}, convolution));
    json norm = steps_of(6);
    norm["epsilon"] = 0.25;
    layers.push_back(rtneural_layer("batchnorm", "", {w.list(6), w.list(6), w.list(6), w.positive(6)}, norm));
    layers.push_back(rtneural_layer("prelu", "", json::array({w.array({1, 6})}), steps_of(6)));
    layers.push_back(
        rtneural_layer("gru", "tanh", {w.array({6, 15}), w.array({5, 15}), w.array({2, 15})}, steps_of(5)));
    layers.push_back(
        rtneural_layer("lstm", "tanh", {w.array({5, 16}), w.array({4, 16}), w.list(16)}, steps_of(4)));
    layers.push_back(
        rtneural_layer("time-distributed-dense", "sigmoid", {w.array({4, 3}), w.list(3)}, steps_of(3)));
    json plain_norm = steps_of(3);
    plain_norm["epsilon"] = 0.5;
    layers.push_back(rtneural_layer("batchnorm", "", {w.list(3), w.positive(3)}, plain_norm));
    layers.push_back(
        rtneural_layer("prelu", "", json::array({json::array({json::array({0.25})})}), steps_of(3)));
    layers.push_back(rtneural_layer("dense", "elu", json::array({w.array({3, 4})}), steps_of(4)));
    layers.push_back(rtneural_layer("activation", "softmax", json::array(), steps_of(4)));
    return {{"in_shape", {nullptr, nullptr, 3}}, {"layers", layers}};
}

json image_layer(drawn_weights& w, std::size_t times, std::size_t size, std::size_t dilation,
                 std::size_t stride, std::size_t filters_in, std::size_t features_in, std::size_t filters_out,
                 std::size_t features_out, const char* padding) {
    return rtneural_layer("conv2d", "",
                          {w.array({times, size, filters_in, filters_out}), w.list(filters_out)},
                          {{"kernel_size_time", times},
                           {"kernel_size_feature", size},
                           {"dilation", dilation},
                           {"strides", stride},
                           {"num_filters_in", filters_in},
                           {"num_features_in", features_in},
                           {"num_filters_out", filters_out},
                           {"padding", padding},
                           {"shape", {nullptr, 24, features_out, filters_out}}});
}

json image_model() {
    drawn_weights w;
    json layers = json::array();
    layers.push_back(image_layer(w, 2, 3, 2, 1, 2, 7, 3, 5, "valid"));
    layers.push_back(rtneural_layer(
        "batchnorm2d", "", {w.list(3), w.list(3), w.list(3), w.positive(3)},
        {{"epsilon", 0.25}, {"num_filters_in", 3}, {"num_features_in", 5}, {"shape", {nullptr, 24, 5, 3}}}));
    layers.push_back(rtneural_layer("activation", "tanh", json::array(), {{"shape", {nullptr, 24, 5, 3}}}));
    layers.push_back(image_layer(w, 2, 3, 1, 2, 3, 5, 2, 3, "same"));
    layers.push_back(
        rtneural_layer("dense", "", {w.array({6, 2}), w.list(2)}, {{"shape", {nullptr, 24, 2}}}));
    return {{"in_shape", {nullptr, 24, 7, 2}}, {"layers", layers}};
}

json nam_model_of(const char* architecture, json config, json weights) {
    return {{"version", "0.7.0"},
            {"architecture", architecture},
            {"config", std::move(config)},
            {"weights", std::move(weights)},
            {"sample_rate", 48000}};
}

json film(bool shifts) { return {{"active", true}, {"shift", shifts}, {"groups", 1}}; }

/// Two stacks, of which the first has all that there is, a condition of its own, and a head behind both.
json wavenet_model() {
    drawn_weights w;
    const json rich = {{"input_size", 1},
                       {"condition_size", 1},
                       {"head", {{"out_channels", 4}, {"kernel_size", 3}, {"bias", true}}},
                       {"channels", 4},
                       {"bottleneck", 2},
                       {"kernel_sizes", {3, 2, 2}},
                       {"dilations", {1, 2, 3}},
                       {"activation",
                        {"Tanh",
                         {{"type", "LeakyReLU"}, {"negative_slope", 0.25}},
                         {{"type", "PReLU"}, {"negative_slopes", {0.25, 0.5}}}}},
                       {"gating_mode", {"none", "gated", "blended"}},
                       {"secondary_activation", {"Sigmoid", "Hardswish", "Softsign"}},
                       {"groups_input", 2},
                       {"layer1x1", {{"active", true}, {"groups", 2}}},
                       {"head1x1", {{"active", true}, {"out_channels", 4}, {"groups", 2}}},
                       {"conv_post_film", film(true)},
                       {"activation_pre_film", film(false)},
                       {"layer1x1_post_film", film(true)},
                       {"head1x1_post_film", film(true)}};
    const json plain = {{"input_size", 4},      {"condition_size", 1}, {"head_size", 2},
                        {"channels", 4},        {"kernel_size", 2},    {"dilations", {1, 4}},
                        {"activation", "SiLU"}, {"gated", false},      {"head_bias", false}};
    const json condition = nam_model_of("Linear", {{"receptive_field", 3}, {"bias", true}}, w.list(4));
    const json config = {
        {"layers", {rich, plain}},
        {"condition_dsp", condition},
        {"head", {{"channels", 3}, {"out_channels", 1}, {"kernel_sizes", {2, 3}}, {"activation", "Tanh"}}},
        {"head_scale", 0.5}};
    return nam_model_of("WaveNet", config, w.list(494));
}

/// As those that are shared most.
json plain_wavenet_model() {
    drawn_weights w;
    const json stack = {{"input_size", 1},      {"condition_size", 1}, {"head_size", 2},
                        {"channels", 3},        {"kernel_size", 3},    {"dilations", {1, 2}},
                        {"activation", "Tanh"}, {"gated", false},      {"head_bias", false}};
    json other = stack;
    other["input_size"] = 3;
    other["head_size"] = 1;
    other["channels"] = 2;
    other["dilations"] = {4};
    other["head_bias"] = true;
    return nam_model_of("WaveNet", {{"layers", {stack, other}}, {"head", nullptr}, {"head_scale", 0.5}},
                        w.list(131));
}

json lstm_model() {
    drawn_weights w;
    json weights = json::array();
    const auto append = [&](const json& list) { weights.insert(weights.end(), list.begin(), list.end()); };
    for (const std::size_t inputs : {std::size_t{1}, std::size_t{3}}) {
        append(w.list(12 * (inputs + 3) + 12));
        append(json(std::vector<double>(6, 0.0))); // the state before the first step
    }
    append(w.list(4));
    return nam_model_of("LSTM", {{"input_size", 1}, {"hidden_size", 3}, {"num_layers", 2}}, weights);
}

json convnet_model() {
    drawn_weights w;
    json weights = json::array();
    const auto append = [&](const json& list) { weights.insert(weights.end(), list.begin(), list.end()); };
    for (const std::size_t inputs : {std::size_t{1}, std::size_t{4}}) {
        append(w.list(4 * inputs * 2));
        append(w.list(4));
        append(w.positive(4));
        append(w.list(8));
        weights.push_back(0.25);
    }
    append(w.list(5));
    return nam_model_of(
        "ConvNet", {{"channels", 4}, {"dilations", {1, 2}}, {"batchnorm", true}, {"activation", "Hardtanh"}},
        weights);
}

/// The number of an input at a place, as audio_models.py has it.
float drawn_input(std::size_t place) {
    return static_cast<float>(static_cast<int>(place * 29 % 17) - 8) / 16;
}

model_graph read(const json& document) {
    model_graph graph = document.contains("architecture") ? read_nam("a model", document)
                                                          : read_rtneural("a model", document);
    complete_graph(graph);
    return graph;
}

void check(const char* name, const json& document, const std::vector<float>& expected) {
    if (const char* const folder = std::getenv("STRATA_AUDIO_MODELS"))
        std::ofstream(std::string(folder) + "/" + name) << document.dump();
    BOOST_TEST_CONTEXT(name) {
        model_graph graph = read(document);
        extents shape = graph.nodes[0].shape;
        shape.front() = steps;
        complete_graph(graph, {shape});
        BOOST_TEST(topology_text(graph).text() != "");
        shape.insert(shape.begin(), 1);
        tensor input{shape, {}};
        for (std::size_t i = *size_of(shape); i > 0; --i)
            input.numbers.push_back(drawn_input(input.numbers.size()));
        const std::vector<float> found = reference_results(graph, {input}).front().numbers;
        BOOST_TEST(found.size() == expected.size());
        for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i)
            BOOST_TEST(std::abs(found[i] - expected[i]) <= tolerance);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(models_of_rtneural) {
    check("sequence.json", sequence_model(), audio_models::sequence);
    check("image.json", image_model(), audio_models::image);
}

BOOST_AUTO_TEST_CASE(models_of_neural_amp_modeler) {
    check("wavenet.nam", wavenet_model(), audio_models::wavenet);
    check("plain_wavenet.nam", plain_wavenet_model(), audio_models::plain_wavenet);
    check("lstm.nam", lstm_model(), audio_models::lstm);
    check("convnet.nam", convnet_model(), audio_models::convnet);
    check("linear.nam",
          nam_model_of("Linear", {{"receptive_field", 5}, {"bias", true}}, drawn_weights().list(6)),
          audio_models::linear);
}

BOOST_AUTO_TEST_CASE(a_container_gives_its_largest_model) {
    const json small = nam_model_of("Linear", {{"receptive_field", 1}, {"bias", false}}, {0.5});
    const json large = nam_model_of("Linear", {{"receptive_field", 2}, {"bias", false}}, {0.5, 0.25});
    const json all = {
        {"architecture", "SlimmableContainer"},
        {"config",
         {{"submodels", {{{"max_value", 0.5}, {"model", small}}, {{"max_value", 1.0}, {"model", large}}}}}}};
    const model_graph graph = read(all);
    BOOST_TEST(graph.nodes.back().weight("kernel")->numbers.size() == 2u);
    BOOST_TEST(graph.warnings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_state_before_the_first_step_is_warned_of) {
    json model = lstm_model();
    model["weights"][61] = 0.5; // of the first layer's state
    BOOST_TEST(read(model).warnings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(wrong_models_say_what_is_wrong) {
    const auto said = [](const json& document) {
        return error_message<strata::data_error>([&] { read(document); });
    };
    const auto changed = [](json document, const char* path, json value) {
        document[json::json_pointer(path)] = std::move(value);
        return document;
    };
    json few = lstm_model();
    few["weights"].erase(0);
    BOOST_TEST(said(few) ==
               "a model: expected weights for head, with an axis of 1, found 0 that are left of 159");
    json many = lstm_model();
    many["weights"].push_back(1.0);
    BOOST_TEST(said(many) == "a model: expected 160 weights, found 161");
    BOOST_TEST(
        said(changed(lstm_model(), "/config/hidden_size", 1e9)) ==
        "a model: expected weights for layers.0, with an axis of 4000000000, found 160 that are left of 160");
    BOOST_TEST(said(changed(lstm_model(), "/config/hidden_size", 0)) ==
               "a model: expected \"hidden_size\", a whole number, found 0");
    BOOST_TEST(said(changed(lstm_model(), "/weights/3", "x")) ==
               "a model: expected a number as weight 3, found \"x\"");
    BOOST_TEST(said(changed(lstm_model(), "/architecture", "Parametric")) ==
               "a model: expected the architecture WaveNet, LSTM, ConvNet or Linear, found \"Parametric\"");
    BOOST_TEST(said(changed(wavenet_model(), "/config/layers/1/activation", "Fasttanh")) ==
               "a model: expected layers that strata can express, found 2 that it cannot:\n"
               "  layers.1.layers.0: Fasttanh; behind 64 x 4\n  layers.1.layers.1: Fasttanh");
    BOOST_TEST(said(changed(wavenet_model(), "/config/layers/1/input_size", 3)) ==
               "a model: expected layers.1 of 4 inputs and 1 channels of the condition, found 3 and 1");
    BOOST_TEST(said(changed(sequence_model(), "/layers/0/weights/0/1", json::array({1.0}))) ==
               "a model: expected a list of 4 in weights 0 of layers.0, found a list of 1");
    BOOST_TEST(said(changed(sequence_model(), "/layers/4/weights/2", json::array({1.0}))) ==
               "a model: expected 2 lists in each other of weights 2 of layers.4, found at depth 1: 1.0");
    BOOST_TEST(said(changed(sequence_model(), "/layers/4/weights/2", json::array({json::array({1.0})}))) ==
               "a model: expected bias of layer \"layers.4\" of the shape 2 x 15, found 1 x 1");
    BOOST_TEST(said(changed(sequence_model(), "/in_shape", json::array({nullptr}))) ==
               "a model: expected \"in_shape\", a list of two to four extents, found a list of 1");
    BOOST_TEST(said(changed(sequence_model(), "/layers/9/activation", "swish")) ==
               "a model: expected layers that strata can express, found 1 that it cannot:\n"
               "  layers.9: activation swish; behind 64 x 4");
}
