// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/topology/topology.hpp>

namespace strata {

namespace detail {
template <class Node>
constexpr std::size_t parameters_of_node() {
    using layer = typename Node::layer;
    using what = typename layer::role;
    if constexpr (std::same_as<what, role::contraction>)
        return layer::template parameter_count<typename Node::input>;
    else if constexpr (std::same_as<what, role::head>)
        return layer::template head<typename Node::input>::parameter_count;
    else
        return 0;
}
} // namespace detail

/// The numbers that a topology learns, as Keras counts them, known before it is planned:
/// `static_assert(parameter_count(resnet50) == 25'557'032)`. Linear in its layers.
template <class Inputs, class Ends, class... Nodes>
constexpr std::size_t parameter_count(topology<Inputs, Ends, Nodes...>) {
    return sum_over_types(type_list<Nodes...>{}, []<class Node>(std::type_identity<Node>) {
        return detail::parameters_of_node<Node>();
    });
}

} // namespace strata
