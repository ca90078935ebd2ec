// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/concatenate.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/threads/thread_count.hpp>
#include <strata/model/model.hpp>
#include <strata/model/narrow_pass.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a `model` whose kernels rest as bfloat16 is and does, known by the topology's type.
template <class Topology>
class basic_narrow_model {
    using T = float;
    using pass = narrow_pass<Topology>;

public:
    using topology = Topology;
    using value_type = T;
    using weight_type = bfloat16;
    /// The network that it is made from.
    using trained = basic_model<Topology, T>;

    static constexpr std::size_t input_count = 1;
    static constexpr std::size_t output_count = 1;
    static constexpr auto input_shape = trained::input_shape;
    static constexpr auto output_shape = trained::output_shape;
    static constexpr std::size_t input_size = trained::input_size;
    static constexpr std::size_t output_size = trained::output_size;
    static constexpr auto input_sizes = trained::input_sizes;
    static constexpr auto output_sizes = trained::output_sizes;
    static constexpr std::size_t parameter_count = trained::parameter_count;
    static constexpr std::size_t weight_count = trained::weight_count;
    /// Memory of the parameters: kernels of 2 bytes and biases of 4, each array in whole registers.
    static constexpr std::size_t parameter_bytes =
        pass::kernel_size * sizeof(bfloat16_pair) + pass::bias_size * sizeof(T);

    /// Rounds each weight of the kernels to a `narrow_factor`: by at most 1/257 of it. Biases stay as they
    /// are, but for those below 2^-103, which become 0.
    explicit basic_narrow_model(const trained& net) : kernels_(pass::kernel_size), biases_(pass::bias_size) {
        pass::round(net.parameter_block().data(), kernels_.data(), biases_.data());
    }

    /// The table of the layers, and the memory of the parameters.
    [[nodiscard]] static std::string summary() {
        return internal::concatenate(
            trained::summary(), "kernels rest as bfloat16: ", internal::grouped(parameter_bytes),
            " bytes of parameters, ", internal::grouped(trained::layout::size * sizeof(T)), " as float\n");
    }

    /// As `model::predict`: one sample, by one thread. Allocates nothing, but for the first prediction of a
    /// thread with a network too large for the stack. The bits are those of a batch.
    [[nodiscard]] std::array<T, output_size> predict(std::span<const T, input_size> sample) const
        noexcept(fits_stack) {
        std::array<T, output_size> result;
        predict(sample, result);
        return result;
    }
    void predict(std::span<const T, input_size> sample, std::span<T, output_size> result) const
        noexcept(fits_stack) {
        if constexpr (fits_stack) {
            alignas(alignment) T memory[pass::memory_size(1)];
            alignas(alignment) bfloat16_pair inputs[pass::pairs_size(1)];
            pass::run(kernels_.data(), biases_.data(), sample.data(), result.data(), 1, memory, inputs);
        } else {
            thread_local aligned_vector<T> memory(pass::memory_size(1));
            thread_local aligned_vector<bfloat16_pair> inputs(pass::pairs_size(1));
            pass::run(kernels_.data(), biases_.data(), sample.data(), result.data(), 1, memory.data(),
                      inputs.data());
        }
    }

    /// As `model::predict_batch`, to the same bits on any number of threads.
    void predict_batch(const T* x, T* y, std::size_t samples) const {
        const std::size_t blocks = (samples + block - 1) / block;
        const std::size_t threads =
            std::min(thread_count(samples * trained::flops_per_sample, worth_starting),
                     std::max<std::size_t>(blocks, 1));
        const std::size_t room = pass::memory_size(std::min(samples, block));
        const std::size_t pairs = pass::pairs_size(std::min(samples, block));
        aligned_vector<T> memory(threads * room);
        aligned_vector<bfloat16_pair> inputs(threads * pairs);
        run_team(threads, [&](const team& together) {
            const team::range part = together.share(blocks);
            for (std::size_t b = part.begin; b < part.end; ++b)
                pass::run(kernels_.data(), biases_.data(), x + b * block * input_size,
                          y + b * block * output_size, std::min(block, samples - b * block),
                          memory.data() + together.rank * room, inputs.data() + together.rank * pairs);
        });
    }
    void predict_batch(const std::array<const T*, 1>& x, const std::array<T*, 1>& y,
                       std::size_t samples) const {
        predict_batch(x[0], y[0], samples);
    }

    /// Predictions for a batch in anything that xtensor takes, as `model::predict`.
    template <class Array>
        requires(!std::is_convertible_v<const Array&, std::span<const T, input_size>>)
    [[nodiscard]] auto predict(const Array& x) const {
        if constexpr (requires { predict_array(*this, x); })
            return predict_array(*this, x);
        else
            static_assert(
                internal::reject<Array, "predict of an array needs", "#include <strata/model/arrays.hpp>">());
    }

    /// All parameters in the order of `model::weights`, as rounded.
    [[nodiscard]] std::vector<T> weights() const {
        aligned_vector<T> block_of_parameters(trained::layout::size);
        pass::widen(kernels_.data(), biases_.data(), block_of_parameters.data());
        std::vector<T> result;
        result.reserve(weight_count);
        visit_parameters<T, topology>(block_of_parameters.data(),
                                      [&](const T& weight) { result.push_back(weight); });
        return result;
    }

private:
    static constexpr std::size_t block = 64;
    static constexpr std::size_t largest_on_stack = 64 * 1024;
    static constexpr bool fits_stack =
        pass::memory_size(1) * sizeof(T) + pass::pairs_size(1) * sizeof(bfloat16_pair) <= largest_on_stack;

    aligned_vector<bfloat16_pair> kernels_;
    aligned_vector<T> biases_;
};

/// A network for prediction whose kernels rest in half the memory: `model<topology, float, weights<bfloat16>>
/// narrow{net};` of a trained `model<topology>`. Chains of dense layers with activations and a softmax behind
/// them; other layers do not compile. It cannot be trained.
///
/// What each layer reads becomes bfloat16 too, and is multiplied and summed in float, by the processor's
/// instruction for it where it has one. Sums are the same bits on every machine, one sample at a time or many
/// at once. Weights and inputs are each off by at most u = 1/257 of themselves, so a layer's sum is off by at
/// most
///
///     sum over k of |x[k] w[k]| (2 u + u^2)
///
/// and by the square root of K instead of K times a typical term, as the errors are independent, beside the
/// rounding of float. Inputs and weights below 2^-56 count as 0, and those from 2^64 on as infinite.
template <auto Topology>
class model<Topology, float, weights<bfloat16>> : public basic_narrow_model<stand_in<type_of<Topology>>> {
public:
    using base = basic_narrow_model<stand_in<type_of<Topology>>>;
    using base::base;
};

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
