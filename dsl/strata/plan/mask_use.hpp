// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/wiring.hpp>
#include <strata/setting.hpp>
#include <strata/topology/masks.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
/// Who reads the masks of a network: layers, and the losses of outputs that have one.
template <class Topology>
struct mask_readers;
template <class... Inputs, class... Ends, class... Nodes>
struct mask_readers<topology<type_list<Inputs...>, type_list<Ends...>, Nodes...>> {
    static constexpr std::size_t inputs = sizeof...(Inputs);
    static constexpr std::size_t count = sizeof...(Nodes);
    static constexpr std::array<bool, count + 1> are_masks{Nodes::layer::is_mask..., false};
    static constexpr bool has_masks = [] {
        bool result = false;
        for (const bool is_mask : are_masks)
            result = result || is_mask;
        return result;
    }();

    /// The first node whose mask nobody reads, `count` if there is none. A layer that makes a mask reads its
    /// own, and masks are made of masks, which does not count.
    static constexpr std::size_t find_unread() {
        constexpr std::array<bool, count> own{Nodes::layer::makes_mask...};
        constexpr std::array<std::size_t, count> sources{count_of(typename Nodes::sources{})...};
        constexpr auto values = collect_sources<total(sources)>(typename Nodes::sources{}...);
        std::array<bool, inputs + count> is_read{};
        const auto note = [&](std::size_t mask) {
            if (mask != no_mask)
                is_read[mask] = true;
        };
        (note(mask_of_end<Ends>), ...);
        std::size_t end = values.size();
        for (std::size_t node = count; node-- > 0;) {
            end -= sources[node];
            for (std::size_t i = 0; i < sources[node]; ++i)
                if (!own[node] && (!are_masks[node] || is_read[inputs + node]))
                    is_read[values[end + i]] = true;
        }
        for (std::size_t node = 0; node < count; ++node)
            if (are_masks[node] && !is_read[inputs + node])
                return node;
        return count;
    }
};

template <std::size_t Node, class Topology>
struct node_layer;
template <std::size_t Node, class Inputs, class Ends, class... Nodes>
struct node_layer<Node, topology<Inputs, Ends, Nodes...>> {
    using type = typename type_at<Node, type_list<Nodes...>>::layer;
};

template <class Topology>
consteval bool check_masks() {
    if constexpr (mask_readers<plain<Topology>>::has_masks) {
        constexpr std::size_t unread = mask_readers<plain<Topology>>::find_unread();
        if constexpr (unread < mask_readers<plain<Topology>>::count)
            return reject<Topology,
                          place_text<unread + 1, typename node_layer<unread, plain<Topology>>::type>,
                          text("nothing reads it:"), text("no layer behind it, and no loss")>();
    }
    return true;
}

template <class End>
inline constexpr std::size_t steps_of_mask = 0;
template <class End>
    requires(End::is_masked)
inline constexpr std::size_t steps_of_mask<End> = End::mask_shape::size;

template <class Topology>
struct masks_of_outputs;
template <class Inputs, class... Ends, class... Nodes>
struct masks_of_outputs<topology<Inputs, type_list<Ends...>, Nodes...>> {
    static constexpr std::array<std::size_t, sizeof...(Ends)> values{mask_of_end<Ends>...};
    static constexpr std::array<std::size_t, sizeof...(Ends)> sizes{steps_of_mask<Ends>...};
};
} // namespace detail

/// The stage of training that makes the mask of an output; `detail::none` for an output without one.
template <class Topology, std::size_t Output>
inline constexpr std::size_t mask_stage = [] {
    constexpr std::size_t value = detail::masks_of_outputs<plain<Topology>>::values[Output];
    if constexpr (value == detail::no_mask)
        return detail::none;
    else
        return training_wiring<Topology>::marks.stage_of[value - Topology::inputs::size];
}();

/// How many numbers the mask of an output has for each sample; 0 without one.
template <class Topology, std::size_t Output>
inline constexpr std::size_t mask_size = detail::masks_of_outputs<plain<Topology>>::sizes[Output];

} // namespace strata::bedrock::inline STRATA_SETTING
