// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_range.hpp>
#include <strata/kernels/threads/denormals.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/threads/team_failure.hpp>
#include <strata/kernels/threads/thread_count.hpp>
#include <strata/kernels/threads/work_shares.hpp>
#include <strata/learning/weight_averages.hpp>
#include <strata/model/model.hpp>
#include <strata/model/scalar_step.hpp>
#include <strata/model/training_pass.hpp>
#include <strata/model/update_path.hpp>
#include <strata/setting.hpp>
#include <strata/training/expected_samples.hpp>
#include <strata/training/measurement.hpp>
#include <strata/training/memory_text.hpp>
#include <strata/training/occupation.hpp>
#include <strata/training/ordered_samples.hpp>
#include <strata/training/pass_course.hpp>
#include <strata/training/pass_totals.hpp>
#include <strata/training/penalties.hpp>
#include <strata/training/progress.hpp>
#include <strata/training/sample_steps.hpp>
#include <strata/training/team_batches.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Runs passes over samples for a network, a loss, an optimizer and metrics: one parallel region a pass, and
/// nothing allocated within. Every buffer is made by `prepare`.
template <class Model, class Loss, class Optimizer, class... Metrics>
class engine {
public:
    using T = typename Model::value_type;
    using pass = training_pass<typename Model::topology, T, Loss>;
    using scalars = scalar_step<pass>;
    using path = update_path<pass, Optimizer>;
    using totals = pass_totals<metered<pass, Metrics>...>;
    using penalty = penalties<pass>;
    static constexpr std::size_t state_count = path::block_count;

    engine(Model& net, Optimizer chosen)
        : net_(&net), optimizer(chosen), states(path::first_blocks(chosen)) {}

    /// Makes room for batches of that size and that many threads. Where there is not enough memory the room
    /// is that of no batch, and the next call makes it anew: nothing lives in it between passes.
    void prepare(std::size_t batch_size, std::size_t threads) {
        if (batch_size > capacity_ || threads > threads_ || piece != known_piece_)
            grow(batch_size, threads);
    }

    /// How many threads are worth their barriers for batches of that size; at most `wanted`, or as many as
    /// OpenMP would start if that is 0.
    [[nodiscard]] static std::size_t choose_threads(std::size_t batch_size, std::size_t wanted) noexcept {
        if (batch_size == 1 && scalars::is_worthwhile)
            return 1;
        return thread_count(3 * Model::flops_per_sample * batch_size, worth_meeting, wanted);
    }

    /// The plan of the network, of the memory for batches of so many samples, and of the updates.
    [[nodiscard]] static std::string plan(std::size_t samples) {
        return Model::plan() + internal::memory_text<engine>(samples) + path::text();
    }

    /// One pass over the samples in the given order (an index for each), or as they come where it is empty.
    /// With `Training` every batch updates the parameters, until one whose loss is not finite: that one
    /// changes nothing. `line` may be null. What it adds up goes on from `sum`, that of the samples before.
    ///
    /// What a schedule, a metric or whoever shows the progress throws comes out of here after the step that
    /// was at work.
    template <bool Training>
    void run(const sample_range& range, const sample_order& order, std::size_t batch_size,
             std::size_t threads, progress_line* line, totals& sum) {
        const internal::occupation guard = occupy();
        if constexpr (Training)
            begin_averages();
        prepare(batch_size, threads);
        batches_.prepare(range, batch_size, threads);
        sum.reserve(sum.samples + range.count);
        progress all{sum};
        const internal::ordered_samples samples(range, order, Model::input_sizes,
                                                internal::target_sizes<pass>);
        const course tour{samples.range(), order, batch_size, line};
        if constexpr (may_step_by_sample<Training>)
            if (steps_by_sample<Training>(range, batch_size)) {
                work_by_sample(tour, all);
                return all.failure.raise_again();
            }
        shares_.prepare(threads);
        run_team(threads, [&](const team& members) noexcept { work<Training>(tour, all, members); });
        all.failure.raise_again();
    }
    /// The same for a sum that begins with these samples.
    template <bool Training>
    totals run(const sample_range& range, const sample_order& order, std::size_t batch_size,
               std::size_t threads, progress_line* line) {
        totals sum;
        run<Training>(range, order, batch_size, threads, line, sum);
        return sum;
    }

private:
    Model* net_;

public:
    Optimizer optimizer;
    typename path::blocks states;
    std::uint64_t step = 0;            ///< batches trained with so far
    std::size_t piece = default_piece; ///< samples of a piece of a batch
    bool is_flushed = false;           ///< whether whoever asks for passes sees to denormals on this thread

    /// The weights and each state, all in the parameters' layout: what a snapshot holds.
    [[nodiscard]] auto blocks() const {
        std::array<std::span<T>, state_count + 1> result;
        result[0] = net_->parameter_block();
        for (std::size_t i = 0; i < state_count; ++i)
            result[i + 1] = const_cast<engine*>(this)->states[i];
        return result;
    }

    /// Copies one of them, but for its filling, which stays as it is. The weights of a part of a network
    /// have less of it than states have.
    static void copy_block(std::span<const T> source, T* result) noexcept {
        if constexpr (may_step_by_sample<true>)
            scalars::copy(source.data(), result);
        else
            std::copy(source.begin(), source.end(), result);
    }

    /// Updates made so far.
    [[nodiscard]] std::uint64_t updates() const noexcept { return step / path::batches; }
    /// Marks it as at work, as long as what is returned lives.
    [[nodiscard]] internal::occupation occupy() { return internal::occupation(is_busy_); }
    /// Before the first update: see `update_memory`.
    void begin_averages() noexcept {
        if constexpr (detail::averages_weights<Optimizer>)
            if (updates() == 0)
                path::begin_averages(net_->parameter_block().data(), states);
    }
    /// Makes the weights their averages, where the optimizer keeps them.
    void finish() noexcept {
        if constexpr (detail::averages_weights<Optimizer>)
            if (updates() > 0)
                path::take_averages(net_->parameter_block().data(), states);
    }

    /// Whether a pass may update after every sample, by plain numbers instead of registers, which rounds
    /// otherwise: it does where batches have one sample, as `run` is told, and no weights.
    template <bool Training>
    static constexpr bool may_step_by_sample =
        Training&& scalars::is_worthwhile &&
        !detail::ignores_label<typename pass::template output<0>::loss> && !stores_gradients<Optimizer>;
    template <bool Training>
    [[nodiscard]] static bool steps_by_sample(const sample_range& range, std::size_t batch_size) noexcept {
        return may_step_by_sample<Training> && batch_size == 1 && range.weights == nullptr;
    }

private:
    using course = internal::pass_course;
    using progress = internal::pass_progress<totals>;

    [[gnu::noinline]] void grow(std::size_t batch_size, std::size_t threads) {
        const std::size_t samples = std::max(batch_size, capacity_);
        const std::size_t members = std::max(threads, threads_);
        capacity_ = 0;
        space_ = typename pass::workspace(samples, members, piece);
        known_piece_ = piece;
        losses_.assign(samples, 0.0);
        parts_.assign(samples * totals::numbers, 0.0);
        capacity_ = samples;
        threads_ = members;
    }

    template <bool Training>
    void work(const course& tour, progress& all, team threads) noexcept {
        const flush_denormals fast;
        const std::uint64_t first_step = step;
        const std::size_t steps_made = all.sum.steps;
        std::size_t begin = 0;
        std::size_t buffer = 0;
        threads.adopt(shares_);
        internal::expected_samples coming(tour, Model::input_sizes, internal::target_sizes<pass>);
        coming.expect(0, threads);
        batches<Model, pass>& own = batches_.own(threads);
        own.gather(tour.range, tour.order, 0, tour.batch_from(0), buffer, batches_.gatherers(threads));
        if (Training && threads.rank == 0)
            ask_rates(first_step, rates_[first_step % 2], all);
        threads.barrier();
        for (std::uint64_t number = first_step; begin < tour.range.count && !all.stop; ++number) {
            const typename pass::batch batch =
                own.batch(tour.range, buffer, batch_pieces::whole(tour.batch_from(begin), piece));
            step_by_batch<Training>(batch, number, all, threads);
            begin += batch.samples;
            buffer = 1 - buffer;
            coming.expect(begin, threads);
            if (begin < tour.range.count)
                own.gather(tour.range, tour.order, begin, tour.batch_from(begin), buffer,
                           batches_.gatherers(threads));
            if (threads.rank == 0)
                prepare_step<Training>(tour, begin, number + 1, all);
            threads.finish_step();
        }
        if (Training && threads.rank == 0)
            count_steps(first_step, steps_made, all);
    }

    using sample_reader = typename internal::sample_steps<Model, pass, Metrics...>::reader;

    /// The same where each sample makes a step of some nanoseconds, some steps at a time.
    [[gnu::flatten]] void work_by_sample(const course& tour, progress& all) noexcept {
        const flush_denormals fast(!is_flushed);
        const std::uint64_t first_step = step;
        const std::size_t steps_made = all.sum.steps;
        sample_reader reader(tour);
        const course read{tour.range, tour.order, sample_reader::most, tour.line};
        internal::expected_samples coming(read, Model::input_sizes, internal::target_sizes<pass>);
        std::size_t begin = 0;
        while (begin < tour.range.count && !all.stop) {
            coming.expect(begin, {});
            const std::size_t most = std::min(sample_reader::most, tour.range.count - begin);
            std::size_t asked = 0;
            while (asked < most && ask_rates(first_step + begin + asked, rates_[asked], all))
                ++asked;
            internal::sample_steps<Model, pass, Metrics...>::run(
                net_->parameter_block().data(), reader.read(begin, asked), asked, parts_.data(), all,
                [&](T* parameters, std::size_t i) { return path::consumer(parameters, states, rates_[i]); });
            begin += asked;
            if (tour.line != nullptr)
                prepare_step<false>(tour, begin, first_step + begin, all);
        }
        count_steps(first_step, steps_made, all);
    }

    void count_steps(std::uint64_t first_step, std::size_t steps_made, const progress& all) noexcept {
        step = first_step + all.sum.steps - steps_made - (all.sum.finite ? 0 : 1);
    }

    /// What one thread does for all between two steps.
    template <bool Training>
    [[gnu::noinline]] void prepare_step(const course& tour, std::size_t begin, std::uint64_t number,
                                        progress& all) noexcept {
        if (tour.line != nullptr && tour.line->is_due() &&
            !all.failure.run([&] { tour.line->show(all.sum.steps, all.sum.named()); }))
            all.stop = true;
        // The step before may still be at work with its own.
        if (Training && begin < tour.range.count && !all.stop)
            ask_rates(number, rates_[number % 2], all);
    }

    /// Asks the optimizer, once a step, for what its rule needs. Returns whether it has said it.
    bool ask_rates(std::uint64_t number, scalars_of<T, Optimizer>& rates, progress& all) noexcept {
        const bool is_said =
            all.failure.run([&] { rates = scalars_of_update<T>(optimizer, number / path::batches); });
        if (!is_said)
            all.stop = true;
        return is_said;
    }

    template <bool Training>
    void step_by_batch(const typename pass::batch& batch, std::uint64_t number, progress& all,
                       const team& threads) noexcept {
        T* const parameters = net_->parameter_block().data();
        const dropout_key key{net_->random_seed().value, static_cast<std::uint32_t>(number), 0};
        pass::template forward<Training>(parameters, batch, space_, threads, key);
        pass::template loss<Training>(
            batch, space_, threads, losses_.data(),
            measurement<pass, Metrics...>{parts_.data(), batch.weights, &all.failure,
                                          output_masks<pass>::of_workspace(space_)});
        const double penalties = penalty_of_step(threads);
        if (Training && !internal::is_sum_finite(losses_, share_samples(threads, batch.samples), penalties))
            all.is_broken.store(true, std::memory_order_relaxed);
        threads.barrier();
        const bool is_broken = all.is_broken.load(std::memory_order_relaxed);
        add_step<Training>(batch.samples, penalties, is_broken, all, threads);
        if constexpr (Training)
            if (!is_broken)
                path_.step(parameters, batch, space_, key, states, optimizer, rates_[number % 2], number,
                           threads);
    }

    /// The penalties of the weights of this step: to be asked for before any thread updates.
    [[nodiscard]] double penalty_of_step(const team& threads) const noexcept {
        return penalty::exist && threads.rank == 0 ? penalty::sum(net_->parameter_block().data()) : 0;
    }

    template <bool Training>
    void add_step(std::size_t samples, double penalties, bool is_broken, progress& all,
                  const team& threads) noexcept {
        if (threads.rank != 0)
            return;
        const bool is_finite = all.sum.add(losses_.data(), samples, penalties, is_broken);
        all.sum.measure(parts_.data(), samples);
        all.stop = (Training && !is_finite) || all.failure.is_there();
    }

    [[no_unique_address]] path path_;
    typename pass::workspace space_;
    team_batches<Model, pass> batches_;
    std::vector<double> losses_;
    std::vector<double> parts_;
    std::size_t capacity_ = 0;
    std::size_t threads_ = 0;
    work_shares shares_;
    std::size_t known_piece_ = default_piece;
    std::array<scalars_of<T, Optimizer>, sample_reader::most> rates_{};
    bool is_busy_ = false;
};

} // namespace strata::bedrock::inline STRATA_SETTING
