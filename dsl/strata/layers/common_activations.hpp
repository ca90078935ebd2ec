// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/type_of.hpp>
#include <strata/layers/activation.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
// The formulas below are written with x and y, names that the library keeps out of its users' way.
namespace formulas {
using namespace symbols;

inline constexpr auto logistic = detail::make<operation::logistic>(x);
inline constexpr auto hyperbolic_tangent = detail::make<operation::hyperbolic_tangent>(x);

inline constexpr activation_layer<"linear", x> linear;
inline constexpr activation_layer<"relu", max(x, 0), select(y > 0, 1, 0)> relu;
inline constexpr activation_layer<"sigmoid", logistic> sigmoid;
inline constexpr activation_layer<"tanh", hyperbolic_tangent> tanh;
} // namespace formulas
} // namespace detail

// Each is a layer (`dense<8> | relu`) and a function of formulas (`activation<x * sigmoid(x)>`). Definitions
// are those of Keras 2. The others are in `activations.hpp`: a compiler evaluates every formula that it
// reads.

using detail::formulas::linear;  ///< x
using detail::formulas::relu;    ///< max(x, 0), slope 0 at 0
using detail::formulas::sigmoid; ///< 1 / (1 + e^-x)

using tanh_layer = type_of<detail::formulas::tanh>;

/// `tanh` as a layer is a function that nobody calls, as `std::endl` is: the C library owns a function of
/// that name in the global namespace, so an object could not be named after `using namespace strata`. The
/// pipe takes it.
constexpr tanh_layer tanh(tanh_layer layer) { return layer; }

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::linear;
using bedrock::relu;
using bedrock::sigmoid;
using bedrock::tanh;
} // namespace strata

STRATA_HEADER_END
