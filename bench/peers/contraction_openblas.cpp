// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The kernels of a dense layer with OpenBLAS's sgemm; bias, relu and Adam are loops of their own.
//   contraction_openblas forward|weight_gradient|input_gradient ROWS INPUTS OUTPUTS
#include "peers/contraction.hpp"

#include <cblas.h>

int main(int count, char** arguments) {
    const product::options settings(count, arguments);
    const auto rows = static_cast<int>(settings.rows), inputs = static_cast<int>(settings.inputs),
               outputs = static_cast<int>(settings.outputs);
    product::numbers x(settings.rows * settings.inputs), y(settings.rows * settings.outputs),
        w(settings.inputs * settings.outputs), b(settings.outputs), g(w.size()), m(w.size(), 0.0f),
        v(w.size(), 0.0f), input_gradient(x.size());
    if (settings.kernel == "forward")
        product::time(settings, [&] {
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, outputs, inputs, 1.0f, x.data(),
                        inputs, w.data(), outputs, 0.0f, y.data(), outputs);
            for (std::size_t i = 0; i < settings.rows; ++i)
                for (std::size_t j = 0; j < settings.outputs; ++j) {
                    float& element = y[i * settings.outputs + j];
                    element = std::max(element + b[j], 0.0f);
                }
        });
    else if (settings.kernel == "weight_gradient")
        product::time(settings, [&] {
            cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, inputs, outputs, rows, 1.0f, x.data(),
                        inputs, y.data(), outputs, 0.0f, g.data(), outputs);
            product::adam(settings.inputs * settings.outputs, w.data(), m.data(), v.data(), g.data());
        });
    else
        product::time(settings, [&] {
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, inputs, outputs, 1.0f, y.data(),
                        outputs, w.data(), outputs, 0.0f, input_gradient.data(), inputs);
            for (std::size_t i = 0; i < settings.rows * settings.inputs; ++i)
                input_gradient[i] = x[i] > 0 ? input_gradient[i] : 0;
        });
}
