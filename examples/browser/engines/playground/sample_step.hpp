// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "activations.hpp"
#include "layer_kernels.hpp"

#include <strata/expression/finite.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/formula/loss.hpp>
#include <strata/learning/losses.hpp>

#include <cstddef>
#include <span>

namespace playground {

/// What a network's one output is for: two classes, -1 and 1, by a tanh and half the squared error, as
/// TensorFlow's playground has it; the classes 0 and 1 by a sigmoid and the cross-entropy; or any number.
enum class goal { squared_classes, likely_classes, numbers };

/// Samples: x is [count][inputs], y is [count], with a register's room behind both.
struct samples {
    const float* x = nullptr;
    const float* y = nullptr;
    std::size_t count = 0;
};

/// A layer with what it makes of a batch, [samples][units].
struct layer {
    const layer_kernels* kernels;
    std::size_t inputs;
    std::size_t units;
    std::size_t place; ///< of its parameters among the network's
    strata::bedrock::aligned_vector<float> sums = {};
    strata::bedrock::aligned_vector<float> outputs = {};
    strata::bedrock::aligned_vector<float> delta = {};
};

/// The loss of one output, in which a sigmoid is applied for the cross-entropy. Unless `delta` is null,
/// `weight` times the derivative goes there.
inline double loss_of_output(goal purpose, float* output, float target, float* delta, float weight) {
    using namespace strata::bedrock;
    if (purpose == goal::likely_classes)
        return loss_row<type_of<strata::binary_crossentropy>, type_of<strata::sigmoid>, 1>(output, &target,
                                                                                           delta, weight);
    return loss_row<type_of<strata::half_squared_error>, no_shortcut, 1>(output, &target, delta, weight);
}

/// The twin of the library's `scalar_step`: everything up to the gradients of one sample, in plain numbers,
/// in its order. `tail_of(layer)` is an activation, or null. Returns the loss; where it is no finite number
/// there are no gradients.
template <class TailOf>
double run_sample(std::span<layer> layers, const float* weights, float* gradients, const float* x,
                  float target, goal purpose, const TailOf& tail_of) {
    const float* source = x;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        layer& each = layers[i];
        const activation* const tail = tail_of(i);
        for (std::size_t n = 0; n < each.units; ++n) {
            float sum = weights[each.place + each.kernels->bias_begin + n];
            for (std::size_t k = 0; k < each.inputs; ++k)
                sum += source[k] * weights[each.place + each.kernels->index(k, n)];
            each.sums[n] = sum;
            each.outputs[n] = tail == nullptr ? sum : tail->value(sum);
        }
        source = each.outputs.data();
    }
    layer& last = layers.back();
    const double loss = loss_of_output(purpose, last.outputs.data(), target, last.delta.data(), 1.0f);
    if (!strata::bedrock::detail::is_finite(loss))
        return loss;
    for (std::size_t i = layers.size(); i-- > 0;) {
        layer& each = layers[i];
        if (const activation* const tail = tail_of(i))
            for (std::size_t n = 0; n < each.units; ++n)
                each.delta[n] *= tail->slope(tail->from_output() ? each.outputs[n] : each.sums[n]);
        const float* const input = i == 0 ? x : layers[i - 1].outputs.data();
        for (std::size_t k = 0; k < each.inputs; ++k) {
            float sum = 0;
            for (std::size_t n = 0; n < each.units; ++n) {
                const std::size_t place = each.place + each.kernels->index(k, n);
                sum += each.delta[n] * weights[place];
                gradients[place] = input[k] * each.delta[n];
            }
            if (i > 0)
                layers[i - 1].delta[k] = sum;
        }
        for (std::size_t n = 0; n < each.units; ++n)
            gradients[each.place + each.kernels->bias_begin + n] = each.delta[n];
    }
    return loss;
}

} // namespace playground
