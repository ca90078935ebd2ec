// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/topology/wrapped.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// A part that stands for a fragment which depends on the shapes in front of it. `Rule` offers `label`, its
/// text by `spelling(write)`, how many layers it makes, `layer_count`, and `layers<Shapes...>()`: the
/// fragment for those shapes, or a text, which says what it would accept. What wraps the part, as a name
/// does, wraps the fragment's layers.
template <class Rule, class... Wrappers>
struct expanded : split_base {
    static constexpr auto label = Rule::label;

    template <std::size_t Inputs, std::size_t NodeCount, class... Ends>
    static constexpr auto append_to(detail::site<Inputs, NodeCount, type_list<Ends...>> start) {
        constexpr auto layers = Rule::template layers<typename Ends::shape...>();
        if constexpr (detail::piece<decltype(layers)>)
            return detail::append_all(start, detail::wrap_in(type_list<Wrappers...>{}, layers));
        else {
            static_assert(detail::reject<decltype(start), detail::place_text<NodeCount + 1, expanded>,
                                         text("cannot take ") + detail::shapes_text<typename Ends::shape...>,
                                         text("it accepts ") + layers>());
            return detail::growth<decltype(start)>{};
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
