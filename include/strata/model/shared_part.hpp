// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/model/model.hpp>
#include <strata/setting.hpp>
#include <strata/topology/diagnostic.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// What two networks must agree in to share an array. Whether it is learnt may differ.
template <text Name, class Shape, class Storage, bool IsPresent>
struct array_form;
template <class... Arrays>
inline constexpr char arrays_tag{};

/// An address that stands for the arrays of a head.
template <class... Parameters>
constexpr const char* tag_of(type_list<Parameters...>) {
    return &arrays_tag<array_form<Parameters::name, typename Parameters::shape, typename Parameters::storage,
                                  Parameters::is_present>...>;
}

/// The stages of a network that have parameters: where these begin, and what they are.
template <class Stages>
struct parameter_sequence;
template <class... Stages>
struct parameter_sequence<stage_list<Stages...>> {
    static constexpr std::size_t count = (std::size_t{0} + ... + has_parameters<typename Stages::head>);
    static constexpr auto stages = [] {
        std::array<std::size_t, count + 1> result{};
        std::size_t stage = 0;
        std::size_t next = 0;
        for (const bool has_any : {has_parameters<typename Stages::head>...}) {
            if (has_any)
                result[next++] = stage;
            ++stage;
        }
        return result;
    }();
    static constexpr std::array<const char*, sizeof...(Stages)> tags{
        tag_of(typename Stages::head::parameters{})...};
};

/// How often the parameters of a part follow each other in a whole, and the stage where they do so first.
struct part_place {
    std::size_t matches = 0;
    std::size_t stage = 0;
};
template <class Part, class Whole>
constexpr part_place find_part() {
    using part = parameter_sequence<typename Part::stages>;
    using whole = parameter_sequence<typename Whole::stages>;
    part_place result;
    for (std::size_t first = 0; first + part::count <= whole::count; ++first) {
        bool matches = part::count > 0;
        for (std::size_t i = 0; i < part::count; ++i)
            matches = matches && part::tags[part::stages[i]] == whole::tags[whole::stages[first + i]];
        if (matches && result.matches++ == 0)
            result.stage = whole::stages[first];
    }
    return result;
}

template <class Part, class Whole>
consteval bool check_part() {
    constexpr part_place found = find_part<Part, Whole>();
    if constexpr (found.matches == 0)
        return detail::reject<Part, "shared_part", "the network has no layers with these parameters",
                              "one behind the other">();
    else if constexpr (found.matches > 1)
        return detail::reject<Part, "shared_part", "the network has such layers more than once">();
    else
        return true;
}
} // namespace internal

/// A network whose parameters are those of a part of another one, as the judge's within the network that
/// trains a generator: what either of them learns the other knows, and nothing is copied. The part's layers
/// with parameters follow each other in the other network, once, and may be frozen there; the memory lives as
/// long as one of them. Both must not be trained at the same time. A copy of either has parameters of its
/// own.
template <class Part, class Whole>
[[nodiscard]] Part shared_part(Whole& whole) {
    static_assert(std::is_same_v<typename Part::value_type, typename Whole::value_type>,
                  "strata: both networks of a shared part compute with the same numbers");
    if constexpr (internal::check_part<Part, Whole>()) {
        constexpr std::size_t stage = internal::find_part<Part, Whole>().stage;
        return whole.template share<Part>(Whole::layout::places[stage]);
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::shared_part;
} // namespace strata
