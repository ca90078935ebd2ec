// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The controllers' training by RLtools, with its approximate tanh and Adam: it has no other optimizer.
// RLtools is no Debian package: the environment variable RLTOOLS names the directory of its sources.
//   controller_rltools 6_64_8_4|4_32_32_2 adam 1|32
#include <rl_tools/operations/cpu_mux.h>

#include <rl_tools/nn/optimizers/adam/instance/operations_generic.h>

#include <rl_tools/nn/operations_cpu_mux.h>
#include <rl_tools/nn_models/sequential/operations_generic.h>

#include <rl_tools/nn/optimizers/adam/operations_generic.h>

#include "peers/controller.hpp"

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
template <TI... Extents>
using tensor = rlt::Tensor<rlt::tensor::Specification<float, TI, rlt::tensor::Shape<TI, Extents...>, false>>;

template <TI Inputs, TI First, TI Second, TI Outputs, TI Batch>
void learn() {
    using layers = chain<dense<First, ActivationFunction::FAST_TANH>,
                         chain<dense<Second, ActivationFunction::FAST_TANH>,
                               chain<dense<Outputs, ActivationFunction::IDENTITY>>>>;
    using capability = rlt::nn::capability::Gradient<rlt::nn::parameters::Adam, false>;
    using network =
        rlt::nn_models::sequential::Build<capability, layers, rlt::tensor::Shape<TI, 1, Batch, Inputs>>;
    using optimizer = rlt::nn::optimizers::Adam<rlt::nn::optimizers::adam::Specification<Numbers, TI>>;
    Device device;
    Device::SPEC::RANDOM::ENGINE<> random;
    rlt::init(device);
    rlt::malloc(device, random);
    rlt::init(device, random, 0);
    static network net;
    static typename network::template Buffer<false> buffer;
    static optimizer rule;
    rlt::malloc(device, net);
    rlt::malloc(device, buffer);
    rlt::malloc(device, rule);
    rlt::init(device, rule);
    rlt::reset_optimizer_state(device, rule, net);
    const auto w = controller::weights((Inputs + 1) * First + (First + 1) * Second + (Second + 1) * Outputs);
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

    static const controller::experience<Inputs, Outputs> data;
    static tensor<1, Batch, Inputs> x;
    static tensor<1, Batch, Outputs> wanted, slope;
    const rlt::Mode<rlt::mode::Default<>> mode;
    controller::time_steps(Batch, [&](std::size_t first) {
        for (TI i = 0; i < Batch; ++i) {
            for (TI k = 0; k < Inputs; ++k)
                rlt::set(device, x, data.x[(first + i) * Inputs + k], 0, i, k);
            for (TI n = 0; n < Outputs; ++n)
                rlt::set(device, wanted, data.y[(first + i) * Outputs + n], 0, i, n);
        }
        rlt::zero_gradient(device, net);
        rlt::forward(device, net, x, buffer, random, mode);
        auto y = rlt::output(device, net);
        rlt::nn::loss_functions::mse::gradient(device, y, wanted, slope);
        const float loss = rlt::nn::loss_functions::mse::evaluate(device, y, wanted);
        rlt::backward(device, net, x, slope, buffer, mode);
        rlt::step(device, rule, net);
        return loss;
    });
}

} // namespace

int main(int count, char** arguments) {
    const auto given = controller::read_task(count, arguments);
    if (!given.uses_adam)
        throw std::runtime_error("RLtools has Adam alone");
    if (given.network == "6_64_8_4")
        given.batch == 1 ? learn<6, 64, 8, 4, 1>() : learn<6, 64, 8, 4, 32>();
    else
        given.batch == 1 ? learn<4, 32, 32, 2, 1>() : learn<4, 32, 32, 2, 32>();
}
