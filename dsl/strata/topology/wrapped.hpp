// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/topology/branch.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

template <class Rule, class... Wrappers>
struct expanded;
template <text Name, class Fragment, class... Wrappers>
struct sharing;

namespace detail {

// Wrapping puts each layer of a fragment that may have parameters into `Wrapper::type<Layer>`, also where the
// layer stands in a branch, a bypass or a repetition.

template <class Layer>
inline constexpr bool may_have_parameters =
    !Layer::is_mask &&
    (std::same_as<typename Layer::role, role::head> || std::same_as<typename Layer::role, role::merge> ||
     std::same_as<typename Layer::role, role::training_head>);

template <class Wrapper, layer Layer>
constexpr auto wrap(fragment<Layer>) {
    if constexpr (may_have_parameters<Layer>)
        return fragment<typename Wrapper::template type<Layer>>{};
    else
        return fragment<Layer>{};
}
template <class Wrapper, std::size_t Index>
constexpr auto wrap(fragment<picked<Index>> one) {
    return one;
}
template <class Wrapper, class... Fragments>
constexpr auto wrap(fragment<fork<Fragments...>>);
template <class Wrapper, class... Fragments>
constexpr auto wrap(fragment<fork_of_all<Fragments...>>);
template <class Wrapper, class Body, class Projection>
constexpr auto wrap(fragment<bypass<Body, Projection>>);
template <class Wrapper, std::size_t Times, class Fragment>
constexpr auto wrap(fragment<repeated<Times, Fragment>>);
template <class Wrapper, class Rule, class... Wrappers>
constexpr auto wrap(fragment<expanded<Rule, Wrappers...>>) {
    return fragment<expanded<Rule, Wrappers..., Wrapper>>{};
}

// A shared part wraps its layers when it knows them.
template <class Wrapper, text Name, class Fragment, class... Wrappers>
constexpr auto wrap(fragment<sharing<Name, Fragment, Wrappers...>>) {
    return fragment<sharing<Name, Fragment, Wrappers..., Wrapper>>{};
}

template <class Wrapper, class... Layers>
constexpr auto wrap_all(fragment<Layers...>) {
    return (fragment<>{} | ... | wrap<Wrapper>(fragment<Layers>{}));
}
template <class Wrapper, class... Fragments>
constexpr auto wrap(fragment<fork<Fragments...>>) {
    return fragment<fork<decltype(wrap_all<Wrapper>(Fragments{}))...>>{};
}
template <class Wrapper, class... Fragments>
constexpr auto wrap(fragment<fork_of_all<Fragments...>>) {
    return fragment<fork_of_all<decltype(wrap_all<Wrapper>(Fragments{}))...>>{};
}
template <class Wrapper, class Body, class Projection>
constexpr auto wrap(fragment<bypass<Body, Projection>>) {
    return fragment<bypass<decltype(wrap_all<Wrapper>(Body{})), decltype(wrap_all<Wrapper>(Projection{}))>>{};
}
template <class Wrapper, std::size_t Times, class Fragment>
constexpr auto wrap(fragment<repeated<Times, Fragment>>) {
    return fragment<repeated<Times, decltype(wrap_all<Wrapper>(Fragment{}))>>{};
}

/// In several wrappers, the first within the next.
template <class Fragment>
constexpr auto wrap_in(type_list<>, Fragment layers) {
    return layers;
}
template <class Wrapper, class... Rest, class Fragment>
constexpr auto wrap_in(type_list<Wrapper, Rest...>, Fragment layers) {
    return wrap_in(type_list<Rest...>{}, wrap_all<Wrapper>(layers));
}

} // namespace detail

} // namespace strata::bedrock::inline STRATA_SETTING
