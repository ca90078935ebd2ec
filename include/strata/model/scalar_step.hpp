// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/model/training_pass.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class Stage>
inline constexpr bool suits_scalars = [] {
    if constexpr (is_dense<typename Stage::head>)
        return Stage::rows == 1 && Stage::head::inputs * Stage::head::outputs <= 8 &&
               Stage::head::outputs <= 2 && Stage::tail::dropout_count == 0 && !Stage::has_softmax;
    else
        return false;
}();
} // namespace internal

/// One update by one sample, for networks of a few weights, in plain numbers. Each operation of such a step
/// waits for the one before it, and most of the time would go into carrying numbers between registers of
/// several lanes and memory. Everything between the sample and the weights is local to one function.
///
/// Rounds differently from the kernels, so an engine chooses by the network and the batch size alone.
template <class Pass>
struct scalar_step {
    using T = typename Pass::value_type;
    using target = typename Pass::template output<0>::target;
    static constexpr std::size_t count = Pass::count;

private:
    static constexpr bool is_chain() {
        for (std::size_t stage = 0; stage < count; ++stage)
            if (Pass::wires::source(stage, 0) != stage || Pass::wires::is_frozen(stage))
                return false;
        return Pass::input_count == 1 && Pass::output_count == 1 && !Pass::flow::shares;
    }
    using network_output = typename Pass::template output<0>;

public:
    /// Whether every stage is one that this step can run, and is small enough to gain from it.
    static constexpr bool is_worthwhile =
        []<class... Stages>(stage_list<Stages...>) {
            return (internal::suits_scalars<Stages> && ...);
        }(typename Pass::stages{}) &&
        is_chain() && !Pass::template output<0>::loss::of_batches &&
        !Pass::template output<0>::loss::of_sequences;

    /// Returns the sample's loss. `visit(prediction, target)` sees its outputs before the update, and
    /// `consumer` takes the gradients one by one, unless the loss is no finite number.
    template <class Visit, class Consumer>
    [[gnu::flatten]] static double run(const T* parameters, const T* x, const target* wanted,
                                       const Visit& visit, const Consumer& consumer) noexcept {
        numbers outputs, kept, deltas;
        for_each_index<count>([&](auto index) {
            constexpr std::size_t number = index;
            const T* const source = number == 0 ? x : outputs[number - 1].data();
            forward<number>(parameters, source, outputs[number].data(), kept[number].data());
        });
        const double loss =
            network_output::weight *
            loss_row<typename network_output::loss, typename network_output::link, network_output::size>(
                outputs[count - 1].data(), wanted, deltas[count - 1].data(),
                static_cast<T>(network_output::weight));
        visit(static_cast<const T*>(outputs[count - 1].data()), wanted);
        if (!internal::is_finite(loss))
            return loss;
        multiply_by_slope<count - 1>(kept[count - 1].data(), deltas[count - 1].data());
        for_each_index<count - 1>([&](auto index) {
            constexpr std::size_t number = count - 1 - index;
            propagate<number>(parameters, deltas[number].data(), deltas[number - 1].data());
            multiply_by_slope<number - 1>(kept[number - 1].data(), deltas[number - 1].data());
        });
        for_each_index<count>([&](auto index) {
            constexpr std::size_t number = index;
            update<number>(number == 0 ? x : outputs[number - 1].data(), deltas[number].data(), consumer);
        });
        return loss;
    }

private:
    template <std::size_t I>
    using stage = typename Pass::template stage<I>;
    template <std::size_t I>
    using head = typename stage<I>::head;
    template <std::size_t I>
    using weights = weight_layout<T, head<I>::inputs, head<I>::outputs>;

    static constexpr std::size_t widest = []<class... Stages>(stage_list<Stages...>) {
        return std::max({Stages::output_size...});
    }(typename Pass::stages{});
    using numbers = std::array<std::array<T, widest>, count>;

    template <std::size_t I>
    static void forward(const T* parameters, const T* x, T* y, T* kept) noexcept {
        const T* const begin = parameters + Pass::places::places[I];
        const T* const kernel = array_of<head<I>>(begin, typename head<I>::kernel{});
        [[maybe_unused]] const T* const bias = array_of<head<I>>(begin, typename head<I>::bias{});
        for (std::size_t n = 0; n < head<I>::outputs; ++n) {
            T sum = 0;
            if constexpr (head<I>::has_bias)
                sum = bias[n];
            for (std::size_t k = 0; k < head<I>::inputs; ++k)
                sum += x[k] * kernel[weights<I>::index(k, n)];
            y[n] = evaluate_at(stage<I>::tail::prediction, symbols::x, sum);
            kept[n] = stage<I>::tail::from_output ? y[n] : sum;
        }
    }

    template <std::size_t I>
    static void multiply_by_slope(const T* kept, T* delta) noexcept {
        using tail = typename stage<I>::tail;
        for (std::size_t n = 0; n < head<I>::outputs; ++n) {
            if constexpr (tail::from_output)
                delta[n] *= evaluate_at(tail::slope, symbols::y, kept[n]);
            else
                delta[n] *= evaluate_at(tail::slope, symbols::x, kept[n]);
        }
    }

    template <std::size_t I>
    static void propagate(const T* parameters, const T* delta, T* source_delta) noexcept {
        const T* const kernel =
            array_of<head<I>>(parameters + Pass::places::places[I], typename head<I>::kernel{});
        for (std::size_t k = 0; k < head<I>::inputs; ++k) {
            source_delta[k] = 0;
            for (std::size_t n = 0; n < head<I>::outputs; ++n)
                source_delta[k] += delta[n] * kernel[weights<I>::index(k, n)];
        }
    }

    template <std::size_t I, class Consumer>
    static void update(const T* x, const T* delta, const Consumer& consumer) noexcept {
        const head_updates<T, head<I>, Consumer> updates{consumer, Pass::places::places[I]};
        const auto use_kernel = updates(typename head<I>::kernel{});
        for (std::size_t n = 0; n < head<I>::outputs; ++n)
            for (std::size_t k = 0; k < head<I>::inputs; ++k)
                use_kernel(weights<I>::index(k, n), x[k] * delta[n]);
        if constexpr (head<I>::has_bias) {
            const auto use_bias = updates(typename head<I>::bias{});
            for (std::size_t n = 0; n < head<I>::outputs; ++n)
                use_bias(n, delta[n]);
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
