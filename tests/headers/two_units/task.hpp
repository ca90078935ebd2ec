// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/learning/error_losses.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/training/learner.hpp>

struct exclusive_or {
    static constexpr auto topology =
        strata::input<2> | strata::dense<2> | strata::bedrock::tanh | strata::dense<1>;
    static constexpr auto loss = strata::mean_squared_error;
    using optimizer = strata::adam;
};
extern template class strata::learner<exclusive_or>;

std::vector<float> numbers_of_learner();
