// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The controllers in RLtools, whose types know all sizes, with its approximate tanh, since that of the
// standard library takes it twice the time. RLtools is no Debian package: the environment variable RLTOOLS
// names the directory of its sources.
//   small_rltools 6_64_8_4|4_32_32_2
#include <rl_tools/operations/cpu_mux.h>

#include <rl_tools/nn/optimizers/adam/instance/operations_generic.h>

#include <rl_tools/nn/operations_cpu_mux.h>
#include <rl_tools/nn_models/sequential/operations_generic.h>

#include "peers/small.hpp"

namespace {

namespace rlt = rl_tools;
using Device = rlt::devices::DEVICE_FACTORY<>;
using TI = Device::index_t;
using Numbers = rlt::numeric_types::Policy<float>;
using rlt::nn::activation_functions::ActivationFunction;

template <TI Outputs, ActivationFunction Activation>
using dense = rlt::nn::layers::dense::BindConfiguration<
    rlt::nn::layers::dense::Configuration<Numbers, TI, Outputs, Activation>>;
template <class Layer, class Next = rlt::nn_models::sequential::OutputModule>
using chain = rlt::nn_models::sequential::Module<Layer, Next>;

template <TI Inputs, TI First, TI Second, TI Outputs>
void predict_controller() {
    using layers = chain<dense<First, ActivationFunction::FAST_TANH>,
                         chain<dense<Second, ActivationFunction::FAST_TANH>,
                               chain<dense<Outputs, ActivationFunction::IDENTITY>>>>;
    using network = rlt::nn_models::sequential::Build<rlt::nn::capability::Forward<false>, layers,
                                                      rlt::tensor::Shape<TI, 1, 1, Inputs>>;
    Device device;
    Device::SPEC::RANDOM::ENGINE<> random;
    rlt::init(device);
    rlt::malloc(device, random);
    rlt::init(device, random, 0);
    static network net;
    static typename network::template Buffer<false> buffer;
    rlt::malloc(device, net);
    rlt::malloc(device, buffer);
    rlt::Tensor<rlt::tensor::Specification<float, TI, rlt::tensor::Shape<TI, 1, 1, Inputs>, false>> x;
    rlt::Tensor<rlt::tensor::Specification<float, TI, rlt::tensor::Shape<TI, 1, 1, Outputs>, false>> y;
    const auto w =
        small::controller_weights((Inputs + 1) * First + (First + 1) * Second + (Second + 1) * Outputs);
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
    const rlt::Mode<rlt::mode::Evaluation<>> mode;
    small::time_controller(Inputs, [&](const float* given, float* made) {
        for (TI k = 0; k < Inputs; ++k)
            rlt::set(device, x, given[k], 0, 0, k);
        rlt::evaluate(device, net, x, y, buffer, random, mode);
        for (TI n = 0; n < Outputs; ++n)
            made[n] = rlt::get(device, y, 0, 0, n);
    });
}

} // namespace

int main(int count, char** arguments) {
    const std::string mode = small::mode(count, arguments);
    if (mode == "6_64_8_4")
        predict_controller<6, 64, 8, 4>();
    else if (mode == "4_32_32_2")
        predict_controller<4, 32, 32, 2>();
    else
        return 1;
}
