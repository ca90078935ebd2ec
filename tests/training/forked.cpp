// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/temporary_directory.hpp"
#include <strata/data/batch_sources.hpp>
#include <strata/data/mapped_npy.hpp>
#include <strata/data/npy.hpp>
#include <strata/strata.hpp>

#include <boost/test/unit_test.hpp>
#include STRATA_XTENSOR(xbuilder)

#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <vector>

using namespace strata::bedrock;

namespace {

/// The weights after some training on two threads.
std::vector<float> learn() {
    model<input<64> | dense<128> | relu | dense<4>> net{seed{4}};
    random_sequence random(seed{1}, draw_purpose::split);
    std::vector<float> x(256 * 64), y(256 * 4);
    for (float& each : x)
        each = static_cast<float>(random.uniform());
    for (float& each : y)
        each = static_cast<float>(random.uniform());
    trainer teach{net, mean_squared_error, adam{}};
    teach.fit(x, y, {.batch_size = 64, .epochs = 2, .verbose = verbosity::silent, .threads = 2});
    return net.weights();
}

} // namespace

// GNU's OpenMP would wait for ever for threads that only the parent has.
BOOST_AUTO_TEST_CASE(a_process_forked_after_training_learns_the_same) {
    const auto original = learn();
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        alarm(60); // ends the child where it waits
        _exit(learn() == original ? 0 : 1);
    }
    int status = 0;
    BOOST_REQUIRE(waitpid(child, &status, 0) == child);
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
    BOOST_TEST((learn() == original)); // the parent has its threads still
}

// The thread that reads a file is the parent's alone: in the midst of a pass, and where it waits for the
// next.
BOOST_AUTO_TEST_CASE(a_process_forked_in_training_goes_on) {
    const temporary_directory directory;
    constexpr std::size_t count = 100'000;
    const xt::xtensor<float, 2> x = xt::linspace<float>(-1, 1, 8 * count).reshape({count, std::size_t{8}});
    const std::vector<float> y(count, 1.0F);
    write_npy(directory / "x.npy", x);
    const mapped_array mapped = map_npy<float, 2>(directory / "x.npy");
    for (const std::size_t window : {0UL, 16'000UL}) {
        pid_t child = -1;
        const auto train = [&] {
            model<input<8> | dense<1>> net{seed{2}};
            sgd rule;
            rule.learning_rate = [&child](double step) {
                if (step > 20 && child == -1 && (child = ::fork()) == 0)
                    alarm(60); // ends the child where it waits
                return 0.001;
            };
            trainer teach{net, mean_squared_error, rule};
            fit_options options;
            options.batch_size = 1000;
            options.epochs = 2;
            options.shuffle = window > 0;
            options.shuffle_window = window;
            options.verbose = verbosity::silent;
            options.threads = 1;
            teach.fit(mapped, y, options);
            return net.weights();
        };
        const auto found = train();
        if (child == 0)
            _exit(found == train() ? 0 : 1);
        int status = 0;
        BOOST_REQUIRE(waitpid(child, &status, 0) == child);
        BOOST_TEST(WIFEXITED(status));
        BOOST_TEST(WEXITSTATUS(status) == 0);
    }
}

BOOST_AUTO_TEST_CASE(batches_of_a_process_that_was_forked_are_refused_there) {
    const auto rows = [](const batch_number&) {
        return labelled_arrays<std::vector<float>, std::vector<float>>{{1, 2}, {3, 4}};
    };
    std::unique_ptr<batch_source> source(new auto(function_batches(3, rows)));
    source->begin(0);
    BOOST_REQUIRE(source->next() != nullptr);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        alarm(60); // ends the child where it waits
        int status = 1;
        try {
            (void)source->next();
        } catch (const std::runtime_error&) {
            auto own = function_batches(3, rows);
            own.begin(0);
            status = own.next() != nullptr ? 0 : 2;
        }
        source.reset();
        _exit(status);
    }
    int status = 0;
    BOOST_REQUIRE(waitpid(child, &status, 0) == child);
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
    BOOST_TEST(source->next() != nullptr); // the parent has its threads still
}
