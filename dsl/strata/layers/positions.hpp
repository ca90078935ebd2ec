// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// "Sines and cosines of the step's number" instead of numbers that are learnt.
struct sinusoidal_option {
    static constexpr auto spelling(auto&& write) { return write("sinusoidal"); }
};
inline constexpr sinusoidal_option sinusoidal{};

/// A row for each step, added to it: a table that is learnt, or one of waves.
template <std::size_t Steps, std::size_t Width, class Layer>
struct position_sum : head_base<Steps, Width, Steps, Width> {
    static constexpr bool is_learnt = !Layer::is_sinusoidal;
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;

    struct embeddings : parameter<"embeddings", shape<Steps, Width>> {
        using storage = row_storage<Width>;
        static constexpr initializer first = Layer::first;
        static constexpr fan_counts fans{Steps, Width};
        static constexpr bool is_present = is_learnt;
    };
    using parameters = type_list<embeddings>;
};

/// Adds what tells steps apart. `positions<>` learns a row for each step, `positions.embeddings` [steps,
/// features], at first `glorot_uniform` or another initializer, `positions<normal<0.02>>`.
/// `positions<sinusoidal>` has none to learn: feature 2i of step t is sin(t / 10000^(2i / features)), feature
/// 2i + 1 the cosine of the same (Vaswani et al. 2017). Shape [steps, features] in = shape out. Gradients: dx
/// = dy, and the table's the sum over samples.
template <auto... Options>
struct positions_layer : layer_base {
    static_assert((detail::option_of<decltype(Options), sinusoidal_option, initializer> && ...),
                  "strata: positions takes sinusoidal or an initializer");
    using role = role::head;
    static constexpr mask_rule masks = mask_rule::passes;
    static constexpr auto label = text("positions");
    static constexpr auto spelling(auto&& write) { return write("positions<", Options...); }
    static constexpr bool is_sinusoidal = (detail::option_of<decltype(Options), sinusoidal_option> || ...);
    template <class...>
    static constexpr time_view view{sight::state}; // the number of the step
    static constexpr initializer first = detail::option(glorot_uniform, Options...);

    template <class Shape>
    static constexpr bool accepts = Shape::rank == 2 && Shape::size > 0;
    template <class>
    static constexpr auto wants = text("[steps, features]");
    template <class Shape>
    using output = Shape;
    template <class Shape>
    using head = position_sum<Shape::extents[0], Shape::last, positions_layer>;
};
template <auto... Options>
inline constexpr positions_layer<Options...> positions{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::positions;
using bedrock::sinusoidal;
} // namespace strata
