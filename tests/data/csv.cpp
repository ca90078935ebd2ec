// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/csv.hpp>
#include <strata/data/csv_batches.hpp>
#include <strata/data/csv_stream.hpp>
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

namespace {
/// Names, fields and their places, or the error of reading them.
std::string in_one_piece(const std::filesystem::path& file, const csv_options& options) {
    try {
        std::string result;
        const auto all = strata::read_csv_texts(file, options);
        for (const auto& name : all.names)
            result += name + '|';
        for (std::size_t i = 0; i < all.cells.size(); ++i)
            result += std::to_string(all.places[i].line) + ':' + std::to_string(all.places[i].column) + '=' +
                      all.cells[i] + (i % all.names.size() + 1 == all.names.size() ? ";" : ",");
        return result;
    } catch (const data_error& error) {
        return error.what();
    }
}
std::string in_pieces(const std::filesystem::path& file, const csv_options& options, std::size_t bytes) {
    try {
        std::string names, cells;
        strata::bedrock::internal::csv_stream stream(file, options, bytes);
        while (stream.read([&](const strata::bedrock::internal::csv_field& field, std::size_t) {
            cells += std::to_string(field.line) + ':' + std::to_string(field.column) + '=';
            cells.append(field.value) += field.ends_record ? ';' : ',';
        })) {
        }
        for (const auto& name : stream.names())
            names += name + '|';
        return names + cells;
    } catch (const data_error& error) {
        return error.what();
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(pieces_make_the_whole) {
    const temporary_directory directory;
    for (const std::string_view text :
         {"a,b\n1,2\n3,4", "a,b\r\n1,2\r\n\r\n  \r\n3,4\r\n", "a,b\r1,2\r\r3,4\r", "a,b\n\r1,2\n\r3,4\n\r",
          "", "\n \n", "\r\r\n", "\n\na,b\n1,2\n",
          "\"a\n\"\"b\",\"\r\n\r\n\"\n\"1\"\"\r\n\n2\" , \"\"\n 3 ,4\n", "\xEF\xBB\xBF\"a\n\",b\n1,2\n",
          "a,b\n1,2\n3\n4,5\n", "a,b\n1,2\n3,4,5\n", "a,b\n1,x\"y\"z\n3,4\n", "a,b\n1,\"2\n3,4\n5,6\n",
          "a,a\n1,2\n", "a,b\n\"1\"2,3\n\"4\",5\n", "a,b\n1 \"2\n3\",4\n5,6\n",
          "a,\tb\n1,\t\"2\n3\"\n4,\" 5\n", "a\r\r\n\n\r\r\n1"}) {
        const auto file = directory.write("t.csv", text);
        for (const char separator : {',', '\t', ' '})
            for (const bool header : {true, false}) {
                const csv_options options{.separator = separator, .header = header};
                const std::string wanted = in_one_piece(file, options);
                for (const std::size_t bytes : {1u, 2u, 3u, 5u, 8u, 100u})
                    BOOST_TEST(in_pieces(file, options, bytes) == wanted);
            }
    }
}

BOOST_AUTO_TEST_CASE(batches_of_a_table) {
    const temporary_directory directory;
    std::string text = "x,name,y,z\n";
    for (int i = 0; i < 25; ++i)
        text += std::to_string(i) + ",\"a, " + std::to_string(i) + "\"," + std::to_string(100 + i) + ",\n";
    for (const char* name : {"t.csv", "t.csv.gz"}) {
        strata::bedrock::output_file out{directory / name};
        out.write(text.data(), text.size());
        out.close();
        auto source = strata::csv_batches(
            directory / name, {"z", "y"}, {.batch_size = 10, .dropped = {"name"}, .csv = {.missing = -1}},
            [](const strata::batch_number&, const auto& batch) {
                const std::size_t rows = batch.x.shape(0);
                BOOST_TEST_REQUIRE((batch.x.shape() == std::array<std::size_t, 2>{rows, 1}));
                BOOST_TEST_REQUIRE((batch.y.shape() == std::array<std::size_t, 2>{rows, 2}));
                for (std::size_t i = 0; i < rows; ++i) {
                    BOOST_TEST(batch.y(i, 0) == -1);
                    BOOST_TEST(batch.y(i, 1) == 100 + batch.x(i, 0));
                }
            });
        for (const std::uint64_t epoch : {0u, 1u}) {
            source.begin(epoch);
            std::vector<double> seen;
            while (const auto* batch = source.next()) {
                std::vector<double> part(seen.empty() || seen.size() == 10 ? 10 : 5);
                batch->x[0].read(0, part.size(), part.data());
                seen.insert(seen.end(), part.begin(), part.end());
            }
            std::vector<double> wanted(25);
            for (std::size_t i = 0; i < wanted.size(); ++i)
                wanted[i] = static_cast<double>(i);
            BOOST_TEST(seen == wanted, boost::test_tools::per_element());
        }
    }
    const auto error = [&](std::string_view bytes, const auto& targets,
                           const strata::csv_batch_options& options = {}) {
        const auto file = directory.write("e.csv", bytes);
        try {
            auto source = strata::csv_batches(file, targets, options);
            while (source.next() != nullptr) {
            }
            return "none"s;
        } catch (const data_error& found) {
            return std::string(found.what()).substr(file.string().size());
        }
    };
    BOOST_TEST(error("a,b\n1,2\n3,x\n", "b") ==
               ", line 3, column 3: expected a number for \"b\", found \"x\"");
    BOOST_TEST(error("a,b\n1,2\n3\n", "b") == ", line 3, column 1: expected 2 fields, found 1");
    BOOST_TEST(error("a,b\n1,2\n3,4\n", "c") == ": expected a column \"c\", found only \"a\", \"b\"");
    BOOST_TEST(error("a,b\n", names{"b", "b"}) == ": expected different targets, found \"b\" twice");
    BOOST_TEST(error("a,b\n", names{"b", "a"}) ==
               ": expected a feature and a target at least, found 0 and 2");
    BOOST_TEST(error("a,b\n", "b", {.dropped = {"b"}}) ==
               ": expected a target that is not dropped, found \"b\"");
    BOOST_TEST(error("1,2\n3,4\n", "1", {.csv = {.header = false}}) == "none");
    BOOST_TEST(error("", "b") == ", line 1, column 1: expected a line of names, found an empty file");
    BOOST_TEST(error("a,b\n", "b") == "none");
    BOOST_CHECK_EXCEPTION((void)strata::csv_batches(directory / "e.csv", "b", {.batch_size = 0}), data_error,
                          says("csv_batches: expected a batch size above 0, found 0"));
}
