// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The 1-8-8-1 network on Eigen's matrices of fixed sizes.
//   small_eigen given|fed_back
#include "peers/small.hpp"

#include <Eigen/Dense>

int main(int count, char** arguments) {
    const std::string mode = small::mode(count, arguments);
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
