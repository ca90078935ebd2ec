// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Reinforcement learning: nobody tells an agent how to hold a pole on a cart; it tries, and from the steps
// that the pole stood it learns what to do. Gymnasium's CartPole-v1, learnt by proximal policy optimization.
#include "cart_pole/actor_critic.hpp"
#include "cart_pole/course.hpp"
#include "command_line.hpp"

#include <strata/strata.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numbers>
#include <stdexcept>
#include <string>

using namespace cart_pole;

using agent = actor_critic<32>;

void print_bar(double steps) {
    const auto length = static_cast<std::size_t>(std::lround(steps / 10));
    std::printf("%s\n", std::string(length, '#').c_str());
}

/// What came of learning.
struct lesson_report {
    course episodes;
    std::size_t steps = 0;
    double seconds = 0;
};

enum class talk { none, course, episodes };

/// Learns until the problem is solved or there were enough episodes.
lesson_report learn(agent& pupil, std::size_t most_episodes, talk wanted) {
    const auto begin = std::chrono::steady_clock::now();
    lesson_report result;
    if (wanted == talk::course)
        std::puts("episodes     steps  mean of the last 100");
    constexpr std::size_t interval = 25;
    std::size_t next_line = interval;
    while (!result.episodes.is_solved() && result.episodes.episodes() < most_episodes) {
        pupil.step([&](std::size_t length) {
            result.episodes.add(length);
            if (wanted == talk::episodes)
                std::printf("episode %4zu: %3zu steps, mean %5.1f\n", result.episodes.episodes(), length,
                            result.episodes.mean());
        });
        result.steps += agent::environments;
        if (wanted == talk::course && result.episodes.episodes() >= next_line) {
            next_line += interval;
            std::printf("%8zu %9zu  %5.1f ", result.episodes.episodes(), result.steps,
                        result.episodes.mean());
            print_bar(result.episodes.mean());
        }
    }
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

/// A new episode with the likelier push of each step.
template <class Watch>
std::size_t hold(const agent& learnt, strata::seed key, std::uint32_t number, const Watch& watch) {
    // Sequences of one program are told apart by their numbers; 0 is that of learning.
    strata::random_sequence random(key, strata::draw_purpose::program, number + 1);
    episode attempt{draw_start([&] { return random.uniform(); })};
    while (!attempt.is_over()) {
        const action chosen = learnt.judge(attempt.current).best();
        watch(attempt, chosen);
        attempt.step(chosen, learnt.constants);
    }
    return attempt.steps;
}

double mean_of_holding(const agent& learnt, strata::seed key) {
    constexpr std::uint32_t attempts = 100;
    std::size_t sum = 0;
    for (std::uint32_t i = 0; i < attempts; ++i)
        sum += hold(learnt, key, i, [](const episode&, action) {});
    return static_cast<double>(sum) / attempts;
}

/// The cart on its track, an arrow for the push and where the pole leans, a line every some steps.
void show(const agent& learnt, strata::seed key, std::size_t interval) {
    std::puts("\n step  -2.4 m                        0                         2.4 m   angle  value");
    const std::size_t steps = hold(learnt, key, 0, [&](const episode& attempt, action chosen) {
        if (attempt.steps % interval != 0)
            return;
        constexpr std::size_t width = 61;
        std::string track(width, '.');
        const double place = (attempt.current.position / greatest_position + 1) / 2 * (width - 3);
        const auto left = static_cast<std::size_t>(std::clamp(std::lround(place), 0L, long{width - 3}));
        const double degrees = attempt.current.angle * 180 / std::numbers::pi;
        track.replace(left, 3, chosen == action::right ? "[|>" : "<|]");
        track[left + 1] = degrees > 1 ? '/' : degrees < -1 ? '\\' : '|';
        std::printf("%5zu  %s  %+5.1f  %.3f\n", attempt.steps, track.c_str(), degrees,
                    static_cast<double>(learnt.judge(attempt.current).value));
    });
    std::printf("%5zu  %s\n", steps, steps == most_steps ? "held to the end" : "fallen");
}

/// An option's number, within bounds.
double bounded(const given_options& options, const std::string& name, double least, double greatest) {
    const auto result = options.number<double>(name);
    if (!(result >= least && result <= greatest)) {
        char text[80];
        std::snprintf(text, sizeof text, ": expected a number from %g to %g, found ", least, greatest);
        throw std::invalid_argument("--" + name + text + options.text(name));
    }
    return result;
}

void run(const given_options& options) {
    const learning_settings settings{
        bounded(options, "rate", 0, 1),
        bounded(options, "exploration", 0, 10),
        {bounded(options, "discount", 0, 0.9999), bounded(options, "trace", 0, 1)}};
    physics constants;
    constants.gravity = bounded(options, "gravity", 0, 1000);
    constants.half_length = bounded(options, "length", 0.01, 100) / 2;
    constants.push = bounded(options, "push", 0, 1000);

    const std::size_t runs = options.positive_count("runs");
    std::size_t solved = 0;
    double longest = 0;
    for (std::size_t i = 0; i < runs; ++i) {
        const strata::seed key{options.count("seed") + i};
        agent pupil{key, settings, constants};
        const talk wanted = runs > 1                         ? talk::none
                            : options.text("verbose") == "1" ? talk::episodes
                                                             : talk::course;
        const lesson_report report = learn(pupil, options.count("episodes"), wanted);
        solved += report.episodes.is_solved();
        longest = std::max(longest, report.seconds);
        std::printf(
            "seed %llu: %s after %zu episodes of %zu steps, %.2f s: the last 100 of %.1f steps; without "
            "exploring %.1f\n",
            static_cast<unsigned long long>(key.value), report.episodes.is_solved() ? "solved" : "not solved",
            report.episodes.episodes(), report.steps, report.seconds, report.episodes.mean(),
            mean_of_holding(pupil, key));
        if (const std::size_t interval = options.count("show"); interval > 0 && runs == 1)
            show(pupil, key, interval);
    }
    if (runs > 1)
        std::printf("solved with %zu of %zu seeds, in %.2f s at most\n", solved, runs, longest);
}

int main(int count, char** arguments) {
    return run_example(
        count, arguments, "Learns to hold a pole on a cart by trying.",
        {{"seed", "draws the first weights, the starts and what is tried", "1"},
         {"runs", "with this seed and those behind it", "1"},
         {"episodes", "at most, if it is not solved before", "3000"},
         {"verbose", "1: a line for each episode, 0: for 25", "0"},
         {"show", "of a single run: a line for so many steps of an episode afterwards; 0: none", "25"},
         {"rate", "the learning rate", "0.002"},
         {"exploration", "what it counts to keep both pushes likely", "0.01"},
         {"discount", "what a step counts beside the one before it", "0.99"},
         {"trace", "lambda: how much farther what happened is trusted than the critic", "0.95"},
         {"gravity", "in m/s^2", "9.8"},
         {"length", "of the pole, in m", "1"},
         {"push", "the force of an action, in N", "10"}},
        run);
}
