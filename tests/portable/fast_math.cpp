// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What holds with -ffast-math, where a compiler takes it that there are neither infinities nor NaN: strata
// still says what data and losses are none.
#include <strata/data/scaling.hpp>
#include <strata/expression/finite.hpp>
#include <strata/layers/layers.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/model/arrays.hpp>
#include <strata/training/trainer.hpp>

#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <vector>

#ifndef __FAST_MATH__
#    error "this is to be compiled with -ffast-math"
#endif

using namespace strata;

namespace {

int failures = 0;

void check(bool holds, const char* what) {
    if (!holds) {
        std::printf("does not hold: %s\n", what);
        ++failures;
    }
}

// What the compiler cannot see through, and does not make of arithmetic.
volatile std::uint32_t float_bits[] = {0x7fc00000, 0xffc00000, 0x7f800000, 0xff800000,
                                       0x7f7fffff, 0x00000001, 0};
volatile std::uint64_t nan_bits = 0x7ff8000000000000, infinity_bits = 0x7ff0000000000000;

template <class Exception, class Try>
bool throws(Try attempt) {
    try {
        attempt();
    } catch (const Exception&) {
        return true;
    }
    return false;
}

using line = model<input<1> | dense<1>>;

void train(float value, double rate) {
    line net{seed{1}};
    trainer teach{net, mean_squared_error, sgd{rate}};
    teach.fit(std::vector<float>{1, value, 3, 4}, std::vector<float>{1, 2, 3, 4},
              {.batch_size = 4, .epochs = 200, .verbose = verbosity::silent});
}

} // namespace

int main() {
    const bool finite[] = {false, false, false, false, true, true, true};
    const bool number[] = {false, false, true, true, true, true, true};
    for (std::size_t i = 0; i < std::size(float_bits); ++i) {
        const auto value = std::bit_cast<float>(std::uint32_t{float_bits[i]});
        check(strata::bedrock::internal::is_finite(value) == finite[i], "a float is finite or not");
        check(strata::bedrock::internal::is_not_a_number(value) != number[i], "a float is a number or not");
    }
    const auto nan = std::bit_cast<double>(std::uint64_t{nan_bits});
    const auto infinity = std::bit_cast<double>(std::uint64_t{infinity_bits});
    check(!strata::bedrock::internal::is_finite(nan) && strata::bedrock::internal::is_not_a_number(nan),
          "NaN is no number");
    check(!strata::bedrock::internal::is_finite(infinity) &&
              !strata::bedrock::internal::is_not_a_number(-infinity),
          "infinity is a number");

    check(!throws<diverged>([] { train(2, 0.01); }), "good data is learnt from");
    check(throws<std::invalid_argument>(
              [] { train(std::bit_cast<float>(std::uint32_t{float_bits[0]}), 0.01); }),
          "NaN among the data is not trained on");
    check(throws<diverged>([] { train(2, 1e3); }), "a loss that grows without end ends training");

    xt::xtensor<double, 2> columns{{1, 2}, {3, 4}, {5, 7}};
    check(!throws<data_error>([&] { standard_scaler{}.fit(columns); }), "good columns are scaled");
    columns(1, 1) = nan;
    check(throws<data_error>([&] { standard_scaler{}.fit(columns); }), "NaN is not scaled");

    std::puts(failures == 0 ? "all holds" : "some does not hold");
    return failures == 0 ? 0 : 1;
}
