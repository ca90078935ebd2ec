// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Safetensors files and the weights of networks in them: what Python reads of ours, what PyTorch's modules
// become (pytorch.py made the files in pytorch/), and files that somebody has damaged.
#include "../data/allocation_watch.hpp"
#include "../data/temporary_directory.hpp"
#include "../error_message.hpp"
#include "../reference.hpp"
#include "xor_net.hpp"

#include <strata/data/safetensors.hpp>
#include <strata/data/safetensors_output.hpp>
#include <strata/io/header_export.hpp>
#include <strata/io/weights.hpp>
#include <strata/layers/layers.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

using namespace strata;

namespace {

const temporary_directory directory;
const std::filesystem::path file = directory.path() / "net.safetensors";
const std::filesystem::path made_elsewhere = STRATA_TESTS "/io/pytorch";

using small = model<input<2> | dense<3> | tanh | dense<1>>;

std::string read_bytes(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}
void write_bytes(const std::string& bytes) {
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}
/// A file of that header, and so many bytes of numbers.
std::string framed(const std::string& header, std::size_t size = 0) {
    const std::uint64_t length = header.size();
    std::string result(sizeof length, '\0');
    std::memcpy(result.data(), &length, sizeof length);
    return result + header + std::string(size, '\0');
}

std::string without_name(const std::string& message) {
    const std::string name = file.string();
    return message.starts_with(name) ? message.substr(name.size()) : message;
}
/// The error of reading a file, without its name.
std::string read_error(const std::string& bytes) {
    write_bytes(bytes);
    return without_name(error_message<data_error>([] { safetensors_file{file}; }));
}
template <class Network>
std::string load_error(Network& net, const bedrock::weight_options& options = {}) {
    const auto before = net.weights();
    const std::string message = error_message([&] { load_weights(net, file, options); });
    BOOST_TEST((net.weights() == before));
    return without_name(message);
}

template <class Network>
void set_numbers(Network& net) {
    auto weights = net.weights();
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = static_cast<typename Network::value_type>(std::sin(double(i)));
    net.set_weights(weights);
}

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
    BOOST_TEST(read_bytes(STRATA_TESTS "/../meson.build")
                   .find("version: '" + std::string(bedrock::project_version) + "'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(arrays_of_any_name_are_written_and_read) {
    const std::vector<float> numbers{1, 2, 3, 4, 5, 6};
    const std::vector<named_tensor<float>> tensors{{"a \"quoted\\ \n name", {2, 3}, numbers},
                                                   {"none", {2, 0}, {}},
                                                   {"one", {}, std::span(numbers).first(1)}};
    write_safetensors(file, tensors, {{"b", "2"}, {"a", "\xc3\xa4"}});
    safetensors_file read(file);
    BOOST_TEST(read.tensors().size() == 3u);
    BOOST_TEST((read.read(tensors[0].name) == numbers));
    BOOST_TEST(read.read("none").empty());
    BOOST_TEST((read.read<double>("one") == std::vector<double>{1}));
    BOOST_TEST((read.metadata() == bedrock::tensor_metadata{{"a", "\xc3\xa4"}, {"b", "2"}}));
    BOOST_TEST(without_name(error_message<data_error>([&] { (void)read.read("two"); })) ==
               ": expected a tensor \"two\", found only \"a \"quoted\\ \\x0a name\", \"none\", \"one\"");

    write_safetensors(file, {{"a", {6}, numbers}});
    const std::string whole = read_bytes(file);
    BOOST_TEST(without_name(error_message<data_error>([&] {
                   write_safetensors(file, {{"b", {6}, numbers}, {"b", {6}, numbers}});
               })).find(": expected each tensor once, found \"b\" again") != std::string::npos);
    BOOST_TEST(without_name(error_message<data_error>([&] {
                   write_safetensors(file, {{"\xff", {6}, numbers}});
               })).find("(Invalid encoding in string.)") != std::string::npos);
    BOOST_TEST(error_message([&] {
                   write_safetensors(file, {{"b", {7}, numbers}});
               }) == "write_safetensors: b: expected 7 numbers, found 6");
    // What cannot be written leaves what was there.
    BOOST_TEST(read_bytes(file) == whole);
}

BOOST_AUTO_TEST_CASE(numbers_of_other_types_become_those_of_the_network) {
    // 1, -2, 0.5, infinity and the least number of each.
    const std::array<std::uint16_t, 5> halves{0x3c00, 0xc000, 0x3800, 0x7c00, 0x0001};
    const std::array<std::uint16_t, 5> bfloats{0x3f80, 0xc000, 0x3f00, 0x7f80, 0x0001};
    const std::array<double, 5> doubles{1, -2, 0.5, std::numeric_limits<double>::infinity(), 0.1};
    std::string bytes = framed(R"({"h":{"dtype":"F16","shape":[5],"data_offsets":[0,10]},)"
                               R"("b":{"dtype":"BF16","shape":[5],"data_offsets":[10,20]},)"
                               R"("d":{"dtype":"F64","shape":[5],"data_offsets":[20,60]},)"
                               R"("i":{"dtype":"I32","shape":[],"data_offsets":[60,64]}}   )",
                               64);
    char* const begin = bytes.data() + bytes.size() - 64;
    std::memcpy(begin, halves.data(), 10);
    std::memcpy(begin + 10, bfloats.data(), 10);
    std::memcpy(begin + 20, doubles.data(), 40);
    write_bytes(bytes);
    safetensors_file read(file);
    BOOST_TEST((read.read("h") == std::vector<float>{1, -2, 0.5f, INFINITY, 0x1p-24f}));
    BOOST_TEST((read.read<double>("b") == std::vector<double>{1, -2, 0.5, INFINITY, 0x1p-133}));
    BOOST_TEST((read.read<double>("d") == std::vector<double>(doubles.begin(), doubles.end())));
    BOOST_TEST((read.read("d") == std::vector<float>{1, -2, 0.5f, INFINITY, 0.1f}));
    BOOST_TEST(without_name(error_message([&] { (void)read.read("i"); })) ==
               ", at byte 174: expected \"i\" of type F64, F32, F16 or BF16, found I32");

    model<input<5> | dense<1, no_bias>> net;
    load_weights(net, file, {.names = {{"h", "dense.kernel"}}, .partial = true});
}

BOOST_AUTO_TEST_CASE(networks_of_pytorch_predict_what_pytorch_predicts) {
    model<input<6, 8, 3> | conv<4, 3, stride<2>, padding<1>> | batch_norm<epsilon<1e-5>> |
          prelu<shared::places> | depthwise_conv<2, depth_multiplier<2>> | conv<6, 1, groups<2>, no_bias> |
          tanh | flatten | dense<5> | batch_norm<epsilon<1e-5>> | relu | dense<3>>
        images;
    load_weights(images, made_elsewhere / "images.safetensors",
                 {.names = {{"conv1", "conv"},
                            {"bn", "batch_norm"},
                            {"act", "prelu"},
                            {"depthwise", "depthwise_conv"},
                            {"grouped", "conv_1"},
                            {"fc1", "dense"},
                            {"norm", "batch_norm_1"},
                            {"fc2", "dense_1"}},
                  .convention = pytorch});
    check_values(images, "images");

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
    load_weights(sequence, made_elsewhere / "sequence.safetensors",
                 {.names = {{"words", "embedding"},
                            {"both", "forward.lstm"},
                            {"both.*_l0_reverse", "backward.lstm"},
                            {"gates", "gru"},
                            {"gates.*_l1", "gru_1"},
                            {"plain", "simple_rnn"},
                            {"end", "dense"}},
                  .convention = pytorch});
    check_values(sequence, "sequence");

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
}

BOOST_AUTO_TEST_CASE(names_of_keras_are_known) {
    model<input<4, 4, 2> | conv<3, 2> | depthwise_conv<2> | batch_norm<> | reshape<2, 6> | gru<2> | lstm<2> |
          attention<2, 3> | prelu<shared::places>>
        net, loaded{seed{4}};
    set_numbers(net);
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

BOOST_AUTO_TEST_CASE(a_part_is_taken_on_request) {
    small net;
    set_numbers(net);
    save_weights(net, file);
    model<input<2> | dense<3> | tanh | dense<4> | dense<1, no_bias>> other;
    const auto before = other.parameter<"dense_1.kernel">().values();
    const weight_report report = load_weights(other, file, {.partial = true});
    BOOST_TEST((report.taken == std::vector<std::string>{"dense.kernel", "dense.bias"}));
    BOOST_TEST((report.missing == std::vector<std::string>{"dense_2.kernel"}));
    BOOST_TEST(
        (report.misfits == std::vector<std::string>{"dense_1.kernel: \"dense_1.kernel\" is 3 x 1, not 3 x 4",
                                                    "dense_1.bias: \"dense_1.bias\" is 1, not 4"}));
    BOOST_TEST(report.left.empty());
    BOOST_TEST((other.parameter<"dense.kernel">().values() == net.parameter<"dense.kernel">().values()));
    BOOST_TEST((other.parameter<"dense_1.kernel">().values() == before));

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
    const std::string whole = read_bytes(file);
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
    const std::size_t begin = read_bytes(file).size() - 16;
    BOOST_TEST(load_error(least) ==
               ", at byte " + std::to_string(begin) +
                   ": expected numbers of \"dense.kernel\" that a float holds, found 1e+300");
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
        load_error(joined, {.convention = pytorch, .partial = true}).find("reads a flattened image beside") !=
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
    BOOST_TEST(largest_allocation <= 65536u);
    BOOST_TEST((net.weights() == weights));
}

BOOST_AUTO_TEST_CASE(files_cut_at_any_byte_are_refused) {
    small net;
    save_weights(net, file);
    const std::string whole = read_bytes(file);
    for (std::size_t size = 0; size < whole.size(); ++size)
        BOOST_TEST(read_error(whole.substr(0, size)).find("expected ") != std::string::npos, size);
    BOOST_TEST(read_error(whole + "x") == ", at byte " + std::to_string(whole.size()) +
                                              ": expected the end of the file, found 1 more bytes");
}

BOOST_AUTO_TEST_CASE(headers_that_break_a_rule_are_refused) {
    const auto tensor = [](const std::string& name, const std::string& type, const std::string& shape,
                           const std::string& offsets) {
        return "\"" + name + R"(":{"dtype":")" + type + R"(","shape":[)" + shape + R"(],"data_offsets":[)" +
               offsets + "]}";
    };
    const auto header = [](const std::string& first, const std::string& second = "") {
        return "{" + first + (second.empty() ? "" : ",") + second + "}";
    };
    const std::string one = tensor("a", "F32", "2", "0,8");
    struct refusal {
        std::string bytes;
        std::string error;
    };
    std::string huge = framed("{}");
    huge[4] = 1;
    std::string deep = R"({"a":)";
    deep.append(100'000, '[');
    const std::vector<refusal> refusals{
        {framed("{}"), "no error"},
        {framed(header(one), 8), "no error"},
        {framed("{ \"a\" : {\"shape\":[2],\n\"data_offsets\":[0,8], \"dtype\":\"F32\"} }  ", 8), "no error"},
        {framed(header(tensor("b", "F16", "", "8,10"), one), 10), "no error"},
        {framed(header(tensor("a", "F4", "4", "0,2")), 2), "no error"},
        {"1234567", ", at byte 0: expected 8 bytes of a safetensors header's length, found 7"},
        {huge, ", at byte 0: expected a header of at most 100000000 bytes, found 4294967298"},
        {framed(""), ", at byte 8: expected {, which begins a header, found an empty header"},
        {framed(" {}"), ", at byte 8: expected {, which begins a header, found \" {}\""},
        {framed("[]"), ", at byte 8: expected {, which begins a header, found \"[]\""},
        {framed("{}\n"), ", at byte 10: expected nothing but spaces behind the header's }, found \"\\x0a\""},
        {framed("{}{}"), ", at byte 10: expected nothing but spaces behind the header's }, found \"{}\""},
        {framed("{"), ", at byte 9: expected JSON, found \"\" (Missing a name for object member.)"},
        {framed(deep),
         ", at byte 13: expected {, which begins the tensor \"a\", found \"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
         "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[...\""},
        {framed(R"({"a":{"dtype":{}}})"),
         ", at byte 22: expected a text, the dtype of \"a\", found \"{}}}\""},
        {framed(R"({"a":{"x":1}})"),
         ", at byte 14: expected dtype, shape or data_offsets of \"a\", found \"x\""},
        {framed(R"({"a":{"dtype":"F32","dtype":"F32"}})"),
         ", at byte 28: expected each field of \"a\" once, found \"dtype\" again"},
        {framed(R"({"a":{"dtype":"F32","shape":[]}})"),
         ", at byte 38: expected data_offsets of \"a\", found none"},
        {framed(header(tensor("a", "f32", "2", "0,8")), 8),
         ", at byte 22: expected a type of numbers of \"a\" that the format knows, as F32, found \"f32\""},
        {framed(header(tensor("a", "F32", "-2", "0,8")), 8),
         ", at byte 37: expected a whole number of 64 bits among the shape of \"a\", found "
         "\"-2],\"data_offsets\":[0,8]}}\""},
        {framed(header(tensor("a", "F32", "2", "0,8.0")), 8),
         ", at byte 58: expected a whole number of 64 bits among the data_offsets of \"a\", found "
         "\"8.0]}}\""},
        {framed(header(tensor("a", "F32", "2", "0")), 8),
         ", at byte 57: expected two data_offsets of \"a\", found 1"},
        {framed(header(tensor("a", "F32", "2", "0,8,8")), 8),
         ", at byte 60: expected two data_offsets of \"a\", found a third"},
        {framed(header(one, one), 8), ", at byte 62: expected each tensor once, found \"a\" again"},
        {framed(header(one, tensor("b", "F32", "1", "12,16")), 16),
         ", at byte 62: expected tensors without holes between them: one that begins at 8, found \"b\" at "
         "12"},
        {framed(header(one, tensor("b", "F32", "1", "4,8")), 8),
         ", at byte 62: expected tensors without overlaps between them: one that begins at 8, found \"b\" at "
         "4"},
        {framed(header(tensor("a", "F32", "2", "4,12")), 12),
         ", at byte 9: expected tensors without holes between them: one that begins at 0, found \"a\" at 4"},
        {framed(header(one, tensor("b", "F32", "1", "8,4")), 8),
         ", at byte 62: expected an end of \"b\" behind its begin, 8, found 4"},
        {framed(header(tensor("a", "F32", "3", "0,8")), 8),
         ", at byte 9: expected 12 bytes of \"a\", 3 of F32, found 8"},
        {framed(header(tensor("a", "F32", "4294967296,4294967296", "0,0"))),
         ", at byte 9: expected a tensor whose size 64 bits hold, found \"a\", 4294967296 x 4294967296 of "
         "F32"},
        {framed(header(tensor("a", "F64", "2305843009213693952", "0,0"))),
         ", at byte 9: expected a tensor whose size 64 bits hold, found \"a\", 2305843009213693952 of F64"},
        {framed(header(tensor("a", "F4", "3", "0,1")), 1),
         ", at byte 9: expected a tensor of whole bytes, found \"a\", 3 of F4"},
        {framed(header(one), 7), ", at byte 62: expected 8 bytes of numbers, found 7"},
        {framed(R"({"__metadata__":{"a":"1","a":"2"}})"),
         ", at byte 33: expected metadata with each key once, found \"a\" again"},
        {framed(R"({"__metadata__":{},"__metadata__":{}})"),
         ", at byte 27: expected metadata once, found __metadata__ again"},
        {framed(R"({"__metadata__":{"a":1}})"),
         ", at byte 29: expected a text, the metadata's \"a\", found \"1}}\""},
        {framed("{\"\xff\":1}"),
         ", at byte 10: expected JSON, found \"\xff\":1}\" (Invalid encoding in string.)"},
        {framed(std::string("{}\0{}", 5)),
         ", at byte 10: expected nothing but spaces behind the header's }, found \"\\x00{}\""},
        {framed(R"({"\ud800":1})"),
         ", at byte 10: expected JSON, found \"\\ud800\":1}\" (The surrogate pair in string is invalid.)"},
    };
    for (const auto& [bytes, error] : refusals)
        BOOST_TEST(read_error(bytes) == error);
    // A header that says more than there is.
    BOOST_TEST(read_error(framed("{}").substr(0, 9)) ==
               ", at byte 8: expected 2 bytes of a safetensors header, found 1");
}

// What export_header wrote for a network that had learnt it.
static_assert(xor_net.predict({1, 0})[0] > 0.9f && xor_net.predict({0, 1})[0] > 0.9f);
static_assert(xor_net.predict({0, 0})[0] < 0.1f && xor_net.predict({1, 1})[0] < 0.1f);

BOOST_AUTO_TEST_CASE(a_header_holds_a_network) {
    const auto& numbers = xor_net_parts::weights::numbers;
    xor_net_parts::type net;
    net.set_weights(numbers);
    for (const auto& [a, b] : std::vector<std::pair<float, float>>{{0, 0}, {1, 0}, {-0.3f, 7}})
        BOOST_TEST((xor_net.predict({a, b}) == net.predict(std::array{a, b})));
    largest_allocation = 0;
    static_cast<void>(xor_net.predict({1, 0}));
    BOOST_TEST(largest_allocation == 0u);
    export_header(net, file, {.name = "xor_net"});
    BOOST_TEST(read_bytes(file) == read_bytes(STRATA_TESTS "/io/xor_net.hpp"));
    BOOST_TEST(error_message([&] { export_header(net, file, {.name = "1st"}); }) ==
               "export_header: expected a name of letters, digits and _, found \"1st\"");
    model<input<3, 3, 1> | conv<1, 3> | flatten | dense<1>> image;
    BOOST_TEST(error_message([&] { export_header(image, file, {.name = "image"}); }) ==
               "export_header: there is no text of conv<1, 3> where it stands: give that of the type");
    export_header(image, file, {.name = "image", .type = "a text"});
    BOOST_TEST(read_bytes(file).find("using type = a text;") != std::string::npos);
    using bedrock::internal::has_arrays;
    static_assert(has_arrays<xor_net_parts::type::topology>(xor_net_parts::weights::arrays));
    static_assert(
        !has_arrays<model<input<4> | dense<2> | dense<1>>::topology>(xor_net_parts::weights::arrays));
    static_assert(!has_arrays<small::topology>(xor_net_parts::weights::arrays));

    using bedrock::internal::number_literal;
    BOOST_TEST(number_literal(1.0f) == "1.0f");
    BOOST_TEST(number_literal(-0.1) == "-0.1");
    BOOST_TEST(number_literal(1e-30f) == "1e-30f");
    BOOST_TEST(number_literal(-INFINITY) == "-std::numeric_limits<float>::infinity()");
    BOOST_TEST(number_literal(double(NAN)) == "std::numeric_limits<double>::quiet_NaN()");
}

namespace {
struct sines {
    using type =
        model<input<2, 2> | dense<3> | elu<0.7> | dropout<0.5> | flatten | dense<2, no_bias> | softmax,
              double>;
    static constexpr std::array<embedded_array, 3> arrays{
        {{"dense", "kernel", {2, 3}}, {"dense", "bias", {3}}, {"dense_1", "kernel", {6, 2}}}};
    static constexpr auto numbers = [] {
        std::array<double, type::weight_count> result{};
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = (i % 2 == 0 ? 0.1 : -0.2) * double(i % 5);
        return result;
    }();
};
} // namespace

BOOST_AUTO_TEST_CASE(the_text_of_a_type_is_that_of_a_network_that_predicts_the_same) {
    using namespace strata::symbols;
#define STRATA_TEXT                                                                                          \
    model<input<2, 2> | dense<3> | named_activation<"elu", (select(x > 0, x, 0.7 * expm1(x)))> |             \
              dropout<0.5> | flatten | dense<2, no_bias> | softmax,                                          \
          double>
#define STRATA_STRING(...) #__VA_ARGS__
#define STRATA_TEXT_OF(...) STRATA_STRING(__VA_ARGS__)
    BOOST_TEST(bedrock::internal::type_text<double>(sines::type::topology{}) == STRATA_TEXT_OF(STRATA_TEXT));
    sines::type net;
    STRATA_TEXT again;
    net.set_weights(sines::numbers);
    again.set_weights(sines::numbers);
    const std::array<double, 4> sample{-0.5, 2, 0.3, -1};
    BOOST_TEST((again.predict(sample) == net.predict(sample)));
}

BOOST_AUTO_TEST_CASE(a_constant_expression_predicts_what_a_network_does) {
    constexpr embedded<sines::type, sines> constants;
    constexpr std::array<double, 4> x{-0.5, 2, 0.3, -1};
    constexpr auto found = constants.predict(x);
    sines::type net;
    net.set_weights(sines::numbers);
    const auto expected = net.predict(x);
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST(std::abs(found[i] - expected[i]) < 1e-14);

    namespace constant = bedrock::internal::constants;
    static_assert(constant::exp(0) == 1 && constant::tanh(0) == 0 && constant::sqrt(4) == 2);
    const auto check = [](double value, double right, double x_value) {
        const bool is_same = value == right || (std::isnan(value) && std::isnan(right));
        BOOST_TEST((is_same || std::abs(value - right) <= 4e-15 * std::abs(right)),
                   x_value << ": " << value << " " << right);
    };
    for (const double each :
         {-1e9, -744.0, -50.3, -20.0, -3.7, -1.0, -0.3, -1e-9, 0.0, 1e-300, 5e-309,           1e-9,
          0.2,  0.7,    1.0,   2.5,   5.9,  7.0,  88.0, 709.7, 1e9, 1e308,  double(INFINITY), double(NAN)}) {
        if (each > -700)
            check(constant::exp(each), std::exp(each), each);
        check(constant::expm1(each), std::expm1(each), each);
        check(constant::log(each), std::log(each), each);
        check(constant::log1p(each), std::log1p(each), each);
        check(constant::tanh(each), std::tanh(each), each);
        check(constant::sqrt(each), std::sqrt(each), each);
        check(constant::erf(each), std::erf(each), each);
        if (each > -700)
            check(constant::sigmoid(each), 1 / (1 + std::exp(-each)), each);
    }
}
