// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <rl_tools/operations/cpu_mux.h>

#include <rl_tools/nn/optimizers/adam/instance/operations_generic.h>

#include <rl_tools/nn/operations_cpu_mux.h>
#include <rl_tools/nn_models/sequential/operations_generic.h>

#include "peers/controller_weights.hpp"

namespace rlt = rl_tools;

/// The controllers in RLtools, whose types know all sizes, with its approximate tanh, since that of the
/// standard library takes it twice the time. RLtools is no Debian package: the environment variable RLTOOLS
/// names the directory of its sources.
namespace controller {

using Device = rlt::devices::DEVICE_FACTORY<>;
using TI = Device::index_t;
using Numbers = rlt::numeric_types::Policy<float>;
using rlt::nn::activation_functions::ActivationFunction;

template <TI Outputs, ActivationFunction Activation>
using dense = rlt::nn::layers::dense::BindConfiguration<
    rlt::nn::layers::dense::Configuration<Numbers, TI, Outputs, Activation>>;
template <class Layer, class Next = rlt::nn_models::sequential::OutputModule>
using chain = rlt::nn_models::sequential::Module<Layer, Next>;
template <TI First, TI Second, TI Outputs>
using layers = chain<
    dense<First, ActivationFunction::FAST_TANH>,
    chain<dense<Second, ActivationFunction::FAST_TANH>, chain<dense<Outputs, ActivationFunction::IDENTITY>>>>;
template <TI... Extents>
using tensor = rlt::Tensor<rlt::tensor::Specification<float, TI, rlt::tensor::Shape<TI, Extents...>, false>>;

/// Gives a network the weights that all programs begin with.
template <TI Inputs, TI First, TI Second, TI Outputs, class Network>
void set_weights(Device& device, Network& net) {
    const auto w = weights((Inputs + 1) * First + (First + 1) * Second + (Second + 1) * Outputs);
    auto fill = [&, next = w.begin()](auto& layer, TI inputs, TI outputs) mutable {
        for (TI k = 0; k < inputs; ++k)
            for (TI n = 0; n < outputs; ++n)
                rlt::set(device, layer.weights.parameters, *next++, n, k);
        for (TI n = 0; n < outputs; ++n)
            rlt::set(device, layer.biases.parameters, *next++, n);
    };
    fill(net.content, Inputs, First);
    fill(net.next_module.content, First, Second);
    fill(net.next_module.next_module.content, Second, Outputs);
}

} // namespace controller
