// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Predicts with the MNIST network in oneDNN: inner products with weights in the layout it asks for, relu
// fused.
//   predict_onednn DIRECTORY one|many|start
#include "peers/predict.hpp"

#include <oneapi/dnnl/dnnl.hpp>

#include <map>
#include <memory>

using namespace dnnl;
using tag = memory::format_tag;

namespace {

const engine cpu(engine::kind::cpu, 0);
stream queue(cpu);

struct product {
    inner_product_forward primitive;
    memory weights, bias;

    product(memory::dim samples, memory::dim inputs, memory::dim outputs, const float* kernel,
            const float* first, bool relu) {
        const auto f32 = memory::data_type::f32;
        primitive_attr attributes;
        post_ops tail;
        if (relu)
            tail.append_eltwise(1.0f, algorithm::eltwise_relu, 0.0f, 0.0f);
        attributes.set_post_ops(tail);
        const inner_product_forward::primitive_desc descriptor(
            {prop_kind::forward_inference, memory::desc({samples, inputs}, f32, tag::nc),
             memory::desc({outputs, inputs}, f32, tag::any), memory::desc({outputs}, f32, tag::a),
             memory::desc({samples, outputs}, f32, tag::nc)},
            attributes, cpu);
        primitive = inner_product_forward(descriptor);
        weights = memory(descriptor.weights_desc(), cpu);
        memory source({{outputs, inputs}, f32, tag::io}, cpu, const_cast<float*>(kernel));
        reorder(source, weights).execute(queue, source, weights);
        bias = memory({{outputs}, f32, tag::a}, cpu, const_cast<float*>(first));
        queue.wait();
    }
};

struct network {
    product first, second;
    softmax_forward last;
    memory x, hidden, logits, y;

    network(memory::dim samples, const mnist::first_weights& w)
        : first(samples, 784, 512, w.kernel1, w.bias1, true),
          second(samples, 512, 10, w.kernel2, w.bias2, false) {
        const auto f32 = memory::data_type::f32;
        x = memory({{samples, 784}, f32, tag::nc}, cpu, nullptr);
        hidden = memory({{samples, 512}, f32, tag::nc}, cpu);
        logits = memory({{samples, 10}, f32, tag::nc}, cpu);
        y = memory({{samples, 10}, f32, tag::nc}, cpu, nullptr);
        last = softmax_forward({{prop_kind::forward_inference, logits.get_desc(), 1}, cpu});
    }
    void run(const float* images, float* probabilities) {
        x.set_data_handle(const_cast<float*>(images));
        y.set_data_handle(probabilities);
        first.primitive.execute(queue, {{DNNL_ARG_SRC, x},
                                        {DNNL_ARG_WEIGHTS, first.weights},
                                        {DNNL_ARG_BIAS, first.bias},
                                        {DNNL_ARG_DST, hidden}});
        second.primitive.execute(queue, {{DNNL_ARG_SRC, hidden},
                                         {DNNL_ARG_WEIGHTS, second.weights},
                                         {DNNL_ARG_BIAS, second.bias},
                                         {DNNL_ARG_DST, logits}});
        last.execute(queue, {{DNNL_ARG_SRC, logits}, {DNNL_ARG_DST, y}});
        queue.wait();
    }
};

} // namespace

int main(int count, char** arguments) {
    const prediction::options settings(count, arguments);
    const mnist::first_weights w(settings.directory);
    std::map<std::size_t, std::unique_ptr<network>> networks;
    prediction::run(settings, [&](const float* x, float* y, std::size_t samples) {
        auto& net = networks[samples];
        if (!net)
            net = std::make_unique<network>(static_cast<memory::dim>(samples), w);
        net->run(x, y);
    });
}
