// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/temporary_directory.hpp"
#include "../error_message.hpp"
#include "onnx_model.hpp"

#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/onnx_file.hpp>
#include <strata/io/import/parameter_names.hpp>
#include <strata/io/import/reference.hpp>
#include <strata/io/import/sample_axes.hpp>
#include <strata/io/import/topology_text.hpp>
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>
#include <strata/model/stream.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

// Models of ONNX that its node cases have none of: branches, states that are handed on, both directions. What
// they become is written, and computed as ONNX defines it.

using namespace strata;
using namespace strata::bedrock::imports;

namespace {

const temporary_directory directory;

model_graph read(const onnx_graph& graph, const std::vector<extents>& inputs = {},
                 const given_values& given = {}) {
    directory.write("model.onnx", graph.model());
    model_graph result = onnx_file(directory / "model.onnx").read(inputs, given);
    complete_graph(result);
    return result;
}
std::string chain_of(const model_graph& graph) {
    std::string result;
    for (const char each : topology_text(graph).text())
        if (each != '\n')
            result += each == ' ' && (result.empty() || result.back() == ' ') ? std::string()
                                                                              : std::string(1, each);
    return result.substr(result.find("input"));
}

std::vector<float> drawn(std::size_t count, unsigned seed) {
    std::vector<float> result;
    for (std::uint32_t state = seed; result.size() < count;)
        result.push_back(static_cast<float>((state = state * 1664525 + 1013904223) >> 16) * 0x1p-16F - 0.5F);
    return result;
}
double logistic_of(double x) { return 1 / (1 + std::exp(-x)); }

/// Gate `gate` of a recurrent layer of ONNX: W x + R h + both biases, or one of the two sums.
struct gate_sums {
    std::vector<float> w, r, b;
    std::size_t gates, units, features;

    [[nodiscard]] double of_input(std::size_t gate, std::size_t unit, std::span<const float> x) const {
        double sum = b[gate * units + unit];
        for (std::size_t i = 0; i < features; ++i)
            sum += double{w[(gate * units + unit) * features + i]} * x[i];
        return sum;
    }
    [[nodiscard]] double of_state(std::size_t gate, std::size_t unit, std::span<const double> h) const {
        double sum = b[(gates + gate) * units + unit];
        for (std::size_t i = 0; i < units; ++i)
            sum += double{r[(gate * units + unit) * units + i]} * h[i];
        return sum;
    }
};
gate_sums drawn_gates(std::size_t gates, std::size_t units, std::size_t features, unsigned seed) {
    return {drawn(gates * units * features, seed),
            drawn(gates * units * units, seed + 1),
            drawn(2 * gates * units, seed + 2),
            gates,
            units,
            features};
}
std::vector<float> joined(std::vector<float> first, const std::vector<float>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

/// A step of a named row, which gets a state [2, 1, units], of h and c in this order or the other, and
/// returns it. A type is that in which the layer gets it: 1 for float, 10 for half of its bits.
void add_step(onnx_graph& graph, const gate_sums& cell, const std::string& row, bool is_swapped,
              std::int64_t type = 1) {
    const auto units = static_cast<std::int64_t>(cell.units);
    graph.input("given", {2, -1, units});
    graph.weights("W", {1, 4 * units, 3}, cell.w);
    graph.weights("R", {1, 4 * units, units}, cell.r);
    graph.weights("B", {1, 8 * units}, cell.b);
    graph.node("Cast", {"given"}, {"state"}, {{"to", type}});
    graph.wholes("zero", {}, {0});
    graph.wholes("one", {}, {1});
    graph.wholes("front", {1}, {0});
    graph.node("Gather", {"state", "zero"}, {"h"}, {{"axis", 0}});
    graph.node("Gather", {"state", "one"}, {"c"}, {{"axis", 0}});
    graph.node("Unsqueeze", {"h", "front"}, {"h0"});
    graph.node("Unsqueeze", {"c", "front"}, {"c0"});
    graph.node("Unsqueeze", {row, "front"}, {"steps"});
    graph.node("LSTM", {"steps", "W", "R", "B", "", "h0", "c0"}, {"", "hn", "cn"}, {{"hidden_size", units}});
    graph.node("Squeeze", {"hn", "front"}, {"y"});
    graph.node("Concat", is_swapped ? onnx_graph::names{"cn", "hn"} : onnx_graph::names{"hn", "cn"}, {"left"},
               {{"axis", 0}});
    graph.node("Cast", {"left"}, {"next"}, {{"to", 1}});
    graph.node("Relu", {"y"}, {"result"});
    graph.output("result");
    graph.output("next");
}

/// A model of one such step.
onnx_graph one_step(const gate_sums& cell, bool is_swapped, std::int64_t type = 1) {
    onnx_graph graph;
    graph.input("x", {1, 3});
    add_step(graph, cell, "x", is_swapped, type);
    return graph;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_step_that_was_an_image_of_one_pixel) {
    const gate_sums cell = drawn_gates(4, 4, 3, 1);
    onnx_graph image;
    image.input("x", {1, 3});
    image.wholes("last", {1}, {-1});
    image.node("Unsqueeze", {"x", "last"}, {"pixels"});
    // Two of three taps fall on padding.
    const std::vector<float> taps = drawn(3 * 3 * 3, 5);
    image.weights("taps", {3, 3, 3}, taps);
    image.node("Conv", {"pixels", "taps"}, {"seen"}, {{"pads", std::vector<std::int64_t>{1, 1}}});
    image.node("Squeeze", {"seen", "last"}, {"row"});
    add_step(image, cell, "row", false);
    onnx_graph row;
    row.input("x", {1, 3});
    std::vector<float> middle;
    for (std::size_t i = 1; i < taps.size(); i += 3)
        middle.push_back(taps[i]);
    row.weights("middle", {3, 3}, middle);
    row.node("Gemm", {"x", "middle"}, {"row"}, {{"transB", 1}});
    add_step(row, cell, "row", false);

    const std::vector<float> x = drawn(16 * 3, 9);
    const auto expected = reference_results(read(row), {{{1, 16, 3}, x}}).front();
    const auto found = reference_results(read(image), {{{1, 16, 3}, x}}).front();
    BOOST_TEST(found.shape == expected.shape, boost::test_tools::per_element());
    BOOST_TEST_REQUIRE(found.numbers.size() == expected.numbers.size());
    for (std::size_t i = 0; i < found.numbers.size(); ++i)
        BOOST_TEST(std::abs(found.numbers[i] - expected.numbers[i]) < 1e-6);
}

BOOST_AUTO_TEST_CASE(branches_that_a_value_chooses) {
    onnx_graph fast;
    fast.node("Relu", {"x"}, {"a"});
    fast.output("a");
    onnx_graph slow;
    slow.node("Sigmoid", {"x"}, {"b"});
    slow.node("Relu", {"b"}, {"c"});
    slow.output("c");
    onnx_graph graph;
    graph.input("x", {-1, 3});
    graph.input("rate", {}, 7);
    graph.wholes("high", {}, {16000});
    graph.node("Equal", {"rate", "high"}, {"is_high"});
    graph.node("If", {"is_high"}, {"y"}, {{"then_branch", fast}, {"else_branch", slow}});
    graph.output("y");

    BOOST_TEST(chain_of(read(graph, {}, {{"rate", {{}, {16000}}}})) == "input<3> | relu;");
    BOOST_TEST(chain_of(read(graph, {}, {{"rate", {{}, {8000}}}})) == "input<3> | sigmoid | relu;");
    const std::string open = error_message([&] { (void)read(graph); });
    BOOST_TEST(open.find("give it a value as --given does") != open.npos, open);
    const std::string unknown = error_message([&] { (void)read(graph, {}, {{"speed", {{}, {1}}}}); });
    BOOST_TEST(unknown.find("an input \"speed\" to give a value, found none of this name") != unknown.npos,
               unknown);
}

BOOST_AUTO_TEST_CASE(a_choice_that_is_made_too_late) {
    onnx_graph branch;
    branch.node("Relu", {"x"}, {"a"});
    branch.output("a");
    onnx_graph graph;
    graph.input("x", {-1, 3});
    graph.node("If", {"x"}, {"y"}, {{"then_branch", branch}, {"else_branch", branch}});
    graph.output("y");
    const std::string message = error_message([&] { (void)read(graph); });
    BOOST_TEST(
        message.find(
            "If y: If (else_branch ..., then_branch ...); its condition is known when the network runs") !=
            message.npos,
        message);
}

BOOST_AUTO_TEST_CASE(states_that_a_program_hands_on) {
    const gate_sums cell = drawn_gates(4, 4, 3, 1);
    const model_graph graph = read(one_step(cell, false));
    BOOST_TEST(chain_of(graph) == "input<16, 3> | lstm<4> | relu;");

    // Call after call, each with the state of the one before; the gates are i o f c.
    const std::vector<float> x = drawn(16 * 3, 9);
    std::vector<double> h(4, 0), c(4, 0), expected;
    for (std::size_t step = 0; step < 16; ++step) {
        const auto row = std::span(x).subspan(step * 3, 3);
        const std::vector<double> state = h;
        for (std::size_t u = 0; u < 4; ++u) {
            const auto sum = [&](std::size_t gate) {
                return cell.of_input(gate, u, row) + cell.of_state(gate, u, state);
            };
            c[u] = logistic_of(sum(2)) * c[u] + logistic_of(sum(0)) * std::tanh(sum(3));
            h[u] = logistic_of(sum(1)) * std::tanh(c[u]);
            expected.push_back(std::max(h[u], 0.0));
        }
    }
    const auto results = reference_results(graph, {{{1, 16, 3}, x}});
    BOOST_TEST_REQUIRE(results.front().numbers.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        BOOST_TEST(std::abs(results.front().numbers[i] - expected[i]) < 1e-6);

    // The same network as a stream, a step a call.
    model<input<16, 3> | lstm<4> | relu> net;
    const auto weights = parameter_names(graph, topology_text(graph).layer_order());
    auto arrays = net.parameters();
    BOOST_TEST_REQUIRE(arrays.size() == weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        BOOST_TEST(arrays[i].name() == weights[i].name);
        arrays[i].set(weights[i].numbers->numbers);
    }
    stream live{net};
    for (std::size_t step = 0; step < 16; ++step) {
        const auto y = live(std::span<const float, 3>(x.data() + step * 3, 3));
        for (std::size_t u = 0; u < 4; ++u)
            BOOST_TEST(std::abs(y[u] - expected[step * 4 + u]) < 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(states_that_come_back_elsewhere) {
    const std::string message = error_message([] { (void)read(one_step(drawn_gates(4, 4, 3, 1), true)); });
    BOOST_TEST(
        message.find("a state as an output, each number at the place that it has in an input, found output "
                     "\"next\"") != message.npos,
        message);
}

// More numbers than a type of 16 bits tells apart; and of whole numbers a state is none.
BOOST_AUTO_TEST_CASE(states_of_another_type) {
    constexpr std::size_t units = 1030;
    BOOST_TEST(chain_of(read(one_step(drawn_gates(4, units, 3, 1), false, 10))) ==
               "input<16, 3> | lstm<1030> | relu;");
    const std::string message =
        error_message([] { (void)read(one_step(drawn_gates(4, 100, 3, 1), false, 3)); });
    BOOST_TEST(message.find("Cast state: Cast (to 3); of a state that a stream keeps") != message.npos,
               message);
}

/// One operator of both directions, or one of each whose results are joined.
onnx_graph both_directions(const gate_sums& ahead, const gate_sums& behind, bool is_joined) {
    onnx_graph graph;
    graph.input("x", {3, -1, 2});
    graph.wholes("shape", {3}, {0, 0, -1});
    graph.wholes("one", {1}, {1});
    const onnx_graph::attribute size{"hidden_size", 4}, apart{"linear_before_reset", 1};
    if (is_joined) {
        for (const bool is_behind : {false, true}) {
            const gate_sums& cell = is_behind ? behind : ahead;
            const std::string name = is_behind ? "behind" : "ahead";
            graph.weights("W " + name, {1, 12, 2}, cell.w);
            graph.weights("R " + name, {1, 12, 4}, cell.r);
            graph.weights("B " + name, {1, 24}, cell.b);
            graph.node("GRU", {"x", "W " + name, "R " + name, "B " + name}, {"all " + name, ""},
                       {size, apart, {"direction", std::string(is_behind ? "reverse" : "forward")}});
            graph.node("Squeeze", {"all " + name, "one"}, {name});
        }
        graph.node("Concat", {"ahead", "behind"}, {"joined"}, {{"axis", 2}});
    } else {
        graph.weights("W", {2, 12, 2}, joined(ahead.w, behind.w));
        graph.weights("R", {2, 12, 4}, joined(ahead.r, behind.r));
        graph.weights("B", {2, 24}, joined(ahead.b, behind.b));
        graph.node("GRU", {"x", "W", "R", "B"}, {"all", ""}, {size, apart, {"direction", "bidirectional"}});
        graph.node("Transpose", {"all"}, {"turned"}, {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}});
        graph.node("Reshape", {"turned", "shape"}, {"joined"});
    }
    graph.node("Transpose", {"joined"}, {"y"}, {{"perm", std::vector<std::int64_t>{1, 0, 2}}});
    graph.output("y");
    return graph;
}

void check_both_directions(bool is_joined) {
    const gate_sums ahead = drawn_gates(3, 4, 2, 20), behind = drawn_gates(3, 4, 2, 30);
    const model_graph read_graph = read(both_directions(ahead, behind, is_joined));
    BOOST_TEST(chain_of(read_graph) == "input<3, 2> | bidirectional(gru<4>);");

    // Two samples, which the file counts behind the steps.
    const std::vector<float> x = drawn(3 * 2 * 2, 40);
    const auto samples = arrange_samples({{{3, 2, 2}, x}}, read_graph.input_axes);
    const auto results = reference_results(read_graph, samples);
    for (std::size_t sample = 0; sample < 2; ++sample)
        for (const bool is_behind : {false, true}) {
            const gate_sums& cell = is_behind ? behind : ahead;
            std::vector<double> h(4, 0);
            for (std::size_t i = 0; i < 3; ++i) {
                const std::size_t step = is_behind ? 2 - i : i;
                const auto row = std::span(x).subspan((step * 2 + sample) * 2, 2);
                const std::vector<double> state = h;
                for (std::size_t u = 0; u < 4; ++u) { // the gates are z r h
                    const auto gate = [&](std::size_t g) {
                        return logistic_of(cell.of_input(g, u, row) + cell.of_state(g, u, state));
                    };
                    const double z = gate(0);
                    const double made =
                        std::tanh(cell.of_input(2, u, row) + gate(1) * cell.of_state(2, u, state));
                    h[u] = (1 - z) * made + z * state[u];
                    const float result =
                        results.front().numbers[((sample * 3 + step) * 2 + is_behind) * 4 + u];
                    BOOST_TEST(std::abs(result - h[u]) < 1e-6);
                }
            }
        }
}

BOOST_AUTO_TEST_CASE(both_directions_of_steps_that_come_first) {
    check_both_directions(false);
    check_both_directions(true);
}

BOOST_AUTO_TEST_CASE(the_reverse_direction) {
    const gate_sums cell = drawn_gates(1, 4, 2, 50);
    const auto reversed = [&](const std::string& output) {
        onnx_graph graph;
        graph.input("x", {-1, 3, 2});
        graph.weights("W", {1, 4, 2}, cell.w);
        graph.weights("R", {1, 4, 4}, cell.r);
        graph.weights("B", {1, 8}, cell.b);
        graph.node("RNN", {"x", "W", "R", "B"}, {"all", "last"},
                   {{"hidden_size", 4}, {"direction", "reverse"}, {"layout", 1}});
        graph.wholes("step axis", {1}, {1});
        graph.wholes("back", {1}, {-1});
        graph.wholes("front", {1}, {-4});
        graph.wholes("middle", {1}, {0});
        graph.wholes("direction axis", {1}, {2});
        if (output == "computed") { // the last step first
            graph.node("Slice", {"all", "back", "front", "step axis", "back"}, {"turned"});
            graph.node("Squeeze", {"turned", "direction axis"}, {output});
        } else if (output == "two")
            graph.node("Slice", {"all", "back", "middle", "step axis", "back"}, {output});
        graph.output(output);
        return graph;
    };
    const model_graph graph = read(reversed("last"));
    BOOST_TEST(chain_of(graph) == "input<3, 2> | simple_rnn<4, last_step, backwards>;");
    const std::vector<float> x = drawn(6, 60);
    const model_graph all = read(reversed("computed"));
    BOOST_TEST(chain_of(all) == "input<3, 2> | simple_rnn<4, backwards>;");
    const auto all_results = reference_results(all, {{{1, 3, 2}, x}});
    std::vector<double> h(4, 0);
    for (std::size_t step = 3; step-- > 0;) {
        const std::vector<double> state = h;
        for (std::size_t u = 0; u < 4; ++u) {
            h[u] = std::tanh(cell.of_input(0, u, std::span(x).subspan(step * 2, 2)) +
                             cell.of_state(0, u, state));
            BOOST_TEST(std::abs(all_results.front().numbers[(2 - step) * 4 + u] - h[u]) < 1e-6);
        }
    }
    const auto results = reference_results(graph, {{{1, 3, 2}, x}});
    for (std::size_t u = 0; u < 4; ++u)
        BOOST_TEST(std::abs(results.front().numbers[u] - h[u]) < 1e-6);
    onnx_graph inner = reversed("last");
    inner.weights("R1", {1, 4, 1}, drawn(4, 61));
    inner.node("LSTM", {"x", "W", "R1"}, {"", "", "state"}, {{"hidden_size", 1}, {"layout", 1}});
    inner.node("Relu", {"state"}, {"later"});
    inner.output("later");
    const std::string state = error_message([&] { (void)read(inner); });
    BOOST_TEST(state.find("its inner state as a result") != state.npos, state);
    for (const auto& [output, reason] :
         {std::pair("all", "results of all steps in the reverse direction alone"),
          std::pair("two", "Slice; backwards")}) {
        const std::string message = error_message([&] { (void)read(reversed(output)); });
        BOOST_TEST(message.find(reason) != message.npos, message);
    }
}

BOOST_AUTO_TEST_CASE(two_directions_that_are_no_layer_of_both) {
    // The reverse one first, one that is read elsewhere as well, cells of other activations.
    const auto joined_text = [](const std::vector<std::string>& order, const char* activation,
                                bool has_both) {
        onnx_graph graph;
        graph.input("x", {-1, 3, 2});
        graph.weights("W", {1, 4, 2}, drawn(8, 1));
        graph.weights("R", {1, 4, 4}, drawn(16, 2));
        graph.wholes("one", {1}, {1});
        for (const std::string direction : {"forward", "reverse"}) {
            graph.node("RNN", {"x", "W", "R"}, {"", direction + "_h"},
                       {{"hidden_size", 4},
                        {"layout", 1},
                        {"direction", direction},
                        {"activations", onnx_graph::names{direction == "forward" ? "Tanh" : activation}}});
            graph.node("Squeeze", {direction + "_h", "one"}, {direction});
        }
        graph.node("Concat", order, {"y"}, {{"axis", 1}});
        graph.output("y");
        if (has_both)
            graph.output("forward");
        return chain_of(read(graph));
    };
    const std::string ahead = "simple_rnn<4, no_bias, last_step>";
    const std::string behind = "simple_rnn<4, no_bias, last_step, backwards>";
    BOOST_TEST(joined_text({"forward", "reverse"}, "Tanh", false) ==
               "input<3, 2> | bidirectional(simple_rnn<4, no_bias, last_step>);");
    BOOST_TEST(joined_text({"reverse", "forward"}, "Tanh", false) ==
               "input<3, 2> | branches(" + behind + ", " + ahead + ") | concat<>;");
    BOOST_TEST(joined_text({"forward", "reverse"}, "Relu", false) ==
               "input<3, 2> | branches(" + ahead +
                   ", simple_rnn<4, relu, no_bias, last_step, backwards>) | concat<>;");
    BOOST_TEST(joined_text({"forward", "reverse"}, "Tanh", true).find("bidirectional") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(all_results_and_the_last_one) {
    const gate_sums cell = drawn_gates(1, 4, 2, 70);
    onnx_graph graph;
    graph.input("x", {-1, 3, 2});
    graph.weights("W", {1, 4, 2}, cell.w);
    graph.weights("R", {1, 4, 4}, cell.r);
    graph.node("RNN", {"x", "W", "R"}, {"all", "last"}, {{"hidden_size", 4}, {"layout", 1}});
    graph.output("all");
    graph.output("last");
    const model_graph read_graph = read(graph);
    BOOST_TEST(chain_of(read_graph) ==
               "input<3, 2> | simple_rnn<4, no_bias> | branches(identity, slice<0, 2> | reshape<4>);");
    const auto results = reference_results(read_graph, {{{1, 3, 2}, drawn(6, 80)}});
    for (std::size_t u = 0; u < 4; ++u)
        BOOST_TEST(results[1].numbers[u] == results[0].numbers[8 + u]);
}

/// Both last states of a layer that reads both ways, beside all results, in one row.
BOOST_AUTO_TEST_CASE(the_last_states_of_both_directions) {
    const gate_sums cell = drawn_gates(1, 4, 2, 75);
    const gate_sums behind = drawn_gates(1, 4, 2, 78);
    onnx_graph graph;
    graph.input("x", {-1, 3, 2});
    graph.weights("W", {2, 4, 2}, joined(cell.w, behind.w));
    graph.weights("R", {2, 4, 4}, joined(cell.r, behind.r));
    graph.wholes("first", {}, {-2});
    graph.wholes("second", {}, {-1});
    graph.node("Transpose", {"x"}, {"steps"}, {{"perm", std::vector<std::int64_t>{1, 0, 2}}});
    graph.node("RNN", {"steps", "W", "R"}, {"all", "last"},
               {{"hidden_size", 4}, {"direction", "bidirectional"}});
    graph.node("Concat", {"last", "last"}, {"twice"}, {{"axis", 0}}); // as of two layers
    graph.node("Gather", {"twice", "first"}, {"ahead"}, {{"axis", 0}});
    graph.node("Gather", {"twice", "second"}, {"behind"}, {{"axis", 0}});
    graph.node("Concat", {"ahead", "behind"}, {"y"}, {{"axis", 1}});
    graph.node("Transpose", {"all"}, {"each"}, {{"perm", std::vector<std::int64_t>{2, 0, 1, 3}}});
    graph.output("y");
    graph.output("each");
    const model_graph read_graph = read(graph);
    const auto results = reference_results(read_graph, {{{2, 3, 2}, drawn(12, 80)}});
    BOOST_TEST_REQUIRE(results[0].numbers.size() == 16);
    for (std::size_t sample = 0; sample < 2; ++sample)
        for (std::size_t u = 0; u < 4; ++u) {
            const auto each = std::span(results[1].numbers).subspan(sample * 24, 24);
            BOOST_TEST(results[0].numbers[sample * 8 + u] == each[16 + u]);    // step 2, ahead
            BOOST_TEST(results[0].numbers[sample * 8 + 4 + u] == each[4 + u]); // step 0, behind
        }
}

/// An attention as PyTorch exports it: samples are one axis with heads inside, and with steps behind it.
BOOST_AUTO_TEST_CASE(samples_joined_with_another_axis) {
    using wholes = std::vector<std::int64_t>;
    const std::vector<float> matrix = drawn(8, 90);
    onnx_graph graph;
    graph.input("x", {-1, 3, 4});
    graph.weights("root", {}, {1.5F});
    graph.weights("matrix", {4, 2}, matrix);
    graph.wholes("apart", {3}, {3, -1, 2});
    graph.wholes("rows", {2}, {-1, 4});
    graph.node("Transpose", {"x"}, {"steps"}, {{"perm", wholes{1, 0, 2}}});
    graph.node("Reshape", {"steps", "apart"}, {"parts"});
    graph.node("Transpose", {"parts"}, {"queries"}, {{"perm", wholes{1, 0, 2}}});
    graph.node("Transpose", {"parts"}, {"keys"}, {{"perm", wholes{1, 2, 0}}});
    graph.node("Div", {"queries", "root"}, {"scaled"});
    graph.node("MatMul", {"scaled", "keys"}, {"scores"});
    graph.weights("mask", {1, 3, 3}, {0, -1e9F, -1e9F, 0, 0, -1e9F, 0, 0, 0});
    graph.node("Add", {"scores", "mask"}, {"masked"});
    graph.node("Softmax", {"masked"}, {"shares"}, {{"axis", 2}});
    graph.node("MatMul", {"shares", "queries"}, {"mixed"});
    graph.node("Transpose", {"mixed"}, {"turned"}, {{"perm", wholes{1, 0, 2}}});
    graph.node("Reshape", {"turned", "rows"}, {"flat"});
    graph.node("Gemm", {"flat", "matrix"}, {"made"});
    graph.node("Reshape", {"made", "apart"}, {"together"});
    graph.node("Transpose", {"together"}, {"y"}, {{"perm", wholes{1, 0, 2}}});
    graph.output("y");
    const model_graph read_graph = read(graph);
    BOOST_TEST(chain_of(read_graph).find("dot_attention<2") != std::string::npos, chain_of(read_graph));

    const std::vector<float> x = drawn(2 * 3 * 4, 91);
    const auto results = reference_results(read_graph, {{{2, 3, 4}, x}});
    BOOST_TEST_REQUIRE(results.front().numbers.size() == 12);
    for (std::size_t row = 0; row < 6; ++row) {
        double expected[2] = {0, 0};
        for (std::size_t head = 0; head < 2; ++head) {
            const auto part = [&](std::size_t step) {
                return std::span(x).subspan((row / 3 * 3 + step) * 4 + head * 2, 2);
            };
            double weights[3];
            double sum = 0;
            for (std::size_t key = 0; key <= row % 3; ++key)
                sum += weights[key] = std::exp(
                    (double{part(row % 3)[0]} * part(key)[0] + double{part(row % 3)[1]} * part(key)[1]) /
                    1.5);
            for (std::size_t key = 0; key <= row % 3; ++key)
                for (std::size_t i = 0; i < 2; ++i)
                    for (std::size_t out = 0; out < 2; ++out)
                        expected[out] += weights[key] / sum * part(key)[i] * matrix[(head * 2 + i) * 2 + out];
        }
        for (std::size_t out = 0; out < 2; ++out)
            BOOST_TEST(std::abs(results.front().numbers[row * 2 + out] - expected[out]) < 1e-6);
    }

    onnx_graph rows = graph; // which are no samples any more
    rows.output("flat");
    const std::string message = error_message([&] { (void)read(rows); });
    BOOST_TEST(message.find("whose samples are counted with another axis") != message.npos, message);
}

/// A group normalization as PyTorch writes it before opset 18, for any number of samples.
BOOST_AUTO_TEST_CASE(groups_of_channels_that_are_spelled_out) {
    const std::vector<float> factors = drawn(4, 92);
    const std::vector<float> added = drawn(4, 93);
    onnx_graph graph;
    graph.input("x", {-1, 4, 2, 3});
    graph.weights("ones", {2}, {1, 1});
    graph.weights("zeros", {2}, {0, 0});
    graph.weights("factors", {4, 1, 1}, factors);
    graph.weights("added", {4, 1, 1}, added);
    graph.wholes("groups", {3}, {0, 2, -1});
    graph.node("Reshape", {"x", "groups"}, {"parts"});
    graph.node("InstanceNormalization", {"parts", "ones", "zeros"}, {"even"});
    graph.node("Shape", {"x"}, {"shape"});
    graph.node("Reshape", {"even", "shape"}, {"whole"});
    graph.node("Mul", {"whole", "factors"}, {"wide"});
    graph.node("Add", {"wide", "added"}, {"y"});
    graph.output("y");
    const model_graph read_graph = read(graph);
    BOOST_TEST(chain_of(read_graph) == "input<2, 3, 4> | group_norm<2, epsilon<1e-05>>;");
    const std::vector<float> x = drawn(2 * 24, 94);
    const auto results =
        reference_results(read_graph, arrange_samples({{{2, 4, 2, 3}, x}}, read_graph.input_axes));
    BOOST_TEST_REQUIRE(results.front().numbers.size() == x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const auto group = std::span(x).subspan(i / 12 * 12, 12);
        double mean = 0;
        double square = 0;
        for (const float each : group) {
            mean += each / 12.0;
            square += double{each} * each / 12.0;
        }
        const std::size_t channel = i / 6 % 4;
        const double expected =
            (x[i] - mean) / std::sqrt(square - mean * mean + 1e-5) * factors[channel] + added[channel];
        const float found = results.front().numbers[(i / 24 * 6 + i % 6) * 4 + channel];
        BOOST_TEST(std::abs(found - expected) < 1e-5);
    }
}

/// Constant steps in front of those of a value, as the class token of a vision transformer.
// Before opset 7 an attribute says what the shape of a constant says since, and a slope for each channel has
// one axis.
BOOST_AUTO_TEST_CASE(operands_of_older_operators) {
    const std::vector<float> x = drawn(2 * 2 * 2, 3);
    for (const std::string type : {"Add", "Sub", "Mul", "Div", "PRelu"}) {
        std::array<std::vector<float>, 2> found;
        for (const bool is_old : {false, true}) {
            onnx_graph graph;
            graph.version = is_old ? 6 : 16;
            graph.input("x", {-1, 2, 2, 2});
            graph.weights("two", is_old ? std::vector<std::int64_t>{2} : std::vector<std::int64_t>{2, 1, 1},
                          {0.25F, -4});
            using attributes = std::vector<onnx_graph::attribute>;
            graph.node(type, {"x", "two"}, {"y"},
                       is_old && type != "PRelu" ? attributes{{"axis", 1}, {"broadcast", 1}} : attributes{});
            graph.output("y");
            const model_graph read_graph = read(graph);
            found[is_old] =
                reference_results(read_graph, arrange_samples({{{1, 2, 2, 2}, x}}, read_graph.input_axes))
                    .front()
                    .numbers;
        }
        BOOST_TEST(found[0] == found[1], boost::test_tools::per_element());
        BOOST_TEST(found[0].size() == 8u);
    }
    onnx_graph graph;
    graph.version = 6;
    graph.input("x", {-1, 2, 2, 2});
    graph.weights("two", {2}, {1, 2});
    graph.node("Add", {"x", "two"}, {"y"}, {{"axis", 5}, {"broadcast", 1}});
    graph.output("y");
    const std::string message = error_message([&] { (void)read(graph); });
    BOOST_TEST(message.find("of operands from an axis on") != message.npos, message);
}

BOOST_AUTO_TEST_CASE(constants_beside_a_value) {
    onnx_graph graph;
    graph.input("x", {-1, 3, 2});
    graph.weights("token", {1, 1, 2}, {5, 6});
    graph.weights("end", {1, 2, 2}, {7, 8, 9, 10});
    graph.node("Concat", {"token", "x", "end"}, {"y"}, {{"axis", 1}});
    graph.output("y");
    const model_graph read_graph = read(graph);
    const std::string chain = chain_of(read_graph);
    BOOST_TEST(chain.find("input<3, 2> | zero_pad<margins{{1}, {2}}>") != chain.npos, chain);
    const auto results = reference_results(read_graph, {{{1, 3, 2}, {-1, -2, -3, -4, -5, -6}}});
    const std::vector<float> expected{5, 6, -1, -2, -3, -4, -5, -6, 7, 8, 9, 10};
    BOOST_TEST(results.front().numbers == expected, boost::test_tools::per_element());

    onnx_graph samples = graph; // of samples
    samples.node("Concat", {"x", "token"}, {"z"}, {{"axis", 0}});
    samples.output("z");
    const std::string message = error_message([&] { (void)read(samples); });
    BOOST_TEST(message.find("of samples, or of constants") != message.npos, message);
}

/// A flattened image beside numbers, as networks with both begin.
BOOST_AUTO_TEST_CASE(flattened_images_beside_a_row) {
    const std::vector<float> kernel = drawn(4, 96);
    const std::vector<float> matrix = drawn(21 * 2, 97);
    onnx_graph graph;
    graph.input("image", {-1, 2, 3, 3});
    graph.input("row", {-1, 3});
    graph.weights("kernel", {2, 2, 1, 1}, kernel);
    graph.weights("matrix", {21, 2}, matrix);
    graph.node("Conv", {"image", "kernel"}, {"mixed"});
    graph.node("Flatten", {"mixed"}, {"flat"});
    graph.node("Relu", {"flat"}, {"ramp"});
    graph.node("Concat", {"ramp", "row"}, {"all"}, {{"axis", 1}});
    graph.node("Gemm", {"all", "matrix"}, {"y"});
    graph.output("y");
    const model_graph read_graph = read(graph);
    const std::vector<float> image = drawn(2 * 18, 98);
    const std::vector<float> row = drawn(2 * 3, 99);
    const auto results = reference_results(
        read_graph, arrange_samples({{{2, 2, 3, 3}, image}, {{2, 3}, row}}, read_graph.input_axes));
    BOOST_TEST_REQUIRE(results.front().numbers.size() == 4u);
    for (std::size_t sample = 0; sample < 2; ++sample)
        for (std::size_t output = 0; output < 2; ++output) {
            double expected = 0;
            for (std::size_t i = 0; i < 21; ++i) {
                double number = 0;
                if (i < 18) {
                    for (std::size_t c = 0; c < 2; ++c)
                        number += double{kernel[i / 9 * 2 + c]} * image[(sample * 2 + c) * 9 + i % 9];
                    number = std::max(number, 0.0);
                } else
                    number = row[sample * 3 + i - 18];
                expected += number * matrix[i * 2 + output];
            }
            BOOST_TEST(std::abs(results.front().numbers[sample * 2 + output] - expected) < 1e-6);
        }
}

/// An image's pixels as steps, and back: nothing moves where channels are last already.
BOOST_AUTO_TEST_CASE(pixels_as_steps) {
    onnx_graph graph;
    graph.input("x", {-1, 2, 3, 4});
    graph.wholes("row", {3}, {0, 2, -1});
    graph.wholes("image", {4}, {0, 2, 4, 3});
    graph.node("Reshape", {"x", "row"}, {"pixels"});
    graph.node("Transpose", {"pixels"}, {"steps"}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
    graph.node("Reshape", {"pixels", "image"}, {"other"});
    graph.output("steps");
    graph.output("other");
    const model_graph read_graph = read(graph);
    const std::string chain = chain_of(read_graph);
    BOOST_TEST(chain.find("reshape<12, 2>") != chain.npos, chain);
    BOOST_TEST(chain.find("reshape<4, 3, 2>") != chain.npos, chain);
    BOOST_TEST(chain.find("permute") == chain.npos, chain);
    const std::vector<float> x = drawn(24, 95);
    const auto results =
        reference_results(read_graph, arrange_samples({{{1, 2, 3, 4}, x}}, read_graph.input_axes));
    for (std::size_t i = 0; i < x.size(); ++i) {
        BOOST_TEST(results[0].numbers[i % 12 * 2 + i / 12] == x[i]);
        BOOST_TEST(results[1].numbers[i % 12 * 2 + i / 12] == x[i]);
    }
}

BOOST_AUTO_TEST_CASE(places_mirrored_around_a_row) {
    onnx_graph graph;
    graph.input("x", {1, 4});
    graph.wholes("pads", {4}, {0, 1, 0, 2});
    graph.node("Pad", {"x", "pads"}, {"y"}, {{"mode", "reflect"}});
    graph.output("y");
    const model_graph read_graph = read(graph);
    BOOST_TEST(chain_of(read_graph) ==
               "input<4> | reshape<4, 1> | reflect_pad<margins{{1}, {2}}> | reshape<7>;");
    const auto results = reference_results(read_graph, {{{1, 4}, {1, 2, 3, 4}}});
    const std::vector<float> expected{2, 1, 2, 3, 4, 3, 2};
    BOOST_TEST(results.front().numbers == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(notes_that_the_numbers_bear_out) {
    const auto pooled = [](std::int64_t pad, const std::string& note) {
        onnx_graph graph;
        graph.input("x", {-1, 2, 9});
        graph.node("MaxPool", {"x"}, {"y"},
                   {{"kernel_shape", std::vector<std::int64_t>{3}},
                    {"dilations", std::vector<std::int64_t>{2}},
                    {"strides", std::vector<std::int64_t>{1}},
                    {"pads", std::vector<std::int64_t>{pad, pad}}},
                   note);
        graph.output("y");
        return chain_of(read(graph));
    };
    BOOST_TEST(pooled(2, "auto_pad=SAME_UPPER") ==
               "input<9, 2> | max_pool<3, stride<1>, same, dilation<2>>;");
    BOOST_TEST(pooled(2, "auto_pad=SAME_LOWER") ==
               "input<9, 2> | max_pool<3, stride<1>, same_lower, dilation<2>>;");
    for (const auto& [pad, note] :
         {std::pair(2, ""), std::pair(2, "stack trace"), std::pair(1, "auto_pad=SAME_UPPER")})
        BOOST_TEST(pooled(pad, note) == "input<9, 2> | max_pool<3, stride<1>, padding<" +
                                            std::to_string(pad) + ">, dilation<2>>;");

    const auto normalized = [](float scale, float shift, const std::string& note) {
        onnx_graph graph;
        graph.input("x", {-1, 2});
        graph.weights("scale", {2}, {1, scale});
        graph.weights("shift", {2}, {0, shift});
        graph.weights("mean", {2}, {1, 2});
        graph.weights("variance", {2}, {3, 4});
        graph.node("BatchNormalization", {"x", "scale", "shift", "mean", "variance"}, {"y"}, {}, note);
        graph.output("y");
        const model_graph result = read(graph);
        const auto y = reference_results(result, {{{1, 2}, {3, 5}}}).front().numbers;
        BOOST_TEST(std::abs(y[0] - 2 / std::sqrt(3.0)) < 1e-4);
        BOOST_TEST(std::abs(y[1] - (scale * 3 / std::sqrt(4.0) + shift)) < 1e-4);
        return chain_of(result);
    };
    const std::string begin = "input<2> | batch_norm<epsilon<1e-05>, momentum<0.9>";
    BOOST_TEST(normalized(1, 0, "") == begin + ">;");
    BOOST_TEST(normalized(1, 0, "without scale") == begin + ", no_scale>;");
    BOOST_TEST(normalized(1, 7, "without scale") == begin + ", no_scale>;");
    BOOST_TEST(normalized(2, 0, "without B") == begin + ", no_center>;");
    BOOST_TEST(normalized(1, 0, "without scale and B") == begin + ", no_scale, no_center>;");
    BOOST_TEST(normalized(2, 0, "without scale") == begin + ">;");
    BOOST_TEST(normalized(1, 7, "without scale and B") == begin + ", no_scale>;");
}

BOOST_AUTO_TEST_CASE(activations_that_are_spelled_out) {
    const auto scalars = [](onnx_graph& graph) {
        graph.input("x", {-1, 6});
        graph.weights("root", {}, {1.41421356F});
        graph.weights("one", {}, {1});
        graph.weights("half", {}, {0.5F});
        graph.weights("three", {}, {3});
        graph.weights("bend", {}, {0.044715F});
        graph.weights("slope", {}, {0.79788456F});
    };
    onnx_graph by_erf; // as PyTorch writes it
    scalars(by_erf);
    by_erf.node("Div", {"x", "root"}, {"a"});
    by_erf.node("Erf", {"a"}, {"b"});
    by_erf.node("Add", {"b", "one"}, {"c"});
    by_erf.node("Mul", {"x", "c"}, {"d"});
    by_erf.node("Mul", {"d", "half"}, {"y"});
    by_erf.output("y");
    BOOST_TEST(chain_of(read(by_erf)) == "input<6> | gelu;");

    onnx_graph by_tanh;
    scalars(by_tanh);
    by_tanh.node("Pow", {"x", "three"}, {"a"});
    by_tanh.node("Mul", {"a", "bend"}, {"b"});
    by_tanh.node("Add", {"x", "b"}, {"c"});
    by_tanh.node("Mul", {"c", "slope"}, {"d"});
    by_tanh.node("Tanh", {"d"}, {"e"});
    by_tanh.node("Add", {"e", "one"}, {"f"});
    by_tanh.node("Mul", {"x", "half"}, {"g"});
    by_tanh.node("Mul", {"g", "f"}, {"y"});
    by_tanh.output("y");
    BOOST_TEST(chain_of(read(by_tanh)).starts_with("input<6> | named_activation<\"gelu_tanh\""));

    onnx_graph mish;
    scalars(mish);
    mish.node("Softplus", {"x"}, {"a"});
    mish.node("Tanh", {"a"}, {"b"});
    mish.node("Mul", {"x", "b"}, {"y"});
    mish.output("y");
    BOOST_TEST(chain_of(read(mish)).starts_with("input<6> | named_activation<\"mish\""));

    onnx_graph other; // a gate of another slope is none of these
    scalars(other);
    other.node("Div", {"x", "three"}, {"a"});
    other.node("Erf", {"a"}, {"b"});
    other.node("Add", {"b", "one"}, {"c"});
    other.node("Mul", {"x", "c"}, {"y"});
    other.output("y");
    const model_graph kept = read(other);
    BOOST_TEST(chain_of(kept).find("gelu") == std::string::npos);
    const std::vector<tensor> x{{{1, 6}, {-2, -1, -0.5F, 0.25F, 1, 2}}};
    const std::vector<float> y = reference_results(kept, x).front().numbers;
    for (std::size_t i = 0; i < y.size(); ++i)
        BOOST_TEST(y[i] == x[0].numbers[i] * (std::erf(x[0].numbers[i] / 3) + 1),
                   boost::test_tools::tolerance(1e-5F));
}

// What transposing makes of a value is no node of its own, and is not the value either.
BOOST_AUTO_TEST_CASE(gates_of_turned_values) {
    onnx_graph graph;
    graph.input("x", {-1, 3, 3});
    graph.node("Transpose", {"x"}, {"turned"}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
    graph.node("Sigmoid", {"turned"}, {"gate"});
    graph.node("Mul", {"x", "gate"}, {"y"});
    graph.output("y");
    const model_graph made = read(graph);
    const tensor x{{1, 3, 3}, drawn(9, 5)};
    const std::vector<float> y = reference_results(made, {x}).front().numbers;
    BOOST_TEST_REQUIRE(y.size() == 9u);
    for (std::size_t i = 0; i < 9; ++i)
        BOOST_TEST(std::abs(y[i] - x.numbers[i] * logistic_of(x.numbers[i % 3 * 3 + i / 3])) < 1e-6);
}

BOOST_AUTO_TEST_CASE(normalizations_that_are_spelled_out) {
    onnx_graph graph;
    graph.input("x", {-1, 5, 4});
    graph.weights("two", {}, {2});
    graph.weights("epsilon", {}, {1e-5F});
    graph.weights("scale", {4}, {1, 2, 3, 4});
    graph.weights("center", {4}, {4, 3, 2, 1});
    const std::vector<std::int64_t> last{-1};
    graph.node("ReduceMean", {"x"}, {"mean"}, {{"axes", last}});
    graph.node("Sub", {"x", "mean"}, {"difference"});
    graph.node("Pow", {"difference", "two"}, {"square"});
    graph.node("ReduceMean", {"square"}, {"variance"}, {{"axes", last}});
    graph.node("Add", {"variance", "epsilon"}, {"sum"});
    graph.node("Sqrt", {"sum"}, {"deviation"});
    graph.node("Div", {"difference", "deviation"}, {"normal"});
    graph.node("Mul", {"normal", "scale"}, {"scaled"});
    graph.node("Add", {"scaled", "center"}, {"y"});
    graph.output("y");
    const model_graph made = read(graph);
    BOOST_TEST(chain_of(made) == "input<5, 4> | layer_norm<epsilon<1e-05>>;");
    BOOST_TEST(made.nodes.back().weight("gamma")->numbers == (std::vector<float>{1, 2, 3, 4}));
    BOOST_TEST(made.nodes.back().weight("beta")->numbers == (std::vector<float>{4, 3, 2, 1}));

    onnx_graph by_squares;
    by_squares.input("x", {-1, 4});
    by_squares.weights("epsilon", {}, {1e-5F});
    by_squares.node("Mul", {"x", "x"}, {"square"});
    by_squares.node("ReduceMean", {"square"}, {"mean"}, {{"axes", last}});
    by_squares.node("Add", {"mean", "epsilon"}, {"sum"});
    by_squares.node("Sqrt", {"sum"}, {"root"});
    by_squares.node("Reciprocal", {"root"}, {"inverse"});
    by_squares.node("Mul", {"x", "inverse"}, {"y"});
    by_squares.output("y");
    BOOST_TEST(chain_of(read(by_squares)) == "input<4> | rms_norm<epsilon<1e-05>, no_scale>;");
}

BOOST_AUTO_TEST_CASE(dot_products_of_scaled_vectors) {
    // Matrices of which both are scaled along the axis that the product is along, or the other one.
    const auto multiplied = [](std::int64_t scaled, float least) {
        onnx_graph graph;
        graph.weights("least", {}, {least});
        for (const std::string name : {"a", "b"}) {
            graph.input(name, {-1, 3, 3});
            graph.node("Mul", {name, name}, {name + " squares"});
            graph.wholes(name + " axis", {1}, {scaled});
            graph.node("ReduceSum", {name + " squares", name + " axis"}, {name + " sum"}, {{"keepdims", 1}});
            graph.node("Max", {name + " sum", "least"}, {name + " bounded"});
            graph.node("Sqrt", {name + " bounded"}, {name + " length"});
            graph.node("Div", {name, name + " length"}, {name + " scaled"});
        }
        graph.node("Transpose", {"b scaled"}, {"columns"}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
        graph.node("MatMul", {"a scaled", "columns"}, {"y"});
        graph.output("y");
        return read(graph);
    };
    const model_graph graph = multiplied(2, 1e-12F);
    BOOST_TEST(chain_of(graph) == "inputs(input<3, 3>, input<3, 3>) | dot<1, normalize>;");
    const std::vector<float> a = drawn(9, 90), b = drawn(9, 91);
    const auto results = reference_results(graph, {{{1, 3, 3}, a}, {{1, 3, 3}, b}});
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) {
            double product = 0, first = 0, second = 0;
            for (std::size_t k = 0; k < 3; ++k) {
                product += double{a[3 * i + k]} * b[3 * j + k];
                first += double{a[3 * i + k]} * a[3 * i + k];
                second += double{b[3 * j + k]} * b[3 * j + k];
            }
            BOOST_TEST(std::abs(results.front().numbers[3 * i + j] - product / std::sqrt(first * second)) <
                       1e-5);
        }
    BOOST_TEST(chain_of(multiplied(1, 1e-12F)).find("normalize") == std::string::npos);
    BOOST_TEST(chain_of(multiplied(2, 1e-6F)).find("normalize") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(steps_that_are_samples_for_a_while) {
    // [samples, 2 steps, 2 channels, 3, 3], a convolution that leaves one place, and a row of each step.
    const std::vector<float> kernel = drawn(4 * 2 * 9, 95);
    const auto convolved = [&](const std::vector<std::int64_t>& end) {
        onnx_graph graph;
        graph.input("x", {-1, 2, 2, 3, 3});
        graph.wholes("images", {4}, {-1, 2, 3, 3});
        graph.wholes("end", {static_cast<std::int64_t>(end.size())}, end);
        graph.weights("W", {4, 2, 3, 3}, kernel);
        graph.node("Reshape", {"x", "images"}, {"image"});
        graph.node("Conv", {"image", "W"}, {"places"});
        graph.node("Relu", {"places"}, {"positive"});
        graph.node("Reshape", {"positive", "end"}, {"y"});
        graph.output("y");
        return graph;
    };
    const model_graph graph = read(convolved({-1, 2, 4}));
    BOOST_TEST(chain_of(graph) == "input<2, 2, 3, 3> | time_distributed(permute<1, 2, 0> | "
                                  "conv<4, 3, no_bias> | relu | reshape<4>);");
    const std::vector<float> x = drawn(2 * 2 * 2 * 9, 96);
    const auto y = reference_results(graph, {{{2, 2, 2, 3, 3}, x}}).front().numbers;
    for (std::size_t step = 0; step < 4; ++step) // of two samples
        for (std::size_t filter = 0; filter < 4; ++filter) {
            double sum = 0;
            for (std::size_t i = 0; i < 18; ++i)
                sum += double{kernel[filter * 18 + i]} * x[step * 18 + i];
            BOOST_TEST(std::abs(y[step * 4 + filter] - std::max(sum, 0.0)) < 1e-5);
        }
    for (const std::vector<std::int64_t>& end :
         {std::vector<std::int64_t>{-1, 8}, std::vector<std::int64_t>{-1, 4, 2}}) {
        const std::string message = error_message([&] { (void)read(convolved(end)); });
        BOOST_TEST(message.find("it mixes samples") != message.npos, message);
    }
    onnx_graph several = convolved({-1, 2, 4});
    several.output("positive");
    onnx_graph twice = convolved({-1, 2, 4});
    twice.node("Sigmoid", {"positive"}, {"gate"});
    twice.node("Reshape", {"gate", "end"}, {"gates"});
    twice.output("gates");
    for (const auto& [model, reason] : {std::pair(convolved({-1, 4}), "which nothing parts again"),
                                        std::pair(several, "which one reader of it parts"),
                                        std::pair(twice, "several readers part from samples")}) {
        const std::string message = error_message([&, &file = model] { (void)read(file); });
        BOOST_TEST(message.find(reason) != message.npos, message);
    }
}

BOOST_AUTO_TEST_CASE(a_vector_so_many_times) {
    onnx_graph graph;
    graph.input("x", {-1, 3});
    graph.wholes("one", {1}, {1});
    graph.wholes("times", {3}, {1, 4, 1});
    graph.node("Unsqueeze", {"x", "one"}, {"row"});
    graph.node("Tile", {"row", "times"}, {"y"});
    graph.output("y");
    const model_graph read_graph = read(graph);
    BOOST_TEST(chain_of(read_graph) == "input<3> | repeat_vector<4>;");
    const auto results = reference_results(read_graph, {{{1, 3}, {5, 6, 7}}});
    BOOST_TEST((results.front().numbers == std::vector<float>{5, 6, 7, 5, 6, 7, 5, 6, 7, 5, 6, 7}));
}

BOOST_AUTO_TEST_CASE(attention_that_is_spelled_out) {
    constexpr std::int64_t steps = 5;
    const auto build = [&](float below, bool is_added) {
        onnx_graph graph;
        graph.input("x", {-1, steps, 8});
        for (const std::string part : {"q", "k", "v"}) {
            graph.weights("w" + part, {8, 8}, drawn(64, 3 + static_cast<unsigned>(part.front())));
            graph.node("MatMul", {"x", "w" + part}, {part + "0"});
            graph.node("Reshape", {part + "0", "heads"}, {part + "1"});
            graph.node("Transpose", {part + "1"}, {part},
                       {{"perm", part == "k" ? std::vector<std::int64_t>{0, 2, 3, 1}
                                             : std::vector<std::int64_t>{0, 2, 1, 3}}});
        }
        graph.wholes("heads", {4}, {0, 0, 2, 4});
        graph.wholes("joined", {3}, {0, 0, 8});
        graph.weights("two", {}, {2});
        std::vector<float> mask;
        for (std::int64_t i = 0; i < steps * steps; ++i)
            mask.push_back(i % steps > i / steps ? -1e9F : below);
        graph.weights("mask", {1, 1, steps, steps}, mask);
        graph.node("MatMul", {"q", "k"}, {"products"});
        graph.node("Div", {"products", "two"}, {"scores"});
        graph.node("Add", {is_added ? "scores" : "products", "mask"}, {"masked"});
        graph.node("Softmax", {is_added ? "masked" : "scores"}, {"weights"}, {{"axis", -1}});
        graph.node("MatMul", {"weights", "v"}, {"sums"});
        graph.node("Transpose", {"sums"}, {"turned"}, {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}});
        graph.node("Reshape", {"turned", "joined"}, {"y"});
        graph.output("y");
        return graph;
    };
    const std::string projections =
        "input<5, 8> | branches(dense<8, no_bias>, dense<8, no_bias>, dense<8, no_bias>) | ";
    BOOST_TEST(chain_of(read(build(0, true))) == projections + "dot_attention<2, causal>;");
    onnx_graph other = build(1, true); // a mask of other numbers is no causal one
    const std::string message = error_message([&] { (void)read(other); });
    BOOST_TEST(message.find("products of several heads that are no attention") != message.npos, message);
}

BOOST_AUTO_TEST_CASE(operators_that_would_compute_something_else) {
    const auto expect = [](const onnx_graph& graph, const char* part) {
        const std::string message = error_message([&] { (void)read(graph); });
        BOOST_TEST(message.find(part) != message.npos, part << " is not in " << message);
    };
    onnx_graph trained;
    trained.input("x", {-1, 2});
    for (const char* const each : {"scale", "bias", "mean", "variance"})
        trained.weights(each, {2}, {1, 2});
    trained.node("BatchNormalization", {"x", "scale", "bias", "mean", "variance"}, {"y"},
                 {{"training_mode", 1}});
    trained.output("y");
    expect(trained, "in training, by the statistics of a batch");

    // Sigmoid takes no number, so that the one given is that of Elu.
    onnx_graph steep;
    steep.input("x", {4, -1, 3});
    steep.weights("W", {1, 6, 3}, drawn(18, 1));
    steep.weights("R", {1, 6, 2}, drawn(12, 2));
    steep.node("GRU", {"x", "W", "R"}, {"", "y"},
               {{"hidden_size", 2},
                {"activations", std::vector<std::string>{"Sigmoid", "Elu"}},
                {"activation_alpha", std::vector<float>{0.5F}}});
    steep.output("y");
    expect(steep, "the function Elu");

    onnx_graph parted;
    parted.input("x", {-1, 2, 4});
    parted.weights("kernel", {3, 1, 1}, {1, 2, 3});
    parted.node("Conv", {"x", "kernel"}, {"y"}, {{"group", 2}});
    parted.output("y");
    expect(parted, "groups that divide its channels and its filters");

    // Constants alone, of which no node of the network stands for any.
    onnx_graph divided;
    divided.wholes("one", {1}, {1});
    divided.wholes("zero", {1}, {0});
    divided.node("Div", {"one", "zero"}, {"y"});
    divided.output("y");
    expect(divided, "of constants that do not fit it");
    onnx_graph expanded;
    expanded.weights("one", {1}, {1});
    expanded.node("Expand", {"one"}, {"y"});
    expanded.output("y");
    expect(expanded, "expected node \"Expand y\" (Expand): an input 1");
}

BOOST_AUTO_TEST_CASE(all_that_is_lacking_in_one_message) {
    onnx_graph graph;
    graph.input("x", {-1, 4});
    graph.weights("exponent", {}, {-3});
    graph.node("Pow", {"x", "exponent"}, {"power"}); // an operator that is known, and a layer that is not
    graph.node("Relu", {"power"}, {"behind"});
    graph.node("Foo", {"x"}, {"unknown"}, {{"axis", 2}});
    graph.node("Relu", {"unknown"}, {"positive"}); // of a shape that nobody knows, and no problem itself
    graph.node("Bar", {"positive"}, {"other"});
    graph.node("Concat", {"behind", "other"}, {"y"}, {{"axis", 1}});
    graph.output("y");
    const std::string message = error_message([&] { (void)read(graph); });
    for (const char* const part :
         {"3 that it cannot:", "Foo unknown: Foo (axis 2); unknown here", "Bar other: Bar; unknown here",
          "Pow power: power (exponent -3); a whole exponent below 0 or above 64"})
        BOOST_TEST(message.find(part) != message.npos, part << " is not in " << message);
    BOOST_TEST(message.find("Relu") == message.npos, message);
}
