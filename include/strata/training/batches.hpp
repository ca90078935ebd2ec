// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/gathering.hpp>
#include <strata/data/sample_list.hpp>
#include <strata/data/sample_range.hpp>
#include <strata/model/training_pass.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// An index for each sample, or none where samples go as they come. Referred to, never copied: its two
/// numbers would be read as one while they are still being written.
using sample_order = std::span<const std::uint32_t>;

namespace internal {
template <class Pass, std::size_t... I>
auto target_vectors(std::index_sequence<I...>)
    -> std::tuple<std::vector<typename Pass::template output<I>::target>...>;
} // namespace internal

/// Two batches of a network's samples and targets, in the network's own numbers: the one at work and the next
/// one. A team gathers a batch together, each thread its share of the samples.
template <class Model, class Pass>
class batches {
public:
    using T = typename Model::value_type;

    /// Makes room for batches of up to so many samples, if there is less. Gathering allocates nothing
    /// afterwards. Where there is not enough memory, the next call makes it anew.
    void reserve(std::size_t samples) {
        if (samples <= capacity_)
            return;
        capacity_ = 0;
        constexpr std::size_t slack = line_size<T>; // kernels may read a register further
        for (auto& inputs : x_)
            for (std::size_t i = 0; i < Model::input_count; ++i)
                inputs[i].assign(samples * Model::input_sizes[i] + slack, T(0));
        for (auto& outputs : targets_)
            for_each_index<Model::output_count>([&](auto index) {
                std::get<index>(outputs).assign(samples * Pass::template output<index>::targets, 0);
            });
        capacity_ = samples;
    }

    /// The same for weights of rows.
    void reserve_weights(std::size_t samples) {
        for (auto& outputs : weights_)
            for_each_index<Model::output_count>([&](auto index) {
                outputs[index].resize(
                    std::max(outputs[index].size(), samples * Pass::template output<index>::rows));
            });
    }

    /// Copies this thread's share of `count` samples into a buffer, converting and scaling as it goes: those
    /// that `order` names from its element `begin` on, or those from `begin` on where it is empty.
    void gather(const sample_range& range, std::span<const std::uint32_t> order, std::size_t begin,
                std::size_t count, std::size_t buffer, const team& threads) noexcept {
        const team::range part = share_samples(threads, count);
        const gathered_samples chosen{range.first, order, begin, count, part.begin, part.end};
        for (std::size_t input = 0; input < Model::input_count; ++input)
            gather_samples(range.x[input], Model::input_sizes[input], chosen, x_[buffer][input].data());
        for (std::size_t i = part.begin; i < part.end; ++i) {
            const std::size_t sample = range.first + (order.empty() ? begin + i : order[begin + i]);
            for_each_index<Model::output_count>([&](auto index) {
                constexpr std::size_t size = Pass::template output<index>::targets;
                if (!range.y[index].empty())
                    range.y[index].read(sample * size, size,
                                        std::get<index>(targets_[buffer]).data() + i * size);
            });
        }
        if (range.weights != nullptr)
            gather_weights(*range.weights, range.first, order, begin, buffer, part);
    }

    [[nodiscard]] typename Pass::batch batch(const sample_range& range, std::size_t buffer,
                                             const batch_pieces& pieces) const noexcept {
        typename Pass::batch result{{}, {}, pieces.samples, {}, {}, pieces};
        for (std::size_t i = 0; i < Model::input_count; ++i)
            result.x[i] = x_[buffer][i].data();
        for_each_index<Model::output_count>(
            [&](auto index) { std::get<index>(result.targets) = std::get<index>(targets_[buffer]).data(); });
        if (range.weights != nullptr)
            for (std::size_t i = 0; i < Model::output_count; ++i)
                if (!(*range.weights)[i].empty())
                    result.weights[i] = weights_[buffer][i].data();
        return result;
    }

private:
    [[gnu::noinline]] void gather_weights(const row_weights& weights, std::size_t first,
                                          std::span<const std::uint32_t> order, std::size_t begin,
                                          std::size_t buffer, team::range part) noexcept {
        for_each_index<Model::output_count>([&](auto index) {
            constexpr std::size_t rows = Pass::template output<index>::rows;
            if (weights[index].empty())
                return;
            for (std::size_t i = part.begin; i < part.end; ++i) {
                const std::size_t sample = first + (order.empty() ? begin + i : order[begin + i]);
                const double* const own = weights[index].data() + sample * rows;
                std::transform(own, own + rows, weights_[buffer][index].data() + i * rows,
                               [](double weight) { return static_cast<T>(weight); });
            }
        });
    }

    std::array<std::array<aligned_vector<T>, Model::input_count>, 2> x_;
    std::array<decltype(internal::target_vectors<Pass>(std::make_index_sequence<Model::output_count>{})), 2>
        targets_;
    std::array<std::array<std::vector<T>, Model::output_count>, 2> weights_;
    std::size_t capacity_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
