// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/layers/common_activations.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
namespace formulas {
using namespace symbols;

inline constexpr auto approximate_tangent = detail::make<operation::approximate_hyperbolic_tangent>(x);
inline constexpr auto approximate_logistic = detail::make<operation::approximate_logistic>(x);

// With a slope below zero the sign of the output no longer tells the sign of the input.
template <real Slope>
inline constexpr auto leaky_from_output = [] {
    if constexpr (Slope.value() >= 0)
        return select(y > 0, 1, constant<Slope>);
    else
        return automatic_derivative{};
}();
template <real Alpha>
inline constexpr auto elu_from_output = [] {
    if constexpr (Alpha.value() >= 0)
        return select(y > 0, 1, y + constant<Alpha>);
    else
        return automatic_derivative{};
}();

// Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks" (2017).
inline constexpr double selu_alpha = 1.6732632423543772848170429916717;
inline constexpr double selu_scale = 1.0507009873554804934193349852946;
inline constexpr double one_over_root_two = 0.70710678118654752440;

inline constexpr activation_layer<"relu6", min(max(x, 0), 6), select(y > 0, select(y < 6, 1, 0), 0)> relu6;
template <real Low, real High>
inline constexpr activation_layer<"clip", min(max(x, constant<Low>), constant<High>),
                                  select(y > constant<Low>, select(y < constant<High>, 1, 0), 0)>
    clip;
template <real Slope>
inline constexpr activation_layer<"leaky_relu", select(x > 0, x, constant<Slope>* x),
                                  leaky_from_output<Slope>>
    leaky_relu;
template <real Alpha>
inline constexpr activation_layer<"elu", select(x > 0, x, constant<Alpha>* expm1(x)), elu_from_output<Alpha>>
    elu;
inline constexpr activation_layer<"selu", selu_scale * select(x > 0, x, selu_alpha* expm1(x)),
                                  select(y > 0, selu_scale, y + selu_scale * selu_alpha)>
    selu;
inline constexpr activation_layer<"gelu", 0.5 * x*(1 + erf(one_over_root_two * x))> gelu;
inline constexpr activation_layer<"silu", x * logistic> silu;
inline constexpr activation_layer<"hard_sigmoid", min(max(0.2 * x + 0.5, 0), 1),
                                  select(y > 0, select(y < 1, 0.2, 0), 0)>
    hard_sigmoid;
template <real Slope, real Offset>
inline constexpr auto cut_line = min(max(constant<Slope>* x + constant<Offset>, 0), 1);
template <real Slope, real Offset>
inline constexpr activation_layer<"linear_sigmoid", cut_line<Slope, Offset>,
                                  select(y > 0, select(y < 1, constant<Slope>, 0), 0)>
    linear_sigmoid;
template <real Slope, real Offset>
inline constexpr activation_layer<"linear_swish", x * cut_line<Slope, Offset>> linear_swish;
inline constexpr double one_sixth = 1.0 / 6;
inline constexpr activation_layer<"hard_sigmoid6", one_sixth * min(max(x + 3, 0), 6),
                                  select(y > 0, select(y < 1, one_sixth, 0), 0)>
    hard_sigmoid6;
inline constexpr activation_layer<"hard_swish", x*(one_sixth* min(max(x + 3, 0), 6))> hard_swish;
inline constexpr activation_layer<"approximate_tanh", approximate_tangent> approximate_tanh;
inline constexpr activation_layer<"approximate_sigmoid", approximate_logistic> approximate_sigmoid;
// Half of x and half of |x| are max(x, 0) with the slope 1/2 at 0, which makes the derivative right there,
// too. Their sum is halved before, since that of large ones would be infinite, and infinities of both signs
// have none.
inline constexpr auto finite_below = max(x, -1e38);
inline constexpr activation_layer<
    "softplus", 0.5 * finite_below + 0.5 * abs(finite_below) + log1p(exp(-abs(x))), -expm1(-y)>
    softplus;
inline constexpr activation_layer<"softsign", x / (1 + abs(x)), square(1 - abs(y))> softsign;
inline constexpr activation_layer<"exponential", exp(x)> exponential;
} // namespace formulas
} // namespace detail

// As those of `common_activations.hpp`, which most networks do with. Definitions are those of Keras 2.

using detail::formulas::exponential;   ///< e^x
using detail::formulas::gelu;          ///< x times the normal distribution function, by erf
using detail::formulas::hard_sigmoid;  ///< 0.2 x + 0.5, cut to [0, 1]: Keras 2, and ONNX without arguments
using detail::formulas::hard_sigmoid6; ///< relu6(x + 3) / 6: Keras 3 and PyTorch
using detail::formulas::hard_swish;    ///< x relu6(x + 3) / 6: PyTorch and ONNX, Keras 3's hard_silu
using detail::formulas::relu6;         ///< x, cut to [0, 6], slope 0 at both
using detail::formulas::selu;          ///< scaled elu
using detail::formulas::silu;          ///< x sigmoid(x), also known as swish
using detail::formulas::softplus;      ///< log(1 + e^x)
using detail::formulas::softsign;      ///< x / (1 + |x|)

/// tanh and sigmoid in about two thirds of the time, for networks that answer one sample after another and
/// whose results are heard rather than counted: a quotient of polynomials, x P(x^2) / Q(x^2) of the degrees 2
/// and 3, where |x| < 6, and what that is at 6 beyond (minimax in the relative error). In floats the largest
/// error is 2e-5 and 1e-5, of small results of tanh 8e-6 of the result; they are never larger than 1. In
/// double they are `tanh` and `sigmoid`. Slopes are 1 - y^2 and y (1 - y). Weights of `tanh` and `sigmoid`
/// fit; exported models have those.
using detail::formulas::approximate_sigmoid;
using detail::formulas::approximate_tanh;

/// x above 0, Slope x below. Keras's layer has the slope 0.3.
template <real Slope = 0.3>
inline constexpr auto leaky_relu = detail::formulas::leaky_relu<Slope>;

/// x above 0, Alpha (e^x - 1) below.
template <real Alpha = 1.0>
inline constexpr auto elu = detail::formulas::elu<Alpha>;

/// x, cut to [Low, High], with the slope 0 at both and beyond.
template <real Low, real High>
inline constexpr auto clip = detail::formulas::clip<Low, High>;

/// Slope x + Offset, cut to [0, 1]: a hard sigmoid of any slope, as ONNX's.
template <real Slope = 0.2, real Offset = 0.5>
inline constexpr auto linear_sigmoid = detail::formulas::linear_sigmoid<Slope, Offset>;

/// x linear_sigmoid<Slope, Offset>(x): by default the hard swish of Keras 2's hard sigmoid.
template <real Slope = 0.2, real Offset = 0.5>
inline constexpr auto linear_swish = detail::formulas::linear_swish<Slope, Offset>;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::approximate_sigmoid;
using bedrock::approximate_tanh;
using bedrock::clip;
using bedrock::elu;
using bedrock::exponential;
using bedrock::gelu;
using bedrock::hard_sigmoid;
using bedrock::hard_sigmoid6;
using bedrock::hard_swish;
using bedrock::leaky_relu;
using bedrock::linear_sigmoid;
using bedrock::linear_swish;
using bedrock::relu6;
using bedrock::selu;
using bedrock::silu;
using bedrock::softplus;
using bedrock::softsign;
} // namespace strata

STRATA_HEADER_END
