// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The controllers' training on Eigen's matrices of fixed sizes, [features][samples] since Eigen goes by
// columns.
//   controller_eigen 6_64_8_4|4_32_32_2 sgd|adam 1|32
#include "peers/controller.hpp"

#include <Eigen/Dense>

namespace {

/// An array of weights with the moments of Adam.
template <int Rows, int Columns>
struct parameter {
    using matrix = Eigen::Matrix<float, Rows, Columns>;
    matrix value;
    matrix mean = matrix::Zero();
    matrix square = matrix::Zero();

    void take(const float*& next) {
        value = Eigen::Map<const matrix>(next);
        next += value.size();
    }
    void descend(const matrix& gradient) { value -= controller::rate_of_descent * gradient; }
    void adapt(const matrix& gradient, float rate, float epsilon) {
        mean = 0.9F * mean + 0.1F * gradient;
        square.array() = 0.999F * square.array() + 0.001F * gradient.array().square();
        value.array() -= rate * mean.array() / (square.array().sqrt() + epsilon);
    }
};

template <int Inputs, int First, int Second, int Outputs, int Batch, bool Adam>
class network {
    parameter<First, Inputs> w1_;
    parameter<First, 1> b1_;
    parameter<Second, First> w2_;
    parameter<Second, 1> b2_;
    parameter<Outputs, Second> w3_;
    parameter<Outputs, 1> b3_;
    int updates_ = 0;

public:
    explicit network(const std::vector<float>& weights) {
        const float* next = weights.data();
        w1_.take(next), b1_.take(next), w2_.take(next), b2_.take(next), w3_.take(next), b3_.take(next);
    }

    float train(const float* samples, const float* targets) {
        const Eigen::Map<const Eigen::Matrix<float, Inputs, Batch>> x(samples);
        const Eigen::Map<const Eigen::Matrix<float, Outputs, Batch>> t(targets);
        const Eigen::Matrix<float, First, Batch> first =
            ((w1_.value * x).colwise() + b1_.value).array().tanh();
        const Eigen::Matrix<float, Second, Batch> second =
            ((w2_.value * first).colwise() + b2_.value).array().tanh();
        const Eigen::Matrix<float, Outputs, Batch> error = ((w3_.value * second).colwise() + b3_.value) - t;
        const float loss = error.squaredNorm() / (Outputs * Batch);
        const Eigen::Matrix<float, Outputs, Batch> d3 = (2.0F / (Outputs * Batch)) * error;
        const Eigen::Matrix<float, Second, Batch> d2 =
            (w3_.value.transpose() * d3).array() * (1 - second.array().square());
        const Eigen::Matrix<float, First, Batch> d1 =
            (w2_.value.transpose() * d2).array() * (1 - first.array().square());
        ++updates_;
        const float correction = Adam ? std::sqrt(1 - std::pow(0.999F, static_cast<float>(updates_))) : 0.0F;
        const float rate =
            Adam ? controller::rate_of_adam * correction / (1 - std::pow(0.9F, static_cast<float>(updates_)))
                 : 0.0F;
        const auto update = [&](auto& parameter, const auto& gradient) {
            if constexpr (Adam)
                parameter.adapt(gradient, rate, 1e-7F * correction);
            else
                parameter.descend(gradient);
        };
        update(w3_, d3 * second.transpose()), update(b3_, d3.rowwise().sum());
        update(w2_, d2 * first.transpose()), update(b2_, d2.rowwise().sum());
        update(w1_, d1 * x.transpose()), update(b1_, d1.rowwise().sum());
        return loss;
    }
};

template <int Inputs, int First, int Second, int Outputs, int Batch, bool Adam>
void learn() {
    static const controller::experience<Inputs, Outputs> data;
    static network<Inputs, First, Second, Outputs, Batch, Adam> net(
        controller::weights((Inputs + 1) * First + (First + 1) * Second + (Second + 1) * Outputs));
    controller::time_steps(Batch, [&](std::size_t first) {
        return net.train(&data.x[first * Inputs], &data.y[first * Outputs]);
    });
}

template <int Inputs, int First, int Second, int Outputs>
void learn(const controller::task& given) {
    if (given.uses_adam)
        given.batch == 1 ? learn<Inputs, First, Second, Outputs, 1, true>()
                         : learn<Inputs, First, Second, Outputs, 32, true>();
    else
        given.batch == 1 ? learn<Inputs, First, Second, Outputs, 1, false>()
                         : learn<Inputs, First, Second, Outputs, 32, false>();
}

} // namespace

int main(int count, char** arguments) {
    const auto given = controller::read_task(count, arguments);
    if (given.network == "6_64_8_4")
        learn<6, 64, 8, 4>(given);
    else
        learn<4, 32, 32, 2>(given);
}
