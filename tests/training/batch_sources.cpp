// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Batches from sources teach as arrays do, whoever prepares them and in however many threads.
#include <boost/test/unit_test.hpp>

#include <strata/strata.hpp>

#include <strata/data/csv_batches.hpp>
#include <strata/data/idx_batches.hpp>
#include <strata/data/npy.hpp>
#include <strata/data/npy_batches.hpp>

#include "../data/says.hpp"
#include "../data/temporary_directory.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <list>
#include <mutex>
#include <new>
#include <numeric>
#include <ranges>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

// ThreadSanitizer has such functions of its own; then nothing is counted.
#ifdef __has_feature
#    define STRATA_IS_THREAD_SANITIZED __has_feature(thread_sanitizer)
#else
#    define STRATA_IS_THREAD_SANITIZED 0
#endif
#if STRATA_IS_THREAD_SANITIZED
namespace {
constexpr std::size_t allocations = 0;
}
#else
#    include "../data/allocation_watch.hpp"
#endif

using namespace strata;

namespace {

constexpr std::size_t count = 42, batch_size = 8, steps = 6;
using network = model<input<4> | dense<5> | tanh | dropout<0.25> | dense<3> | softmax>;
using batch = labelled_arrays<xt::xtensor<float, 2>, xt::xtensor<int, 1>>;

batch rows(std::size_t begin, std::size_t end) {
    batch result{xt::xtensor<float, 2>(std::array{end - begin, std::size_t{4}}),
                 xt::xtensor<int, 1>(std::array{end - begin})};
    for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t f = 0; f < 4; ++f)
            result.x(i - begin, f) = static_cast<float>(std::sin(static_cast<double>(7 * i + 3 * f)));
        result.y(i - begin) = static_cast<int>(i % 3);
    }
    return result;
}
batch rows_of_step(std::size_t step) {
    return rows(step * batch_size, std::min(count, (step + 1) * batch_size));
}

/// A label of a batch says which it is.
struct numbered {
    std::vector<float> x;
    std::vector<int> y;
};
numbered numbered_batch(const batch_number& number) {
    return {std::vector<float>(4, 0.5f), {static_cast<int>(100 * number.epoch + number.step)}};
}
/// The labels of an epoch's batches.
std::vector<int> labels_of_epoch(batch_source& source, std::uint64_t epoch) {
    std::vector<int> result;
    source.begin(epoch);
    while (const labelled_samples* each = source.next()) {
        std::int32_t label = 0;
        each->y[0].read(0, 1, &label);
        result.push_back(label);
    }
    return result;
}
std::vector<int> numbers(int first, int how_many) {
    std::vector<int> result(static_cast<std::size_t>(how_many));
    std::iota(result.begin(), result.end(), first);
    return result;
}

// Options without arrays are constants.
constexpr fit_options two_epochs{
    .batch_size = batch_size, .epochs = 2, .shuffle = false, .verbose = verbosity::silent};

/// Weights and losses after training from a source, or from arrays.
struct outcome {
    std::vector<float> weights;
    std::vector<double> losses, accuracies;

    friend bool operator==(const outcome&, const outcome&) = default;
};
template <class Fit>
outcome taught(const Fit& fit) {
    network net{seed{7}};
    trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
    const history seen = fit(teach);
    return {net.weights(), seen["loss"], seen["accuracy"]};
}
outcome taught_by_arrays() {
    return taught([](auto& teach) {
        const batch all = rows(0, count);
        return teach.fit(all.x, all.y, two_epochs);
    });
}
outcome taught_by(batch_source& source) {
    return taught([&](auto& teach) { return teach.fit_batches(source, two_epochs); });
}

constexpr prefetch_options ways[] = {{.threads = 0},
                                     {.threads = 1, .ahead = 1},
                                     {.threads = 1, .ahead = 5},
                                     {.threads = 3, .ahead = 2},
                                     {.threads = 4, .ahead = 9}};
} // namespace

BOOST_AUTO_TEST_CASE(batches_come_in_order) {
    for (const prefetch_options& way : ways) {
        // The first ones take longest.
        auto source = function_batches(
            20,
            [](const batch_number& number) {
                std::this_thread::sleep_for(std::chrono::microseconds(200 * ((20 - number.step) % 5)));
                return numbered_batch(number);
            },
            way);
        BOOST_TEST(source.steps() == 20u);
        BOOST_TEST(labels_of_epoch(source, 0) == numbers(0, 20), boost::test_tools::per_element());
        BOOST_TEST(labels_of_epoch(source, 3) == numbers(300, 20), boost::test_tools::per_element());
        // An epoch may end early, and the end is reached again.
        source.begin(1);
        BOOST_TEST((source.next() != nullptr));
        BOOST_TEST(labels_of_epoch(source, 2) == numbers(200, 20), boost::test_tools::per_element());
        BOOST_TEST((source.next() == nullptr));
        BOOST_TEST((source.next() == nullptr));
    }
}

BOOST_AUTO_TEST_CASE(several_threads_prepare) {
    std::mutex mutex;
    std::set<std::thread::id> threads;
    std::atomic<int> meeting = 0;
    auto source = function_batches(4,
                                   [&](const batch_number& number) {
                                       // Two of them have to be at work at one time to get on.
                                       ++meeting;
                                       while (meeting < 2)
                                           std::this_thread::yield();
                                       const std::lock_guard lock(mutex);
                                       threads.insert(std::this_thread::get_id());
                                       return numbered_batch(number);
                                   },
                                   {.threads = 2, .ahead = 2});
    BOOST_TEST(labels_of_epoch(source, 0) == numbers(0, 4), boost::test_tools::per_element());
    BOOST_TEST(threads.size() == 2u);
    BOOST_TEST(!threads.contains(std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(a_function_teaches_as_an_array_does) {
    const outcome wanted = taught_by_arrays();
    for (const prefetch_options& way : ways) {
        auto source = function_batches(
            steps, [](const batch_number& number) { return rows_of_step(number.step); }, way);
        BOOST_TEST((taught_by(source) == wanted));
        auto filling = function_batches<batch>(
            steps, [](const batch_number& number, batch& one) { one = rows_of_step(number.step); }, way);
        BOOST_TEST((taught_by(filling) == wanted));
    }
    auto pairs = function_batches(steps, [](const batch_number& number) {
        batch one = rows_of_step(number.step);
        return std::pair{std::move(one.x), std::move(one.y)};
    });
    BOOST_TEST((taught_by(pairs) == wanted));
}

BOOST_AUTO_TEST_CASE(a_range_teaches_as_an_array_does) {
    const outcome wanted = taught_by_arrays();
    std::list<batch> parts;
    for (std::size_t step = 0; step < steps; ++step)
        parts.push_back(rows_of_step(step));
    for (const prefetch_options& way : ways) {
        auto source = range_batches(parts, way);
        BOOST_TEST(source.steps() == steps);
        BOOST_TEST((taught_by(source) == wanted));
        auto prepared = range_batches(
            std::views::iota(std::size_t{0}, steps) |
                std::views::transform([](std::size_t step) { return rows_of_step(step); }),
            [](const batch_number&, batch& one) { one.x *= 1.0f; }, way);
        BOOST_TEST((taught_by(prepared) == wanted));
    }
}

BOOST_AUTO_TEST_CASE(a_range_that_cannot_be_walked_again_goes_on) {
    for (const prefetch_options& way : ways) {
        std::istringstream text("1 2 3 4 5 6 7 8");
        auto labels = std::ranges::istream_view<int>(text) | std::views::transform([](int label) {
                          return numbered{std::vector<float>(4, 0.5f), {label}};
                      });
        std::vector<int> seen;
        auto source = range_batches(labels, way);
        for (int epoch = 0; epoch < 4; ++epoch) {
            source.begin(static_cast<std::uint64_t>(epoch));
            for (int step = 0; step < 2; ++step)
                if (const labelled_samples* each = source.next()) {
                    std::int32_t label = 0;
                    each->y[0].read(0, 1, &label);
                    seen.push_back(label);
                }
        }
        BOOST_TEST(seen == numbers(1, 8), boost::test_tools::per_element());
        source.begin(4);
        BOOST_TEST((source.next() == nullptr));
    }
}

BOOST_AUTO_TEST_CASE(files_teach_as_arrays_do) {
    const temporary_directory directory;
    scaled_bytes<3> images{xt::xtensor<std::uint8_t, 3>(std::array<std::size_t, 3>{count, 2, 2})};
    xt::xtensor<std::uint8_t, 1> labels(std::array{count});
    for (std::size_t i = 0; i < images.size(); ++i)
        images.values.data()[i] = static_cast<std::uint8_t>(i * 37);
    for (std::size_t i = 0; i < count; ++i)
        labels(i) = static_cast<std::uint8_t>(i % 3);
    write_idx(directory / "images", images.values);
    write_idx(directory / "labels.gz", labels);

    using pictures = model<input<2, 2> | flatten | dense<5> | tanh | dense<3> | softmax>;
    const auto weights = [](const auto& fit) {
        pictures net{seed{7}};
        trainer teach{net, sparse_categorical_crossentropy, adam{}};
        fit(teach);
        return net.weights();
    };
    const auto wanted = weights([&](auto& teach) { teach.fit(images, labels, two_epochs); });
    auto source = idx_batches<3>(directory / "images", directory / "labels.gz",
                                 {.batch_size = batch_size, .prefetch = {.threads = 2, .ahead = 3}});
    BOOST_TEST(source.steps() == steps);
    const auto found = weights([&](auto& teach) { teach.fit_batches(source, two_epochs); });
    BOOST_TEST(found == wanted, boost::test_tools::per_element());

    // A file that ends early is found out by its name, before any of it is used.
    const std::string all = bytes_of(directory / "images");
    directory.write("images", all.substr(0, all.size() - 1));
    BOOST_CHECK_EXCEPTION(
        source.begin(0), data_error,
        says({(directory / "images").string() + ", at byte 16: expected 168 bytes", "found 167"}));
    write_idx(directory / "few", xt::xtensor<std::uint8_t, 1>{1, 2});
    write_idx(directory / "images", xt::xtensor<std::uint8_t, 3>(std::array<std::size_t, 3>{41, 2, 2}));
    BOOST_CHECK_EXCEPTION(source.begin(0), data_error,
                          says("expected the extents that it had before, 42 x 2 x 2, found 41 x 2 x 2"));
    directory.write("images", all);
    source.begin(0); // goes on after an error
    BOOST_TEST(source.next() != nullptr);
    BOOST_CHECK_EXCEPTION((void)idx_batches<3>(directory / "images", directory / "few"), data_error,
                          says("few: expected 42 labels, one for each sample in"));
    directory.write("none", std::string("\0\0\x08\x03\xff\xff\xff\xff\0\0\0\0\0\0\0\1", 16));
    BOOST_CHECK_EXCEPTION((idx_rows<std::uint8_t, 3>(directory / "none")), data_error,
                          says("at byte 4: expected rows of a number at least, found 4294967295 x 0 x 1"));
    BOOST_CHECK_EXCEPTION((void)idx_batches<3>(directory / "images", directory / "few", {.batch_size = 0}),
                          data_error, says("idx_batches: expected a batch size above 0"));
}

BOOST_AUTO_TEST_CASE(tables_teach_as_arrays_do) {
    const temporary_directory directory;
    const batch all = rows(0, count);
    std::string text = "a,b,class,c,d\n";
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t f = 0; f < 4; ++f) {
            char digits[40];
            std::snprintf(digits, sizeof digits, "%.9g", static_cast<double>(all.x(i, f)));
            text +=
                digits + (f == 1 ? ',' + std::to_string(all.y(i)) : std::string()) + (f == 3 ? '\n' : ',');
        }
    directory.write("rows.csv", text);
    const outcome wanted = taught_by_arrays();
    for (const prefetch_options& way : ways) {
        auto source =
            csv_batches(directory / "rows.csv", "class", {.batch_size = batch_size, .prefetch = way});
        BOOST_TEST((taught_by(source) == wanted));
    }
}

BOOST_AUTO_TEST_CASE(arrays_in_files_teach_as_in_memory) {
    const temporary_directory directory;
    const batch all = rows(0, count);
    write_npy(directory / "x.npy", all.x);
    write_npy(directory / "y.npy", all.y);
    const auto source_of = [&](const npy_batch_options& options) {
        return npy_batches<float, 2, int, 1>(directory / "x.npy", directory / "y.npy", options);
    };
    const outcome wanted = taught_by_arrays();
    auto shuffled_options = two_epochs;
    shuffled_options.shuffle = true;
    const outcome wanted_shuffled =
        taught([&](auto& teach) { return teach.fit(all.x, all.y, shuffled_options); });
    BOOST_TEST((wanted_shuffled != wanted));
    for (const prefetch_options& way : ways) {
        auto source = source_of({.batch_size = batch_size, .prefetch = way});
        BOOST_TEST(source.steps() == steps);
        BOOST_TEST((taught_by(source) == wanted));
        // With the network's seed rows come in the order in which fit takes those of arrays.
        auto shuffled =
            source_of({.batch_size = batch_size, .shuffle = true, .random = seed{7}, .prefetch = way});
        BOOST_TEST((taught_by(shuffled) == wanted_shuffled));
    }
}

BOOST_AUTO_TEST_CASE(a_window_moves_through_a_file) {
    const temporary_directory directory;
    xt::xtensor<double, 1> x(std::array{count});
    for (std::size_t i = 0; i < count; ++i)
        x(i) = static_cast<double>(i);
    write_npy(directory / "x.npy", x);
    const auto labels = [&](std::size_t window, std::uint64_t epoch, std::uint64_t random = 0) {
        std::vector<int> result;
        auto source = npy_batches<double, 1, double, 1>(
            directory / "x.npy", directory / "x.npy",
            {.batch_size = 1, .shuffle_window = window, .random = seed{random}});
        source.begin(epoch);
        while (const labelled_samples* each = source.next()) {
            double row = 0, target = 0;
            each->x[0].read(0, 1, &row);
            each->y[0].read(0, 1, &target);
            BOOST_TEST_REQUIRE(row == target);
            result.push_back(static_cast<int>(row));
        }
        return result;
    };
    const auto all = numbers(0, static_cast<int>(count));
    for (const std::size_t window : {std::size_t{0}, std::size_t{1}})
        BOOST_TEST(labels(window, 0) == all, boost::test_tools::per_element());
    for (const std::size_t window : {std::size_t{2}, std::size_t{10}, count, 10 * count}) {
        auto found = labels(window, 3);
        BOOST_TEST((found == labels(window, 3)));
        BOOST_TEST((found != labels(window, 4)));
        BOOST_TEST((found != labels(window, 3, 1)));
        for (std::size_t i = 0; i < count; ++i) // none comes before it was read
            BOOST_TEST(static_cast<std::size_t>(found[i]) < i + window);
        std::ranges::sort(found);
        BOOST_TEST(found == all, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_source_of_ones_own_is_evaluated_and_validates) {
    struct own final : batch_source {
        batch all = rows(0, count);
        labelled_samples shown;
        std::size_t first = 0;
        std::vector<std::uint64_t> epochs;

        void begin(std::uint64_t epoch) override {
            first = 0;
            epochs.push_back(epoch);
        }
        const labelled_samples* next() override {
            if (first >= count)
                return nullptr;
            const std::size_t size = std::min<std::size_t>(5, count - first);
            shown = {std::span<const float>(all.x.data() + 4 * first, 4 * size),
                     std::span<const int>(all.y.data() + first, size)};
            first += size;
            return &shown;
        }
    } source;
    const batch all = rows(0, count);
    network net{seed{7}};
    trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
    const evaluate_options quiet{.batch_size = 5, .verbose = verbosity::silent};
    const scores wanted = teach.evaluate(all.x, all.y, quiet);
    const scores found = teach.evaluate_batches(source, quiet);
    BOOST_TEST(found.loss() == wanted.loss());
    BOOST_TEST(found["accuracy"] == wanted["accuracy"]);
    const batch ten = rows(0, 10);
    // A loss that is no number hides no batch behind it from the metrics.
    batch odd = all;
    odd.x(7, 1) = NAN;
    source.all.x(7, 1) = NAN;
    const scores odd_scores = teach.evaluate_batches(source, quiet);
    BOOST_TEST(odd_scores["accuracy"] == teach.evaluate(odd.x, odd.y, quiet)["accuracy"]);
    BOOST_TEST(std::isnan(odd_scores.loss()));
    BOOST_TEST(source.first == count);
    source.all = all;
    // A metric that needs all samples at once has them.
    model<input<4> | dense<1> | sigmoid> judge{seed{7}};
    trainer measure{judge, binary_crossentropy, adam{}, roc_auc};
    std::vector<std::pair<xt::xtensor<float, 2>, std::vector<bool>>> halves;
    std::vector<bool> truths;
    for (std::size_t first = 0; first < count; first += count / 2) {
        std::vector<bool> part;
        for (std::size_t i = first; i < first + count / 2; ++i)
            part.push_back(i % 3 == 0);
        truths.insert(truths.end(), part.begin(), part.end());
        halves.emplace_back(rows(first, first + count / 2).x, part);
    }
    auto parts = range_batches(halves);
    BOOST_TEST(measure.evaluate_batches(parts, quiet)["roc_auc"] ==
               measure.evaluate(all.x, truths, quiet)["roc_auc"]);

    BOOST_TEST(teach.evaluate_batches(source, {.verbose = verbosity::silent, .steps = 2}).loss() ==
               teach.evaluate(ten.x, ten.y, quiet).loss());

    auto options = two_epochs;
    options.validation_batches = &source;
    const history seen = teach.fit(all.x, all.y, options);
    BOOST_TEST(seen["val_loss"].back() == teach.evaluate(all.x, all.y, quiet).loss());

    // Epochs go on counting, and so many steps are made.
    source.epochs.clear();
    const std::uint64_t steps_made = teach.steps();
    teach.fit_batches(source, {.epochs = 2, .steps_per_epoch = 3, .verbose = verbosity::silent});
    BOOST_TEST(source.epochs == (std::vector<std::uint64_t>{2, 3}), boost::test_tools::per_element());
    BOOST_TEST(teach.steps() == steps_made + 6);
}

BOOST_AUTO_TEST_CASE(networks_of_several_inputs) {
    using two = model<inputs(input<2>, input<3>) | concat<> | dense<1>>;
    const std::vector<float> first{1, 2, 3, 4}, second{1, 2, 3, 4, 5, 6}, y{1, 0};
    const auto weights = [](const auto& fit) {
        two net{seed{7}};
        trainer teach{net, mean_squared_error, sgd{}};
        fit(teach);
        return net.weights();
    };
    const auto wanted = weights([&](auto& teach) { teach.fit(together(first, second), y, two_epochs); });
    auto source = function_batches(1, [&](const batch_number&) {
        return std::pair{std::tuple{first, second}, y};
    });
    const auto found = weights([&](auto& teach) { teach.fit_batches(source, two_epochs); });
    BOOST_TEST(found == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(weights_come_with_batches) {
    struct weighted_batch {
        xt::xtensor<float, 2> x;
        xt::xtensor<int, 1> y;
        std::vector<double> sample_weight;
    };
    const batch all = rows(0, count);
    std::vector<double> weights(count);
    for (std::size_t i = 0; i < count; ++i)
        weights[i] = 0.25 * static_cast<double>(i % 5);
    auto options = two_epochs;
    options.class_weight = {1, 2, 0.5};
    auto source = function_batches(steps, [&](const batch_number& number) {
        const std::size_t first = number.step * batch_size, end = std::min(count, first + batch_size);
        batch one = rows_of_step(number.step);
        return weighted_batch{std::move(one.x), std::move(one.y), {&weights[first], &weights[0] + end}};
    });
    const outcome found = taught([&](auto& teach) { return teach.fit_batches(source, options); });
    options.sample_weight = weights;
    const outcome wanted = taught([&](auto& teach) { return teach.fit(all.x, all.y, options); });
    BOOST_TEST((found == wanted));
    BOOST_TEST((found != taught_by_arrays()));
    network net;
    trainer teach{net, sparse_categorical_crossentropy, adam{}};
    BOOST_CHECK_EXCEPTION(teach.fit_batches(source, options), std::invalid_argument,
                          says("fit_batches: weights come with the batches"));
}

BOOST_AUTO_TEST_CASE(what_a_source_throws_reaches_the_caller) {
    for (const prefetch_options& way : ways) {
        bool is_broken = true;
        auto source = function_batches(
            steps,
            [&](const batch_number& number) {
                if (is_broken && number.step == 3)
                    throw std::domain_error("no batch 3");
                return rows_of_step(number.step);
            },
            way);
        network net{seed{7}};
        trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
        BOOST_CHECK_EXCEPTION(teach.fit_batches(source, two_epochs), std::domain_error, says("no batch 3"));
        BOOST_TEST(teach.steps() == 3u); // those before it were good
        BOOST_CHECK_EXCEPTION((void)source.next(), std::domain_error, says("no batch 3"));
        is_broken = false;
        BOOST_TEST((taught_by(source) == taught_by_arrays()));
        // And so does what reading throws, with batches still on their way when the source goes.
        const auto broken = std::views::iota(0, 9) | std::views::transform([](int step) {
                                if (step == 2)
                                    throw data_error("line 2");
                                return rows_of_step(static_cast<std::size_t>(step));
                            });
        auto range = range_batches(broken, way);
        BOOST_CHECK_EXCEPTION(teach.fit_batches(range, two_epochs), data_error, says("line 2"));
    }
}

BOOST_AUTO_TEST_CASE(batches_that_do_not_fit_are_named) {
    network net{seed{7}};
    trainer teach{net, sparse_categorical_crossentropy, adam{}};
    const auto fit = [&](std::size_t wrong, const auto& make) {
        auto source = function_batches(steps, [=](const batch_number& number) {
            return number.step == wrong ? make() : rows_of_step(number.step);
        });
        teach.fit_batches(source, two_epochs);
    };
    BOOST_CHECK_EXCEPTION(
        fit(2,
            [] {
                return batch{xt::xtensor<float, 2>(std::array<std::size_t, 2>{2, 5}), {0, 1}};
            }),
        std::invalid_argument,
        says("fit_batches, batch 2: the input array has the shape 2 x 5, expected samples x 4"));
    BOOST_CHECK_EXCEPTION(fit(0,
                              [] {
                                  return batch{rows(0, 2).x, {0, 1, 2}};
                              }),
                          std::invalid_argument,
                          says("fit_batches, batch 0: there are 2 samples but 3 targets"));
    BOOST_CHECK_EXCEPTION(fit(4,
                              [] {
                                  return batch{rows(0, 2).x, {0, 3}};
                              }),
                          std::invalid_argument, says({"fit_batches, batch 4", "label 1 is 3"}));
    BOOST_CHECK_EXCEPTION(fit(1, [] { return rows(0, 0); }), std::invalid_argument,
                          says("fit_batches, batch 1: there are no samples"));
    std::vector<batch> none;
    auto empty = range_batches(none);
    BOOST_CHECK_EXCEPTION(teach.fit_batches(empty, two_epochs), std::invalid_argument,
                          says("fit_batches: the source has no batches"));
    BOOST_CHECK_EXCEPTION(teach.evaluate_batches(empty), std::invalid_argument,
                          says("evaluate_batches: the source has no batches"));
    auto options = two_epochs;
    options.validation_split = 0.5;
    BOOST_CHECK_EXCEPTION(teach.fit_batches(empty, options), std::invalid_argument,
                          says("a source of batches cannot be split"));
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_once_all_batches_were_filled) {
    network net{seed{7}};
    trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
    for (const prefetch_options& way : ways) {
        std::atomic<std::size_t> before_last = 0;
        auto source = function_batches<batch>(
            40,
            [&](const batch_number& number, batch& one) {
                if (one.y.size() == 0)
                    one = rows(0, batch_size);
                for (std::size_t i = 0; i < batch_size; ++i)
                    one.y(i) = static_cast<int>((number.step + i) % 3);
                if (number.step == 20)
                    before_last = std::size_t{allocations};
                // Batches before and behind these have been trained on meanwhile.
                if (number.step == 39)
                    before_last = allocations - before_last;
            },
            way);
        teach.fit_batches(source, {.epochs = 1, .verbose = verbosity::silent});
        BOOST_TEST(before_last == 0u);
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_another_one_in_the_next_epoch_is_refused) {
    const temporary_directory directory;
    const auto table = directory.path() / "t.csv";
    const auto replace = [&](const char* former, const char* content, bool has_header, const char* found) {
        directory.write("t.csv", former);
        auto source =
            csv_batches(table, has_header ? "y" : "0",
                        {.batch_size = 2, .prefetch = {.threads = 0}, .csv = {.header = has_header}});
        source.begin(0);
        BOOST_REQUIRE(source.next() != nullptr);
        directory.write("t.csv", content);
        BOOST_CHECK_EXCEPTION((source.begin(1), (void)source.next()), data_error, says(found));
    };
    replace("a,b,y\n1,2,3\n", "y,a,b\n3,1,2\n", true, "expected the 3 columns that it had before");
    replace("a,b,y\n1,2,3\n", "a,b,c,y\n1,2,4,3\n", true, "expected the 3 columns that it had before");
    replace("1,2,3\n", "1,2,3,4\n", false, "expected the 3 columns that it had before");
    replace("1,2,3\n", "1,2\n", false, "expected the 3 columns that it had before");

    write_npy(directory / "x.npy", xt::xtensor<float, 2>(std::array<std::size_t, 2>{4, 500}, 1.0F));
    write_npy(directory / "y.npy", xt::xtensor<float, 1>(std::array<std::size_t, 1>{4}, 1.0F));
    auto source = npy_batches<float, 2, float, 1>(directory / "x.npy", directory / "y.npy",
                                                  {.batch_size = 4, .prefetch = {.threads = 0}});
    source.begin(0);
    BOOST_REQUIRE(source.next() != nullptr);
    write_npy(directory / "x.npy", xt::xtensor<float, 2>(std::array<std::size_t, 2>{4, 1}, 7.0F));
    BOOST_CHECK_EXCEPTION(source.begin(1), data_error,
                          says("expected the extents that it had before, 4 x 500, found 4 x 1"));
}

BOOST_AUTO_TEST_CASE(a_table_without_rows_has_no_batches) {
    const temporary_directory directory;
    for (const bool shuffle : {false, true}) {
        auto source = csv_batches(directory.write("t.csv", "a,y\n"), "y", {.shuffle = shuffle});
        source.begin(0);
        BOOST_TEST(source.next() == nullptr);
    }
}

BOOST_AUTO_TEST_CASE(a_source_that_could_not_begin_begins_later) {
    const temporary_directory directory;
    const auto file = directory.write("t.csv", "a,y\n1,2\n");
    auto source = csv_batches(file, "y");
    std::filesystem::remove(file);
    for (int i = 0; i < 2; ++i)
        BOOST_CHECK_THROW((void)source.next(), data_error);
    directory.write("t.csv", "a,y\n1,2\n");
    BOOST_TEST(source.next() != nullptr);
}

BOOST_AUTO_TEST_CASE(validation_wants_a_batch_size) {
    network net{seed{1}};
    trainer teach{net, sparse_categorical_crossentropy, adam{}};
    auto source =
        function_batches(steps, [](const batch_number& number) { return rows_of_step(number.step); });
    const batch all = rows(0, count);
    BOOST_CHECK_EXCEPTION(teach.fit_batches(source, {.batch_size = 0, .validation_data = {all.x, all.y}}),
                          std::invalid_argument,
                          says("fit_batches: the batch size, which validation has, is 0"));
}
