// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_list.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Reads one sample after another of a network of one input and one output: where it lies, if its numbers are
/// the network's own, or converted and scaled into a place here, which holds until the next one is read.
template <class T, class Target, std::size_t Inputs, std::size_t Targets>
class sample_reader {
public:
    struct sample {
        const T* x;
        const Target* target;
    };

    explicit sample_reader(const sample_range& range) noexcept
        : range_(&range), direct_x_(range.x[0].template direct<T>()) {
        if constexpr (std::is_same_v<Target, T>)
            if (!range.y[0].empty())
                direct_target_ = range.y[0].template direct<T>();
    }
    sample_reader(const sample_reader&) = delete;
    sample_reader& operator=(const sample_reader&) = delete;

    /// Sample i of the range.
    [[nodiscard]] sample read(std::size_t i) noexcept {
        const std::size_t number = range_->first + i;
        sample result{x_.data(), target_.data()};
        if (direct_x_ != nullptr)
            result.x = direct_x_ + number * Inputs;
        else
            range_->x[0].read(number * Inputs, Inputs, x_.data());
        if (direct_target_ != nullptr)
            result.target = direct_target_ + number * Targets;
        else if (!range_->y[0].empty())
            range_->y[0].read(number * Targets, Targets, target_.data());
        return result;
    }

private:
    const sample_range* range_;
    const T* direct_x_;
    const Target* direct_target_ = nullptr;
    std::array<T, Inputs> x_{};
    std::array<Target, Targets> target_{};
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
