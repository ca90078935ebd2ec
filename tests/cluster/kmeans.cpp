// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../error_message.hpp"
#include "../larger_error.hpp"
#include "../reference.hpp"

#include <strata/cluster/kmeans.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <set>
#include <utility>
#include <vector>

using namespace strata::bedrock;

namespace {

template <std::size_t K, std::size_t F>
void check_if(const nlohmann::json& expected, bool& found) {
    if (expected["clusters"] != K || expected["features"] != F)
        return;
    found = true;
    kmeans<K, F> clusters;
    clusters.fit(expected["X"].get<std::vector<double>>(), expected["first"].get<std::vector<double>>());
    BOOST_TEST_CONTEXT(expected["name"]) {
        const auto inertia = expected["inertia"].get<double>();
        BOOST_TEST(std::abs(clusters.inertia() - inertia) <= 1e-10 * inertia);
        BOOST_TEST(clusters.iterations() == expected["iterations"].get<std::size_t>());
        BOOST_TEST((clusters.labels() == expected["labels"].get<std::vector<std::int32_t>>()));
        const auto centers = expected["centers"].get<std::vector<double>>();
        double worst = 0;
        for (std::size_t i = 0; i < centers.size(); ++i)
            worst = larger_error(worst, std::abs(clusters.centers().data()[i] - centers[i]));
        BOOST_TEST(worst <= 1e-9);
    }
}

std::vector<double> blobs(std::size_t rows) {
    random_sequence random(seed{8}, draw_purpose::split);
    std::vector<double> x;
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t f = 0; f < 3; ++f)
            x.push_back(random.uniform() + 5.0 * static_cast<double>((i % 4) >> (f % 2) & 1));
    return x;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_same_centers_give_scikit_learns_clusters) {
    const auto cases = reference("cluster/kmeans.py");
    BOOST_TEST(cases.size() >= 39u);
    for (const auto& each : cases) {
        bool found = false;
        check_if<2, 2>(each, found);
        check_if<2, 4>(each, found);
        check_if<2, 10>(each, found);
        check_if<2, 30>(each, found);
        check_if<3, 4>(each, found);
        check_if<3, 6>(each, found);
        check_if<3, 13>(each, found);
        check_if<5, 4>(each, found);
        check_if<10, 64>(each, found);
        BOOST_REQUIRE(found);
    }
}

BOOST_AUTO_TEST_CASE(any_number_of_threads_gives_the_same_bits) {
    const auto x = blobs(20'000);
    kmeans<6, 3> one({.n_init = 2, .threads = 1});
    one.fit(x);
    for (const std::size_t threads :
         {std::size_t{2}, std::size_t{3}, std::numeric_limits<std::size_t>::max()}) {
        kmeans<6, 3> several({.n_init = 2, .threads = threads});
        several.fit(x);
        BOOST_TEST((several.centers() == one.centers()));
        BOOST_TEST(several.inertia() == one.inertia());
    }
}

// Sums that rows have come to and gone from for many iterations lose nothing that counts.
BOOST_AUTO_TEST_CASE(centers_are_the_means_of_their_rows) {
    random_sequence random(seed{3}, draw_purpose::split);
    constexpr std::size_t rows = 30'000, features = 3, count = 24;
    std::vector<double> x;
    for (std::size_t i = 0; i < rows * features; ++i)
        x.push_back(1000 + random.uniform());
    kmeans<count, features> clusters({.n_init = 1, .max_iterations = 1000, .tolerance = 0});
    clusters.fit(x);
    BOOST_TEST(clusters.iterations() > 50u); // else this shows nothing
    std::vector<double> sums(count * features, 0.0), counts(count, 0.0);
    for (std::size_t i = 0; i < rows; ++i) {
        const auto label = static_cast<std::size_t>(clusters.labels()[i]);
        counts[label] += 1;
        for (std::size_t f = 0; f < features; ++f)
            sums[label * features + f] += x[i * features + f] - 1000;
    }
    for (std::size_t i = 0; i < count * features; ++i)
        BOOST_TEST(std::abs(clusters.centers().data()[i] - 1000 - sums[i] / counts[i / features]) <= 2e-13);
}

// Nor do those from which a row has gone that is much larger than all others.
BOOST_AUTO_TEST_CASE(outliers_leave_nothing_in_other_clusters) {
    random_sequence random(seed{3}, draw_purpose::split);
    std::vector<double> x;
    for (std::size_t i = 0; i < 301; ++i)
        x.push_back(random.uniform());
    x[300] = 1e12;
    kmeans<4, 1> clusters({.max_iterations = 1000, .tolerance = 0});
    clusters.fit(x, std::vector<double>(x.begin(), x.begin() + 4));
    std::array<double, 4> sums{}, counts{};
    for (std::size_t i = 0; i < x.size(); ++i) {
        sums[static_cast<std::size_t>(clusters.labels()[i])] += x[i];
        counts[static_cast<std::size_t>(clusters.labels()[i])] += 1;
    }
    // Less the mean of all, which is 3e9, numbers near 1 are known to half of that.
    for (std::size_t k = 0; k < 4; ++k)
        BOOST_TEST(std::abs(clusters.centers()(k, 0) - sums[k] / counts[k]) <= 1e-6);
}

BOOST_AUTO_TEST_CASE(clear_clusters_are_found) {
    const auto x = blobs(400);
    kmeans<4, 3> clusters;
    clusters.fit(x);
    BOOST_TEST(clusters.inertia() < 400 * 3 * 0.1);
    for (std::size_t i = 0; i < 400; ++i)
        BOOST_TEST(clusters.labels()[i] == clusters.labels()[i % 4]);
    const auto predicted = clusters.predict(x);
    BOOST_TEST(std::equal(predicted.begin(), predicted.end(), clusters.labels().begin()));
    BOOST_TEST(std::abs(clusters.score(x) + clusters.inertia()) <= 1e-9);
    kmeans<4, 3, float> narrow;
    narrow.fit(x);
    BOOST_TEST(std::abs(narrow.inertia() / clusters.inertia() - 1) <= 1e-5);
    kmeans<1, 3> one;
    one.fit(x);
    BOOST_TEST(std::set(one.labels().begin(), one.labels().end()).size() == 1u);
}

BOOST_AUTO_TEST_CASE(float_sums_of_many_rows_lose_nothing) {
    // Whole numbers and quarters, so that float and double see the same rows.
    const std::size_t rows = 600'000;
    std::vector<float> x;
    for (std::size_t i = 0; i < rows; ++i)
        x.push_back(static_cast<float>(100 + 50 * (i % 2)) + 0.25f * static_cast<float>(i % 16));
    const std::vector<float> first{90, 200};
    kmeans<2, 1, float> narrow;
    narrow.fit(x, first);
    kmeans<2, 1> wide;
    wide.fit(x, first);
    BOOST_TEST(narrow.labels() == wide.labels());
    BOOST_TEST(std::abs(narrow.inertia() / wide.inertia() - 1) <= 1e-6);
    for (std::size_t k = 0; k < 2; ++k)
        BOOST_TEST(std::abs(static_cast<double>(narrow.centers()(k, 0)) / wide.centers()(k, 0) - 1) <= 1e-6);
}

BOOST_AUTO_TEST_CASE(the_best_beginning_counts) {
    random_sequence random(seed{4}, draw_purpose::split);
    std::vector<double> x;
    for (std::size_t i = 0; i < 900; ++i)
        x.push_back(random.uniform());
    double smallest_inertia = std::numeric_limits<double>::infinity();
    std::set<double> results;
    for (std::size_t runs = 1; runs <= 10; ++runs) {
        kmeans<8, 3> clusters({.n_init = runs, .random = seed{2}});
        clusters.fit(x);
        BOOST_TEST(clusters.inertia() <= smallest_inertia);
        smallest_inertia = clusters.inertia();
        results.insert(smallest_inertia);
        kmeans<8, 3> repetition({.n_init = runs, .random = seed{2}});
        repetition.fit(x);
        BOOST_TEST((repetition.centers() == clusters.centers()));
    }
    BOOST_TEST(results.size() > 1u); // else this shows nothing
}

BOOST_AUTO_TEST_CASE(first_centers_are_spread) {
    // One row of each of six clouds far apart: k-means++ finds all of them at once, most times.
    random_sequence random(seed{9}, draw_purpose::split);
    std::vector<double> x;
    for (std::size_t i = 0; i < 9'000; ++i)
        for (std::size_t f = 0; f < 2; ++f)
            x.push_back(random.uniform() + 1000.0 * static_cast<double>(f == 0 ? i % 3 : i % 2));
    const observations<double> rows(x, 2, "X");
    const internal::lloyd<6, 2, double> all(rows, 1);
    const internal::lloyd<6, 2, double> threaded(rows, 3);
    std::size_t found = 0;
    for (std::uint32_t run = 0; run < 50; ++run) {
        random_sequence one(seed{1}, draw_purpose::centers, run);
        random_sequence other(seed{1}, draw_purpose::centers, run);
        const auto centers = internal::seeding<6, 2, double>(all).draw(one);
        BOOST_TEST((centers == internal::seeding<6, 2, double>(threaded).draw(other)));
        std::set<std::pair<long, long>> clouds;
        for (std::size_t k = 0; k < 6; ++k)
            clouds.emplace(std::lround(centers[2 * k] / 1000), std::lround(centers[2 * k + 1] / 500));
        found += clouds.size() == 6 ? 1 : 0;
    }
    BOOST_TEST(found >= 48u);
}

BOOST_AUTO_TEST_CASE(equally_near_centers_are_predicted_as_fitted) {
    random_sequence random(seed{5}, draw_purpose::split);
    std::vector<float> x;
    for (std::size_t i = 0; i < 60'000; ++i)
        x.push_back(static_cast<float>(10'000 + random.uniform())); // a thousand values: many ties
    for (std::uint64_t run = 0; run < 5; ++run) {
        kmeans<7, 3, float> clusters({.n_init = 1, .random = seed{run}, .threads = 2});
        clusters.fit(x);
        const auto predicted = clusters.predict(x);
        BOOST_TEST(std::equal(predicted.begin(), predicted.end(), clusters.labels().begin()));
    }
}

BOOST_AUTO_TEST_CASE(differences_small_beside_the_coordinates_decide) {
    // Two clouds on each side, far from the middle: |c|^2 - 2 x.c would lose what tells them apart.
    const auto check = [](auto type, double distance, double gap) {
        using value = decltype(type);
        random_sequence random(seed{3}, draw_purpose::split);
        std::vector<value> x;
        for (std::size_t i = 0; i < 400; ++i)
            for (std::size_t f = 0; f < 2; ++f)
                x.push_back(static_cast<value>((i % 4 < 2 ? -distance : distance) +
                                               gap * (static_cast<double>(i % 2) + 0.1 * random.uniform())));
        kmeans<4, 2, value> clusters;
        clusters.fit(x, std::vector<value>(x.begin(), x.begin() + 8));
        const auto predicted = clusters.predict(x);
        for (std::size_t i = 0; i < 400; ++i) {
            BOOST_TEST(clusters.labels()[i] == static_cast<std::int32_t>(i % 4));
            BOOST_TEST(predicted(i) == clusters.labels()[i]);
        }
        BOOST_TEST(clusters.inertia() < 400 * 0.02 * gap * gap);
        BOOST_TEST(std::abs(clusters.score(x) + clusters.inertia()) <= 1e-9 * gap * gap);
        kmeans<4, 2, value> seeded;
        seeded.fit(x);
        BOOST_TEST(std::abs(seeded.inertia() - clusters.inertia()) <= 1e-9 * gap * gap);
    };
    check(float{}, 1000, 0.1);
    check(float{}, 10'000, 1);
    check(double{}, 1e9, 1);
}

BOOST_AUTO_TEST_CASE(more_clusters_than_distinct_rows_work) {
    const std::vector<double> x{1, 1, 1, 1, 1, 1, 2, 2};
    kmeans<3, 2> clusters;
    clusters.fit(x);
    BOOST_TEST(clusters.inertia() == 0.0);
    for (const double center : clusters.centers())
        BOOST_TEST(std::isfinite(center));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    const std::vector<double> x{1, 2, 3, 4, 5, NAN};
    const std::vector<double> good{1, 2, 3, 4, 5, 6};
    BOOST_TEST(error_message<std::invalid_argument>([&] { kmeans<2, 2>().fit(x); }) ==
               "kmeans: X is not a number at row 2, column 1, expected finite numbers");
    BOOST_TEST(error_message<std::invalid_argument>([&] { kmeans<4, 2>().fit(good); }) ==
               "kmeans: X has 3 rows, expected as many as clusters, 4");
    BOOST_TEST(error_message<std::invalid_argument>([&] { kmeans<2, 4>().fit(good); }) ==
               "kmeans: X has 6 numbers, expected a multiple of 4");
    BOOST_TEST(error_message<std::invalid_argument>([&] { kmeans<2, 2>().fit(good, good); }) ==
               "kmeans: there are 3 centers, expected 2");
    const std::string first = "kmeans: the array of centers";
    const std::vector<double> infinite{1, 2, 3, -INFINITY, 5, 6};
    BOOST_TEST(error_message<std::invalid_argument>([&] { kmeans<2, 2>().fit(infinite); }) ==
               "kmeans: X is infinite at row 1, column 1, expected finite numbers");
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   kmeans<2, 2>().fit(good, std::vector<double>{1, 2, NAN, 4});
               }) == first + " is not a number at row 1, column 0, expected finite numbers");
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   kmeans<2, 2>().fit(good, std::vector<double>{1, INFINITY, 3, 4});
               }) == first + " is infinite at row 0, column 1, expected finite numbers");
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   kmeans<2, 2>().fit(good, std::vector<double>{1, 2, 3});
               }) == first + " has 3 numbers, expected a multiple of 2");
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   kmeans<2, 2>().fit(good, xt::xtensor<double, 2>{{1, 2, 3}, {4, 5, 6}});
               }) == first + " has the shape 2 x 3, expected samples x 2");
    BOOST_TEST(error_message<std::invalid_argument>([&] { (void)kmeans<2, 2>().predict(good); }) ==
               "kmeans: there are no centers yet, expected fit before predict");
    kmeans<2, 2> fitted;
    fitted.fit(good);
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   (void)fitted.predict(std::vector<double>{1, 2, 3});
               }) == "kmeans: X has 3 numbers, expected a multiple of 2");
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   (void)fitted.score(std::vector<double>{1, NAN});
               }) == "kmeans: X is not a number at row 0, column 1, expected finite numbers");
    BOOST_TEST(error_message<std::invalid_argument>([] {
                   kmeans<1, 1, float>().fit(std::vector<float>{1e25f, 0, 2e25f});
               }) == "kmeans: X has numbers so large that sums of their squares are infinite");
    // Squares of these are finite, but the first centers are drawn by sums of many.
    BOOST_TEST(error_message<std::invalid_argument>([] {
                   kmeans<1, 1, float>().fit(std::vector<float>{2e18f, 0, 2e18f});
               }) == "kmeans: X has numbers so large that sums of their squares are infinite");
    BOOST_TEST(error_message<std::invalid_argument>([] { kmeans<2, 2>({.tolerance = NAN}); }) ==
               "kmeans: the tolerance is nan, expected 0 or more");
    BOOST_TEST(error_message<std::invalid_argument>([] { kmeans<2, 2>({.n_init = 0}); }) ==
               "kmeans: n_init is 0, expected 1 or more");
    BOOST_TEST(error_message<std::invalid_argument>([] { kmeans<2, 2>({.max_iterations = 0}); }) ==
               "kmeans: max_iterations is 0, expected 1 or more");
    BOOST_TEST(error_message<std::invalid_argument>([] { kmeans<2, 2>({.tolerance = -1}); }) ==
               "kmeans: the tolerance is -1, expected 0 or more");
}

// Rows as long as images, which no thread's stack holds a group of.
BOOST_AUTO_TEST_CASE(rows_of_many_features) {
    constexpr std::size_t features = 224 * 224 * 3, rows = 8;
    std::vector<double> x(rows * features);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = (i / features < 4 ? 0.0 : 1.0) + static_cast<double>(i % 7) / 100;
    kmeans<2, features> clusters({.n_init = 1, .threads = 1});
    clusters.fit(x);
    const auto& labels = clusters.labels();
    BOOST_TEST((labels[0] == labels[3] && labels[4] == labels[7] && labels[0] != labels[4]));
}
