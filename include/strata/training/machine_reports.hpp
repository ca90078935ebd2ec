// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/batch_share.hpp>
#include <strata/training/machine_group.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What machines that share a batch tell each other of its samples: the loss of each and what it gives for
/// the metrics, so that all of them add up the same. A report are whether the batch is broken and what has
/// failed, the losses, and then the numbers of each sample for metrics.
class machine_reports {
public:
    /// What has failed on a machine: a metric, behind which the step is still made as on one machine, or
    /// what comes before the step.
    enum class failure { none, metric, schedule };

    machine_reports(machine_group& group, std::size_t piece) : group_(&group), piece_(piece) {}

    /// Makes room for batches of so many samples, with `numbers` of each for metrics.
    void reserve(std::size_t samples, std::size_t numbers) {
        numbers_ = numbers;
        size_ = flags + (1 + numbers) * batch_share::most(samples, piece_, group_->count());
        reports_.assign(group_->count() * size_, 0.0);
        losses_.resize(samples);
        parts_.resize(samples * numbers);
    }

    /// Where this machine's go: the losses of its share, and behind them the numbers for metrics.
    [[nodiscard]] double* own_losses() noexcept { return report(group_->rank()) + flags; }
    [[nodiscard]] double* own_parts(const batch_share& own) noexcept {
        return own_losses() + own.pieces.samples;
    }

    /// Begins to receive the others' reports of a batch.
    void expect(std::size_t samples) {
        are_expected_ = true;
        for (std::size_t machine = 0; machine < group_->count(); ++machine)
            if (machine != group_->rank())
                messages_.push_back(group_->receive(
                    machine, 0,
                    std::as_writable_bytes(std::span(report(machine), length(samples, machine)))));
    }
    /// Sends this machine's. A batch is broken where a loss is not finite.
    void send(std::size_t samples, bool is_broken, failure what) {
        double* const own = report(group_->rank());
        own[0] = is_broken ? 1 : 0;
        own[1] = static_cast<double>(what);
        for (std::size_t machine = 0; machine < group_->count(); ++machine)
            if (machine != group_->rank())
                messages_.push_back(
                    group_->send(machine, 0, std::as_bytes(std::span(own, length(samples, group_->rank())))));
    }

    /// Waits for the others' reports, unless that has been done, and adds a batch to a pass and says whether
    /// the pass is to stop. Returns whether an update follows.
    template <bool Training, class Progress>
    bool finish(std::size_t samples, double weight_penalties, Progress& all) {
        if (!are_expected_)
            return false;
        are_expected_ = false;
        const summary said = collect(samples);
        const bool is_finite = all.sum.add(said.losses, samples, weight_penalties, said.is_broken);
        all.sum.measure(said.parts, samples);
        failed_ = said.failed;
        all.stop = (Training && !is_finite) || failed_ < group_->count();
        is_updated_ = Training && is_finite && !said.is_refused;
        return is_updated_;
    }
    /// Whether an update follows the batch that was finished last.
    [[nodiscard]] bool is_updated() const noexcept { return is_updated_; }
    /// The first machine that has failed.
    [[nodiscard]] std::size_t failed() const noexcept { return failed_; }

private:
    static constexpr std::size_t flags = 2;

    // What all of them say together.
    struct summary {
        bool is_broken = false;
        bool is_refused = false; ///< a machine makes no step
        std::size_t failed;      ///< the first machine that has failed, or their count
        const double* losses;    ///< of the batch's samples, in their order
        const double* parts;
    };
    summary collect(std::size_t samples) {
        for (; !messages_.empty(); messages_.pop_back())
            group_->wait(messages_.back());
        summary result{false, false, group_->count(), losses_.data(), parts_.data()};
        std::size_t sample = 0;
        for (std::size_t machine = 0; machine < group_->count(); ++machine) {
            const double* const said = report(machine);
            const std::size_t count = share(samples, machine).pieces.samples;
            result.is_broken = result.is_broken || said[0] != 0;
            result.is_refused = result.is_refused || said[1] == static_cast<double>(failure::schedule);
            if (said[1] != 0)
                result.failed = std::min(result.failed, machine);
            std::copy_n(said + flags, count, losses_.data() + sample);
            std::copy_n(said + flags + count, count * numbers_, parts_.data() + sample * numbers_);
            sample += count;
        }
        return result;
    }
    [[nodiscard]] double* report(std::size_t machine) noexcept { return reports_.data() + machine * size_; }
    [[nodiscard]] batch_share share(std::size_t samples, std::size_t machine) const noexcept {
        return batch_share::of_machine(samples, piece_, machine, group_->count());
    }
    [[nodiscard]] std::size_t length(std::size_t samples, std::size_t machine) const noexcept {
        return flags + (1 + numbers_) * share(samples, machine).pieces.samples;
    }

    machine_group* group_;
    std::size_t piece_;
    std::size_t numbers_ = 0;
    std::size_t size_ = 0;
    std::vector<double> reports_; ///< [machines][size_]
    std::vector<double> losses_;  ///< of the whole batch
    std::vector<double> parts_;
    std::vector<machine_group::ticket> messages_;
    bool are_expected_ = false; ///< the others' reports, not waited for
    bool is_updated_ = false;
    std::size_t failed_ = ~std::size_t{0};
};

} // namespace strata::bedrock::inline STRATA_SETTING
