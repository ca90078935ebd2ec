// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Networks as streams: seconds for one step a call of a layer alone, or of a recurrent one with a dense layer
// behind; or for two seconds of sound through a WaveNet, in blocks.
//   stream dense_1_8|conv_8_4|lstm_16|lstm_40|gru_8|gru_16
//   stream nam_a1|nam_a2 BLOCK DIRECTORY          with the weights nam_a1.f32 of the directory
//   stream nam_a1|nam_a2 BLOCK DIRECTORY export   writes what comes out there, nam_a1.y.f32
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

/// The WaveNet of that name in blocks, with a directory's weights for it, and how it is run.
template <class Network>
int run_blocks(const std::string& name, std::size_t block, const std::string& directory, bool exports) {
    Network net;
    net.set_weights(bench::read_numbers<float>(directory + "/" + name + ".f32"));
    stream live{net};
    live.prime(std::vector<float>(streaming::silence));
    const auto process = [&](const float* x, float* y, std::size_t steps) { live.process(x, y, steps); };
    const std::vector<float> y = streaming::answers(block, process);
    const std::string file = directory + "/" + name + ".y.f32";
    if (!exports) {
        streaming::print_difference(y, file);
        streaming::time_blocks(block, process);
        return 0;
    }
    std::ofstream output(file, std::ios::binary);
    output.write(reinterpret_cast<const char*>(y.data()),
                 static_cast<std::streamsize>(y.size() * sizeof(float)));
    return output.flush() ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    const std::string which = count > 1 ? arguments[1] : "";
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
    if (count > 3) {
        const std::size_t block = std::stoul(arguments[2]);
        if (which == "nam_a1")
            return run_blocks<model<networks::nam_a1<2048>>>(which, block, arguments[3], count > 4);
        if (which == "nam_a2")
            return run_blocks<model<networks::nam_a2<2048>>>(which, block, arguments[3], count > 4);
    }
    std::fprintf(stderr, "stream: no case \"%s\"\n", which.c_str());
    return 1;
}
