// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The kernels of a convolution in oneDNN, with all operands in the layouts that it asks for: nothing is
// reordered while the time is taken, and all of it rests in memory of the same kind as ours. Bias and relu
// are fused into the forward product.
//   convolution_onednn forward|input_gradient|weight_gradient SIZE CHANNELS FILTERS KERNEL STRIDE BATCH
#include "peers/convolution.hpp"

#include <oneapi/dnnl/dnnl.hpp>

#include <deque>

using namespace dnnl;
using tag = memory::format_tag;

int main(int count, char** arguments) {
    const sliding::options settings(count, arguments);
    const sliding::shape& geometry = settings.geometry;
    const engine cpu(engine::kind::cpu, 0);
    stream queue(cpu);
    const auto dim = [](std::size_t number) { return static_cast<memory::dim>(number); };
    const auto any = [](memory::dims sizes) { return memory::desc(sizes, memory::data_type::f32, tag::any); };
    const memory::dim n = dim(settings.batch), c = dim(geometry.channels), f = dim(geometry.filters),
                      k = dim(geometry.kernel);
    const memory::desc x = any({n, c, dim(geometry.size), dim(geometry.size)}), w = any({f, c, k, k}),
                       y = any({n, f, dim(geometry.results()), dim(geometry.results())}),
                       bias({f}, memory::data_type::f32, tag::a);
    const memory::dims strides{dim(geometry.stride), dim(geometry.stride)};
    const memory::dims padding_begin{dim(geometry.padding()), dim(geometry.padding())};
    const memory::dim end_width = dim((geometry.results() - 1) * geometry.stride + geometry.kernel) -
                                  dim(geometry.size + geometry.padding());
    const memory::dims padding_end{end_width, end_width};
    std::deque<sliding::numbers> arrays;
    const auto make = [&](const memory::desc& description) {
        sliding::numbers& values = arrays.emplace_back(description.get_size() / sizeof(float));
        return memory(description, cpu, values.data());
    };
    const algorithm direct = algorithm::convolution_direct;
    if (settings.kernel == "forward") {
        primitive_attr attributes;
        post_ops relu;
        relu.append_eltwise(1.0f, algorithm::eltwise_relu, 0.0f, 0.0f);
        attributes.set_post_ops(relu);
        const convolution_forward::primitive_desc forward(
            {prop_kind::forward_inference, direct, x, w, bias, y, strides, padding_begin, padding_end},
            attributes, cpu);
        auto source = make(forward.src_desc()), weights = make(forward.weights_desc()), b = make(bias),
             destination = make(forward.dst_desc());
        const convolution_forward run(forward);
        sliding::time(settings, [&] {
            run.execute(queue, {{DNNL_ARG_SRC, source},
                                {DNNL_ARG_WEIGHTS, weights},
                                {DNNL_ARG_BIAS, b},
                                {DNNL_ARG_DST, destination}});
            queue.wait();
        });
        return 0;
    }
    const convolution_forward::primitive_desc forward(
        {prop_kind::forward_training, direct, x, w, bias, y, strides, padding_begin, padding_end}, cpu);
    if (settings.kernel == "input_gradient") {
        const convolution_backward_data::primitive_desc backward(
            {direct, x, w, y, strides, padding_begin, padding_end}, cpu, forward);
        auto input_gradient = make(backward.diff_src_desc()), weights = make(backward.weights_desc()),
             delta = make(backward.diff_dst_desc());
        const convolution_backward_data run(backward);
        sliding::time(settings, [&] {
            run.execute(queue, {{DNNL_ARG_DIFF_SRC, input_gradient},
                                {DNNL_ARG_WEIGHTS, weights},
                                {DNNL_ARG_DIFF_DST, delta}});
            queue.wait();
        });
    } else {
        const convolution_backward_weights::primitive_desc backward(
            {direct, x, w, bias, y, strides, padding_begin, padding_end}, cpu, forward);
        auto source = make(backward.src_desc()), gradient = make(backward.diff_weights_desc()),
             b = make(bias), delta = make(backward.diff_dst_desc());
        const convolution_backward_weights run(backward);
        sliding::time(settings, [&] {
            run.execute(queue, {{DNNL_ARG_SRC, source},
                                {DNNL_ARG_DIFF_DST, delta},
                                {DNNL_ARG_DIFF_WEIGHTS, gradient},
                                {DNNL_ARG_DIFF_BIAS, b}});
            queue.wait();
        });
    }
}
