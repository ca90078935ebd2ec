// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Predicts with an embedding, two bidirectional LSTMs and a dense layer in oneDNN: an LSTM primitive for both
// directions of a layer, with weights in the layout it asks for. Rows of the embedding are copied by hand,
// steps first as it wants them.
//   sequence_onednn DIRECTORY lstm_1|lstm_32
#include "peers/sequence.hpp"

#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>

using namespace dnnl;
using tag = memory::format_tag;

namespace {

const engine cpu(engine::kind::cpu, 0);
stream queue(cpu);

constexpr memory::dim steps = 200, width = 128, units = 64, gates = 4;
constexpr auto f32 = memory::data_type::f32;

/// A layer's kernels and recurrent kernels, [direction][in][gate][unit], and biases.
struct layer_weights {
    std::vector<float> kernels, recurrents, biases;
};

/// The parts of all weights, in Keras's order.
struct network_weights {
    std::vector<float> all;
    const float* embedding;
    layer_weights layers[2];
    const float* dense;

    explicit network_weights(const std::string& file)
        : all(bench::read_numbers<float>(file)), embedding(all.data()) {
        const float* next = embedding + 20'000 * width;
        const auto take = [&](std::vector<float>& target, memory::dim size) {
            target.insert(target.end(), next, next + size);
            next += size;
        };
        for (layer_weights& each : layers)
            for (int direction = 0; direction < 2; ++direction) {
                take(each.kernels, width * gates * units);
                take(each.recurrents, units * gates * units);
                take(each.biases, gates * units);
            }
        dense = next;
    }
};

memory packed(const memory::desc& plain, const memory::desc& wanted, std::vector<float>& numbers) {
    memory source(plain, cpu, numbers.data());
    memory result(wanted, cpu);
    reorder(source, result).execute(queue, source, result);
    queue.wait();
    return result;
}

/// A bidirectional LSTM.
struct layer {
    lstm_forward primitive;
    memory kernels, recurrents, biases, result, state, cells;

    layer(memory::dim samples, const memory& source, layer_weights& weights) {
        const memory::desc none;
        const memory::desc states({1, 2, samples, units}, f32, tag::ldnc);
        result = memory({{steps, samples, 2 * units}, f32, tag::tnc}, cpu);
        state = memory(states, cpu);
        cells = memory(states, cpu);
        const lstm_forward::primitive_desc descriptor(
            {prop_kind::forward_inference, rnn_direction::bidirectional_concat, source.get_desc(), none, none,
             memory::desc({1, 2, width, gates, units}, f32, tag::any),
             memory::desc({1, 2, units, gates, units}, f32, tag::any),
             memory::desc({1, 2, gates, units}, f32, tag::ldgo), result.get_desc(), states, states},
            cpu);
        primitive = lstm_forward(descriptor);
        kernels = packed({{1, 2, width, gates, units}, f32, tag::ldigo}, descriptor.weights_layer_desc(),
                         weights.kernels);
        recurrents = packed({{1, 2, units, gates, units}, f32, tag::ldigo}, descriptor.weights_iter_desc(),
                            weights.recurrents);
        biases = memory({{1, 2, gates, units}, f32, tag::ldgo}, cpu, weights.biases.data());
    }
    void run(const memory& source) {
        primitive.execute(queue, {{DNNL_ARG_SRC_LAYER, source},
                                  {DNNL_ARG_WEIGHTS_LAYER, kernels},
                                  {DNNL_ARG_WEIGHTS_ITER, recurrents},
                                  {DNNL_ARG_BIAS, biases},
                                  {DNNL_ARG_DST_LAYER, result},
                                  {DNNL_ARG_DST_ITER, state},
                                  {DNNL_ARG_DST_ITER_C, cells}});
    }
};

class lstm_network {
public:
    lstm_network(memory::dim samples, network_weights& weights)
        : samples_(samples),
          weights_(weights),
          source_({{steps, samples, width}, f32, tag::tnc}, cpu),
          first_(samples, source_, weights.layers[0]),
          second_(samples, first_.result, weights.layers[1]) {}

    void predict(const std::int32_t* tokens, float* y) {
        auto* row = static_cast<float*>(source_.get_data_handle());
        for (memory::dim step = 0; step < steps; ++step)
            for (memory::dim sample = 0; sample < samples_; ++sample, row += width)
                std::copy_n(weights_.embedding + tokens[sample * steps + step] * width, width, row);
        first_.run(source_);
        second_.run(first_.result);
        queue.wait();
        const auto* last = static_cast<const float*>(second_.state.get_data_handle());
        for (memory::dim sample = 0; sample < samples_; ++sample) {
            float sum = weights_.dense[2 * units];
            for (memory::dim direction = 0; direction < 2; ++direction)
                for (memory::dim unit = 0; unit < units; ++unit)
                    sum += last[(direction * samples_ + sample) * units + unit] *
                           weights_.dense[direction * units + unit];
            y[sample] = 1 / (1 + std::exp(-sum));
        }
    }

private:
    memory::dim samples_;
    network_weights& weights_;
    memory source_;
    layer first_, second_;
};

} // namespace

int main(int count, char** arguments) {
    const std::string mode = count == 3 ? arguments[2] : "";
    if (mode != "lstm_1" && mode != "lstm_32") {
        std::fputs("sequence_onednn DIRECTORY lstm_1|lstm_32\n", stderr);
        return 2;
    }
    const std::string file = std::string(arguments[1]) + "/lstm";
    const std::size_t samples = mode == "lstm_1" ? 1 : 32;
    network_weights weights(file + ".weights");
    const auto tokens = bench::read_numbers<std::int32_t>(file + ".x");
    std::vector<float> y(samples);
    lstm_network net(static_cast<memory::dim>(samples), weights);
    net.predict(tokens.data(), y.data());
    sequences::print_difference(y.data(), y.size(), file + ".y");
    sequences::print_seconds([&] { net.predict(tokens.data(), y.data()); });
}
