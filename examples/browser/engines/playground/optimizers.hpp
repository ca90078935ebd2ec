// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "norm_optimizers.hpp"
#include "optimizer_rule.hpp"

#include <strata/learning/optimizers.hpp>

#include <array>
#include <string_view>

namespace playground {

inline constexpr std::array optimizers{
    detail::optimizer_rule<strata::sgd>::kernels("sgd"),
    detail::optimizer_rule<strata::sgd_momentum>::kernels("sgd_momentum"),
    detail::optimizer_rule<strata::sgd_nesterov>::kernels("sgd_nesterov"),
    detail::optimizer_rule<strata::adam>::kernels("adam"),
    detail::optimizer_rule<strata::adamw>::kernels("adamw"),
    detail::optimizer_rule<strata::adam_amsgrad>::kernels("adam_amsgrad"),
    detail::optimizer_rule<strata::nadam>::kernels("nadam"),
    detail::optimizer_rule<strata::adamax>::kernels("adamax"),
    detail::optimizer_rule<strata::lion>::kernels("lion"),
    detail::optimizer_rule<strata::rmsprop>::kernels("rmsprop"),
    detail::optimizer_rule<strata::rmsprop_momentum>::kernels("rmsprop_momentum"),
    detail::optimizer_rule<strata::rmsprop_centered>::kernels("rmsprop_centered"),
    detail::optimizer_rule<strata::adagrad>::kernels("adagrad"),
    detail::optimizer_rule<strata::adadelta>::kernels("adadelta"),
    detail::optimizer_rule<strata::ftrl>::kernels("ftrl"),
    detail::norm_rule<strata::lamb>::kernels("lamb"),
    detail::norm_rule<strata::lars>::kernels("lars"),
};

inline const optimizer_kernels* find_optimizer(std::string_view name) {
    for (const optimizer_kernels& each : optimizers)
        if (each.name == name)
            return &each;
    return nullptr;
}

} // namespace playground
