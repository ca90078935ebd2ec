// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "gated.hpp"

#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/head_kernels.hpp>

#include <array>

/// The kernels of gated layers. A thread has whole rows, or whole columns of weights where gradients are
/// summed.
template <std::size_t Rows, std::size_t Inputs, std::size_t Units, class Layer>
struct strata::bedrock::head_kernels<own::gated_product<Rows, Inputs, Units, Layer>>
    : strata::bedrock::head_kernels_base {
    using head = own::gated_product<Rows, Inputs, Units, Layer>;

private:
    // A register's width of numbers may be read behind each row of what is kept.
    static constexpr std::size_t room = (Units + 31) / 16 * 16;
    static constexpr std::size_t kept_arrays = 4;

    // What forward keeps for backward, and backward for update: [samples][rows][room] each.
    template <class T>
    struct memory {
        T *gate, *value, *gate_delta, *value_delta;
        memory(T* begin, std::size_t samples)
            : gate(begin),
              value(gate + samples * Rows * room),
              gate_delta(value + samples * Rows * room),
              value_delta(gate_delta + samples * Rows * room) {}
    };

    // Where the weights of an input are, by the storage that its array declares.
    template <class T, class Parameter>
    static const T* weights_of(const T* parameters, Parameter array, std::size_t input) {
        return strata::bedrock::array_of<head>(parameters, array) +
               layout_of<T, Parameter>::index(input * Units);
    }

    // The sum over inputs of x[input] weights[input][columns of the register].
    template <class V, std::size_t Lanes, class T, class Parameter>
    static V product(const T* x, const T* parameters, Parameter array, std::size_t column) {
        V sum(T(0));
        for (std::size_t input = 0; input < Inputs; ++input)
            sum = xsimd::fma(V(x[input]), load_first<Lanes, V>(weights_of(parameters, array, input) + column),
                             sum);
        return sum;
    }

public:
    template <class Stage, keeping Keep, bool Data, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Units>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = threads.share(call.samples * Rows);
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            visit_columns<Units, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const T* const x = call.x[0].row(row);
                const V sum = product<V, lanes>(x, call.parameters, typename head::gate_kernel{}, column);
                const V gate = V(T(1)) / (V(T(1)) + xsimd::exp(-sum));
                const V value = product<V, lanes>(x, call.parameters, typename head::kernel{}, column);
                const V skip = product<V, lanes>(x, call.parameters, typename head::skip_kernel{}, column);
                if constexpr (Tail::training) {
                    const memory<T> own(call.shared, call.samples);
                    store_first<lanes>(gate, own.gate + row * room + column);
                    store_first<lanes>(value, own.value + row * room + column);
                }
                writer.template put<lanes>(V(xsimd::fma(gate, value, skip)), row, column);
            });
        return threads.size == 1;
    }

    // Update needs what backward computes, also where nobody asks for the derivative by the input.
    static constexpr bool sums_in_backward = true;

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        const memory<T> own(call.shared, call.samples);
        const team::range mine = threads.share(call.samples * Rows);
        for (std::size_t row = mine.begin; row < mine.end; ++row) {
            T* const by_gate = own.gate_delta + row * room;
            T* const by_value = own.value_delta + row * room;
            const T* const delta = call.delta.row(row);
            for (std::size_t unit = 0; unit < Units; ++unit) {
                const T gate = own.gate[row * room + unit];
                by_gate[unit] = delta[unit] * own.value[row * room + unit] * gate * (1 - gate);
                by_value[unit] = delta[unit] * gate;
            }
            if (call.source_deltas[0].data == nullptr)
                continue;
            for (std::size_t input = 0; input < Inputs; ++input) {
                const T* const gates = weights_of(call.parameters, typename head::gate_kernel{}, input);
                const T* const values = weights_of(call.parameters, typename head::kernel{}, input);
                const T* const skips = weights_of(call.parameters, typename head::skip_kernel{}, input);
                T sum = 0;
                for (std::size_t unit = 0; unit < Units; ++unit)
                    sum += by_gate[unit] * gates[unit] + by_value[unit] * values[unit] +
                           delta[unit] * skips[unit];
                T& source_delta = call.source_deltas[0].row(row)[input];
                source_delta = call.adds[0] ? source_delta + sum : sum;
            }
        }
    }

    template <class Stage, bool Data, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        const memory<T> own(call.shared, call.samples);
        const std::size_t rows = call.samples * Rows;
        const auto by_rows = [&](auto array, const T* deltas, std::size_t pitch) {
            const auto use = updates(array);
            const team::range mine = threads.share(Inputs);
            for (std::size_t input = mine.begin; input < mine.end; ++input)
                for (std::size_t unit = 0; unit < Units; ++unit) {
                    T sum = 0;
                    for (std::size_t row = 0; row < rows; ++row)
                        sum += call.x[0].row(row)[input] * deltas[row * pitch + unit];
                    use(layout_of<T, decltype(array)>::index(input * Units + unit), sum);
                }
        };
        by_rows(typename head::gate_kernel{}, own.gate_delta, room);
        by_rows(typename head::kernel{}, own.value_delta, room);
        by_rows(typename head::skip_kernel{}, call.delta.data, call.delta.pitch);
        const auto observe = updates(typename head::openness{});
        const team::range mine = threads.share(Units);
        for (std::size_t unit = mine.begin; unit < mine.end; ++unit) {
            T sum = 0;
            for (std::size_t row = 0; row < rows; ++row)
                sum += own.gate[row * room + unit];
            observe(unit, sum / static_cast<T>(rows));
        }
    }

    template <class T>
    static constexpr std::size_t shared_size(std::size_t samples) {
        return kept_arrays * samples * Rows * room;
    }
};
