// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What do very small networks cost? 40,000 single-sample updates of the XOR network beside the same network
// written by hand as scalar C++, and a 1-8-8-1 tanh network that predicts one number at a time, independently
// and with its output fed back.
#include <strata/strata.hpp>

#include "timing.hpp"

#include <array>
#include <cmath>
#include <cstdio>

using namespace strata;

namespace {

constexpr std::array<float, 8> corners{0, 0, 0, 1, 1, 0, 1, 1};
constexpr std::array<float, 4> truths{0, 1, 1, 0};

/// The XOR network by hand: 2-2-1, sigmoid, mean squared error, plain gradient descent, one sample at a time.
struct scalar_xor {
    float w1[2][2], b1[2] = {0, 0}, w2[2], b2 = 0;

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

void xor_updates() {
    using network = model<input<2> | dense<2> | sigmoid | dense<1> | sigmoid>;
    constexpr std::size_t epochs = 10'000;
    std::vector<double> ours;
    std::vector<double> by_hand;
    for (int run = 0; run < 21; ++run) {
        network net{seed{3}};
        trainer teach{net, mean_squared_error, sgd{.learning_rate = 0.1}};
        double loss = 0;
        ours.push_back(bench::seconds([&] {
            const auto seen = teach.fit(
                corners, truths,
                {.batch_size = 1, .epochs = epochs, .shuffle = false, .verbose = verbosity::silent});
            loss = seen["loss"].back();
        }));

        scalar_xor hand;
        const auto weights = network{seed{3}}.weights();
        for (int k = 0; k < 2; ++k)
            for (int j = 0; j < 2; ++j)
                hand.w1[k][j] = weights[static_cast<std::size_t>(k * 2 + j)];
        hand.w2[0] = weights[6];
        hand.w2[1] = weights[7];
        double scalar_loss = 0;
        by_hand.push_back(bench::seconds([&] {
            for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
                scalar_loss = 0;
                for (std::size_t i = 0; i < 4; ++i)
                    scalar_loss += static_cast<double>(hand.update(&corners[2 * i], truths[i], 0.1f)) / 4;
            }
            bench::keep(scalar_loss);
        }));
        if (run == 0)
            std::printf("XOR, loss after 40,000 updates: strata %.6f, by hand %.6f\n", loss, scalar_loss);
    }
    std::printf("XOR, 40,000 updates: strata %.3f ms, by hand %.3f ms, ratio %.2f\n",
                bench::median(ours) * 1e3, bench::median(by_hand) * 1e3,
                bench::median(ours) / bench::median(by_hand));
}

void predictions() {
    using network = model<input<1> | dense<8> | tanh | dense<8> | tanh | dense<1>>;
    const network net{seed{5}};
    constexpr std::size_t count = 1'000'000;
    std::vector<double> independent;
    std::vector<double> fed_back;
    for (int run = 0; run < 9; ++run) {
        std::array<float, 1> x{0.1f};
        std::array<float, 1> y{};
        float sum = 0;
        independent.push_back(bench::seconds([&] {
            for (std::size_t i = 0; i < count; ++i) {
                x[0] = static_cast<float>(i % 1024) * 1e-3f;
                net.predict(x, y);
                sum += y[0];
            }
        }));
        fed_back.push_back(bench::seconds([&] {
            for (std::size_t i = 0; i < count; ++i) {
                net.predict(x, y);
                x[0] = y[0];
            }
        }));
        bench::keep(sum);
    }
    std::printf("1-8-8-1 tanh, one prediction: independent %.1f ns, fed back %.1f ns\n",
                bench::median(independent) / count * 1e9, bench::median(fed_back) / count * 1e9);
}

} // namespace

int main() {
    xor_updates();
    predictions();
}
