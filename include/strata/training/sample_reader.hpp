// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_list.hpp>
#include <strata/setting.hpp>
#include <strata/training/pass_course.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Reads some samples after another of a network of one input and one output, so that they lie side by side:
/// where they are, if they do so there in the network's own numbers, or else in a place here, which holds
/// until the next ones are read.
template <class T, class Target, std::size_t Inputs, std::size_t Targets>
class sample_reader {
public:
    static constexpr std::size_t most = 16; ///< samples at a time

    struct samples {
        const T* x;            ///< [samples][Inputs]
        const Target* targets; ///< [samples][Targets]
    };

    explicit sample_reader(const pass_course& tour) noexcept
        : tour_(tour), direct_x_(tour.range.x[0].template direct<T>()) {
        if constexpr (std::is_same_v<Target, T>)
            if (!tour.range.y[0].empty())
                direct_targets_ = tour.range.y[0].template direct<T>();
    }
    sample_reader(const sample_reader&) = delete;
    sample_reader& operator=(const sample_reader&) = delete;

    /// As many samples from the one of that place in the order on.
    [[nodiscard]] samples read(std::size_t begin, std::size_t count) noexcept {
        samples result{x_.data(), targets_.data()};
        const bool is_ordered = !tour_.order.empty();
        if (direct_x_ != nullptr && !is_ordered)
            result.x = direct_x_ + (tour_.range.first + begin) * Inputs;
        else
            gather<Inputs>(tour_.range.x[0], direct_x_, begin, count, x_.data());
        if (direct_targets_ != nullptr && !is_ordered)
            result.targets = direct_targets_ + (tour_.range.first + begin) * Targets;
        else if (!tour_.range.y[0].empty())
            gather<Targets>(tour_.range.y[0], direct_targets_, begin, count, targets_.data());
        return result;
    }

private:
    template <std::size_t Size, class Samples, class Number>
    void gather(const Samples& all, const Number* direct, std::size_t begin, std::size_t count,
                Number* result) const noexcept {
        for (std::size_t i = 0; i < count; ++i, result += Size) {
            const std::size_t number =
                tour_.range.first + (tour_.order.empty() ? begin + i : tour_.order[begin + i]);
            if (direct == nullptr)
                all.read(number * Size, Size, result);
            else
                std::copy_n(direct + number * Size, Size, result);
        }
    }

    const pass_course& tour_; // not its parts: two would be read as one while they are being written
    const T* direct_x_;
    const Target* direct_targets_ = nullptr;
    std::array<T, most * Inputs> x_;
    std::array<Target, most * Targets> targets_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
