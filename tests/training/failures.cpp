// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What happens when something does not work: no memory, functions of the user's that throw, numbers that are
// none. Each error arrives where training was called, and training can go on.
#include "../data/says.hpp"

#include <strata/kernels/threads/ordered_parts.hpp>
#include <strata/model/updater.hpp>
#include <strata/strata.hpp>
#include <strata/training/gradients.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <vector>

// ThreadSanitizer's own allocation cannot be replaced.
#if defined(__has_feature)
#    if __has_feature(thread_sanitizer)
#        define STRATA_HAS_ENOUGH_MEMORY
#    endif
#endif

#ifndef STRATA_HAS_ENOUGH_MEMORY
namespace {
std::size_t largest_piece = std::numeric_limits<std::size_t>::max();

void* allocate(std::size_t size, std::size_t alignment) {
    void* const memory =
        size > largest_piece ? nullptr : std::aligned_alloc(alignment, (size / alignment + 1) * alignment);
    if (memory == nullptr)
        throw std::bad_alloc();
    return memory;
}

/// As long as it lives, memory comes in small pieces only.
struct memory_limit {
    explicit memory_limit(std::size_t bytes) { largest_piece = bytes; }
    ~memory_limit() { largest_piece = std::numeric_limits<std::size_t>::max(); }
};
} // namespace

[[gnu::noinline]] void* operator new(std::size_t size) { return allocate(size, 16); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
#endif

using namespace strata::bedrock;

namespace own {
/// A metric of a program's own, which throws from its third sample on.
struct picky : metric_base {
    static constexpr auto name = text("picky");
};
std::atomic<int> measured = 0;

template <class Loss, std::size_t Rows, std::size_t Last, class T>
metric_parts measure(picky, const T*, const target_of<Loss, T>*) {
    if (++measured > 2)
        throw std::domain_error("too many samples");
    return {1, 1};
}
} // namespace own

namespace {
using network = model<input<4> | dense<3> | relu | dense<1>>;
constexpr std::size_t count = 64;

struct line_data {
    std::vector<float> x = std::vector<float>(4 * count);
    std::vector<float> y = std::vector<float>(count);

    line_data() {
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = std::sin(static_cast<float>(i));
        for (std::size_t i = 0; i < count; ++i)
            y[i] = x[4 * i] - x[4 * i + 1];
    }
};
const line_data data;

fit_options quietly(std::size_t batch_size, std::size_t epochs, std::size_t threads = 1) {
    return {.batch_size = batch_size, .epochs = epochs, .verbose = verbosity::silent, .threads = threads};
}

/// What training without an accident makes.
[[maybe_unused]] std::vector<float> expected_weights(std::size_t batch_size) {
    network net{seed{7}};
    trainer teach{net, mean_squared_error, sgd{}};
    teach.fit(data.x, data.y, quietly(batch_size, 1));
    return net.weights();
}
} // namespace

BOOST_AUTO_TEST_CASE(an_exception_leaves_a_team) {
    for (const std::size_t thrower : {0u, 1u, 2u}) {
        std::atomic<int> met = 0;
        std::atomic<std::size_t> size = 0;
        const auto work = [&](const team& members) {
            size = members.size;
            members.barrier();
            if (members.rank == thrower % members.size)
                throw std::domain_error("no more");
            for (int round = 0; round < 3; ++round) {
                members.barrier();
                ++met;
            }
        };
        BOOST_CHECK_EXCEPTION(run_team(3, work), std::domain_error, says("no more"));
        BOOST_TEST(static_cast<std::size_t>(met) == 3 * (size - 1));
    }
    const auto all = [](const team& members) -> void {
        members.barrier();
        throw static_cast<int>(members.rank);
    };
    BOOST_CHECK_THROW(run_team(3, all), int);

    std::size_t sum = 0;
    const auto part = [](std::size_t number) {
        if (number == 5)
            throw std::bad_alloc();
        return number;
    };
    for (const std::size_t threads : {1u, 3u})
        BOOST_CHECK_THROW(
            ordered_parts(9, threads, sizeof(std::size_t), part, [&](std::size_t each) { sum += each; }),
            std::bad_alloc);
}

#ifndef STRATA_HAS_ENOUGH_MEMORY
BOOST_AUTO_TEST_CASE(training_goes_on_where_memory_was_short) {
    network net{seed{7}};
    trainer teach{net, mean_squared_error, sgd{}};
    const auto original = net.weights();
    {
        const memory_limit limit(1000);
        BOOST_CHECK_THROW(teach.evaluate(data.x, data.y, {.verbose = verbosity::silent}), std::bad_alloc);
        BOOST_CHECK_THROW(teach.train_on_batch(data.x, data.y), std::bad_alloc);
        BOOST_CHECK_THROW(teach.fit(data.x, data.y, quietly(64, 1)), std::bad_alloc);
    }
    BOOST_TEST(net.weights() == original, boost::test_tools::per_element());
    BOOST_TEST(teach.steps() == 0u);
    teach.fit(data.x, data.y, quietly(16, 1));
    BOOST_TEST(net.weights() == expected_weights(16), boost::test_tools::per_element());
    teach.train_on_batch(data.x, data.y);
    BOOST_TEST(teach.steps() == 5u);
}

BOOST_AUTO_TEST_CASE(a_batch_has_no_more_than_the_samples) {
    network net{seed{7}};
    trainer teach{net, mean_squared_error, sgd{}};
    const double loss = teach.evaluate(data.x, data.y, {.verbose = verbosity::silent}).loss();
    const memory_limit limit(100'000);
    for (const std::size_t batch_size : {std::size_t{100'000}, std::size_t{1} << 40, SIZE_MAX})
        BOOST_TEST(
            teach.evaluate(data.x, data.y, {.batch_size = batch_size, .verbose = verbosity::silent}).loss() ==
            loss);
    teach.fit(data.x, data.y, quietly(SIZE_MAX, 1));
    BOOST_TEST(teach.steps() == 1u);
}

BOOST_AUTO_TEST_CASE(a_prediction_without_memory_is_an_exception) {
    using large = model<input<1500> | dense<4000> | dense<2>>; // more than a thread's work, and no stack's
    static_assert(
        !noexcept(std::declval<const large&>().predict(std::declval<std::span<const float, 1500>>())));
    static_assert(
        noexcept(std::declval<const network&>().predict(std::declval<std::span<const float, 4>>())));
    const large net{seed{7}};
    const std::vector<float> x(2 * 1500, 0.5f);
    std::vector<float> y(4);
    const auto predict = [&] { net.predict_batch(x.data(), y.data(), 2); };
    {
        const memory_limit limit(1000);
        BOOST_CHECK_THROW(predict(), std::bad_alloc);
    }
    predict();
    BOOST_TEST(y[0] == y[2]);
}
#endif

BOOST_AUTO_TEST_CASE(a_schedule_is_asked_once_a_step) {
    std::vector<float> weights;
    for (const std::size_t threads : {1u, 2u, 3u}) {
        int calls = 0;
        network net{seed{7}};
        trainer teach{net, mean_squared_error, sgd{[&calls](double step) {
                          BOOST_TEST(step == calls);
                          return 0.01 / (1 + calls++);
                      }}};
        teach.fit(data.x, data.y, quietly(16, 2, threads));
        BOOST_TEST(calls == 8);
        teach.evaluate(data.x, data.y, {.verbose = verbosity::silent});
        BOOST_TEST(calls == 8);
        if (threads == 1)
            weights = net.weights();
        BOOST_TEST(net.weights() == weights, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_schedule_that_throws_leaves_the_steps_before_it) {
    for (const std::size_t threads : {1u, 2u}) {
        network net{seed{7}};
        bool is_ill = true;
        trainer teach{net, mean_squared_error, sgd{[&is_ill](double step) -> double {
                          if (is_ill && step == 2)
                              throw std::domain_error("no rate");
                          return 0.01;
                      }}};
        auto options = quietly(16, 1, threads);
        options.shuffle = false;
        BOOST_CHECK_EXCEPTION(teach.fit(data.x, data.y, options), std::domain_error, says("no rate"));
        BOOST_TEST(teach.steps() == 2u);

        network other{seed{7}};
        trainer by_hand{other, mean_squared_error, sgd{}};
        for (std::size_t i = 0; i < 2; ++i)
            by_hand.train_on_batch(std::span(data.x).subspan(i * 64, 64),
                                   std::span(data.y).subspan(i * 16, 16));
        BOOST_TEST(net.weights() == other.weights(), boost::test_tools::per_element());
        is_ill = false;
        teach.fit(data.x, data.y, options);
        BOOST_TEST(teach.steps() == 6u);
    }
}

BOOST_AUTO_TEST_CASE(a_rate_that_is_no_number_changes_nothing) {
    network net{seed{7}};
    const std::vector<float> original = net.weights();
    trainer teach{net, mean_squared_error, adam{detail::nan<double>}};
    for (const std::size_t batch_size : {1u, 16u})
        BOOST_CHECK_EXCEPTION(teach.fit(data.x, data.y, quietly(batch_size, 1)), std::invalid_argument,
                              says("optimizer: 'rate' is nan in update 1, expected a finite number"));
    BOOST_CHECK_THROW(teach.train_on_batch(data.x, data.y), std::invalid_argument);
    BOOST_TEST(teach.steps() == 0u);
    BOOST_TEST(net.weights() == original, boost::test_tools::per_element());

    teach.optimizer() = adam{.learning_rate = [](double step) { return step < 2 ? 0.01 : 1e300; }};
    for (const std::size_t batch_size : {1u, 16u}) {
        BOOST_CHECK_EXCEPTION(teach.fit(data.x, data.y, quietly(batch_size, 1)), std::invalid_argument,
                              says("optimizer: 'rate' is inf in update 3"));
        BOOST_TEST(teach.steps() == 2u);
    }

    updater learn{net, adam{.beta_1 = detail::nan<double>}};
    const std::vector<float> taught = net.weights();
    BOOST_CHECK_EXCEPTION(learn.apply(gradients(net, mean_squared_error, data.x, data.y)),
                          std::invalid_argument, says("is nan in update 1"));
    BOOST_TEST(learn.steps() == 0u);
    BOOST_TEST(net.weights() == taught, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_metric_that_throws_ends_the_pass) {
    for (const std::size_t threads : {1u, 2u}) {
        network net{seed{7}};
        trainer teach{net, mean_squared_error, sgd{}, own::picky{}};
        own::measured = 0;
        BOOST_CHECK_EXCEPTION(teach.fit(data.x, data.y, quietly(16, 1, threads)), std::domain_error,
                              says("too many samples"));
        BOOST_TEST(teach.steps() == 1u);
        own::measured = 0;
        BOOST_CHECK_THROW(teach.evaluate(data.x, data.y, {.verbose = verbosity::silent, .threads = threads}),
                          std::domain_error);
    }
}

BOOST_AUTO_TEST_CASE(training_within_a_step_is_an_error) {
    network net{seed{7}};
    static trainer<network, std::remove_const_t<decltype(mean_squared_error)>, sgd>* current = nullptr;
    trainer teach{net, mean_squared_error, sgd{[](double) {
                      current->evaluate(data.x, data.y, {.verbose = verbosity::silent});
                      return 0.01;
                  }}};
    current = &teach;
    BOOST_CHECK_EXCEPTION(teach.fit(data.x, data.y, quietly(16, 1)), std::runtime_error,
                          says("a trainer was called by a schedule"));
    BOOST_TEST(teach.steps() == 0u);
}

BOOST_AUTO_TEST_CASE(a_fit_within_a_callback_has_callbacks_of_its_own) {
    network net{seed{7}};
    trainer teach{net, mean_squared_error, sgd{}};
    int outer = 0;
    int inner = 0;
    auto nested = quietly(32, 2);
    nested.callbacks = {
        [&](training_state& state) { inner += state.phase == training_state::moment::epoch_end; }};
    auto options = quietly(64, 4);
    options.callbacks = {[&](training_state& state) {
                             if (state.phase == training_state::moment::epoch_end && state.epoch == 0)
                                 teach.fit(data.x, data.y, nested);
                         },
                         [&](training_state&) { ++outer; }};
    const auto seen = teach.fit(data.x, data.y, options);
    BOOST_TEST(seen.epochs() == 4u);
    BOOST_TEST(outer == 10);
    BOOST_TEST(inner == 2);
    BOOST_TEST(teach.steps() == 4 + 2 * 2u);

    // The same by hand.
    network other{seed{7}};
    trainer by_hand{other, mean_squared_error, sgd{}};
    by_hand.fit(data.x, data.y, quietly(64, 1));
    by_hand.fit(data.x, data.y, quietly(32, 2));
    by_hand.fit(data.x, data.y, quietly(64, 3));
    BOOST_TEST(net.weights() == other.weights(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_are_named_and_change_nothing) {
    network net{seed{7}};
    trainer teach{net, mean_squared_error, adam{}};
    teach.fit(data.x, data.y, quietly(16, 1));
    const auto original = net.weights();
    auto x = data.x;
    x[4 * 40 + 2] = NAN;
    auto y = data.y;
    y[50] = INFINITY;
    BOOST_CHECK_EXCEPTION(
        teach.fit(x, data.y, quietly(16, 3, 2)), std::invalid_argument,
        says("fit: the input array has nan in sample 40, number 2, expected finite numbers"));
    BOOST_CHECK_EXCEPTION(teach.fit(data.x, y, quietly(16, 3)), std::invalid_argument,
                          says("fit: the target array has inf in sample 50, number 0"));
    BOOST_CHECK_EXCEPTION(teach.train_on_batch(x, data.y), std::invalid_argument,
                          says("train_on_batch: the input array has nan in sample 40"));
    BOOST_TEST(net.weights() == original, boost::test_tools::per_element());
    BOOST_TEST(teach.steps() == 4u);

    auto weights = original;
    weights[0] = NAN;
    net.set_weights(weights);
    BOOST_CHECK_EXCEPTION(teach.train_on_batch(data.x, data.y), diverged,
                          says("the loss is nan; the weights are those from before the batch"));
    BOOST_TEST(net.weights()[1] == original[1]);

    // Losses whose sum could be infinite, and the largest whose could not.
    model<input<1> | dense<1>, double> wide{seed{7}};
    trainer patient{wide, mean_squared_error, sgd{.learning_rate = 0}};
    const std::vector<double> inputs{1, 1};
    for (const double size : {1e149, 1e154}) {
        const std::vector<double> distant{size, 1};
        if (size < 1e150)
            BOOST_TEST(patient.train_on_batch(inputs, distant).loss() == size * size / 2,
                       boost::test_tools::tolerance(1e-12));
        else
            BOOST_CHECK_THROW(patient.train_on_batch(inputs, distant), diverged);
    }
    BOOST_TEST(patient.steps() == 1u);

    // One sample a step, by plain numbers.
    model<input<1> | dense<1>> line{seed{7}};
    trainer small{line, mean_squared_error, sgd{}};
    const auto first = line.weights();
    BOOST_CHECK_THROW(small.train_on_batch(std::vector<float>{NAN}, std::vector<float>{1}),
                      std::invalid_argument);
    BOOST_TEST(line.weights() == first, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(labels_that_do_not_fit_into_steps_are_named) {
    model<input<4, 2> | dense<3>> net{seed{7}};
    const std::vector<float> original = net.weights();
    trainer teach{net, ctc, adam{}};
    const std::vector<float> x(3 * 8, 0.5F);
    const std::vector<int> fitting{1, 2, 1, 2, 1, 1, 2, 0, 0, 0, 0, 0};
    const std::vector<int> long_ones{1, 2, 1, 2, 1, 1, 2, 2, 0, 0, 0, 0};
    for (const std::size_t batch_size : {1u, 3u})
        BOOST_CHECK_EXCEPTION(
            teach.fit(x, long_ones, quietly(batch_size, 1)), std::invalid_argument,
            says("fit: the target array has 4 labels in sample 1, which take 6 steps with a "
                 "blank between equal ones, expected 4 at most"));
    BOOST_TEST(net.weights() == original, boost::test_tools::per_element());
    teach.fit(x, fitting, quietly(3, 1));

    // What a mask leaves of the steps only the network knows.
    model<input<4, 2> | masking<> | dense<3>> masked{seed{7}};
    trainer short_sentences{masked, ctc, adam{}};
    const std::vector<float> two_steps{1, 2, 3, 4, 0, 0, 0, 0};
    BOOST_CHECK_EXCEPTION(
        short_sentences.fit(two_steps, std::vector<int>{1, 2, 1, 0}, quietly(1, 1)), diverged,
        says("the loss became inf in epoch 1, step 1; the weights are those from before the "
             "epoch. A sample with more labels than its mask leaves steps has an infinite "
             "loss; if there is none, a smaller learning rate may help."));
    short_sentences.fit(two_steps, std::vector<int>{1, 2, 0, 0}, quietly(1, 1));
}

BOOST_AUTO_TEST_CASE(the_best_of_the_last_weights_stay) {
    // The loss of an epoch of one batch is that from before its update, so a rate far too large shows in the
    // second epoch, and one somewhat too large when the weights have long been useless.
    for (const double rate : {30.0, 1e25}) {
        network net{seed{7}};
        trainer teach{net, mean_squared_error, sgd{rate}};
        const auto original = net.weights();
        const double loss = teach.evaluate(data.x, data.y, {.verbose = verbosity::silent}).loss();
        BOOST_CHECK_EXCEPTION(teach.fit(data.x, data.y, quietly(64, 50)), diverged,
                              [](const diverged& error) {
                                  return error.epoch > 0 && error.kept_epoch == 0 &&
                                         says("before epoch 1, which had the least loss")(error);
                              });
        BOOST_TEST(net.weights() == original, boost::test_tools::per_element());
        BOOST_TEST(teach.steps() == 0u);
        BOOST_TEST(teach.epochs() == 0u);
        BOOST_TEST(teach.evaluate(data.x, data.y, {.verbose = verbosity::silent}).loss() == loss);
    }
    // Where training went well until then, they are the last ones or those before.
    network net{seed{7}};
    trainer teach{net, mean_squared_error, sgd{0.01}};
    std::vector<std::vector<float>> starts;
    auto options = quietly(16, 9);
    options.callbacks = {[&](training_state& state) {
        if (state.phase == training_state::moment::epoch_begin) {
            starts.push_back(net.weights());
            if (state.epoch == 5)
                state.set_learning_rate(1e38);
        }
    }};
    std::size_t kept = 0;
    BOOST_CHECK_EXCEPTION(teach.fit(data.x, data.y, options), diverged, [&](const diverged& error) {
        kept = error.kept_epoch;
        return error.epoch == 5 && error.step > 1;
    });
    BOOST_TEST(kept >= 4u);
    BOOST_TEST(teach.epochs() == kept);
    BOOST_TEST(net.weights() == starts.at(kept), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(metrics_of_an_evaluation_cover_all_samples) {
    network net{seed{7}};
    trainer teach{net, mean_squared_error, sgd{}, metric<"count", constant<1.0>>,
                  metric<"largest", select(symbols::target > 2, 1, 0)>};
    auto y = data.y;
    y[3] = INFINITY;
    y[60] = 5;
    const auto scored = teach.evaluate(data.x, y, {.batch_size = 8, .verbose = verbosity::silent});
    BOOST_TEST(std::isinf(scored.loss()));
    BOOST_TEST(scored["largest"] == 2.0 / 64);
    auto options = quietly(8, 1);
    options.validation_data = {data.x, y};
    const auto seen = teach.fit(data.x, data.y, options);
    BOOST_TEST(std::isinf(seen["val_loss"][0]));
    BOOST_TEST(seen["val_largest"][0] == 2.0 / 64);
}
