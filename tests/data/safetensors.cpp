// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Safetensors files: what is written is read, numbers of other types, and files that somebody has damaged.
#include "../io/weights_file.hpp"

#include <strata/data/safetensors.hpp>
#include <strata/data/safetensors_output.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <vector>

using namespace strata;

namespace {

/// A file of that header, and so many bytes of numbers.
std::string framed(const std::string& header, std::size_t size = 0) {
    const std::uint64_t length = header.size();
    std::string result(sizeof length, '\0');
    std::memcpy(result.data(), &length, sizeof length);
    return result + header + std::string(size, '\0');
}

/// The error of reading a file, without its name.
std::string read_error(const std::string& bytes) {
    write_bytes(bytes);
    return without_name(error_message<data_error>([] { safetensors_file{file}; }));
}

} // namespace

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
    const std::string whole = bytes_of(file);
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
    BOOST_TEST(bytes_of(file) == whole);
}

BOOST_AUTO_TEST_CASE(numbers_of_other_types_become_floats_and_doubles) {
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
}

BOOST_AUTO_TEST_CASE(files_cut_at_any_byte_are_refused) {
    const std::vector<float> numbers{1, 2, 3, 4, 5, 6};
    write_safetensors(file,
                      {{"dense.kernel", {2, 3}, numbers}, {"dense.bias", {3}, std::span(numbers).first(3)}});
    const std::string whole = bytes_of(file);
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
