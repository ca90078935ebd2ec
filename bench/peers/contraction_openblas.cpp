// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The kernels of a dense layer with OpenBLAS's sgemm; bias, relu and Adam are loops of their own.
//   contraction_openblas forward|weight_gradient|input_gradient ROWS INPUTS OUTPUTS
#include "peers/contraction.hpp"

#include <cblas.h>

int main(int count, char** arguments) {
    const product::options with(count, arguments);
    const auto rows = static_cast<int>(with.rows), in = static_cast<int>(with.inputs),
               out = static_cast<int>(with.outputs);
    product::numbers x(with.rows * with.inputs), y(with.rows * with.outputs), w(with.inputs * with.outputs),
        b(with.outputs), g(w.size()), m(w.size(), 0.0f), v(w.size(), 0.0f), back(x.size());
    if (with.kernel == "forward")
        product::time(with, [&] {
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, out, in, 1.0f, x.data(), in,
                        w.data(), out, 0.0f, y.data(), out);
            for (std::size_t i = 0; i < with.rows; ++i)
                for (std::size_t j = 0; j < with.outputs; ++j) {
                    float& each = y[i * with.outputs + j];
                    each = std::max(each + b[j], 0.0f);
                }
        });
    else if (with.kernel == "weight_gradient")
        product::time(with, [&] {
            cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, in, out, rows, 1.0f, x.data(), in, y.data(),
                        out, 0.0f, g.data(), out);
            product::adam(with.inputs * with.outputs, w.data(), m.data(), v.data(), g.data());
        });
    else
        product::time(with, [&] {
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, in, out, 1.0f, y.data(), out, w.data(),
                        out, 0.0f, back.data(), in);
            for (std::size_t i = 0; i < with.rows * with.inputs; ++i)
                back[i] = x[i] > 0 ? back[i] : 0;
        });
}
