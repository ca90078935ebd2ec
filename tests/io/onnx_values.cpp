// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/temporary_directory.hpp"
#include "../error_message.hpp"
#include "onnx_model.hpp"

#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/onnx_file.hpp>
#include <strata/io/import/reference.hpp>
#include <strata/io/import/write_model.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

// What models of ONNX compute before a network runs, and values of types that no network has: the result is
// ONNX's, or the file's error says why there is none.

using namespace strata;
using namespace strata::bedrock::imports;

namespace {

const temporary_directory directory;

model_graph read(const onnx_graph& graph) {
    directory.write("model.onnx", graph.model());
    model_graph result = onnx_file(directory / "model.onnx").read({});
    complete_graph(result);
    return result;
}
std::string complaint(const onnx_graph& graph) {
    return error_message<data_error>([&] { (void)read(graph); });
}
bool says(const std::string& message, const std::string& part) { return message.find(part) != message.npos; }

/// A model of any number of samples, with numbers by their names.
onnx_graph model_of(const std::vector<std::int64_t>& shape, std::int64_t type = 1) {
    onnx_graph graph;
    graph.input("x", shape, type);
    graph.output("y");
    graph.node("Shape", {"x"}, {"shape"});
    for (const std::int64_t number : {-1, 0, 1, 2, 3, 4, 7}) {
        graph.wholes(std::to_string(number), {}, {number});
        graph.wholes("[" + std::to_string(number) + "]", {1}, {number});
    }
    graph.node("Gather", {"shape", "[0]"}, {"[samples]"}, {{"axis", 0}});
    graph.node("Gather", {"shape", "0"}, {"samples"}, {{"axis", 0}});
    graph.node("Cast", {"samples"}, {"count"}, {{"to", 1}});
    return graph;
}
constexpr const char* depends = "depends on how many samples there are";

} // namespace

BOOST_AUTO_TEST_CASE(no_network_computes_with_how_many_samples_there_are) {
    const auto refuses = [](const auto& write) {
        onnx_graph graph = model_of({-1, 4});
        write(graph);
        const std::string message = complaint(graph);
        BOOST_TEST(says(message, depends), message);
    };
    refuses([](onnx_graph& g) { g.node("Mul", {"x", "count"}, {"y"}); });
    refuses([](onnx_graph& g) {
        g.node("Size", {"x"}, {"size"});
        g.node("Cast", {"size"}, {"real"}, {{"to", 1}});
        g.node("Div", {"x", "real"}, {"y"});
    });
    refuses([](onnx_graph& g) { // as it would for 1000003 as well
        g.node("Mod", {"samples", "7"}, {"rest"});
        g.node("Cast", {"rest"}, {"real"}, {{"to", 1}});
        g.node("Add", {"x", "real"}, {"y"});
    });
    refuses([](onnx_graph& g) { // all features, of more samples than those
        g.node("Slice", {"x", "[0]", "[samples]", "[1]"}, {"y"});
    });
    refuses([](onnx_graph& g) {
        onnx_graph yes, no;
        yes.node("Relu", {"x"}, {"r"});
        yes.output("r");
        no.node("Tanh", {"x"}, {"t"});
        no.output("t");
        g.node("Equal", {"samples", "1"}, {"single"});
        g.node("If", {"single"}, {"y"}, {{"then_branch", yes}, {"else_branch", no}});
    });
    refuses([](onnx_graph& g) { // numbers moved, joined and chosen among others
        g.node("Concat", {"[2]", "[samples]", "[3]", "[4]"}, {"list"}, {{"axis", 0}});
        g.node("Reshape", {"list", "square"}, {"table"});
        g.wholes("square", {2}, {2, 2});
        g.node("Transpose", {"table"}, {"turned"});
        g.node("Gather", {"turned", "1"}, {"pair"}, {{"axis", 0}});
        g.node("ReduceMin", {"pair"}, {"least"}, {{"keepdims", 0}});
        g.node("Cast", {"least"}, {"real"}, {{"to", 1}});
        g.node("Mul", {"x", "real"}, {"y"});
    });
    refuses([](onnx_graph& g) {
        g.node("Equal", {"samples", "1"}, {"single"});
        g.node("Where", {"single", "2", "3"}, {"factor"});
        g.node("Cast", {"factor"}, {"real"}, {{"to", 1}});
        g.node("Mul", {"x", "real"}, {"y"});
    });
    refuses([](onnx_graph& g) { // a count that is the sum of ones
        g.node("ConstantOfShape", {"[samples]"}, {"zeros"});
        g.node("Cos", {"zeros"}, {"ones"});
        g.node("ReduceSum", {"ones"}, {"sum"}, {{"keepdims", 0}});
        g.node("Mul", {"x", "sum"}, {"y"});
    });
    refuses([](onnx_graph& g) { // the last of 0, 1, 2 ...
        g.node("Range", {"0", "samples", "1"}, {"range"});
        g.node("Gather", {"range", "-1"}, {"last"}, {{"axis", 0}});
        g.node("Cast", {"last"}, {"real"}, {{"to", 1}});
        g.node("Add", {"x", "real"}, {"y"});
    });
    refuses([](onnx_graph& g) { // so many zeros beside the features
        g.node("Mod", {"[samples]", "[7]"}, {"rest"});
        g.node("Concat", {"[1]", "rest"}, {"extents"}, {{"axis", 0}});
        g.node("ConstantOfShape", {"extents"}, {"zeros"});
        g.node("Concat", {"x", "zeros"}, {"y"}, {{"axis", 1}});
    });
    refuses([](onnx_graph& g) { // a feature for each sample
        g.node("Concat", {"[4]", "[samples]"}, {"extents"}, {{"axis", 0}});
        g.node("ConstantOfShape", {"extents"}, {"zeros"});
        g.node("MatMul", {"x", "zeros"}, {"y"});
    });
    refuses([](onnx_graph& g) { // which 4 / 2 is, and more than one number of samples gives
        g.node("Mod", {"[samples]", "[3]"}, {"rest"});
        g.node("Add", {"rest", "[1]"}, {"extent"});
        g.node("Concat", {"[samples]", "extent", "[-1]"}, {"extents"}, {{"axis", 0}});
        g.node("Reshape", {"x", "extents"}, {"y"});
    });
}

BOOST_AUTO_TEST_CASE(shapes_of_samples_are_computed) {
    const auto reads = [](const auto& write, const extents& expected) {
        onnx_graph graph = model_of({-1, 2, 6});
        write(graph);
        const model_graph result = read(graph);
        BOOST_TEST(result.nodes[result.outputs.front()].shape == expected);
    };
    reads(
        [](onnx_graph& g) {
            g.node("Concat", {"[samples]", "[-1]"}, {"extents"}, {{"axis", 0}});
            g.node("Reshape", {"x", "extents"}, {"y"});
        },
        {12});
    reads(
        [](onnx_graph& g) { // all numbers over samples, which the other extents determine
            g.node("Size", {"x"}, {"size"});
            g.node("Div", {"size", "[samples]"}, {"row"});
            g.node("Concat", {"[samples]", "row"}, {"extents"}, {{"axis", 0}});
            g.node("Reshape", {"x", "extents"}, {"y"});
        },
        {12});
    reads(
        [](onnx_graph& g) { // as expand(-1, 2, 6) is written
            g.node("Slice", {"x", "[0]", "[samples]", "[0]"}, {"all"});
            g.node("ReduceMean", {"all"}, {"mean"}, {{"axes", std::vector<std::int64_t>{1}}});
            g.node("Concat", {"[-1]", "[2]", "[-1]"}, {"asked"}, {{"axis", 0}});
            g.node("Equal", {"asked", "[-1]"}, {"open"});
            g.node("Where", {"open", "shape", "asked"}, {"extents"});
            g.node("Expand", {"mean", "extents"}, {"y"});
        },
        {2, 6});
    reads(
        [](onnx_graph& g) { // a token before each sample, and a factor that is an extent
            g.weights("token", {1, 1, 6}, {1, 2, 3, 4, 5, 6});
            g.node("Concat", {"[samples]", "[1]", "[1]"}, {"extents"}, {{"axis", 0}});
            g.node("Expand", {"token", "extents"}, {"tokens"});
            g.node("Concat", {"tokens", "x"}, {"joined"}, {{"axis", 1}});
            g.node("Gather", {"shape", "2"}, {"features"}, {{"axis", 0}});
            g.node("Cast", {"features"}, {"real"}, {{"to", 1}});
            g.node("Mul", {"joined", "real"}, {"y"});
        },
        {3, 6});
    reads(
        [](onnx_graph& g) { // steps of all samples in one axis, and apart again
            g.node("Mul", {"[samples]", "[2]"}, {"steps"});
            g.node("Concat", {"steps", "[-1]"}, {"extents"}, {{"axis", 0}});
            g.node("Reshape", {"x", "extents"}, {"rows"});
            g.weights("kernel", {6, 3}, std::vector<float>(18, 1));
            g.node("MatMul", {"rows", "kernel"}, {"product"});
            g.node("Concat", {"[samples]", "[2]", "[3]"}, {"before"}, {{"axis", 0}});
            g.node("Reshape", {"product", "before"}, {"y"});
        },
        {2, 3});
}

BOOST_AUTO_TEST_CASE(reals_are_rounded_for_embeddings_alone) {
    const auto model = [](std::int64_t type, std::int64_t target, const auto& write) {
        onnx_graph graph = model_of({-1, 4}, type);
        graph.weights("table", {9, 3}, std::vector<float>(27, 1));
        graph.node("Cast", {"x"}, {"whole"}, {{"to", target}});
        write(graph);
        return graph;
    };
    const auto looks_up = [](onnx_graph& g) {
        g.node("Identity", {"whole"}, {"tokens"});
        g.node("Gather", {"table", "tokens"}, {"y"});
    };
    const auto restores = [](onnx_graph& g) { g.node("Cast", {"whole"}, {"y"}, {{"to", 1}}); };
    const auto computes = [](onnx_graph& g) { g.node("Add", {"whole", "whole"}, {"y"}); };
    const auto averages = [](onnx_graph& g) { // those of tokens that are not 0
        g.node("Gather", {"table", "x"}, {"rows"});
        g.node("Cast", {"whole"}, {"mask"}, {{"to", 1}});
        g.node("Unsqueeze", {"mask", "[2]"}, {"column"});
        g.node("Mul", {"rows", "column"}, {"y"});
    };
    constexpr std::int64_t real = 1, byte = 2, whole = 7, truth = 9;
    BOOST_TEST(complaint(model(real, whole, looks_up)) == "no error");
    BOOST_TEST(complaint(model(whole, 6, looks_up)) == "no error");
    BOOST_TEST(complaint(model(whole, real, [](onnx_graph& g) { g.node("Relu", {"whole"}, {"y"}); })) ==
               "no error");
    BOOST_TEST(complaint(model(byte, whole, restores)) == "no error");
    BOOST_TEST(complaint(model(truth, whole, restores)) == "no error");
    const auto rounds = [](const onnx_graph& graph) {
        const std::string message = complaint(graph);
        BOOST_TEST((says(message, "whole numbers") || says(message, "which a Cast rounds")), message);
    };
    rounds(model(real, whole, restores));
    rounds(model(real, truth, restores));
    rounds(model(whole, truth, restores));
    rounds(model(whole, truth, averages));
    rounds(model(whole, byte, restores));
    rounds(model(real, whole, computes));
    rounds(model(real, whole, [](onnx_graph& g) { g.node("Identity", {"whole"}, {"y"}); }));
    rounds(model(real, whole, [&](onnx_graph& g) { // of two readers, one is an embedding
        looks_up(g);
        g.node("Add", {"whole", "whole"}, {"z"});
        g.output("z");
    }));
}

BOOST_AUTO_TEST_CASE(whole_numbers_are_not_computed_as_reals_where_that_differs) {
    constexpr std::int64_t byte = 2, whole = 7;
    const auto complaint_of = [](std::int64_t type, const auto& write) {
        onnx_graph graph = model_of({-1, 4}, type);
        graph.weights("half", {}, {0.5F});
        write(graph);
        graph.node("Cast", {"z"}, {"y"}, {{"to", 1}});
        return complaint(graph);
    };
    const auto refuses = [&](const std::string& message) {
        BOOST_TEST(says(message, "of whole numbers, which a network neither rounds nor wraps"), message);
    };
    const auto divides = [](onnx_graph& g) { g.node("Div", {"x", "2"}, {"z"}); };
    const auto adds = [](onnx_graph& g) { g.node("Add", {"x", "2"}, {"z"}); };
    refuses(complaint_of(whole, divides));
    refuses(complaint_of(whole, [](onnx_graph& g) { g.node("Div", {"7", "x"}, {"z"}); }));
    refuses(complaint_of(whole, [](onnx_graph& g) {
        g.node("Mul", {"x", "x"}, {"square"});
        g.node("Div", {"square", "x"}, {"z"});
    }));
    refuses(complaint_of(whole, [](onnx_graph& g) {
        g.node("ReduceMean", {"x"}, {"z"}, {{"axes", std::vector<std::int64_t>{1}}});
    }));
    refuses(complaint_of(whole, [](onnx_graph& g) { g.node("Pow", {"x", "half"}, {"z"}); }));
    refuses(complaint_of(whole, [](onnx_graph& g) { g.node("Pow", {"x", "-1"}, {"z"}); }));
    refuses(complaint_of(byte, adds));
    BOOST_TEST(complaint_of(whole, adds) == "no error");
    BOOST_TEST(complaint_of(whole, [](onnx_graph& g) { g.node("Pow", {"x", "2"}, {"z"}); }) == "no error");
    BOOST_TEST(complaint_of(byte, [](onnx_graph& g) {
                   g.node("Slice", {"x", "[1]", "[3]", "[1]"}, {"z"});
               }) == "no error");
    BOOST_TEST(complaint_of(1, divides) == "no error");
}

BOOST_AUTO_TEST_CASE(samples_are_those_of_the_inputs) {
    onnx_graph graph;
    graph.input("tokens", {-1, 4}, 7);
    graph.input("x", {-1, 2, 3});
    graph.weights("table", {9, 3}, std::vector<float>(27, 1));
    graph.node("Gather", {"table", "tokens"}, {"rows"});
    graph.node("Concat", {"rows", "x"}, {"y"}, {{"axis", 1}});
    graph.output("y");
    const model_graph result = read(graph);
    const std::vector<float> x(6, 1);
    const auto complains = [&](const std::vector<tensor>& inputs, const std::string& part) {
        const std::string message =
            error_message<data_error>([&] { (void)reference_results(result, inputs); });
        BOOST_TEST(says(message, part), message);
    };
    complains({{{1, 4}, {0, 1, 2, 8}}, {{1, 2, 3}, x}}, "no error");
    complains({{{1, 4, 1}, {0, 1, 2, 8}}, {{1, 6}, x}}, "no error"); // which lies as it does
    complains({}, "expected samples of 2 inputs, found those of 0");
    complains({{{1, 4}, {0, 1, 2, 8}}}, "expected samples of 2 inputs, found those of 1");
    complains({{{1, 4}, {0, 1, 2, 8}}, {{1, 3, 2}, x}},
              "expected 1 samples of 2 x 3 for inputs 1, or rows of 6, found an array of 1 x 3 x 2");
    complains({{{3, 2}, {0, 1, 2, 3, 4, 5}}, {{3, 2, 1}, x}}, "expected 3 samples of 4 for inputs 0");
    complains({{{1, 4}, {0, 1, 2, 8}}, {{2, 2, 3}, std::vector<float>(12)}}, "expected 1 samples");
    complains({{{1, 4}, {0, 1, 2}}, {{1, 2, 3}, x}}, "found an array of 1 x 4");
    for (const float token : {9.0F, 1e9F, -1.0F, -1e9F, 1e30F, std::nanf("")})
        complains({{{1, 4}, {0, 1, 2, token}}, {{1, 2, 3}, x}}, "expected tokens from 0 to 8, found ");
}

BOOST_AUTO_TEST_CASE(a_written_network_has_a_name_that_cpp_leaves_free) {
    onnx_graph graph;
    graph.input("x", {-1, 4});
    graph.node("Relu", {"x"}, {"y"});
    graph.output("y");
    const model_graph result = read(graph);
    const check_samples samples{make_samples(result, 1), reference_results(result, make_samples(result, 1))};
    const auto message_of = [&](const std::string& name) {
        return error_message([&] { write_model(result, directory / "written", name, samples); });
    };
    BOOST_TEST(message_of("1st") == "write_model: expected a name of letters, digits and _, found \"1st\"");
    for (const std::string name : {"class", "int", "std", "main", "__x", "_x", "x__y", "strata"})
        BOOST_TEST(message_of(name) == "write_model: expected a name that is free, found \"" + name + "\"");
    BOOST_TEST(message_of("relu") ==
               "write_model: expected a name that its layers do not have, found \"relu\"");
    BOOST_TEST(!std::filesystem::exists(directory / "written"));
    std::filesystem::create_directory(directory / "written");
    for (const std::string name : {"dense", "topology", "network"}) // which nothing in the header reads
        BOOST_TEST(message_of(name) == "no error");
}

BOOST_AUTO_TEST_CASE(constants_are_of_their_types) {
    // What some constants are cast to and combined as, as an offset of zeros.
    const auto result_of = [](const auto& write) {
        onnx_graph graph;
        graph.input("x", {-1, 4});
        graph.output("y");
        graph.weights("reals", {4}, {-7, 7, -7.5F, 0.1F});
        graph.weights("divisors", {4}, {3, 3, -3, -3});
        graph.weights("large", {4}, {65504, 65519, 65520, -1e6F});
        graph.weights("half", {}, {0.5F});
        graph.wholes("wholes", {4}, {-7, 300, 4294967297, 9});
        write(graph);
        graph.node("Cast", {"z"}, {"offset"}, {{"to", 1}});
        graph.node("Add", {"x", "offset"}, {"y"});
        return graph;
    };
    const auto gives = [&](const std::vector<float>& expected, const auto& write) {
        const auto y = reference_results(read(result_of(write)), {{{1, 4}, {0, 0, 0, 0}}}).front().numbers;
        BOOST_TEST(y == expected, boost::test_tools::per_element());
    };
    const auto casts = [](const char* name, std::int64_t type) {
        return [=](onnx_graph& g) { g.node("Cast", {name}, {"z"}, {{"to", type}}); };
    };
    constexpr float infinity = std::numeric_limits<float>::infinity();
    gives({-1, 1, -1.5F, 0.1F}, [](onnx_graph& g) {
        g.node("Mod", {"reals", "divisors"}, {"z"}, {{"fmod", 1}});
    });
    gives({-7, 7, -7, 0}, casts("reals", 7));
    gives({-7, 7, -7.5F, 0.0999755859375F}, casts("reals", 10));
    gives({-7, 7, -7.5F, 0.10009765625F}, casts("reals", 16));
    gives({65504, 65504, infinity, -infinity}, casts("large", 10));
    gives({249, 44, 1, 9}, casts("wholes", 2));
    gives({-7, 44, 1, 9}, casts("wholes", 3));
    gives({-7, 300, 1, 9}, casts("wholes", 6));
    gives({1, 1, 1, 1}, casts("reals", 9));
    gives({2, 17, 65536, 3}, [](onnx_graph& g) { // the root has its base's type
        g.node("Abs", {"wholes"}, {"sizes"});
        g.node("Pow", {"sizes", "half"}, {"z"});
    });
    gives({7, 7, 7, 7}, [](onnx_graph& g) { // 10 times 0.7, which is less than 7 in double
        g.weights("tens", {4}, {10, 10, 10, 10});
        g.weights("scale", {}, {0.7F});
        g.node("Mul", {"tens", "scale"}, {"product"});
        g.node("Floor", {"product"}, {"z"});
    });
    const auto refuses = [&](const std::string& part, const auto& write) {
        const std::string message = complaint(result_of(write));
        BOOST_TEST(says(message, part), message);
    };
    refuses("numbers that its type holds, found -7.0", casts("reals", 2));
    refuses("it gives numbers that their type does not hold", [](onnx_graph& g) {
        g.node("Cast", {"wholes"}, {"small"}, {{"to", 6}});
        g.wholes("many", {}, {1 << 30});
        g.node("Cast", {"many"}, {"factor"}, {{"to", 6}});
        g.node("Mul", {"small", "factor"}, {"z"});
    });
}

BOOST_AUTO_TEST_CASE(each_value_has_one_origin) {
    const auto complains = [](const std::string& part, const auto& write) {
        onnx_graph graph;
        graph.input("x", {-1, 4});
        graph.output("y");
        graph.weights("w", {4}, {1, 2, 3, 4});
        graph.node("Add", {"x", "w"}, {"y"});
        write(graph);
        const std::string message = complaint(graph);
        BOOST_TEST(says(message, part), message);
    };
    complains("found two nodes that give \"y\"", [](onnx_graph& g) { g.node("Relu", {"x"}, {"y"}); });
    complains("found a node that gives what is a weight or an input, \"w\"",
              [](onnx_graph& g) { g.node("Relu", {"x"}, {"w"}); });
    complains("found a node that gives what is a weight or an input, \"x\"",
              [](onnx_graph& g) { g.node("Relu", {"y"}, {"x"}); });
    complains("found two weights that are \"w\"", [](onnx_graph& g) { g.weights("w", {1}, {1}); });
    complains("found two inputs that are \"x\"", [](onnx_graph& g) { g.input("x", {-1, 4}); });
    // Of a branch that is chosen as well; and results without a name are none.
    complains("found two nodes that give \"r\"", [](onnx_graph& g) {
        onnx_graph branch;
        branch.node("Relu", {"x"}, {"r"});
        branch.node("Tanh", {"x"}, {"r"});
        branch.output("r");
        g.weights("true", {}, {1});
        g.node("If", {"true"}, {"z"}, {{"then_branch", branch}, {"else_branch", branch}});
    });
    complains("no error", [](onnx_graph& g) {
        g.node("Dropout", {"y"}, {"a", ""});
        g.node("Dropout", {"y"}, {"b", ""});
    });
}

namespace {
void check_numbers(const onnx_graph& graph, const tensor& x, const std::vector<float>& expected) {
    const auto found = reference_results(read(graph), {x}).front().numbers;
    BOOST_TEST_REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        BOOST_TEST(std::abs(found[i] - expected[i]) < 1e-5F);
}
} // namespace

// Numbers of each channel are the bias of a product alone, not of whatever has a bias of its own.
BOOST_AUTO_TEST_CASE(numbers_behind_what_has_another_bias) {
    onnx_graph shrink;
    shrink.input("x", {-1, 2});
    shrink.weights("c", {2}, {10, 20});
    shrink.node("Shrink", {"x"}, {"shrunk"}); // lambd 0.5, bias 0
    shrink.node("Add", {"shrunk", "c"}, {"y"});
    shrink.output("y");
    check_numbers(shrink, {{1, 2}, {3, 0.25F}}, {13, 20});

    onnx_graph steps;
    steps.input("x", {3, -1, 1});
    steps.weights("W", {1, 2, 1}, {0.5F, -0.25F});
    steps.weights("R", {1, 2, 2}, {1, 0, 0, 1});
    steps.weights("c", {2}, {0.5F, 1});
    steps.wholes("zero", {1}, {0});
    steps.node("RNN", {"x", "W", "R"}, {"", "h"}, {{"hidden_size", 2}}); // without B
    steps.node("Squeeze", {"h", "zero"}, {"last"});
    steps.node("Add", {"last", "c"}, {"y"});
    steps.output("y");
    const std::vector<float> x{1, 2, -1};
    float h[2] = {0, 0};
    for (const float each : x) {
        h[0] = std::tanh(0.5F * each + h[0]);
        h[1] = std::tanh(-0.25F * each + h[1]);
    }
    check_numbers(steps, {{1, 3, 1}, x}, {h[0] + 0.5F, h[1] + 1});
}

// Weights of an attention that are turned are those of other values.
BOOST_AUTO_TEST_CASE(attention_that_is_turned_is_refused) {
    onnx_graph graph;
    graph.input("x", {-1, 2, 3, 4}); // heads, steps, features
    graph.node("Transpose", {"x"}, {"k"}, {{"perm", std::vector<std::int64_t>{0, 1, 3, 2}}});
    graph.node("MatMul", {"x", "k"}, {"scores"});
    graph.node("Softmax", {"scores"}, {"weights"}, {{"axis", -1}});
    graph.node("Transpose", {"weights"}, {"turned"}, {{"perm", std::vector<std::int64_t>{0, 1, 3, 2}}});
    graph.node("MatMul", {"turned", "x"}, {"y"});
    graph.output("y");
    const std::string message = complaint(graph);
    BOOST_TEST(says(message, "products of several heads that are no attention"), message);
}
