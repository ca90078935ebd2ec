// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/diagnostic.hpp>
#include <strata/plan/name_texts.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// How many characters must be put in, taken out or changed (Levenshtein 1966).
constexpr std::size_t edit_distance(std::string_view one, std::string_view other) {
    constexpr std::size_t longest = 127;
    one = one.substr(0, longest);
    other = other.substr(0, longest);
    std::array<std::size_t, longest + 1> row{}; // from the beginnings of one to a beginning of the other
    for (std::size_t i = 0; i <= one.size(); ++i)
        row[i] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
        std::size_t diagonal = std::exchange(row[0], j);
        for (std::size_t i = 1; i <= one.size(); ++i) {
            const std::size_t changed = diagonal + std::size_t{one[i - 1] != other[j - 1]};
            diagonal = std::exchange(row[i], std::min({changed, row[i - 1] + 1, row[i] + 1}));
        }
    }
    return row[one.size()];
}

/// The arrays whose names are nearest to a text, the nearest first.
template <class Topology, text Wanted, std::size_t Count>
inline constexpr auto nearest_arrays = []<std::size_t... Array>(std::index_sequence<Array...>) {
    std::array<std::pair<std::size_t, std::size_t>, sizeof...(Array)> distances{
        std::pair{std::integral_constant<std::size_t, edit_distance(array_text<Topology, Array>.view(),
                                                                    Wanted.view())>::value,
                  Array}...};
    std::sort(distances.begin(), distances.end());
    std::array<std::size_t, Count> result{};
    for (std::size_t i = 0; i < Count; ++i)
        result[i] = distances[i].second;
    return result;
}
(std::make_index_sequence<network_names<Topology>::count>{});

template <class Topology, text Wanted, std::size_t... I>
consteval bool reject_name(std::index_sequence<I...>) {
    constexpr auto nearest = nearest_arrays<Topology, Wanted, sizeof...(I) + 1>;
    return reject<Topology, text("the name ") + Wanted, text("is that of no parameter of the network"),
                  text("the nearest: ") + array_text<Topology, nearest[0]>,
                  array_text<Topology, nearest[I + 1]>...>();
}
template <class Topology, text Wanted>
consteval bool reject_name() {
    constexpr std::size_t count = network_names<Topology>::count;
    if constexpr (count == 0)
        return reject<Topology, text("the name ") + Wanted, text("is that of no parameter of the network"),
                      text("it has none")>();
    else
        return reject_name<Topology, Wanted>(std::make_index_sequence<std::min<std::size_t>(count, 3) - 1>{});
}

/// The number of the array of that name. Another name is a compile-time error that lists the nearest.
template <class Topology, text Name>
consteval std::size_t find_array() {
    constexpr std::size_t found = network_names<Topology>::find(Name.view());
    if constexpr (found == network_names<Topology>::count)
        static_assert(reject_name<Topology, Name>());
    return found;
}

} // namespace strata::bedrock::inline STRATA_SETTING::detail
