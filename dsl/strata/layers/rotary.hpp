// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/real.hpp>
#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Turns pairs of numbers of each head by angles that grow with the step, for the plan.
template <std::size_t Steps, std::size_t Heads, std::size_t Width, real Base>
struct rotation : head_base<Steps, Heads * Width, Steps, Heads * Width> {
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
};

/// Rotary positions (Su et al. 2021) of `Heads` heads beside each other in a row, each of an even width W: of
/// step t, the numbers i and i + W / 2 of a head are turned by the angle t / Base^(2i / W), so that products
/// of two rows depend on the distance of their steps. (These halves are those of Keras and LLaMA; the paper
/// turns neighbours.) `attention<4, 32, rotary<>>` puts it behind its queries and keys. Shape [steps, Heads
/// W] in = shape out. The gradient is turned back.
template <std::size_t Heads, real Base = 10000.0>
struct rotary_positions_layer : layer_base {
    using role = role::head;
    static constexpr mask_rule masks = mask_rule::passes;
    static constexpr auto label = text("rotary_positions<") + number_text<Heads> + ">";
    static constexpr auto spelling(auto&& write) {
        if constexpr (Base.value() == 10000)
            return write("rotary_positions<", Heads);
        else
            return write("rotary_positions<", Heads, Base);
    }
    template <class...>
    static constexpr time_view view{sight::state}; // the number of the step

    template <class Shape>
    static constexpr bool accepts = [] {
        if constexpr (Heads == 0 || Shape::rank != 2)
            return false;
        else
            return Shape::size > 0 && Shape::last % (2 * Heads) == 0;
    }();
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (Heads == 0 || Shape::rank != 2)
            return text("[steps, features], and one head at least");
        else
            return text("features that its heads divide, into even widths");
    }();
    template <class Shape>
    using output = Shape;
    template <class Shape>
    using head = rotation<Shape::extents[0], Heads, Shape::last / Heads, Base>;
};
template <std::size_t Heads, real Base = 10000.0>
inline constexpr rotary_positions_layer<Heads, Base> rotary_positions{};

/// "With rotary positions": an option of `attention`.
template <real Base>
struct rotary_option {
    static constexpr auto spelling(auto&& write) {
        if constexpr (Base.value() == 10000)
            return write("rotary<");
        else
            return write("rotary<", Base);
    }
};
template <real Base = 10000.0>
inline constexpr rotary_option<Base> rotary{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::rotary;
using bedrock::rotary_positions;
} // namespace strata
