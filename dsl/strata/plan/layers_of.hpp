// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/name_texts.hpp>
#include <strata/setting.hpp>

#include <boost/hana/tuple.hpp>

#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// One array of parameters of a layer: its name, which `net.parameter<...>()` takes, its shape in the
/// conventional order, and whether it is learnt.
template <class Topology, std::size_t Array>
struct parameter_description {
private:
    using parameter = typename detail::network_names<Topology>::template parameter<Array>;

public:
    static constexpr auto name = detail::array_text<Topology, Array>;
    static constexpr typename parameter::shape shape{};
    static constexpr bool is_learnt = parameter::is_learnt;
};

/// One layer of a network. All is known at compile time; the names are texts, which convert to
/// std::string_view.
template <class Topology, std::size_t Number>
struct layer_description {
private:
    using names = detail::network_names<Topology>;
    using node = type_at<Number, typename Topology::nodes>;

    template <class... Shapes>
    static constexpr auto shapes(type_list<Shapes...>) {
        return boost::hana::tuple<Shapes...>{};
    }
    template <std::size_t... Extents>
    static constexpr auto shapes(strata::shape<Extents...> one) {
        return boost::hana::tuple<strata::shape<Extents...>>{one};
    }
    // Its arrays follow each other.
    static constexpr std::size_t first_array = [] {
        std::size_t result = 0;
        while (result < names::count && names::arrays[result].node < Number)
            ++result;
        return result;
    }();
    static constexpr std::size_t array_count = [] {
        std::size_t result = 0;
        for (const detail::array_mark& mark : names::arrays)
            result += std::size_t{mark.node == Number};
        return result;
    }();
    template <std::size_t... I>
    static constexpr auto describe(std::index_sequence<I...>) {
        return boost::hana::tuple<parameter_description<Topology, first_array + I>...>{};
    }

public:
    /// "encoder.conv_1", and how it is written, "conv<32, 3>". Layers that share weights have one name.
    static constexpr auto name = detail::layer_text<Topology, Number>;
    static constexpr auto label = node::layer::label;
    /// A sequence of what it reads, most often one shape, and the shape that it makes.
    static constexpr auto input_shapes = shapes(typename node::input{});
    static constexpr typename node::output output_shape{};
    /// Whether it uses the weights of a layer of its name before it. That one has the arrays.
    static constexpr bool is_shared_again = names::first(Number) != Number;
    /// The numbers that it learns, and a sequence of its arrays.
    static constexpr std::size_t parameter_count =
        is_shared_again ? 0 : parameters_in<head_of_node<node>>.learnt;
    static constexpr auto parameters = describe(std::make_index_sequence<array_count>{});
    static constexpr bool is_frozen = node::layer::is_frozen;
};

namespace detail {
template <class Topology, std::size_t... Number>
constexpr auto describe_layers(std::index_sequence<Number...>) {
    return boost::hana::tuple<layer_description<Topology, Number>...>{};
}
} // namespace detail

/// The layers of a topology as a sequence of Boost.Hana, in the order in which they run:
/// `hana::for_each(layers_of(net), [](auto layer) { ... })`. Each is an empty `layer_description`.
template <class Inputs, class Ends, class... Nodes>
constexpr auto layers_of(topology<Inputs, Ends, Nodes...>) {
    return detail::describe_layers<stand_in<topology<Inputs, Ends, Nodes...>>>(
        std::index_sequence_for<Nodes...>{});
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::layers_of;
} // namespace strata
