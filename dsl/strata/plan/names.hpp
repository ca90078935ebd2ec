// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/topology/node_head.hpp>
#include <strata/topology/shared_nodes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a layer is called in a network: the part that it stands in, "encoder." or nothing, the name of its
/// kind, "dense", and its number among the layers of that kind in that part. The first has no number, as in
/// Keras: `dense`, `dense_1`, `encoder.dense`.
struct layer_name {
    std::string_view scope;
    std::string_view kind;
    std::size_t number = 0;

    [[nodiscard]] constexpr std::size_t size() const {
        return scope.size() + kind.size() + (number > 0 ? 1 + detail::decimal_digits(number) : 0);
    }
    /// Writes its characters and returns what is behind them.
    constexpr char* write(char* place) const {
        place = std::copy(scope.begin(), scope.end(), place);
        place = std::copy(kind.begin(), kind.end(), place);
        if (number == 0)
            return place;
        *place = '_';
        std::size_t rest = number;
        for (std::size_t digit = detail::decimal_digits(number); digit > 0; --digit, rest /= 10)
            place[digit] = static_cast<char>('0' + rest % 10);
        return place + 1 + detail::decimal_digits(number);
    }
    [[nodiscard, gnu::noinline]] std::string string() const {
        std::string result(size(), '\0');
        write(result.data());
        return result;
    }
    /// Whether that is what it is called.
    [[nodiscard]] constexpr bool matches(std::string_view wanted) const {
        std::size_t place = 0;
        for (const std::string_view part : {scope, kind}) {
            if (wanted.substr(place, part.size()) != part)
                return false;
            place += part.size();
        }
        if (number == 0)
            return place == wanted.size();
        if (place >= wanted.size() || wanted[place++] != '_')
            return false;
        if (wanted.size() - place != detail::decimal_digits(number))
            return false;
        std::size_t rest = number;
        for (std::size_t digit = wanted.size(); digit-- > place; rest /= 10)
            if (wanted[digit] != static_cast<char>('0' + rest % 10))
                return false;
        return true;
    }
};

namespace detail {
/// "dense" of "dense<512>".
constexpr std::string_view kind_in(std::string_view label) { return label.substr(0, label.find('<')); }

/// Numbers the layers of each kind in each part. `first` says which layer has a layer's weights before it, or
/// that it is the first itself.
template <std::size_t Count, class First>
constexpr std::array<layer_name, Count> numbered_layers(std::array<layer_name, Count> layers,
                                                        const First& first) {
    // The one before it of the same kind stands near in most networks.
    for (std::size_t i = 1; i < Count; ++i) {
        if (first(i) != i) {
            layers[i].number = layers[first(i)].number;
            continue;
        }
        for (std::size_t j = i; j-- > 0;)
            if (layers[j].kind == layers[i].kind && layers[j].scope == layers[i].scope && first(j) == j) {
                layers[i].number = layers[j].number + 1;
                break;
            }
    }
    return layers;
}

/// The number of the layer of that name among layers without numbers yet; that of all for none.
template <std::size_t Count, class First>
constexpr std::size_t find_layer(const std::array<layer_name, Count>& layers, std::string_view wanted,
                                 const First& first) {
    // Those of its kind in its part are called alike but for the number, which counts them.
    std::string_view known = wanted.substr(0, wanted.find_last_not_of("0123456789") + 1);
    known = known.size() < wanted.size() && known.ends_with('_') ? known.substr(0, known.size() - 1) : wanted;
    std::size_t number = 0;
    for (std::size_t i = 0; i < Count; ++i) {
        if (first(i) != i)
            continue;
        layer_name each = layers[i];
        if (each.matches(wanted) && number == 0)
            return i;
        if (!each.matches(known))
            continue;
        each.number = number++;
        if (each.matches(wanted))
            return i;
    }
    return Count;
}

/// One array of parameters of a network, as numbers: of its node, and of its type among those that the node's
/// head lists.
struct array_mark {
    std::size_t node = 0;
    std::size_t place = 0;
    std::string_view name;
};

// What is told of all layers at once.
template <class Topology>
struct network_arrays;
template <class Inputs, class Ends, class... Nodes>
struct network_arrays<topology<Inputs, Ends, Nodes...>> {
    static constexpr std::size_t layer_count = sizeof...(Nodes);

    /// The first layer with the weights of a layer.
    static constexpr std::size_t first(std::size_t layer) {
        return first_of_shared<topology<Inputs, Ends, Nodes...>>(layer);
    }
    /// All layers with their numbers. Those that share weights have one name.
    static constexpr std::array<layer_name, layer_count> layers() {
        return numbered_layers(unnumbered(), &network_arrays::first);
    }

    static constexpr std::size_t count = [] {
        std::size_t result = 0;
        [[maybe_unused]] std::size_t node = 0;
        for_each_type(type_list<Nodes...>{}, [&]<class Node>(std::type_identity<Node>) {
            for_each_parameter<head_of_node<Node>>([&](auto) { result += std::size_t{first(node) == node}; });
            ++node;
        });
        return result;
    }();
    static constexpr std::array<array_mark, count> arrays = [] {
        std::array<array_mark, count> result{};
        [[maybe_unused]] std::size_t next = 0;
        std::size_t node = 0;
        for_each_type(type_list<Nodes...>{}, [&]<class Node>(std::type_identity<Node>) {
            [[maybe_unused]] std::size_t place = 0;
            for_each_type(typename head_of_node<Node>::parameters{},
                          [&]<class Parameter>(std::type_identity<Parameter>) {
                              if (Parameter::is_present && first(node) == node)
                                  result[next++] = {node, place, Parameter::name.view()};
                              ++place;
                          });
            ++node;
        });
        return result;
    }();

    /// The number of the array of that name; `count` for none. Linear in the layers.
    static constexpr std::size_t find(std::string_view wanted) {
        const std::size_t dot = std::min(wanted.rfind('.'), wanted.size());
        const std::string_view layer = wanted.substr(0, dot);
        const std::size_t node = find_layer(unnumbered(), layer, &network_arrays::first);
        for (std::size_t i = 0; i < count; ++i)
            if (arrays[i].node == node && arrays[i].name == wanted.substr(std::min(dot + 1, wanted.size())))
                return i;
        return count;
    }

private:
    static constexpr std::array<layer_name, layer_count> unnumbered() {
        return {layer_name{Nodes::layer::scope.view(), kind_in(Nodes::layer::label.view())}...};
    }
};

/// The layers and the arrays of parameters of a network, which is one type here, not a pack, which compilers
/// would walk through for each array.
template <class Topology>
struct network_names : network_arrays<plain<Topology>> {
    static constexpr auto arrays = network_arrays<plain<Topology>>::arrays;
    template <std::size_t Array>
    using head = head_of_node<type_at<arrays[Array].node, typename Topology::nodes>>;
    template <std::size_t Array>
    using parameter = type_at<arrays[Array].place, typename head<Array>::parameters>;
};

} // namespace detail

} // namespace strata::bedrock::inline STRATA_SETTING
