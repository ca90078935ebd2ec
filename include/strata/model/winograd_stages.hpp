// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/plan/summary.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// For each stage of a network's training what its kernels compute by Winograd's products, for `plan()`.
template <class Topology, class T>
inline constexpr auto winograd_stages = [] {
    using stages = typename training_wiring<Topology>::stages;
    std::array<winograd_use, stages::size> result{};
    std::size_t number = 0;
    for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
        using kernels = head_kernels<typename Stage::head>;
        result[number++] = {kernels::template results_by_winograd<T>,
                            kernels::template derivatives_by_winograd<T>};
    });
    return result;
}();

} // namespace strata::bedrock::inline STRATA_SETTING
