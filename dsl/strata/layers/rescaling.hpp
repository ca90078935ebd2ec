// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/activation.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <real Scale, real Offset>
inline constexpr auto rescaled = constant<Scale>* symbols::x + constant<Offset>;
}

/// y = Scale x + Offset for each number, with nothing to learn: `rescaling<1.0 / 255>` of images in bytes. A
/// formula, so that it costs no pass over the numbers where it joins another layer's.
template <real Scale, real Offset = 0.0>
inline constexpr activation_layer<"rescaling", detail::rescaled<Scale, Offset>> rescaling{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::rescaling;
} // namespace strata
