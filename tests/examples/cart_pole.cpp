// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../../examples/browser/engines/pole.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

using namespace cart_pole;

namespace {
/// A state behind so many steps, by cart_pole.py, from the equations as they were published.
struct known_state {
    std::size_t steps;
    std::array<double, 4> numbers;
};

/// Repeats pushes, 'L' and 'R', and compares. An episode ends behind the last of the known states.
void check_course(const state& start, std::string_view pushes, const physics& constants,
                  const std::vector<known_state>& expected) {
    episode attempt{start};
    for (const known_state& each : expected) {
        while (attempt.steps < each.steps) {
            BOOST_TEST_REQUIRE(!attempt.is_over());
            attempt.step(pushes[attempt.steps % pushes.size()] == 'R' ? action::right : action::left,
                         constants);
        }
        const state& found = attempt.current;
        const std::array numbers{found.position, found.velocity, found.angle, found.angular_velocity};
        for (std::size_t i = 0; i < numbers.size(); ++i)
            BOOST_TEST(std::abs(numbers[i] - each.numbers[i]) <= 1e-12);
    }
    BOOST_TEST(attempt.has_failed());
    BOOST_TEST(attempt.is_over());
}

rollout<1, 6> make_rollout(const std::array<float, 6>& values, const std::array<outcome, 6>& outcomes) {
    rollout<1, 6> result;
    std::copy(values.begin(), values.end(), result.values.begin());
    std::copy(outcomes.begin(), outcomes.end(), result.outcomes.begin());
    return result;
}
void check_advantages(const rollout<1, 6>& found, const std::array<double, 6>& expected) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
        BOOST_TEST(std::abs(found.advantages[i] - expected[i]) < 1e-6);
        const auto value = static_cast<double>(found.values[i]);
        BOOST_TEST(std::abs(static_cast<double>(found.returns[i]) - expected[i] - value) < 1e-6);
    }
}

using pupil = actor_critic<32>;

/// Learns for so many rounds of steps: the lengths of the episodes that ended.
std::vector<std::size_t> learn(pupil& agent, std::size_t rounds) {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < rounds; ++i)
        agent.step([&](std::size_t steps) { result.push_back(steps); });
    return result;
}
} // namespace

BOOST_AUTO_TEST_CASE(the_pole_moves_as_published) {
    const state start{0.01, -0.02, 0.03, 0.04};
    check_course(start, "RL", {},
                 {{1, {0.009600000000000001, 0.17467919574755525, 0.0308, -0.24306871796000815}},
                  {11, {0.024702161700688077, 0.1714549317184394, 0.01856700494377889, -0.171841482249062}},
                  {21, {0.03927064570923574, 0.16916154550866383, 0.01811185616339618, -0.12123654703368505}},
                  {31, {0.05335131654627863, 0.16626637369086272, 0.02842021534435029, -0.05737099407264026}},
                  {41, {0.06667351846736777, 0.1609432750168423, 0.055477694616787476, 0.06016928803162774}},
                  {51, {0.07850127528430692, 0.14997924170601626, 0.11567423492437866, 0.3038662946716528}},
                  {59, {0.08586504391234648, 0.13328977347149557, 0.2110783152414434, 0.6843446359611897}}});
    check_course(start, "R", {},
                 {{1, {0.009600000000000001, 0.17467919574755525, 0.0308, -0.24306871796000815}},
                  {10, {0.18148412486073115, 1.9330643896994746, -0.22356918082475483, -2.984082745435586}}});
    const physics moon{1.62, 2.0, 0.7, 1.5, 4.0, 0.02};
    check_course({-0.03, 0.02, -0.04, 0.01}, "RRL", moon,
                 {{1, {-0.0296, 0.0570797517753104, -0.0398, -0.009172873178249845}},
                  {21, {0.041602969191604305, 0.2852976393585595, -0.0703698589680451, -0.1392033028419321}},
                  {41, {0.21409301274064882, 0.5941070679824004, -0.16079081274345874, -0.32749271813889363}},
                  {49, {0.31270252005249916, 0.6764588473323796, -0.216504098275275, -0.39164150423908134}}});
}

BOOST_AUTO_TEST_CASE(an_episode_ends_at_the_published_limits) {
    constexpr double degrees = 0.017453292519943295;
    BOOST_TEST(!has_fallen({2.4, 9, 0, 9}));
    BOOST_TEST(has_fallen({2.4000001, 0, 0, 0}));
    BOOST_TEST(has_fallen({-2.4000001, 0, 0, 0}));
    BOOST_TEST(!has_fallen({0, 0, 11.99999 * degrees, 0}));
    BOOST_TEST(has_fallen({0, 0, 12.00001 * degrees, 0}));
    BOOST_TEST(has_fallen({0, 0, -12.00001 * degrees, 0}));
    BOOST_TEST(!episode({{}, 499}).is_over());
    BOOST_TEST(episode({{}, 500}).is_over());
    BOOST_TEST(!episode({{}, 500}).has_failed());

    strata::random_sequence random(strata::seed{1}, strata::draw_purpose::program);
    double least = 1;
    double greatest = -1;
    for (int i = 0; i < 1000; ++i) {
        const state start = draw_start([&] { return random.uniform(); });
        for (const double number : {start.position, start.velocity, start.angle, start.angular_velocity}) {
            least = std::min(least, number);
            greatest = std::max(greatest, number);
        }
    }
    BOOST_TEST((least >= -0.05 && least < -0.049 && greatest < 0.05 && greatest > 0.049));
}

BOOST_AUTO_TEST_CASE(advantages_are_the_published_sums) {
    constexpr outcome on = outcome::goes_on;
    auto broken = make_rollout({0.5F, 0.6F, 0.4F, 0.7F, 0.8F, 0.3F},
                               {on, outcome::failed, on, on, outcome::cut_off, on});
    broken.end_values[4] = 0.9F;
    broken.end_values[5] = 0.25F;
    broken.estimate({0.98, 0.9});
    check_advantages(broken, {-0.40356, -0.58, 0.477076248, 0.193964, 0.102, -0.035});

    auto whole = make_rollout({0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F}, {on, on, on, on, on, on});
    whole.end_values[5] = 0.75F;
    whole.estimate({0.98, 0.9});
    check_advantages(whole, {0.527239785107685, 0.46625825975928, 0.39938578204, 0.32583422, 0.24471, 0.155});

    whole.standardize();
    double sum = 0;
    double squares = 0;
    for (const double advantage : whole.advantages) {
        sum += advantage;
        squares += advantage * advantage;
    }
    BOOST_TEST(std::abs(sum) < 1e-12);
    BOOST_TEST(std::abs(squares / 6 - 1) < 1e-12);

    // Environments beside each other are worlds apart.
    rollout<2, 6> two;
    for (std::size_t i = 0; i < 6; ++i) {
        two.values[2 * i] = broken.values[i];
        two.outcomes[2 * i] = broken.outcomes[i];
        two.end_values[2 * i] = broken.end_values[i];
        two.values[2 * i + 1] = whole.values[i];
        two.end_values[2 * i + 1] = whole.end_values[i];
    }
    two.estimate({0.98, 0.9});
    whole.estimate({0.98, 0.9});
    for (std::size_t i = 0; i < 6; ++i) {
        BOOST_TEST(two.advantages[2 * i] == broken.advantages[i]);
        BOOST_TEST(two.advantages[2 * i + 1] == whole.advantages[i]);
    }
}

BOOST_AUTO_TEST_CASE(a_course_is_solved_by_its_last_hundred) {
    course seen;
    BOOST_TEST(seen.mean() == 0);
    for (std::size_t i = 0; i < 99; ++i)
        seen.add(500);
    BOOST_TEST(!seen.is_solved());
    seen.add(500);
    BOOST_TEST(seen.is_solved());
    for (std::size_t i = 0; i < 50; ++i)
        seen.add(450);
    BOOST_TEST(seen.mean() == 475);
    BOOST_TEST(seen.is_solved());
    seen.add(499);
    BOOST_TEST(seen.mean() == 474.99);
    BOOST_TEST(!seen.is_solved());
    BOOST_TEST(seen.episodes() == 151);
}

BOOST_AUTO_TEST_CASE(an_agent_learns_to_hold_the_pole) {
    pupil agent{strata::seed{3}};
    course seen;
    std::size_t rounds = 0;
    for (; !seen.is_solved() && rounds < 25'000; ++rounds)
        agent.step([&](std::size_t steps) { seen.add(steps); });
    BOOST_TEST(seen.is_solved());

    // The likelier push of each step holds the pole, which the critic knows from one that falls.
    std::size_t steps = 0;
    for (int i = -10; i < 10; ++i) {
        episode attempt{{0, 0, i * 0.004, 0}};
        while (!attempt.is_over())
            attempt.step(agent.judge(attempt.current).best(), {});
        steps += attempt.steps;
    }
    BOOST_TEST(steps > 20 * 450U);
    BOOST_TEST(agent.judge({0, 0, 0, 0}).value > agent.judge({0, 0, 0.2, 2}).value + 0.1F);
    BOOST_TEST((agent.judge({0, 0, 0.1, 1}).best() == action::right));
    BOOST_TEST((agent.judge({0, 0, -0.1, -1}).best() == action::left));
}

BOOST_AUTO_TEST_CASE(a_seed_tells_all) {
    pupil first{strata::seed{5}};
    pupil second{strata::seed{5}};
    pupil other{strata::seed{6}};
    constexpr std::size_t rounds = 1000;
    const std::vector<std::size_t> lengths = learn(first, rounds);
    BOOST_TEST(lengths.size() > 50);
    BOOST_TEST(lengths.front() < 100);
    BOOST_TEST(lengths == learn(second, rounds));
    BOOST_TEST(lengths != learn(other, rounds));
    BOOST_TEST(first.network().weights() == second.network().weights());

    // Settings take effect while it learns.
    second.constants.gravity = 20;
    second.learning.learning_rate = 0;
    const auto weights = second.network().weights();
    BOOST_TEST(learn(second, rounds) != learn(first, rounds));
    BOOST_TEST(weights == second.network().weights());
}

BOOST_AUTO_TEST_CASE(the_page_shows_the_same_agent) {
    pole::learner_of_width<32> shown{strata::seed{5}};
    pupil agent{strata::seed{5}};
    const cart_pole::physics constants{9.8, 1, 0.1, 0.4, 9};
    const cart_pole::learning_settings settings{.learning_rate = 0.003};
    shown.change(settings, constants);
    agent.learning = settings;
    agent.constants = constants;
    shown.learn(500);
    shown.learn(500);
    const auto lengths = learn(agent, 1000);
    BOOST_TEST(shown.steps() == 8000);
    BOOST_TEST(shown.lessons() == 15);
    BOOST_TEST(std::equal(lengths.begin(), lengths.end(), shown.lengths().begin(), shown.lengths().end()));
    BOOST_TEST(shown.type() ==
               "input<4> | branches(dense<32> | tanh | dense<2> | softmax, dense<32> | tanh | dense<1>)");

    // A map's middle and corners are what the agent thinks of these states.
    const pole::map drawn = pole::draw_map(shown, 3, 5, 0.5, -0.25);
    const auto check = [&](std::size_t row, std::size_t column, double angle, double velocity) {
        const opinion thought = agent.judge({0.5, -0.25, angle * greatest_angle, velocity});
        BOOST_TEST(std::abs(drawn.values[row * 3 + column] - thought.value) < 1e-5F);
        BOOST_TEST(std::abs(drawn.chances[row * 3 + column] - thought.chances[1]) < 1e-5F);
    };
    check(2, 1, 0, 0);
    check(0, 0, -2.0 / 3, 2.4);
    check(4, 2, 2.0 / 3, -2.4);
}

BOOST_AUTO_TEST_CASE(a_shown_pole_falls_and_stands_up) {
    const pole::learner_of_width<32> agent{strata::seed{5}};
    pole::stage scene{strata::seed{5}};
    scene.begin();
    const physics constants;
    while (!scene.has_fallen())
        scene.step(agent, constants, pole::driver::reader, 20);
    const state fallen = scene.current();
    BOOST_TEST(fallen.angle < -greatest_angle); // the cart went off to the right
    const auto steps = scene.steps();
    BOOST_TEST(scene.longest(pole::driver::reader) == steps);
    BOOST_TEST(scene.longest(pole::driver::agent) == 0U);
    scene.step(agent, constants, pole::driver::agent, 0);
    BOOST_TEST(scene.steps() == steps);
    BOOST_TEST(scene.current().angle == fallen.angle);

    scene.begin();
    BOOST_TEST(!scene.has_fallen());
    const state start = scene.current();
    scene.step(agent, constants, pole::driver::agent, 5);
    const double force = force_of(agent.judge(start).best(), constants) + 5;
    BOOST_TEST(scene.force() == force);
    BOOST_TEST(scene.current().velocity == advance(start, force, constants).velocity);
    BOOST_TEST(scene.steps() == 1U);
    BOOST_TEST(scene.longest(pole::driver::agent) == 1U);
}
