// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/split.hpp>

#include "says.hpp"

#include STRATA_XTENSOR(xarray)
#include STRATA_XTENSOR(xbuilder)

#include <algorithm>
#include <limits>

using strata::data_error;
using strata::seed;
using strata::train_test_split;
using strata::train_validation_test_split;
using vector = xt::xtensor<double, 1>;

namespace {
/// Row i of x is (10 i, 10 i + 1), and y(i) is i.
struct samples {
    explicit samples(std::size_t rows) : x(std::array<std::size_t, 2>{rows, 2}), y(std::array{rows}) {
        for (std::size_t i = 0; i < rows; ++i) {
            x(i, 0) = static_cast<double>(10 * i);
            x(i, 1) = x(i, 0) + 1;
            y(i) = static_cast<double>(i);
        }
    }
    xt::xtensor<double, 2> x;
    vector y;
};

void check_pairs(const xt::xtensor<double, 2>& x, const vector& y) {
    BOOST_REQUIRE(x.shape(0) == y.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
        BOOST_TEST(x(i, 0) == 10 * y(i));
        BOOST_TEST(x(i, 1) == 10 * y(i) + 1);
    }
}

/// Whether the parts hold 0, ..., n - 1 once each.
bool is_partition(std::initializer_list<vector> parts, std::size_t rows) {
    std::vector<double> all;
    for (const auto& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    std::sort(all.begin(), all.end());
    bool good = all.size() == rows;
    for (std::size_t i = 0; good && i < rows; ++i)
        good = all[i] == static_cast<double>(i);
    return good;
}
} // namespace

BOOST_AUTO_TEST_CASE(two_parts) {
    const samples all(10);
    const auto [train, test] = train_test_split(all.x, all.y);
    BOOST_TEST(test.y.size() == 3u); // 2.5 rounded up, as in scikit-learn
    check_pairs(train.x, train.y);
    check_pairs(test.x, test.y);
    BOOST_TEST(is_partition({train.y, test.y}, 10));
    BOOST_TEST(!std::is_sorted(train.y.begin(), train.y.end()));
}

BOOST_AUTO_TEST_CASE(without_shuffling_the_last_rows_are_for_the_test) {
    const samples all(5);
    const auto parts = train_test_split(all.x, all.y, {.test_size = 0.4, .shuffle = false});
    BOOST_TEST((parts.train.y == vector{0, 1, 2}));
    BOOST_TEST((parts.test.y == vector{3, 4}));
    check_pairs(parts.test.x, parts.test.y);
}

BOOST_AUTO_TEST_CASE(shares_are_rounded_up) {
    using strata::bedrock::internal::held_out_count;
    BOOST_TEST(held_out_count(0.25, 10) == 3u);
    BOOST_TEST(held_out_count(0.01, 10) == 1u);
    BOOST_TEST(held_out_count(0.999, 10) == 10u);
    BOOST_TEST(held_out_count(0.2, 60001) == 12001u);
    // Whole numbers but for the rounding of the share: 1 - 0.8 is less than 0.2, 0.55 more than 11 / 20.
    BOOST_TEST(held_out_count(0.8, 10) == 8u);
    BOOST_TEST(held_out_count(0.55, 100) == 55u);
    for (std::size_t percent = 1; percent < 100; ++percent)
        for (const std::size_t hundreds : {1u, 2u, 3u, 7u, 1000u, 123457u})
            BOOST_TEST(held_out_count(static_cast<double>(percent) / 100, 100 * hundreds) ==
                       percent * hundreds);
    // And one row more or less than that is not whole.
    BOOST_TEST(held_out_count(0.55, 101) == 56u);
    BOOST_TEST(held_out_count(0.5, 99999999) == 50000000u);
}

BOOST_AUTO_TEST_CASE(parts_keep_the_names_of_classes) {
    const samples rows(10);
    const strata::labelled_arrays<xt::xtensor<double, 2>, vector> all{rows.x, rows.y, {"no", "yes"}};
    const auto [train, test] = train_test_split(all, {.random = seed{3}});
    BOOST_TEST((test.y == train_test_split(rows.x, rows.y, {.random = seed{3}}).test.y));
    BOOST_TEST((train.class_names == all.class_names && test.class_names == all.class_names));
    const auto three = train_validation_test_split(all);
    BOOST_TEST((three.validation.class_names == all.class_names));
    check_pairs(three.validation.x, three.validation.y);
    BOOST_TEST(train_test_split(rows.x, rows.y).train.class_names.empty());
}

BOOST_AUTO_TEST_CASE(the_seed_decides) {
    const samples all(50);
    const auto part = [&](seed random) { return train_test_split(all.x, all.y, {.random = random}).test.y; };
    BOOST_TEST((part(seed{1}) == part(seed{1})));
    BOOST_TEST((part(seed{1}) != part(seed{2})));
    BOOST_TEST((part(seed{}) == part(seed{0})));
    // The order is that of Philox and Fisher-Yates on every machine.
    std::vector<std::size_t> order(50);
    for (std::size_t i = 0; i < 50; ++i)
        order[i] = i;
    strata::bedrock::random_sequence{seed{7}, strata::bedrock::draw_purpose::split}.shuffle(order);
    const auto test = part(seed{7});
    for (std::size_t i = 0; i < 13; ++i)
        BOOST_TEST(test(i) == static_cast<double>(order[37 + i]));
}

BOOST_AUTO_TEST_CASE(three_parts) {
    const samples all(11);
    const auto parts = train_validation_test_split(
        all.x, all.y, {.validation_size = 0.3, .test_size = 0.25, .random = seed{3}});
    BOOST_TEST(parts.train.y.size() == 4u);
    BOOST_TEST(parts.validation.y.size() == 4u);
    BOOST_TEST(parts.test.y.size() == 3u);
    check_pairs(parts.train.x, parts.train.y);
    check_pairs(parts.validation.x, parts.validation.y);
    check_pairs(parts.test.x, parts.test.y);
    BOOST_TEST(is_partition({parts.train.y, parts.validation.y, parts.test.y}, 11));
    // The test part is that of the split in two.
    BOOST_TEST((parts.test.y == train_test_split(all.x, all.y, {.random = seed{3}}).test.y));

    const auto [train, validation, test] = train_validation_test_split(all.x, all.y, {.shuffle = false});
    BOOST_TEST((train.y == vector{0, 1, 2, 3, 4}));
    BOOST_TEST((validation.y == vector{5, 6, 7}));
    BOOST_TEST((test.y == vector{8, 9, 10}));
    BOOST_TEST((train.x.shape(0) == 5 && validation.x.shape(0) == 3 && test.x.shape(0) == 3));
}

BOOST_AUTO_TEST_CASE(arrays_of_other_kinds) {
    strata::scaled_bytes<3> images{xt::xtensor<std::uint8_t, 3>(std::array<std::size_t, 3>{8, 2, 2}), 0.5f};
    xt::xarray<std::uint8_t> labels = xt::zeros<std::uint8_t>({8});
    for (std::size_t i = 0; i < 8; ++i) {
        std::fill_n(images.values.data() + 4 * i, 4, static_cast<std::uint8_t>(i + 100));
        labels(i) = static_cast<std::uint8_t>(i);
    }
    const auto parts = train_test_split(images, labels);
    static_assert(std::is_same_v<decltype(parts.test.x), strata::scaled_bytes<3>>);
    static_assert(std::is_same_v<decltype(parts.test.y), xt::xarray<std::uint8_t>>);
    BOOST_TEST((parts.train.x.shape() == std::array<std::size_t, 3>{6, 2, 2}));
    BOOST_TEST(parts.train.x.scale == 0.5f);
    for (std::size_t i = 0; i < 2; ++i)
        BOOST_TEST(parts.test.x.values(i, 1, 1) == parts.test.y(i) + 100);

    const samples all(4);
    const auto doubled = train_test_split(all.x * 2, all.y, {.shuffle = false});
    BOOST_TEST((doubled.test.x == xt::xtensor<double, 2>{{60, 62}}));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_split) {
    const samples all(4), more(5);
    BOOST_CHECK_EXCEPTION((void)train_test_split(all.x, more.y), data_error,
                          says("expected x and y with as many rows, found 4 and 5"));
    for (const double fraction : {0.0, 1.0, -0.1, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
        BOOST_CHECK_EXCEPTION((void)train_test_split(all.x, all.y, {.test_size = fraction}), data_error,
                              says({"expected test_size between 0 and 1", "found"}));
        BOOST_CHECK_EXCEPTION((void)train_validation_test_split(all.x, all.y, {.validation_size = fraction}),
                              data_error, says("expected validation_size between 0 and 1"));
    }
    BOOST_CHECK_EXCEPTION(
        (void)train_test_split(all.x, all.y, {.test_size = 0.9}), data_error,
        says("expected a row for training at least, found that the other parts take 4 of 4"));
    BOOST_CHECK_EXCEPTION(
        (void)train_validation_test_split(all.x, all.y, {.validation_size = 0.5, .test_size = 0.5}),
        data_error, says("take 4 of 4"));
    const samples none(0);
    BOOST_CHECK_THROW((void)train_test_split(none.x, none.y), data_error);
}
