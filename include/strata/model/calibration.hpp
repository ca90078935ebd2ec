// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/integer/quantization.hpp>
#include <strata/model/integer_parameters.hpp>
#include <strata/model/model.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>

namespace strata::bedrock::inline STRATA_SETTING {

/// What numbers the dense layers of a trained network read: a pass over samples, all at once or in parts,
///
///     calibration ranges(net);
///     ranges.add(samples);
///     model<topology, float, weights<std::int8_t>> narrow(ranges);
///
/// which remembers the smallest and the largest number of each layer's input. Samples should be like those
/// that are to be predicted, some hundreds of them: a number beyond what they had is cut off later. The
/// network must outlive it.
template <class Topology>
class calibration {
    using parameters = integer_parameters<Topology>;
    using pass = prediction_pass<Topology, float>;

public:
    using trained = basic_model<Topology, float>;
    static constexpr std::size_t layers = parameters::size;

    struct range {
        float low = 0;
        float high = 0;
    };

    explicit calibration(const trained& net) noexcept : net_(&net) {}

    /// Samples one after another, `input_size` numbers each. `std::invalid_argument` for numbers that are not
    /// finite, in the samples or in what the network's layers read; no sample is counted then.
    void add(const float* x, std::size_t count) {
        constexpr std::size_t block = 64;
        aligned_vector<float> memory(pass::memory_size(block)), y(block * trained::output_size);
        auto found = ranges_;
        for (std::size_t first = 0; first < count; first += block) {
            const float* const source = x + first * trained::input_size;
            const std::size_t part = std::min(block, count - first);
            std::size_t layer = 0;
            std::size_t finite = 0; // layers whose inputs are
            const auto look = [&](const float* numbers) {
                finite += finite == layer && widen(found[layer], numbers, part * input_numbers[layer]);
            };
            look(source);
            pass::run(net_->parameter_block().data(), {source}, {y.data()}, part, memory.data(), team{},
                      [&](std::size_t, const auto& rows) {
                          if (++layer < layers)
                              look(rows.data);
                      });
            if (finite < layers)
                internal::raise(std::invalid_argument(
                    internal::concatenate("calibration: expected finite numbers, found others in what layer ",
                                          parameters::name(finite), " reads")));
        }
        ranges_ = found;
        samples_ += count;
    }
    /// The same for anything that xtensor takes, [samples, input...]. Needs `strata/model/arrays.hpp`.
    template <class Array>
    void add(const Array& x) {
        if constexpr (requires { calibrate_array(*this, x); })
            calibrate_array(*this, x);
        else
            static_assert(internal::reject<Array, "calibration with an array needs",
                                           "#include <strata/model/arrays.hpp>">());
    }

    [[nodiscard]] const trained& network() const noexcept { return *net_; }
    /// How many samples there were.
    [[nodiscard]] std::size_t sample_count() const noexcept { return samples_; }
    /// What each dense layer reads: the smallest and the largest number, and zero.
    [[nodiscard]] const std::array<range, layers>& ranges() const noexcept { return ranges_; }

private:
    template <class... Stages>
    static constexpr std::array<std::size_t, layers> numbers_of(stage_list<Stages...>) {
        return {Stages::rows * Stages::head::inputs...};
    }
    /// Numbers of a sample that each layer reads.
    static constexpr std::array<std::size_t, layers> input_numbers =
        numbers_of(typename parameters::stages{});

    // Returns whether all numbers are finite.
    static bool widen(range& whole, const float* numbers, std::size_t count) noexcept {
        bool finite = true;
        for (std::size_t i = 0; i < count; ++i) {
            finite = finite && detail::is_finite(numbers[i]);
            whole.low = std::min(whole.low, numbers[i]);
            whole.high = std::max(whole.high, numbers[i]);
        }
        return finite;
    }

    const trained* net_;
    std::size_t samples_ = 0;
    std::array<range, layers> ranges_{};
};

template <class Topology>
calibration(const basic_model<Topology, float>&) -> calibration<Topology>;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::calibration;
} // namespace strata

STRATA_HEADER_END
