// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// One kernel of a dense layer with relu: GFLOP/s.
//   contraction forward|weight_gradient|input_gradient ROWS INPUTS OUTPUTS
#include <strata/kernels/dense/input_gradient.hpp>
#include <strata/kernels/dense/weight_gradient.hpp>
#include <strata/model/update.hpp>
#include <strata/strata.hpp>

#include "bedrock.hpp"
#include "peers/contraction.hpp"

using namespace strata;

namespace {

/// Of a list of types. Revisions call what the list itself offers by several names.
template <class List>
struct first;
template <template <class...> class List, class First, class... Rest>
struct first<List<First, Rest...>> {
    using type = First;
};

/// Says that the batch has one row, which older revisions do not ask.
template <class Buffers>
void count_rows(Buffers& buffers, std::size_t rows) {
    if constexpr (requires { buffers.one_row; })
        buffers.one_row = rows == 1;
}

template <std::size_t K, std::size_t N>
void run(const product::options& settings) {
    using stage = typename first<typename model<input<K> | dense<N> | relu>::stages>::type;
    using head = typename stage::head;
    using layout = weight_layout<float, K, N>;
    product::numbers x(settings.rows * K), delta(settings.rows * N), y(settings.rows * N),
        input_gradient(settings.rows * K);
    product::numbers kernel(layout::kernel_size), bias(layout::bias_size), m(layout::kernel_size, 0.0f),
        v(layout::kernel_size, 0.0f), bias_m(layout::bias_size, 0.0f), bias_v(layout::bias_size, 0.0f);
    if (settings.kernel == "forward")
        product::time(settings, [&] {
            const forward_buffers<float> buffers{x.data(), kernel.data(), bias.data(), y.data(), nullptr};
            dense_forward<head, 1, keeping::nothing, true>(buffers, {0, settings.rows}, {0, layout::panels},
                                                           prediction_tail<typename stage::tail>{});
        });
    else if (settings.kernel == "weight_gradient") {
        const auto scalars = strata::internal::converted<float>(adam{}.scalars(1000.0));
        const weight_update<float, adam, regularizer{}> kernel_update{
            kernel.data(), {m.data(), v.data()}, scalars};
        const weight_update<float, adam, regularizer{}> bias_update{
            bias.data(), {bias_m.data(), bias_v.data()}, scalars};
        product::time(settings, [&] {
            dense_weight_gradient<head, true>(
                weight_gradient_buffers<float>{x.data(), delta.data(), settings.rows}, team{}, kernel_update,
                bias_update);
        });
    } else {
        product::numbers strip(input_gradient_scratch<stage, float>);
        product::time(settings, [&] {
            input_gradient_buffers<float> buffers{delta.data(), kernel.data(), x.data(),
                                                  input_gradient.data(), strip.data()};
            count_rows(buffers, settings.rows);
            dense_input_gradient<stage>(buffers, {0, settings.rows}, {0, K},
                                        tail_slope<typename stage::tail>{{}});
        });
    }
}

} // namespace

int main(int count, char** arguments) {
    const product::options settings(count, arguments);
    if (settings.inputs == 784 && settings.outputs == 512)
        run<784, 512>(settings);
    else if (settings.inputs == 512 && settings.outputs == 512)
        run<512, 512>(settings);
    else if (settings.inputs == 512 && settings.outputs == 10)
        run<512, 10>(settings);
    else
        throw std::runtime_error("no kernel of this size was compiled");
}
