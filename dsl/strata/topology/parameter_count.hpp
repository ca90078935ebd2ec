// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/topology/node_head.hpp>
#include <strata/topology/shared_nodes.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// All numbers of a topology's parameters, the learnt ones among them. Linear in its layers.
template <class Inputs, class Ends, class... Nodes>
constexpr parameter_totals count_parameters(topology<Inputs, Ends, Nodes...>) {
    parameter_totals result;
    [[maybe_unused]] std::size_t node = 0;
    for_each_type(type_list<Nodes...>{}, [&]<class Node>(std::type_identity<Node>) {
        using whole = topology<Inputs, Ends, Nodes...>;
        if constexpr (detail::shares_weights<whole>) {
            const std::size_t first = detail::first_of_shared<whole>(node);
            if (first != node++)
                return;
        }
        result += parameters_in<head_of_node<Node>>;
    });
    return result;
}

/// The numbers that a topology learns, as Keras counts them, known before it is planned:
/// `static_assert(parameter_count(resnet50) == 25'557'032)`.
template <class Inputs, class Ends, class... Nodes>
constexpr std::size_t parameter_count(topology<Inputs, Ends, Nodes...> network) {
    return count_parameters(network).learnt;
}

} // namespace strata::bedrock::inline STRATA_SETTING
