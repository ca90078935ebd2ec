// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/model/stream_layout.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Runs the stages of a stream for a block of steps. A step's values are a sample of the network that
/// `steps_of` gives, so that layers which see one step alone run the kernels that prediction runs.
template <class Topology, class T, std::size_t Streams>
class stream_pass {
public:
    using layout = stream_layout<Topology, T, Streams>;
    using wires = typename layout::wires;
    using stages = typename layout::stages;
    using inputs = std::array<const T*, wires::inputs>;
    using outputs = std::array<T*, wires::output_count>;
    /// For each ring the place of the next step.
    using positions = std::array<std::size_t, layout::ring_count>;

    /// What all stages of a block share. `Steps` is a number, or the constant 1.
    template <class Steps>
    struct block_call {
        const T* parameters;
        const inputs& x;
        const outputs& y;
        const positions& ring_positions;
        T* memory;
        Steps steps;
    };
    /// One step at the beginning or behind the end of a sequence: stages that are late have no step yet, and
    /// others have no more. Theirs are zeros then, as those around a sequence are.
    struct edge_call : block_call<std::integral_constant<std::size_t, 1>> {
        std::size_t past_steps; ///< steps before this one
        std::size_t overrun;    ///< the place of this step behind the end, from 1 on; 0: it is none

        [[nodiscard]] constexpr bool has_step(std::size_t delay) const noexcept {
            return delay <= past_steps && delay >= overrun;
        }
    };

    /// What depends on parameters and types alone.
    static void prepare(const T* parameters, T* memory) noexcept {
        layout::affine_numbers::prepare(parameters, memory, team{});
        for_each_type(stages{}, []<class Stage>(std::type_identity<Stage>) {
            if constexpr (internal::is_stepping<typename Stage::head>)
                step_kernels<typename Stage::head::whole>::template prepare<T>();
        });
    }

    /// At most `layout::block` steps. x and y have a pointer for each input and output of the network.
    template <class Steps>
    [[gnu::always_inline]] static inline void run(const T* parameters, const inputs& x, const outputs& y,
                                                  positions& ring_positions, T* memory,
                                                  Steps steps) noexcept {
        run(block_call<Steps>{parameters, x, y, ring_positions, memory, steps}, ring_positions);
    }
    static void run_edge(const T* parameters, const inputs& x, const outputs& y, positions& ring_positions,
                         T* memory, std::size_t past_steps, std::size_t overrun) noexcept {
        run(edge_call{{parameters, x, y, ring_positions, memory, {}}, past_steps, overrun}, ring_positions);
    }

private:
    template <class Call>
    [[gnu::always_inline]] static inline void run(const Call& call, positions& ring_positions) noexcept {
        for_each_index<wires::inputs>([&](auto input) __attribute__((always_inline)) {
            if constexpr (rings[input].past_steps > 0)
                std::copy_n(call.x[input], call.steps * rings[input].row, ring_row<input>(call));
        });
        if constexpr (stages::size <= most_inlined)
            for_each_index<stages::size>([&](auto stage)
                                             __attribute__((always_inline)) { run_one<stage>(call); });
        else {
            static constexpr auto functions = functions_of<Call>(std::make_index_sequence<stages::size>{});
            for (const auto function : functions)
                function(call);
        }
        for_each_index<layout::ring_count>([&](auto ring) __attribute__((always_inline)) {
            if constexpr (rings[ring].moves())
                move_rows<ring>(call);
            else if constexpr (rings[ring].past_steps > 0) {
                ring_positions[ring] += call.steps;
                if (ring_positions[ring] >= rings[ring].capacity)
                    ring_positions[ring] -= rings[ring].capacity;
            }
        });
    }

    using trained = typename layout::trained;
    using parameter_places = parameter_layout<T, Topology>;
    static constexpr const auto& rings = layout::memory.rings;
    /// Stages that are compiled into one function, as in prediction.
    static constexpr std::size_t most_inlined = 16;

    template <class Call, std::size_t... Stage>
    static constexpr auto functions_of(std::index_sequence<Stage...>) {
        return std::array<void (*)(const Call&) noexcept, sizeof...(Stage)>{&run_apart<Stage, Call>...};
    }
    template <std::size_t Stage, class Call>
    static void run_apart(const Call& call) noexcept {
        run_one<Stage>(call);
    }

    /// Where the next steps of a ring go: behind all steps that somebody looks back at.
    template <std::size_t Ring, class Call>
    [[nodiscard, gnu::always_inline]] static inline T* ring_row(const Call& call) noexcept {
        constexpr step_ring ring = rings[Ring];
        T* const begin = call.memory + ring.begin;
        if constexpr (ring.moves())
            return begin + ring.past_steps * ring.row;
        else {
            const std::size_t position = call.ring_positions[Ring];
            return begin + (position < ring.past_steps ? position + ring.capacity : position) * ring.row;
        }
    }

    /// The last steps of a block become those before the next one.
    template <std::size_t Ring, class Call>
    [[gnu::always_inline]] static inline void move_rows(const Call& call) noexcept {
        constexpr step_ring ring = rings[Ring];
        T* destination = call.memory + ring.begin;
        const T* source = destination + call.steps * ring.row;
        // Row by row, each as it was stored, or the processor would wait until all of them are in the cache.
        for (std::size_t row = 0; row < ring.past_steps; ++row, destination += ring.row, source += ring.row)
            std::copy_n(source, ring.row, destination);
    }

    /// Writes the new steps of a ring a second time.
    template <std::size_t Ring, class Call>
    [[gnu::always_inline]] static inline void mirror(const Call& call) noexcept {
        constexpr step_ring ring = rings[Ring];
        T* const begin = call.memory + ring.begin;
        const T* const written = ring_row<Ring>(call);
        const std::size_t position = call.ring_positions[Ring];
        const std::size_t steps = call.steps;
        if (position < ring.past_steps) // in the second copy, which has room for all of them there
            std::copy_n(written, steps * ring.row, begin + position * ring.row);
        else {
            const std::size_t before_end = std::min(steps, ring.capacity - position);
            std::copy_n(written, before_end * ring.row, begin + (position + ring.capacity) * ring.row);
            // What went beyond the first copy stands where the second begins.
            if (before_end < steps)
                std::copy_n(written + before_end * ring.row, (steps - before_end) * ring.row, begin);
        }
    }

    template <std::size_t Stage, class Call>
    [[nodiscard, gnu::always_inline]] static inline rows_view<T> output(const Call& call) noexcept {
        constexpr value_place place = wires::place(Stage);
        constexpr std::size_t of_network = wires::output_in(place.buffer);
        constexpr std::size_t ring = wires::inputs + place.buffer;
        if constexpr (of_network < wires::output_count)
            return {call.y[of_network] + place.offset, place.pitch};
        else if constexpr (rings[ring].past_steps > 0)
            return {ring_row<ring>(call) + place.offset, place.pitch};
        else
            return {call.memory + layout::memory.values +
                        call.steps * Streams * wires::buffer_begin(place.buffer) + place.offset,
                    place.pitch};
    }

    /// What a stage reads.
    template <std::size_t Value, std::size_t Width, class Call>
    [[nodiscard, gnu::always_inline]] static inline rows_view<const T> value(const Call& call) noexcept {
        if constexpr (!wires::is_input(Value)) {
            rows_view<const T> result = output<Value - wires::inputs>(call);
            if constexpr (!wires::lies_apart(Value - wires::inputs))
                result.pitch = Width;
            return result;
        } else if constexpr (rings[Value].past_steps > 0)
            return {ring_row<Value>(call), Width};
        else
            return {call.x[Value], Width};
    }

    /// The same so many steps before.
    template <std::size_t Value, std::size_t Steps, class Number>
    [[nodiscard, gnu::always_inline]] static inline rows_view<Number>
    earlier(rows_view<Number> rows) noexcept {
        rows.data -= Steps * rings[layout::ring_of(Value)].row;
        return rows;
    }

    // The stage in training whose parameters a node has.
    static constexpr std::size_t stage_of_node(std::size_t node) { return trained::marks.stage_of[node]; }

    template <std::size_t Number, class Call>
    [[nodiscard, gnu::always_inline]] static inline auto sources_of_stage(const Call& call) noexcept {
        using head = typename type_at<Number, stages>::head;
        return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
            return std::array<rows_view<const T>, head::parts>{
                earlier<wires::source(Number, I), layout::shift(Number, wires::source(Number, I))>(
                    value<wires::source(Number, I), head::source_width(I)>(call))...};
        }
        (std::make_index_sequence<head::parts>{});
    }

    template <std::size_t Number, class Call>
    [[gnu::always_inline]] static inline void run_one(const Call& call) noexcept {
        if constexpr (layout::is_used[Number])
            run_used<Number>(call);
    }
    template <std::size_t Number, class Call>
    [[gnu::always_inline]] static inline void run_used(const Call& call) noexcept {
        using stage = type_at<Number, stages>;
        using head = typename stage::head;
        using tail = typename stage::tail;
        static constexpr internal::stage_mark mark = wires::marks.stages[Number];
        static constexpr auto mirrored = layout::template mirrored_rings<Number>();
        for_each_index<mirrored.count>([&](auto i) __attribute__((always_inline)) {
            mirror<mirrored.rings[i]>(call);
        });
        if constexpr (requires { call.overrun; })
            if (!call.has_step(layout::delays[Number])) {
                const rows_view<T> rows = output<Number>(call);
                for (std::size_t row = 0; row < Streams * stage::rows; ++row)
                    std::fill_n(rows.row(row), head::outputs, T(0));
                return;
            }
        using operands = internal::operands_of<tail, T>;
        prediction_tail<tail, operands> applied;
        if constexpr (tail::has_affine) {
            applied.operands.scale = call.memory + layout::affine.scale[stage_of_node(mark.affine)];
            applied.operands.shift = call.memory + layout::affine.shift[stage_of_node(mark.affine)];
        }
        if constexpr (tail::has_skip)
            applied.operands.skip =
                earlier<mark.skip, layout::shift_of_skip(Number)>(value<mark.skip, head::outputs>(call));
        const T* parameters = nullptr;
        if constexpr (has_parameters<head>)
            parameters = call.parameters + parameter_places::places[stage_of_node(mark.head)];
        const auto rows = rows_of(call.steps);
        if constexpr (internal::is_stepping<head>) {
            const auto sources = sources_of_stage<Number>(call);
            const step_forward<T> of_steps{sources.data(), output<Number>(call), parameters,
                                           call.memory + layout::memory.states[Number],
                                           call.memory + layout::memory.scratch};
            step_kernels<typename head::whole>::template forward<stage, Streams>(of_steps, rows, applied);
            if constexpr (stage::has_softmax)
                close<stage>(of_steps.y.data, team::range{0, rows});
        } else {
            const auto sources = sources_of_stage<Number>(call);
            const head_forward<T> of_samples{sources.data(), output<Number>(call),
                                             nullptr,        parameters,
                                             nullptr,        call.memory + layout::memory.scratch,
                                             rows,           {},
                                             no_pieces};
            run_stage<stage, false>(of_samples, team{}, applied);
        }
    }

    [[nodiscard]] static constexpr std::size_t rows_of(std::size_t steps) noexcept { return steps * Streams; }
    [[nodiscard]] static constexpr auto rows_of(std::integral_constant<std::size_t, 1>) noexcept {
        return std::integral_constant<std::size_t, Streams>{};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
