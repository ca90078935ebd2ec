// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/npy_header.hpp>

#include "says.hpp"
#include "temporary_directory.hpp"

using namespace std::string_literals;
using strata::data_error;
using strata::bedrock::input_file;
using strata::bedrock::internal::npy_header;
using extents = std::vector<std::uint64_t>;

namespace {
std::string mark(char version, std::size_t length) {
    auto result =
        "\x93NUMPY"s + version + '\0' + static_cast<char>(length & 0xff) + static_cast<char>(length >> 8);
    if (version != 1)
        result += "\0\0"s;
    return result;
}

npy_header parse(const std::string& bytes) {
    const temporary_directory directory;
    input_file file{directory.write("a.npy", bytes)};
    return npy_header{file};
}
npy_header parse_dictionary(const std::string& dictionary) {
    return parse(mark(1, dictionary.size()) + dictionary);
}
} // namespace

BOOST_AUTO_TEST_CASE(what_numpy_writes) {
    const auto header =
        parse_dictionary("{'descr': '<f8', 'fortran_order': False, 'shape': (60000, 28, 28), }   \n");
    BOOST_TEST(header.type == "<f8");
    BOOST_TEST(!header.columns_first);
    BOOST_TEST(header.extents == (extents{60000, 28, 28}));
    BOOST_TEST(parse_dictionary("{'descr': '|u1', 'fortran_order': True, 'shape': (3,), }").columns_first);
    BOOST_TEST(parse_dictionary("{'descr': '|u1', 'fortran_order': True, 'shape': (3,), }").extents ==
               extents{3});
    BOOST_TEST(parse_dictionary("{'descr': '|u1', 'fortran_order': True, 'shape': (), }").extents ==
               extents{});
}

BOOST_AUTO_TEST_CASE(what_others_write) {
    // Another order of keys, other quotes, no blanks, no last comma, the long numbers of Python 2.
    const auto header = parse_dictionary("{\"shape\":(2L,3L),\"fortran_order\":False,\"descr\":\"<i4\"}");
    BOOST_TEST(header.type == "<i4");
    BOOST_TEST(header.extents == (extents{2, 3}));
}

BOOST_AUTO_TEST_CASE(headers_of_every_length) {
    for (const std::size_t length : {118u, 127u, 128u, 182u, 255u, 256u, 1000u, 40000u})
        for (const char version : {'\1', '\2', '\3'}) {
            auto dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }"s;
            dictionary.resize(length - 1, ' ');
            const temporary_directory directory;
            input_file file{directory.write("a", mark(version, length) + dictionary + "\nDATA")};
            BOOST_TEST(npy_header{file}.extents == extents{1});
            BOOST_TEST(file.read_rest() == "DATA");
        }
}

BOOST_AUTO_TEST_CASE(broken_headers) {
    BOOST_CHECK_EXCEPTION(parse(""), data_error,
                          says("a.npy, at byte 0: expected 8 bytes of a .npy header, found 0"));
    BOOST_CHECK_EXCEPTION(
        parse("PK\x03\x04 is a zip"), data_error,
        says("at byte 0: expected the mark \\x93NUMPY that begins a .npy file, found \"PK"));
    BOOST_CHECK_EXCEPTION(parse(mark(4, 0)), data_error,
                          says("at byte 6: expected a .npy file of version 1, 2 or 3, found version 4"));
    BOOST_CHECK_EXCEPTION(parse("\x93NUMPY\x01\0v"s), data_error,
                          says("2 bytes of a .npy header's length, found 1"));
    BOOST_CHECK_EXCEPTION(parse(mark(1, 100) + "{'descr'"), data_error,
                          says("at byte 10: expected 100 bytes of a .npy header, found 8"));
    BOOST_CHECK_EXCEPTION(parse("\x93NUMPY\x02\0\xff\xff\xff\xff{"s), data_error,
                          says("at byte 8: expected a header of at most 65536 bytes, found 4294967295"));
}

BOOST_AUTO_TEST_CASE(broken_dictionaries) {
    BOOST_CHECK_EXCEPTION(parse_dictionary(""), data_error,
                          says("at byte 10: expected \"{\", found the end"));
    BOOST_CHECK_EXCEPTION(parse_dictionary("\n"), data_error,
                          says("at byte 11: expected \"{\", found the end"));
    BOOST_CHECK_EXCEPTION(
        parse_dictionary("{}"), data_error,
        says("at byte 10: expected a header with the keys descr, fortran_order and shape, found"));
    BOOST_CHECK_EXCEPTION(parse_dictionary("{'descr': '<f8', 'shape': (1,), }"), data_error,
                          says("with the keys"));
    BOOST_CHECK_EXCEPTION(
        parse_dictionary("{'kind': 1}"), data_error,
        says("at byte 11: expected one of the keys descr, fortran_order and shape, found \"'kind'"));
    BOOST_CHECK_EXCEPTION(parse_dictionary("{'descr': [('a', '<f4')]}"), data_error,
                          says("at byte 20: expected a text in quotes, found \"[('a'"));
    BOOST_CHECK_EXCEPTION(parse_dictionary("{'descr': '<f8"), data_error,
                          says("at byte 20: expected a text in quotes"));
    BOOST_CHECK_EXCEPTION(parse_dictionary("{'fortran_order': 1}"), data_error,
                          says("at byte 28: expected True or False, found \"1}\""));
    BOOST_CHECK_EXCEPTION(parse_dictionary("{'shape': (-1,)}"), data_error,
                          says("at byte 21: expected an extent, found \"-1,)}\""));
    BOOST_CHECK_EXCEPTION(parse_dictionary("{'shape': (99999999999999999999,)}"), data_error,
                          says("expected an extent, found \"99999999999999999999"));
    BOOST_CHECK_EXCEPTION(parse_dictionary("{'shape': (1"), data_error,
                          says("expected \")\", found the end"));
    BOOST_CHECK_EXCEPTION(parse_dictionary("{'shape': (1 2)}"), data_error,
                          says("expected \")\", found \"2)}\""));
}
