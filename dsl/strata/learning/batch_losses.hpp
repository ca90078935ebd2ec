// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/loss.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Which negative a triplet takes: for each anchor the nearest, beside its farthest positive; or for each
/// anchor and positive the nearest that is farther away than the positive, else the farthest.
enum class mining { hard, semi_hard };

/// A loss whose samples look at each other: the outputs of a sample are its place in a space, its target says
/// to which group it belongs, and the loss is one of Euclidean distances within a batch. Groups have any
/// whole numbers from 0 on.
struct distance_loss : loss_base {
    static constexpr target_kind targets = target_kind::labels;
    static constexpr bool of_batches = true;
    static constexpr bool reads_target = true;
    static constexpr bool needs_classes = false;
    using shortcut = no_shortcut;
    static constexpr bool is_bound = true;

    template <class Shape>
    static constexpr bool accepts = Shape::rank == 1;
};

/// A formula of two distances, that of an anchor to a sample of its group (`positive`) and to one of another
/// group (`negative`).
template <text Name, auto Formula, mining Mining>
struct triplet_loss_function : distance_loss {
    static constexpr auto name = Name;
    static constexpr auto formula = frozen<Formula>;
    static constexpr mining kind = Mining;
};

/// Formulas of the `distance` of two samples of one group, and of two groups.
template <text Name, auto Alike, auto Different>
struct pair_loss_function : distance_loss {
    static constexpr auto name = Name;
    static constexpr auto alike = frozen<Alike>;
    static constexpr auto different = frozen<Different>;
};

namespace detail::loss_formulas {
inline constexpr variable_term<"positive"> positive{};
inline constexpr variable_term<"negative"> negative{};
inline constexpr variable_term<"distance"> distance{};

template <text Name, real Margin, mining Mining>
using triplet = triplet_loss_function<Name, max(constant<Margin> + positive - negative, 0), Mining>;
} // namespace detail::loss_formulas

/// The mean over anchors of max(Margin + farthest positive - nearest negative, 0) (Hermans, Beyer and Leibe
/// 2017). Anchors without a positive or a negative in the batch count 0. Of equal distances the first counts.
template <real Margin = 1.0>
inline constexpr detail::loss_formulas::triplet<"triplet_hard", Margin, mining::hard> triplet_hard{};

/// The mean over all pairs of an anchor and a positive of max(Margin + positive - negative, 0) (Schroff,
/// Kalenichenko and Philbin 2015). Pairs without a negative in the batch count 0.
template <real Margin = 1.0>
inline constexpr detail::loss_formulas::triplet<"triplet_semi_hard", Margin, mining::semi_hard>
    triplet_semi_hard{};

/// The mean over all pairs of a batch of d^2 for samples of one group, and max(Margin - d, 0)^2 for others.
template <real Margin = 1.0>
inline constexpr pair_loss_function<"contrastive_pairs", square(detail::loss_formulas::distance),
                                    square(max(constant<Margin> - detail::loss_formulas::distance, 0))>
    contrastive_pairs{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::contrastive_pairs;
using bedrock::triplet_hard;
using bedrock::triplet_semi_hard;
} // namespace strata
