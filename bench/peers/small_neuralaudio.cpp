// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The small networks in NeuralAudio's own dense layers, which are the parts of its WaveNets: it has no chain
// of them. It approximates tanh. NeuralAudio is no Debian package: the environment variable NEURALAUDIO names
// the directory of its sources, with its submodules.
//   small_neuralaudio given|fed_back|6_64_8_4|4_32_32_2
#include <NeuralAudio/WaveNet.h>

#include "peers/small.hpp"

#include <algorithm>

namespace {

using namespace NeuralAudio;

template <int Inputs, int First, int Second, int Outputs>
class chain {
    DenseLayerT<float, Inputs, First, true> first_;
    DenseLayerT<float, First, Second, true> second_;
    DenseLayerT<float, Second, Outputs, true> third_;
    ChannelBuffer<float, Inputs, 1> x_;
    ChannelBuffer<float, First, 1> a_;
    ChannelBuffer<float, Second, 1> b_;
    ChannelBuffer<float, Outputs, 1> y_;

public:
    /// Weights as Keras has them; NeuralAudio wants [outputs][inputs].
    explicit chain(const std::vector<float>& w) {
        std::size_t next = 0;
        const auto set = [&](auto& layer, std::size_t inputs, std::size_t outputs) {
            std::vector<float> turned;
            for (std::size_t j = 0; j < outputs; ++j)
                for (std::size_t i = 0; i < inputs; ++i)
                    turned.push_back(w[next + i * outputs + j]);
            next += inputs * outputs;
            for (std::size_t j = 0; j < outputs; ++j)
                turned.push_back(w[next++]);
            auto place = turned.begin();
            layer.SetWeights(place);
        };
        set(first_, Inputs, First);
        set(second_, First, Second);
        set(third_, Second, Outputs);
    }

    void predict(const float* x, float* y) {
        std::copy_n(x, Inputs, x_.GetData());
        auto a = a_.Slice(1);
        auto b = b_.Slice(1);
        first_.Process(x_.Slice(1), a);
        FastMath<float>::template Tanh<First>(const_cast<ChannelRowSpan<float, First>&>(a));
        second_.Process(a, b);
        FastMath<float>::template Tanh<Second>(const_cast<ChannelRowSpan<float, Second>&>(b));
        third_.Process(b, y_.Slice(1));
        std::copy_n(y_.GetData(), Outputs, y);
    }
};

template <int Inputs, int First, int Second, int Outputs>
void predict_controller() {
    static chain<Inputs, First, Second, Outputs> net(
        controller::weights((Inputs + 1) * First + (First + 1) * Second + (Second + 1) * Outputs));
    small::time_controller(Inputs, [&](const float* x, float* y) { net.predict(x, y); });
}

} // namespace

int main(int count, char** arguments) {
    const std::string mode = small::mode(count, arguments);
    if (mode == "6_64_8_4")
        predict_controller<6, 64, 8, 4>();
    else if (mode == "4_32_32_2")
        predict_controller<4, 32, 32, 2>();
    else {
        static chain<1, 8, 8, 1> net(small::tanh_weights());
        small::time_predictions(mode, [&](float x) {
            float y;
            net.predict(&x, &y);
            return y;
        });
    }
}
