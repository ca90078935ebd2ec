// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/temporary_directory.hpp"
#include "../error_message.hpp"

#include <strata/cluster/kmeans.hpp>
#include <strata/data/label_encoder.hpp>
#include <strata/data/polynomial_features.hpp>
#include <strata/data/scaling.hpp>
#include <strata/data/table_encoder.hpp>
#include <strata/io/estimator_file.hpp>
#include <strata/layers/layers.hpp>
#include <strata/regression/regression.hpp>
#include <strata/selection/pipeline.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace strata;
namespace internal = strata::bedrock::internal;

namespace {

const temporary_directory directory;
const std::filesystem::path file = directory.path() / "estimator";

struct problem {
    std::vector<double> x;
    std::vector<double> y;
    std::vector<int> labels;
};
const problem data = [] {
    problem result;
    for (int i = 0; i < 60; ++i) {
        result.x.insert(result.x.end(), {std::sin(i) + 3, 10 * std::cos(3 * i), std::sin(7 * i)});
        result.y.push_back(result.x[result.x.size() - 3] - std::cos(5 * i));
        result.labels.push_back(result.y.back() > 3);
    }
    return result;
}();

std::string read_bytes(const std::filesystem::path& name) {
    std::ifstream stream(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}
void write_bytes(const std::string& bytes) {
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}
/// The same bytes with a checksum that is right.
std::string sealed(std::string bytes) {
    const auto* first = reinterpret_cast<const unsigned char*>(bytes.data());
    const std::uint32_t sum = internal::checksum({first, bytes.size() - sizeof sum});
    std::memcpy(bytes.data() + bytes.size() - sizeof sum, &sum, sizeof sum);
    return bytes;
}

/// The error of loading, without the file's name.
template <class Estimator>
std::string load_error(Estimator& estimator) {
    const std::string all = error_message<data_error>([&] { estimator.load(file); });
    const std::string name = file.string() + ", ";
    return all.starts_with(name) ? all.substr(name.size()) : all;
}

/// What an estimator knows, as bytes.
template <class Estimator>
std::vector<unsigned char> state_of(const Estimator& estimator) {
    internal::state_writer state;
    Estimator::visit_state(estimator, state);
    return state.bytes;
}

/// Saves, loads into another, and back: the same bytes.
template <class Estimator>
Estimator check_round_trip(const Estimator& estimator) {
    estimator.save(file);
    Estimator loaded;
    BOOST_TEST((state_of(loaded) != state_of(estimator)));
    loaded.load(file);
    BOOST_TEST((state_of(loaded) == state_of(estimator)));
    const std::string bytes = read_bytes(file);
    loaded.save(file);
    BOOST_TEST((read_bytes(file) == bytes));
    return loaded;
}

} // namespace

BOOST_AUTO_TEST_CASE(regressions_come_back_to_the_last_bit) {
    linear_regression<3> least_squares;
    least_squares.fit(data.x, data.y, {.l2 = 0.1});
    const auto loaded = check_round_trip(least_squares);
    BOOST_TEST((loaded.predict(data.x) == least_squares.predict(data.x)));
    BOOST_TEST(loaded.rank() == least_squares.rank());
    BOOST_TEST(loaded.condition() == least_squares.condition());
    BOOST_TEST((loaded.singular_values() == least_squares.singular_values()));
    linear_regression<1, 3, float, false> narrow;
    narrow.fit(data.y, data.x);
    BOOST_TEST((check_round_trip(narrow).coef() == narrow.coef()));

    elastic_net<3> net;
    net.fit(data.x, data.y, {.alpha = 0.1});
    BOOST_TEST((check_round_trip(net).predict(data.x) == net.predict(data.x)));
    BOOST_TEST(check_round_trip(net).dual_gap() == net.dual_gap());
    lasso<3> sparse;
    sparse.load(file);
    BOOST_TEST((sparse.coef() == net.coef()));

    logistic_regression<3> classes;
    classes.fit(data.x, data.labels);
    const auto again = check_round_trip(classes);
    BOOST_TEST((again.predict_probability(data.x) == classes.predict_probability(data.x)));
    BOOST_TEST(again.iterations() == classes.iterations());
    softmax_regression<3, 2, float> two;
    two.fit(data.x, data.labels);
    BOOST_TEST((check_round_trip(two).coef() == two.coef()));
}

BOOST_AUTO_TEST_CASE(fitting_in_parts_goes_on) {
    linear_regression<3> parts;
    parts.partial_fit(data.x, data.y);
    auto loaded = check_round_trip(parts);
    parts.partial_fit(data.x, data.y, {.sample_weight = data.y});
    loaded.partial_fit(data.x, data.y, {.sample_weight = data.y});
    BOOST_TEST((state_of(loaded) == state_of(parts)));
}

BOOST_AUTO_TEST_CASE(clusters_and_preparations_come_back) {
    kmeans<4, 3> clusters({.n_init = 2, .threads = 1});
    clusters.fit(data.x);
    const auto loaded = check_round_trip(clusters);
    BOOST_TEST((loaded.centers() == clusters.centers()));
    BOOST_TEST(loaded.labels() == clusters.labels());
    BOOST_TEST((loaded.predict(data.x) == clusters.predict(data.x)));
    BOOST_TEST(loaded.inertia() == clusters.inertia());
    BOOST_TEST(loaded.score(data.x) == clusters.score(data.x));

    const xt::xtensor<double, 2> rows{{1, 2}, {3, 7}, {4, 0}};
    standard_scaler standard;
    standard.fit(rows);
    BOOST_TEST((check_round_trip(standard).transform(rows) == standard.transform(rows)));
    min_max_scaler bounds(-1, 3);
    bounds.fit(rows);
    BOOST_TEST((check_round_trip(bounds).transform(rows) == bounds.transform(rows)));
    polynomial_features<3, 2> products;
    products.save(file);
    products.load(file);
    polynomial_features<3, 3> others;
    BOOST_TEST(load_error(others) == "at byte 19: expected \"polynomial_features of 3 features, degree 3\", "
                                     "found \"polynomial_features of 3 features, degree 2\"");
    // What has learnt nothing yet says so after it was loaded, too.
    standard_scaler{}.save(file);
    standard.load(file);
    BOOST_TEST(error_message<data_error>([&] { static_cast<void>(standard.mean()); }) ==
               "standard_scaler, mean: expected a call of fit before, found none");
}

namespace {
const text_table rows{.names = {"city", "size", "born", "rooms", "name"},
                      .cells = {"Bonn", "small", "2026-11-26", "3", "x",       //
                                "Ulm", "large", "1999-01-01", "", "y,\n\"z\"", //
                                "Köln", "", "1970-01-01T12:00", "-1", ""}};
const text_table other_rows{.names = {"rooms", "city", "born", "size"},
                            .cells = {"", "Paris", "2000-02-29", "tiny", "7", "Ulm", "2001-01-01", "small"}};
table_encoder mixed_encoder() {
    return {{"city", one_hot_column{.unknown = unknown_category::own_column, .drop_first = true}},
            {"size", ordinal_column{.unknown = -1, .categories = {"small", "large", ""}}},
            {"born", date_column{.parts = {date_part::weekday, date_part::year}}},
            {"rooms", number_column{.missing = 0.5}},
            {"name", ignored_column{}}};
}
} // namespace

BOOST_AUTO_TEST_CASE(encodings_are_kept_for_prediction) {
    table_encoder encoder = mixed_encoder();
    encoder.fit(rows);
    const auto loaded = check_round_trip(encoder);
    BOOST_TEST(loaded.names() == encoder.names(), boost::test_tools::per_element());
    BOOST_TEST(loaded.categories("city") == encoder.categories("city"), boost::test_tools::per_element());
    const auto encoded = loaded.encode(other_rows);
    BOOST_TEST((encoded.values == encoder.encode(other_rows).values));
    BOOST_TEST(
        (encoded.values == xt::xtensor<double, 2>{{0, 0, 1, -1, 1, 2000, 0.5}, {0, 1, 0, 0, 0, 2001, 7}}));
    // Fitted to other rows it encodes as the one that was saved would.
    auto again = loaded;
    BOOST_TEST((state_of(again.fit(rows)) == state_of(encoder)));
    // What has learnt nothing yet comes back with what it was told.
    auto untaught = check_round_trip(mixed_encoder());
    BOOST_TEST((state_of(untaught.fit(rows)) == state_of(encoder)));

    label_encoder classes;
    const std::vector<std::string> texts{"wasp", "bee", "", "bee"};
    const auto labels = classes.fit_encode(texts);
    BOOST_TEST((check_round_trip(classes).encode(texts) == labels));
    BOOST_TEST(load_error(encoder) == "at byte 19: expected \"table_encoder\", found \"label_encoder\"");
    check_round_trip(label_encoder({"z", "a"}));
}

BOOST_AUTO_TEST_CASE(encodings_that_lie_are_refused_with_a_right_checksum_too) {
    label_encoder classes({"ab", "cd"});
    classes.save(file);
    const auto state = state_of(classes);
    const auto with_bytes = [&](const std::string& before, const std::string& after) {
        std::string bytes = read_bytes(file);
        const std::size_t place = bytes.rfind(before);
        BOOST_REQUIRE(place != bytes.npos);
        write_bytes(sealed(bytes.replace(place, after.size(), after)));
        return "at byte " + std::to_string(place);
    };
    with_bytes("cd", "ab");
    BOOST_TEST(load_error(classes).ends_with(": expected different classes, found \"ab\" twice"));
    label_encoder({"ab", "cd"}).save(file);
    std::string length(8, '\0');
    length[0] = 2;
    std::string place = with_bytes(length + "cd", "\3");
    BOOST_TEST(place + ": expected no more classes than there are bytes, found 3" == load_error(classes));
    BOOST_TEST((state_of(classes) == state));

    table_encoder encoder{{"a", date_column{.parts = {date_part::year, date_part::month}}}};
    encoder.save(file);
    const auto known = state_of(encoder);
    std::string month(8, '\0');
    month[0] = static_cast<char>(date_part::month);
    place = with_bytes(month, "\6");
    BOOST_TEST(place + ": expected parts of a date from 0 to 5, found 6" == load_error(encoder));
    BOOST_TEST((state_of(encoder) == known));
    encoder.fit({.names = {"a"}, .cells = {"2026-11-26"}}).save(file);
    with_bytes(month, "\1");
    BOOST_TEST(load_error(encoder).ends_with(
        ": expected columns that are encoded under different names, found \"a_year\" twice"));
    table_encoder{{"a", ignored_column{}}}.save(file);
    with_bytes(std::string("\4\0\0\0\0\0\0\0", 8), "\5");
    BOOST_TEST(load_error(encoder).ends_with(": expected the kind of an encoding from 0 to 4, found 5"));
}

BOOST_AUTO_TEST_CASE(a_pipeline_comes_back_as_one) {
    pipeline pipe{input<3>, standard_scaler{}, polynomial_features<2>{}, linear_regression{}};
    pipe.fit(data.x, data.y);
    const auto loaded = check_round_trip(pipe);
    BOOST_TEST((loaded.predict(data.x) == pipe.predict(data.x)));
    // However its type was written.
    pipeline<standard_scaler, polynomial_features<3, 2>, linear_regression<9>> named;
    named.load(file);
    BOOST_TEST((named.predict(data.x) == pipe.predict(data.x)));
    pipeline other{input<3>, standard_scaler{}, polynomial_features<2>{}, elastic_net{}};
    BOOST_TEST(load_error(other) == "at byte 108: expected \"elastic_net of 9 features, double\", found "
                                    "\"linear_regression of 9 features, 1 target, double\"");
    pipeline shorter{input<3>, standard_scaler{}, linear_regression{}};
    BOOST_TEST(load_error(shorter) ==
               "at byte 62: expected \"linear_regression of 3 features, 1 target, double\", found "
               "\"polynomial_features of 3 features, degree 2 | linear_regress...\"");
}

namespace {
/// Saves one, and loads what is left of the file behind any damage into another.
template <class Estimator>
void check_damage(const Estimator& saved, Estimator other) {
    saved.save(file);
    const std::string good = read_bytes(file);
    const auto state = state_of(other);
    const std::string place = file.string() + ", at byte ";
    const auto check = [&](const std::string& bytes) {
        write_bytes(bytes);
        const std::string found = error_message<data_error>([&] { other.load(file); });
        // Millions of passing checks would hide that the others are made.
        if (!found.starts_with(place) || found.find(": expected ") == std::string::npos ||
            found.find(", found ") == std::string::npos || state_of(other) != state)
            BOOST_ERROR("damage gives: " + found);
    };
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const int bit : {0, 7}) {
            std::string bytes = good;
            bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
            check(bytes);
        }
        check(good.substr(0, i));
    }
    check(good + '\0');
    check(good + good);
    write_bytes(good);
    other.load(file);
    BOOST_TEST((state_of(other) == state_of(saved)));
}
} // namespace

BOOST_AUTO_TEST_CASE(any_damage_is_an_error_and_changes_nothing) {
    pipeline pipe{input<3>, min_max_scaler{}, linear_regression{}};
    pipe.fit(data.x, data.y);
    auto other = pipe;
    std::vector<double> y = data.y;
    y[3] = 100;
    other.fit(data.x, y);
    check_damage(pipe, other);
    check_damage(mixed_encoder().fit(rows), table_encoder{{"a", ignored_column{}}});
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    linear_regression<2> least_squares;
    BOOST_TEST(error_message<data_error>([&] { least_squares.load(directory.path() / "none"); }) ==
               (directory.path() / "none").string() + ": expected a file, found nothing of this name");
    BOOST_TEST(error_message<data_error>([&] { least_squares.save(directory.path() / "none" / "below"); }) ==
               (directory.path() / "none" / "below").string() +
                   ": expected a file that can be written, found No such file or directory");
    write_bytes("strata estimator 2\nlinear_regression");
    BOOST_TEST(load_error(least_squares) ==
               "at byte 0: expected \"strata estimator 1\\x0a\", found \"strata estimator 2\\x0a\"");
    write_bytes("strata");
    BOOST_TEST(load_error(least_squares) ==
               "at byte 0: expected 19 bytes of the mark of an estimator's file, found 6");
    linear_regression<3>{}.save(file);
    BOOST_TEST(load_error(least_squares) ==
               "at byte 19: expected \"linear_regression of 2 features, 1 target, double\", found "
               "\"linear_regression of 3 features, 1 target, double\"");
    linear_regression<2, 1, float> narrow;
    linear_regression<2>{}.save(file);
    BOOST_TEST(load_error(narrow) ==
               "at byte 19: expected \"linear_regression of 2 features, 1 target, float\", found "
               "\"linear_regression of 2 features, 1 target, double\"");
    const std::string good = read_bytes(file);
    write_bytes(good.substr(0, 100));
    BOOST_TEST(load_error(least_squares).starts_with("at byte 77: expected "));
    std::string flipped = good;
    flipped[90] ^= 1;
    write_bytes(flipped);
    BOOST_TEST(load_error(least_squares)
                   .starts_with("at byte " + std::to_string(good.size() - 4) + ": expected the checksum "));
}

BOOST_AUTO_TEST_CASE(lists_that_lie_are_refused_with_a_right_checksum_too) {
    kmeans<2, 1> clusters({.n_init = 1, .threads = 1});
    clusters.fit(std::vector<double>{1, 2, 10, 11});
    clusters.save(file);
    const std::string good = read_bytes(file);
    const std::size_t begin = good.find('\n', 19) + 1 + 8; // of what was learnt: the number of labels
    const auto with_count = [&](std::uint64_t count) {
        std::string bytes = good;
        std::memcpy(bytes.data() + begin, &count, sizeof count);
        return sealed(bytes);
    };
    const auto place = "at byte " + std::to_string(begin);
    write_bytes(with_count(~std::uint64_t{0}));
    BOOST_TEST(load_error(clusters) ==
               place + ": expected no more labels than there are bytes, found 18446744073709551615");
    write_bytes(with_count(2));
    BOOST_TEST(load_error(clusters).find("expected no more means than there are bytes") != std::string::npos);
    write_bytes(with_count(0));
    BOOST_TEST(load_error(clusters).find("expected") != std::string::npos);
    std::string tail = good;
    tail.insert(tail.size() - 4, 8, '\0');
    std::uint64_t size = 0;
    std::memcpy(&size, tail.data() + begin - 8, sizeof size);
    size += 8;
    std::memcpy(tail.data() + begin - 8, &size, sizeof size);
    write_bytes(sealed(tail));
    BOOST_TEST(load_error(clusters) == "at byte " + std::to_string(good.size() - 4) +
                                           ": expected the end of what was learnt, found 8 more bytes");
    // A method of solution that there is none of.
    linear_regression<1> least_squares;
    least_squares.save(file);
    std::string method = read_bytes(file);
    const std::size_t choice = method.find('\n', 19) + 1 + 8 + (8 + 2 * 8) + 3 * 8;
    method[choice] = 4;
    write_bytes(sealed(method));
    BOOST_TEST(load_error(least_squares) == "at byte " + std::to_string(choice) +
                                                ": expected the method of the solution from 0 to 3, found 4");
}
