// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Weights under the names and in the layouts of others: what PyTorch's modules become (pytorch.py made the
// files in pytorch/), and the paths of Keras.
#include "weights_file.hpp"

#include <strata/data/safetensors.hpp>
#include <strata/data/safetensors_output.hpp>
#include <strata/io/weights.hpp>
#include <strata/layers/layers.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace strata;

namespace {

const std::filesystem::path made_elsewhere = STRATA_TESTS "/io/pytorch";

template <class Network>
void check_values(const Network& net, const std::string& name) {
    safetensors_file values(made_elsewhere / (name + ".values.safetensors"));
    std::array<std::vector<float>, Network::input_count> x;
    std::array<const float*, Network::input_count> sources;
    for (std::size_t i = 0; i < x.size(); ++i)
        sources[i] = (x[i] = values.read("x" + std::to_string(i))).data();
    const std::vector<float> expected = values.read("y");
    std::vector<float> found(expected.size());
    net.predict_batch(sources, {found.data()}, expected.size() / Network::output_size);
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST(std::abs(found[i] - expected[i]) < 1e-5,
                   name << " " << i << ": " << found[i] << " " << expected[i]);
}

/// What is saved comes back, and is PyTorch's own file, tensor by tensor, but for biases that are added.
template <class Network>
void check_saved(const Network& net, const std::string& name, const bedrock::weight_options& options) {
    save_weights(net, file, options);
    Network again{seed{77}};
    load_weights(again, file, options);
    BOOST_TEST((again.weights() == net.weights()), name);
    safetensors_file saved(file), original(made_elsewhere / (name + ".safetensors"));
    for (const auto& tensor : saved.tensors()) {
        const auto* const known = original.find(tensor.name);
        BOOST_TEST_REQUIRE(known != nullptr, tensor.name);
        BOOST_TEST(known->shape == tensor.shape, tensor.name);
        if (tensor.name.find("bias_") == std::string::npos)
            BOOST_TEST((saved.read(tensor.name) == original.read(tensor.name)), tensor.name);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(networks_of_pytorch_predict_what_pytorch_predicts) {
    model<input<6, 8, 3> | conv<4, 3, stride<2>, padding<1>> | batch_norm<epsilon<1e-5>> |
          prelu<shared::places> | depthwise_conv<2, depth_multiplier<2>> | conv<6, 1, groups<2>, no_bias> |
          tanh | flatten | dense<5> | batch_norm<epsilon<1e-5>> | relu | dense<3>>
        images;
    const bedrock::weight_options of_images{.names = {{"conv1", "conv"},
                                                      {"bn", "batch_norm"},
                                                      {"act", "prelu"},
                                                      {"depthwise", "depthwise_conv"},
                                                      {"grouped", "conv_1"},
                                                      {"fc1", "dense"},
                                                      {"norm", "batch_norm_1"},
                                                      {"fc2", "dense_1"}},
                                            .convention = pytorch};
    load_weights(images, made_elsewhere / "images.safetensors", of_images);
    check_values(images, "images");
    check_saved(images, "images", of_images);

    model<input<4> | dense<12> | batch_norm<epsilon<1e-5>> | relu | reshape<2, 2, 3> |
          conv_transpose<2, 3, stride<2>, padding<1>, output_padding<1>> | tanh>
        generator;
    load_weights(generator, made_elsewhere / "generator.safetensors",
                 {.names = {{"start", "dense"}, {"norm", "batch_norm"}, {"up", "conv_transpose"}},
                  .convention = pytorch});
    check_values(generator, "generator");
}

BOOST_AUTO_TEST_CASE(sequences_of_pytorch_predict_what_pytorch_predicts) {
    model<input<6> | embedding<9, 4> | bidirectional(lstm<3>) | gru<5> | gru<5> | simple_rnn<3> | flatten |
          dense<2>>
        sequence;
    const bedrock::weight_options of_sequence{.names = {{"words", "embedding"},
                                                        {"both", "forward.lstm"},
                                                        {"both.*_l0_reverse", "backward.lstm"},
                                                        {"gates", "gru"},
                                                        {"gates.*_l1", "gru_1"},
                                                        {"plain", "simple_rnn"},
                                                        {"end", "dense"}},
                                              .convention = pytorch};
    load_weights(sequence, made_elsewhere / "sequence.safetensors", of_sequence);
    check_values(sequence, "sequence");
    check_saved(sequence, "sequence", of_sequence);

    model<inputs(input<5, 8>, input<7, 6>) |
          with_all(pick<0> | residual(attention<2, 4>) | layer_norm<epsilon<1e-5>>, pick<1>) |
          attention<2, 4> | conv<3, 2> | flatten | dense<2>>
        attentive;
    // A rule can do what a table does.
    const auto rule = [](std::string_view name) -> std::string {
        return name == "attention"     ? "own"
               : name == "attention_1" ? "other"
               : name == "layer_norm"  ? "norm"
               : name == "dense"       ? "end"
                                       : "";
    };
    load_weights(attentive, made_elsewhere / "attention.safetensors", {.names = rule, .convention = pytorch});
    check_values(attentive, "attention");
    check_saved(attentive, "attention", {.names = rule, .convention = pytorch});
}

BOOST_AUTO_TEST_CASE(names_of_keras_are_known) {
    model<input<4, 4, 2> | conv<3, 2> | depthwise_conv<2> | batch_norm<> | reshape<2, 6> | gru<2> | lstm<2> |
          attention<2, 3> | prelu<shared::places>>
        net, loaded{seed{4}};
    set_numbers(net);
    save_weights(net, file, {.convention = keras});
    load_weights(loaded, file, {.convention = keras});
    BOOST_TEST((loaded.weights() == net.weights()));
    loaded = decltype(loaded){seed{4}};
    const std::vector<std::pair<std::string, std::vector<std::size_t>>> paths{
        {"conv2d/kernel:0", {}},
        {"conv2d/bias:0", {}},
        {"depthwise_conv2d/kernel", {}},
        {"depthwise_conv2d/bias", {}},
        {"batch_normalization/gamma", {}},
        {"batch_normalization/beta", {}},
        {"batch_normalization/moving_mean", {}},
        {"batch_normalization/moving_variance", {}},
        {"gru/gru_cell/kernel:0", {}},
        {"gru/gru_cell/recurrent_kernel:0", {}},
        {"gru/gru_cell/bias:0", {}},
        {"reader/lstm_cell/kernel", {}},
        {"reader/lstm_cell/recurrent_kernel", {}},
        {"reader/lstm_cell/bias", {}},
        {"multi_head_attention/query/kernel", {2, 2, 3}},
        {"multi_head_attention/query/bias", {2, 3}},
        {"multi_head_attention/key/kernel", {2, 2, 3}},
        {"multi_head_attention/key/bias", {2, 3}},
        {"multi_head_attention/value/kernel", {2, 2, 3}},
        {"multi_head_attention/value/bias", {2, 3}},
        {"multi_head_attention/attention_output/kernel", {2, 3, 2}},
        {"multi_head_attention/attention_output/bias", {}},
        {"p_re_lu/alpha", {1, 2}}};
    const auto arrays = net.parameters();
    BOOST_REQUIRE(arrays.size() == paths.size());
    std::vector<std::vector<float>> numbers;
    std::vector<named_tensor<float>> tensors;
    for (const auto& array : arrays)
        numbers.push_back(array.values());
    for (std::size_t i = 0; i < arrays.size(); ++i) {
        auto shape = paths[i].second;
        if (shape.empty())
            shape.assign(arrays[i].shape().begin(), arrays[i].shape().end());
        tensors.push_back({paths[i].first, shape, numbers[i]});
    }
    write_safetensors(file, tensors);
    load_weights(loaded, file, {.names = {{"reader", "lstm"}}, .convention = keras});
    BOOST_TEST((loaded.weights() == net.weights()));
}
