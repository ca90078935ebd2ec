// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The WaveNets of Neural Amp Modeler in its own core, as its plugin runs them: with samples of float and the
// fast path for A2, and timed with its approximation of tanh. Their answers are compared with the exact one.
// NeuralAmpModelerCore is no Debian package: the environment variable NEURALAMPMODELER names the directory of
// its sources.
//   stream_neuralamp nam_a1|nam_a2 BLOCK DIRECTORY
#include <NAM/activations.h>
#include <NAM/dsp.h>
#include <NAM/get_dsp.h>

#include "peers/stream.hpp"

#include <filesystem>

namespace {

std::unique_ptr<nam::DSP> load(const std::string& file, std::size_t block) {
    auto net = nam::get_dsp(std::filesystem::path(file));
    net->Reset(48'000, static_cast<int>(block)); // hears silence, too
    return net;
}

auto process(nam::DSP& net) {
    return [&net](const float* x, float* y, std::size_t steps) {
        auto* input = const_cast<float*>(x);
        net.process(&input, &y, static_cast<int>(steps));
    };
}

} // namespace

int main(int count, char** arguments) {
    if (count != 4) {
        std::fputs("stream_neuralamp nam_a1|nam_a2 BLOCK DIRECTORY\n", stderr);
        return 2;
    }
    const std::size_t block = std::stoul(arguments[2]);
    const std::string file = std::string(arguments[3]) + "/" + arguments[1];
    streaming::print_difference(streaming::answers(block, process(*load(file + ".nam", block))),
                                file + ".y.f32");
    nam::activations::Activation::enable_fast_tanh();
    streaming::time_blocks(block, process(*load(file + ".nam", block)));
}
