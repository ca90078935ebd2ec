// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "error_message.hpp"

#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/named_parts.hpp>
#include <strata/io/import/node_choice.hpp>
#include <strata/io/import/onnx_outputs.hpp>
#include <strata/io/import/parameter_names.hpp>
#include <strata/io/import/reference.hpp>
#include <strata/io/import/shared_parts.hpp>
#include <strata/io/import/topology_text.hpp>
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

// What a graph becomes as text, and that the text, compiled, is the same network: its predictions are those
// of plain loops over the graph.

using namespace strata;
using namespace strata::bedrock::imports;

namespace {

/// A graph, node by node, whose weights are drawn.
class drawn_graph {
public:
    std::size_t input(extents shape) {
        const std::size_t number = add({"input", "x"});
        graph.nodes[number].shape = std::move(shape);
        graph.inputs.push_back(number);
        return number;
    }
    std::size_t dense(std::size_t source, std::size_t inputs, std::size_t units) {
        graph_node node{"dense", "dense"};
        node.attributes = {{"units", static_cast<double>(units)}, {"bias", 1.0}};
        node.weights = {{"kernel", drawn({inputs, units})}, {"bias", drawn({units})}};
        return add(std::move(node), {source});
    }
    std::size_t conv(std::size_t source, std::size_t inputs, std::size_t filters, std::size_t size) {
        graph_node node{"conv", "conv"};
        node.attributes = {{"filters", static_cast<double>(filters)},
                           {"size", std::vector<double>{static_cast<double>(size)}},
                           {"padding", std::string("same")},
                           {"bias", 0.0}};
        node.weights = {{"kernel", drawn({size, size, inputs, filters})}};
        return add(std::move(node), {source});
    }
    std::size_t embedding(std::size_t source, std::size_t vocabulary, std::size_t width) {
        graph_node node{"embedding", "embedding"};
        node.attributes = {{"vocabulary", static_cast<double>(vocabulary)},
                           {"width", static_cast<double>(width)},
                           {"mask_zero", 1.0}};
        node.weights = {{"embeddings", drawn({vocabulary, width})}};
        return add(std::move(node), {source});
    }
    std::size_t bidirectional_rnn(std::size_t source, std::size_t inputs, std::size_t units) {
        graph_node node{"bidirectional", "bidirectional"};
        node.attributes = {{"cell", std::string("simple_rnn")},
                           {"units", static_cast<double>(units)},
                           {"merge", std::string("concat")}};
        for (const char* const way : {"forward", "backward"}) {
            const std::string prefix = std::string(way) + ".simple_rnn.";
            node.weights.emplace_back(prefix + "kernel", drawn({inputs, units}));
            node.weights.emplace_back(prefix + "recurrent_kernel", drawn({units, units}));
            node.weights.emplace_back(prefix + "bias", drawn({units}));
        }
        return add(std::move(node), {source});
    }
    /// With its state from others if they are given.
    std::size_t lstm(std::vector<std::size_t> sources, std::size_t inputs, std::size_t units) {
        graph_node node{"lstm", "lstm"};
        node.attributes = {{"units", static_cast<double>(units)}};
        node.weights = {{"kernel", drawn({inputs, 4 * units})},
                        {"recurrent_kernel", drawn({units, 4 * units})},
                        {"bias", drawn({4 * units})}};
        return add(std::move(node), std::move(sources));
    }
    std::size_t attention(std::size_t source, std::size_t features, std::size_t width) {
        graph_node node{"attention", "attention"};
        node.attributes = {{"heads", 1.0},
                           {"key_width", static_cast<double>(width)},
                           {"value_width", static_cast<double>(width)}};
        for (const char* const each : {"query", "key", "value"}) {
            node.weights.emplace_back(std::string("attention.") + each + ".kernel", drawn({features, width}));
            node.weights.emplace_back(std::string("attention.") + each + ".bias", drawn({width}));
        }
        node.weights.emplace_back("attention.output.kernel", drawn({width, features}));
        node.weights.emplace_back("attention.output.bias", drawn({features}));
        return add(std::move(node), {source});
    }
    std::size_t add(const char* kind, std::vector<std::size_t> sources) {
        return add({kind, kind}, std::move(sources));
    }
    std::size_t add(graph_node node, std::vector<std::size_t> sources = {}) {
        node.sources = std::move(sources);
        graph.nodes.push_back(std::move(node));
        return graph.nodes.size() - 1;
    }

    model_graph graph{"a graph", "a test"};

private:
    tensor drawn(extents shape) {
        tensor result{std::move(shape), {}};
        for (std::size_t i = *size_of(result.shape); i > 0; --i)
            result.numbers.push_back(
                static_cast<float>((state_ = state_ * 1664525 + 1013904223) >> 16) * 0x1p-17F - 0.25F);
        return result;
    }
    std::uint32_t state_ = 1;
};

/// The text without line breaks.
std::string one_line(const topology_text& topology) {
    std::string result;
    for (const char each : topology.text())
        if (each != '\n' && each != ' ')
            result += each;
    return result;
}
std::string without_spaces(std::string text) {
    text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
    return text;
}

template <auto Topology>
void check(drawn_graph drawn, const char* written, const char* definitions = "") {
    complete_graph(drawn.graph);
    const topology_text topology(drawn.graph);
    BOOST_TEST(one_line(topology) ==
               without_spaces(definitions) + "constexprautotopology=" + without_spaces(written) + ";");

    using network = model<Topology>;
    network net;
    const auto weights = parameter_names(drawn.graph, topology.layer_order());
    auto arrays = net.parameters();
    BOOST_TEST_REQUIRE(weights.size() == arrays.size());
    for (auto& array : arrays) {
        const auto found = std::find_if(weights.begin(), weights.end(),
                                        [&](const named_weight& each) { return each.name == array.name(); });
        BOOST_TEST_REQUIRE((found != weights.end()), array.name());
        array.set(found->numbers->numbers);
    }
    const auto inputs = make_samples(drawn.graph, 2);
    std::array<const float*, network::input_count> x;
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = inputs[i].numbers.data();
    std::array<std::vector<float>, network::output_count> results;
    std::array<float*, network::output_count> y;
    for (std::size_t i = 0; i < y.size(); ++i) {
        results[i].resize(2 * network::output_sizes[i]);
        y[i] = results[i].data();
    }
    net.predict_batch(x, y, 2);
    const auto expected = reference_results(drawn.graph, inputs);
    for (std::size_t i = 0; i < y.size(); ++i) {
        BOOST_TEST_REQUIRE(expected[i].numbers.size() == results[i].size());
        for (std::size_t j = 0; j < results[i].size(); ++j)
            BOOST_TEST(std::abs(expected[i].numbers[j] - results[i][j]) < 1e-5);
    }
}
// The same words as a topology and as a text.
#define CHECK_TOPOLOGY(drawn, ...) check<__VA_ARGS__>(drawn, #__VA_ARGS__)
#define DEFINE_FRAGMENTS(...)                                                                                \
    __VA_ARGS__                                                                                              \
    constexpr const char* fragments_text = #__VA_ARGS__

DEFINE_FRAGMENTS(template <std::size_t Units>
                 constexpr auto unit = residual(dense<Units> | relu | dense<8> | sigmoid););

} // namespace

BOOST_AUTO_TEST_CASE(ways_that_meet_again) {
    drawn_graph one;
    std::size_t x = one.dense(one.input({6}), 6, 8);
    for (int times = 0; times < 3; ++times)
        x = one.add("add", {one.dense(one.add("relu", {one.dense(x, 8, 8)}), 8, 8), x});
    x = one.add("add", {one.dense(x, 8, 4), one.dense(one.add("sigmoid", {one.dense(x, 8, 5)}), 5, 4)});
    one.graph.outputs = {one.add("concat", {x, one.add("silu", {x})})};
    CHECK_TOPOLOGY(one, input<6> | dense<8> | repeat<3>(residual(dense<8> | relu | dense<8>)) |
                            residual(dense<5> | sigmoid | dense<4>, dense<4>) | branches(identity, silu) |
                            concat<>);
}

BOOST_AUTO_TEST_CASE(fragments_that_differ_in_numbers) {
    drawn_graph one;
    std::size_t x = one.dense(one.input({6}), 6, 8);
    for (const std::size_t units : {std::size_t{5}, std::size_t{12}, std::size_t{5}}) {
        const std::size_t inner = one.dense(one.add("relu", {one.dense(x, 8, units)}), units, 8);
        x = one.add("add", {one.add("sigmoid", {inner}), x});
    }
    one.graph.outputs = {x};
    check<input<6> | dense<8> | unit<5> | unit<12> | unit<5>>(
        one, "input<6> | dense<8> | unit<5> | unit<12> | unit<5>", fragments_text);
}

BOOST_AUTO_TEST_CASE(ways_that_cross) {
    // A pyramid: each level is wanted by the next one and by the sum at the end.
    drawn_graph one;
    const std::size_t a = one.conv(one.input({4, 4, 2}), 2, 3, 3);
    const std::size_t b = one.conv(a, 3, 3, 1);
    const std::size_t c = one.conv(b, 3, 3, 3);
    const std::size_t d = one.add("add", {a, c});
    const std::size_t e = one.add("multiply", {b, d});
    one.graph.outputs = {one.add("concat", {d, e})};
    CHECK_TOPOLOGY(one, input<4, 4, 2> | conv<3, 3, same, no_bias> | branches(identity, conv<3, 1, no_bias>) |
                            with_all(pick<1>, with_all(pick<0>, pick<1> | conv<3, 3, same, no_bias>) | add) |
                            with_all(pick<1>, with_all(pick<0>, pick<1>) | multiply) | concat<>);
}

// Every third token is 0, whose step is masked.
BOOST_AUTO_TEST_CASE(masked_steps) {
    drawn_graph one;
    const std::size_t x = one.embedding(one.input({8}), 3, 4);
    one.graph.outputs = {one.dense(one.bidirectional_rnn(x, 4, 2), 4, 3)};
    CHECK_TOPOLOGY(one, input<8> | embedding<3, 4, mask_zero> | bidirectional(simple_rnn<2>) | dense<3>);

    // A mask goes through what makes one value of several, where all of them have one.
    drawn_graph two;
    const std::size_t tokens = two.input({8});
    const std::size_t sum = two.add("add", {two.embedding(tokens, 3, 4), two.embedding(tokens, 3, 4)});
    two.graph.outputs = {two.bidirectional_rnn(two.add("multiply", {two.dense(sum, 4, 4), sum}), 4, 2)};
    CHECK_TOPOLOGY(two, input<8> | branches(embedding<3, 4, mask_zero>, embedding<3, 4, mask_zero>) | add |
                            branches(dense<4>, identity) | multiply | bidirectional(simple_rnn<2>));
    drawn_graph three;
    const std::size_t others = three.input({8});
    const std::size_t product =
        three.add("multiply", {three.embedding(others, 3, 4), three.embedding(others, 3, 4)});
    three.graph.outputs = {three.bidirectional_rnn(product, 4, 2)};
    const std::string said = error_message<data_error>([&] { complete_graph(three.graph); });
    BOOST_TEST(said.ends_with("multiply: multiply; its values have different masks"), said);
}

// Keras 2 hides a step where any of the values hides it, Keras 3 where all do.
BOOST_AUTO_TEST_CASE(masks_that_are_no_union) {
    const auto said = [](const char* kind, bool is_read, bool has_both, bool unites) {
        drawn_graph one;
        const std::size_t tokens = one.input({8});
        const std::size_t first = one.embedding(tokens, 3, 4);
        const std::size_t second = has_both ? one.embedding(tokens, 3, 4) : one.input({8, 4});
        graph_node node{kind, kind};
        node.unites_masks = unites;
        const std::size_t merged = one.dense(one.add(std::move(node), {first, second}),
                                             std::string_view(kind) == "concat" ? 8 : 4, 4);
        one.graph.outputs = {is_read ? one.bidirectional_rnn(merged, 4, 2) : merged};
        return error_message<data_error>([&] { complete_graph(one.graph); });
    };
    for (const char* const kind : {"add", "average", "concat"})
        for (const bool has_both : {false, true}) {
            BOOST_TEST(
                said(kind, true, has_both, false)
                    .ends_with("; its values have different masks, and a step is hidden where any of them "
                               "hides it"));
            BOOST_TEST(said(kind, false, has_both, false) == "no error");
            BOOST_TEST(said(kind, true, has_both, true) == "no error");
        }
}

BOOST_AUTO_TEST_CASE(states_and_shared_weights) {
    drawn_graph one;
    const std::size_t x = one.input({5, 3});
    const std::size_t y = one.input({4, 3});
    const std::size_t encoder = one.lstm({x}, 3, 2);
    one.graph.nodes[encoder].attributes["return_state"] = 1.0;
    one.graph.nodes[encoder].attributes["last_step"] = 1.0;
    std::vector<std::size_t> results;
    for (const double index : {0.0, 1.0, 2.0}) {
        graph_node result{"result", "result"};
        result.attributes = {{"index", index}, {"units", 2.0}};
        results.push_back(one.add(std::move(result), {encoder}));
    }
    const std::size_t decoder = one.lstm({one.attention(y, 3, 4), results[1], results[2]}, 3, 2);
    const std::size_t first = one.dense(decoder, 2, 2);
    share_part(one.graph, {first, first + 1}, "same");
    one.graph.outputs = repeat_part(one.graph, {first, first + 1, {decoder}, {first}}, {first}).ends;
    CHECK_TOPOLOGY(
        one, inputs(input<5, 3>, input<4, 3>) |
                 branches(lstm<2, last_step, return_state> | with_all(pick<1>, pick<2>), attention<1, 4>) |
                 with_all(pick<2>, pick<0>, pick<1>) | lstm<2, take_state> |
                 repeat<2>(shared_weights<"same">(dense<2>)));
}

BOOST_AUTO_TEST_CASE(inputs_and_outputs) {
    drawn_graph one;
    const std::size_t a = one.input({3});
    const std::size_t b = one.input({2});
    const std::size_t c = one.add("concat", {b, one.add("tanh", {a})});
    one.graph.outputs = {one.dense(c, 5, 2), one.add("softmax", {one.dense(c, 5, 3)})};
    name_part(one.graph, c + 1, "head");
    CHECK_TOPOLOGY(one, inputs(input<3>, input<2>) | branches(identity | tanh, identity) |
                            with_all(pick<1>, pick<0>) | concat<> |
                            named<"head">(branches(dense<2>, dense<3> | softmax)));
}

BOOST_AUTO_TEST_CASE(steps_and_products) {
    drawn_graph one;
    const auto each_step = [&](const char* kind, std::size_t source) {
        graph_node node{kind, kind};
        node.attributes = {
            {"size", std::vector<double>{2}}, {"stride", std::vector<double>{2}}, {"each_step", 1.0}};
        return one.add(std::move(node), {source});
    };
    const std::size_t x = each_step("flatten", each_step("max_pool", one.input({3, 4, 4, 1})));
    const std::size_t rows = one.dense(x, 4, 5);
    graph_node bent{"thresholded_relu", "bent"};
    bent.attributes = {{"threshold", 0.25}, {"slope", 0.5}, {"high", 1.0}};
    const std::size_t others = one.add(std::move(bent), {one.dense(x, 4, 5)});
    graph_node products{"dot", "dot"};
    products.attributes = {{"axes", std::vector<double>{1, -1}}};
    one.graph.outputs = {one.add(std::move(products), {rows, others})};
    CHECK_TOPOLOGY(
        one,
        input<3, 4, 4, 1> | time_distributed(max_pool<2> | flatten) |
            branches(
                dense<5>,
                dense<5> |
                    activation<select(symbols::x > 0.25, min(symbols::x, 1.0), 0.5 * (symbols::x - 0.25))>) |
            dot<1, -1>);
}

BOOST_AUTO_TEST_CASE(all_that_is_lacking_is_said_at_once) {
    drawn_graph one;
    const std::size_t x = one.input({4, 4, 2});
    graph_node own{"Sampling", "mine"};
    own.attributes = {{"rate", 0.5}};
    const std::size_t y = one.add(std::move(own), {x});
    graph_node hidden{"lstm", "states"};
    hidden.hint = "it returns its state";
    one.graph.outputs = {one.add("add", {y, one.add(std::move(hidden), {x})})};
    const std::string said = error_message<data_error>([&] { complete_graph(one.graph); });
    BOOST_TEST(said == "a graph: expected layers that strata can express, found 2 that it cannot:\n"
                       "  mine: Sampling (rate 0.5); behind 4 x 4 x 2\n  states: lstm; it returns its state");
}

BOOST_AUTO_TEST_CASE(a_network_ends_where_it_is_told) {
    drawn_graph one;
    const std::size_t x = one.input({4});
    const std::size_t inner = one.add({"sigmoid", "part/inner"}, {x});
    one.graph.outputs = {one.add({"Sampling", "mine"}, {one.add({"relu", "other/inner"}, {inner})})};
    one.graph.nodes[x].name = "part/x";
    BOOST_TEST(error_message<data_error>([&] { choose_outputs(one.graph, {"inner"}); }) ==
               "a graph: expected a layer \"inner\", found 2 whose names end so, \"part/inner\" and "
               "\"other/inner\"");
    choose_outputs(one.graph, {"part/inner", "x"});
    BOOST_TEST(one.graph.nodes.size() == 2u);
    CHECK_TOPOLOGY(one, input<4> | branches(sigmoid, identity));

    // In a file of ONNX, where a node with a graph of its own may read what stands before it.
    onnx_model model;
    model.inputs = {{"x", {1, 4}, 1, true}, {"z", {1, 4}, 1, true}};
    model.nodes = {{{"x"}, {"a"}, "", "Relu", "", {}},
                   {{"z"}, {"b"}, "", "Relu", "", {}},
                   {{"a"}, {"net/c"}, "", "Tanh", "", {}},
                   {{"net/c", "b"}, {"d"}, "", "Sampling", "", {}}};
    onnx_model chosen = model;
    chosen.nodes[2].attributes["then_branch"].has_graph = true;
    choose_outputs(model, {"c"}, "a file");
    BOOST_TEST(model.nodes.size() == 2u);
    BOOST_TEST(model.inputs.size() == 1u);
    BOOST_TEST(model.outputs.at(0).name == "net/c");
    choose_outputs(chosen, {"c"}, "a file");
    BOOST_TEST(chosen.nodes.size() == 3u);
    BOOST_TEST(chosen.inputs.size() == 2u);
    BOOST_TEST(error_message<data_error>([&] { choose_outputs(model, {"e"}, "a file"); }) ==
               "a file: expected a value \"e\", found none of this name");
}
