// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <cstring>
#include <numbers>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// A learning rate that may depend on the step, the number of updates made so far: a number, one of the
/// schedules below, or any small callable from a step to a rate. Copying one allocates nothing.
class schedule {
public:
    schedule(double rate) { std::memcpy(storage_, &rate, sizeof rate); }

    template <class Function>
        requires(std::is_trivially_copyable_v<Function> && sizeof(Function) <= 64 &&
                 alignof(Function) <= alignof(std::max_align_t) &&
                 std::is_invocable_r_v<double, const Function&, double>)
    schedule(Function function) {
        std::memcpy(storage_, &function, sizeof(Function));
        call_ = [](const void* storage, double step) -> double {
            return (*static_cast<const Function*>(storage))(step);
        };
    }

    [[nodiscard]] double operator()(double step) const {
        if (call_ != nullptr) [[unlikely]]
            return call_(storage_, step);
        // A number, which tiny networks ask for between steps of some nanoseconds.
        double rate;
        std::memcpy(&rate, storage_, sizeof rate);
        return rate;
    }

    /// Whether both are the same number, or the same callable with the same bytes.
    friend bool operator==(const schedule& a, const schedule& b) noexcept {
        return a.call_ == b.call_ && std::memcmp(a.storage_, b.storage_, sizeof a.storage_) == 0;
    }

private:
    alignas(std::max_align_t) unsigned char storage_[64]{};
    double (*call_)(const void*, double) = nullptr; ///< none: a number
};

/// initial * rate^floor(step / every).
struct step_decay {
    double initial;
    double rate = 0.5;
    double every = 1000;
    double operator()(double step) const { return initial * std::pow(rate, std::floor(step / every)); }
};

/// initial * rate^(step / every), Keras's ExponentialDecay.
struct exponential_decay {
    double initial;
    double rate = 0.96;
    double every = 1000;
    double operator()(double step) const { return initial * std::pow(rate, step / every); }
};

/// Falls from `initial` to `final` along half a period of a cosine in `steps` updates (Loshchilov and Hutter
/// 2017), and stays at `final`.
struct cosine_decay {
    double initial;
    double steps;
    double final = 0;
    double operator()(double step) const {
        const double progress = step < steps ? step / steps : 1;
        return final + (initial - final) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
    }
};

/// Rises linearly from near zero over the first `steps` updates, then takes the rates of `following`, which
/// counts its steps from there.
template <class Following>
struct warm_up {
    double steps;
    Following following;
    double operator()(double step) const {
        if (step >= steps)
            return rate(step - steps);
        return rate(0) * (step + 1) / (steps + 1);
    }

private:
    double rate(double step) const {
        if constexpr (std::is_arithmetic_v<Following>)
            return following;
        else
            return following(step);
    }
};
template <class Following>
warm_up(double, Following) -> warm_up<Following>;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::cosine_decay;
using bedrock::exponential_decay;
using bedrock::schedule;
using bedrock::step_decay;
using bedrock::warm_up;
} // namespace strata
