// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/diagnostic.hpp>
#include <strata/model/model.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The stages of a network that parameters belong to: where these begin, and what they are. Two networks must
/// agree in the forms of arrays to share them. Whether they are learnt may differ.
template <class Network, class Stages = typename Network::stages>
struct parameter_sequence;
template <class Network, class... Stages>
struct parameter_sequence<Network, stage_list<Stages...>> {
private:
    static constexpr auto has_own = [] {
        std::array<bool, sizeof...(Stages)> result{has_parameters<typename Stages::head>...};
        for (std::size_t stage = 0; stage < result.size(); ++stage)
            result[stage] = result[stage] && Network::layout::wires::owner(stage) == stage;
        return result;
    }();

public:
    static constexpr std::size_t count = [] {
        std::size_t result = 0;
        for (const bool has_any : has_own)
            result += std::size_t{has_any};
        return result;
    }();
    static constexpr auto stages = [] {
        std::array<std::size_t, count + 1> result{};
        std::size_t stage = 0;
        std::size_t next = 0;
        for (const bool has_any : has_own) {
            if (has_any)
                result[next++] = stage;
            ++stage;
        }
        return result;
    }();
    static constexpr std::array<const char*, sizeof...(Stages)> tags{
        tag_of_arrays(typename Stages::head::parameters{})...};
};

/// How often the parameters of a part follow each other in a whole, and the stage where they do so first.
struct part_place {
    std::size_t matches = 0;
    std::size_t stage = 0;
};
template <class Part, class Whole>
constexpr part_place find_part() {
    using part = parameter_sequence<Part>;
    using whole = parameter_sequence<Whole>;
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

STRATA_HEADER_END
