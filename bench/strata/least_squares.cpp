// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// An exact linear regression with an intercept: least_squares tall|wide
#include <strata/layers/layers.hpp>
#include <strata/regression/linear_regression.hpp>

#include "peers/least_squares.hpp"

namespace {

template <std::size_t Features>
void run(const least_squares::problem& data) {
    least_squares::time([&] {
        strata::linear_regression<Features> reg;
        reg.fit(data.x, data.y, {.threads = bench::threads()});
        return reg.coef()(0);
    });
}

} // namespace

int main(int count, char** arguments) {
    const bool wide = least_squares::is_wide(count, arguments);
    const least_squares::problem data(wide);
    if (wide)
        run<200>(data);
    else
        run<20>(data);
}
