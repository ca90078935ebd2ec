// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/threads/work_shares.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

using namespace strata::bedrock;

namespace {

double width(const work_shares& shares, std::size_t rank) {
    const work_part part = shares.part(rank);
    return static_cast<double>(part.end - part.begin) / work_part::whole;
}

/// The parts after some looks at threads of these speeds, which wait for the slowest.
void learn(work_shares& shares, const std::vector<double>& speeds, int looks) {
    for (int look = 0; look < looks; ++look) {
        double longest = 0;
        for (std::size_t rank = 0; rank < speeds.size(); ++rank)
            longest = std::max(longest, width(shares, rank) / speeds[rank]);
        constexpr double second = 1e9;
        for (std::size_t rank = 0; rank < speeds.size(); ++rank)
            shares.add_wait(
                rank, static_cast<std::uint64_t>(second * (longest - width(shares, rank) / speeds[rank])));
        shares.adjust(second * longest);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(parts_follow_speeds) {
    work_shares shares;
    shares.prepare(3);
    BOOST_TEST(std::abs(width(shares, 1) - 1.0 / 3) < 1e-4);
    learn(shares, {2, 1, 4}, 1);
    BOOST_TEST(width(shares, 1) < 0.3); // halfway
    BOOST_TEST(width(shares, 1) > 0.2);
    learn(shares, {2, 1, 4}, 12);
    BOOST_TEST(std::abs(width(shares, 0) - 2.0 / 7) < 0.04);
    BOOST_TEST(std::abs(width(shares, 1) - 1.0 / 7) < 0.04);
    BOOST_TEST(std::abs(width(shares, 2) - 4.0 / 7) < 0.04);
    learn(shares, {1, 1, 1}, 12);
    for (std::size_t rank = 0; rank < 3; ++rank)
        BOOST_TEST(std::abs(width(shares, rank) - 1.0 / 3) < 0.04);
}

BOOST_AUTO_TEST_CASE(a_thread_that_stood_still_gets_work_again) {
    work_shares shares;
    shares.prepare(2);
    learn(shares, {1000, 1}, 20);
    BOOST_TEST(width(shares, 1) < 0.1);
    BOOST_TEST(width(shares, 1) > 0);
    learn(shares, {1, 1}, 20);
    BOOST_TEST(std::abs(width(shares, 1) - 0.5) < 0.04);
}

BOOST_AUTO_TEST_CASE(a_pass_of_one_thread_forgets_nothing) {
    work_shares shares;
    shares.prepare(2);
    learn(shares, {3, 1}, 5);
    const std::uint32_t learnt = shares.part(0).end;
    shares.prepare(1);
    shares.prepare(2);
    BOOST_TEST(shares.part(0).end == learnt);
}

BOOST_AUTO_TEST_CASE(a_copy_keeps_the_parts) {
    work_shares shares;
    shares.prepare(2);
    learn(shares, {3, 1}, 5);
    const work_shares copy = shares;
    BOOST_TEST(copy.part(0).end == shares.part(0).end);
    BOOST_TEST(copy.part(0).end > work_part::whole / 2);
}

BOOST_AUTO_TEST_CASE(small_differences_change_nothing) {
    work_shares shares;
    shares.prepare(2);
    learn(shares, {1.01, 1}, 20);
    BOOST_TEST(shares.part(0).end == work_part::whole / 2);
}

BOOST_AUTO_TEST_CASE(parts_are_all_of_the_work) {
    work_shares shares;
    shares.prepare(4);
    learn(shares, {3, 1, 7, 2}, 5);
    for (const std::size_t count : {0u, 1u, 3u, 32u, 1001u, 1u << 30})
        for (const std::size_t grain : {1u, 3u, 8u}) {
            std::size_t end = 0;
            for (std::size_t rank = 0; rank < 4; ++rank) {
                const team::range own =
                    team{rank, 4, nullptr, nullptr, shares.part(rank)}.share(count, grain);
                BOOST_TEST(own.begin == end);
                BOOST_TEST((own.begin % grain == 0 || own.begin == count));
                end = own.end;
            }
            BOOST_TEST(end == count);
        }
}
