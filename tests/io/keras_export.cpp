// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Archives of Keras that export_keras writes: the importer makes the same text and the same numbers of them
// again, and plain loops over what it read predict what the network does.
#include "../data/temporary_directory.hpp"
#include "../error_message.hpp"

#include <strata/io/import/model_file.hpp>
#include <strata/io/import/reference.hpp>
#include <strata/io/import/topology_text.hpp>
#include <strata/io/keras_export.hpp>
#include <strata/layers/layers.hpp>
#include <strata/source/to_string.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

using namespace strata;
using namespace strata::symbols;

namespace {
const temporary_directory folder;
const std::filesystem::path file = folder / "export.keras";

// A text in one line, with the one name that an importer's text begins with.
std::string one_line(const std::string& text) {
    std::string result;
    for (const char each : text)
        if (each == '\n')
            result += ' ';
        else if (each != ' ' || (!result.empty() && result.back() != ' '))
            result += each;
    const std::string begin = "constexpr auto topology = ";
    const std::size_t place = result.find(begin);
    result.erase(0, place == result.npos ? 0 : place + begin.size());
    return result.substr(0, result.find(';'));
}

bedrock::imports::model_graph check_graph(const std::string& text, const std::vector<float>& numbers) {
    auto graph = read_model(file);
    BOOST_TEST(one_line(bedrock::imports::topology_text(graph).text()) == text);
    std::vector<float> found;
    for (const auto& node : graph.nodes)
        for (const auto& [name, array] : node.weights)
            found.insert(found.end(), array.numbers.begin(), array.numbers.end());
    if (text.find("shared_weights") == std::string::npos) // of which each use has a copy in the graph
        BOOST_TEST((found == numbers), text << ": other weights");
    return graph;
}

template <auto Topology>
auto exported(const std::string& text = to_string(Topology)) {
    model<Topology> net{seed{3}};
    std::vector<float> numbers(model<Topology>::weight_count);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = 0.3f + 0.2f * std::sin(static_cast<float>(i));
    net.set_weights(numbers);
    export_keras(net, file);
    return std::pair{check_graph(text, numbers), net};
}

// The same, with predictions.
template <auto Topology>
void check(const std::string& text = to_string(Topology)) {
    auto [graph, net] = exported<Topology>(text);
    const auto samples = bedrock::imports::make_samples(graph, 1);
    const auto expected = bedrock::imports::reference_results(graph, samples);
    std::array<float, decltype(net)::input_size> x{};
    std::copy(samples[0].numbers.begin(), samples[0].numbers.end(), x.begin());
    const auto y = net.predict(x);
    BOOST_TEST_REQUIRE(expected[0].numbers.size() == y.size());
    for (std::size_t i = 0; i < y.size(); ++i)
        BOOST_TEST(std::abs(expected[0].numbers[i] - y[i]) <= 1e-5f * (1 + std::abs(y[i])), text << " " << i);
}
} // namespace

BOOST_AUTO_TEST_CASE(rows_come_back_as_the_same_network) {
    check<input<8> | normalization<> | rescaling<0.5, -1.0> | dense<6, no_bias> | layer_norm<> |
          leaky_relu<0.1> | dropout<0.25> | prelu<> | residual(dense<6> | elu<1.0>) |
          branches(dense<3> | tanh, dense<3> | sigmoid) | multiply | softmax>();
    exported<input<6> | branches(relu, relu6, selu, gelu, sigmoid, silu, softplus, softsign) | concat<> |
             gaussian_noise<0.1> | branches(exponential, hard_sigmoid6, hard_swish) | add |
             gaussian_dropout<0.2> | repeat_vector<4> | permute<1, 0> | reshape<4, 48> | flatten |
             dense<2>>();
    // An approximation leaves as what it stands for.
    exported<input<3> | dense<2> | approximate_tanh | dense<2> | approximate_sigmoid>(
        "input<3> | dense<2> | tanh | dense<2> | sigmoid");
}

BOOST_AUTO_TEST_CASE(images_come_back_as_the_same_network) {
    check<input<12, 12, 3> | conv<4, 3, stride<2>, same> | batch_norm<epsilon<1e-5>> | relu |
          depthwise_conv<3, depth_multiplier<2>> | max_pool<2> | conv_transpose<4, 2, stride<2>> |
          average_pool<2, stride<1>, same> | global_average_pool | dense<2>>();
    exported<input<8, 8, 4> | zero_pad<margins{{1, 0}, {2, 1}}> | crop<1> | upsample<2> |
             upsample<2, bilinear> | conv<8, 3, dilation<2>, groups<4>> | group_norm<2> |
             spatial_dropout<0.1> | random_flip<horizontal> | global_max_pool | dense<2>>();
    // Keras has no padding of a number: zeros in a layer of their own are the same numbers.
    check<input<6, 6, 2> | conv<3, 3, padding<1>> |
          conv_transpose<2, 3, stride<2>, padding<1>, output_padding<1>>>(
        "input<6, 6, 2> | zero_pad<1> | conv<3, 3> | conv_transpose<2, 3, "
        "stride<2>> | crop<margins{{1, 1}, "
        "{0, "
        "0}}>");
}

BOOST_AUTO_TEST_CASE(sequences_come_back_as_the_same_network) {
    check<input<9, 3> | conv<4, 3, causal, dilation<2>> | lstm<4> | gru<3, relu, reset_before> |
          bidirectional(simple_rnn<3>, add) | gru<2, recurrent<hard_sigmoid6>, last_step>>();
    exported<input<6, 4> | masking<-1.0> | layer_norm<> | gru<4, last_step> | repeat_vector<6> |
             prelu<shared::places> | axis_softmax<0> | depthwise_conv<3> | conv_transpose<3, 2, stride<2>> |
             instance_norm<> | average_pool<2> | zero_pad<1> | branches(dense<3>, identity) | dot<0> |
             flatten | dense<1>>();
    check<input<5, 6> | residual(attention<2, 4, causal>) | layer_norm<> |
          attention<3, 2, value_width<4>, no_bias>>(
        "input<5, 6> | residual(attention<2, 4, causal>) | layer_norm<> | attention<3, 2, value_width<4>, "
        "no_bias>");
    check<input<6> | repeat<2>(shared_weights<"cell">(dense<6> | tanh)) | dense<2>>(
        "input<6> | repeat<2>(shared_weights<\"dense\">(dense<6>) | tanh) | dense<2>");
    exported<input<9> | embedding<40, 6, mask_zero> | lstm<5> | dense<3>>();
    exported<input<4, 6, 6, 1> | time_distributed(conv<2, 3> | relu | flatten) | lstm<3, last_step>>();
    exported<input<4> | branches(dense<3>, dense<3>) | subtract | branches(dense<3>, dense<3>) | average |
             branches(dense<3>, dense<3>) | maximum | branches(dense<3>, dense<3>) | minimum>();
    exported<inputs(input<4>, input<5>) | branches(dense<3>, dense<3>) | concat<> |
             branches(dense<1>, identity)>();
}

BOOST_AUTO_TEST_CASE(all_that_keras_lacks_is_named_before_a_file_is_written) {
    const model<input<8, 4> | reduce_mean<0, keep_axes> | activation<x / (1 + abs(x))> | dense<2>> net;
    std::filesystem::remove(file);
    BOOST_TEST(error_message([&] { export_keras(net, file); }) ==
               "export_keras: no file was written\n"
               "  layer 1, reduce_mean<0, keep_axes>: Keras has no such layer\n"
               "  layer 2, activation<x / (1 + abs(x))>: Keras has no such layer");
    BOOST_TEST(!std::filesystem::exists(file));
    const auto refuses = [](const auto& other, std::string_view reason) {
        BOOST_TEST(error_message([&] { export_keras(other, file); }).find(reason) != std::string::npos);
    };
    refuses(model<input<3, 3, 1> | average_pool<2, same, count_padding>>{},
            "Keras's poolings do not count the padding of `same`");
    refuses(model<input<12, 12, 2> | conv<3, 3, stride<2>, dilation<2>>>{},
            "Keras's convolutions have a stride or a dilation, not both");
}

// Keras keeps numbers without axes then.
BOOST_AUTO_TEST_CASE(a_normalization_of_all_is_one_of_numbers_without_axes) {
    model<input<4> | normalization<shared::all> | dense<2>> net{seed{3}};
    net.set_weights([&] {
        auto numbers = net.weights();
        numbers[0] = 0.5f;
        numbers[1] = 4;
        return numbers;
    }());
    export_keras(net, file);
    const auto graph = read_model(file);
    const std::array<float, 4> given{1, -2, 3, 0.25f};
    const auto found = bedrock::imports::reference_results(graph, {{{1, 4}, {given.begin(), given.end()}}});
    const auto expected = net.predict(given);
    for (std::size_t i = 0; i < 2; ++i)
        BOOST_TEST(std::abs(found[0].numbers[i] - expected[i]) <= 1e-5f);
}
