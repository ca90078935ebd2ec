// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/gathering.hpp>
#include <strata/data/samples.hpp>
#include <strata/data/scaled_bytes.hpp>

#include "large_memory.hpp"
#include "says.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

using strata::data_error;
using strata::scaled_bytes;

namespace {
const scaled_bytes<2> bytes{{{0, 51}, {255, 102}, {1, 2}}};
}

BOOST_AUTO_TEST_CASE(values_are_scaled_when_read) {
    BOOST_TEST(bytes(0, 0) == 0.0f);
    BOOST_TEST(bytes(1, 0) == 1.0f);
    BOOST_TEST(bytes(0, 1) == 0.2f, boost::test_tools::tolerance(1e-7f));
    BOOST_TEST(bytes.data()[2] == 255);
    const scaled_bytes doubled{bytes.values, 2.0f};
    BOOST_TEST(doubled(0, 1) == 102.0f);
}

BOOST_AUTO_TEST_CASE(extents) {
    BOOST_TEST((bytes.shape() == std::array<std::size_t, 2>{3, 2}));
    BOOST_TEST(bytes.shape(0) == 3u);
    BOOST_TEST(bytes.shape(1) == 2u);
    BOOST_TEST(bytes.size() == 6u);
    static_assert(scaled_bytes<2>::dimension() == 2);
    BOOST_TEST(scaled_bytes<3>{}.size() == 0u);
}

BOOST_AUTO_TEST_CASE(to_float_agrees_with_every_single_value) {
    scaled_bytes<1> all{xt::xtensor<std::uint8_t, 1>(std::array<std::size_t, 1>{256})};
    for (std::size_t i = 0; i < 256; ++i)
        all.values(i) = static_cast<std::uint8_t>(i);
    const auto floats = all.to_float();
    BOOST_TEST((floats.shape() == all.shape()));
    for (std::size_t i = 0; i < 256; ++i)
        BOOST_TEST(floats(i) == all(i));
    BOOST_TEST(floats(255) == 1.0f);

    // So do samples of any length, wherever they begin, which end where they say.
    const strata::bedrock::samples some(all);
    for (const std::size_t first : {0u, 3u, 201u})
        for (std::size_t count = 0; count <= 50; ++count) {
            std::vector<float> read(count + 1, -7.0f);
            std::vector<double> wide(count + 1, -7.0);
            some.read(first, count, read.data());
            some.read(first, count, wide.data());
            for (std::size_t i = 0; i < count; ++i) {
                BOOST_TEST(read[i] == all(first + i));
                BOOST_TEST(wide[i] == static_cast<double>(first + i) * static_cast<double>(all.scale));
            }
            BOOST_TEST((read[count] == -7.0f && wide[count] == -7.0));
        }
}

BOOST_AUTO_TEST_CASE(some_rows) {
    const scaled_bytes<2> scaled{bytes.values, 0.5f};
    BOOST_TEST((scaled.rows(1, 3).values == xt::xtensor<std::uint8_t, 2>{{255, 102}, {1, 2}}));
    BOOST_TEST(scaled.rows(1, 3).scale == 0.5f);
    BOOST_TEST((scaled.rows(0, 3).values == scaled.values));
    BOOST_TEST((scaled.rows(3, 3).shape() == std::array<std::size_t, 2>{0, 2}));
    BOOST_CHECK_EXCEPTION((void)scaled.rows(2, 4), data_error,
                          says("expected rows within [0, 3), found [2, 4)"));
    BOOST_CHECK_EXCEPTION((void)scaled.rows(2, 1), data_error, says("found [2, 1)"));

    const std::vector<std::size_t> chosen{2, 0};
    const auto taken = take_rows(scaled, chosen);
    BOOST_TEST((taken.values == xt::xtensor<std::uint8_t, 2>{{1, 2}, {0, 51}}));
    BOOST_TEST(taken.scale == 0.5f);
}

namespace {
// Gathers 40 samples of an order of chance in batches of 16, by two shares, and compares them with single
// reads. What lies behind a batch stays as it was.
template <class T>
void check_gathering(const strata::bedrock::samples& source, std::size_t size) {
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < 40; ++i)
        order.push_back(i * 17 % 40);
    constexpr std::size_t most = 16, first = 2;
    std::vector<T> batch(most * size + 1, T(-7)), sample(size);
    const auto check = [&](std::size_t begin, std::size_t count, auto number) {
        for (std::size_t i = 0; i < count; ++i) {
            source.read((first + number(begin + i)) * size, size, sample.data());
            BOOST_TEST(std::equal(sample.begin(), sample.end(),
                                  batch.begin() + static_cast<std::ptrdiff_t>(i * size)));
        }
        BOOST_TEST(batch.back() == T(-7));
    };
    for (std::size_t begin = 0; begin < order.size(); begin += most) {
        const std::size_t count = std::min(most, order.size() - begin);
        strata::bedrock::gather_samples(source, size, {first, order, begin, count, 0, 3}, batch.data());
        strata::bedrock::gather_samples(source, size, {first, order, begin, count, 3, count}, batch.data());
        check(begin, count, [&](std::size_t i) { return order[i]; });
        strata::bedrock::gather_samples(source, size, {first, {}, begin, count, 1, count}, batch.data());
        strata::bedrock::gather_samples(source, size, {first, {}, begin, count, 0, 1}, batch.data());
        check(begin, count, [](std::size_t i) { return i; });
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(gathered_samples_are_those_that_are_read) {
    for (const std::size_t size : {1u, 15u, 64u, 100u, 784u, 1100u}) {
        scaled_bytes<2> images{xt::xtensor<std::uint8_t, 2>(std::array<std::size_t, 2>{42, size}), 0.3f};
        std::vector<double> numbers;
        for (std::size_t i = 0; i < images.values.size(); ++i) {
            images.values.data()[i] = static_cast<std::uint8_t>(i * i % 251);
            numbers.push_back(static_cast<double>(i));
        }
        check_gathering<float>(images, size);
        check_gathering<double>(images, size);
        check_gathering<float>(numbers, size);
    }
}

BOOST_AUTO_TEST_CASE(copies_of_many_samples_have_large_pages) {
    const scaled_bytes many{xt::xtensor<std::uint8_t, 2>(std::array<std::size_t, 2>{6, 1u << 21})};
    BOOST_TEST(has_large_pages(many.rows(0, 5).values).value_or(true));
    BOOST_TEST(has_large_pages(many.to_float()).value_or(true));
}
