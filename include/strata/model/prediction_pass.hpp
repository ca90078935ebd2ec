// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/model/affine_memory.hpp>
#include <strata/model/parameters.hpp>
#include <strata/model/values.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Prediction with a network. Values that pass between its stages share one block of memory; batch
/// normalizations are scales and shifts, which are computed once a call.
template <class Topology, class T>
class prediction_pass {
public:
    using wires = prediction_wiring<Topology>;
    using stages = typename wires::stages;
    using trained = training_wiring<Topology>;
    using places = parameter_layout<T, Topology>;
    using inputs = std::array<const T*, Topology::inputs::size>;
    using outputs = std::array<T*, Topology::outputs::size>;

private:
    template <class... Stages>
    static constexpr std::size_t most_scratch(stage_list<Stages...>) {
        return std::max(
            {std::size_t{0}, head_kernels<typename Stages::head>::template forward_scratch_size<T>...});
    }

    static constexpr std::size_t thread_scratch = whole_lines<T>(most_scratch(stages{}));

    using affine_numbers = affine_memory<Topology, T>;
    static constexpr const auto& affine = affine_numbers::found;

    // The stage in training whose parameters a node has.
    static constexpr std::size_t stage_of_node(std::size_t node) { return trained::marks.stage_of[node]; }

public:
    /// Numbers of memory that a prediction for so many samples needs, aligned.
    static constexpr std::size_t memory_size(std::size_t samples, std::size_t threads = 1) noexcept {
        return affine.end + samples * wires::shared_size + threads * thread_scratch + line_size<T>;
    }

    /// x [samples][input] -> y [samples][output] for each input and output, by a team together.
    /// `visit(number, rows)` sees each stage's output as soon as it is there. Of one sample by one thread,
    /// `Call` is `sample_forward`.
    template <template <class> class Call = head_forward, class Visit>
    [[gnu::always_inline]] static inline void run(const T* parameters, const inputs& x, const outputs& y,
                                                  std::size_t samples, T* memory, const team& threads,
                                                  const Visit& visit) noexcept {
        if constexpr (affine.end > 0) {
            affine_numbers::prepare(parameters, memory, threads);
            if constexpr (!is_of_one_sample<Call<T>>)
                threads.barrier();
        }
        const auto run_number = [&](std::size_t number, auto stage) __attribute__((always_inline)) {
            if constexpr (!is_of_one_sample<Call<T>>)
                if (number > 0)
                    threads.barrier();
            stage(number, parameters, x, y, samples, memory, threads);
            visit(number, rows_view<const T>(output(number, y, samples, memory)));
        };
        if constexpr (stages::size <= most_inlined) {
            std::size_t number = 0;
            for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
                run_number(
                    number++, [](const auto&... arguments)
                                  __attribute__((always_inline)) { run_one<Call, Stage>(arguments...); });
            });
        } else
            for (std::size_t number = 0; number < stages::size; ++number)
                run_number(number, functions<Call>[number]);
    }
    [[gnu::always_inline]] static inline void run(const T* parameters, const inputs& x, const outputs& y,
                                                  std::size_t samples, T* memory,
                                                  const team& threads) noexcept {
        run(parameters, x, y, samples, memory, threads, [](auto...) {});
    }

    /// The same for one sample by one thread.
    [[gnu::always_inline]] static inline void run_sample(const T* parameters, const inputs& x,
                                                         const outputs& y, T* memory) noexcept {
        run<sample_forward>(parameters, x, y, 1, memory, team{}, [](auto...) {});
    }
    /// With memory on the stack.
    static void run_sample(const T* parameters, const T* x, T* y) noexcept {
        alignas(alignment) T memory[memory_size(1)];
        run_sample(parameters, inputs{x}, outputs{y}, memory);
    }

private:
    /// Stages that are compiled into one function: a small network is a few instructions then, a deep one
    /// would cost the compiler more than its length.
    static constexpr std::size_t most_inlined = 16;

    using stage_function = void (*)(std::size_t, const T*, const inputs&, const outputs&, std::size_t, T*,
                                    const team&) noexcept;
    template <template <class> class Call, class Stage>
    static void run_apart(std::size_t number, const T* parameters, const inputs& x, const outputs& y,
                          std::size_t samples, T* memory, const team& threads) noexcept {
        run_one<Call, Stage>(number, parameters, x, y, samples, memory, threads);
    }
    template <template <class> class Call, class... Stages>
    static constexpr std::array<stage_function, sizeof...(Stages)> functions_of(stage_list<Stages...>) {
        return {&run_apart<Call, Stages>...};
    }
    template <template <class> class Call>
    static constexpr auto functions = functions_of<Call>(stages{});

    [[nodiscard]] static rows_view<T> output(std::size_t stage, const outputs& y, std::size_t samples,
                                             T* memory) noexcept {
        const value_place place = wires::place(stage);
        const std::size_t of_network = wires::output_in(place.buffer);
        T* const begin = of_network < Topology::outputs::size
                             ? y[of_network]
                             : memory + affine.end + samples * wires::buffer_begin(place.buffer);
        return {begin + place.offset, place.pitch};
    }

    template <template <class> class Call, class Stage>
    [[gnu::always_inline]] static inline void run_one(std::size_t number, const T* parameters,
                                                      const inputs& x, const outputs& y, std::size_t samples,
                                                      T* memory, const team& threads) noexcept {
        using head = typename Stage::head;
        using tail = typename Stage::tail;
        const internal::stage_mark& mark = wires::marks.stages[number];
        const auto sources = sources_of<wires, head>(
            number, [&](std::size_t input) { return x[input]; },
            [&](std::size_t source) { return rows_view<const T>(output(source, y, samples, memory)); });
        Call<T> call{head_forward<T>{sources.data(),
                                     output(number, y, samples, memory),
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     memory + affine.end + samples * wires::shared_size +
                                         threads.rank * thread_scratch,
                                     samples,
                                     {},
                                     no_pieces}};
        if constexpr (has_parameters<head>)
            call.parameters = parameters + places::places[stage_of_node(mark.head)];
        using operands = internal::operands_of<tail, T>;
        prediction_tail<tail, operands> applied;
        if constexpr (tail::has_affine) {
            applied.operands.scale = memory + affine.scale[stage_of_node(mark.affine)];
            applied.operands.shift = memory + affine.shift[stage_of_node(mark.affine)];
        }
        if constexpr (tail::has_skip) {
            applied.operands.skip = output(mark.skip - wires::inputs, y, samples, memory);
            if (!wires::lies_apart(mark.skip - wires::inputs)) // then its rows may be of another length
                applied.operands.skip.pitch = head::outputs;
        }
        run_data_or_stage<stages, Stage>(number == 0, call, threads, applied);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
