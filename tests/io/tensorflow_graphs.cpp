// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/reference.hpp>
#include <strata/io/import/tensorflow_graph.hpp>
#include <strata/io/import/topology_text.hpp>

#include "../larger_error.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

// Small graph models of TensorFlow.js, and what it gives for them: tensorflow_graphs.js makes both. The
// graphs that they become are computed by plain loops; that those are what a network of their text computes
// is tested elsewhere.

using namespace strata::bedrock::imports;

namespace {

/// A folder with a model in it, which goes when the test ends.
class model_folder {
public:
    model_folder(const json& model, const std::string& weights) {
        std::filesystem::create_directories(path_);
        std::ofstream(file()) << model.dump();
        std::ofstream(path_ / "weights.bin", std::ios::binary) << weights;
    }
    model_folder(const model_folder&) = delete;
    model_folder& operator=(const model_folder&) = delete;
    ~model_folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::filesystem::path file() const { return path_ / "model.json"; }

private:
    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / ("graphs_" + std::to_string(std::random_device{}()));
};

model_graph read_graph(const std::filesystem::path& file, const std::vector<std::string>& outputs = {}) {
    const json document = parse_json(strata::bedrock::plain_file(file).read_rest(), file.string());
    model_graph result = tensorflow_graph(file, document).read({}, outputs);
    complete_graph(result);
    return result;
}

json read_cases() {
    const std::string file = std::string(STRATA_TESTS) + "/io/tensorflow_graphs.json";
    return parse_json(strata::bedrock::plain_file(file).read_rest(), file);
}
const json& case_of(const std::string& name) {
    static const json cases = read_cases();
    for (const json& each : cases)
        if (text_of(member(each, "name")) == name)
            return each;
    throw std::invalid_argument("no case " + name);
}
std::string weights_of(const json& one) { return base64_bytes(text_of(member(one, "weights"))); }

tensor tensor_of(const json& given) {
    tensor result;
    for (const double extent : numbers_of(member(given, "shape")))
        result.shape.push_back(static_cast<std::size_t>(extent));
    for (const double number : numbers_of(member(given, "numbers")))
        result.numbers.push_back(static_cast<float>(number));
    return result;
}

/// What reading a model says is wrong with it.
std::string complaint(const json& model, const std::string& weights,
                      const std::vector<std::string>& outputs = {}) {
    const model_folder folder(model, weights);
    try {
        (void)read_graph(folder.file(), outputs);
    } catch (const strata::data_error& error) {
        return error.what();
    }
    return "nothing";
}
bool says(const std::string& text, const std::string& words) {
    const bool found = text.find(words) != text.npos;
    if (!found)
        BOOST_TEST_MESSAGE("not in it: " << words << "\n" << text);
    return found;
}

/// A case with one of its operations changed.
template <class Change>
json changed_graph(const std::string& operation, const Change& change,
                   const std::string& name = "convolutions") {
    json model = *member(case_of(name), "model");
    for (json& node : model["modelTopology"]["node"])
        if (node["op"] == operation)
            change(node);
    return model;
}

} // namespace

BOOST_AUTO_TEST_CASE(graphs_give_what_tensorflow_js_gives) {
    for (const json& each : read_cases()) {
        const std::string name = text_of(member(each, "name"));
        BOOST_TEST_CONTEXT(name) {
            const model_folder folder(*member(each, "model"), weights_of(each));
            const model_graph graph = read_graph(folder.file());
            BOOST_TEST(!topology_text(graph).text().empty());
            std::vector<tensor> inputs;
            for (const json& input : *member(each, "inputs"))
                inputs.push_back(tensor_of(input));
            const std::vector<tensor> results = reference_results(graph, inputs);
            const json& expected = *member(each, "outputs");
            BOOST_TEST_REQUIRE(results.size() == expected.size());
            for (std::size_t i = 0; i < results.size(); ++i) {
                const tensor wanted = tensor_of(expected[i]);
                BOOST_TEST_REQUIRE(results[i].numbers.size() == wanted.numbers.size());
                double worst = 0;
                for (std::size_t j = 0; j < wanted.numbers.size(); ++j)
                    worst = larger_error(worst, std::abs(double{results[i].numbers[j]} - wanted.numbers[j]) /
                                                    std::max(1.0, std::abs(double{wanted.numbers[j]})));
                BOOST_TEST_CONTEXT("output " << i)
                BOOST_TEST(worst < 2e-5);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_converters_spell_out_is_recognised) {
    const auto kinds = [](const std::string& name) {
        const json& one = case_of(name);
        const model_folder folder(*member(one, "model"), weights_of(one));
        std::string result;
        for (const graph_node& node : read_graph(folder.file()).nodes)
            result += node.kind + " ";
        return result;
    };
    // Gates are activations, scales and sums are in the weights of the products before them.
    BOOST_TEST(kinds("gates") == "input silu conv hard_silu global_average_pool conv hard_sigmoid upsample "
                                 "multiply ");
    BOOST_TEST(kinds("scales") == "input depthwise_conv conv conv add clipped conv batch_norm batch_norm ");
    BOOST_TEST(kinds("dilations") == "input depthwise_conv conv ");
    BOOST_TEST(kinds("shapes") == "input reshape permute reshape ");
}

BOOST_AUTO_TEST_CASE(a_network_ends_where_it_is_told) {
    const json& one = case_of("several_inputs");
    const model_folder folder(*member(one, "model"), weights_of(one));
    const model_graph graph = read_graph(folder.file(), {"a"});
    BOOST_TEST(graph.outputs.size() == 1u);
    BOOST_TEST(graph.inputs.size() == 1u);
    BOOST_TEST(graph.nodes[graph.outputs[0]].name == "a");
    // The signature's name is one, too.
    BOOST_TEST(read_graph(folder.file(), {"output_1"}).nodes.back().name == "a");
    // Where an operation is to run is another list of texts than what is fused with it.
    const json placed = changed_graph("Conv2D", [](json& node) {
        node["attr"]["_class"] = {{"list", {{"s", {"bG9jOkBjb252"}}}}};
    });
    BOOST_TEST(complaint(placed, weights_of(case_of("convolutions"))) == "nothing");
    // The end of a name behind a slash is enough, where there is one such name alone.
    const json inner = changed_graph("FusedBatchNormV3", [](json& node) { node["name"] = "block/norm"; });
    const std::string weights = weights_of(case_of("convolutions"));
    BOOST_TEST(complaint(inner, weights, {"norm"}) == "nothing");
    BOOST_TEST(says(complaint(inner, weights, {"orm"}), "expected an operation \"orm\", found none"));
}

BOOST_AUTO_TEST_CASE(all_that_strata_cannot_express_is_said_at_once) {
    json model = changed_graph("Elu", [](json& node) { node["op"] = "Cumsum"; });
    for (json& node : model["modelTopology"]["node"])
        if (node["op"] == "Conv2D")
            node["attr"]["data_format"]["s"] = "TkNIVw=="; // NCHW
    const std::string text = complaint(model, weights_of(case_of("convolutions")));
    BOOST_TEST(says(text, "1 that it cannot"));
    BOOST_TEST(says(text, "Conv2D (data_format NCHW, dilations [1, 1, 1, 1], padding SAME, strides [1, 2, 2, "
                          "1]); channels first"));
    BOOST_TEST(says(text, "--output"));
    const json unknown = changed_graph("BiasAdd", [](json& node) { node["op"] = "ArgMax"; });
    BOOST_TEST(says(complaint(unknown, weights_of(case_of("convolutions"))),
                    "ArgMax; places, which are chosen when the network runs"));
    const json dilated = changed_graph(
        "DepthwiseConv2dNative", [](json& node) { node["op"] = "AvgPool"; }, "dilations");
    BOOST_TEST(says(complaint(dilated, weights_of(case_of("dilations"))), "; behind SpaceToBatchND"));
    // x^-3, whose logarithm would lose the sign of x.
    std::string numbers = weights_of(case_of("numbers"));
    const float exponent = -3;
    std::memcpy(numbers.data() + 8, &exponent, sizeof exponent);
    BOOST_TEST(says(complaint(*member(case_of("numbers"), "model"), numbers),
                    "; a whole exponent below 0 or above 16"));
}

BOOST_AUTO_TEST_CASE(no_graph_computes_with_how_many_samples_there_are) {
    // n5 is the number of samples, n9 that of rows, c9 the list [3] and c13 a 2.
    const auto complaint_of = [](const json& nodes) {
        json model = *member(case_of("shapes"), "model");
        for (const json& node : nodes)
            model["modelTopology"]["node"].push_back(node);
        return complaint(model, weights_of(case_of("shapes")), {"y"});
    };
    const auto node = [](const char* operation, const std::vector<std::string>& inputs, const char* name) {
        json result = {{"name", name}, {"op", operation}, {"input", inputs}, {"attr", json::object()}};
        if (std::string(operation) == "Cast")
            result["attr"] = {{"SrcT", {{"type", "DT_INT32"}}}, {"DstT", {{"type", "DT_FLOAT"}}}};
        return result;
    };
    const auto refuses = [&](const json& nodes) {
        return says(complaint_of(nodes), "depends on how many samples there are");
    };
    BOOST_TEST(refuses({node("Cast", {"n5"}, "real"), node("RealDiv", {"x", "real"}, "y")}));
    BOOST_TEST(refuses({node("FloorMod", {"n5", "c9"}, "rest"), node("Cast", {"rest"}, "real"),
                        node("AddV2", {"x", "real"}, "y")}));
    BOOST_TEST(refuses({node("Pack", {"n9", "n5"}, "both"), node("GatherV2", {"both", "c0", "c0"}, "rows"),
                        node("ConcatV2", {"both", "rows", "c0"}, "three"),
                        node("StridedSlice", {"three", "c1", "c4", "c2"}, "one"),
                        node("Cast", {"one"}, "real"), node("Mul", {"x", "real"}, "y")}));
    BOOST_TEST(refuses(json::array({node("Range", {"c13", "n5", "c13"}, "y")})));
    BOOST_TEST(
        refuses({node("FloorMod", {"n5", "c9"}, "rest"), node("AddV2", {"rest", "c2"}, "some"),
                 node("ConcatV2", {"c14", "some", "c0"}, "list"), node("Reshape", {"x", "list"}, "y")}));
    // Other extents of a shape with samples are numbers as others are.
    BOOST_TEST(complaint_of({node("Cast", {"n9"}, "real"), node("Mul", {"x", "real"}, "y")}) == "nothing");
    BOOST_TEST(complaint_of({node("Pack", {"n9", "n5"}, "both"),
                             node("StridedSlice", {"both", "c0", "c1", "c2"}, "one"),
                             node("Cast", {"one"}, "real"), node("Mul", {"x", "real"}, "y")}) == "nothing");
}

BOOST_AUTO_TEST_CASE(whole_numbers_are_not_computed_as_reals_where_that_differs) {
    const auto complaint_of = [](const char* operation, const json& attributes, const char* other = "c0") {
        json model = *member(case_of("shapes"), "model");
        json node = {{"name", "y"}, {"op", operation}, {"input", {"x", other}}};
        for (const auto& [key, type] : attributes.items())
            node["attr"][key]["type"] = type;
        model["modelTopology"]["node"].push_back(node);
        return complaint(model, weights_of(case_of("shapes")), {"y"});
    };
    const auto casts = [&](const char* given, const char* made) {
        return complaint_of("Cast", {{"SrcT", given}, {"DstT", made}});
    };
    BOOST_TEST(says(casts("DT_FLOAT", "DT_INT32"), "it rounds"));
    BOOST_TEST(says(casts("DT_INT32", "DT_BOOL"), "it rounds"));
    BOOST_TEST(says(casts("DT_INT32", "DT_UINT8"), "it rounds"));
    BOOST_TEST(casts("DT_UINT8", "DT_INT32") == "nothing");
    BOOST_TEST(casts("DT_BOOL", "DT_FLOAT") == "nothing");
    BOOST_TEST(casts("DT_INT32", "DT_FLOAT") == "nothing");
    BOOST_TEST(says(complaint_of("RealDiv", {{"T", "DT_INT32"}}, "c13"), "of whole numbers"));
    BOOST_TEST(says(complaint_of("Mean", {{"T", "DT_INT32"}}, "c13"), "of whole numbers"));
    BOOST_TEST(complaint_of("Mean", {{"T", "DT_FLOAT"}}, "c13") == "nothing");
}

BOOST_AUTO_TEST_CASE(damaged_graphs_are_errors) {
    const std::string weights = weights_of(case_of("convolutions"));
    const json& whole = *member(case_of("convolutions"), "model");
    BOOST_TEST(complaint(whole, weights) == "nothing");
    BOOST_TEST(says(complaint(whole, weights.substr(0, weights.size() - 2)), "of its group on"));
    BOOST_TEST(says(complaint(whole, weights + "more"), "bytes of weights in a group's files"));
    const json unknown_input = changed_graph("BiasAdd", [](json& node) { node["input"][0] = "none"; });
    BOOST_TEST(says(complaint(unknown_input, weights), "expected an operation \"none\", which"));
    json cyclic = whole;
    json* before = nullptr;
    for (json& node : cyclic["modelTopology"]["node"]) {
        if (node["op"] == "BiasAdd")
            before = &node;
        if (node["op"] == "Elu")
            (*before)["input"][0] = node["name"];
    }
    BOOST_TEST(says(complaint(cyclic, weights), "a cycle through"));
    json unweighted = whole;
    auto& listed = unweighted["weightsManifest"][0]["weights"];
    listed[1]["name"] = "another";
    BOOST_TEST(says(complaint(unweighted, weights), "the weights of constant"));
    json twice = whole;
    twice["modelTopology"]["node"].push_back(twice["modelTopology"]["node"][0]);
    BOOST_TEST(says(complaint(twice, weights), "operations of different names"));
    json outside = whole;
    outside["weightsManifest"][0]["paths"][0] = "../weights.bin";
    BOOST_TEST(says(complaint(outside, weights), "in the model's folder"));
    const json narrow = changed_graph(
        "Placeholder", [](json& node) { node["attr"]["shape"]["shape"]["dim"][3]["size"] = "4"; });
    BOOST_TEST(says(complaint(narrow, weights), "a kernel for 4 channels, found one for 3"));
    const json open = changed_graph(
        "Placeholder", [](json& node) { node["attr"]["shape"]["shape"]["dim"][1]["size"] = "-1"; });
    BOOST_TEST(says(complaint(open, weights), "leaves axis 1 open"));
}
