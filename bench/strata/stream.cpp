// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Networks as streams: seconds for one step a call of a layer alone, or of a recurrent one with a dense layer
// behind; or for two seconds of sound through a WaveNet, in blocks.
//   stream dense_1_8|conv_8_4|lstm_16|lstm_40|gru_8|gru_16
//   stream nam_a1|nam_a2 BLOCK
#include <strata/layers/layers.hpp>
#include <strata/model/stream.hpp>

#include "../../examples/networks/nam_wavenet.hpp"
#include "peers/stream.hpp"

#include <string>

using namespace strata;

namespace {

template <class Network>
Network network_with_weights() {
    Network net;
    net.set_weights(streaming::weights(Network::weight_count));
    return net;
}

template <class Network>
int run_steps() {
    const Network net = network_with_weights<Network>();
    stream live{net};
    constexpr std::size_t inputs = decltype(live)::input_size;
    streaming::time_steps<inputs>(
        [&](const float* x) { return live(std::span<const float, inputs>(x, inputs))[0]; });
    return 0;
}

template <class Network>
int run_blocks(std::size_t block) {
    // Weights small enough that the sums stay finite through all layers.
    Network net{seed{3}};
    stream live{net};
    streaming::time_blocks(block,
                           [&](const float* x, float* y, std::size_t steps) { live.process(x, y, steps); });
    return 0;
}

} // namespace

int main(int count, char** arguments) {
    const std::string which = count > 1 ? arguments[1] : "";
    const std::size_t block = count > 2 ? std::stoul(arguments[2]) : 64;
    if (which == "dense_1_8")
        return run_steps<model<input<64, 1> | dense<8>>>();
    if (which == "conv_8_4")
        return run_steps<model<input<64, 8> | conv<4, 3, causal>>>();
    if (which == "lstm_16")
        return run_steps<model<input<64, 1> | lstm<16> | dense<1>>>();
    if (which == "lstm_40")
        return run_steps<model<input<64, 1> | lstm<40> | dense<1>>>();
    if (which == "gru_8")
        return run_steps<model<input<64, 1> | gru<8> | dense<1>>>();
    if (which == "gru_16")
        return run_steps<model<input<64, 1> | gru<16> | dense<1>>>();
    if (which == "nam_a1")
        return run_blocks<model<networks::nam_a1<2048>>>(block);
    if (which == "nam_a2")
        return run_blocks<model<networks::nam_a2<2048>>>(block);
    std::fprintf(stderr, "stream: no case \"%s\"\n", which.c_str());
    return 1;
}
