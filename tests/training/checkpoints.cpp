// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/says.hpp"
#include "../data/temporary_directory.hpp"
#include "line_network.hpp"

#include <strata/data/safetensors.hpp>
#include <strata/io/weights.hpp>
#include <strata/strata.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace strata::bedrock;
using namespace line_network;

BOOST_AUTO_TEST_CASE(checkpoints_are_written_and_read) {
    const temporary_directory directory;
    const auto file = directory.path() / "net.strata";
    network net{seed{1}};
    teach_with(net, {checkpoint{file}});
    network copy{seed{2}};
    trainer teach{copy, mean_squared_error, sgd{}};
    teach.load(file);
    BOOST_TEST(copy.weights() == net.weights(), boost::test_tools::per_element());
    BOOST_TEST(teach.steps() == 5u);

    const auto best = directory.path() / "best.strata";
    network worse{seed{1}};
    std::vector<float> first;
    teach_with(
        worse,
        {checkpoint{.file = best, .best_only = true}, on_epoch_end{[&](std::size_t epoch, const scores&) {
             if (epoch == 0)
                 first = worse.weights();
         }}},
        4, 0.5);
    teach.load(best);
    BOOST_TEST(copy.weights() == first, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_snapshot_goes_on_without_a_file) {
    network net{seed{1}};
    training_snapshot after_two;
    const auto keep = [&](training_state& state) {
        if (state.phase == training_state::moment::epoch_end && state.epoch == 1)
            after_two = state.snapshot();
    };
    trainer teach{net, mean_squared_error, adam{}};
    teach.fit(x, y, {.epochs = 4, .verbose = verbosity::silent, .callbacks = {keep}});

    network other; // the order of samples is the seed's, which is restored
    trainer successor{other, mean_squared_error, adam{}};
    successor.restore(after_two);
    BOOST_TEST(successor.steps() == 2u);
    successor.fit(x, y, {.epochs = 2, .verbose = verbosity::silent});
    BOOST_TEST(other.weights() == net.weights(), boost::test_tools::per_element());
    BOOST_TEST(successor.snapshot().bytes == teach.snapshot().bytes);

    const auto original = other.weights();
    auto damaged = after_two;
    damaged.bytes.back() ^= 1;
    BOOST_CHECK_EXCEPTION(successor.restore(damaged), data_error,
                          says({"the snapshot, at byte ", "expected the checksum "}));
    damaged.bytes.pop_back();
    BOOST_CHECK_EXCEPTION(successor.restore(damaged), data_error,
                          says({"the snapshot, at byte ", "bytes of numbers"}));
    auto longer = after_two;
    longer.bytes.push_back(0);
    BOOST_CHECK_EXCEPTION(successor.restore(longer), data_error,
                          says({"expected the end, found 1 more bytes"}));
    BOOST_CHECK_EXCEPTION(
        successor.restore(training_snapshot{}), data_error,
        says({"the snapshot, at byte 0: expected ", " bytes of a checkpoint's header, found 0"}));
    trainer simpler{other, mean_squared_error, sgd{}};
    BOOST_CHECK_EXCEPTION(
        simpler.restore(after_two), data_error,
        says({"the snapshot, at byte ", "expected \"optimizer w = ", "found \"optimizer m = "}));
    BOOST_TEST(other.weights() == original, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_checkpoint_is_a_safetensors_file_with_names) {
    const temporary_directory directory;
    const auto file = directory.path() / "net.strata";
    network net{seed{7}};
    trainer teach{net, mean_squared_error, accumulate<2>(adam{})};
    teach.fit(x, y, {.epochs = 3, .verbose = verbosity::silent});
    teach.set_learning_rate(0.25);
    teach.save(file);
    safetensors_file saved(file);
    std::vector<std::string> names;
    for (const stored_tensor& tensor : saved.tensors())
        names.push_back(tensor.name);
    const std::vector<std::string> expected{
        "training/seed",        "training/steps",   "training/epochs", "training/has_rate",
        "training/rate",        "dense.kernel",     "dense.bias",      "dense.kernel/m",
        "dense.bias/m",         "dense.kernel/v",   "dense.bias/v",    "dense.kernel/gradients",
        "dense.bias/gradients", "training/checksum"};
    BOOST_TEST(names == expected, boost::test_tools::per_element());
    BOOST_TEST(saved.metadata()[0].first == "format");
    BOOST_TEST(saved.metadata()[0].second == "strata checkpoint 3");
    BOOST_TEST(saved.read("dense.kernel").at(0) == net.weights()[0]);
    BOOST_TEST(saved.read("dense.kernel/m").at(0) != 0.0f);
    BOOST_TEST(saved.read<double>("training/rate").at(0) == 0.25);

    // Somebody who wants the weights alone has them, too.
    BOOST_TEST((load_network<std::remove_const_t<decltype(net)>>(file).weights() == net.weights()));

    const std::string all = contents(file);
    const auto number = [&](std::size_t place) {
        std::uint64_t result = 0;
        std::memcpy(&result, all.data() + all.size() - 4 - 8 * sizeof(float) - 5 * 8 + place * 8,
                    sizeof result);
        return result;
    };
    BOOST_TEST(number(0) == 7u);
    BOOST_TEST(number(1) == 3u);
    BOOST_TEST(number(2) == 3u);
    BOOST_TEST(number(3) == 1u);
    std::uint32_t sum = 0; // that of gzip
    const std::size_t last = all.size() - sizeof sum;
    std::memcpy(&sum, all.data() + last, sizeof sum);
    BOOST_TEST(sum ==
               crc32(0, reinterpret_cast<const unsigned char*>(all.data()), static_cast<unsigned>(last)));
    BOOST_TEST(internal::checksum(std::vector<unsigned char>{'1', '2', '3', '4', '5', '6', '7', '8', '9'}) ==
               0xcbf43926u);
}

BOOST_AUTO_TEST_CASE(damaged_checkpoints_change_nothing) {
    const temporary_directory directory;
    const auto file = directory.path() / "net.strata";
    network net{seed{1}};
    trainer teach{net, mean_squared_error, adam{}};
    teach.fit(x, y, {.verbose = verbosity::silent});
    teach.save(file);
    const std::string good = contents(file);
    const auto original = net.weights();
    const auto refuses = [&](const std::string& bytes, const char* why) {
        std::ofstream(file, std::ios::binary) << bytes;
        BOOST_CHECK_EXCEPTION(teach.load(file), data_error, says(why));
        BOOST_TEST(net.weights() == original, boost::test_tools::per_element());
        BOOST_TEST(teach.steps() == 1u);
    };
    refuses(good.substr(0, good.size() - 1), "net.strata, at byte");
    refuses(good.substr(0, 10), "net.strata, at byte 8: expected");
    refuses("strata checkpoint 2\n" + good.substr(20), "at byte 8: expected \"strata checkpoint 3\"");
    std::string longer = good;
    ++longer[0];
    refuses(longer, "net.strata, at byte 0: expected a header of ");
    refuses(good + "x", "the end of the file");
    std::string flipped = good;
    flipped[flipped.size() - 10] = static_cast<char>(flipped[flipped.size() - 10] ^ 4);
    refuses(flipped, "expected the checksum");
    std::ofstream(file, std::ios::binary) << good;

    model<input<1> | dense<2> | dense<1>> foreign;
    trainer other{foreign, mean_squared_error, adam{}};
    BOOST_CHECK_EXCEPTION(other.load(file), data_error,
                          says({"expected \"float, 7 parameters\"", "found \"float, 2 parameters\""}));
    trainer stateless{net, mean_squared_error, sgd{}};
    BOOST_CHECK_EXCEPTION(stateless.load(file), data_error, says("expected \"optimizer w = "));
    teach.load(file);
}

namespace {
constexpr auto image = input<6, 6, 1>;
template <auto Body>
using mean_of = model<image | Body | global_average_pool | dense<1>>;

/// What another network's checkpoint is refused with.
template <class Kept, class Other>
void check_refused(const std::string& expected, const std::string& found) {
    Kept net{seed{1}};
    const training_snapshot snapshot = trainer{net, mean_squared_error, sgd_momentum{}}.snapshot();
    Other other{seed{2}};
    const auto original = other.weights();
    trainer teach{other, mean_squared_error, sgd_momentum{}};
    BOOST_CHECK_EXCEPTION(teach.restore(snapshot), data_error, says({expected, found}));
    BOOST_TEST(other.weights() == original, boost::test_tools::per_element());
}
} // namespace

BOOST_AUTO_TEST_CASE(checkpoints_of_networks_with_other_options_are_refused) {
    // All with the same layers and as many parameters.
    check_refused<mean_of<conv<2, 3> | leaky_relu<0.3>>, mean_of<conv<2, 3, stride<2>> | leaky_relu<0.3>>>(
        "expected \"conv<2, 3>, window 3/2/1/0 3/2/1/0", "found \"conv<2, 3>, window 3/1/1/0 3/1/1/0");
    check_refused<mean_of<conv<2, 3> | leaky_relu<0.3>>, mean_of<conv<2, 3> | leaky_relu<0.2>>>(
        "expected \"leaky_relu select(x > 0, x, 0.2 * x)", "found \"leaky_relu select(x > 0, x, 0.3 * x)");
    check_refused<mean_of<average_pool<3, stride<1>, same> | conv<2, 1>>,
                  mean_of<average_pool<3, stride<1>, padding<1>, count_padding> | conv<2, 1>>>(
        "expected \"average_pool<3>, window 3/1/1/1 3/1/1/1, kind 2",
        "found \"average_pool<3>, window 3/1/1/1 3/1/1/1, kind 1");
    check_refused<model<input<3, 2> | masking<> | dense<1>>, model<input<3, 2> | masking<1.0> | dense<1>>>(
        "expected \"mask of steps, value 1", "found \"mask of steps, value 0");
    check_refused<mean_of<resize<4> | conv<2, 1>>, mean_of<resize<4, align_corners> | conv<2, 1>>>(
        "expected \"resize<4>, axes 0/0/0/1 5/0/0/1/1/0", "found \"resize<4>, axes 0/0/0/1 5/0/0/1/0/0");

    network net{seed{1}};
    trainer momentum{net, mean_squared_error, sgd_momentum{}};
    trainer averages{net, mean_squared_error, rmsprop{}}; // as many states
    BOOST_CHECK_EXCEPTION(
        averages.restore(momentum.snapshot()), data_error,
        says({"expected \"optimizer v = (decay * v)", "found \"optimizer v = (momentum * v)"}));

    // Rules that are alike but for their end, which a message shows.
    trainer pairs{net, mean_squared_error, accumulate<2>(adam{})};
    trainer triples{net, mean_squared_error, accumulate<3>(adam{})};
    BOOST_CHECK_EXCEPTION(
        triples.restore(pairs.snapshot()), data_error,
        says({"expected \"...", " every 3 batches\"", "found \"...", " every 2 batches\""}));
    trainer single{net, mean_squared_error, clip_norm(sgd{}, 1)};
    trainer global{net, mean_squared_error, clip_global_norm(sgd{}, 1)};
    BOOST_CHECK_EXCEPTION(global.restore(single.snapshot()), data_error,
                          says({"by the norm of all arrays\"", "by the norm of each array\""}));
    trainer batch{net, mean_squared_error, adam{}};
    BOOST_CHECK_EXCEPTION(batch.restore(pairs.snapshot()), data_error,
                          says({"expected \"...", ";\", found \"...", " every 2 batches\""}));
}

BOOST_AUTO_TEST_CASE(rates_and_schedules_go_on_from_a_checkpoint) {
    const auto halved = learning_rate_schedule{
        [](std::size_t epoch, double rate) { return epoch < 2 ? 0.05 : rate / static_cast<double>(epoch); }};
    network straight{seed{1}};
    trainer whole{straight, mean_squared_error, adam{}};
    whole.fit(x, y, {.epochs = 6, .verbose = verbosity::silent, .callbacks = {halved}});

    network first{seed{1}};
    trainer half{first, mean_squared_error, adam{}};
    half.fit(x, y, {.epochs = 4, .verbose = verbosity::silent, .callbacks = {halved}});
    network second{seed{1}};
    trainer rest{second, mean_squared_error, adam{}};
    rest.restore(half.snapshot());
    BOOST_TEST(rest.learning_rate() == 0.05 / 6);
    BOOST_TEST(rest.epochs() == 4u);
    const auto seen = rest.fit(
        x, y,
        {.epochs = 6, .initial_epoch = rest.epochs(), .verbose = verbosity::silent, .callbacks = {halved}});
    BOOST_TEST(seen.epochs() == 2u);
    BOOST_TEST(second.weights() == straight.weights(), boost::test_tools::per_element());
    BOOST_TEST(rest.snapshot().bytes == whole.snapshot().bytes);

    // A snapshot from before a rate was set has the optimizer's own again.
    network third{seed{1}};
    trainer fresh{third, mean_squared_error, adam{}};
    rest.restore(fresh.snapshot());
    BOOST_TEST(rest.learning_rate() == 1e-3);
}

BOOST_AUTO_TEST_CASE(training_goes_on_from_a_checkpoint_to_the_same_bits) {
    const temporary_directory directory;
    const auto file = directory.path() / "half.strata";
    using deep = model<input<4> | dense<9> | relu | dropout<0.3> | dense<2>>;
    std::vector<float> inputs(40);
    std::vector<float> outputs(20);
    random_sequence random(seed{1}, draw_purpose::split);
    for (float& each : inputs)
        each = static_cast<float>(random.uniform());
    for (float& each : outputs)
        each = static_cast<float>(random.uniform());
    for (const std::size_t window : {0UL, 5UL}) {
        const auto options = [&](std::size_t epochs) {
            fit_options result;
            result.batch_size = 3;
            result.epochs = epochs;
            result.shuffle_window = window;
            result.verbose = verbosity::silent;
            return result;
        };
        deep straight{seed{6}};
        trainer whole{straight, mean_squared_error, adam{}};
        whole.fit(inputs, outputs, options(6));

        deep first{seed{6}};
        trainer half{first, mean_squared_error, adam{}};
        half.fit(inputs, outputs, options(2));
        half.save(file);
        deep second; // which has another seed before it is loaded
        trainer rest{second, mean_squared_error, adam{}};
        rest.load(file);
        rest.fit(inputs, outputs, options(4));
        BOOST_TEST(second.weights() == straight.weights(), boost::test_tools::per_element());
    }
}

namespace own {
/// A metric that counts samples, and kills its program at one of them.
struct fatal : metric_base {
    static constexpr auto name = text("fatal");
};
std::uint32_t samples_left = 0;

template <class Loss, std::size_t Rows, std::size_t Last, class T>
metric_parts measure(fatal, const T*, const target_of<Loss, T>*) noexcept {
    if (samples_left > 0 && --samples_left == 0)
        ::raise(SIGKILL);
    return {1, 1};
}
} // namespace own

namespace {
constexpr std::size_t fragile_samples = 100;
constexpr std::size_t fragile_epochs = 6;

/// What is left after training with a backup that nobody kills, or that is killed after so many samples.
training_snapshot train_fragile(const std::filesystem::path& file, std::uint32_t samples_to_live) {
    own::samples_left = samples_to_live;
    std::vector<float> inputs(4 * fragile_samples);
    std::vector<float> outputs(fragile_samples);
    random_sequence random(seed{1}, draw_purpose::split);
    for (float& each : inputs)
        each = static_cast<float>(random.uniform());
    for (std::size_t i = 0; i < fragile_samples; ++i)
        outputs[i] = inputs[4 * i] - inputs[4 * i + 1];
    model<input<4> | dense<16> | relu | dropout<0.2> | dense<1>> net{seed{3}};
    trainer teach{net, mean_squared_error, adam{}, own::fatal{}};
    const auto halved = [](std::size_t epoch, double rate) { return epoch % 2 == 1 ? rate / 2 : rate; };
    teach.fit(inputs, outputs,
              {.batch_size = 16,
               .epochs = fragile_epochs,
               .verbose = verbosity::silent,
               .callbacks = {backup{file}, learning_rate_schedule{halved}},
               .threads = 1});
    return teach.snapshot();
}
} // namespace

BOOST_AUTO_TEST_CASE(a_program_that_is_killed_goes_on_to_the_same_bits) {
    const temporary_directory directory;
    const auto file = directory.path() / "training.backup";
    const auto expected = train_fragile(file, 0);
    BOOST_TEST(!std::filesystem::exists(file));

    random_sequence random(seed{5}, draw_purpose::split);
    std::size_t kills = 0;
    bool is_done = false;
    for (int attempt = 0; attempt < 100 && !is_done; ++attempt) {
        std::ofstream(file.string() + ".unfinished") << "what a kill while saving leaves";
        const auto samples = 1 + random.integer(250); // somewhere in a step of the first three epochs
        const pid_t child = ::fork();
        BOOST_REQUIRE(child >= 0);
        if (child == 0) {
            alarm(60);
            _exit(train_fragile(file, samples).bytes == expected.bytes ? 0 : 1);
        }
        int status = 0;
        BOOST_REQUIRE(waitpid(child, &status, 0) == child);
        is_done = WIFEXITED(status);
        if (is_done)
            BOOST_TEST(WEXITSTATUS(status) == 0);
        else
            BOOST_TEST(WTERMSIG(status) == SIGKILL);
        kills += !is_done;
    }
    BOOST_TEST(is_done);
    BOOST_TEST(kills >= 3u);
    BOOST_TEST(!std::filesystem::exists(file));

    std::ofstream(file)
        << "something else than a backup, and long enough for its first line to be read from it";
    BOOST_CHECK_EXCEPTION(train_fragile(file, 0), data_error,
                          says({"training.backup, at byte 8", "expected \"strata checkpoint 3\""}));
    BOOST_CHECK_EXCEPTION(train_fragile(directory.path(), 0), data_error,
                          says("expected a file, found a directory"));
}

BOOST_AUTO_TEST_CASE(a_backup_of_another_fit_is_refused) {
    const temporary_directory directory;
    const auto file = directory.path() / "training.backup";
    network net{seed{1}};
    trainer teach{net, mean_squared_error, sgd{.learning_rate = 0.05}};
    const auto fit = [&](std::size_t epochs, std::vector<callback> callbacks) {
        return teach.fit(x, y,
                         {.epochs = epochs, .verbose = verbosity::silent, .callbacks = std::move(callbacks)});
    };
    fit(2, {});
    teach.save(file); // as of a fit that was killed behind two epochs
    fit(8, {});
    const auto weights = net.weights();
    BOOST_CHECK_EXCEPTION(
        fit(5, {backup{file}}), data_error,
        says({"training.backup", "expected training after 10 to 15 epochs", "found 2, as of another fit"}));
    BOOST_TEST(net.weights() == weights, boost::test_tools::per_element());
    BOOST_TEST(teach.epochs() == 10u);
    BOOST_TEST(std::filesystem::exists(file));

    teach.save(file);
    network other{seed{1}};
    trainer first{other, mean_squared_error, sgd{.learning_rate = 0.05}};
    BOOST_CHECK_EXCEPTION(
        first.fit(x, y, {.epochs = 5, .verbose = verbosity::silent, .callbacks = {backup{file}}}), data_error,
        says("expected training after 0 to 5 epochs"));
    BOOST_TEST(first.epochs() == 0u);
    first.fit(x, y, {.epochs = 12, .verbose = verbosity::silent, .callbacks = {backup{file}}});
    BOOST_TEST(first.epochs() == 12u);
}

// The optimizer's settings may be changed between calls, the rate that was set among them.
BOOST_AUTO_TEST_CASE(a_snapshot_has_the_rate_that_is_in_use) {
    network net{seed{1}};
    trainer teach{net, mean_squared_error, sgd{.learning_rate = 0.1}};
    const auto first = teach.snapshot();
    teach.set_learning_rate(1e-4);
    const auto slow = teach.snapshot();
    teach.optimizer().learning_rate = 1e-2;
    teach.restore(teach.snapshot());
    BOOST_TEST(teach.learning_rate() == 1e-2);
    teach.restore(slow);
    BOOST_TEST(teach.learning_rate() == 1e-4);
    teach.restore(first); // what the optimizer had before
    BOOST_TEST(teach.learning_rate() == 1e-2);
}
