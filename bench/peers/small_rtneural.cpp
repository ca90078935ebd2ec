// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The small networks in RTNeural with xsimd. RTNeural is no Debian package: the environment variable RTNEURAL
// names the directory of its sources.
//   small_rtneural given|fed_back|6_64_8_4|4_32_32_2
#include <RTNeural/RTNeural.h>

#include "peers/small.hpp"

namespace {

template <int Inputs, int First, int Second, int Outputs>
using network =
    RTNeural::ModelT<float, Inputs, Outputs, RTNeural::DenseT<float, Inputs, First>,
                     RTNeural::TanhActivationT<float, First>, RTNeural::DenseT<float, First, Second>,
                     RTNeural::TanhActivationT<float, Second>, RTNeural::DenseT<float, Second, Outputs>>;

template <int Inputs, int First, int Second, int Outputs>
void fill(network<Inputs, First, Second, Outputs>& net, const std::vector<float>& w) {
    std::size_t next = 0;
    const auto set = [&](auto& layer, std::size_t inputs, std::size_t outputs) {
        std::vector<std::vector<float>> kernel(outputs, std::vector<float>(inputs));
        for (std::size_t i = 0; i < inputs; ++i)
            for (std::size_t j = 0; j < outputs; ++j)
                kernel[j][i] = w[next++];
        layer.setWeights(kernel);
        std::vector<float> bias(outputs);
        for (float& element : bias)
            element = w[next++];
        layer.setBias(bias.data());
    };
    set(net.template get<0>(), Inputs, First);
    set(net.template get<2>(), First, Second);
    set(net.template get<4>(), Second, Outputs);
    net.reset();
}

template <int Inputs, int First, int Second, int Outputs>
void predict_controller() {
    network<Inputs, First, Second, Outputs> net;
    fill<Inputs, First, Second, Outputs>(
        net, controller::weights((Inputs + 1) * First + (First + 1) * Second + (Second + 1) * Outputs));
    small::time_controller(Inputs, [&](const float* x, float* y) {
        net.forward(x);
        std::copy_n(net.getOutputs(), Outputs, y);
    });
}

} // namespace

int main(int count, char** arguments) {
    const std::string mode = small::mode(count, arguments);
    if (mode == "6_64_8_4") {
        predict_controller<6, 64, 8, 4>();
        return 0;
    }
    if (mode == "4_32_32_2") {
        predict_controller<4, 32, 32, 2>();
        return 0;
    }
    network<1, 8, 8, 1> net;
    fill<1, 8, 8, 1>(net, small::tanh_weights());
    small::time_predictions(mode, [&](float x) {
        alignas(64) const float input[64]{x};
        return net.forward(input);
    });
}
