// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// The mask of an output of a network, for the losses and metrics of its rows. `Goal` is a
/// `training_output`; without a mask all rows count, and nothing is stored.
template <class Goal, class T, bool IsMasked = Goal::is_masked>
struct output_mask {
    [[nodiscard]] static constexpr bool counts(std::size_t /* row */) noexcept { return true; }
};
template <class Goal, class T>
struct output_mask<Goal, T, true> {
    const T* numbers = nullptr; ///< [samples][rows / `Goal::mask_rows`]

    /// Whether a row counts, counted from the first sample's first.
    [[nodiscard]] bool counts(std::size_t row) const noexcept {
        return numbers[row / Goal::mask_rows] != T(0);
    }
};

/// The mask of an output in a workspace of training.
template <class Goal, class T, class Workspace>
[[nodiscard]] auto mask_of_output(Workspace& space) noexcept {
    if constexpr (Goal::is_masked)
        return output_mask<Goal, T>{space.output(Goal::mask_stage).data};
    else
        return output_mask<Goal, T>{};
}

namespace internal {
template <class Pass, std::size_t... I>
constexpr bool masks_some_output(std::index_sequence<I...>) {
    return (Pass::template output<I>::is_masked || ...);
}
} // namespace internal
/// Whether an output of a network has a mask.
template <class Pass>
inline constexpr bool
    has_output_masks = internal::masks_some_output<Pass>(std::make_index_sequence<Pass::output_count>{});

/// The masks of all outputs.
template <class Pass, bool HasMasks = has_output_masks<Pass>>
struct output_masks {
    template <std::size_t Output>
    [[nodiscard]] auto mask() const noexcept {
        return output_mask<typename Pass::template output<Output>, typename Pass::value_type>{};
    }
    static output_masks of_workspace(typename Pass::workspace&) noexcept { return {}; }
};
template <class Pass>
struct output_masks<Pass, true> {
    typename Pass::workspace* space = nullptr;

    template <std::size_t Output>
    [[nodiscard]] auto mask() const noexcept {
        return mask_of_output<typename Pass::template output<Output>, typename Pass::value_type>(*space);
    }
    static output_masks of_workspace(typename Pass::workspace& space) noexcept { return {&space}; }
};

} // namespace strata::bedrock::inline STRATA_SETTING
