// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The weights of networks in safetensors files: what Python reads of ours, parts of a file, and what does not
// fit.
#include "../data/allocation_watch.hpp"
#include "../reference.hpp"
#include "weights_file.hpp"

#include <strata/data/safetensors.hpp>
#include <strata/data/safetensors_output.hpp>
#include <strata/io/weights.hpp>
#include <strata/layers/layers.hpp>
#include <strata/model/narrow_model.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <vector>

using namespace strata;

namespace {

using small = model<input<2> | dense<3> | tanh | dense<1>>;

template <class Network>
std::string load_error(Network& net, const bedrock::weight_options& options = {}) {
    const auto old = net.weights();
    const std::string message = error_message([&] { load_weights(net, file, options); });
    BOOST_TEST((net.weights() == old));
    return without_name(message);
}

} // namespace

BOOST_AUTO_TEST_CASE(another_reader_reads_what_is_saved) {
    model<input<2, 2, 3> | conv<5, 2> | flatten | dense<17> | batch_norm<>, double> net;
    set_numbers(net);
    save_weights(net, file);
    BOOST_TEST(!std::filesystem::exists(file.string() + ".unfinished"));
    const auto found = reference("io/safetensors.py", file.string());
    BOOST_TEST(found["begin"].get<int>() % 8 == 0);
    BOOST_TEST(found["metadata"]["strata"].get<std::string>() == bedrock::project_version);
    BOOST_TEST(found["metadata"]["topology"].get<std::string>().find("input 2 x 2 x 3\nconv<5, 2>") == 0u);
    BOOST_TEST(found["tensors"].size() == net.parameters().size());
    for (const auto& array : net.parameters()) {
        const auto& tensor = found["tensors"][array.name()];
        BOOST_TEST(tensor["type"].get<std::string>() == "F64");
        BOOST_TEST((tensor["shape"].get<std::vector<std::size_t>>() ==
                    std::vector<std::size_t>(array.shape().begin(), array.shape().end())));
        BOOST_TEST((tensor["numbers"].get<std::vector<double>>() == array.values()));
    }
    decltype(net) again{seed{9}};
    BOOST_TEST((again.weights() != net.weights()));
    const weight_report report = load_weights(again, file);
    BOOST_TEST((again.weights() == net.weights()));
    BOOST_TEST((load_network<decltype(net)>(file).weights() == net.weights()));
    BOOST_TEST(report.taken.size() == 8u);
}

BOOST_AUTO_TEST_CASE(the_version_is_that_of_the_build) {
    BOOST_TEST(bytes_of(STRATA_TESTS "/../meson.build")
                   .find("version: '" + std::string(bedrock::project_version) + "'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(numbers_of_other_types_become_those_of_the_network) {
    const std::vector<double> numbers{1, -2, 0.5, 0.25, 0};
    write_safetensors<double>(file, {{"kernel", {5, 1}, numbers}});
    model<input<5> | dense<1, no_bias>> net;
    load_weights(net, file, {.names = {{"kernel", "dense.kernel"}}});
    BOOST_TEST((net.weights() == std::vector<float>(numbers.begin(), numbers.end())));
}

BOOST_AUTO_TEST_CASE(narrow_kernels_keep_their_type) {
    using narrow_small = model<input<2> | dense<3> | tanh | dense<1>, float, weights<bfloat16>>;
    small net;
    set_numbers(net);
    const narrow_small narrow(net);
    save_weights(narrow, file);
    const auto found = reference("io/safetensors.py", file.string());
    for (const auto& array : net.parameters()) {
        const auto& tensor = found["tensors"][array.name()];
        BOOST_TEST(tensor["type"].get<std::string>() == (array.name().ends_with("kernel") ? "BF16" : "F32"));
    }
    const auto numbers = narrow.weights();
    BOOST_TEST((found["tensors"]["dense.kernel"]["numbers"].get<std::vector<float>>() ==
                std::vector<float>(numbers.begin(), numbers.begin() + 6)));
    BOOST_TEST(found["metadata"]["topology"].get<std::string>().find("input 2\ndense<3>") == 0u);
    BOOST_TEST((load_network<narrow_small>(file).weights() == narrow.weights()));
    small widened;
    load_weights(widened, file);
    BOOST_TEST((widened.weights() == narrow.weights()));

    // What is saved as F32 is rounded, and what does not fit leaves the network as it is.
    save_weights(net, file);
    narrow_small again(small{seed{9}});
    BOOST_TEST((again.weights() != narrow.weights()));
    BOOST_TEST(load_weights(again, file).taken.size() == 4u);
    BOOST_TEST((again.weights() == narrow.weights()));
    model<input<2> | dense<3>> shorter;
    save_weights(shorter, file);
    BOOST_TEST(load_error(again) == ": expected a tensor \"dense_1.kernel\" of 3 x 1 for dense_1.kernel, "
                                    "found only \"dense.kernel\", \"dense.bias\"");
}

BOOST_AUTO_TEST_CASE(a_part_is_taken_on_request) {
    small net;
    set_numbers(net);
    save_weights(net, file);
    model<input<2> | dense<3> | tanh | dense<4> | dense<1, no_bias>> other;
    const auto old = other.parameter<"dense_1.kernel">().values();
    const weight_report report = load_weights(other, file, {.partial = true});
    BOOST_TEST((report.taken == std::vector<std::string>{"dense.kernel", "dense.bias"}));
    BOOST_TEST((report.missing == std::vector<std::string>{"dense_2.kernel"}));
    BOOST_TEST(
        (report.misfits == std::vector<std::string>{"dense_1.kernel: \"dense_1.kernel\" is 3 x 1, not 3 x 4",
                                                    "dense_1.bias: \"dense_1.bias\" is 1, not 4"}));
    BOOST_TEST(report.left.empty());
    BOOST_TEST((other.parameter<"dense.kernel">().values() == net.parameter<"dense.kernel">().values()));
    BOOST_TEST((other.parameter<"dense_1.kernel">().values() == old));

    model<input<2> | named<"body">(dense<3>)> renamed;
    const weight_report some =
        load_weights(renamed, file, {.names = {{"dense.kernel", "body.dense.kernel"}}, .partial = true});
    BOOST_TEST((some.taken == std::vector<std::string>{"body.dense.kernel"}));
    BOOST_TEST((some.missing == std::vector<std::string>{"body.dense.bias"}));
    BOOST_TEST((some.left == std::vector<std::string>{"dense.bias", "dense_1.kernel", "dense_1.bias"}));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named_and_loads_nothing) {
    small net;
    save_weights(net, file);
    const std::string whole = bytes_of(file);
    const auto place = [&](const std::string& name) {
        return std::to_string(whole.find("\"" + name + "\""));
    };
    model<input<2> | dense<3> | tanh | dense<2>> wider;
    BOOST_TEST(load_error(wider) ==
               ", at byte " + place("dense_1.kernel") +
                   ": expected \"dense_1.kernel\" of 3 x 2 for dense_1.kernel, found 3 x 1");
    model<input<2> | dense<3>> shorter;
    BOOST_TEST(load_error(shorter) == ", at byte " + place("dense_1.kernel") +
                                          ": expected no tensor but those that the network has an array for, "
                                          "found \"dense_1.kernel\"");
    model<input<2> | dense<3> | dense<1> | dense<1>> longer;
    BOOST_TEST(load_error(longer) ==
               ": expected a tensor \"dense_2.kernel\" of 1 x 1 for dense_2.kernel, found only "
               "\"dense.kernel\", \"dense.bias\", \"dense_1.kernel\", \"dense_1.bias\"");
    BOOST_TEST(load_error(net, {.names = {{"fc", "dens"}}}) ==
               "the name \"dens\", in a file \"fc\", is that of no layer, part or array of the network");
    BOOST_TEST(load_error(net, {.names = {{"a", "dense"}, {"b", "dense"}}}) ==
               "\"dense\" has two names in a file, \"a\" and \"b\"");

    std::string changed = whole;
    changed.replace(changed.find("F32"), 3, "I32");
    write_bytes(changed);
    BOOST_TEST(load_error(net) == ", at byte " + place("dense.kernel") +
                                      ": expected \"dense.kernel\" of type F64, F32, F16 or BF16, found I32");

    // The last number is too large for a float, and all are read before one is stored.
    const std::vector<double> large{1, 1e300}, three(3);
    write_safetensors<double>(
        file, {{"dense.kernel", {2, 1}, large}, {"dense.bias", {1}, std::span(three).first(1)}});
    model<input<2> | dense<1>> least;
    const std::size_t begin = bytes_of(file).size() - 16;
    BOOST_TEST(load_error(least) ==
               ", at byte " + std::to_string(begin) +
                   ": expected numbers of \"dense.kernel\" that a float holds, found 1e+300");
    // InstanceNorm2d(2, affine=True).
    const std::vector<double> two{3, 4}, others{5, 6};
    write_safetensors<double>(file,
                              {{"instance_norm.weight", {2}, two}, {"instance_norm.bias", {2}, others}});
    model<input<2, 2, 2> | instance_norm<>> each_image;
    load_weights(each_image, file, {.convention = pytorch});
    BOOST_TEST((each_image.weights() == std::vector<float>{3, 4, 5, 6}));
    // The formula of PyTorch's GRU is the other one.
    model<input<2, 2> | gru<1, reset_before>> reset;
    BOOST_TEST(
        load_error(reset, {.convention = pytorch, .partial = true}).find("gru.bias: gru with reset_before") ==
        0u);
    model<input<2> | normalization<> | swiglu<2>> unknown;
    write_safetensors(file, {});
    BOOST_TEST(
        load_error(unknown, {.convention = pytorch}) ==
        "normalization.mean: PyTorch has no module like normalization, whose arrays are taken as they are "
        "under a name of their own");
    BOOST_TEST(load_error(unknown, {.names = {{"mean", "normalization.mean"},
                                              {"variance", "normalization.variance"},
                                              {"gate_proj", "swiglu.gate"},
                                              {"up_proj", "swiglu.value"}},
                                    .convention = pytorch}) ==
               ": expected a tensor \"mean\" of 2 for normalization.mean, found no tensors");
    const weight_report nothing = load_weights(unknown, file,
                                               {.names = {{"mean", "normalization.mean"},
                                                          {"variance", "normalization.variance"},
                                                          {"gate_proj", "swiglu.gate"},
                                                          {"up_proj", "swiglu.value"}},
                                                .convention = pytorch,
                                                .partial = true});
    BOOST_TEST(nothing.missing.size() == 6u);
    // Rows of several images are in no order that a convention knows.
    model<input<2, 2, 2> | branches(conv<2, 1> | flatten, flatten) | concat<> | dense<1>> joined;
    BOOST_TEST(
        load_error(joined, {.convention = pytorch, .partial = true}) ==
        "layer 5, dense, reads a flattened image beside other values, whose order conventions do not know");
    // Modules with arrays that no layer has are named before their other arrays do not fit.
    const std::vector<float> nothing_learnt(64);
    const auto tensor = [&](const std::string& name, const std::vector<std::size_t>& shape) {
        const std::size_t size =
            std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
        return named_tensor<float>{name, shape, std::span(nothing_learnt).first(size)};
    };
    model<input<3, 2> | lstm<4>> projected;
    write_safetensors<float>(file, {tensor("lstm.weight_ih_l0", {16, 2}),
                                    tensor("lstm.weight_hh_l0", {16, 3}), tensor("lstm.bias_ih_l0", {16}),
                                    tensor("lstm.bias_hh_l0", {16}), tensor("lstm.weight_hr_l0", {3, 4})});
    const std::string no_projection = load_error(projected, {.convention = pytorch});
    BOOST_TEST(no_projection.find("expected an LSTM without proj_size, found \"lstm.weight_hr_l0\"") !=
               std::string::npos);
    model<input<3, 2> | attention<1, 2>> biased;
    write_safetensors<float>(
        file, {tensor("attention.in_proj_weight", {6, 2}), tensor("attention.in_proj_bias", {6}),
               tensor("attention.out_proj.weight", {2, 2}), tensor("attention.out_proj.bias", {2}),
               tensor("attention.bias_k", {1, 1, 2}), tensor("attention.bias_v", {1, 1, 2})});
    const std::string no_bias_of_keys = load_error(biased, {.convention = pytorch});
    BOOST_TEST(no_bias_of_keys.find(
                   "expected a MultiheadAttention without add_bias_kv, found \"attention.bias_k\"") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(weights_are_not_in_memory_twice) {
    model<input<300> | dense<300>> net;
    set_numbers(net);
    const auto weights = net.weights();
    largest_allocation = 0;
    save_weights(net, file);
    net.set_weights(std::vector<float>(weights.size()));
    BOOST_TEST(largest_allocation >= weights.size() * sizeof(float)); // what it sees
    largest_allocation = 0;
    load_weights(net, file);
    BOOST_TEST(largest_allocation <= 262144u);
    BOOST_TEST((net.weights() == weights));
}

BOOST_AUTO_TEST_CASE(pieces_of_a_file_end_anywhere_in_a_transposed_matrix) {
    constexpr std::size_t inputs = 300, outputs = 301;
    model<input<inputs> | dense<outputs>> net;
    set_numbers(net);
    const auto kernel = net.parameter<"dense.kernel">().values();
    std::vector<float> turned;
    for (std::size_t output = 0; output < outputs; ++output)
        for (std::size_t i = 0; i < inputs; ++i)
            turned.push_back(kernel[i * outputs + output]);
    const std::vector<float> bias = net.parameter<"dense.bias">().values();
    write_safetensors(file, std::vector<named_tensor<float>>{{"dense.weight", {outputs, inputs}, turned},
                                                             {"dense.bias", {outputs}, bias}});
    const auto loaded = load_network<decltype(net)>(file, {.convention = pytorch});
    BOOST_TEST((loaded.weights() == net.weights()));
}

// Hugging Face's large models are several files and an index.
BOOST_AUTO_TEST_CASE(an_index_names_the_files_of_weights) {
    small net;
    set_numbers(net);
    const auto kernel = net.parameter<"dense.kernel">().values(),
               bias = net.parameter<"dense.bias">().values(),
               last = net.parameter<"dense_1.kernel">().values(),
               last_bias = net.parameter<"dense_1.bias">().values();
    const std::vector unknown{7.0F};
    write_safetensors<float>(
        directory / "first.safetensors",
        {{"dense.kernel", {2, 3}, kernel}, {"spare", {1}, unknown}, {"dense.bias", {3}, bias}});
    write_safetensors<float>(directory / "second.safetensors",
                             {{"dense_1.kernel", {3, 1}, last}, {"dense_1.bias", {1}, last_bias}});
    const auto index = [](const std::string& more, const std::string& bias_file = "second") {
        return directory.write("model.safetensors.index.json",
                               R"({"weight_map": {"dense_1.kernel": "second.safetensors", "dense.kernel":
        "first.safetensors", "dense.bias": "first.safetensors", "dense_1.bias": ")" +
                                   bias_file + ".safetensors\"" + more + "}}");
    };
    small again{seed{9}};
    const weight_report report = load_weights(again, index(""));
    BOOST_TEST((again.weights() == net.weights()));
    BOOST_TEST(report.taken.size() == 4u);
    BOOST_TEST(report.left.empty()); // what the index does not name is not there
    BOOST_TEST(load_weights(again, index(R"(, "spare": "first.safetensors")"), {.partial = true}).left ==
                   std::vector<std::string>{"spare"},
               boost::test_tools::per_element());
    // Nothing is loaded behind an error, which names the file that it is about.
    const auto refuses = [&](const std::filesystem::path& path, const char* name, const char* text) {
        small other{seed{9}};
        const auto old = other.weights();
        const std::string message = error_message([&] { load_weights(other, path); });
        BOOST_TEST(message.find((directory / name).string()) == 0u, message);
        BOOST_TEST(message.find(text) != message.npos, message);
        BOOST_TEST((other.weights() == old));
    };
    refuses(index(R"(, "spare": "first.safetensors")"), "first.safetensors",
            "expected no tensor but those that the network has an array for, found \"spare\"");
    refuses(index("", "first"), "first.safetensors", "expected a tensor \"dense_1.bias\", found only");
    refuses(index("", "third"), "model.safetensors.index.json",
            "expected the file \"third.safetensors\" beside it, which has the tensor \"dense_1.bias\"");
    refuses(directory.write("model.safetensors.index.json",
                            R"({"weight_map": {"dense.kernel": "first.safetensors"}})"),
            "model.safetensors.index.json",
            "expected a tensor \"dense.bias\" of 3 for dense.bias, found only \"dense.kernel\"");
}
