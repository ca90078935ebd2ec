// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/threads/thread_count.hpp>
#include <strata/model/model.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// What networks for prediction alone have in common, which are made from a trained one. `Parameters` have
/// run(x, y, samples, memory), which computes samples, and memory_size(samples), the bytes that it needs.
template <class Topology, class Parameters>
class compact_model {
public:
    using topology = Topology;
    using value_type = float;
    /// The network that it is made from.
    using trained = basic_model<Topology, float>;

    static constexpr std::size_t input_count = 1;
    static constexpr std::size_t output_count = 1;
    static constexpr auto input_shape = trained::input_shape;
    static constexpr auto output_shape = trained::output_shape;
    static constexpr std::size_t input_size = trained::input_size;
    static constexpr std::size_t output_size = trained::output_size;
    static constexpr auto input_sizes = trained::input_sizes;
    static constexpr auto output_sizes = trained::output_sizes;
    static constexpr std::size_t parameter_count = trained::parameter_count;

    /// As `model::predict`: one sample, by one thread. Allocates nothing, but for the first prediction of a
    /// thread with a network too large for the stack. The bits are those of a batch.
    [[nodiscard]] std::array<float, output_size> predict(std::span<const float, input_size> sample) const
        noexcept(fits_stack) {
        std::array<float, output_size> result;
        predict(sample, result);
        return result;
    }
    void predict(std::span<const float, input_size> sample, std::span<float, output_size> result) const
        noexcept(fits_stack) {
        if constexpr (fits_stack) {
            alignas(alignment) std::byte memory[Parameters::memory_size(1)];
            parameters_.run(sample.data(), result.data(), 1, memory);
        } else {
            thread_local aligned_vector<std::byte> memory(Parameters::memory_size(1));
            parameters_.run(sample.data(), result.data(), 1, memory.data());
        }
    }

    /// As `model::predict_batch`, to the same bits on any number of threads.
    void predict_batch(const float* x, float* y, std::size_t samples) const {
        constexpr std::size_t block = 64;
        const std::size_t blocks = (samples + block - 1) / block;
        const std::size_t threads =
            std::min(thread_count(samples * trained::flops_per_sample, worth_starting),
                     std::max<std::size_t>(blocks, 1));
        const std::size_t room = Parameters::memory_size(std::min(samples, block));
        aligned_vector<std::byte> memory(threads * room);
        run_team(threads, [&](const team& members) {
            const team::range part = members.share(blocks);
            for (std::size_t b = part.begin; b < part.end; ++b)
                parameters_.run(x + b * block * input_size, y + b * block * output_size,
                                std::min(block, samples - b * block), memory.data() + members.rank * room);
        });
    }
    void predict_batch(const std::array<const float*, 1>& x, const std::array<float*, 1>& y,
                       std::size_t samples) const {
        predict_batch(x[0], y[0], samples);
    }

    /// Predictions for a batch in anything that xtensor takes, as `model::predict`.
    template <class Array>
        requires(!std::is_convertible_v<const Array&, std::span<const float, input_size>>)
    [[nodiscard]] auto predict(const Array& x) const { return internal::array_prediction(*this, x); }

protected:
    explicit compact_model(Parameters parameters) : parameters_(std::move(parameters)) {}
    ~compact_model() = default;
    compact_model(const compact_model&) = default;
    compact_model(compact_model&&) noexcept = default;
    compact_model& operator=(const compact_model&) = default;
    compact_model& operator=(compact_model&&) noexcept = default;

    Parameters parameters_;

private:
    static constexpr std::size_t largest_on_stack = 64 * 1024;
    static constexpr bool fits_stack = Parameters::memory_size(1) <= largest_on_stack;
};

} // namespace strata::bedrock::inline STRATA_SETTING
