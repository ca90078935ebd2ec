// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/diagnostic.hpp>
#include <strata/learning/gradient_needs.hpp>

#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
namespace clipping_names {
using namespace symbols;
inline constexpr variable_term<"clip_limit"> clip_limit{};
inline constexpr variable_term<"clip_scale"> clip_scale{};
inline constexpr auto value_rule = rule<(g = max(min(g, clip_limit), -clip_limit))>;
inline constexpr auto norm_rule = rule<(g = clip_scale * g)>;
} // namespace clipping_names

template <class Optimizer>
concept clips = requires {
    Optimizer::clips;
};

template <class Optimizer>
consteval bool check_clipping() {
    if constexpr (clips<Optimizer>)
        return reject<Optimizer, "an optimizer clips once", "by value, by norm or by global norm">();
    else if constexpr (scales_directions<Optimizer>)
        return reject<Optimizer, "an optimizer with direction_scalars", "cannot be clipped">();
    else
        return true;
}

/// An optimizer whose gradients go through a rule first. Where it needs norms, they are those behind the
/// rule.
template <class Optimizer, auto Rule>
struct preceded : Optimizer {
    static constexpr auto update = join_rules(Rule, Optimizer::update);
};
template <class Optimizer, auto Rule>
    requires(!has_direction<Optimizer> && scales_arrays<Optimizer>)
struct preceded<Optimizer, Rule> : Optimizer {
    static constexpr auto direction = Rule;
};
template <has_direction Optimizer, auto Rule>
struct preceded<Optimizer, Rule> : Optimizer {
    static constexpr auto direction = join_rules(Rule, Optimizer::direction);
};

template <class Optimizer, auto Rule>
struct clipped : preceded<Optimizer, Rule> {
    static_assert(check_clipping<Optimizer>());
    static constexpr bool clips = true;

    double limit;

    [[nodiscard]] std::string_view fault() const {
        return limit > 0 ? fault_of(static_cast<const Optimizer&>(*this))
                         : "the limit of a clipping is not above 0";
    }
};

/// Which norms a clipping looks at, for texts: the rules are the same.
template <bool Global>
inline constexpr std::string_view norms_text = Global ? "the norm of all arrays" : "the norm of each array";

/// The factor that brings a norm down to a limit. A norm that is not finite makes it NaN, so that the next
/// loss tells.
inline auto scale_to_limit(double norm, double limit) {
    return bind(clipping_names::clip_scale = (norm > limit ? limit / norm : 1.0) + (norm - norm));
}
} // namespace detail

/// Made by `clip_value`.
template <class Optimizer>
struct value_clipping : detail::clipped<Optimizer, detail::clipping_names::value_rule> {
    auto scalars(double step) const {
        return unite(Optimizer::scalars(step), bind(detail::clipping_names::clip_limit = this->limit));
    }
};

/// Made by `clip_norm` and `clip_global_norm`. Norms that the optimizer itself asks for are those of the
/// clipped gradients, so they need a pass of their own.
template <class Optimizer, bool Global,
          bool Again = detail::has_direction<Optimizer> || detail::scales_arrays<Optimizer>>
struct norm_clipping : detail::clipped<Optimizer, detail::clipping_names::norm_rule> {
    static constexpr std::string_view clipped_norms = detail::norms_text<Global>;

    auto array_scalars(const gradient_norms& norms) const {
        return detail::scale_to_limit(Global ? norms.all : norms.array, this->limit);
    }
};
template <class Optimizer, bool Global>
struct norm_clipping<Optimizer, Global, true>
    : detail::clipped<Optimizer, detail::clipping_names::norm_rule> {
    static constexpr std::string_view clipped_norms = detail::norms_text<Global>;

    auto direction_scalars(const gradient_norms& norms) const {
        return detail::scale_to_limit(Global ? norms.all : norms.array, this->limit);
    }
};

/// An optimizer whose gradients are clipped first, as Keras does it; penalties of regularizers are part of a
/// gradient. `clip_value`: each number to [-limit, limit] (Keras's `clipvalue`); it needs nothing else and
/// stays in the weight gradient's registers. `clip_norm`: each array whose norm is above the limit is scaled
/// to it (`clipnorm`); `clip_global_norm`: all arrays are scaled alike where the norm of all together is
/// above it (`global_clipnorm`; Pascanu, Mikolov and Bengio 2013). An optimizer is clipped once.
template <optimizer_type Optimizer>
constexpr value_clipping<Optimizer> clip_value(Optimizer optimizer, double limit) {
    return {{{optimizer}, limit}};
}
template <optimizer_type Optimizer>
constexpr norm_clipping<Optimizer, false> clip_norm(Optimizer optimizer, double limit) {
    return {{{optimizer}, limit}};
}
template <optimizer_type Optimizer>
constexpr norm_clipping<Optimizer, true> clip_global_norm(Optimizer optimizer, double limit) {
    return {{{optimizer}, limit}};
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::clip_global_norm;
using bedrock::clip_norm;
using bedrock::clip_value;
} // namespace strata

STRATA_HEADER_END
