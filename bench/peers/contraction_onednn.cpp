// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The kernels of a dense layer in oneDNN, with all operands in the layouts that it asks for: nothing is
// reordered while the time is taken. The weight gradient is followed by a pass of Adam.
//   contraction_onednn forward|weight_gradient|input_gradient ROWS INPUTS OUTPUTS
#include "peers/contraction.hpp"

#include <oneapi/dnnl/dnnl.hpp>

using namespace dnnl;
using tag = memory::format_tag;

int main(int count, char** arguments) {
    const product::options settings(count, arguments);
    const engine cpu(engine::kind::cpu, 0);
    stream queue(cpu);
    const auto rows = static_cast<memory::dim>(settings.rows),
               inputs = static_cast<memory::dim>(settings.inputs),
               outputs = static_cast<memory::dim>(settings.outputs);
    const auto any = [](memory::dims sizes) { return memory::desc(sizes, memory::data_type::f32, tag::any); };
    const memory::desc bias({outputs}, memory::data_type::f32, tag::a);
    const auto make = [&](const memory::desc& description) {
        memory result(description, cpu);
        auto* begin = static_cast<float*>(result.get_data_handle());
        const product::numbers values(description.get_size() / sizeof(float));
        std::copy_n(values.data(), description.get_size() / sizeof(float), begin);
        return result;
    };
    primitive_attr attributes;
    post_ops relu;
    relu.append_eltwise(1.0f, algorithm::eltwise_relu, 0.0f, 0.0f);
    if (settings.kernel == "forward")
        attributes.set_post_ops(relu);
    const inner_product_forward::primitive_desc forward({prop_kind::forward_training, any({rows, inputs}),
                                                         any({outputs, inputs}), bias, any({rows, outputs})},
                                                        attributes, cpu);
    if (settings.kernel == "forward") {
        auto x = make(forward.src_desc()), w = make(forward.weights_desc()), b = make(bias),
             y = make(forward.dst_desc());
        const inner_product_forward run(forward);
        product::time(settings, [&] {
            run.execute(queue,
                        {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, w}, {DNNL_ARG_BIAS, b}, {DNNL_ARG_DST, y}});
            queue.wait();
        });
    } else if (settings.kernel == "weight_gradient") {
        const inner_product_backward_weights::primitive_desc backward(
            {any({rows, inputs}), any({outputs, inputs}), bias, any({rows, outputs})}, cpu, forward);
        auto x = make(backward.src_desc()), g = make(backward.diff_weights_desc()), b = make(bias),
             delta = make(backward.diff_dst_desc());
        const std::size_t size = backward.diff_weights_desc().get_size() / sizeof(float);
        product::numbers w(size), m(size, 0.0f), v(size, 0.0f);
        const inner_product_backward_weights run(backward);
        product::time(settings, [&] {
            run.execute(queue, {{DNNL_ARG_SRC, x},
                                {DNNL_ARG_DIFF_DST, delta},
                                {DNNL_ARG_DIFF_WEIGHTS, g},
                                {DNNL_ARG_DIFF_BIAS, b}});
            queue.wait();
            product::adam(size, w.data(), m.data(), v.data(), static_cast<const float*>(g.get_data_handle()));
        });
    } else {
        const inner_product_backward_data::primitive_desc backward(
            {any({rows, inputs}), any({outputs, inputs}), any({rows, outputs})}, cpu, forward);
        auto input_gradient = make(backward.diff_src_desc()), w = make(backward.weights_desc()),
             delta = make(backward.diff_dst_desc());
        product::numbers kept(settings.rows * settings.inputs);
        const inner_product_backward_data run(backward);
        product::time(settings, [&] {
            run.execute(
                queue,
                {{DNNL_ARG_DIFF_SRC, input_gradient}, {DNNL_ARG_DIFF_DST, delta}, {DNNL_ARG_WEIGHTS, w}});
            queue.wait();
            auto* elements = static_cast<float*>(input_gradient.get_data_handle());
            for (std::size_t i = 0; i < settings.rows * settings.inputs; ++i)
                elements[i] = kept[i] > 0 ? elements[i] : 0;
        });
    }
}
