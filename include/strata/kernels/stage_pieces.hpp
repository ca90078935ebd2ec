// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/product/piece_sums.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Hands the gradients of a stage's parameters to `updates`, a `head_updates`, by a team together. Where its
/// kernel sums no more than one piece of the batch at a time, those of the others wait in `sums`.
template <class Stage, bool First, class T, class Updates>
void update_by_pieces(head_backward<T> call, const team& threads, const Updates& updates,
                      [[maybe_unused]] T* sums) noexcept {
    using head = typename Stage::head;
    using kernels = head_kernels<head>;
    if constexpr (kernels::adds_pieces != piece_adder::pass)
        kernels::template update<Stage, First>(call, threads, updates);
    else {
        static_assert(
            [] {
                bool adds_all = true;
                for_each_parameter<head>([&]<class Parameter>(std::type_identity<Parameter>) {
                    adds_all = adds_all && (Parameter::is_learnt || Parameter::sums_pieces);
                });
                return adds_all;
            }(),
            "strata: what pieces observe of a statistic is a sum where it says so (`sums_pieces`); otherwise "
            "its head adds pieces by itself");
        piece_memory<T> memory;
        for (std::size_t piece = 0; piece < call.pieces.count; ++piece) {
            if (call.pieces.count > 1) {
                threads.barrier(); // another thread may still be at the piece before, or at another stage
                call.piece = call.pieces.range(piece);
                memory.take(sums, places_of_head<T, head>, call.pieces, piece);
            }
            kernels::template update<Stage, First>(call, threads,
                                                   piece_updates<T, head, Updates>{updates, memory});
        }
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
