// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Recurrent networks and the WaveNets of Neural Amp Modeler in NeuralAudio's own implementation, whose types
// know all sizes. It approximates tanh and sigmoid, which tells in the answers. NeuralAudio is no Debian
// package: the environment variable NEURALAUDIO names the directory of its sources, with its submodules.
//   stream_neuralaudio lstm_16|lstm_40
//   stream_neuralaudio nam_a1|nam_a2 BLOCK DIRECTORY
#include <NeuralAudio/LSTM.h>
#include <NeuralAudio/WaveNet.h>

#include "peers/stream.hpp"

#include <memory>

namespace {

using namespace NeuralAudio;

template <int Units>
int run_lstm() {
    const std::vector<float> all = streaming::weights(4 * Units * (Units + 2) + Units + 1);
    auto part = [&all, next = all.begin()](int size) mutable {
        next += size;
        return std::vector<float>(next - size, next);
    };
    LSTMLayerDef layer;
    layer.InputWeights = part(4 * Units);
    layer.HiddenWeights = part(4 * Units * Units);
    layer.BiasWeights = part(4 * Units);
    LSTMDef network;
    network.Layers.push_back(layer);
    network.HeadWeights = part(Units);
    network.HeadBias = part(1)[0];
    const auto net = std::make_unique<LSTMModelT<1, Units>>();
    net->SetWeights(network);
    streaming::time_steps<1>([&](const float* x) {
        float y = 0;
        net->Process(x, &y, 1);
        return y;
    });
    return 0;
}

using a1_kernels = KernelSizes<3, 3, 3, 3, 3, 3, 3, 3, 3, 3>;
using a1_dilations = Dilations<1, 2, 4, 8, 16, 32, 64, 128, 256, 512>;
using a1 = WaveNetModelT<
    float,
    WaveNetLayerArrayT<float, 1, 1, 8, 1, 1, 16, a1_kernels, a1_dilations, false, EActivationType::Tanh>,
    WaveNetLayerArrayT<float, 16, 1, 1, 1, 1, 8, a1_kernels, a1_dilations, true, EActivationType::Tanh>>;

using a2_kernels = KernelSizes<6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 15, 15, 6, 6, 6, 6, 6, 6, 6>;
using a2_dilations =
    Dilations<1, 3, 7, 17, 41, 101, 239, 1, 3, 7, 17, 41, 101, 239, 1, 13, 1, 3, 7, 17, 41, 101, 239>;
using a2 = WaveNetModelT<float, WaveNetLayerArrayT<float, 1, 1, 1, 16, 1, 8, a2_kernels, a2_dilations, true,
                                                   EActivationType::LeakyReLU>>;

template <class Network>
int run_blocks(std::size_t block, const std::string& file) {
    const auto net = std::make_unique<Network>();
    net->SetWeights(bench::read_numbers<float>(file + ".nam.f32"));
    net->Prewarm();
    const auto process = [&](const float* x, float* y, std::size_t steps) { net->Process(x, y, steps); };
    streaming::print_difference(streaming::answers(block, process), file + ".y.f32");
    streaming::time_blocks(block, process);
    return 0;
}

} // namespace

int main(int count, char** arguments) {
    const std::string which = count > 1 ? arguments[1] : "";
    if (which == "lstm_16")
        return run_lstm<16>();
    if (which == "lstm_40")
        return run_lstm<40>();
    if (count == 4) {
        const std::size_t block = std::stoul(arguments[2]);
        const std::string file = std::string(arguments[3]) + "/" + which;
        if (which == "nam_a1")
            return run_blocks<a1>(block, file);
        if (which == "nam_a2")
            return run_blocks<a2>(block, file);
    }
    std::fprintf(stderr, "stream_neuralaudio: no case \"%s\"\n", which.c_str());
    return 1;
}
