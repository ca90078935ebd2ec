// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/lanes.hpp>
#include <strata/kernels/formula/pointwise.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/threads/thread_count.hpp>
#include <strata/model/row_pass.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Prediction by a small chain of dense layers with a sample, or a network, in each lane of a register.
/// Layers that are narrower than a register would leave lanes empty otherwise. The bits are those of
/// `row_pass`.
template <class Topology, class T>
struct lane_pass {
    using passes = row_pass<Topology, T>;
    using stages = typename passes::stages;
    using V = simd<T, lanes_of<T, 64>>;
    static constexpr std::size_t inputs = Topology::input_shape::size;
    static constexpr std::size_t outputs = Topology::output_shape::size;

private:
    template <class... Stages>
    static constexpr bool exist(stage_list<Stages...>) {
        if constexpr (passes::is_worthwhile)
            return (dense_lanes<typename Stages::head, T>::exists && ...);
        else
            return false;
    }
    template <class... Stages>
    static constexpr bool are_narrow(stage_list<Stages...>) {
        return ((Stages::head::outputs < V::size && !Stages::has_softmax) && ...);
    }

    // The weights of one network, which all lanes share.
    template <std::size_t Number>
    struct shared_weights_of {
        using head = typename type_at<Number, stages>::head;
        using layout = weight_layout<T, head::inputs, head::outputs>;
        const T* kernel;
        const T* biases;

        explicit shared_weights_of(const T* parameters)
            : kernel(passes::template kernel_of<Number>(parameters)),
              biases(passes::template bias_of<Number>(parameters)) {}
        V weight(std::size_t k, std::size_t n) const noexcept { return V(kernel[layout::index(k, n)]); }
        V bias(std::size_t n) const noexcept { return V(biases[n]); }
    };

    template <std::size_t Number, class Weights>
    [[gnu::always_inline]] static inline void
    run_from(const Weights& weights, const V (&x)[type_at<Number, stages>::head::inputs], T* y) noexcept {
        using stage = type_at<Number, stages>;
        using head = typename stage::head;
        V results[head::outputs];
        const auto own = weights.template stage_weights<Number>();
        dense_lanes<head, T>::run(
            x, results,
            [&](std::size_t k, std::size_t n) __attribute__((always_inline)) { return own.weight(k, n); },
            [&](std::size_t n) __attribute__((always_inline)) { return own.bias(n); },
            [](V sum) __attribute__((always_inline)) {
                return evaluate_at(stage::tail::prediction, symbols::x, sum);
            });
        if constexpr (Number + 1 < stages::size)
            run_from<Number + 1>(weights, results, y);
        else
            finish(results, y);
    }

    // [outputs][lanes] -> [lanes][outputs]
    static void finish(const V (&results)[outputs], T* y) noexcept {
        using last = type_at<stages::size - 1, stages>;
        if constexpr (outputs == 1 && !last::has_softmax)
            results[0].store_unaligned(y);
        else {
            alignas(alignment) T numbers[outputs][V::size];
            for (std::size_t n = 0; n < outputs; ++n)
                results[n].store_aligned(numbers[n]);
            for (std::size_t j = 0; j < V::size; ++j)
                for (std::size_t n = 0; n < outputs; ++n)
                    y[j * outputs + n] = numbers[n][j];
            // Afterwards, since it would wait for numbers that have just been written one by one.
            close<last>(y, {0, V::size});
        }
    }

    static void turn(const T* x, V (&columns)[inputs]) noexcept {
        if constexpr (inputs == 1)
            columns[0] = V::load_unaligned(x);
        else {
            alignas(alignment) T numbers[inputs][V::size];
            for (std::size_t j = 0; j < V::size; ++j)
                for (std::size_t k = 0; k < inputs; ++k)
                    numbers[k][j] = x[j * inputs + k];
            for (std::size_t k = 0; k < inputs; ++k)
                columns[k] = V::load_aligned(numbers[k]);
        }
    }

    struct one_network {
        const T* parameters;
        template <std::size_t Number>
        auto stage_weights() const noexcept {
            return shared_weights_of<Number>(parameters);
        }
    };

    static void run_part(const T* parameters, const T* x, T* y, std::size_t samples) noexcept {
        const std::size_t registers = samples / V::size;
        for (std::size_t i = 0; i < registers; ++i)
            run_samples(parameters, x + i * V::size * inputs, y + i * V::size * outputs);
        for (std::size_t i = registers * V::size; i < samples; ++i)
            passes::run(parameters, x + i * inputs, y + i * outputs);
    }

public:
    /// Whether every layer has such a kernel.
    static constexpr bool is_possible = exist(stages{});
    /// Whether samples fill registers better than rows do. A softmax goes over rows, several in a register.
    static constexpr bool is_worthwhile = [] {
        if constexpr (exist(stages{}))
            return are_narrow(stages{}) && inputs <= 2 * V::size;
        else
            return false;
    }();

    /// As many samples as a register has lanes: x [lanes][inputs] -> y [lanes][outputs].
    static void run_samples(const T* parameters, const T* x, T* y) noexcept {
        V columns[inputs];
        turn(x, columns);
        run_from<0>(one_network{parameters}, columns, y);
    }
    /// x [samples][inputs] -> y [samples][outputs], parts of them by several threads where that is worth it.
    static void run(const T* parameters, const T* x, T* y, std::size_t samples, std::size_t flops) {
        constexpr std::size_t part_size = 16 * V::size;
        const std::size_t parts = (samples + part_size - 1) / part_size;
        const std::size_t threads =
            std::min(thread_count(samples * flops, worth_starting), std::max<std::size_t>(parts, 1));
        run_team(threads, [&](const team& members) {
            const team::range own = members.share(parts);
            for (std::size_t part = own.begin; part < own.end; ++part) {
                const std::size_t first = part * part_size;
                run_part(parameters, x + first * inputs, y + first * outputs,
                         std::min(part_size, samples - first));
            }
        });
    }
    /// As many networks, a lane each, whose numbers `weights.stage_weights<stage>()` gives: columns of inputs
    /// [inputs]
    /// -> y [lanes][outputs].
    template <class Weights>
    static void run_networks(const Weights& weights, const V (&x)[inputs], T* y) noexcept {
        run_from<0>(weights, x, y);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
