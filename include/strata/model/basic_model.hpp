// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// Networks of dense layers, and those of any layers whose kernels are included besides, which
// `strata/model/model.hpp` does for all.

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/concatenate.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/threads/thread_count.hpp>
#include <strata/model/array_prediction.hpp>
#include <strata/model/lane_pass.hpp>
#include <strata/model/parameter_memory.hpp>
#include <strata/model/parameter_views.hpp>
#include <strata/model/prediction_pass.hpp>
#include <strata/model/weight_kind.hpp>
#include <strata/model/winograd_stages.hpp>
#include <strata/plan/mask_use.hpp>
#include <strata/plan/summary.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class T>
consteval bool check_has_input() {
    if constexpr (is_topology<plain<T>>)
        return true;
    else
        return reject<T, "the topology of a model", "has no input layer", "it begins with input<...>">();
}
template <class... Shapes>
constexpr std::array<std::size_t, sizeof...(Shapes)> sizes_of(type_list<Shapes...>) {
    return {Shapes::size...};
}

template <class T>
consteval bool check_has_layers() {
    if constexpr (T::nodes::size > 0)
        return true;
    else
        return reject<T, "the topology of a model", "has no layer behind its input">();
}
} // namespace internal

/// What a `model` is and does, known by the topology's type. Apart from it, since compilers write a value
/// that is a template argument out, here the whole network, wherever a member speaks of another one.
template <class Topology, class T>
class basic_model {
    static_assert(internal::check_has_input<Topology>());

public:
    using topology = Topology;
    static_assert(internal::check_has_layers<topology>());
    static_assert(internal::check_masks<topology>());
    using value_type = T;
    /// What a `model` is apart from its name.
    using base = basic_model;
    using stages = stages_of<topology>;
    using layout = parameter_layout<T, topology>;

    static constexpr std::size_t input_count = topology::inputs::size;
    static constexpr std::size_t output_count = topology::outputs::size;
    /// Of the first input and the first output, which are the only ones of most networks.
    static constexpr typename topology::input_shape input_shape{};
    static constexpr typename topology::output_shape output_shape{};
    static constexpr std::size_t input_size = input_shape.size;
    static constexpr std::size_t output_size = output_shape.size;
    /// Numbers in each input and each output.
    static constexpr auto input_sizes = internal::sizes_of(typename topology::inputs{});
    static constexpr auto output_sizes = internal::sizes_of(typename topology::outputs{});
    static constexpr parameter_totals totals = count_parameters(topology{});
    /// Numbers that are learnt, as Keras counts them.
    static constexpr std::size_t parameter_count = totals.learnt;
    /// Those and the statistics, as the moving averages of batch normalizations: what `weights` returns.
    static constexpr std::size_t weight_count = totals.all;

    /// Draws the first weights. The same seed gives the same weights on every machine.
    explicit basic_model(seed key = {}) : parameters_(layout::size), seed_(key) {
        std::uint32_t number = 0;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            if (layout::wires::owner(number) == number)
                internal::initialize_head<typename Stage::head>(parameters_.data() + layout::places[number],
                                                                seed_, number);
            ++number;
        });
    }

    [[nodiscard]] seed random_seed() const noexcept { return seed_; }
    /// Another one for what is still to be drawn; the weights stay.
    void set_random_seed(seed key) noexcept { seed_ = key; }

    /// A table of the layers: output shapes and parameters.
    [[nodiscard]] static std::string summary() { return summary_of<topology>(); }
    /// What is fused with what, kept and computed.
    [[nodiscard]] static std::string plan() {
        return plan_of<topology>(sizeof(T), winograd_stages<topology, T>);
    }

    /// The prediction for one sample, whose numbers come last axis fastest. Allocates nothing, locks nothing
    /// and throws nothing, but for the first prediction of a thread with a network too large for the stack,
    /// which may be `std::bad_alloc`. With OpenMP, networks of more than some million operations are computed
    /// by several threads.
    [[nodiscard, gnu::always_inline]] std::array<T, output_size>
    predict(std::span<const T, input_size> sample) const
        noexcept(fits_stack) requires(input_count == 1 && output_count == 1) {
        std::array<T, output_size> result;
        predict(sample, result);
        return result;
    }
    [[gnu::always_inline]] void predict(std::span<const T, input_size> sample,
                                        std::span<T, output_size> result) const
        noexcept(fits_stack) requires(input_count == 1 && output_count == 1) {
        if constexpr (row_pass<topology, T>::is_worthwhile)
            row_pass<topology, T>::run(parameters_.data(), sample.data(), result.data());
        else if constexpr (fits_stack)
            network::run_sample(parameters_.data(), sample.data(), result.data());
        else
            predict_large({sample.data()}, {result.data()}, 1);
    }

    /// Predictions for samples one after another, `input_size` numbers in and `output_size` numbers out for
    /// each. With OpenMP, large batches are computed by several threads, to the same bits.
    void predict_batch(const T* x, T* y, std::size_t samples) const
        requires(input_count == 1 && output_count == 1) {
        predict_batch(std::array{x}, std::array{y}, samples);
    }
    /// The same for each input and each output of a network with several.
    void predict_batch(const std::array<const T*, input_count>& x, const std::array<T*, output_count>& y,
                       std::size_t samples) const {
        if constexpr (lane_pass<topology, T>::is_worthwhile)
            lane_pass<topology, T>::run(parameters_.data(), x[0], y[0], samples, flops_per_sample);
        else if constexpr (is_large)
            predict_large(x, y, samples);
        else
            predict_blocks(x, y, samples);
    }

    /// Predictions for a batch in anything that xtensor takes: [samples, input...] -> xt::xtensor<T>
    /// [samples, output...]. Needs `strata/model/arrays.hpp`.
    template <class Array>
        requires(!std::is_convertible_v<const Array&, std::span<const T, input_size>>)
    [[nodiscard]] auto predict(const Array& x) const { return internal::array_prediction(*this, x); }

    /// All parameters, layer by layer as the topology names them, each array in its conventional order: for
    /// each layer its kernel, its bias, and the moving averages of a batch normalization (mean, then
    /// variance). For a chain that is Keras's `get_weights`, array after array. Of branches the first comes
    /// whole, then the second; Keras goes through all of them by their layers' depth, which is another order
    /// where a branch has several layers with parameters.
    [[nodiscard]] std::vector<T> weights() const {
        std::vector<T> result;
        result.reserve(weight_count);
        visit_parameters<T, topology>(parameters_.data(), [&](const T& weight) { result.push_back(weight); });
        return result;
    }
    /// The same in the other direction. `std::invalid_argument` for another number of weights.
    void set_weights(std::span<const T> weights) {
        if (weights.size() != weight_count)
            internal::raise(std::invalid_argument(internal::concatenate(
                "set_weights: expected ", weight_count, " weights, found ", weights.size())));
        visit_parameters<T, topology>(parameters_.data(),
                                      [next = weights.begin()](T& weight) mutable { weight = *next++; });
    }

    /// One array of parameters by its name, as `summary` shows it: `net.parameter<"dense_1.kernel">()`. A
    /// name that the network does not have is a compile-time error that lists the nearest.
    template <text Name>
    [[nodiscard]] auto parameter() noexcept {
        return internal::view_parameter<topology, Name>(parameters_.data());
    }
    template <text Name>
    [[nodiscard]] auto parameter() const noexcept {
        return internal::view_parameter<topology, Name>(parameters_.data());
    }
    /// All of them, in the order of `weights`.
    [[nodiscard]] std::vector<any_parameter<T>> parameters() {
        return internal::view_parameters<topology>(parameters_.data());
    }
    [[nodiscard]] std::vector<any_parameter<const T>> parameters() const {
        return internal::view_parameters<topology>(parameters_.data());
    }

    /// All parameters in the kernels' own layout, filling included: for optimizers, copies and tests.
    [[nodiscard]] std::span<T> parameter_block() noexcept { return {parameters_.data(), parameters_.size()}; }
    [[nodiscard]] std::span<const T> parameter_block() const noexcept {
        return {parameters_.data(), parameters_.size()};
    }

    /// A network whose parameters are those of this one from a place on: for `shared_part`.
    template <class Part>
    [[nodiscard]] Part share(std::size_t place) {
        // What may be read behind a part's parameters is not its own to write.
        return Part(parameter_memory<T>(parameters_, place, Part::layout::size - line_size<T>), seed_);
    }
    /// The network with parameters that lie in some memory.
    basic_model(parameter_memory<T> memory, seed key) : parameters_(std::move(memory)), seed_(key) {}

    /// Multiplications and additions of one prediction's products.
    static constexpr std::size_t flops_per_sample = internal::product_flops(stages{});

private:
    using network = prediction_pass<topology, T>;

    /// Networks whose single sample is work for several threads.
    static constexpr std::size_t least_of_large = 5 * worth_starting;
    static constexpr bool is_large = flops_per_sample > least_of_large;
    /// Samples that go through all stages together, so that what passes between stages stays in the cache.
    static constexpr std::size_t block = is_large ? 8 : 64;
    static constexpr std::size_t largest_on_stack = 64 * 1024;
    static constexpr bool fits_stack = !is_large && network::memory_size(1) * sizeof(T) <= largest_on_stack;

    void run_block(const std::array<const T*, input_count>& x, const std::array<T*, output_count>& y,
                   std::size_t samples, std::size_t number, T* memory, const team& threads) const noexcept {
        const std::size_t first = number * block;
        auto sources = x;
        auto results = y;
        for (std::size_t i = 0; i < input_count; ++i)
            sources[i] += first * input_sizes[i];
        for (std::size_t i = 0; i < output_count; ++i)
            results[i] += first * output_sizes[i];
        network::run(parameters_.data(), sources, results, std::min(block, samples - first), memory, threads);
    }

    /// Blocks of samples, each by one thread.
    void predict_blocks(const std::array<const T*, input_count>& x, const std::array<T*, output_count>& y,
                        std::size_t samples) const {
        const std::size_t blocks = (samples + block - 1) / block;
        const std::size_t threads = std::min(thread_count(samples * flops_per_sample, worth_starting),
                                             std::max<std::size_t>(blocks, 1));
        const std::size_t room = network::memory_size(std::min(samples, block));
        aligned_vector<T> memory(threads * room);
        run_team(threads, [&](const team& members) {
            const team::range part = members.share(blocks);
            for (std::size_t b = part.begin; b < part.end; ++b)
                run_block(x, y, samples, b, memory.data() + members.rank * room, team{});
        });
    }

    /// Blocks of samples one after another, each by all threads.
    void predict_large(const std::array<const T*, input_count>& x, const std::array<T*, output_count>& y,
                       std::size_t samples) const {
        constexpr std::size_t of_one = internal::divided_flops(stages{});
        const std::size_t work = samples > 1 ? flops_per_sample : of_one;
        // All meet behind each stage, which a deep and narrow network has too many of.
        const std::size_t of_stage = work * std::min(samples, block) / stages::size;
        const std::size_t threads = of_stage < worth_meeting ? 1 : thread_count(work, least_of_large);
        const std::size_t needed = network::memory_size(std::min(samples, block), threads);
        thread_local aligned_vector<T> memory;
        if (memory.size() < needed)
            memory.resize(needed);
        run_team(threads, [&, place = memory.data()](const team& members) {
            for (std::size_t b = 0; b * block < samples; ++b) {
                if (b > 0)
                    members.barrier();
                run_block(x, y, samples, b, place, members);
            }
        });
    }

    parameter_memory<T> parameters_;
    seed seed_;
};

/// A network: a topology with parameters of type T. `model<input<2> | dense<2> | sigmoid>`.
///
/// The parameters are one aligned block on the heap, in the layout of the kernels; copying copies them.
/// `predict` is const and may be called from many threads at once.
template <auto Topology, class T = float, class Weights = weights<T>>
class model : public basic_model<stand_in<type_of<Topology>>, internal::number_of<T, Weights>> {
public:
    using base = basic_model<stand_in<type_of<Topology>>, T>;

    /// Draws the first weights. The same seed gives the same weights on every machine.
    explicit model(seed key = {}) : base(key) {}
    /// The network with parameters that lie in some memory.
    model(parameter_memory<T> memory, seed key) : base(std::move(memory), key) {}
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::model;
} // namespace strata

STRATA_HEADER_END
