// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The small networks on Eigen's matrices of fixed sizes.
//   small_eigen given|fed_back|6_64_8_4|4_32_32_2
#include "peers/small.hpp"

#include <Eigen/Dense>

namespace {

template <int Inputs, int First, int Second, int Outputs>
void predict_controller() {
    const auto w = controller::weights((Inputs + 1) * First + (First + 1) * Second + (Second + 1) * Outputs);
    const float* next = w.data();
    const auto take =
        [&next]<class Matrix>(Matrix& matrix) { // [outputs][inputs], since Eigen goes by columns
            matrix = Eigen::Map<const Matrix>(next);
            next += matrix.size();
        };
    Eigen::Matrix<float, First, Inputs> w1;
    Eigen::Matrix<float, Second, First> w2;
    Eigen::Matrix<float, Outputs, Second> w3;
    Eigen::Matrix<float, First, 1> b1;
    Eigen::Matrix<float, Second, 1> b2;
    Eigen::Matrix<float, Outputs, 1> b3;
    take(w1), take(b1), take(w2), take(b2), take(w3), take(b3);
    small::time_controller(Inputs, [&](const float* x, float* y) {
        const Eigen::Matrix<float, First, 1> first =
            (w1 * Eigen::Map<const Eigen::Matrix<float, Inputs, 1>>(x) + b1).array().tanh();
        const Eigen::Matrix<float, Second, 1> second = (w2 * first + b2).array().tanh();
        Eigen::Map<Eigen::Matrix<float, Outputs, 1>>{y} = w3 * second + b3;
    });
}

} // namespace

int main(int count, char** arguments) {
    const std::string mode = small::mode(count, arguments);
    if (mode == "6_64_8_4") {
        predict_controller<6, 64, 8, 4>();
        return 0;
    }
    if (mode == "4_32_32_2") {
        predict_controller<4, 32, 32, 2>();
        return 0;
    }
    const auto w = small::tanh_weights();
    using column = Eigen::Matrix<float, 8, 1>;
    const column w1(&w[0]), b1(&w[8]), b2(&w[80]), w3(&w[88]);
    const Eigen::Matrix<float, 8, 8> w2(&w[16]); // [outputs][inputs], since Eigen goes by columns
    small::time_predictions(mode, [&](float x) {
        const column first = (w1 * x + b1).array().tanh();
        const column second = (w2 * first + b2).array().tanh();
        return second.dot(w3) + w[96];
    });
}
