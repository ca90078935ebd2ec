// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/temporary_directory.hpp"
#include "drawn_samples.hpp"
#include "thread_machines.hpp"
#include <strata/data/batch_sources.hpp>
#include <strata/data/npy.hpp>
#include <strata/data/npy_batches.hpp>
#include <strata/strata.hpp>
#include <strata/training/machine_fit.hpp>

#include <boost/test/unit_test.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <array>
#include <atomic>
#include <mutex>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace strata::bedrock;

namespace {
/// The message of what one of two machines throws.
template <class Work>
std::string message_of_pair(const Work& work) {
    std::string result;
    try {
        thread_machines(2).run(work);
    } catch (const std::exception& error) {
        result = error.what();
    }
    return result;
}
} // namespace

BOOST_AUTO_TEST_CASE(machines_without_a_part_are_refused) {
    static_assert(fit_options{}.machines.get() == nullptr);
    const auto x = draw(std::array{rows, 20UL});
    const auto y = draw(std::array{rows, 3UL});
    BOOST_TEST(message_of_pair([&](strata::machine_group& world) {
                   small net{seed{5}};
                   trainer teach{net, mean_squared_error, adam{}, metrics::mean_absolute_error};
                   teach.fit(x, y, {.batch_size = 50, .machines = world});
               }) == "fit: the options name machines, expected part_of(samples, machines), found what one "
                     "machine has for itself");
    BOOST_TEST(message_of_pair([&](strata::machine_group& world) {
                   thread_machines(1).run([&](strata::machine_group& other) {
                       small net{seed{5}};
                       trainer teach{net, mean_squared_error, adam{}, metrics::mean_absolute_error};
                       teach.fit(part_of(x, world), y, {.batch_size = 50, .machines = other});
                   });
               }) ==
               "fit: the options name machines, expected those of part_of(samples, machines), found others");
}

BOOST_AUTO_TEST_CASE(machines_with_other_weights_are_named) {
    const auto x = draw(std::array{rows, 20UL});
    const auto y = draw(std::array{rows, 3UL});
    for (const std::string caller : {"fit", "evaluate"}) {
        const std::string found = message_of_pair([&](strata::machine_group& world) {
            small net{seed{5 + world.rank()}};
            trainer teach{net, mean_squared_error, adam{}, metrics::mean_absolute_error};
            if (caller == "fit")
                teach.fit(part_of(x, world), y, fit_options{.batch_size = 50, .verbose = verbosity::silent});
            else
                (void)teach.evaluate(part_of(x, world), y, evaluate_options{.verbose = verbosity::silent});
        });
        BOOST_TEST(found.starts_with(caller + ": machine 1 (thread 1) has weights and states of checksum "),
                   found);
    }
}

BOOST_AUTO_TEST_CASE(machines_without_a_piece_are_told_of) {
    const auto x = draw(std::array{rows, 20UL});
    const auto y = draw(std::array{rows, 3UL});
    static std::string shown; // by one machine alone
    const auto known = progress_output();
    set_progress_output({[](std::string_view text) { shown += text; }, nullptr});
    thread_machines(2).run([&](strata::machine_group& world) {
        small net{seed{5}};
        trainer teach{net, mean_squared_error, adam{}, metrics::mean_absolute_error};
        teach.fit(part_of(x, world), y, {.batch_size = 50});
    });
    set_progress_output(known);
    BOOST_TEST(shown.starts_with(
                   "fit: a batch of 50 samples, cut into pieces of 128, leaves 1 of 2 machines idle: a "
                   "smaller .piece_size gives them work\nEpoch 1/1"),
               shown);
    // Pieces cannot be smaller.
    shown.clear();
    set_progress_output({[](std::string_view text) { shown += text; }, nullptr});
    thread_machines(3).run([&](strata::machine_group& world) {
        small net{seed{5}};
        trainer teach{net, mean_squared_error, adam{}, metrics::mean_absolute_error};
        teach.fit(part_of(x, world), y, {.batch_size = 8, .piece_size = 4});
    });
    // And of a network that steps by sample each machine makes all steps.
    thread_machines(2).run([&](strata::machine_group& world) {
        model<input<2> | dense<2> | tanh | dense<1>> net{seed{5}};
        trainer teach{net, mean_squared_error, sgd{}, metrics::mean_absolute_error};
        teach.fit(part_of(draw(std::array{rows, 2UL}), world), draw(std::array{rows, 1UL}),
                  {.batch_size = 1});
    });
    set_progress_output(known);
    BOOST_TEST(shown.starts_with("fit: a batch of 8 samples, cut into pieces of 4, leaves 1 of 3 machines "
                                 "idle\nEpoch 1/1"),
               shown);
    BOOST_TEST(shown.rfind("idle") == shown.find("idle"));
}

BOOST_AUTO_TEST_CASE(machines_with_other_batches_are_named) {
    const auto x = draw(std::array{rows, 20UL});
    const auto y = draw(std::array{rows, 3UL});
    const auto fit = [&](strata::machine_group& world, std::size_t samples, float shift) {
        auto source = function_batches(2, [&](const batch_number& number) {
            const std::size_t count = number.step == 0 ? 13 : samples;
            return labelled_arrays<xt::xtensor<float, 2>, xt::xtensor<float, 2>>{
                xt::view(x, xt::range(0, count)) + shift, xt::view(y, xt::range(0, count))};
        });
        small net{seed{5}};
        trainer teach{net, mean_squared_error, adam{}, metrics::mean_absolute_error};
        teach.fit_batches(part_of(source, world), {.verbose = verbosity::silent});
    };
    BOOST_TEST(message_of_pair([&](auto& world) { fit(world, 13 - world.rank(), 0.0F); }) ==
               "fit_batches, batch 1: machine 1 has 12 samples, but machine 0 has 13");
    BOOST_TEST(message_of_pair([&](auto& world) { fit(world, 13, static_cast<float>(world.rank())); }) ==
               "fit_batches, batch 0: machine 1 has other samples or targets than machine 0");
}

namespace {
using tiny =
    strata::model<strata::input<2> | strata::dense<5> | strata::relu | strata::dense<3> | strata::softmax>;
constexpr fit_options tenths{
    .batch_size = 10, .epochs = 3, .verbose = verbosity::silent, .threads = 1, .piece_size = 4};
constexpr auto crossentropy = strata::sparse_categorical_crossentropy;

struct labelled {
    xt::xtensor<float, 2> x = draw(std::array{40UL, 2UL});
    xt::xtensor<int, 1> y = xt::zeros<int>({40});

    labelled() {
        for (std::size_t i = 0; i < y.size(); ++i)
            y(i) = static_cast<int>(i % 3);
    }
    using batch_type = labelled_arrays<xt::xtensor<float, 2>, xt::xtensor<int, 1>>;
    [[nodiscard]] batch_type rows(std::size_t begin, std::size_t end) const {
        return {xt::view(x, xt::range(begin, end)), xt::view(y, xt::range(begin, end))};
    }
    [[nodiscard]] batch_type batch(std::size_t step) const { return rows(step * 10, step * 10 + 10); }
    [[nodiscard]] auto source() const {
        return function_batches(4, [this](const batch_number& number) { return batch(number.step); });
    }
};

/// work(trainer, machine) on two machines: what the first of them to fail throws.
template <class Work>
std::string message_of_trainers(const Work& work) {
    return message_of_pair([&](strata::machine_group& world) {
        tiny net{seed{5}};
        trainer teach{net, crossentropy, adam{}, strata::accuracy};
        work(teach, world);
    });
}
/// What work(trainer, machine) leaves on two machines, which is the same on both: nothing else is.
template <class Work>
std::vector<unsigned char> left_by_trainers(const Work& work) {
    std::array<std::vector<unsigned char>, 2> left;
    thread_machines(2).run([&](strata::machine_group& world) {
        tiny net{seed{5}};
        trainer teach{net, crossentropy, adam{}, strata::accuracy};
        work(teach, world);
        left[world.rank()] = teach.snapshot().bytes;
    });
    BOOST_TEST((left[0] == left[1]));
    return left[0];
}
/// And what `work` leaves of one that is alone.
template <class Work>
std::vector<unsigned char> left_alone(const Work& work) {
    tiny net{seed{5}};
    trainer teach{net, crossentropy, adam{}, strata::accuracy};
    work(teach);
    return teach.snapshot().bytes;
}
} // namespace

BOOST_AUTO_TEST_CASE(machines_with_other_losses_metrics_and_options_are_named) {
    const labelled data;
    const auto fit = [&](auto& teach, auto& world, const fit_options& options) {
        teach.fit(part_of(data.x, world), data.y, options);
    };
    const auto starts = [](const std::string& message, std::string_view expected) {
        BOOST_TEST(message.starts_with(expected), message);
    };
    // What a machine with another trainer of a network like that says beside a usual one.
    const auto message_beside = [&](auto net, auto loss, auto... metrics) {
        return message_of_pair([&](strata::machine_group& world) {
            tiny known{seed{5}};
            trainer usual{known, crossentropy, adam{}, strata::accuracy};
            auto own = net;
            trainer other{own, loss, adam{}, metrics...};
            world.rank() == 0 ? fit(usual, world, tenths) : fit(other, world, tenths);
        });
    };
    starts(message_beside(tiny{seed{5}}, label_smoothing<0.1>(crossentropy), strata::accuracy),
           "fit: machine 1 (thread 1) has a loss of checksum ");
    // What a checkpoint may be gone on with is another network all the same.
    starts(message_beside(model<input<2> | dense<5, l2<0.1>> | relu | dense<3> | softmax>{seed{5}},
                          crossentropy, strata::accuracy),
           "fit: machine 1 (thread 1) has a network of checksum ");
    starts(message_beside(model<input<2> | frozen_weights(dense<5>) | relu | dense<3> | softmax>{seed{5}},
                          crossentropy, strata::accuracy),
           "fit: machine 1 (thread 1) has a network of checksum ");
    starts(
        message_of_trainers([&](auto& teach, auto& world) {
            if (world.rank() == 1)
                teach.set_learning_rate(0.5);
            fit(teach, world, tenths);
        }),
        "fit: machine 1 (thread 1) has a learning rate of 0.5, but machine 0 (thread 0) has a learning rate");
    starts(message_beside(tiny{seed{5}}, crossentropy), "fit: machine 1 (thread 1) has metrics of checksum ");
    starts(message_of_trainers([&](auto& teach, auto& world) {
               auto source = data.source();
               fit_options options = tenths;
               options.steps_per_epoch = 2 + world.rank();
               teach.fit_batches(part_of(source, world), options);
           }),
           "fit_batches: machine 1 (thread 1) has 3 steps of an epoch, where 0 are all, but machine 0");
    starts(message_of_trainers([&](auto& teach, auto& world) {
               auto source = data.source();
               fit_options options = tenths;
               if (world.rank() == 0)
                   options.validation_batches = &source;
               fit(teach, world, options);
           }),
           "fit: machine 1 (thread 1) has no batches for validation, but machine 0");
    starts(message_of_trainers([&](auto& teach, auto& world) {
               fit_options options = tenths;
               options.class_weight = {1, 1, world.rank() == 0 ? 1.0 : 5.0};
               auto source = data.source();
               teach.fit_batches(part_of(source, world), options);
           }),
           "fit_batches: machine 1 (thread 1) has weights of classes of checksum ");
    starts(message_of_trainers([&](auto& teach, auto& world) {
               auto source = data.source();
               (void)teach.evaluate_batches(part_of(source, world),
                                            {.verbose = verbosity::silent, .steps = 2 + world.rank()});
           }),
           "evaluate_batches: machine 1 (thread 1) has 3 steps, where 0 are all, but machine 0");
    starts(message_of_trainers([&](auto& teach, auto& world) {
               if (world.rank() == 0)
                   fit(teach, world, tenths);
               else
                   (void)teach.evaluate(part_of(data.x, world), data.y,
                                        evaluate_options{.verbose = verbosity::silent});
           }),
           "fit: machine 1 (thread 1) has a call of evaluate, but machine 0 (thread 0) has a call of fit");
    starts(message_of_trainers([&](auto& teach, auto& world) {
               evaluate_options options{.verbose = verbosity::silent};
               if (world.rank() == 0)
                   options.sample_weight = std::vector<float>(40, 1.0F);
               (void)teach.evaluate(part_of(data.x, world), data.y, options);
           }),
           "evaluate: machine 1 (thread 1) has nothing more, but machine 0 (thread 0) has a checksum of "
           "weights 1");
}

BOOST_AUTO_TEST_CASE(a_label_is_that_of_the_whole_batch) {
    labelled data;
    data.y(28) = 9;
    const temporary_directory files;
    write_npy(files / "x.npy", data.x);
    write_npy(files / "y.npy", data.y);
    std::string message; // that of the machine which has it
    (void)message_of_trainers([&](auto& teach, auto& world) {
        auto source = npy_batches<float, 2, int, 1>(files / "x.npy", files / "y.npy", {.batch_size = 10});
        try {
            teach.fit_batches(part_of(source, world), tenths);
        } catch (const std::invalid_argument& error) {
            message = error.what();
        }
    });
    BOOST_TEST(message.find("batch 2, from sample 4 on: label 4 is 9") != message.npos, message);
}

BOOST_AUTO_TEST_CASE(states_are_whole_behind_a_failure) {
    const labelled data;
    const auto train = [&](auto& teach, const auto& fit) {
        bool is_gone = true;
        auto source = function_batches(4, [&](const batch_number& number) {
            if (is_gone && number.epoch == 1 && number.step == 2)
                throw std::runtime_error("the file is gone");
            return data.batch(number.step);
        });
        if (internal::caught([&] { fit(teach, source); }) == nullptr)
            throw std::logic_error("nobody has missed the file");
        is_gone = false;
        fit(teach, source);
    };
    const auto alone = left_alone(
        [&](auto& teach) { train(teach, [](auto& own, auto& source) { own.fit_batches(source, tenths); }); });
    BOOST_TEST((left_by_trainers([&](auto& teach, auto& world) {
                    train(teach,
                          [&](auto& own, auto& source) { own.fit_batches(part_of(source, world), tenths); });
                }) == alone));
}

namespace failing {
/// The first output, unless it is told to refuse the label 2.
struct strict : metric_base {
    static constexpr auto name = text("strict");
};
std::atomic<bool> refuses = false;
template <class Loss, std::size_t Rows, std::size_t Last, class T, class Target>
metric_parts measure(strict, const T* prediction, const Target* target) {
    if (refuses && *target == 2)
        throw std::runtime_error("a label that is refused");
    return {static_cast<double>(prediction[0]), 1};
}
} // namespace failing

// Where a metric fails the step is made, and where validation fails states are whole: as on one machine.
BOOST_AUTO_TEST_CASE(machines_are_as_one_behind_a_metric_that_fails) {
    const labelled data;
    xt::xtensor<int, 1> few = data.y;
    for (std::size_t i = 0; i < few.size(); ++i)
        few(i) = i == 25 ? 2 : few(i) % 2;
    const xt::xtensor<int, 1> none = few % 2;
    for (const bool validates : {false, true}) {
        const auto train = [&](const auto& samples_of) {
            tiny net{seed{5}};
            trainer teach{net, crossentropy, adam{}, failing::strict{}};
            fit_options options = tenths;
            options.shuffle = false;
            if (validates)
                options.validation_data = {data.x, few};
            failing::refuses = true;
            if (internal::caught([&] { teach.fit(samples_of(data.x), validates ? none : few, options); }) ==
                nullptr)
                throw std::logic_error("nobody has refused the label");
            std::vector<unsigned char> result = teach.snapshot().bytes;
            options.validation_data = {};
            teach.fit(samples_of(data.x), none, options);
            const std::vector<unsigned char> behind = teach.snapshot().bytes;
            result.insert(result.end(), behind.begin(), behind.end());
            return result;
        };
        const auto alone = train([](const auto& x) -> const auto& { return x; });
        thread_machines(2).run([&](strata::machine_group& world) {
            if (train([&](const auto& x) { return part_of(x, world); }) != alone)
                throw std::logic_error("other states");
        });
    }
    failing::refuses = false;
}

BOOST_AUTO_TEST_CASE(a_callback_sees_all_rows_of_the_source) {
    const labelled data;
    const temporary_directory files;
    write_npy(files / "x.npy", data.x);
    write_npy(files / "y.npy", data.y);
    const auto scores = [&](const auto& source_of) {
        tiny net{seed{5}};
        trainer teach{net, crossentropy, adam{}, strata::accuracy};
        auto source = npy_batches<float, 2, int, 1>(files / "x.npy", files / "y.npy", {.batch_size = 10});
        fit_options options = tenths;
        options.callbacks = {[&](training_state& state) {
            if (state.phase == training_state::moment::epoch_end)
                state.logs.set("again",
                               teach.evaluate_batches(source, {.verbose = verbosity::silent})["loss"]);
        }};
        return teach.fit_batches(source_of(source), options)["again"];
    };
    const auto alone = scores([](auto& source) -> auto& { return source; });
    thread_machines(3).run([&](strata::machine_group& world) {
        if (scores([&](auto& source) { return part_of(source, world); }) != alone)
            throw std::logic_error("scores of other rows");
    });
}

// Its slope is a single number, which no register holds.
BOOST_AUTO_TEST_CASE(machines_share_a_slope_for_all) {
    const labelled data;
    const auto train = [&](const auto& samples_of) {
        model<input<2> | dense<5> | prelu<shared::all> | dense<3> | softmax> net{seed{5}};
        trainer teach{net, crossentropy, adam{}};
        teach.fit(samples_of(data.x), data.y, tenths);
        return net.weights();
    };
    const auto alone = train([](const auto& x) -> const auto& { return x; });
    thread_machines(2, 2).run([&](strata::machine_group& world) {
        if (train([&](const auto& x) { return part_of(x, world); }) != alone)
            throw std::logic_error("other weights");
    });
}

BOOST_AUTO_TEST_CASE(a_source_gives_batches_for_training_and_validation) {
    const labelled data;
    const temporary_directory files;
    write_npy(files / "x.npy", data.x);
    write_npy(files / "y.npy", data.y);
    const auto train = [&](auto& teach, const auto& fit) {
        auto source = npy_batches<float, 2, int, 1>(files / "x.npy", files / "y.npy", {.batch_size = 10});
        fit_options options = tenths;
        options.validation_batches = &source;
        fit(teach, source, options);
    };
    const auto alone = left_alone([&](auto& teach) {
        train(teach, [](auto& own, auto& source, auto& options) { own.fit_batches(source, options); });
    });
    BOOST_TEST((left_by_trainers([&](auto& teach, auto& world) {
                    train(teach, [&](auto& own, auto& source, auto& options) {
                        own.fit_batches(part_of(source, world), options);
                    });
                }) == alone));
}

BOOST_AUTO_TEST_CASE(callbacks_are_on_one_machine) {
    const labelled data;
    const auto fitting = [&](const auto& each_epoch) {
        return [&data, each_epoch](auto& teach, auto& world) {
            fit_options options = tenths;
            options.callbacks = {[&](training_state& state) {
                if (state.phase == training_state::moment::epoch_end)
                    each_epoch(teach, world);
            }};
            teach.fit(part_of(data.x, world), data.y, options);
        };
    };
    BOOST_TEST(message_of_trainers(fitting([&](auto& teach, auto& world) {
                   (void)teach.evaluate(part_of(data.x, world), data.y,
                                        evaluate_options{.verbose = verbosity::silent});
               })) ==
               "evaluate: callbacks are called on machine 0 alone, expected samples of its own, found some "
               "that it has a part of");
    const auto changed =
        message_of_trainers(fitting([](auto& teach, auto&) { teach.optimizer().beta_1 = 0.5; }));
    BOOST_TEST(
        changed.starts_with("fit, behind a callback: machine 1 (thread 1) has settings of the optimizer"),
        changed);
    // What it trains with pieces of its own leaves the fit's alone.
    const auto learn = [&](auto& teach) { (void)teach.train_on_batch(data.x, data.y); };
    const auto alone = left_alone([&](auto& teach) {
        fit_options options = tenths;
        options.callbacks = {[&](training_state& state) {
            if (state.phase == training_state::moment::epoch_end)
                learn(teach);
        }};
        teach.fit(data.x, data.y, options);
    });
    BOOST_TEST((left_by_trainers(fitting([&](auto& teach, auto&) { learn(teach); })) == alone));
    BOOST_TEST((left_alone([&](auto& teach) {
                    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
                        fit_options options = tenths;
                        options.initial_epoch = epoch;
                        options.epochs = epoch + 1;
                        teach.fit(data.x, data.y, options);
                        learn(teach);
                    }
                }) == alone));
}

BOOST_AUTO_TEST_CASE(schedules_are_asked_for_steps_that_come) {
    const labelled data;
    static const std::vector<double> rates(12, 0.1); // one for each step
    static std::size_t failing = 12;
    static std::atomic<bool> begun = true; // `fit` compares schedules before its first step
    const auto rate = [](double step) {
        if (begun && step == static_cast<double>(failing))
            throw std::out_of_range("no rate for a step");
        return rates[static_cast<std::size_t>(step)];
    };
    const auto train = [&](strata::machine_group& world) {
        tiny net{seed{5}};
        trainer teach{net, crossentropy, sgd{.learning_rate = rate}};
        fit_options options = tenths;
        options.callbacks = {[](training_state&) { begun = true; }};
        const auto error = internal::caught([&] { teach.fit(part_of(data.x, world), data.y, options); });
        if (teach.steps() != failing)
            throw std::logic_error("other steps were counted than were made");
        internal::raise_again(error);
    };
    for (const std::size_t machines : {1U, 2U, 3U})
        BOOST_CHECK_NO_THROW(thread_machines(machines).run(train));
    // Whoever trains no more asks for no more.
    for (const std::size_t machines : {1U, 2U})
        BOOST_CHECK_NO_THROW(thread_machines(machines).run([&](strata::machine_group& world) {
            tiny net{seed{5}};
            trainer teach{net, crossentropy, sgd{.learning_rate = rate}};
            fit_options options = tenths;
            teach.fit(part_of(data.x, world), data.y, options);
            (void)teach.evaluate(part_of(data.x, world), data.y,
                                 evaluate_options{.verbose = verbosity::silent});
            auto source = data.source();
            (void)teach.evaluate_batches(part_of(source, world), {.verbose = verbosity::silent});
            options.initial_epoch = options.epochs;
            teach.fit(part_of(data.x, world), data.y, options);
        }));
    failing = 5; // in the fit, and not where it is compared before
    for (const std::size_t machines : {1U, 2U, 3U}) {
        begun = false;
        BOOST_CHECK_THROW(thread_machines(machines).run(train), std::out_of_range);
    }
}

// Rates that part late, of machines that would each update its share of the weights by its own.
BOOST_AUTO_TEST_CASE(schedules_that_part_are_named) {
    const labelled data;
    const auto message = [&](std::size_t samples, std::size_t epochs, double late, double later) {
        return message_of_pair([&](strata::machine_group& world) {
            tiny net{seed{5}};
            trainer teach{net, crossentropy,
                          sgd{step_decay{.initial = 0.1, .every = world.rank() == 0 ? late : later}}};
            fit_options options = tenths;
            options.batch_size = 1;
            options.epochs = epochs;
            const auto some = data.rows(0, samples);
            teach.fit(part_of(some.x, world), some.y, options);
        });
    };
    const std::string_view expected = "fit: machine 1 (thread 1) has settings of the optimizer of checksum ";
    for (const double late : {20.0, 39.0})
        BOOST_TEST(message(40, 1, late, late + 1).starts_with(expected));
    for (const double late : {11999.0, 7001.0})
        BOOST_TEST(message(40, 300, late, late + 10).starts_with(expected));
    BOOST_TEST(message(4, 1, 20, 21) == "");
}

BOOST_AUTO_TEST_CASE(other_numbers_of_samples_are_named_as_such) {
    const labelled data;
    const std::string found = message_of_trainers([&](auto& teach, auto& world) {
        const std::size_t samples = 20 + 10 * world.rank();
        fit_options options = tenths;
        options.batch_size = 5;
        const auto some = data.rows(0, samples);
        teach.fit(part_of(some.x, world), some.y, options);
    });
    BOOST_TEST(found == "fit: machine 1 (thread 1) has 30 samples, but machine 0 (thread 0) has 20 samples");
}

// As of files that are packed on one of them.
BOOST_AUTO_TEST_CASE(a_machine_may_not_know_how_many_steps_there_are) {
    const labelled data;
    std::vector<labelled::batch_type> batches;
    for (std::size_t step = 0; step < 4; ++step)
        batches.push_back(data.batch(step));
    const auto alone = left_alone([&](auto& teach) {
        auto source = data.source();
        teach.fit_batches(source, tenths);
    });
    const auto together = left_by_trainers([&](auto& teach, auto& world) {
        auto counted = data.source();
        auto uncounted = range_batches(std::views::filter(batches, [](const auto&) { return true; }));
        if (uncounted.steps() != 0)
            throw std::logic_error("a filtered range knows its steps");
        if (world.rank() == 0)
            teach.fit_batches(part_of(counted, world), tenths);
        else
            teach.fit_batches(part_of(uncounted, world), tenths);
    });
    BOOST_TEST((together == alone));
}

// What a callback has changed before another fails is changed on all machines.
BOOST_AUTO_TEST_CASE(callbacks_before_one_that_fails_have_changed_all) {
    const labelled data;
    for (const std::size_t machines : {1U, 2U})
        thread_machines(machines).run([&](strata::machine_group& world) {
            tiny net{seed{5}};
            trainer teach{net, crossentropy, sgd{}};
            fit_options options = tenths;
            options.callbacks = {[&](training_state& state) {
                                     if (state.phase == training_state::moment::epoch_end)
                                         teach.set_learning_rate(0.05);
                                 },
                                 [](training_state& state) {
                                     if (state.phase == training_state::moment::epoch_end)
                                         throw std::runtime_error("the disk is full");
                                 }};
            bool has_failed = false;
            try {
                teach.fit(part_of(data.x, world), data.y, options);
            } catch (const std::runtime_error&) {
                has_failed = true;
            }
            if (!has_failed || teach.learning_rate() != 0.05)
                throw std::logic_error("expected a failure, and the rate that a callback has set");
            teach.fit(part_of(data.x, world), data.y, tenths);
        });
}

// Behind a callback the optimizer is asked for its last update, and batches that are added up are fewer of
// them.
BOOST_AUTO_TEST_CASE(schedules_are_asked_for_updates_that_come_behind_callbacks) {
    const labelled data;
    static const std::vector<double> rates(3, 0.1); // one for each update of 12 batches
    const auto train = [&](strata::machine_group& world) {
        tiny net{seed{5}};
        const auto rate = [](double update) { return rates.at(static_cast<std::size_t>(update)); };
        trainer teach{net, crossentropy, accumulate<4>(sgd{.learning_rate = rate})};
        fit_options options = tenths;
        options.callbacks = {[](training_state&) {}};
        teach.fit(part_of(data.x, world), data.y, options);
    };
    for (const std::size_t machines : {1U, 2U})
        BOOST_CHECK_NO_THROW(thread_machines(machines).run(train));
}

BOOST_AUTO_TEST_CASE(scores_that_callbacks_add_are_in_every_history) {
    const labelled data;
    fit_options options = tenths;
    options.callbacks = {[](training_state& state) {
        const auto epoch = static_cast<double>(state.epoch);
        if (state.phase == training_state::moment::epoch_begin)
            state.logs.set("before", epoch);
        if (state.phase == training_state::moment::epoch_end)
            state.logs.set("behind", 2 * epoch);
        if (state.phase == training_state::moment::epoch_end && state.epoch == 1)
            state.logs.set("once", 1);
    }};
    for (const std::size_t machines : {1U, 2U})
        thread_machines(machines).run([&](strata::machine_group& world) {
            tiny net{seed{5}};
            trainer teach{net, crossentropy, sgd{}};
            const history found = teach.fit(part_of(data.x, world), data.y, options);
            std::vector<double> epochs;
            for (std::size_t epoch = 0; epoch < options.epochs; ++epoch)
                epochs.push_back(static_cast<double>(epoch));
            std::vector<double> twice = epochs;
            for (double& each : twice)
                each *= 2;
            if (found["before"] != epochs || found["behind"] != twice || found["once"].size() != 1 ||
                found["loss"].size() != options.epochs)
                throw std::logic_error("other scores");
        });
}

BOOST_AUTO_TEST_CASE(machines_with_other_batches_for_validation_are_named) {
    const auto x = draw(std::array{rows, 20UL});
    const auto y = draw(std::array{rows, 3UL});
    const auto fit = [&](strata::machine_group& world, float shift) {
        auto source = function_batches(2, [&](const batch_number&) {
            return labelled_arrays<xt::xtensor<float, 2>, xt::xtensor<float, 2>>{x + shift, y};
        });
        small net{seed{5}};
        trainer teach{net, mean_squared_error, adam{}};
        teach.fit(part_of(x, world), y, {.validation_batches = &source, .verbose = verbosity::silent});
    };
    BOOST_TEST(message_of_pair([&](auto& world) { fit(world, static_cast<float>(world.rank())); }) ==
               "fit, validation batches, batch 0: machine 1 has other samples or targets than machine 0");
    BOOST_TEST(message_of_pair([&](auto& world) { fit(world, 1.0F); }) == "");
}

BOOST_AUTO_TEST_CASE(a_schedule_that_trains_is_refused_among_machines) {
    const labelled data;
    using teacher = trainer<tiny, std::remove_const_t<decltype(crossentropy)>, sgd>;
    thread_local teacher* current = nullptr;
    thread_local bool is_training = false; // `fit` compares schedules before its first step
    const auto rate = [](double step) {
        if (is_training && step == 2) {
            is_training = false;
            (void)current->train_on_batch(labelled{}.x, labelled{}.y);
        }
        return 0.01;
    };
    const std::string found = message_of_pair([&](strata::machine_group& world) {
        tiny net{seed{5}};
        teacher teach{net, crossentropy, sgd{.learning_rate = rate}};
        current = &teach;
        fit_options options = tenths;
        options.callbacks = {[](training_state& state) {
            is_training = state.phase == training_state::moment::epoch_begin && state.epoch == 0;
        }};
        teach.fit(part_of(data.x, world), data.y, options);
    });
    BOOST_TEST(found == "a trainer was called by a schedule, a metric or a progress output of its own");
}
