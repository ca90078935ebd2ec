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
    template <std::size_t I>
    using stage = typename Pass::template stage<I>;
    template <std::size_t I>
    using head = typename stage<I>::head;
    template <std::size_t I>
    static constexpr std::size_t inputs_of = head<I>::inputs;
    template <std::size_t I>
    static constexpr std::size_t outputs_of = head<I>::outputs;
    template <std::size_t I>
    using layout = weight_layout<T, inputs_of<I>, outputs_of<I>>;

    static constexpr std::size_t widest = []<class... Stages>(stage_list<Stages...>) {
        return std::max({Stages::output_size...});
    }(typename Pass::stages{});
    static constexpr std::size_t tallest = []<class... Stages>(stage_list<Stages...>) {
        return std::max({Stages::head::inputs...});
    }(typename Pass::stages{});
    using numbers = std::array<std::array<T, widest>, count>;

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
        is_chain() && network_output::rows == 1 && !network_output::loss::of_batches &&
        !network_output::loss::of_sequences;

    /// The weights of all stages as plain numbers, which a processor may keep in registers from step to step.
    /// Steps change these alone: who needs those in memory writes them there.
    class weights {
    public:
        explicit weights(const T* parameters) noexcept {
            visit(*this, parameters, [](T& number, const T& place) { number = place; });
        }
        /// Each by itself: compilers would write neighbours together, and for that compute all of the step in
        /// pairs, whose exchanges each next operation waits for.
        void write(T* parameters) const noexcept {
            visit(*this, parameters, [](T number, T& place) { *const_cast<volatile T*>(&place) = number; });
        }
        [[nodiscard]] T& kernel(std::size_t stage, std::size_t k, std::size_t n) noexcept {
            return kernels_[stage][k][n];
        }
        [[nodiscard]] T& bias(std::size_t stage, std::size_t n) noexcept { return biases_[stage][n]; }

    private:
        /// use(number, place) for each number and its place in memory.
        template <class Numbers, class Memory, class Use>
        [[gnu::always_inline]] static inline void visit(Numbers& all, Memory* parameters,
                                                        const Use& use) noexcept {
            for_each_index<count>([&](auto index) {
                Memory* const begin = parameters + Pass::places::places[index];
                for_each_index<inputs_of<index>>([&](auto k) {
                    for_each_index<outputs_of<index>>([&](auto n) {
                        use(all.kernels_[index][k][n],
                            array_of<head<index>>(
                                begin, typename head<index>::kernel{})[layout<index>::index(k, n)]);
                    });
                });
                if constexpr (head<index>::has_bias)
                    for_each_index<outputs_of<index>>([&](auto n) {
                        use(all.biases_[index][n],
                            array_of<head<index>>(begin, typename head<index>::bias{})[n]);
                    });
            });
        }

        std::array<std::array<std::array<T, widest>, tallest>, count> kernels_;
        std::array<std::array<T, widest>, count> biases_;
    };

    /// Returns the sample's loss. `visit(prediction, target)` sees its outputs before the update, and
    /// `consumer` takes the gradients one by one, unless the loss is no finite number. Where it updates, the
    /// weights are those after the step.
    template <class Visit, class Consumer>
    [[gnu::always_inline]] static inline double run(weights& all, const T* x, const target* wanted,
                                                    const Visit& visit, const Consumer& consumer) noexcept {
        numbers outputs, kept, deltas;
        for_each_index<count>([&](auto index) {
            if constexpr (index == 0)
                forward<0>(all, x, outputs[0].data(), kept[0].data());
            else
                forward<index>(all, outputs[index - 1].data(), outputs[index].data(), kept[index].data());
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
            propagate<number>(all, deltas[number].data(), deltas[number - 1].data());
            multiply_by_slope<number - 1>(kept[number - 1].data(), deltas[number - 1].data());
        });
        for_each_index<count>([&](auto index) {
            if constexpr (index == 0)
                update<0>(all, x, deltas[0].data(), consumer);
            else
                update<index>(all, outputs[index - 1].data(), deltas[index].data(), consumer);
        });
        return loss;
    }

    /// Copies the weights, or a state of theirs, number by number as this step writes them: a processor reads
    /// a number that is still on its way to memory, but several at once only when all have arrived.
    static void copy(const T* source, T* result) noexcept {
        for_each_index<count>([&](auto index) {
            using arrays = head<index>;
            for_each_parameter<arrays>([&]<class Parameter>(std::type_identity<Parameter>) {
                using array = layout_of<T, Parameter>;
                const T* const values = array_of<arrays>(source + Pass::places::places[index], Parameter{});
                for (std::size_t i = 0; i < Parameter::shape::size; ++i)
                    result[values - source + static_cast<std::ptrdiff_t>(array::index(i))] =
                        const_cast<const volatile T*>(values)[array::index(i)];
            });
        });
    }

private:
    template <std::size_t I>
    static void forward(weights& all, const T* x, T* y, T* kept) noexcept {
        for_each_index<outputs_of<I>>([&](auto n) {
            T sum = 0;
            if constexpr (head<I>::has_bias)
                sum = all.bias(I, n);
            for_each_index<inputs_of<I>>([&](auto k) { sum += x[k] * all.kernel(I, k, n); });
            y[n] = evaluate_at(stage<I>::tail::prediction, symbols::x, alone(sum));
            kept[n] = stage<I>::tail::from_output ? y[n] : sum;
        });
    }

    /// The number, which clang shall not compute together with another one: the exchanges of such pairs are
    /// what each next operation waits for.
    [[gnu::always_inline]] static inline T alone(T number) noexcept {
#if defined(__clang__) && defined(__x86_64__)
        __asm__("" : "+x"(number));
#endif
        return number;
    }

    template <std::size_t I>
    static void multiply_by_slope(const T* kept, T* delta) noexcept {
        using tail = typename stage<I>::tail;
        for_each_index<outputs_of<I>>([&](auto n) {
            if constexpr (tail::from_output)
                delta[n] *= evaluate_at(tail::slope, symbols::y, kept[n]);
            else
                delta[n] *= evaluate_at(tail::slope, symbols::x, kept[n]);
        });
    }

    template <std::size_t I>
    static void propagate(weights& all, const T* delta, T* source_delta) noexcept {
        for_each_index<inputs_of<I>>([&](auto k) {
            source_delta[k] = 0;
            for_each_index<outputs_of<I>>([&](auto n) { source_delta[k] += delta[n] * all.kernel(I, k, n); });
        });
    }

    template <std::size_t I, class Consumer>
    static void update(weights& all, const T* x, const T* delta, const Consumer& consumer) noexcept {
        const head_updates<T, head<I>, Consumer> updates{consumer, Pass::places::places[I]};
        const auto use_kernel = updates(typename head<I>::kernel{});
        for_each_index<outputs_of<I>>([&](auto n) {
            for_each_index<inputs_of<I>>([&](auto k) {
                use(use_kernel, layout<I>::index(k, n), all.kernel(I, k, n), x[k] * delta[n]);
            });
        });
        if constexpr (head<I>::has_bias) {
            const auto use_bias = updates(typename head<I>::bias{});
            for_each_index<outputs_of<I>>([&](auto n) { use(use_bias, n, all.bias(I, n), delta[n]); });
        }
    }

    template <class Update>
    static void use(const Update& update, std::size_t place, T& weight, T gradient) noexcept {
        if constexpr (requires { update.advance(place, weight, gradient); })
            weight = alone(update.advance(place, weight, gradient));
        else
            update(place, gradient);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
