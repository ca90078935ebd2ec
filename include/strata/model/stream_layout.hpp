// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/heads.hpp>
#include <strata/kernels/stream/attention.hpp>
#include <strata/kernels/stream/convolution.hpp>
#include <strata/kernels/stream/depthwise.hpp>
#include <strata/kernels/stream/positions.hpp>
#include <strata/kernels/stream/recurrent.hpp>
#include <strata/model/affine_memory.hpp>
#include <strata/model/values.hpp>
#include <strata/plan/steps.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class Head>
inline constexpr bool is_stepping = false;
template <class Whole, time_view View, std::size_t Inputs, std::size_t Outputs>
inline constexpr bool is_stepping<stepping<Whole, View, Inputs, Outputs>> = true;

/// How many steps a stage of a stream looks back.
template <class Head>
constexpr std::size_t steps_back() {
    if constexpr (is_stepping<Head>)
        return Head::view.what == sight::past    ? Head::view.steps
               : Head::view.what == sight::ahead ? Head::view.past_steps + Head::view.steps
                                                 : 0;
    else
        return 0;
}

/// How many steps a stage of a stream looks ahead. It waits for them, so that it looks back as well.
template <class Head>
constexpr std::size_t steps_ahead() {
    if constexpr (is_stepping<Head>)
        return Head::view.what == sight::ahead ? Head::view.steps : 0;
    else
        return 0;
}
template <class... Stages>
constexpr std::array<std::size_t, sizeof...(Stages)> steps_ahead_of(stage_list<Stages...>) {
    return {steps_ahead<typename Stages::head>()...};
}

/// What a stage needs of a stream's memory.
struct step_needs {
    std::size_t past_steps = 0;
    std::size_t state = 0;   ///< numbers for each stream
    std::size_t scratch = 0; ///< numbers while it runs
};
template <class T, class Head>
constexpr step_needs needs_of(std::size_t rows) {
    if constexpr (!is_stepping<Head>)
        return {0, 0, head_kernels<Head>::template forward_scratch_size<T>};
    else {
        using kernels = step_kernels<typename Head::whole>;
        return {steps_back<Head>(), kernels::template state_size<T>, kernels::template scratch_size<T>(rows)};
    }
}
template <class T, class... Stages>
constexpr std::array<step_needs, sizeof...(Stages)> needs_of_stages(stage_list<Stages...>, std::size_t rows) {
    return {needs_of<T, typename Stages::head>(rows)...};
}

template <std::size_t Streams, class... Shapes>
constexpr std::array<std::size_t, sizeof...(Shapes)> step_sizes(type_list<Shapes...>) {
    return {(Shapes::size * Streams)...};
}
} // namespace internal

/// Values of which a layer looks at earlier steps. The steps before any step lie before it in memory, however
/// long the stream has run: each row is stored twice, `capacity` steps apart; or, where they are few, the
/// last rows are moved to the beginning behind each block.
struct step_ring {
    std::size_t past_steps = 0; ///< steps that somebody looks back; 0: there is no ring
    std::size_t capacity = 0;   ///< steps; 0: rows are moved
    std::size_t row = 0;        ///< numbers of a step, of all streams
    std::size_t begin = 0;      ///< in the stream's memory

    [[nodiscard]] constexpr bool moves() const { return past_steps > 0 && capacity == 0; }
};

/// The numbers of some rings, `Most` or fewer.
template <std::size_t Most>
struct ring_list {
    std::array<std::size_t, Most> rings{};
    std::size_t count = 0;
};

/// Where a stream of `Streams` sequences side by side keeps its state and what passes between its stages, in
/// one block of memory: [scales and shifts][rings][states][values of a block of steps][scratch][copies of
/// inputs or outputs]. All of it is known at compile time.
template <class Topology, class T, std::size_t Streams>
struct stream_layout {
    using network = stepped<Topology>;
    using wires = prediction_wiring<network>;
    using stages = typename wires::stages;
    using trained = training_wiring<Topology>;
    static constexpr std::size_t inputs = wires::inputs;
    /// Numbers of a step of all streams.
    static constexpr auto input_sizes = internal::step_sizes<Streams>(typename network::inputs{});
    static constexpr auto output_sizes = internal::step_sizes<Streams>(typename network::outputs{});

    /// Steps that go through all stages together, so that weights are read once for all of them and what
    /// passes between stages stays in the cache.
    static constexpr std::size_t block = std::max<std::size_t>(64 / Streams, 1);
    static constexpr std::size_t rows = block * Streams;

    using affine_numbers = affine_memory<Topology, T>;
    static constexpr const auto& affine = affine_numbers::found;

    /// Which stages an output depends on; others are not computed.
    static constexpr auto is_used = [] {
        std::array<bool, wires::count> result{};
        for (std::size_t stage = wires::count; stage-- > 0;) {
            result[stage] = result[stage] || wires::output_of(stage) < wires::output_count;
            if (!result[stage])
                continue;
            for (std::size_t i = 0; i < wires::source_count(stage); ++i)
                if (const std::size_t value = wires::source(stage, i); !wires::is_input(value))
                    result[value - inputs] = true;
            if (const std::size_t skip = wires::marks.stages[stage].skip; skip != internal::none)
                result[skip - inputs] = true;
        }
        return result;
    }();

    static constexpr auto ahead = internal::steps_ahead_of(stages{});
    /// How many steps each stage is late, for itself and those before it; those whose values meet, as terms,
    /// as parts of one buffer or as outputs, are equally late.
    static constexpr auto delays = [] {
        std::array<std::size_t, wires::count> result{};
        const auto raise = [](std::size_t& delay, std::size_t least) {
            const bool is_raised = delay < least;
            delay = std::max(delay, least);
            return is_raised;
        };
        for (bool is_raised = true; is_raised;) {
            is_raised = false;
            std::size_t latest = 0;
            for (std::size_t stage = 0; stage < wires::count; ++stage) {
                for (std::size_t i = 0; i < wires::source_count(stage); ++i)
                    if (const std::size_t value = wires::source(stage, i); !wires::is_input(value))
                        is_raised |= raise(result[stage], result[value - inputs] + ahead[stage]);
                is_raised |= raise(result[stage], ahead[stage]);
                if (const std::size_t skip = wires::marks.stages[stage].skip; skip != internal::none)
                    is_raised |= raise(result[stage], result[skip - inputs]);
                if (wires::output_of(stage) < wires::output_count)
                    latest = std::max(latest, result[stage]);
            }
            std::array<std::size_t, wires::buffer_count> latest_in{};
            for (std::size_t stage = 0; stage < wires::count; ++stage) {
                if (wires::output_of(stage) < wires::output_count)
                    is_raised |= raise(result[stage], latest);
                raise(latest_in[wires::place(stage).buffer], result[stage]);
            }
            for (std::size_t stage = 0; stage < wires::count; ++stage)
                is_raised |= raise(result[stage], latest_in[wires::place(stage).buffer]);
        }
        return result;
    }();
    static constexpr std::size_t latency = [] {
        std::size_t result = 0;
        for (std::size_t stage = 0; stage < wires::count; ++stage)
            if (wires::output_of(stage) < wires::output_count)
                result = std::max(result, delays[stage]);
        return result;
    }();
    /// Which earlier step of a value a stage takes for the newest.
    [[nodiscard]] static constexpr std::size_t shift(std::size_t stage, std::size_t value) {
        return delays[stage] - ahead[stage] - (wires::is_input(value) ? 0 : delays[value - inputs]);
    }
    [[nodiscard]] static constexpr std::size_t shift_of_skip(std::size_t stage) {
        return delays[stage] - delays[wires::marks.stages[stage].skip - inputs];
    }

    /// Numbers that are moved each block, rather than stored twice each step: two cache lines.
    static constexpr std::size_t most_moved = 2 * line_size<T>;

    /// The ring of each input, then of each buffer.
    static constexpr std::size_t ring_count = inputs + wires::buffer_count;
    [[nodiscard]] static constexpr std::size_t ring_of(std::size_t value) {
        return wires::is_input(value) ? value : inputs + wires::place(value - inputs).buffer;
    }

    /// Room for a block of inputs, or of outputs that nobody wants.
    static constexpr std::size_t staged_size = [] {
        std::size_t read = 0;
        std::size_t written = 0;
        for (const std::size_t size : input_sizes)
            read += size;
        for (const std::size_t size : output_sizes)
            written += size;
        return block * std::max(read, written);
    }();

    struct places {
        std::array<step_ring, ring_count> rings{};
        std::array<std::size_t, wires::count> states{};
        /// The last stage that looks back at a ring, before which all is written that it looks at.
        std::array<std::size_t, ring_count> last_looks{};
        std::size_t values = 0;
        std::size_t scratch = 0;
        std::size_t staged = 0;
        std::size_t end = 0;
    };
    static constexpr places memory = [] {
        constexpr std::array<internal::step_needs, wires::count> needs =
            internal::needs_of_stages<T>(stages{}, rows);
        constexpr std::size_t line = line_size<T>;
        places result;
        std::size_t end = affine.end;
        for (std::size_t input = 0; input < inputs; ++input)
            result.rings[input].row = input_sizes[input];
        for (std::size_t buffer = 0; buffer < wires::buffer_count; ++buffer)
            result.rings[inputs + buffer].row = wires::buffer_size(buffer) * Streams;
        const auto look = [&](std::size_t stage, std::size_t value, std::size_t past_steps) {
            if (past_steps == 0)
                return;
            step_ring& ring = result.rings[ring_of(value)];
            ring.past_steps = std::max(ring.past_steps, past_steps);
            result.last_looks[ring_of(value)] = stage;
        };
        for (std::size_t stage = 0; stage < wires::count; ++stage) {
            if (!is_used[stage])
                continue;
            for (std::size_t i = 0; i < wires::source_count(stage); ++i) {
                const std::size_t value = wires::source(stage, i);
                look(stage, value, shift(stage, value) + (i == 0 ? needs[stage].past_steps : 0));
            }
            if (const std::size_t skip = wires::marks.stages[stage].skip; skip != internal::none)
                look(stage, skip, shift_of_skip(stage));
        }
        for (step_ring& ring : result.rings)
            if (ring.past_steps > 0) {
                const std::size_t steps = ring.past_steps + block;
                const bool moves = ring.past_steps * ring.row <= most_moved;
                ring.capacity = moves ? 0 : steps;
                ring.begin = end;
                // A register may be read behind the last number.
                end += whole_lines<T>((moves ? 1 : 2) * steps * ring.row) + line;
            }
        std::size_t most_scratch = 0;
        for (std::size_t stage = 0; stage < wires::count; ++stage) {
            result.states[stage] = end;
            end += needs[stage].state > 0 ? whole_lines<T>(needs[stage].state * Streams) + line : 0;
            most_scratch = std::max(most_scratch, needs[stage].scratch);
        }
        result.values = end;
        end += rows * wires::shared_size + line;
        result.scratch = end;
        end += whole_lines<T>(most_scratch) + line;
        result.staged = end;
        result.end = end + whole_lines<T>(staged_size) + line;
        return result;
    }();

    /// The rings whose new steps a stage writes a second time: those that it is the last to look back at.
    template <std::size_t Stage>
    [[nodiscard]] static constexpr auto mirrored_rings() {
        ring_list<wires::source_count(Stage) + 1> result;
        const auto add_source = [&](std::size_t value) {
            const std::size_t ring = ring_of(value);
            const auto end = result.rings.begin() + static_cast<std::ptrdiff_t>(result.count);
            if (memory.rings[ring].capacity > 0 && memory.last_looks[ring] == Stage &&
                std::find(result.rings.begin(), end, ring) == end)
                result.rings[result.count++] = ring;
        };
        for (std::size_t i = 0; i < wires::source_count(Stage); ++i)
            add_source(wires::source(Stage, i));
        if (const std::size_t skip = wires::marks.stages[Stage].skip; skip != internal::none)
            add_source(skip);
        return result;
    }

    /// Numbers that a stream keeps from step to step.
    static constexpr std::size_t state_size = memory.values - affine.end;
};

} // namespace strata::bedrock::inline STRATA_SETTING
