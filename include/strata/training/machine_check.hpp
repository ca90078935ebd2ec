// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/diagnostic.hpp>
#include <strata/kernels/head_kernels.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Whether several machines can share the batches of a network and its losses. Names what they cannot.
template <class Pass>
consteval bool check_shared() {
    bool fits = true;
    for_each_index<Pass::count>([&](auto index) {
        using head = typename Pass::template stage<index>::head;
        if constexpr (Pass::flow::learns(index) && head_kernels<head>::adds_pieces == piece_adder::nobody)
            fits = reject<head, "a layer whose kernels add no pieces (`adds_pieces`)",
                          "cannot be trained by several machines">();
    });
    for_each_index<Pass::output_count>([&](auto index) {
        using loss = typename Pass::template output<index>::loss;
        if constexpr (loss::of_batches)
            fits = reject<loss, "a loss over pairs of a batch's samples",
                          "cannot be shared by several machines">();
    });
    return fits;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
