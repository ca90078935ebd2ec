// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Texts, dates and labels become the numbers that scikit-learn and pandas make of them: table_encoder.py.
#include <boost/test/unit_test.hpp>

#include <strata/data/csv.hpp>
#include <strata/data/csv_text_batches.hpp>
#include <strata/data/label_encoder.hpp>
#include <strata/data/table_encoder.hpp>

#include "says.hpp"
#include "temporary_directory.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

using namespace strata;
using matrix = xt::xtensor<double, 2>;
using names = std::vector<std::string>;

namespace {
text_table parse(std::string_view bytes) {
    const temporary_directory directory;
    return read_csv_texts(directory.write("t.csv", bytes));
}
const text_table known = parse("city,size,born,rooms\n"
                               "Bonn,medium,1999-12-31,2\n"
                               "Aachen,small,1970-01-01,1.5\n"
                               "Bonn,large,1969-12-31T06:00,7\n"
                               "\"Köln\",small,2024-02-29,-1\n");
const text_table others{
    .names = {"size", "born", "city", "rooms", "more"},
    .cells = {"tiny", "2000-01-01", "Ulm", "3", "", "large", "2000-01-02", "Köln", "4", ""}};

/// The columns of others that an encoder makes of city alone.
table encoded(const one_hot_column& how, const text_table& rows) {
    table_encoder encoder{
        {"city", how}, {"size", ignored_column{}}, {"born", ignored_column{}}, {"rooms", ignored_column{}}};
    return encoder.fit(known).encode(rows);
}
} // namespace

BOOST_AUTO_TEST_CASE(texts_of_a_file) {
    const auto table = parse("a,b c\n x ,\"1,\n2\"\n\n,nan\n");
    BOOST_TEST(table.names == (names{"a", "b c"}), boost::test_tools::per_element());
    BOOST_TEST(table.cells == (names{"x", "1,\n2", "", "nan"}), boost::test_tools::per_element());
    BOOST_TEST(table.row_count() == 2u);
    BOOST_TEST(table.column("a") == (names{"x", ""}), boost::test_tools::per_element());
    BOOST_TEST((known.numbers("rooms") == xt::xtensor<double, 1>{2, 1.5, 7, -1}));
    BOOST_CHECK_EXCEPTION((void)known.numbers("size"), data_error,
                          says("t.csv, line 2, column 6: expected a number for \"size\", found \"medium\""));
    BOOST_CHECK_EXCEPTION((void)known.column("year"), data_error,
                          says("t.csv: expected a column \"year\", found only \"city\", \"size\""));
    const auto rest = known.drop({"city", "born"});
    BOOST_TEST(rest.names == (names{"size", "rooms"}), boost::test_tools::per_element());
    BOOST_TEST(rest.column("size")[2] == "large");
    BOOST_CHECK_EXCEPTION((void)rest.numbers("size"), data_error, says("line 2, column 6"));
    BOOST_CHECK_EXCEPTION((void)(text_table{.names = {"a", "b"}, .cells = {"1", "2", "3"}}.drop("a")),
                          data_error, says("expected cells for rows of 2 columns, found 3"));
    BOOST_CHECK_EXCEPTION((void)(text_table{.names = {"a", "b"}, .cells = {"1", "2", "3"}}.column("a")),
                          data_error, says("expected cells for rows of 2 columns, found 3"));
}

// Of a single category nothing is made, and another one is an error still.
BOOST_AUTO_TEST_CASE(a_column_without_results) {
    table_encoder encoder{{"country", one_hot_column{.drop_first = true}}};
    encoder.fit(text_table{.names = {"country", "rooms"}, .cells = {"DE", "3", "DE", "4"}});
    BOOST_TEST((encoder.encode(text_table{.names = {"country", "rooms"}, .cells = {"DE", "5"}}).values ==
                matrix{{5}}));
    BOOST_CHECK_THROW((void)encoder.encode(text_table{.names = {"country", "rooms"}, .cells = {"FR", "5"}}),
                      data_error);
    BOOST_CHECK_THROW((void)encoder.encode(text_table{.names = {"rooms"}, .cells = {"5"}}), data_error);
}

BOOST_AUTO_TEST_CASE(one_hot_columns) {
    const auto table = encoded({.unknown = unknown_category::zeros}, known);
    BOOST_TEST(table.names == (names{"city_Aachen", "city_Bonn", "city_Köln"}),
               boost::test_tools::per_element());
    BOOST_TEST((table.values == matrix{{0, 1, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}));
    BOOST_TEST(
        (encoded({.unknown = unknown_category::zeros}, others).values == matrix{{0, 0, 0}, {0, 0, 1}}));
    BOOST_TEST((encoded({.drop_first = true}, known).values == matrix{{1, 0}, {0, 0}, {1, 0}, {0, 1}}));

    const auto own = encoded({.unknown = unknown_category::own_column}, others);
    BOOST_TEST(own.names.back() == "city_unknown");
    BOOST_TEST((own.values == matrix{{0, 0, 0, 1}, {0, 0, 1, 0}}));
    BOOST_TEST((encoded({.unknown = unknown_category::own_column, .drop_first = true}, others).values ==
                matrix{{0, 0, 1}, {0, 1, 0}}));

    const std::vector<std::string> order{"Köln", "Ulm", "Bonn", "Aachen"};
    BOOST_TEST((encoded({.categories = order}, others).values == matrix{{0, 1, 0, 0}, {1, 0, 0, 0}}));
    BOOST_CHECK_EXCEPTION(
        (void)encoded({}, others), data_error,
        says(R"(row 0, column "city": expected one of "Aachen", "Bonn", "Köln" for "city", found "Ulm")"));
    BOOST_CHECK_EXCEPTION((void)encoded({.categories = {"a", "b", "a"}}, known), data_error,
                          says(R"("city": expected different categories, found "a" twice)"));
}

BOOST_AUTO_TEST_CASE(ordinal_columns) {
    const auto sizes = [](const ordinal_column& how, const text_table& rows) {
        return table_encoder{{"size", how}, {"city", ignored_column{}}, {"born", ignored_column{}}}
            .fit(known)
            .encode(rows)
            .column("size");
    };
    const ordinal_column ordered{.unknown = -1, .categories = {"small", "medium", "large"}};
    BOOST_TEST((sizes(ordered, known) == xt::xtensor<double, 1>{1, 0, 2, 0}));
    BOOST_TEST((sizes(ordered, others) == xt::xtensor<double, 1>{-1, 2}));
    BOOST_TEST((sizes({}, known) == xt::xtensor<double, 1>{1, 2, 0, 2}));
    BOOST_CHECK_EXCEPTION((void)sizes({}, others), data_error,
                          says(R"(expected one of "large", "medium", "small" for "size", found "tiny")"));
}

BOOST_AUTO_TEST_CASE(dates) {
    using enum date_part;
    table_encoder encoder{{"city", ignored_column{}},
                          {"size", ignored_column{}},
                          {"born", date_column{.parts = {days, year, month, day, weekday, hour}}}};
    const auto table = encoder.fit_encode(known);
    BOOST_TEST(table.names == (names{"born", "born_year", "born_month", "born_day", "born_weekday",
                                     "born_hour", "rooms"}),
               boost::test_tools::per_element());
    BOOST_TEST((table.values == matrix{{10956, 1999, 12, 31, 4, 0, 2},
                                       {0, 1970, 1, 1, 3, 0, 1.5},
                                       {-0.75, 1969, 12, 31, 2, 6, 7},
                                       {19782, 2024, 2, 29, 3, 0, -1}}));

    const auto date_number = [](const std::string& date) {
        const text_table rows{.names = {"d"}, .cells = {date}};
        return table_encoder{{"d", date_column{}}}.fit(rows).encode(rows).values(0, 0);
    };
    BOOST_TEST(date_number("1970-01-02 12:00:00") == 1.5);
    BOOST_TEST(date_number("1970-01-01T18:00Z") == 0.75);
    BOOST_TEST(date_number("0001-01-01") == -719162);
    for (const char* text : {"", "today", "2023-02-29", "2024-13-01", "2024-00-01", "2024-1-1", "24-01-01",
                             "2024-01-01T", "2024-01-01T24:00", "2024-01-01 10", "2024-01-01 10:60",
                             "2024-01-01 10:00:60", "2024-01-01 10:00x", "01.02.2024", "2024-01-011"})
        BOOST_CHECK_EXCEPTION((void)date_number(text), data_error,
                              says("row 0, column \"d\": expected a date such as 2026-11-26"));
}

BOOST_AUTO_TEST_CASE(numbers_and_what_does_not_fit) {
    const auto rows = parse("a,b\n1,\n,2\n");
    BOOST_CHECK_EXCEPTION((void)table_encoder{}.fit(rows).encode(rows), data_error,
                          says("t.csv, line 3, column 1: expected a number for \"a\", found an empty field"));
    BOOST_TEST((table_encoder{{"a", number_column{.missing = -1}}, {"b", number_column{.missing = 0}}}
                    .fit(rows)
                    .encode(rows)
                    .values == matrix{{1, 0}, {-1, 2}}));
    // An empty text is a category.
    BOOST_TEST(
        (table_encoder{{"a", one_hot_column{}}, {"b", ignored_column{}}}.fit(rows).encode(rows).values ==
         matrix{{0, 1}, {1, 0}}));
    BOOST_CHECK_EXCEPTION((void)table_encoder{}.encode(rows), data_error, says("a call of fit before"));
    BOOST_CHECK_EXCEPTION((void)(table_encoder{{"c", date_column{}}}.fit(rows)), data_error,
                          says("expected a column \"c\", found only \"a\", \"b\""));
    BOOST_CHECK_EXCEPTION(
        (void)(table_encoder{{"a", ignored_column{}}, {"a", number_column{.missing = 0}}}.fit(rows)),
        data_error, says("expected one encoding for each column, found two for \"a\""));
    table_encoder encoder{{"city", one_hot_column{}}, {"size", ordinal_column{}}, {"born", ignored_column{}}};
    encoder.fit(known);
    BOOST_CHECK_EXCEPTION((void)encoder.encode(known.drop("rooms")), data_error,
                          says("expected a column \"rooms\""));
    BOOST_TEST(encoder.encode(known.drop("born")).column_count() == 5u);
    BOOST_TEST(encoder.categories("size") == (names{"large", "medium", "small"}),
               boost::test_tools::per_element());
    BOOST_CHECK_EXCEPTION((void)encoder.categories("rooms"), data_error,
                          says("expected a column with categories, found \"rooms\""));
    // A failed fit leaves the encoder as it was.
    const auto twice = parse("c,c_x\nx,1\n");
    table_encoder failed{{"c", one_hot_column{}}};
    BOOST_CHECK_EXCEPTION((void)failed.fit(twice), data_error, says("found \"c_x\" twice"));
    BOOST_CHECK_EXCEPTION((void)failed.encode(twice), data_error, says("a call of fit before"));
}

BOOST_AUTO_TEST_CASE(labels_and_their_names) {
    label_encoder cities;
    const auto codes = cities.fit_encode(known.column("city"));
    BOOST_TEST((codes == xt::xtensor<std::int32_t, 1>{1, 0, 1, 2}));
    BOOST_TEST(cities.class_names() == (names{"Aachen", "Bonn", "Köln"}), boost::test_tools::per_element());
    BOOST_TEST((label_encoder({"no", "yes"}).encode({"yes", "no"}) == xt::xtensor<std::int32_t, 1>{1, 0}));
    BOOST_CHECK_EXCEPTION((void)cities.encode({"Bonn", "Ulm"}), data_error,
                          says(R"(expected one of "Aachen", "Bonn", "Köln", found "Ulm" at index 1)"));
    BOOST_CHECK_EXCEPTION(label_encoder({"a", "a"}), data_error, says("found \"a\" twice"));
}

BOOST_AUTO_TEST_CASE(batches_of_texts) {
    const temporary_directory directory;
    const char* const cities[]{"Bonn", "Köln", "\"Ulm,\n\"\"Donau\"\"\""};
    std::string text = "price,city,born,name\n";
    for (int i = 0; i < 600; ++i) // encoded in three parts
        text += std::to_string(1000 - i) + ',' + cities[i % 3] + ",20" + std::to_string(10 + i % 17) +
                "-02-03,x" + std::to_string(i) + '\n';
    const auto file = directory.write("houses.csv", text);
    table_encoder encoder{{"city", one_hot_column{}}, {"born", date_column{}}, {"name", ignored_column{}}};
    const auto whole = encoder.fit_encode(read_csv_texts(file));
    const auto x = whole.drop("price");
    const auto y = whole.column("price");
    auto source = strata::csv_text_batches(file, encoder, "price", {.batch_size = 70});
    for (const std::uint64_t epoch : {0u, 1u}) {
        source.begin(epoch);
        std::size_t first = 0;
        while (const auto* batch = source.next()) {
            const std::size_t rows = std::min<std::size_t>(70, 600 - first);
            std::vector<double> features(rows * 4), targets(rows);
            batch->x[0].read(0, features.size(), features.data());
            batch->y[0].read(0, rows, targets.data());
            BOOST_TEST((std::equal(features.begin(), features.end(), x.data() + first * 4)));
            BOOST_TEST((std::equal(targets.begin(), targets.end(), y.data() + first)));
            first += rows;
        }
        BOOST_TEST(first == 600u);
    }
    BOOST_CHECK_EXCEPTION((void)strata::csv_text_batches(file, table_encoder{}, "price"), data_error,
                          says("csv_text_batches: expected an encoder that makes columns"));
    BOOST_CHECK_EXCEPTION(
        (void)strata::csv_text_batches(file, encoder, "city"), data_error,
        says({"houses.csv: expected a column \"city\", found only \"price\", \"city_Bonn\""}));
    const auto longer = directory.write("longer.csv", text + "1,Rom,2010-01-01,y\n");
    auto other = strata::csv_text_batches(longer, encoder, std::vector<std::string>{"price"});
    BOOST_CHECK_EXCEPTION(while (other.next() != nullptr){}, data_error,
                          says("longer.csv, line 802, column 3: expected one of"));
}
