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
#include <cstdint>
#include <numeric>
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

// Norms of several axes: images have their channels first in PyTorch, sequences do not.
BOOST_AUTO_TEST_CASE(norms_of_several_axes_are_pytorchs) {
    model<input<2, 3, 4> | layer_norm<last_axes<3>>> images, again{seed{2}};
    std::vector<float> gamma(24);
    std::iota(gamma.begin(), gamma.end(), 1.0F);
    images.parameter<"layer_norm.gamma">().set(gamma);
    save_weights(images, file, {.convention = pytorch});
    safetensors_file saved(file);
    BOOST_TEST((saved.expect("layer_norm.weight").shape == std::vector<std::uint64_t>{4, 2, 3}));
    BOOST_TEST(saved.read("layer_norm.weight")[1] == gamma[4]); // the next column's first channel
    load_weights(again, file, {.convention = pytorch});
    BOOST_TEST((again.weights() == images.weights()));

    model<input<3, 3> | layer_norm<last_axes<2>>> steps;
    std::vector<float> weight(9), bias(9);
    std::iota(weight.begin(), weight.end(), 0.0F);
    const std::vector<named_tensor<float>> tensors{{"layer_norm.weight", {3, 3}, weight},
                                                   {"layer_norm.bias", {3, 3}, bias}};
    write_safetensors(file, tensors);
    load_weights(steps, file, {.convention = pytorch});
    BOOST_TEST((steps.parameter<"layer_norm.gamma">().values() == weight));

    // Behind a convolution it is a line of channels, which PyTorch has first.
    model<input<6, 3> | conv<4, 3> | layer_norm<last_axes<2>>> slid, read{seed{2}};
    std::vector<float> of_line(16);
    std::iota(of_line.begin(), of_line.end(), 0.0F);
    slid.parameter<"layer_norm.gamma">().set(of_line);
    save_weights(slid, file, {.convention = pytorch});
    BOOST_TEST(safetensors_file(file).read("layer_norm.weight")[1] == of_line[4]);
    load_weights(read, file, {.convention = pytorch});
    BOOST_TEST((read.weights() == slid.weights()));
}

namespace {
/// The number at a place of what is saved of a network whose array has its places as numbers.
template <class Network>
float saved_number(Network& net, const std::string& array, const std::string& tensor, std::size_t place) {
    for (auto&& each : net.parameters())
        if (each.name() == array) {
            std::vector<float> numbers(each.values().size());
            std::iota(numbers.begin(), numbers.end(), 0.0F);
            each.set(numbers);
        }
    save_weights(net, file, {.convention = pytorch});
    safetensors_file saved(file);
    return saved.read(tensor)[place];
}
template <class Network>
bool is_refused() {
    const Network net{seed{1}};
    try {
        save_weights(net, file, {.convention = pytorch});
    } catch (const std::invalid_argument&) {
        return true;
    }
    return false;
}
} // namespace

// PyTorch numbers the elements of an image channel by channel, wherever it is a row.
BOOST_AUTO_TEST_CASE(rows_of_images_have_pytorchs_order) {
    // Number 1 is channel 0 of place 1.
    model<input<3, 2, 2, 1> | time_distributed(conv<2, 1> | flatten) | lstm<1>> steps{seed{1}};
    BOOST_TEST(saved_number(steps, "lstm.kernel", "lstm.weight_ih_l0", 1) == 2 * 4);
    model<input<4> | dense<12> | residual(dense<12>) | reshape<2, 2, 3> | conv_transpose<2, 3>> block{
        seed{1}};
    BOOST_TEST(saved_number(block, "dense.bias", "dense.bias", 1) == 3);
    BOOST_TEST(saved_number(block, "dense_1.bias", "dense_1.bias", 1) == 3);
    model<input<4> | swiglu<12> | reshape<2, 2, 3> | conv_transpose<2, 3>> gated{seed{1}};
    BOOST_TEST(saved_number(gated, "swiglu.gate.bias", "swiglu.gate.bias", 1) == 3);
    BOOST_TEST(saved_number(gated, "swiglu.value.bias", "swiglu.value.bias", 1) == 3);
    model<input<6, 2> | conv<3, 3, same> | spatial_dropout<0.2> | flatten | dense<1>> dropped{seed{1}};
    BOOST_TEST(saved_number(dropped, "dense.kernel", "dense.weight", 1) == 3);
    model<input<6, 2> | branches(conv<2, 3, same>, conv<1, 5, same>) | concat<> | flatten | dense<1>> joined{
        seed{1}};
    BOOST_TEST(saved_number(joined, "dense.kernel", "dense.weight", 1) == 3);
    // One number for all has no order.
    model<input<10, 10, 1> | conv<8, 3> | flatten | prelu<shared::all> | dense<2>> slope{seed{1}},
        again{seed{2}};
    save_weights(slope, file, {.convention = pytorch});
    load_weights(again, file, {.convention = pytorch});
    BOOST_TEST((again.weights() == slope.weights()));

    BOOST_TEST((
        is_refused<model<input<2, 2, 2> | branches(conv<2, 1> | flatten, flatten) | concat<> | dense<1>>>()));
    BOOST_TEST(
        (is_refused<
            model<input<2, 2, 2> | branches(conv<2, 1> | flatten, flatten) | concat<> | relu | dense<1>>>()));
    BOOST_TEST((is_refused<model<input<2, 2, 2> | branches(conv<2, 1> | flatten, flatten) | concat<> |
                                 dropout<0.5> | dense<1>>>()));
}
