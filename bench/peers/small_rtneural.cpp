// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The 1-8-8-1 network in RTNeural with xsimd. RTNeural is no Debian package: the environment variable
// RTNEURAL names the directory of its sources.
//   small_rtneural given|fed_back
#include <RTNeural/RTNeural.h>

#include "peers/small.hpp"

int main(int count, char** arguments) {
    const std::string mode = small::mode(count, arguments);
    RTNeural::ModelT<float, 1, 1, RTNeural::DenseT<float, 1, 8>, RTNeural::TanhActivationT<float, 8>,
                     RTNeural::DenseT<float, 8, 8>, RTNeural::TanhActivationT<float, 8>,
                     RTNeural::DenseT<float, 8, 1>>
        net;
    const auto w = small::tanh_weights();
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
    set(net.get<0>(), 1, 8);
    set(net.get<2>(), 8, 8);
    set(net.get<4>(), 8, 1);
    net.reset();
    small::time_predictions(mode, [&](float x) {
        alignas(64) const float input[64]{x};
        return net.forward(input);
    });
}
