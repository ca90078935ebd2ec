// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/flow.hpp>
#include <strata/plan/memory_blocks.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What the kernels of a stage do in a step of training.
struct stage_course {
    bool settles = false;         ///< its derivative goes through the tail by itself, before threads meet
    bool propagates = false;      ///< backward kernels run, before threads meet
    bool finishes_source = false; ///< and multiply with the slope of the stage that they read
    bool reads_back = true;       ///< they read the values that forward read
    bool begins_forward = true;   ///< its kernels' memory is needed from forward on, and not in update alone
    bool keeps_tail = false;      ///< as the stage says
    bool is_closed = false;
    bool drops = false;       ///< its tail has dropouts
    bool slope_drops = false; ///< whose choices the tail's slope needs, too
};

/// When a step of training needs what: values by the buffers of the wiring, the rest by the stages. Stages
/// run forward in one phase each; in the last of them the loss follows. Backward goes from the last stage to
/// the first: its derivative is settled, carried on, and used for the weights' gradients. Threads meet behind
/// the first two, so that the third shares its phase with what the next stage does.
template <class Flow>
struct training_lifetimes {
    using wires = typename Flow::wires;
    static constexpr std::size_t count = Flow::count;
    using courses = std::array<stage_course, count>;

    std::array<lifetime, wires::buffer_count> values{};
    std::array<lifetime, count> kept{};
    std::array<lifetime, count> derivatives{};
    std::array<lifetime, count> shared{};
    std::array<lifetime, count> choices{}; ///< of dropouts, drawn in the phase before the stage's
    std::size_t phases = count;

    /// `seen_by_loss`: what losses read besides the outputs, masks for instance.
    constexpr training_lifetimes(const courses& all, const std::array<bool, count>& seen_by_loss) {
        std::array<bool, count> is_written{};
        for (std::size_t stage = 0; stage < count; ++stage) {
            value(stage).extend(stage);
            read_sources(stage, stage);
            if (all[stage].keeps_tail)
                kept[stage].extend(stage);
            if (all[stage].drops) {
                choices[stage].extend(stage > 0 ? stage - 1 : 0);
                choices[stage].extend(stage);
            }
            if (all[stage].begins_forward)
                shared[stage].extend(stage);
            if (seen_by_loss[stage])
                value(stage).extend(count - 1);
        }
        for (const std::size_t stage : wires::outputs) {
            value(stage).extend(count - 1);
            read_tail(all, stage, count - 1);
            if (Flow::is_needed(stage))
                derivatives[stage].extend(count - 1);
            is_written[stage] = true;
        }
        std::size_t phase = count;
        for (std::size_t stage = count; stage-- > 0;) {
            if (Flow::is_needed(stage)) {
                if (all[stage].settles)
                    settle(all, stage, phase++);
                if (all[stage].propagates)
                    propagate(all, stage, phase++, is_written);
                if (!is_written[stage])
                    derivatives[stage].extend(0); // nobody writes it: it stays what it is at first
            }
            if (Flow::learns(stage) && !Flow::shares)
                update(stage, phase);
        }
        // Where stages share parameters, the gradients follow behind all of that.
        for (std::size_t stage = 0; stage < count; ++stage) {
            if (Flow::learns(stage) && Flow::shares)
                update(stage, phase);
            if (Flow::is_needed(stage) && !is_written[stage])
                derivatives[stage].extend(phase);
        }
        phases = phase + 1;
    }

private:
    constexpr lifetime& value(std::size_t stage) { return values[wires::place(stage).buffer]; }

    constexpr void read_sources(std::size_t stage, std::size_t phase) {
        for (std::size_t i = 0; i < wires::source_count(stage); ++i)
            if (const std::size_t source = wires::source(stage, i); !wires::is_input(source))
                value(source - wires::inputs).extend(phase);
    }
    constexpr void read_tail(const courses& all, std::size_t stage, std::size_t phase) {
        (all[stage].keeps_tail ? kept[stage] : value(stage)).extend(phase);
        if (all[stage].slope_drops)
            choices[stage].extend(phase);
    }
    constexpr void settle(const courses& all, std::size_t stage, std::size_t phase) {
        derivatives[stage].extend(phase);
        read_tail(all, stage, phase);
        if (all[stage].is_closed)
            value(stage).extend(phase);
    }
    constexpr void propagate(const courses& all, std::size_t stage, std::size_t phase,
                             std::array<bool, count>& is_written) {
        derivatives[stage].extend(phase);
        shared[stage].extend(phase);
        if (all[stage].reads_back)
            read_sources(stage, phase);
        for (std::size_t i = 0; i < wires::source_count(stage); ++i)
            if (const std::size_t source = wires::source(stage, i);
                !wires::is_input(source) && Flow::carries(stage, i)) {
                derivatives[source - wires::inputs].extend(phase);
                is_written[source - wires::inputs] = true;
            }
        if (all[stage].finishes_source)
            read_tail(all, wires::source(stage, 0) - wires::inputs, phase);
    }
    constexpr void update(std::size_t stage, std::size_t phase) {
        derivatives[stage].extend(phase);
        shared[stage].extend(phase);
        read_sources(stage, phase);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
