// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/concatenate.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/model/compact_model.hpp>
#include <strata/model/model.hpp>
#include <strata/model/narrow_pass.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// The parameters of a chain of dense layers as `narrow_pass` reads them.
template <class Topology>
class narrow_parameters {
    using pass = narrow_pass<Topology>;

public:
    /// Memory: kernels of 2 bytes and biases of 4, each array in whole registers.
    static constexpr std::size_t bytes =
        pass::kernel_size * sizeof(bfloat16_pair) + pass::bias_size * sizeof(float);

    /// Those of a network of float, rounded.
    explicit narrow_parameters(const float* parameters)
        : kernels_(pass::kernel_size), biases_(pass::bias_size) {
        pass::check_weights(parameters);
        pass::round(parameters, kernels_.data(), biases_.data());
    }
    /// The other way, which is exact.
    void widen(float* parameters) const noexcept { pass::widen(kernels_.data(), biases_.data(), parameters); }

    [[nodiscard]] static constexpr std::size_t memory_size(std::size_t samples) noexcept {
        return sizeof(float) * (pairs_begin(samples) + whole_lines<bfloat16_pair>(pass::pairs_size(samples)));
    }
    void run(const float* x, float* y, std::size_t samples, std::byte* memory) const noexcept {
        pass::run(kernels_.data(), biases_.data(), x, y, samples, reinterpret_cast<float*>(memory),
                  reinterpret_cast<bfloat16_pair*>(memory) + pairs_begin(samples));
    }

private:
    static constexpr std::size_t pairs_begin(std::size_t samples) noexcept {
        return whole_lines<float>(pass::memory_size(samples));
    }

    aligned_vector<bfloat16_pair> kernels_;
    aligned_vector<float> biases_;
};

/// What a `model` whose kernels rest as bfloat16 is and does, known by the topology's type.
template <class Topology>
class basic_narrow_model : public compact_model<Topology, narrow_parameters<Topology>> {
    using parameters = narrow_parameters<Topology>;
    using base = compact_model<Topology, parameters>;

public:
    using weight_type = bfloat16;
    using trained = typename base::trained;
    static constexpr std::size_t weight_count = trained::weight_count;
    /// Memory of the parameters.
    static constexpr std::size_t parameter_bytes = parameters::bytes;

    /// Rounds each weight of the kernels to a `narrow_factor`: by at most 1/257 of it. Biases stay as they
    /// are, but for those below 2^-103, which become 0. `std::invalid_argument` for weights from 2^64 on.
    explicit basic_narrow_model(const trained& net) : base(parameters(net.parameter_block().data())) {}

    /// The table of the layers, and the memory of the parameters.
    [[nodiscard]] static std::string summary() {
        return internal::concatenate(trained::summary(),
                                     "kernels rest as bfloat16: ", internal::grouped(parameter_bytes),
                                     " bytes of parameters, ",
                                     internal::grouped(trained::layout::size * sizeof(float)), " as float\n");
    }

    /// All parameters in the order of `model::weights`, as rounded.
    [[nodiscard]] std::vector<float> weights() const {
        aligned_vector<float> block(trained::layout::size);
        this->parameters_.widen(block.data());
        std::vector<float> result;
        result.reserve(weight_count);
        visit_parameters<float, Topology>(block.data(),
                                          [&](const float& weight) { result.push_back(weight); });
        return result;
    }
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
/// rounding of float. Inputs and weights below 2^-56 count as 0, and inputs from 2^64 on as infinite.
template <auto Topology>
class model<Topology, float, weights<bfloat16>> : public basic_narrow_model<stand_in<type_of<Topology>>> {
public:
    using base = basic_narrow_model<stand_in<type_of<Topology>>>;
    using base::base;
};

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
