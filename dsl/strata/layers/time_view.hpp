// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/text.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Which steps of a sequence [steps, features] a layer looks at for one step of its result.
enum class sight {
    step,       ///< that step alone
    past,       ///< it and a known number of steps before
    state,      ///< it and a state that the steps before have left
    last_state, ///< the same; what comes out is that of the last step alone
    ahead,      ///< steps behind it as well, a known number, and maybe steps before
    resampled,  ///< it makes another number of steps
    whole,      ///< all of them
    masked      ///< some of them, as a mask says
};

/// How a layer looks along time: what, and how many steps back, or ahead and then also back.
struct time_view {
    sight what;
    std::size_t steps = 0;
    std::size_t past_steps = 0;
};
inline constexpr time_view each_step{sight::step};
inline constexpr time_view whole_sequence{sight::whole};
/// The view of a layer that computes with rows of the last axis. Behind a reduction of the features that is
/// time itself.
template <class Shape, class...>
inline constexpr time_view each_row = Shape::rank >= 2 ? each_step : whole_sequence;

/// Whether a stream can compute the layer: it looks at nothing that is still to come, or the stream waits.
[[nodiscard]] constexpr bool is_streamable(time_view view, bool waits = false) {
    return view.what <= sight::last_state || (waits && view.what == sight::ahead);
}

namespace detail {
/// What keeps a layer from a stream.
template <time_view View>
inline constexpr auto time_text = [] {
    if constexpr (View.what == sight::ahead && View.steps == 1)
        return text("it looks 1 step ahead");
    else if constexpr (View.what == sight::ahead)
        return text("it looks ") + number_text<View.steps> + " steps ahead";
    else if constexpr (View.what == sight::resampled)
        return text("it makes another number of steps");
    else if constexpr (View.what == sight::masked)
        return text("it reads a mask, and a live stream has no padding");
    else
        return text("it looks at the whole sequence");
}();
} // namespace detail

} // namespace strata::bedrock::inline STRATA_SETTING
