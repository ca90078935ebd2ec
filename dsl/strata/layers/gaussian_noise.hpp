// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/real.hpp>
#include <strata/layers/elementwise_head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

#include <limits>

namespace strata::bedrock::inline STRATA_SETTING {

/// What noise does to an element: x + n, or x (1 + n).
enum class noise_kind { added, multiplied };

/// What a layer with Gaussian noise computes, for the plan. `Amount` is the deviation of added noise, and the
/// rate of the dropout that multiplied noise stands for.
template <noise_kind Kind, real Amount, std::size_t Rows, std::size_t Width>
struct gaussian_disturbance : detail::elementwise_head<Rows, Width> {
    static constexpr noise_kind kind = Kind;
    static constexpr double amount = Amount.value();
};

/// x + n with n from N(0, Deviation^2) in training, x in prediction, as Keras's GaussianNoise. Shape in =
/// shape out; the gradient passes as it is. The noise depends on seed, step, layer and element only. Rejects
/// deviations below 0.
template <real Deviation>
struct gaussian_noise_layer : layer_base {
    using role = role::training_head;
    static constexpr auto label = text("gaussian_noise");
    static constexpr auto spelling(auto&& write) { return write("gaussian_noise<", Deviation); }
    static constexpr double deviation = Deviation.value();

private:
    static constexpr bool is_finite = deviation >= 0 && deviation <= std::numeric_limits<double>::max();

public:
    template <class Shape>
    static constexpr bool accepts = is_finite&& Shape::size > 0;
    template <class>
    static constexpr auto wants = [] {
        if constexpr (is_finite)
            return text("at least one number");
        else
            return text("a finite deviation of 0 or more");
    }();
    template <class Shape>
    using output = Shape;
    template <class Shape>
    using head = gaussian_disturbance<noise_kind::added, Deviation, Shape::size / Shape::last, Shape::last>;
};

/// x n with n from N(1, Rate / (1 - Rate)) in training, which has the mean and the variance of dropout's
/// factors; x in prediction (Keras's GaussianDropout; Srivastava et al. 2014, section 10). Shape in = shape
/// out; the gradient is dy n. Rejects rates outside [0, 1).
template <real Rate>
struct gaussian_dropout_layer : layer_base {
    using role = role::training_head;
    static constexpr auto label = text("gaussian_dropout");
    static constexpr auto spelling(auto&& write) { return write("gaussian_dropout<", Rate); }
    static constexpr double rate = Rate.value();

    template <class Shape>
    static constexpr bool accepts = rate >= 0 && rate<1 && Shape::size> 0;
    template <class>
    static constexpr auto wants = [] {
        if constexpr (rate >= 0 && rate < 1)
            return text("at least one number");
        else
            return text("a rate in [0, 1)");
    }();
    template <class Shape>
    using output = Shape;
    template <class Shape>
    using head = gaussian_disturbance<noise_kind::multiplied, Rate, Shape::size / Shape::last, Shape::last>;
};

template <real Deviation>
inline constexpr gaussian_noise_layer<Deviation> gaussian_noise{};
template <real Rate>
inline constexpr gaussian_dropout_layer<Rate> gaussian_dropout{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::gaussian_dropout;
using bedrock::gaussian_noise;
} // namespace strata
