// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The controllers' training by RLtools, with Adam: it has no other optimizer.
//   controller_rltools 6_64_8_4|4_32_32_2 adam 1|32
#include "peers/rltools.hpp"

#include <rl_tools/nn/optimizers/adam/operations_generic.h>

#include "peers/controller.hpp"

namespace {

using namespace controller;

template <TI Inputs, TI First, TI Second, TI Outputs, TI Batch>
void learn() {
    using capability = rlt::nn::capability::Gradient<rlt::nn::parameters::Adam, false>;
    using network = rlt::nn_models::sequential::Build<capability, layers<First, Second, Outputs>,
                                                      rlt::tensor::Shape<TI, 1, Batch, Inputs>>;
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
    set_weights<Inputs, First, Second, Outputs>(device, net);

    static const experience<Inputs, Outputs> data;
    static tensor<1, Batch, Inputs> x;
    static tensor<1, Batch, Outputs> wanted, slope;
    const rlt::Mode<rlt::mode::Default<>> mode;
    time_steps(Batch, [&](std::size_t first) {
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
    const auto given = read_task(count, arguments);
    if (!given.uses_adam)
        throw std::runtime_error("RLtools has Adam alone");
    if (given.network == "6_64_8_4")
        given.batch == 1 ? learn<6, 64, 8, 4, 1>() : learn<6, 64, 8, 4, 32>();
    else
        given.batch == 1 ? learn<4, 32, 32, 2, 1>() : learn<4, 32, 32, 2, 32>();
}
