// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// One kernel of a dense layer with relu: GFLOP/s.
//   contraction forward|weight_gradient|input_gradient ROWS INPUTS OUTPUTS
#include <strata/kernels/dense/input_gradient.hpp>
#include <strata/kernels/dense/weight_gradient.hpp>
#include <strata/model/update.hpp>
#include <strata/strata.hpp>

#include "peers/contraction.hpp"

using namespace strata;

namespace {

template <std::size_t K, std::size_t N>
void run(const product::options& with) {
    using stage = typename model<input<K> | dense<N> | relu>::stages::template at<0>;
    using head = typename stage::head;
    using layout = weight_layout<float, K, N>;
    product::numbers x(with.rows * K), delta(with.rows * N), y(with.rows * N), back(with.rows * K);
    product::numbers kernel(layout::kernel_size), bias(layout::bias_size), m(layout::kernel_size, 0.0f),
        v(layout::kernel_size, 0.0f), bias_m(layout::bias_size, 0.0f), bias_v(layout::bias_size, 0.0f);
    if (with.kernel == "forward")
        product::time(with, [&] {
            const forward_buffers<float> at{x.data(), kernel.data(), bias.data(), y.data(), nullptr};
            dense_forward<head, 1, keeping::nothing, true>(at, {0, with.rows}, {0, layout::panels},
                                                           prediction_tail<typename stage::tail>{});
        });
    else if (with.kernel == "weight_gradient") {
        const auto scalars = strata::internal::converted<float>(adam{}.scalars(1000.0));
        const weight_update<float, adam, regularizer{}> of_kernel{
            kernel.data(), {m.data(), v.data()}, scalars};
        const weight_update<float, adam, regularizer{}> of_bias{
            bias.data(), {bias_m.data(), bias_v.data()}, scalars};
        product::time(with, [&] {
            dense_weight_gradient<head, true>(
                weight_gradient_buffers<float>{x.data(), delta.data(), with.rows}, team{}, of_kernel,
                of_bias);
        });
    } else {
        product::numbers strip(input_gradient_scratch<stage, float>);
        product::time(with, [&] {
            const input_gradient_buffers<float> at{delta.data(), kernel.data(), x.data(), back.data(),
                                                   strip.data()};
            dense_input_gradient<stage>(at, {0, with.rows}, {0, K}, tail_slope<typename stage::tail>{{}});
        });
    }
}

} // namespace

int main(int count, char** arguments) {
    const product::options with(count, arguments);
    if (with.inputs == 784 && with.outputs == 512)
        run<784, 512>(with);
    else if (with.inputs == 512 && with.outputs == 512)
        run<512, 512>(with);
    else if (with.inputs == 512 && with.outputs == 10)
        run<512, 10>(with);
    else
        throw std::runtime_error("no kernel of this size was compiled");
}
