// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The MNIST network by hand on Eigen's matrices; with EIGEN_USE_BLAS its products are OpenBLAS's.
//   train_eigen DIRECTORY BATCH IMAGES EPOCHS
#include "peers/mnist.hpp"

#include <Eigen/Dense>

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using row = Eigen::Matrix<float, 1, Eigen::Dynamic>;

namespace {

struct dense {
    matrix w, dw, mw, vw;
    row b, db, mb, vb;

    dense(const float* kernel, const float* bias, int inputs, int outputs)
        : w(Eigen::Map<const matrix>(kernel, inputs, outputs)),
          dw(inputs, outputs),
          mw(matrix::Zero(inputs, outputs)),
          vw(mw),
          b(Eigen::Map<const row>(bias, outputs)),
          db(outputs),
          mb(row::Zero(outputs)),
          vb(mb) {}

    void adam(float rate) {
        step(w, dw, mw, vw, rate);
        step(b, db, mb, vb, rate);
    }

private:
    template <class M>
    static void step(M& weights, M& gradient, M& mean, M& square, float rate) {
        // In slices that stay in the cache, on all threads.
        const long size = weights.size(), slice = 8192;
#pragma omp parallel for schedule(static)
        for (long begin = 0; begin < size; begin += slice) {
            const long length = std::min(slice, size - begin);
            Eigen::Map<Eigen::ArrayXf> parameter(weights.data() + begin, length),
                g(gradient.data() + begin, length), m(mean.data() + begin, length),
                v(square.data() + begin, length);
            m += 0.1f * (g - m);
            v += 0.001f * (g.square() - v);
            parameter -= rate * m / (v.sqrt() + 1e-7f);
        }
    }
};

struct network {
    dense first, second;
    matrix x, hidden, mask, logits, hidden_gradient;
    std::minstd_rand random{7};
    std::uint64_t state[8]{};
    long step = 0;

    explicit network(const mnist::first_weights& w)
        : first(w.kernel1, w.bias1, 784, 512), second(w.kernel2, w.bias2, 512, 10) {
        for (auto& each : state)
            each = (static_cast<std::uint64_t>(random()) << 32) + random();
    }

    void forward() {
        hidden.noalias() = x * first.w;
        hidden.rowwise() += first.b;
        hidden = hidden.cwiseMax(0.0f);
    }
    void classify() {
        logits.noalias() = hidden * second.w;
        logits.rowwise() += second.b;
        logits.colwise() -= logits.rowwise().maxCoeff().eval();
        logits = logits.array().exp().matrix();
        logits.array().colwise() /= logits.rowwise().sum().array().eval();
    }
    // 1.25 with a probability of 0.8, else 0: eight lanes of xorshift, which the compiler vectorizes.
    void draw() {
        float* const factors = mask.data();
        for (long i = 0; i + 8 <= mask.size(); i += 8)
            for (int j = 0; j < 8; ++j) {
                state[j] ^= state[j] << 13;
                state[j] ^= state[j] >> 7;
                state[j] ^= state[j] << 17;
                factors[i + j] = static_cast<std::uint32_t>(state[j]) >= 858993459u ? 1.25f : 0.0f;
            }
    }
    void update(const std::uint8_t* labels) {
        const long batch = x.rows();
        mask.resize(batch, 512);
        forward();
        draw();
        hidden.array() *= mask.array();
        classify();
        for (long i = 0; i < batch; ++i)
            logits(i, labels[i]) -= 1.0f;
        logits /= static_cast<float>(batch);
        second.dw.noalias() = hidden.transpose() * logits;
        second.db = logits.colwise().sum();
        hidden_gradient.noalias() = logits * second.w.transpose();
        hidden_gradient.array() *= (hidden.array() > 0.0f).select(mask.array(), 0.0f);
        first.dw.noalias() = x.transpose() * hidden_gradient;
        first.db = hidden_gradient.colwise().sum();
        ++step;
        const float rate = 0.001f * std::sqrt(1 - std::pow(0.999f, static_cast<float>(step))) /
                           (1 - std::pow(0.9f, static_cast<float>(step)));
        first.adam(rate);
        second.adam(rate);
    }
    std::pair<double, double> evaluate(const mnist::images& data) {
        double loss = 0, correct = 0;
        for (std::size_t begin = 0; begin < data.count; begin += 500) {
            x = Eigen::Map<const matrix>(data.x.data() + begin * 784, 500, 784);
            forward();
            classify();
            for (long i = 0; i < 500; ++i) {
                const std::uint8_t label = data.y[begin + static_cast<std::size_t>(i)];
                long prediction = 0;
                logits.row(i).maxCoeff(&prediction);
                correct += prediction == label;
                loss -= std::log(std::max(logits(i, label), 1e-30f));
            }
        }
        return {loss / static_cast<double>(data.count), correct / static_cast<double>(data.count)};
    }
};

} // namespace

int main(int count, char** arguments) {
    const mnist::options settings(count, arguments);
    _mm_setcsr(_mm_getcsr() | 0x8040); // flush denormals, which -ffast-math does as well
#pragma omp parallel
    _mm_setcsr(_mm_getcsr() | 0x8040);
    const mnist::images train(settings.directory + "/train"), test(settings.directory + "/test");
    network net{mnist::first_weights(settings.directory)};
    std::printf("initial_loss %.5f\n", net.evaluate(test).first);
    std::vector<std::size_t> order(settings.images);
    std::iota(order.begin(), order.end(), 0u);
    std::vector<std::uint8_t> labels(settings.batch);
    double fastest = 1e9;
    for (std::size_t epoch = 0; epoch < settings.epochs; ++epoch)
        fastest =
            std::min(fastest, bench::seconds([&] {
                         std::shuffle(order.begin(), order.end(), net.random);
                         for (std::size_t begin = 0; begin < settings.images; begin += settings.batch) {
                             const std::size_t batch_size = std::min(settings.batch, settings.images - begin);
                             net.x.resize(static_cast<long>(batch_size), 784);
                             for (std::size_t i = 0; i < batch_size; ++i) {
                                 std::copy_n(&train.x[order[begin + i] * 784], 784, net.x.data() + i * 784);
                                 labels[i] = train.y[order[begin + i]];
                             }
                             net.update(labels.data());
                         }
                     }));
    std::printf("seconds %.6f\nupdates %zu\n", fastest,
                (settings.images + settings.batch - 1) / settings.batch);
    std::printf("accuracy %.4f\n", net.evaluate(test).second);
}
