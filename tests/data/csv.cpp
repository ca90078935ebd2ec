// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/csv.hpp>
#include <strata/data/output_file.hpp>

#include "says.hpp"
#include "temporary_directory.hpp"

#include <cmath>
#include <limits>

using namespace std::string_literals;
using strata::csv_options;
using strata::data_error;
using strata::read_csv;
using matrix = xt::xtensor<double, 2>;
using names = std::vector<std::string>;

namespace {
strata::bedrock::table parse(std::string_view bytes, const csv_options& options = {}) {
    const temporary_directory directory;
    return read_csv(directory.write("t.csv", bytes), options);
}
} // namespace

BOOST_AUTO_TEST_CASE(a_table) {
    const auto table = parse("age,height\n1,2.5\n-3e2,+.25\n");
    BOOST_TEST(table.names == (names{"age", "height"}));
    BOOST_TEST((table.values == matrix{{1, 2.5}, {-300, 0.25}}));
    BOOST_TEST(table.file.filename() == "t.csv");
}

BOOST_AUTO_TEST_CASE(ends_of_lines) {
    const matrix wanted{{1, 2}, {3, 4}};
    for (const char* text_written :
         {"a,b\n1,2\n3,4", "a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\n1,2\n3,4\n\n", "a,b\r1,2\r3,4\r",
          "\n\na,b\n \n1,2\n\n\t\n3,4", "a,b\r\n1,2\r\n3,4\r\n\r\n\r\n",
          "\xEF\xBB\xBF"
          "a,b\n1,2\n3,4\n"}) {
        const auto table = parse(text_written);
        BOOST_TEST(table.names == (names{"a", "b"}));
        BOOST_TEST((table.values == wanted));
    }
}

BOOST_AUTO_TEST_CASE(quoted_fields) {
    const auto table = parse("\"a, \"\"the first\"\"\",\"b\nc\" ,\"\"\n\"1\",\t\"2\", 3\n");
    BOOST_TEST(table.names == (names{"a, \"the first\"", "b\nc", ""}));
    BOOST_TEST((table.values == matrix{{1, 2, 3}}));
}

BOOST_AUTO_TEST_CASE(separators_and_blanks) {
    BOOST_TEST((parse("a;b\n1;2\n", {.separator = ';'}).values == matrix{{1, 2}}));
    BOOST_TEST((parse("a\tb\n 1\t2 \n", {.separator = '\t'}).values == matrix{{1, 2}}));
    BOOST_TEST((parse("a b\n1 2\n", {.separator = ' '}).values == matrix{{1, 2}}));
    const auto table = parse(" a , b c \n 1 , 2 \n");
    BOOST_TEST(table.names == (names{"a", "b c"}));
    BOOST_TEST((table.values == matrix{{1, 2}}));
    for (const char separator : {'"', '\n', '\r'})
        BOOST_CHECK_EXCEPTION(parse("a", {.separator = separator}), data_error, says("expected a separator"));
}

BOOST_AUTO_TEST_CASE(no_header) {
    const auto table = parse("1,2,3\n4,5,6\n", {.header = false});
    BOOST_TEST(table.names == (names{"0", "1", "2"}));
    BOOST_TEST((table.values == matrix{{1, 2, 3}, {4, 5, 6}}));
    BOOST_TEST(table.column("1")(1) == 5);
}

BOOST_AUTO_TEST_CASE(only_a_header) {
    const auto table = parse("a,b\n");
    BOOST_TEST(table.row_count() == 0u);
    BOOST_TEST(table.column_count() == 2u);
    BOOST_TEST(table.column("b").size() == 0u);
}

BOOST_AUTO_TEST_CASE(packed_tables) {
    const temporary_directory directory;
    strata::bedrock::output_file file{directory / "t.csv.gz"};
    file.write("a\n7\n", 4);
    file.close();
    BOOST_TEST((read_csv(directory / "t.csv.gz").values == matrix{{7}}));
}

BOOST_AUTO_TEST_CASE(missing_values) {
    BOOST_CHECK_EXCEPTION(parse("a,b,c\n1,2,3\n1,,3\n"), data_error,
                          says("t.csv, line 3, column 3: expected a number for \"b\", found an empty field"));
    BOOST_CHECK_EXCEPTION(parse("a,b\n1,\n"), data_error,
                          says("line 2, column 3: expected a number for \"b\""));
    BOOST_TEST((parse("a,b,c\n,2,\n\"\", ,3", {.missing = -1}).values == matrix{{-1, 2, -1}, {-1, -1, 3}}));
    const auto table = parse("a,b\n1,\n", {.missing = std::numeric_limits<double>::quiet_NaN()});
    BOOST_TEST((table.values(0, 0) == 1 && std::isnan(table.values(0, 1))));
    // In a table of one column, too, a blank line is none.
    BOOST_TEST((parse("a\n1\n\n\"\"\n3\n\n", {.missing = 0}).values == matrix{{1}, {0}, {3}}));
}

BOOST_AUTO_TEST_CASE(what_is_no_number) {
    BOOST_CHECK_EXCEPTION(parse("a,age\r\n1,2\r\n3,  abc\r\n"), data_error,
                          says("t.csv, line 3, column 5: expected a number for \"age\", found \"abc\""));
    for (const char* text_written : {"1x", "0x10", "1 2", "--1", "+-1", "++1", "+", "1,5e", "1.2.3"})
        BOOST_CHECK_EXCEPTION(parse("a\n"s + text_written, {.separator = ';'}), data_error,
                              says("line 2, column 1: expected a number for \"a\", found \""));
    BOOST_CHECK_EXCEPTION(
        parse("a\n1e999\n"), data_error,
        says("line 2, column 1: expected a number within the range of double for \"a\", found "
             "\"1e999\""));
    BOOST_CHECK_EXCEPTION(parse("a\n-1e400\n"), data_error, says("range of double"));
    // As pandas reads them.
    const auto small = parse("a\n1e-400\n-1e-400\n2e-324\n4.9e-324\n1e-320\n");
    BOOST_TEST((small.values == matrix{{0}, {0}, {0}, {4.9e-324}, {1e-320}}));
    BOOST_TEST(std::signbit(small.values(1, 0)));
    const auto special = parse("a\n-inf\nnan\n");
    BOOST_TEST(special.values(0, 0) == -std::numeric_limits<double>::infinity());
    BOOST_TEST(std::isnan(special.values(1, 0)));
}

BOOST_AUTO_TEST_CASE(lines_are_counted_within_quotes) {
    BOOST_CHECK_EXCEPTION(parse("\"a\n\n\",b\n1,x\n"), data_error, says("line 4, column 3"));
}

BOOST_AUTO_TEST_CASE(records_of_another_length) {
    BOOST_CHECK_EXCEPTION(parse("a,b,c\n1,2,3\n4,5\n6,7,8\n"), data_error,
                          says("line 3, column 3: expected 3 fields, found 2"));
    BOOST_CHECK_EXCEPTION(parse("a,b\n1,2\n3,4,5\n"), data_error,
                          says("line 3, column 5: expected 2 fields, found one more: \"5\""));
    BOOST_CHECK_EXCEPTION(parse("1,2\n3\n", {.header = false}), data_error,
                          says("line 2, column 1: expected 2 fields, found 1"));
    BOOST_CHECK_EXCEPTION(parse("a,b\n1,2\n\n\"\"\n3,4\n"), data_error,
                          says("line 4, column 1: expected 2 fields, found 1"));
    BOOST_CHECK_EXCEPTION(parse("a,b\n1,2,\n"), data_error, says("found one more: \"\""));
}

BOOST_AUTO_TEST_CASE(quotes_in_wrong_places) {
    BOOST_CHECK_EXCEPTION(parse("a,b\n1,\"2\n3,4\n"), data_error,
                          says("line 2, column 3: expected a quote that closes the one here, found the end"));
    BOOST_CHECK_EXCEPTION(parse("a,b\n\"1\"x,2\n"), data_error,
                          says("line 2, column 4: expected a separator or the end of the line, found \"x\""));
    BOOST_CHECK_EXCEPTION(parse("a,b\n1,2\"3\"\n"), data_error,
                          says("line 2, column 4: expected a field in quotes"));
}

BOOST_AUTO_TEST_CASE(names_occur_once) {
    BOOST_CHECK_EXCEPTION(
        parse("a,b,a\n1,2,3\n"), data_error,
        says("line 1, column 5: expected columns of different names, found \"a\" for the second"));
}

BOOST_AUTO_TEST_CASE(empty_and_absent_files) {
    for (const char* text_written : {"", "\n", "\r\n\r\n", "\xEF\xBB\xBF"}) {
        BOOST_CHECK_EXCEPTION(parse(text_written), data_error,
                              says("line 1, column 1: expected a line of names, found an empty file"));
        BOOST_CHECK_EXCEPTION(parse(text_written, {.header = false}), data_error, says("a line of numbers"));
    }
    BOOST_CHECK_EXCEPTION((void)read_csv("/absent.csv"), data_error, says("/absent.csv: expected a file"));
}
