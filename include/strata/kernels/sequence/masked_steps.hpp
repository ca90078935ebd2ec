// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// What becomes of a step of a recurrent layer with a mask, as a number: it counts, or it leaves the state
/// and has the result of the step before, or zeros.
struct masked_step {
    static constexpr int counts = 1;
    static constexpr int repeats = 0;
    static constexpr int is_zero = -1;
};

/// The mask of one step of some samples: a `masked_step` for each, and a row for each of whole states.
/// Forward these are the states before the step, backward the derivatives by them that masked steps hand on.
template <class T>
struct step_mask_rows {
    rows_view<const T> kinds;
    rows_view<T> held;

    [[nodiscard]] bool counts(std::size_t sample) const noexcept {
        return *kinds.row(sample) == T(masked_step::counts);
    }
    [[nodiscard]] bool is_zero(std::size_t sample) const noexcept {
        return *kinds.row(sample) == T(masked_step::is_zero);
    }
};
struct no_step_mask {};
template <class Layer, class T>
using step_mask_of = std::conditional_t<Layer::reads_mask, step_mask_rows<T>, no_step_mask>;

/// What a step reads and writes, with its mask; without one, nothing more than that.
template <class Buffers, class T>
struct masked_buffers : Buffers {
    step_mask_rows<T> mask;
};
template <class Buffers, class T>
[[nodiscard, gnu::always_inline]] inline auto add_mask(const Buffers& buffers,
                                                       const step_mask_rows<T>& mask) noexcept {
    return masked_buffers<Buffers, T>{buffers, mask};
}
template <class Buffers>
[[nodiscard, gnu::always_inline]] inline const Buffers& add_mask(const Buffers& buffers,
                                                                 no_step_mask) noexcept {
    return buffers;
}
/// The mask that comes with some buffers.
template <class T, class Buffers>
[[nodiscard]] const step_mask_rows<T>& mask_of(const Buffers& buffers) noexcept {
    return static_cast<const masked_buffers<Buffers, T>&>(buffers).mask;
}

} // namespace strata::bedrock::inline STRATA_SETTING
