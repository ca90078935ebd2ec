// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/error.hpp>

using strata::data_error;
using strata::bedrock::internal::shown;

BOOST_AUTO_TEST_CASE(a_message_names_file_place_expectation_and_finding) {
    BOOST_TEST(data_error::at_byte("images", 16, "47040000 bytes of pixels", "1000").what() ==
               std::string("images, at byte 16: expected 47040000 bytes of pixels, found 1000"));
    BOOST_TEST(data_error::at_line("a.csv", 3, 7, "a number", "\"x\"").what() ==
               std::string("a.csv, line 3, column 7: expected a number, found \"x\""));
    BOOST_TEST(data_error::in_file("d", "a file", "a directory").what() ==
               std::string("d: expected a file, found a directory"));
    BOOST_TEST(data_error::in_file("", "a column", "none").what() == // a table in memory
               std::string("expected a column, found none"));
}

BOOST_AUTO_TEST_CASE(text_from_a_file_is_shown_short_and_printable) {
    BOOST_TEST(shown("") == "\"\"");
    BOOST_TEST(shown("a b") == "\"a b\"");
    BOOST_TEST(shown("a\x1b[\n\x7f") == "\"a\\x1b[\\x0a\\x7f\"");
    BOOST_TEST(shown("größer") == "\"größer\"");
    BOOST_TEST(shown(std::string(60, 'x')) == "\"" + std::string(60, 'x') + "\"");
    BOOST_TEST(shown(std::string(1000, 'x')) == "\"" + std::string(60, 'x') + "...\"");
}
