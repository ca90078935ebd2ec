// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The layers and small recurrent networks in RTNeural, with its xsimd or Eigen. RTNeural is no Debian
// package: the environment variable RTNEURAL names the directory of its sources.
//   stream_rtneural dense_1_8|conv_8_4|lstm_16|lstm_40|gru_8|gru_16
#include <RTNeural/RTNeural.h>

#include "peers/stream.hpp"

namespace {

using matrix = std::vector<std::vector<float>>;

/// Hands out the weights array after array.
class weight_reader {
public:
    explicit weight_reader(std::size_t count) : numbers_(streaming::weights(count)) {}
    std::vector<float> vector(std::size_t size) {
        std::vector<float> result(size);
        for (float& each : result)
            each = numbers_[next_++];
        return result;
    }
    matrix rows(std::size_t count, std::size_t size) {
        matrix result(count);
        for (auto& row : result)
            row = vector(size);
        return result;
    }

private:
    std::vector<float> numbers_;
    std::size_t next_ = 0;
};

matrix transposed(const matrix& rows) {
    matrix result(rows[0].size(), std::vector<float>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t j = 0; j < rows[0].size(); ++j)
            result[j][i] = rows[i][j];
    return result;
}

template <std::size_t Inputs, class Model>
int run(Model& net) {
    net.reset();
    streaming::time_steps<Inputs>([&](const float* x) {
        net.forward(x);
        return net.getOutputs()[0];
    });
    return 0;
}

int dense_1_8() {
    RTNeural::ModelT<float, 1, 8, RTNeural::DenseT<float, 1, 8>> net;
    weight_reader weights(16);
    net.get<0>().setWeights(transposed(weights.rows(1, 8)));
    net.get<0>().setBias(weights.vector(8).data());
    return run<1>(net);
}

int conv_8_4() {
    RTNeural::ModelT<float, 8, 4, RTNeural::Conv1DT<float, 8, 4, 3, 1>> net;
    weight_reader weights(3 * 8 * 4 + 4);
    // Keras has [taps][channels][filters], with the newest step last; here it is first.
    std::vector<matrix> kernel(4, matrix(8, std::vector<float>(3)));
    for (std::size_t tap = 0; tap < 3; ++tap) {
        const matrix of_tap = weights.rows(8, 4);
        for (std::size_t channel = 0; channel < 8; ++channel)
            for (std::size_t filter = 0; filter < 4; ++filter)
                kernel[filter][channel][2 - tap] = of_tap[channel][filter];
    }
    net.get<0>().setWeights(kernel);
    net.get<0>().setBias(weights.vector(4));
    return run<8>(net);
}

template <int Units>
int lstm() {
    RTNeural::ModelT<float, 1, 1, RTNeural::LSTMLayerT<float, 1, Units>, RTNeural::DenseT<float, Units, 1>>
        net;
    weight_reader weights(4 * Units * (Units + 2) + Units + 1);
    auto& layer = net.template get<0>();
    layer.setWVals(weights.rows(1, 4 * Units));
    layer.setUVals(weights.rows(Units, 4 * Units));
    layer.setBVals(weights.vector(4 * Units));
    net.template get<1>().setWeights(transposed(weights.rows(Units, 1)));
    net.template get<1>().setBias(weights.vector(1).data());
    return run<1>(net);
}

template <int Units>
int gru() {
    RTNeural::ModelT<float, 1, 1, RTNeural::GRULayerT<float, 1, Units>, RTNeural::DenseT<float, Units, 1>>
        net;
    weight_reader weights(3 * Units * (Units + 3) + Units + 1);
    auto& layer = net.template get<0>();
    layer.setWVals(weights.rows(1, 3 * Units));
    layer.setUVals(weights.rows(Units, 3 * Units));
    layer.setBVals(weights.rows(2, 3 * Units));
    net.template get<1>().setWeights(transposed(weights.rows(Units, 1)));
    net.template get<1>().setBias(weights.vector(1).data());
    return run<1>(net);
}

} // namespace

int main(int count, char** arguments) {
    const std::string which = count > 1 ? arguments[1] : "";
    if (which == "dense_1_8")
        return dense_1_8();
    if (which == "conv_8_4")
        return conv_8_4();
    if (which == "lstm_16")
        return lstm<16>();
    if (which == "lstm_40")
        return lstm<40>();
    if (which == "gru_8")
        return gru<8>();
    if (which == "gru_16")
        return gru<16>();
    std::fprintf(stderr, "stream_rtneural: no case \"%s\"\n", which.c_str());
    return 1;
}
