// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Predicts with the MNIST network by hand on Eigen's matrices.
//   predict_eigen DIRECTORY one|many|start
#include "peers/predict.hpp"

#include <Eigen/Dense>

using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

int main(int count, char** arguments) {
    const prediction::options settings(count, arguments);
    const mnist::first_weights w(settings.directory);
    const matrix w1 = Eigen::Map<const matrix>(w.kernel1, 784, 512),
                 w2 = Eigen::Map<const matrix>(w.kernel2, 512, 10);
    const Eigen::RowVectorXf b1 = Eigen::Map<const Eigen::RowVectorXf>(w.bias1, 512),
                             b2 = Eigen::Map<const Eigen::RowVectorXf>(w.bias2, 10);
    matrix hidden, logits;
    Eigen::RowVectorXf hidden_one(512), logits_one(10);
    prediction::run(settings, [&](const float* x, float* y, std::size_t samples) {
        const auto rows = static_cast<long>(samples);
        if (rows == 1) { // a vector times a matrix, which Eigen knows a kernel for
            hidden_one.noalias() = Eigen::Map<const Eigen::RowVectorXf>(x, 784) * w1;
            hidden_one = (hidden_one + b1).cwiseMax(0.0f);
            logits_one.noalias() = hidden_one * w2;
            logits_one += b2;
            logits_one.array() = (logits_one.array() - logits_one.maxCoeff()).exp();
            Eigen::Map<Eigen::RowVectorXf>(y, 10) = logits_one / logits_one.sum();
            return;
        }
        hidden.noalias() = Eigen::Map<const matrix>(x, rows, 784) * w1;
        hidden.rowwise() += b1;
        hidden = hidden.cwiseMax(0.0f);
        logits.noalias() = hidden * w2;
        logits.rowwise() += b2;
        logits.colwise() -= logits.rowwise().maxCoeff().eval();
        logits = logits.array().exp().matrix();
        Eigen::Map<matrix>(y, rows, 10) = logits.array().colwise() / logits.rowwise().sum().array();
    });
}
