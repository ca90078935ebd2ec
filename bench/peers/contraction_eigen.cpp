// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The kernels of a dense layer with Eigen's own products; bias, relu and Adam are expressions of their own.
//   contraction_eigen forward|weight_gradient|input_gradient ROWS INPUTS OUTPUTS
#include "peers/contraction.hpp"

#include <Eigen/Dense>

using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

int main(int count, char** arguments) {
    const product::options settings(count, arguments);
    const auto rows = static_cast<long>(settings.rows), inputs = static_cast<long>(settings.inputs),
               outputs = static_cast<long>(settings.outputs);
    const auto fill = [](long m, long n) {
        const product::numbers values(static_cast<std::size_t>(m * n));
        return matrix(Eigen::Map<const matrix>(values.data(), m, n));
    };
    matrix x = fill(rows, inputs), y = fill(rows, outputs), w = fill(inputs, outputs), g = w,
           input_gradient = x;
    product::numbers m(static_cast<std::size_t>(inputs * outputs), 0.0f), v(m);
    const Eigen::RowVectorXf b = fill(1, outputs);
    if (settings.kernel == "forward")
        product::time(settings, [&] {
            y.noalias() = x * w;
            y = (y.rowwise() + b).cwiseMax(0.0f);
        });
    else if (settings.kernel == "weight_gradient")
        product::time(settings, [&] {
            g.noalias() = x.transpose() * y;
            product::adam(static_cast<std::size_t>(inputs * outputs), w.data(), m.data(), v.data(), g.data());
        });
    else
        product::time(settings, [&] {
            input_gradient.noalias() = y * w.transpose();
            input_gradient = (x.array() > 0.0f).select(input_gradient, 0.0f);
        });
}
