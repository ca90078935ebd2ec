// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_range.hpp>
#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/kernels/threads/denormals.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/threads/thread_count.hpp>
#include <strata/model/arrays.hpp>
#include <strata/model/gradient_block.hpp>
#include <strata/model/updater.hpp>
#include <strata/training/arguments.hpp>
#include <strata/training/batches.hpp>
#include <strata/training/loss_check.hpp>
#include <strata/training/training_data.hpp>

#include <numeric>

namespace strata::bedrock::inline STRATA_SETTING {

struct gradient_options {
    std::uint64_t step = 0; ///< which draws dropout and noise make: the same step, the same draws
    /// What the samples count, as for `fit`.
    weight_list sample_weight = {};
    class_weight_list class_weight = {};
    std::size_t threads = 0; ///< 0: as many as OpenMP has, if the network is large enough
};

/// What `gradients` returns. Further calls of `compute` use its buffers again.
template <class Model, loss_type Loss>
class network_gradients : public gradient_block<Model> {
    static_assert(internal::check_losses<losses_of<Loss>, typename Model::topology>(
        typename Model::topology::outputs{}));

    using arguments = arguments_for<typename Model::topology, Loss>;
    using inputs = typename arguments::inputs;
    using targets = typename arguments::targets;

public:
    using T = typename Model::value_type;
    using pass = training_pass<typename Model::topology, T, Loss, true>;

    /// The network must outlive it.
    explicit network_gradients(const Model& net, Loss = {}) : net_(&net) {}

    /// The loss of samples and its gradients, with the network's weights as they are. `std::invalid_argument`
    /// for arrays that do not fit.
    void compute(const inputs& x, const targets& y, const gradient_options& options = {}) {
        const internal::training_data<arguments, pass> data(x, y, options.sample_weight, options.class_weight,
                                                            "gradients");
        const sample_range all = data.weighted();
        internal::require(all.count > 0, "gradients: there are no samples");
        const std::size_t threads =
            thread_count(3 * Model::flops_per_sample * all.count, worth_starting, options.threads);
        prepare(all.count, threads);
        if (all.weights != nullptr)
            batches_.reserve_weights(capacity_);
        const T* const parameters = net_->parameter_block().data();
        run_team(threads, [&](const team& members) {
            const flush_denormals fast;
            batches_.gather(all, {}, 0, all.count, 0, members);
            members.barrier();
            auto batch = batches_.batch(all, 0, batch_pieces::whole(all.count, default_piece));
            for (std::size_t i = 0; i < Model::input_count; ++i)
                batch.input_deltas[i] = input_gradients_[i].data();
            const dropout_key key{net_->random_seed().value, static_cast<std::uint32_t>(options.step), 0};
            pass::template forward<true>(parameters, batch, space_, members, key);
            pass::template loss<true>(batch, space_, members, losses_.data(), [](auto...) {});
            members.barrier();
            pass::backward(parameters, batch, space_, members, key, block_writer<T>{this->block().data()});
        });
        this->loss_ =
            std::accumulate(losses_.begin(), losses_.begin() + static_cast<std::ptrdiff_t>(all.count), 0.0) /
                static_cast<double>(all.count) +
            internal::add_penalties<pass>(parameters, this->block().data());
        samples_ = all.count;
    }

    /// The derivatives of the mean loss by the numbers of an input, [samples, input...]: of this loss alone,
    /// whatever was added.
    template <std::size_t Input = 0>
    [[nodiscard]] auto input_gradient() const {
        auto result = internal::output_array<T, type_at<Input, typename Model::topology::inputs>>(samples_);
        std::copy_n(input_gradients_[Input].begin(), result.size(), result.begin());
        return result;
    }

private:
    void prepare(std::size_t samples, std::size_t threads) {
        if (samples <= capacity_ && threads <= threads_)
            return;
        const std::size_t capacity = std::max(samples, capacity_);
        threads = std::max(threads, threads_);
        capacity_ = 0;
        space_ = typename pass::workspace(capacity, threads, default_piece);
        batches_.reserve(capacity);
        losses_.assign(capacity, 0.0);
        for (std::size_t i = 0; i < Model::input_count; ++i)
            input_gradients_[i].assign(capacity * Model::input_sizes[i] + line_size<T>, T(0));
        capacity_ = capacity;
        threads_ = threads;
    }

    const Model* net_;
    typename pass::workspace space_;
    batches<typename Model::base, pass> batches_;
    std::vector<double> losses_;
    std::array<aligned_vector<T>, Model::input_count> input_gradients_;
    std::size_t samples_ = 0;
    std::size_t capacity_ = 0;
    std::size_t threads_ = 0;
};

/// The gradients of a loss by everything that a network learns and by its inputs, as one step of training
/// computes them: with dropout, and batch normalizations by the batch's own statistics. `x` and `y` are what
/// a trainer's `fit` takes.
///
/// ```
/// updater learn{net, adam{}};
/// auto g = gradients(net, mean_squared_error, x, y, {.step = learn.steps()});
/// g.add(gradients(net, mean_absolute_error, x, y, {.step = learn.steps()}), 0.1);
/// learn.apply(g);
/// ```
template <class Model, loss_type Loss>
[[nodiscard]] network_gradients<Model, Loss>
gradients(const Model& net, Loss loss,
          const typename arguments_for<typename Model::topology, Loss>::inputs& x,
          const typename arguments_for<typename Model::topology, Loss>::targets& y,
          const gradient_options& options = {}) {
    network_gradients<Model, Loss> result(net, loss);
    result.compute(x, y, options);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::gradient_options;
using bedrock::gradients;
} // namespace strata

STRATA_HEADER_END
