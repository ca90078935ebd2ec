// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/grouping_locale.hpp"
#include "../data/says.hpp"
#include "../data/temporary_directory.hpp"
#include "../reference.hpp"
#include "line_network.hpp"

#include <strata/strata.hpp>

#include <strata/io/tensorboard_log.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cmath>
#include <string>
#include <vector>

using namespace strata::bedrock;
using namespace line_network;

BOOST_AUTO_TEST_CASE(early_stopping_puts_the_best_weights_back) {
    // A rate far too large: each epoch is worse than the one before, so the first is the best.
    network net{seed{1}};
    std::vector<float> after_first;
    const auto seen =
        teach_with(net, {early_stopping{.patience = 2}, on_epoch_end{[&](std::size_t epoch, const scores&) {
                             if (epoch == 0)
                                 after_first = net.weights();
                         }}},
                   10, 0.5);
    BOOST_TEST(seen.epochs() == 3u);
    BOOST_TEST(seen["val_loss"][1] > seen["val_loss"][0]);
    BOOST_TEST(net.weights() == after_first, boost::test_tools::per_element());

    network other{seed{1}};
    teach_with(other, {early_stopping{.patience = 2, .restore_best_weights = false}}, 10, 0.5);
    BOOST_TEST(other.weights() != after_first);
    BOOST_CHECK_EXCEPTION(teach_with(other, {early_stopping{.monitor = "val_lost"}}), std::out_of_range,
                          says("there is no 'val_lost', only 'loss' 'val_loss'"));
}

BOOST_AUTO_TEST_CASE(early_stopping_sees_two_epochs_before_it_stops) {
    // Which epoch's weights are left, of how many, where the score has these values.
    const auto kept = [](std::size_t patience, std::vector<double> values) {
        network net{seed{1}};
        std::vector<std::vector<float>> weights;
        teach_with(net, {[&](training_state& state) {
                             if (state.phase != training_state::moment::epoch_end)
                                 return;
                             weights.push_back(net.weights());
                             state.logs.set("own", values[state.epoch], direction::larger);
                         },
                         early_stopping{.monitor = "own", .patience = patience}});
        return std::pair(std::find(weights.begin(), weights.end(), net.weights()) - weights.begin(),
                         weights.size());
    };
    // As Keras's EarlyStopping: epoch 0 never stops, and is the best where no epoch has a number.
    BOOST_TEST((kept(0, {NAN, NAN, NAN, NAN, NAN}) == std::pair(0l, std::size_t{2})));
    BOOST_TEST((kept(0, {NAN, 1, 2, 2, 3}) == std::pair(2l, std::size_t{4})));
    BOOST_TEST((kept(0, {2, 1, 3, 4, 5}) == std::pair(0l, std::size_t{2})));
    BOOST_TEST((kept(2, {NAN, NAN, 1, 2, 3}) == std::pair(0l, std::size_t{2})));
    BOOST_TEST((kept(3, {NAN, NAN, 1, 2, NAN}) == std::pair(3l, std::size_t{5})));
}

BOOST_AUTO_TEST_CASE(a_log_has_a_header_and_a_line_an_epoch) {
    const temporary_directory directory;
    const auto file = directory.path() / "log.csv";
    network net{seed{1}};
    const auto seen = teach_with(net, {csv_log{file}}, 3);
    const auto table = read_csv(file);
    BOOST_TEST(table.names == (std::vector<std::string>{"epoch", "loss", "val_loss"}),
               boost::test_tools::per_element());
    BOOST_TEST(table.row_count() == 3u);
    BOOST_TEST(table.column("val_loss")(2) == seen["val_loss"][2]);
    // Before anything is trained.
    const auto weights = net.weights();
    BOOST_CHECK_EXCEPTION(teach_with(net, {csv_log{directory.path() / "none" / "log.csv"}}), data_error,
                          says("log.csv: expected a file that can be written, found No such file"));
    BOOST_TEST(net.weights() == weights, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(event_files_are_what_tensorboard_reads) {
    const temporary_directory directory;
    const auto folder = directory.path() / "runs" / "line";
    network net{seed{1}};
    const tensorboard_log log{folder};
    const auto seen = teach_with(net, {log}, 3);
    const auto read = [&](const char* part) {
        return reference("training/event_files.py", (folder / part).string());
    };
    // A file in each folder, and in it what kind of file it is, then the scalars of each epoch.
    auto wanted_train = nlohmann::json::array({{0, "file_version", "brain.Event:2"}});
    auto wanted_validation = wanted_train;
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
        wanted_train.push_back({epoch, "epoch_loss", static_cast<float>(seen["loss"][epoch])});
        wanted_train.push_back({epoch, "epoch_learning_rate", static_cast<float>(0.05)});
        wanted_validation.push_back({epoch, "epoch_loss", static_cast<float>(seen["val_loss"][epoch])});
    }
    BOOST_TEST(read("train") == nlohmann::json::array({wanted_train}));
    BOOST_TEST(read("validation") == nlohmann::json::array({wanted_validation}));
    // Another fit leaves what there is, and comes behind it.
    teach_with(net, {log}, 1);
    const auto all = read("train");
    BOOST_REQUIRE(all.size() == 2u);
    BOOST_TEST(all[0] == wanted_train);
    BOOST_TEST(all[1].size() == 3u);

    directory.write("file", "");
    BOOST_CHECK_EXCEPTION(teach_with(net, {tensorboard_log{directory / "file"}}), data_error,
                          says((directory / "file" / "train").string() +
                               ": expected a folder for event files, found Not a directory"));
}

BOOST_AUTO_TEST_CASE(the_learning_rate_follows_a_schedule) {
    network net{seed{1}};
    std::vector<double> rates;
    teach_with(net, {learning_rate_schedule{
                         [](std::size_t epoch, double rate) { return epoch < 2 ? rate : rate / 2; }},
                     [&](training_state& state) {
                         if (state.phase == training_state::moment::epoch_end)
                             rates.push_back(state.learning_rate());
                     }});
    BOOST_TEST(rates == (std::vector<double>{0.05, 0.05, 0.025, 0.0125, 0.00625}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(any_function_may_watch_and_stop) {
    network net{seed{1}};
    std::size_t begins = 0;
    std::size_t ends = 0;
    const auto seen = teach_with(net, {[&](training_state& state) {
                                     using enum training_state::moment;
                                     begins += state.phase == begin;
                                     ends += state.phase == end;
                                     if (state.phase == epoch_end && state.epoch == 1)
                                         state.stop();
                                 }});
    BOOST_TEST(seen.epochs() == 2u);
    BOOST_TEST(begins == 1u);
    BOOST_TEST(ends == 1u);
}

BOOST_AUTO_TEST_CASE(the_best_score_is_a_number_and_knows_its_direction) {
    // Epoch 1 has no score, epoch 3 the best.
    const std::vector<double> values{NAN, 0.5, 0.75, 0.6, 0.6};
    const auto best_epoch = [&](direction known, direction mode, bool is_smaller_better) {
        network net{seed{1}};
        std::vector<std::vector<float>> weights;
        const double sign = is_smaller_better ? -1 : 1;
        teach_with(net, {[&](training_state& state) {
                             if (state.phase != training_state::moment::epoch_end)
                                 return;
                             weights.push_back(net.weights());
                             state.logs.set("mae_of_no_error", sign * values[state.epoch], known);
                         },
                         early_stopping{.monitor = "mae_of_no_error", .mode = mode, .patience = 9}});
        return std::find(weights.begin(), weights.end(), net.weights()) - weights.begin();
    };
    using enum direction;
    BOOST_TEST(best_epoch(larger, unknown, false) == 2);
    BOOST_TEST(best_epoch(smaller, unknown, true) == 2);
    BOOST_TEST(best_epoch(unknown, larger, false) == 2);
    BOOST_TEST(best_epoch(larger, smaller, true) == 2); // the mode counts
    BOOST_CHECK_EXCEPTION(
        best_epoch(unknown, unknown, true), std::invalid_argument,
        says({"early_stopping: nobody has said which values of 'mae_of_no_error' are better",
              "direction::smaller"}));

    static_assert(decltype(accuracy)::better == larger && decltype(precision)::better == larger);
    static_assert(decltype(metrics::mean_absolute_error)::better == smaller);
    static_assert(decltype(of_output<1>(top_k<3>))::better == larger);
    network net{seed{1}};
    trainer teach{net, mean_squared_error, sgd{}, metrics::mean_absolute_error,
                  metric<"bias", symbols::prediction - symbols::target>};
    fit_options options{.validation_split = 0.25, .verbose = verbosity::silent};
    options.callbacks = {[&](training_state& state) {
        if (state.phase != training_state::moment::epoch_end)
            return;
        for (const char* name : {"loss", "val_loss", "mean_absolute_error", "val_mean_absolute_error"})
            BOOST_TEST((state.logs.direction_of(name) == smaller));
        BOOST_TEST((state.logs.direction_of("val_bias") == unknown));
    }};
    teach.fit(x, y, options);
}

BOOST_AUTO_TEST_CASE(weights_come_and_go_in_one_order) {
    using wide = model<input<1> | dense<3> | relu | dense<1>>;
    wide net{seed{1}};
    trainer teach{net, mean_squared_error, sgd{0.0}};
    const auto original = net.weights();
    fit_options options{.epochs = 2, .verbose = verbosity::silent};
    options.callbacks = {[&](training_state& state) {
        const auto found = state.weights();
        BOOST_TEST(found == (std::vector<double>(original.begin(), original.end())),
                   boost::test_tools::per_element());
        state.set_weights(found);
        for (const std::size_t size : {std::size_t{0}, original.size() - 1, original.size() + 1000})
            BOOST_CHECK_EXCEPTION(state.set_weights(std::vector<double>(size)), std::invalid_argument,
                                  says("set_weights: expected 10 weights, found "));
    }};
    teach.fit(x, y, options);
    BOOST_TEST(net.weights() == original, boost::test_tools::per_element());
}

namespace {
/// Hands a fit those values as the score "value", epoch by epoch, to other callbacks.
callback feed(std::vector<double> values, direction better = direction::smaller) {
    return [values = std::move(values), better](training_state& state) {
        if (state.phase == training_state::moment::epoch_end)
            state.logs.set("value", values.at(state.epoch), better);
    };
}
} // namespace

BOOST_AUTO_TEST_CASE(the_rate_falls_on_a_plateau) {
    const std::vector<double> values{1,   0.9,     0.91, 0.92, 0.95, 0.93, 0.5, 0.5,
                                     0.5, 0.49995, 0.3,  0.4,  0.4,  0.4,  0.4, 0.4};
    const auto rates_with = [&](std::size_t cooldown, bool are_larger_better) {
        auto fed = values;
        for (double& value : fed)
            value *= are_larger_better ? -1 : 1;
        std::vector<double> rates;
        network net{seed{1}};
        teach_with(net,
                   {feed(fed, are_larger_better ? direction::larger : direction::smaller),
                    reduce_on_plateau{.monitor = "value",
                                      .factor = 0.5,
                                      .patience = 2,
                                      .cooldown = cooldown,
                                      .least_rate = 0.2e-3},
                    [&](training_state& state) {
                        if (state.phase == training_state::moment::epoch_end)
                            rates.push_back(state.learning_rate() * 1e3);
                    }},
                   values.size(), 1e-3);
        return rates;
    };
    // What Keras's ReduceLROnPlateau does with these.
    const std::vector<double> quick{1,   1,   1,   0.5, 0.5, 0.25, 0.25, 0.25,
                                    0.2, 0.2, 0.2, 0.2, 0.2, 0.2,  0.2,  0.2};
    const std::vector<double> slow{1,    1,    1,    0.5,  0.5, 0.5, 0.5, 0.5,
                                   0.25, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2};
    for (const bool are_larger_better : {false, true}) {
        BOOST_TEST(rates_with(1, are_larger_better) == quick, boost::test_tools::per_element());
        BOOST_TEST(rates_with(3, are_larger_better) == slow, boost::test_tools::per_element());
    }
    for (const double factor : {1.0, 2.0, -0.5, double(NAN)}) {
        network net{seed{1}};
        BOOST_CHECK_EXCEPTION(
            teach_with(net, {reduce_on_plateau{.factor = factor}}), std::invalid_argument,
            says({"reduce_on_plateau: the factor is ", ", expected one from 0 to below 1"}));
    }
}

BOOST_AUTO_TEST_CASE(training_stops_at_a_target_a_time_or_no_number) {
    const auto epochs_with = [](const callback& stops, std::vector<double> values) {
        network net{seed{1}};
        const std::size_t most = values.size();
        return teach_with(net, {feed(std::move(values), direction::larger), stops}, most).epochs();
    };
    BOOST_TEST(epochs_with(score_target{"value", 0.9}, {0.2, NAN, 0.8, 0.9, 0.7, 1}) == 4u);
    BOOST_TEST(epochs_with(score_target{"value", 0.9, direction::smaller}, {1, 0.95, 0.8, 0.9, 0.7, 1}) ==
               3u);
    BOOST_TEST(epochs_with(score_target{"value", 2}, {1, 1, 1}) == 3u);
    BOOST_TEST(epochs_with(time_limit{}, {1, 1, 1}) == 1u);
    BOOST_TEST(epochs_with(time_limit{std::chrono::hours(1)}, {1, 1, 1}) == 3u);
    BOOST_TEST(epochs_with(terminate_on_nan{}, {1, NAN, 1}) == 3u); // some metrics have no value
    for (const float number : {NAN, INFINITY}) {
        network judged{seed{1}};
        trainer teach{judged, mean_squared_error, sgd{}};
        const std::vector<float> strange(4, number);
        BOOST_TEST(teach
                       .fit(x, y,
                            {.epochs = 3,
                             .validation_data = {x, strange},
                             .verbose = verbosity::silent,
                             .callbacks = {terminate_on_nan{}}})
                       .epochs() == 1u);
    }
    network net;
    BOOST_CHECK_EXCEPTION(
        teach_with(net, {feed({1, 1, 1, 1, 1}, direction::unknown), score_target{.monitor = "value"}}),
        std::invalid_argument, says("score_target: nobody has said"));
}

BOOST_AUTO_TEST_CASE(scores_that_come_now_and_then) {
    const temporary_directory directory;
    const auto file = directory.path() / "log.csv";
    const auto adding = [](std::size_t every, const char* name, double first) {
        return [=](training_state& state) {
            if (state.phase == training_state::moment::epoch_end && state.epoch % every == 0)
                state.logs.set(name, first + static_cast<double>(state.epoch), direction::smaller);
        };
    };
    network net{seed{1}};
    const auto log = [&](bool append) {
        teach_with(net,
                   {adding(2, "a", 0), adding(1, "b", 10), adding(3, append ? "other" : "a", 0),
                    csv_log{.file = file, .append = append}},
                   3);
    };
    log(false);
    log(true);
    const std::string text = contents(file);
    std::vector<std::vector<std::string>> cells;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        cells.emplace_back();
        std::istringstream fields(line + ",");
        for (std::string field; std::getline(fields, field, ',');)
            cells.back().push_back(field);
    }
    BOOST_TEST_REQUIRE(cells.size() == 7u);
    BOOST_TEST((cells[0] == std::vector<std::string>{"epoch", "loss", "val_loss", "a", "b"}));
    for (std::size_t line = 1; line < 7; ++line) {
        const std::size_t epoch = (line - 1) % 3;
        BOOST_TEST_REQUIRE(cells[line].size() == 5u);
        BOOST_TEST(cells[line][3] == (epoch == 1 ? "" : std::to_string(epoch)));
        BOOST_TEST(cells[line][4] == std::to_string(10 + epoch));
    }

    // Who follows such a score waits for it.
    for (const callback& each :
         {callback(early_stopping{.monitor = "a", .patience = 1}), callback(score_target{"a", -1}),
          callback(reduce_on_plateau{.monitor = "a"}),
          callback(checkpoint{.file = directory.path() / "best", .best_only = true, .monitor = "a"})})
        BOOST_CHECK_NO_THROW(teach_with(net, {adding(2, "a", 0), each}, 4));
    BOOST_TEST(
        teach_with(net, {adding(2, "a", 0), early_stopping{.monitor = "a", .patience = 2}}, 9).epochs() ==
        5u);
}

BOOST_AUTO_TEST_CASE(a_log_is_continued) {
    const temporary_directory directory;
    const auto file = directory.path() / "log.csv";
    network net{seed{1}};
    trainer teach{net, mean_squared_error, sgd{}};
    const auto log = [&](std::size_t epochs) {
        teach.fit(x, y,
                  {.epochs = epochs,
                   .initial_epoch = teach.epochs(),
                   .verbose = verbosity::silent,
                   .callbacks = {csv_log{.file = file, .append = true}}});
    };
    log(2);
    log(5);
    const auto table = read_csv(file);
    BOOST_TEST(table.row_count() == 5u);
    BOOST_TEST(table.column("epoch")(4) == 4);
}

BOOST_AUTO_TEST_CASE(a_log_is_the_same_in_every_locale) {
    const temporary_directory directory;
    const auto file = directory.path() / "log.csv";
    network net{seed{1}};
    trainer teach{net, mean_squared_error, sgd{.learning_rate = 0.01}};
    fit_options options{.epochs = 1002, .verbose = verbosity::silent, .callbacks = {csv_log{file}}};
    options.initial_epoch = 999;
    {
        const grouping_locale others;
        teach.fit(x, y, options);
    }
    BOOST_TEST((read_csv(file).column("epoch") == xt::xtensor<double, 1>{999, 1000, 1001}));
}
