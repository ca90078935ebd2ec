// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/csv_fields.hpp>

#include "says.hpp"

#include <vector>

using strata::bedrock::internal::csv_fields;

namespace {
/// Each field as value@line:column, and | after the last one of a record.
std::string cut(std::string_view all, char separator = ',') {
    const std::filesystem::path file = "f";
    csv_fields fields{file, all, separator};
    std::string result;
    while (!fields.done()) {
        const auto field = fields.next();
        result.append(field.value).append("@").append(std::to_string(field.line));
        result.append(":").append(std::to_string(field.column)).append(field.ends_record ? "|" : " ");
    }
    return result;
}
} // namespace

BOOST_AUTO_TEST_CASE(fields_and_their_places) {
    BOOST_TEST(cut("") == "");
    BOOST_TEST(cut("a") == "a@1:1|");
    BOOST_TEST(cut("a,b\nc") == "a@1:1 b@1:3|c@2:1|");
    BOOST_TEST(cut("a,\n,b,\r\n\n") == "a@1:1 @1:3|@2:1 b@2:2 @2:4|");
    BOOST_TEST(cut("a\n\nb") == "a@1:1|b@3:1|");
    BOOST_TEST(cut("  a  ,\tb\t") == "a@1:3 b@1:8|");
    BOOST_TEST(cut("a\tb", '\t') == "a@1:1 b@1:3|");
}

BOOST_AUTO_TEST_CASE(lines_that_end_with_a_carriage_return) {
    BOOST_TEST(cut("a,b\rc,d\r") == "a@1:1 b@1:3|c@2:1 d@2:3|");
    BOOST_TEST(cut("a\r\rb\r\nc\n\rd") == "a@1:1|b@3:1|c@4:1|d@6:1|");
    BOOST_TEST(cut("\"a\rb\",c\rd") == "a\rb@1:1 c@2:4|d@3:1|");
}

BOOST_AUTO_TEST_CASE(blank_lines) {
    BOOST_TEST(cut("\n\r\n\r") == "");
    BOOST_TEST(cut(" \t") == "");
    BOOST_TEST(cut("\n \na\n\t \n\n b\n  ") == "a@3:1|b@6:2|");
    // Separators are no blanks, nor is a pair of quotes.
    BOOST_TEST(cut("a\n \nb", ' ') == "a@1:1|@2:1 @2:2|b@3:1|");
    BOOST_TEST(cut("a\n\"\"\nb") == "a@1:1|@2:1|b@3:1|");
}

BOOST_AUTO_TEST_CASE(quotes) {
    BOOST_TEST(cut("\"a,b\",c") == "a,b@1:1 c@1:7|");
    BOOST_TEST(cut("\"a\"\"b\"\n\"\"") == "a\"b@1:1|@2:1|");
    BOOST_TEST(cut("\"a\nb\",c\nd") == "a\nb@1:1 c@2:4|d@3:1|");
    BOOST_TEST(cut("\"a\r\nb\" ,c") == "a\r\nb@1:1 c@2:5|");
    BOOST_TEST(cut("\"\n\"") == "\n@1:1|");
}

BOOST_AUTO_TEST_CASE(quotes_that_do_not_match) {
    for (const char* all : {"\"", "\"a", "\"a\"\"", "\"a\n\n"})
        BOOST_CHECK_EXCEPTION(cut(all), strata::data_error,
                              says("f, line 1, column 1: expected a quote that closes"));
    BOOST_CHECK_EXCEPTION(cut("\"a\"b"), strata::data_error, says("f, line 1, column 4"));
    BOOST_CHECK_EXCEPTION(cut("a\"b\""), strata::data_error, says("f, line 1, column 2"));
}
