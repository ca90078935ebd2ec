// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/strata.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

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
