// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/sequence/gate_products.hpp>
#include <strata/kernels/sequence/recurrent_places.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Recurrent layers. The products of the inputs are computed for many steps at once, as a dense layer's; then
/// the samples of a tile go step by step together. Training keeps what each step's cell needs on the way
/// back, in place of the sums, where the derivatives by the sums take its place: the gradients of both
/// kernels and those by the inputs are products over all steps and samples then. A thread has samples of its
/// own.
template <class Layer, std::size_t Steps, std::size_t Inputs>
struct head_kernels<recurrence<Layer, Steps, Inputs>> : head_kernels_base {
    using head = recurrence<Layer, Steps, Inputs>;
    using recurrent_kernel = typename head::recurrent_kernel;

private:
    using places = recurrent_places<head>;
    static constexpr std::size_t units = Layer::units;
    template <class T>
    using order = gate_order<T, units, Layer::gates>;
    template <class T>
    using memory = recurrent_memory<Layer, Steps, T>;
    template <class T>
    using products = gate_products<head, T>;

public:
    template <class Stage, keeping Keep, bool Data, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = share_samples(threads, call.samples);
        constexpr std::size_t most = memory<T>::tile_samples;
        for (std::size_t first = mine.begin; first < mine.end; first += most) {
            const std::size_t count = std::min(most, mine.end - first);
            if constexpr (Tail::training)
                forward_training<Data>(call, writer, first, count);
            else
                forward_prediction<Data>(call, writer, first, count);
        }
        return true;
    }

private:
    template <bool Data, class T, class Writer>
    static void forward_training(const head_forward<T>& call, const Writer& writer, std::size_t first,
                                 std::size_t count) noexcept {
        const memory<T> kept(call.shared, call.samples);
        const T* const weights = array_of<head>(call.parameters, recurrent_kernel{});
        constexpr std::size_t chunk = memory<T>::chunk;
        for (std::size_t sample = first; sample < first + count; ++sample) {
            T* const state = kept.previous(sample, places::time_of(0)).data;
            places::begin_states(call, sample, state, kept.inner(sample, 0).data);
            places::begin_mask(call, kept, sample, state);
            if constexpr (Layer::recurrent_dropout > 0) {
                T* const factors = kept.factors(sample).data;
                places::draw_factors(factors, call.key, sample);
                std::transform(state, state + units, factors, state, [](T a, T b) { return a * b; });
            }
        }
        for (std::size_t begin = 0; begin < Steps; begin += chunk) {
            const std::size_t steps = std::min(chunk, Steps - begin);
            const std::size_t time = Layer::is_backwards ? places::time_of(begin + steps - 1) : begin;
            for (std::size_t sample = first; sample < first + count; ++sample)
                products<T>::template multiply_inputs<Data>(call.parameters,
                                                            call.x[0].row(sample * Steps + time),
                                                            kept.gates(sample, time).data, steps);
            for (std::size_t number = begin; number < begin + steps; ++number) {
                const bool is_end = number + 1 == Steps;
                const auto next = kept.previous(first, places::time_of(is_end ? 0 : number + 1));
                const auto factors = kept.factors(first);
                const auto mask = kept.mask(first, places::time_of(number));
                const step_buffers<T> buffers{weights,
                                              kept.gates(first, places::time_of(number)),
                                              kept.previous(first, places::time_of(number)),
                                              kept.inner(first, number),
                                              kept.inner(first, number + 1),
                                              kept.products(first, places::time_of(number)),
                                              kept.reset(first, places::time_of(number)),
                                              products<T>::state_bias(call.parameters)};
                recurrent_step<Layer, true, T>(
                    add_mask(buffers, mask), count,
                    [&](auto lanes, auto state, std::size_t sample, std::size_t unit) {
                        constexpr std::size_t size = decltype(lanes)::value;
                        if (places::has_result(number))
                            writer.template put<size>(places::result_of(state, mask, sample),
                                                      places::result_row(first + sample, number),
                                                      places::result_column(number) + unit);
                        if constexpr (Layer::makes_states)
                            if (is_end)
                                writer.template put<size>(state, first + sample,
                                                          places::state_column(0) + unit);
                        if (is_end)
                            return;
                        if constexpr (Layer::reads_mask)
                            store_first<size>(state, mask.held.row(sample) + unit);
                        if constexpr (Layer::recurrent_dropout > 0)
                            state *= decltype(state)::load_unaligned(factors.row(sample) + unit);
                        store_first<size>(state, next.row(sample) + unit);
                    });
            }
        }
        places::end_states(call, first, count, rows_view<const T>(kept.inner(first, Steps)));
    }

    template <bool Data, class T, class Writer>
    static void forward_prediction(const head_forward<T>& call, const Writer& writer, std::size_t first,
                                   std::size_t count) noexcept {
        const prediction_memory<Layer, Steps, T> own(call.scratch, count);
        const T* const weights = array_of<head>(call.parameters, recurrent_kernel{});
        own.clear();
        if constexpr (Layer::reads_states)
            for (std::size_t sample = 0; sample < count; ++sample)
                places::begin_states(call, first + sample, own.state(0).row(sample), own.inner().row(sample));
        for (std::size_t begin = 0; begin < Steps; begin += own.chunk) {
            const std::size_t steps = std::min(own.chunk, Steps - begin);
            const std::size_t time = Layer::is_backwards ? places::time_of(begin + steps - 1) : begin;
            for (std::size_t sample = 0; sample < count; ++sample)
                products<T>::template multiply_inputs<Data>(call.parameters,
                                                            call.x[0].row((first + sample) * Steps + time),
                                                            own.gates(0).row(sample), steps);
            for (std::size_t number = begin; number < begin + steps; ++number) {
                const rows_view<T> next = own.state(number + 1);
                std::array<T, Layer::reads_mask ? memory<T>::tile_samples : 0> kinds;
                const auto mask =
                    places::mask_of_step(call, kinds, {first, first + count}, number, own.state(number));
                const step_buffers<T> buffers{weights,           own.gates(places::time_of(number) - time),
                                              own.state(number), own.inner(),
                                              own.inner(),       {},
                                              own.reset(),       products<T>::state_bias(call.parameters)};
                recurrent_step<Layer, false, T>(
                    add_mask(buffers, mask), count,
                    [&](auto lanes, auto state, std::size_t sample, std::size_t unit) {
                        if (places::has_result(number))
                            writer.template put<decltype(lanes)::value>(
                                places::result_of(state, mask, sample),
                                places::result_row(first + sample, number),
                                places::result_column(number) + unit);
                        if constexpr (Layer::makes_states)
                            if (number + 1 == Steps)
                                writer.template put<decltype(lanes)::value>(state, first + sample,
                                                                            places::state_column(0) + unit);
                        state.store_unaligned(next.row(sample) + unit);
                    });
            }
        }
        places::end_states(call, first, count, rows_view<const T>(own.inner()));
    }

public:
    static constexpr bool finishes_slopes = true;
    static constexpr bool sums_in_backward = true;

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope& slope) noexcept {
        const memory<T> kept(call.shared, call.samples);
        transpose(call, kept, threads);
        threads.barrier();
        const team::range mine = share_samples(threads, call.samples);
        const std::size_t count = mine.end - mine.begin;
        if (count == 0)
            return;
        const std::size_t first = mine.begin;
        std::fill_n(kept.carried(first).data, count * kept.carried(0).pitch, T(0));
        if constexpr (Layer::reads_mask)
            std::fill_n(kept.mask(first, 0).held.data, count * kept.carried(0).pitch, T(0));
        if constexpr (Layer::makes_states)
            places::take_state_deltas(call, kept, mine);
        for (std::size_t number = Steps; number-- > 0;) {
            backward_step_buffers<T> buffers{kept.transposed(),
                                             {},
                                             {},
                                             kept.gates(first, places::time_of(number)),
                                             kept.inner(first, number),
                                             kept.inner(first, number + 1),
                                             kept.carried(first),
                                             kept.factors(first),
                                             kept.previous(first, places::time_of(number)),
                                             kept.products(first, places::time_of(number))};
            if (number + 1 < Steps)
                buffers.following = kept.state_deltas(first, places::time_of(number + 1));
            if (Layer::makes_states && number + 1 == Steps)
                buffers.delta = kept.last_deltas(first);
            else if (places::has_result(number))
                buffers.delta = {call.delta.row(places::result_row(first, number)) +
                                     places::result_column(number),
                                 head::output_rows * head::outputs};
            recurrent_backward_step<Layer, T>(add_mask(buffers, kept.mask(first, places::time_of(number))),
                                              count);
        }
        // In the order of the values: the first state may be the sequence itself, in another shape.
        if (call.source_deltas[0].data != nullptr)
            multiply_back<Stage>(call, kept, mine, slope);
        if constexpr (Layer::reads_states)
            places::hand_state_deltas(call, kept, mine);
    }

    static constexpr piece_adder adds_pieces = piece_adder::pass;

    template <class Stage, bool Data, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        const memory<T> kept(call.shared, call.samples);
        products<T>::template find_gradients<Data>(call.x[0].skip(call.piece.begin * Steps).data, kept,
                                                   call.piece, threads, updates);
    }

private:
    template <class T>
    static void transpose(const head_backward<T>& call, const memory<T>& kept, const team& threads) noexcept {
        const T* const weights = array_of<head>(call.parameters, recurrent_kernel{});
        constexpr std::size_t lanes = order<T>::lanes;
        const team::range groups = threads.share(order<T>::groups);
        for (std::size_t group = groups.begin; group < groups.end; ++group)
            transpose_weights<typename order<T>::template panels<units>, lanes>(
                weights, group * lanes, units, 0, order<T>::width,
                kept.transposed() + group * order<T>::width * lanes);
    }

    // The derivatives by the inputs, some samples at a time, so that those by the sums stay in the cache.
    template <class Stage, class T, class Slope>
    static void multiply_back(const head_backward<T>& call, const memory<T>& kept, team::range samples,
                              const Slope& slope) noexcept {
        using stage = typename products<T>::backward_stage;
        constexpr std::size_t many = std::max<std::size_t>(1, 256 / Steps);
        const input_gradient_buffers<T> buffers{
            kept.gates(0, 0).data, array_of<head>(call.parameters, typename head::kernel{}),
            call.source_kept,      call.source_deltas[0].data,
            call.scratch,          call.adds[0]};
        for (std::size_t first = samples.begin; first < samples.end; first += many)
            dense_input_gradient<stage>(buffers, {first * Steps, std::min(first + many, samples.end) * Steps},
                                        {0, Inputs}, slope);
    }

public:
    /// Numbers of the state that a stream keeps between its steps; zeros at its begin.
    template <class T>
    static constexpr std::size_t state_size = (cell<Layer>::has_inner ? 2 : 1) * order<T>::stored_units;

    /// One step of a stream, which has the bits of the whole sequence's prediction: reads x [Inputs] and
    /// changes the state, which begins on a cache line and has room for a register behind it. Row 0 of y gets
    /// the tail of the result; `Stage` is one of a row a sample. Not for a layer that reads backwards.
    template <class Stage, class T, class Tail>
    [[gnu::always_inline]] static inline void step(const T* parameters, const T* x, T* state, rows_view<T> y,
                                                   const Tail& tail) noexcept {
        const row_writer<Stage, keeping::nothing, T, Tail> writer{y, nullptr, tail};
        constexpr std::size_t stored = order<T>::stored_units;
        alignas(alignment) T gates[whole_lines<T>(order<T>::width)];
        // With one group of units, all is read of the state before any of the next is written.
        constexpr bool is_copied = order<T>::groups > 1;
        alignas(alignment) T copy[is_copied ? whole_lines<T>(stored) : line_size<T>];
        T* const next = is_copied ? copy : state;
        alignas(alignment) T reset[cell<Layer>::resets_state ? whole_lines<T>(stored) : line_size<T>];
        products<T>::multiply_input(parameters, x, gates);
        const step_buffers<T> buffers{array_of<head>(parameters, recurrent_kernel{}),
                                      {gates, 0},
                                      {state, 0},
                                      {state + stored, 0},
                                      {state + stored, 0},
                                      {},
                                      {reset, 0},
                                      products<T>::state_bias(parameters)};
        recurrent_step<Layer, false>(buffers, 1, [&](auto lanes, auto result, std::size_t, std::size_t unit) {
            writer.template put<decltype(lanes)::value>(result, 0, unit);
            result.store_unaligned(next + unit);
        });
        if constexpr (is_copied)
            std::copy_n(next, stored, state);
    }

    template <class T>
    static constexpr std::size_t shared_size(std::size_t samples) {
        return memory<T>::size(samples);
    }
    template <class T>
    static constexpr std::size_t forward_scratch_size = prediction_memory<Layer, Steps, T>::size;
    template <class T>
    static constexpr std::size_t
        scratch_size = std::max(prediction_memory<Layer, Steps, T>::size,
                                input_gradient_scratch<typename products<T>::backward_stage, T>);
};

} // namespace strata::bedrock::inline STRATA_SETTING
