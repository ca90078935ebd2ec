// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/samples.hpp>
#include <strata/kernels/threads/denormals.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/model/model.hpp>
#include <strata/model/scalar_step.hpp>
#include <strata/model/training_pass.hpp>
#include <strata/model/update.hpp>
#include <strata/setting.hpp>
#include <strata/training/metrics.hpp>
#include <strata/training/progress.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

namespace strata::inline STRATA_SETTING {

/// A part of some samples with their targets, one array for each input and output: those from `first` on.
struct sample_range {
    const samples* x;
    const samples* y;
    std::size_t first = 0;
    std::size_t count = 0;
};

namespace internal {
template <class Pass, std::size_t... I>
auto target_vectors(std::index_sequence<I...>)
    -> std::tuple<std::vector<typename Pass::template output<I>::target>...>;
} // namespace internal

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
    using rule = std::remove_const_t<decltype(Optimizer::update)>;
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
        constexpr std::size_t slack = alignment / sizeof(T);
        for (auto& inputs : x_)
            for (std::size_t i = 0; i < Model::input_count; ++i)
                inputs[i].assign(capacity_ * Model::input_sizes[i] + slack, T(0));
        for (auto& outputs : targets_)
            for_each_index<Model::output_count>([&](auto index) {
                std::get<index>(outputs).assign(capacity_ * pass::template output<index>::targets, 0);
            });
        losses_.assign(capacity_, 0.0);
        parts_.assign(capacity_ * sizeof...(Metrics), metric_parts{});
    }

    /// How many threads are worth their barriers for batches of that size; at most `wanted`, or as many as
    /// OpenMP would start if that is 0.
    [[nodiscard]] static std::size_t choose_threads(std::size_t batch_size, std::size_t wanted) noexcept {
#ifdef _OPENMP
        constexpr std::size_t worthwhile = 400'000; // about ten microseconds' work
        if (batch_size == 1 && scalars::is_worthwhile)
            return 1;
        if (wanted == 0)
            return 3 * Model::flops_per_sample * batch_size < worthwhile ? 1 : available_threads();
        return wanted;
#else
        static_cast<void>(batch_size);
        static_cast<void>(wanted);
        return 1;
#endif
    }

    /// One pass over the samples in the given order (an index for each), or as they come where it is empty.
    /// With `Training` every batch updates the parameters. `line` may be null.
    template <bool Training>
    totals run(const sample_range& from, std::span<const std::uint32_t> order, std::size_t batch_size,
               std::size_t threads, progress_line* line) {
        prepare(batch_size, threads);
        totals sum;
        bool stop = false;
        run_team(threads, [&](const team& together) {
            work<Training>(from, order, batch_size, line, sum, stop, together);
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
    template <class Stage>
    static constexpr bool penalizes = [] {
        if constexpr (requires { Stage::head::layer::kernel_regularizer; })
            return Stage::head::layer::kernel_regularizer.active();
        else
            return false;
    }();
    static constexpr bool is_penalized =
        sum_over_types(typename pass::stages{}, []<class Stage>(std::type_identity<Stage>) {
            return std::size_t{penalizes<Stage>};
        }) > 0;

    template <std::size_t I>
    [[nodiscard]] double stage_penalty() const noexcept {
        using stage = typename pass::template stage<I>;
        double sum = 0;
        if constexpr (penalizes<stage> && pass::flow::learns(I)) {
            constexpr regularizer by = stage::head::layer::kernel_regularizer;
            using array = kernel_array<T, typename stage::head>;
            const T* kernel = net_->parameters().data() + pass::places::places[I].kernel;
            for (std::size_t i = 0; i < array::count; ++i) {
                const auto w = static_cast<double>(kernel[array::index(i)]);
                sum += by.l1_factor.value() * std::abs(w) + by.l2_factor.value() * w * w;
            }
        }
        return sum;
    }

    /// Copies this thread's share of the samples of one batch, converting and scaling as it goes.
    void gather(const sample_range& from, std::span<const std::uint32_t> order, std::size_t begin,
                std::size_t count, std::size_t buffer, const team& threads) noexcept {
        const team::range part = share_samples(threads, count);
        for (std::size_t i = part.begin; i < part.end; ++i) {
            const std::size_t sample = from.first + (order.empty() ? begin + i : order[begin + i]);
            for (std::size_t input = 0; input < Model::input_count; ++input) {
                const std::size_t size = Model::input_sizes[input];
                from.x[input].read(sample * size, size, x_[buffer][input].data() + i * size);
            }
            for_each_index<Model::output_count>([&](auto index) {
                constexpr std::size_t size = pass::template output<index>::targets;
                if (!from.y[index].empty())
                    from.y[index].read(sample * size, size,
                                       std::get<index>(targets_[buffer]).data() + i * size);
            });
        }
    }

    template <bool Training>
    void work(const sample_range& from, std::span<const std::uint32_t> order, std::size_t batch_size,
              progress_line* line, totals& sum, bool& stop, team threads) noexcept {
        const flush_denormals fast;
        const std::uint64_t first_step = step;
        T* const parameters = net_->parameters().data();
        std::size_t begin = 0;
        std::size_t buffer = 0;
        gather(from, order, 0, std::min(batch_size, from.count), buffer, threads);
        threads.barrier();
        for (std::uint64_t number = first_step; begin < from.count; ++number) {
            const std::size_t now = std::min(batch_size, from.count - begin);
            const typename pass::batch batch = batch_of(buffer, now);
            double penalties = 0;
            const auto measured = [&]<std::size_t Output>(std::integral_constant<std::size_t, Output>,
                                                          [[maybe_unused]] std::size_t sample,
                                                          [[maybe_unused]] const T* prediction,
                                                          [[maybe_unused]] const auto* wanted) noexcept {
                using out = typename pass::template output<Output>;
                [[maybe_unused]] std::size_t next = sample * sizeof...(Metrics);
                [[maybe_unused]] const auto one = [&]<class Metric>(Metric metric) {
                    if constexpr (output_of_metric<Metric> == Output)
                        parts_[next] = measure<typename out::loss, out::rows, out::row_length>(
                            metric, prediction, wanted);
                    ++next;
                };
                (one(Metrics{}), ...);
            };
            const auto penalized = [&] {
                if (is_penalized && threads.rank == 0)
                    penalties = penalty(); // before any thread updates
            };
            const auto added = [&] {
                if (threads.rank == 0)
                    stop = !add(sum, now, penalties);
            };
            if (Training && scalars::is_worthwhile && batch_size == 1) {
                if constexpr (Training && scalars::is_worthwhile) {
                    penalized();
                    losses_[0] = scalars::run(
                        parameters, batch.x[0], std::get<0>(batch.targets),
                        [&](const T* prediction, const auto* wanted) {
                            measured(std::integral_constant<std::size_t, 0>{}, 0, prediction, wanted);
                        },
                        updates(number));
                    added();
                }
            } else {
                const dropout_key key{net_->random_seed().value, static_cast<std::uint32_t>(number), 0};
                pass::template forward<Training>(parameters, batch, space_, threads, key);
                pass::template loss<Training>(batch, space_, threads, key, losses_.data(), measured);
                penalized();
                if constexpr (Training)
                    pass::backward(parameters, batch, space_, threads, key);
                else
                    threads.barrier();
                added();
                if constexpr (Training)
                    pass::update(parameters, batch, space_, threads, updates(number));
            }
            begin += now;
            buffer = 1 - buffer;
            if (begin < from.count)
                gather(from, order, begin, std::min(batch_size, from.count - begin), buffer, threads);
            if (line != nullptr && threads.rank == 0 && line->is_due())
                line->show(sum.steps, named(sum));
            threads.barrier();
            if (stop)
                break;
        }
        if (Training && threads.rank == 0)
            step = first_step + sum.steps;
    }

    [[nodiscard]] typename pass::batch batch_of(std::size_t buffer, std::size_t samples) const noexcept {
        typename pass::batch result{{}, {}, samples};
        for (std::size_t i = 0; i < Model::input_count; ++i)
            result.x[i] = x_[buffer][i].data();
        for_each_index<Model::output_count>(
            [&](auto index) { std::get<index>(result.targets) = std::get<index>(targets_[buffer]).data(); });
        return result;
    }

    /// What applies the optimizer's update of that step.
    [[nodiscard]] auto updates(std::uint64_t number) noexcept {
        std::array<T*, state_count> pointers{};
        for (std::size_t i = 0; i < state_count; ++i)
            pointers[i] = states[i].data();
        return update_consumer<T, Optimizer>{
            net_->parameters().data(), pointers,
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
        sum.finite = std::isfinite(loss + penalties);
        return sum.finite;
    }

    typename pass::workspace space_;
    // The batch at work, and the next.
    std::array<std::array<aligned_vector<T>, Model::input_count>, 2> x_;
    std::array<decltype(internal::target_vectors<pass>(std::make_index_sequence<Model::output_count>{})), 2>
        targets_;
    std::vector<double> losses_;
    std::vector<metric_parts> parts_;
    std::size_t capacity_ = 0;
    std::size_t threads_ = 0;
};

} // namespace strata::inline STRATA_SETTING
