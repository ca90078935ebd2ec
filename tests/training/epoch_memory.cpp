// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/large_memory.hpp"

#include <strata/training/epoch_memory.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

using namespace strata::bedrock;

BOOST_AUTO_TEST_CASE(what_an_epoch_began_with_has_large_pages) {
    // Of a large network that is as much memory as its training takes, and each fit's first epochs fill it.
    // Arrays that are shorter than a large page have some together.
    std::vector<float> weights(3u << 19, 1.0f), states(3u << 19, 2.0f);
    const std::array blocks{std::span(weights), std::span(states)};
    epoch_memory<float, 2> memory;
    memory.remember(blocks, 0, 0, 0,
                    [](std::span<const float>, float*) { BOOST_FAIL("there was nothing to copy to"); });
    BOOST_TEST(has_large_pages(memory.current().numbers).value_or(true));

    std::ranges::fill(weights, 3.0f);
    std::ranges::fill(states, 4.0f);
    epoch_memory<float, 2>::put_back(memory.current(), blocks);
    BOOST_TEST(std::ranges::count(weights, 1.0f) == 3 << 19);
    BOOST_TEST(std::ranges::count(states, 2.0f) == 3 << 19);
}

BOOST_AUTO_TEST_CASE(fits_of_one_epoch_need_no_room_for_another_one) {
    std::vector<float> weights(10);
    epoch_memory<float, 1> memory;
    const auto fit = [&] {
        memory.begin();
        memory.remember({std::span(weights)}, 0, 0, 0, [](std::span<const float> source, float* result) {
            std::copy_n(source.data(), 10, result);
        });
        const float* const place = memory.current().numbers.data();
        memory.judge(1.0);
        return place;
    };
    const float* const first = fit();
    BOOST_TEST(fit() == first);
    BOOST_TEST(fit() == first);
}
