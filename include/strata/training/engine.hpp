// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/kernels/threads/denormals.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/threads/thread_count.hpp>
#include <strata/model/model.hpp>
#include <strata/model/scalar_step.hpp>
#include <strata/model/training_pass.hpp>
#include <strata/model/update.hpp>
#include <strata/setting.hpp>
#include <strata/training/batches.hpp>
#include <strata/training/metrics.hpp>
#include <strata/training/progress.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What one pass over samples has added up.
template <std::size_t Metrics>
struct pass_totals {
    double loss = 0; ///< the sum over samples
    std::array<metric_parts, Metrics> metrics{};
    std::size_t samples = 0;
    std::size_t steps = 0;
    bool finite = true; ///< whether every step's loss was; the pass ends after one that was not
};

/// Runs passes over samples for a network, a loss, an optimizer and metrics: one parallel region a pass, and
/// nothing allocated within. Every buffer is made by `prepare`.
template <class Model, class Loss, class Optimizer, class... Metrics>
class engine {
public:
    using T = typename Model::value_type;
    using pass = training_pass<typename Model::topology, T, Loss>;
    using scalars = scalar_step<pass>;
    using rule = type_of<Optimizer::update>;
    using totals = pass_totals<sizeof...(Metrics)>;
    static constexpr std::size_t state_count = rule::states::size;

    engine(Model& net, Optimizer chosen) : net_(&net), optimizer(chosen) {
        double first = 0;
        if constexpr (requires { Optimizer::initial_state; })
            first = Optimizer::initial_state;
        for (auto& state : states)
            state.assign(Model::layout::size, static_cast<T>(first));
    }

    /// Makes room for batches of that size and that many threads.
    void prepare(std::size_t batch_size, std::size_t threads) {
        if (batch_size <= capacity_ && threads <= threads_)
            return;
        capacity_ = std::max(batch_size, capacity_);
        threads_ = std::max(threads, threads_);
        space_ = typename pass::workspace(capacity_, threads_);
        batches_.reserve(capacity_);
        losses_.assign(capacity_, 0.0);
        parts_.assign(capacity_ * sizeof...(Metrics), metric_parts{});
    }

    /// How many threads are worth their barriers for batches of that size; at most `wanted`, or as many as
    /// OpenMP would start if that is 0.
    [[nodiscard]] static std::size_t choose_threads(std::size_t batch_size, std::size_t wanted) noexcept {
        if (batch_size == 1 && scalars::is_worthwhile)
            return 1;
        return thread_count(3 * Model::flops_per_sample * batch_size, worth_meeting, wanted);
    }

    /// One pass over the samples in the given order (an index for each), or as they come where it is empty.
    /// With `Training` every batch updates the parameters. `line` may be null.
    template <bool Training>
    totals run(const sample_range& range, std::span<const std::uint32_t> order, std::size_t batch_size,
               std::size_t threads, progress_line* line) {
        prepare(batch_size, threads);
        totals sum;
        bool stop = false;
        run_team(threads, [&](const team& together) {
            work<Training>({range, order, batch_size, line}, sum, stop, together);
        });
        return sum;
    }

    /// The sum of the kernels' penalties.
    [[nodiscard]] double penalty() const noexcept {
        double sum = 0;
        for_each_index<pass::count>([&](auto index) { sum += stage_penalty<index>(); });
        return sum;
    }

    [[nodiscard]] scores named(const totals& sum) const {
        scores result;
        name(sum, result);
        return result;
    }
    /// Sets the scores of these names, which allocates nothing if they exist.
    void name(const totals& sum, scores& result) const {
        const auto samples = static_cast<double>(sum.samples > 0 ? sum.samples : 1);
        result.set("loss", sum.loss / samples);
        std::size_t next = 0;
        ((result.set(Metrics::name.view(), sum.metrics[next].denominator == 0
                                               ? 0
                                               : sum.metrics[next].numerator / sum.metrics[next].denominator),
          ++next),
         ...);
    }

private:
    Model* net_;

public:
    Optimizer optimizer;
    std::array<aligned_vector<T>, state_count> states;
    std::uint64_t step = 0; ///< updates made so far

private:
    template <class Head>
    static constexpr bool penalizes = [] {
        bool result = false;
        for_each_parameter<Head>([&]<class Parameter>(std::type_identity<Parameter>) {
            result = result || Parameter::penalty.active();
        });
        return result;
    }();
    static constexpr bool is_penalized =
        sum_over_types(typename pass::stages{}, []<class Stage>(std::type_identity<Stage>) {
            return std::size_t{penalizes<typename Stage::head>};
        }) > 0;

    template <std::size_t I>
    [[nodiscard]] double stage_penalty() const noexcept {
        using head = typename pass::template stage<I>::head;
        double sum = 0;
        if constexpr (penalizes<head> && pass::flow::learns(I))
            for_each_parameter<head>([&]<class Parameter>(std::type_identity<Parameter>) {
                constexpr regularizer factors = Parameter::penalty;
                if constexpr (factors.active()) {
                    const T* const array =
                        array_of<head>(net_->parameter_block().data() + pass::places::places[I], Parameter{});
                    for (std::size_t i = 0; i < Parameter::shape::size; ++i) {
                        const auto w = static_cast<double>(array[layout_of<T, Parameter>::index(i)]);
                        sum += factors.l1_factor.value() * std::abs(w) + factors.l2_factor.value() * w * w;
                    }
                }
            });
        return sum;
    }

    /// What a pass runs over, the same for every thread.
    struct course {
        const sample_range& range;
        std::span<const std::uint32_t> order;
        std::size_t batch_size;
        progress_line* line;

        [[nodiscard]] std::size_t batch_from(std::size_t begin) const noexcept {
            return std::min(batch_size, range.count - begin);
        }
    };

    /// Measures one output of one sample for the metrics that belong to it.
    struct measurement {
        metric_parts* parts;

        template <std::size_t Output, class Target>
        void operator()(std::integral_constant<std::size_t, Output>, [[maybe_unused]] std::size_t sample,
                        [[maybe_unused]] const T* prediction,
                        [[maybe_unused]] const Target* target) const noexcept {
            using goal = typename pass::template output<Output>;
            [[maybe_unused]] std::size_t next = sample * sizeof...(Metrics);
            [[maybe_unused]] const auto one = [&]<class Metric>(Metric metric) {
                if constexpr (output_of_metric<Metric> == Output)
                    parts[next] = measure<typename goal::loss, goal::rows, goal::row_length>(
                        metric, prediction, target);
                ++next;
            };
            (one(Metrics{}), ...);
        }
    };

    /// Whether a pass updates after every sample, by plain numbers instead of registers.
    template <bool Training>
    static constexpr bool may_step_by_sample = Training&& scalars::is_worthwhile;

    template <bool Training>
    void work(const course& tour, totals& sum, bool& stop, team threads) noexcept {
        const flush_denormals fast;
        const std::uint64_t first_step = step;
        std::size_t begin = 0;
        std::size_t buffer = 0;
        batches_.gather(tour.range, tour.order, 0, tour.batch_from(0), buffer, threads);
        threads.barrier();
        for (std::uint64_t number = first_step; begin < tour.range.count; ++number) {
            const typename pass::batch batch = batches_.batch(buffer, tour.batch_from(begin));
            if (may_step_by_sample<Training> && tour.batch_size == 1) {
                if constexpr (may_step_by_sample<Training>)
                    step_by_sample(batch, number, sum, stop, threads);
            } else
                step_by_batch<Training>(batch, number, sum, stop, threads);
            begin += batch.samples;
            buffer = 1 - buffer;
            if (begin < tour.range.count)
                batches_.gather(tour.range, tour.order, begin, tour.batch_from(begin), buffer, threads);
            if (tour.line != nullptr && threads.rank == 0 && tour.line->is_due())
                tour.line->show(sum.steps, named(sum));
            threads.barrier();
            if (stop)
                break;
        }
        if (Training && threads.rank == 0)
            step = first_step + sum.steps;
    }

    void step_by_sample(const typename pass::batch& batch, std::uint64_t number, totals& sum, bool& stop,
                        const team& threads) noexcept {
        const double penalties = penalty_of_step(threads);
        const measurement measured{parts_.data()};
        losses_[0] = scalars::run(
            net_->parameter_block().data(), batch.x[0], std::get<0>(batch.targets),
            [&](const T* prediction, const auto* target) {
                measured(std::integral_constant<std::size_t, 0>{}, 0, prediction, target);
            },
            updates(number));
        add_step(batch, penalties, sum, stop, threads);
    }

    template <bool Training>
    void step_by_batch(const typename pass::batch& batch, std::uint64_t number, totals& sum, bool& stop,
                       const team& threads) noexcept {
        T* const parameters = net_->parameter_block().data();
        const dropout_key key{net_->random_seed().value, static_cast<std::uint32_t>(number), 0};
        pass::template forward<Training>(parameters, batch, space_, threads, key);
        pass::template loss<Training>(batch, space_, threads, key, losses_.data(),
                                      measurement{parts_.data()});
        const double penalties = penalty_of_step(threads);
        if constexpr (Training)
            pass::backward(parameters, batch, space_, threads, key);
        else
            threads.barrier();
        add_step(batch, penalties, sum, stop, threads);
        if constexpr (Training)
            pass::update(parameters, batch, space_, threads, updates(number));
    }

    /// The penalties of the weights of now: to be asked for before any thread updates.
    [[nodiscard]] double penalty_of_step(const team& threads) const noexcept {
        return is_penalized && threads.rank == 0 ? penalty() : 0;
    }

    void add_step(const typename pass::batch& batch, double penalties, totals& sum, bool& stop,
                  const team& threads) noexcept {
        if (threads.rank == 0)
            stop = !add(sum, batch.samples, penalties);
    }

    /// What applies the optimizer's update of that step.
    [[nodiscard]] auto updates(std::uint64_t number) noexcept {
        std::array<T*, state_count> pointers{};
        for (std::size_t i = 0; i < state_count; ++i)
            pointers[i] = states[i].data();
        return update_consumer<T, Optimizer>{
            net_->parameter_block().data(), pointers,
            internal::converted<T>(optimizer.scalars(static_cast<double>(number)))};
    }

    /// Adds one step in the order of the samples. Returns whether its loss is finite.
    bool add(totals& sum, std::size_t count, double penalties) noexcept {
        double loss = 0;
        for (std::size_t i = 0; i < count; ++i)
            loss += losses_[i];
        sum.loss += loss + penalties * static_cast<double>(count);
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t m = 0; m < sizeof...(Metrics); ++m) {
                sum.metrics[m].numerator += parts_[i * sizeof...(Metrics) + m].numerator;
                sum.metrics[m].denominator += parts_[i * sizeof...(Metrics) + m].denominator;
            }
        sum.samples += count;
        ++sum.steps;
        sum.finite = internal::is_finite(loss + penalties);
        return sum.finite;
    }

    typename pass::workspace space_;
    batches<Model, pass> batches_;
    std::vector<double> losses_;
    std::vector<metric_parts> parts_;
    std::size_t capacity_ = 0;
    std::size_t threads_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
