// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The small networks by hand, as plain C++ of single numbers.
//   small_by_hand xor|given|fed_back
#include "peers/small.hpp"

namespace {

/// 2-2-1, sigmoid, mean squared error, plain gradient descent, one sample at a time.
struct xor_network {
    float w1[2][2]{{small::xor_weights[0], small::xor_weights[1]},
                   {small::xor_weights[2], small::xor_weights[3]}};
    float b1[2]{}, w2[2]{small::xor_weights[6], small::xor_weights[7]}, b2 = 0;

    static float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

    float update(const float* x, float target, float rate) {
        float h[2];
        for (int j = 0; j < 2; ++j)
            h[j] = sigmoid(b1[j] + x[0] * w1[0][j] + x[1] * w1[1][j]);
        const float y = sigmoid(b2 + h[0] * w2[0] + h[1] * w2[1]);
        const float error = y - target;
        const float delta = 2 * error * y * (1 - y);
        float hidden[2];
        for (int j = 0; j < 2; ++j)
            hidden[j] = delta * w2[j] * h[j] * (1 - h[j]);
        for (int j = 0; j < 2; ++j) {
            w2[j] -= rate * delta * h[j];
            for (int k = 0; k < 2; ++k)
                w1[k][j] -= rate * hidden[j] * x[k];
            b1[j] -= rate * hidden[j];
        }
        b2 -= rate * delta;
        return error * error;
    }
};

void learn_xor() {
    double loss = 0;
    small::time_xor([&] {
        xor_network net;
        for (std::size_t epoch = 0; epoch < small::xor_epochs; ++epoch) {
            loss = 0;
            for (std::size_t i = 0; i < 4; ++i)
                loss += static_cast<double>(net.update(&small::corners[2 * i], small::truths[i], 0.1f)) / 4;
        }
        bench::keep(loss);
    });
    std::printf("loss %.6f\n", loss);
}

} // namespace

int main(int count, char** arguments) {
    const std::string mode = small::mode(count, arguments);
    if (mode == "xor") {
        learn_xor();
        return 0;
    }
    const auto w = small::tanh_weights();
    small::time_predictions(mode, [&](float x) {
        float first[8], second[8];
        for (int j = 0; j < 8; ++j)
            first[j] = std::tanh(w[static_cast<std::size_t>(8 + j)] + x * w[static_cast<std::size_t>(j)]);
        float y = w[96];
        for (int j = 0; j < 8; ++j) {
            float sum = w[static_cast<std::size_t>(80 + j)];
            for (int k = 0; k < 8; ++k)
                sum += first[k] * w[static_cast<std::size_t>(16 + 8 * k + j)];
            second[j] = std::tanh(sum);
            y += second[j] * w[static_cast<std::size_t>(88 + j)];
        }
        return y;
    });
}
