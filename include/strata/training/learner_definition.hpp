// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN
#include <strata/model/arrays.hpp>
#include <strata/model/model.hpp>
#include <strata/training/learner.hpp>
#include <strata/training/trainer.hpp>

#include <tuple>
#include <utility>

// The members of `learner`, for the one file that makes them: `template class strata::learner<digits>;`.

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class Task>
constexpr auto metrics_of_task() {
    if constexpr (requires { Task::metrics; })
        return Task::metrics;
    else
        return std::tuple{};
}
template <class Model, class Task, class Metrics>
struct trainer_of_task;
template <class Model, class Task, class... Metrics>
struct trainer_of_task<Model, Task, std::tuple<Metrics...>> {
    using type = trainer<Model, type_of<Task::loss>, typename Task::optimizer, Metrics...>;
};
} // namespace internal

template <class Task>
struct learner<Task>::parts {
    using model_type = model<Task::topology, value_type>;
    using trainer_type =
        typename internal::trainer_of_task<model_type, Task,
                                           decltype(internal::metrics_of_task<Task>())>::type;

    parts(seed key, optimizer_type optimizer)
        : network(key),
          trainer(std::apply(
              [&](auto... metrics) {
                  return trainer_type(network, Task::loss, std::move(optimizer), metrics...);
              },
              internal::metrics_of_task<Task>())) {}
    parts(const parts&) = delete;
    parts& operator=(const parts&) = delete;

    model_type network;
    trainer_type trainer;
};

template <class Task>
learner<Task>::learner(seed key, optimizer_type optimizer)
    : parts_(std::make_unique<parts>(key, std::move(optimizer))) {}
template <class Task>
learner<Task>::learner(learner&&) noexcept = default;
template <class Task>
learner<Task>& learner<Task>::operator=(learner&&) noexcept = default;
template <class Task>
learner<Task>::~learner() = default;

template <class Task>
history learner<Task>::fit(const inputs& x, const targets& y, const fit_options& options) {
    return parts_->trainer.fit(x, y, options);
}
template <class Task>
history learner<Task>::fit_batches(batch_source& source, const fit_options& options) {
    return parts_->trainer.fit_batches(source, options);
}
template <class Task>
scores learner<Task>::evaluate(const inputs& x, const targets& y, const evaluate_options& options) {
    return parts_->trainer.evaluate(x, y, options);
}
template <class Task>
scores learner<Task>::evaluate_batches(batch_source& source, const evaluate_options& options) {
    return parts_->trainer.evaluate_batches(source, options);
}
template <class Task>
scores learner<Task>::train_on_batch(const inputs& x, const targets& y, const batch_options& options) {
    return parts_->trainer.train_on_batch(x, y, options);
}

template <class Task>
auto learner<Task>::weights() const -> std::vector<value_type> {
    return parts_->network.weights();
}
template <class Task>
void learner<Task>::set_weights(std::span<const value_type> weights) {
    parts_->network.set_weights(weights);
}
template <class Task>
training_snapshot learner<Task>::snapshot() const {
    return parts_->trainer.snapshot();
}
template <class Task>
void learner<Task>::restore(const training_snapshot& snapshot) {
    parts_->trainer.restore(snapshot);
}
template <class Task>
std::string learner<Task>::summary() {
    return parts::model_type::summary();
}
template <class Task>
std::string learner<Task>::plan(std::size_t samples) {
    return parts::trainer_type::plan(samples);
}

template <class Task>
std::size_t learner<Task>::count_predicted(const sample_list& x) {
    return internal::count_predicted<topology>(x);
}
template <class Task>
void learner<Task>::predict_samples(const sample_list& x, std::size_t count,
                                    const std::array<value_type*, output_count>& y) const {
    internal::predict_samples(parts_->network, x, count, y);
}
template <class Task>
void learner<Task>::predict_sample(const value_type* x, value_type* y) const {
    if constexpr (input_count == 1 && output_count == 1)
        parts_->network.predict(std::span<const value_type, input_size>(x, input_size),
                                std::span<value_type, output_size>(y, output_size));
}

} // namespace strata::bedrock::inline STRATA_SETTING
STRATA_HEADER_END
