// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The kernels of a dense layer with Eigen's own products; bias, relu and Adam are expressions of their own.
//   contraction_eigen forward|weight_gradient|input_gradient ROWS INPUTS OUTPUTS
#include "peers/contraction.hpp"

#include <Eigen/Dense>

using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

int main(int count, char** arguments) {
    const product::options with(count, arguments);
    const auto rows = static_cast<long>(with.rows), in = static_cast<long>(with.inputs),
               out = static_cast<long>(with.outputs);
    const auto fill = [](long m, long n) {
        const product::numbers values(static_cast<std::size_t>(m * n));
        return matrix(Eigen::Map<const matrix>(values.data(), m, n));
    };
    matrix x = fill(rows, in), y = fill(rows, out), w = fill(in, out), g = w, back = x;
    product::numbers m(static_cast<std::size_t>(in * out), 0.0f), v(m);
    const Eigen::RowVectorXf b = fill(1, out);
    if (with.kernel == "forward")
        product::time(with, [&] {
            y.noalias() = x * w;
            y = (y.rowwise() + b).cwiseMax(0.0f);
        });
    else if (with.kernel == "weight_gradient")
        product::time(with, [&] {
            g.noalias() = x.transpose() * y;
            product::adam(static_cast<std::size_t>(in * out), w.data(), m.data(), v.data(), g.data());
        });
    else
        product::time(with, [&] {
            back.noalias() = y * w.transpose();
            back = (x.array() > 0.0f).select(back, 0.0f);
        });
}
