// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: an estimator alone.*knows no files.*they come with strata/io/estimator_file.hpp
#include <strata/data/scaling.hpp>
#ifndef WRONG
#    include <strata/io/estimator_file.hpp>
#endif

void keep(strata::standard_scaler& scaler) {
    scaler.save("scaler.strata");
    scaler.load("scaler.strata");
}
