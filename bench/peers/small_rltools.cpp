// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The predictions of the controllers by RLtools.
//   small_rltools 6_64_8_4|4_32_32_2
#include "peers/rltools.hpp"
#include "peers/small.hpp"

namespace {

using namespace controller;

template <TI Inputs, TI First, TI Second, TI Outputs>
void predict_controller() {
    using network =
        rlt::nn_models::sequential::Build<rlt::nn::capability::Forward<false>, layers<First, Second, Outputs>,
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
    tensor<1, 1, Inputs> x;
    tensor<1, 1, Outputs> y;
    set_weights<Inputs, First, Second, Outputs>(device, net);
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
