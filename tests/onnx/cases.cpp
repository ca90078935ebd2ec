// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Exports the networks of the suites beside Keras and PyTorch, which cover all layers that ONNX has.
#define STRATA_EXPORTED_CASES
#define BOOST_TEST_MODULE onnx

#include "../keras/cases.hpp"
#include "../error_message.hpp"
#include "../layers/agreement.hpp"

// Each is a program elsewhere, and so in a room of its own.
BOOST_AUTO_TEST_SUITE(keras_convolutional)
#include "../keras/convolutional.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(keras_layers)
#include "../keras/layers.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(keras_merge)
#include "../keras/merge.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(keras_networks)
#include "../keras/networks.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(keras_normalization)
#include "../keras/normalization.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(keras_pooling)
#include "../keras/pooling.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(keras_resampling)
#include "../keras/resampling.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(layers_attention)
#include "../layers/attention.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(layers_convolutions_of_other_ranks)
#include "../layers/convolutions_of_other_ranks.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(layers_depthwise_convolutions)
#include "../layers/depthwise_convolutions.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(layers_masks)
#include "../layers/masks.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(layers_merging)
#include "../layers/merging.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(layers_normalization)
#include "../layers/normalization.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(layers_pooling)
#include "../layers/pooling.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(layers_recurrent)
#include "../layers/recurrent.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(layers_resampling)
#include "../layers/resampling.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(layers_sequences)
#include "../layers/sequences.cpp"
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(layers_transposed_convolutions)
#include "../layers/transposed_convolutions.cpp"
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(beside_torch) { agreement::agree_all(agreement::exported); }

// What no suite beside others has: what it should be is what the network itself predicts.
namespace {
template <auto Topology, class T = float>
void check(const std::string& name, std::size_t samples, const std::vector<std::vector<float>>& inputs,
           strata::onnx_options options = {}) {
    using network = strata::model<Topology, T>;
    const network net{strata::seed{5}};
    std::array<std::vector<T>, network::input_count> given;
    std::array<const T*, network::input_count> x;
    for (std::size_t i = 0; i < x.size(); ++i) {
        given[i].assign(inputs[i].begin(), inputs[i].end());
        x[i] = given[i].data();
    }
    std::array<std::vector<T>, network::output_count> results;
    std::array<T*, network::output_count> y;
    for (std::size_t i = 0; i < y.size(); ++i) {
        results[i].resize(samples * network::output_sizes[i]);
        y[i] = results[i].data();
    }
    net.predict_batch(x, y, samples);
    std::vector<std::vector<double>> expected;
    for (const auto& each : results)
        expected.emplace_back(each.begin(), each.end());
    exported_cases::write_case(name, inputs, expected, [&](const std::string& file) {
        strata::export_onnx(net, file, options);
        std::ofstream(file + ".text") << strata::to_string(Topology);
    });
}

std::vector<float> numbers(std::size_t count, float scale = 1) {
    std::vector<float> result;
    for (std::size_t i = 0; i < count; ++i)
        result.push_back(scale * static_cast<float>(static_cast<int>(i * 7 % 11) - 5));
    return result;
}
std::vector<float> tokens(std::size_t count, std::size_t vocabulary) {
    std::vector<float> result;
    for (std::size_t i = 0; i < count; ++i)
        result.push_back(static_cast<float>(i * 5 % vocabulary));
    return result;
}
std::string bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
std::size_t count_of(const std::string& text, const std::string& word) {
    std::size_t result = 0;
    for (std::size_t place = text.find(word); place != text.npos; place = text.find(word, place + 1))
        ++result;
    return result;
}
} // namespace

BOOST_AUTO_TEST_CASE(parts_that_share_weights) {
    using namespace strata;
    constexpr auto encoder = shared_weights<"encoder">(dense<5> | strata::tanh | dense<3>);
    check<inputs(input<4>, input<4>) | branches(encoder, encoder) | subtract | dense<2>>(
        "own.siamese", 2, {numbers(8), numbers(8, 0.5f)});
    constexpr auto words = embedding<9, 4>;
    check<input<6> | shared_weights<"words">(words) | gru<4> | shared_weights<"words">(unembedding<words>) |
          softmax>("own.tied", 3, {tokens(18, 9)});
    // Values of a shared layer, and images of other shapes behind which its rows are turned otherwise.
    check<input<5, 3> | shared_weights<"encoder">(lstm<4, return_state>)>("own.shared_states", 2,
                                                                          {numbers(30, 0.1f)});
    constexpr auto head = shared_weights<"head">(dense<2>);
    check<inputs(input<2, 2, 1>, input<2, 3, 1>) |
          branches(conv<3, 1> | flatten | head, conv<2, 1> | flatten | head)>("own.shared_images", 2,
                                                                              {numbers(8), numbers(12)});
    // A table is in the file once, under its name, and so is each kernel.
    BOOST_TEST(count_of(bytes_of(exported_cases::folder() + "/own.tied.onnx"),
                        "words.embedding.embeddings") == 1 + 2); // itself and what reads it
}

BOOST_AUTO_TEST_CASE(several_results_and_what_training_alone_has) {
    using namespace strata;
    check<input<7, 7, 2> | random_flip<> | conv<3, 3> | spatial_dropout<0.2> |
          branches(global_max_pool | branches(dense<2>, dense<2>) | sampling,
                   conv<2, 1> | gaussian_noise<0.1>, identity, identity)>("own.results", 2,
                                                                          {numbers(2 * 98, 0.1f)});
    check<inputs(input<3>, input<2, 5>) | branches(identity, permute<1, 0> | flatten | dropout<0.5>)>(
        "own.borders", 2, {numbers(6), numbers(20)});
}

// Nothing in these turns axes of images.
BOOST_AUTO_TEST_CASE(inputs_of_three_axes) {
    using namespace strata;
    check<input<4, 3, 2> | relu | flatten | dense<2>>("again.flatten", 2, {numbers(48)});
    check<input<6, 7, 3> | slice<0, 1, 4> | softmax>("again.slice", 2, {numbers(252, 0.1f)});
    check<input<5, 1, 4> | layer_norm<> | dense<3>>("again.norm", 2, {numbers(40, 0.1f)});
}

BOOST_AUTO_TEST_CASE(formulas_of_a_program) {
    using namespace strata;
    using namespace strata::symbols;
    check<input<4, 3> | activation<select(x >= 0.5, sqrt(abs(x)), expm1(x) - pow<3>(x) / 9)> |
          activation<log1p(square(x)) * sign(x) + max(erf(x), min(cos(-x), sin(30 * x)))> |
          named_activation<"relu", x * sigmoid(x)>>("own.formulas", 2, {numbers(24, 0.3f)});
    // Layers that are called as what the graph reads and makes.
    check<input<4> | named_activation<"input", 2 * x> | named_activation<"output", x * sigmoid(x)> |
          branches(named_activation<"output_1", x * x> | dense<2>, dense<3>)>("own.names", 2,
                                                                              {numbers(8, 0.3f)});
    check<input<4, 3> | lstm<2, softplus> | softplus>("own.softplus", 2, {numbers(24, 0.3f)});
    BOOST_TEST(count_of(bytes_of(exported_cases::folder() + "/own.softplus.onnx"), "Softplus") >= 2);
    // Numbers of a recurrent layer's functions, of which the first has none.
    check<input<4, 3> | gru<2, elu<1.0>> | lstm<3, linear, recurrent<hard_sigmoid>>>("own.functions", 2,
                                                                                     {numbers(24, 0.3f)});
}

BOOST_AUTO_TEST_CASE(numbers_of_double_and_in_a_file_of_their_own) {
    using namespace strata;
    check<input<40> | dense<30> | relu | dense<3>, double>("own.double", 2, {numbers(80, 0.1f)});
    check<input<40> | dense<30> | relu | dense<3>>("own.separate", 2, {numbers(80, 0.1f)},
                                                   {.separate = true});
    const std::string path = exported_cases::folder() + "/own.separate.onnx";
    BOOST_TEST(bytes_of(path + ".data").size() == 40 * 30 * 4); // the smaller arrays are in the graph
    BOOST_TEST(bytes_of(path).size() < 40 * 30 * 4);
}

BOOST_AUTO_TEST_CASE(what_onnx_lacks_is_said_at_once) {
    using namespace strata;
    const model<input<8, 3> | average_pool<2, stride<1>, dilation<2>> | lstm<2, gelu> | dense<2>> net;
    const std::string path = exported_cases::folder() + "/refused";
    const std::string said =
        error_message<std::invalid_argument>([&] { export_onnx(net, path, {.separate = true}); });
    BOOST_TEST(said == "export_onnx: expected layers that ONNX has, found 2 that it lacks:\n"
                       "  average_pool: average_pool<2>, which has no dilation in opset 17\n"
                       "  lstm: lstm<2>, whose activations its recurrent operations lack");
    // Of a layer that makes several values, too.
    const auto refuses = [&](const auto& other) {
        BOOST_CHECK_THROW(export_onnx(other, path), std::invalid_argument);
    };
    refuses(model<input<5, 3> | lstm<4, gelu, return_state>>{});
    refuses(model<input<5> | embedding<9, 3, mask_zero> | gru<4, return_state>>{});
    for (const auto& each : std::filesystem::directory_iterator(exported_cases::folder()))
        BOOST_TEST(each.path().filename().string().find("refused.") == std::string::npos);
    BOOST_TEST(!std::filesystem::exists(path));
}
