// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/diagnostic.hpp>
#include <strata/setting.hpp>
#include <strata/topology/node_head.hpp>
#include <strata/topology/numbered.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// What must be the same of an array wherever a part has it.
template <text Name, class Shape, class Storage, bool IsPresent>
struct array_form;
template <class Parameter>
using form_of = array_form<Parameter::name, typename Parameter::shape, typename Parameter::storage,
                           Parameter::is_present>;

// Addresses that stand for types, to be compared as numbers are.
template <class... T>
inline constexpr char type_tag{};
template <class... Parameters>
constexpr const char* tag_of_arrays(type_list<Parameters...>) {
    return &type_tag<form_of<Parameters>...>;
}

// The layer that another one stands for when parts are compared: most often itself.
template <class Layer>
struct form_in_part {
    using type = Layer;
};
template <class Layer>
    requires requires { typename Layer::shared_form; }
struct form_in_part<Layer> {
    using type = typename Layer::shared_form;
};
template <class... Layers>
constexpr const char* tag_of_part(fragment<Layers...>) {
    return &type_tag<typename form_in_part<Layers>::type...>;
}

/// A layer as one of a shared part, or none.
struct shared_mark {
    bool is_shared = false;
    std::string_view part = {};
    std::size_t number = 0;
    const char* fragment = nullptr;
    const char* arrays = nullptr;
    bool is_frozen = false;

    [[nodiscard]] constexpr bool matches(const shared_mark& other) const {
        return is_shared && other.is_shared && number == other.number && part == other.part;
    }
};
template <class Node>
constexpr shared_mark shared_mark_of() {
    using layer = typename Node::layer;
    if constexpr (std::is_void_v<typename layer::shared_as>)
        return {};
    else
        return {true,
                layer::shared_as::name.view(),
                layer::shared_as::number,
                tag_of_part(typename layer::shared_part{}),
                tag_of_arrays(typename head_of_node<Node>::parameters{}),
                layer::is_frozen};
}

template <class Topology>
inline constexpr bool shares_weights = false;
template <class Inputs, class Ends, class... Nodes>
inline constexpr bool shares_weights<topology<Inputs, Ends, Nodes...>> = [] {
    bool result = false;
    for (const bool is_shared : {false, !std::is_void_v<typename Nodes::layer::shared_as>...})
        result = result || is_shared;
    return result;
}();

enum class sharing_fault { nothing, fragment, arrays, freezing };

/// For each node of a network the first one with its weights: itself, or the same layer of a shared part that
/// the network has had before. Quadratic in the layers of shared parts.
template <class Topology>
struct shared_nodes;
template <class Inputs, class Ends, class... Nodes>
struct shared_nodes<topology<Inputs, Ends, Nodes...>> {
    static constexpr std::size_t count = sizeof...(Nodes);

private:
    static constexpr std::array<shared_mark, count> marks{shared_mark_of<Nodes>()...};

    struct search {
        std::array<std::size_t, count> first{};
        sharing_fault fault = sharing_fault::nothing;
        std::size_t node = 0; ///< which does not fit the first
    };
    static constexpr search found = [] {
        search result;
        for (std::size_t node = 0; node < count; ++node) {
            std::size_t first = 0;
            while (first < node && !marks[node].matches(marks[first]))
                ++first;
            result.first[node] = first;
            if (result.fault != sharing_fault::nothing)
                continue;
            result.node = node;
            if (marks[node].fragment != marks[first].fragment)
                result.fault = sharing_fault::fragment;
            else if (marks[node].arrays != marks[first].arrays)
                result.fault = sharing_fault::arrays;
            else if (marks[node].is_frozen != marks[first].is_frozen)
                result.fault = sharing_fault::freezing;
        }
        return result;
    }();

    template <std::size_t Index>
    using element = type_at<Index, type_list<Nodes...>>;

    // The first of two lists' arrays that differ, or how many the shorter list has.
    template <class... One, class... Other>
    static constexpr std::size_t differing(type_list<One...>, type_list<Other...>) {
        constexpr std::array<const char*, sizeof...(One) + 1> one{&type_tag<form_of<One>>..., nullptr};
        constexpr std::array<const char*, sizeof...(Other) + 1> other{&type_tag<form_of<Other>>..., nullptr};
        std::size_t result = 0;
        while (result < std::min(sizeof...(One), sizeof...(Other)) && one[result] == other[result])
            ++result;
        return result;
    }

    static consteval bool check() {
        constexpr std::size_t node = found.node;
        constexpr std::size_t first = found.first[node];
        using one = element<first>;
        using other = element<node>;
        if constexpr (found.fault == sharing_fault::nothing)
            return true;
        else {
            constexpr auto place = place_text<node + 1, typename other::layer>;
            constexpr auto position = text(" layer ") + number_text<first + 1>;
            if constexpr (found.fault == sharing_fault::fragment)
                return reject<shared_nodes, place, text("the shared part ") + other::layer::shared_as::name,
                              text("is another fragment than at") + position>();
            else if constexpr (found.fault == sharing_fault::freezing)
                return reject<shared_nodes, place, text("the shared part ") + other::layer::shared_as::name,
                              text("is frozen here or at") + position, "but not at both">();
            else {
                using had = typename head_of_node<one>::parameters;
                using wanted = typename head_of_node<other>::parameters;
                constexpr std::size_t array = differing(had{}, wanted{});
                if constexpr (array >= std::min(had::size, wanted::size))
                    return reject<shared_nodes, place, text("has the weights of") + position,
                                  text("its arrays would be ") + number_text<wanted::size>,
                                  text("those of") + position + " are " + number_text<had::size>>();
                else
                    return reject<shared_nodes, place, text("has the weights of") + position,
                                  text("its ") + type_at<array, wanted>::name + " would be " +
                                      shape_text<typename type_at<array, wanted>::shape>,
                                  text("that of") + position + " is " +
                                      shape_text<typename type_at<array, had>::shape>>();
            }
        }
    }
    static_assert(check());

public:
    [[nodiscard]] static constexpr std::size_t first(std::size_t node) { return found.first[node]; }
};

/// The first node with a node's weights.
template <class Topology>
constexpr std::size_t first_of_shared(std::size_t node) {
    if constexpr (shares_weights<plain<Topology>>)
        return shared_nodes<plain<Topology>>::first(node);
    else
        return node;
}

} // namespace strata::bedrock::inline STRATA_SETTING::detail
