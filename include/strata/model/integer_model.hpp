// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/concatenate.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/model/calibration.hpp>
#include <strata/model/compact_model.hpp>
#include <strata/model/integer_parameters.hpp>
#include <strata/raise.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// What each layer reads, as bytes.
template <class Topology>
[[nodiscard]] auto quantize_inputs(const calibration<Topology>& ranges) {
    if (ranges.sample_count() == 0)
        raise(std::invalid_argument("weights of 8 bits: expected a calibration with samples, found none"));
    std::array<quantization, calibration<Topology>::layers> result;
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] = quantization::of_range(ranges.ranges()[i].low, ranges.ranges()[i].high);
    return result;
}
} // namespace internal

/// What a `model` whose weights rest as integers of 8 bits is and does, known by the topology's type.
template <class Topology>
class basic_integer_model : public compact_model<Topology, integer_parameters<Topology>> {
    using parameters = integer_parameters<Topology>;
    using base = compact_model<Topology, parameters>;

public:
    using weight_type = std::int8_t;
    using trained = typename base::trained;
    /// Memory of the parameters, filling included: weights of a byte, and eight bytes for each output.
    static constexpr std::size_t parameter_bytes = parameters::bytes;

    /// Quantizes the network that was calibrated: each weight to one of 255 numbers as far apart as the
    /// largest to the same output needs, each bias to 32 bits. `std::invalid_argument` for a calibration
    /// without samples, and for parameters that are not finite, or that floats do not hold when scaled.
    explicit basic_integer_model(const calibration<Topology>& ranges)
        : base(parameters(ranges.network().parameter_block().data(), internal::quantize_inputs(ranges))) {}
    /// The same with samples to calibrate with, anything that xtensor takes: [samples, input...]. Needs
    /// `strata/model/arrays.hpp`.
    template <class Array>
    basic_integer_model(const trained& net, const Array& samples)
        : basic_integer_model(calibrated(net, samples)) {}
    /// The same with samples one after another.
    basic_integer_model(const trained& net, const float* x, std::size_t samples)
        : basic_integer_model(calibrated(net, x, samples)) {}
    template <class Network>
        requires std::derived_from<Network, trained>
    explicit basic_integer_model(const Network&) : base(parameters()) {
        static_assert(internal::reject<Network, "weights of 8 bits need samples",
                                       "to calibrate with, behind the network">());
    }
    /// That of parameters which are quantized.
    explicit basic_integer_model(parameters quantized) : base(std::move(quantized)) {}

    [[nodiscard]] const parameters& quantized() const noexcept { return this->parameters_; }

    /// The table of the layers, and the memory of the parameters.
    [[nodiscard]] static std::string summary() {
        return internal::concatenate(trained::summary(), "weights rest as integers of 8 bits: ",
                                     internal::grouped(parameter_bytes), " bytes of parameters, ",
                                     internal::grouped(trained::layout::size * sizeof(float)), " as float\n");
    }

private:
    template <class... Samples>
    static calibration<Topology> calibrated(const trained& net, const Samples&... samples) {
        calibration<Topology> ranges(net);
        ranges.add(samples...);
        return ranges;
    }
};

/// A network for prediction whose weights rest in a quarter of the memory:
///
///     model<topology, float, weights<std::int8_t>> narrow(net, samples);
///
/// of a trained `model<topology>` and some hundred samples like those to come. Chains of dense layers with
/// activations and a softmax behind them; other layers do not compile. It cannot be trained.
///
/// Each layer's inputs become bytes, and its sums are exact integers, by the processor's instruction for dot
/// products where it has one. So a quantized network, as `save_weights` keeps it, has the same sums on every
/// machine, one sample at a time or many at once; a calibration is a pass of float, with its roundings. A
/// weight of output n is off by at most 1/254 of the largest to that output, and an input of layer l by
/// half of its step, 1/510 of its range in the calibration; beyond that range it is cut off. So what a layer
/// makes of K inputs is off by at most
///
///     sum over k of |x[k]| s / 2 + |w[k][n]| t / 2 + s t / 4,   s = max |w[.][n]| / 127, t = range / 255,
///
/// and by the square root of K instead of K times a typical term, as the errors are independent. Where a bias
/// is so large that it takes more than 24 bits as a multiple of s t, s is |b[n]| / (t 2^24). A row with
/// NaN gives NaN; infinity is the end of the range.
template <auto Topology>
class model<Topology, float, weights<std::int8_t>> : public basic_integer_model<stand_in<type_of<Topology>>> {
public:
    using base = basic_integer_model<stand_in<type_of<Topology>>>;
    using base::base;
};

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
