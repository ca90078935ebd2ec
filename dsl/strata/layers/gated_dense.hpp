// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/activation_option.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/merge.hpp>
#include <strata/layers/projection.hpp>
#include <strata/setting.hpp>
#include <strata/topology/branch.hpp>
#include <strata/topology/named.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <text Name, std::size_t Units, auto Activation, auto... Options>
constexpr auto gated_unit() {
    static_assert(is_activation<type_of<Activation>>,
                  "strata: gated_dense takes the activation of its gate, gated_dense<64, relu>");
    constexpr option_list<Options...> options{};
    return named<Name>(branches(projection<"gate", Units>(options) | activation_option(linear, Activation),
                                projection<"value", Units>(options)) |
                       multiply);
}
} // namespace detail

/// A gated unit (Dauphin et al. 2017; Shazeer 2020): y = f(x W + b) * (x V + c) over the last axis, a gate f
/// and a value, each a dense layer. Shape [..., K] -> [..., Units]. Its parameters are
/// `gated_dense.gate.kernel` [K, Units], `gated_dense.gate.bias`, `gated_dense.value.kernel` and
/// `gated_dense.value.bias`. Gradients: with g = x W + b and v = x V + c those of both layers, for which dg =
/// f'(g) v dy and dv = f(g) dy. 2 K Units multiplications per row. Rejects what `dense` rejects.
///
/// `Activation` is that of the gate, and `Options` are those of `dense`, for both: `gated_dense<64, relu,
/// no_bias>`.
template <std::size_t Units, auto Activation, auto... Options>
inline constexpr auto gated_dense = detail::gated_unit<"gated_dense", Units, Activation, Options...>();

/// The same with names of their own, `swiglu.gate.kernel`: a gate by `sigmoid`, `silu` and `gelu`.
/// `dense<Hidden> | relu` of a transformer becomes `swiglu<Hidden, no_bias>` in LLaMA, whose `gate_proj`,
/// `up_proj` and `down_proj` are the gate, the value and the dense layer behind. In PyTorch `F.glu` of one
/// layer of twice the width has the value first and the gate behind it.
template <std::size_t Units, auto... Options>
inline constexpr auto glu = detail::gated_unit<"glu", Units, sigmoid, Options...>();
template <std::size_t Units, auto... Options>
inline constexpr auto swiglu = detail::gated_unit<"swiglu", Units, silu, Options...>();
template <std::size_t Units, auto... Options>
inline constexpr auto geglu = detail::gated_unit<"geglu", Units, gelu, Options...>();

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::gated_dense;
using bedrock::geglu;
using bedrock::glu;
using bedrock::swiglu;
} // namespace strata
