// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

#include <array>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a permutation of axes computes, for the plan.
template <class From, std::size_t... Order>
struct permutation : head_base<1, From::size, 1, From::size> {
    static constexpr std::size_t rank = sizeof...(Order);
    static constexpr bool reads_back = false;

    /// The extents of the output, and how far apart in the input neighbours along each of its axes are.
    static constexpr std::array<std::size_t, rank> extents{From::extents[Order]...};
    static constexpr std::array<std::size_t, rank> steps = [] {
        std::array<std::size_t, rank> input_steps{};
        std::size_t step = 1;
        for (std::size_t axis = rank; axis-- > 0; step *= From::extents[axis])
            input_steps[axis] = step;
        return std::array<std::size_t, rank>{input_steps[Order]...};
    }();
};

/// The axes in another order: axis i of the output is axis Order[i] of the input, counted from 0 without the
/// batch axis (Keras counts from 1). `permute<1, 0>` transposes a matrix.
template <std::size_t... Order>
struct permute_layer : layer_base {
    using role = role::head;
    static constexpr auto label = text("permute");
    static constexpr auto spelling(auto&& write) { return write("permute<", Order...); }

private:
    static constexpr bool is_permutation = [] {
        std::array<bool, sizeof...(Order) + 1> seen{};
        for (const std::size_t axis : {Order...})
            if (axis >= sizeof...(Order) || seen[axis])
                return false;
            else
                seen[axis] = true;
        return true;
    }();

public:
    template <class Shape>
    static constexpr bool accepts = is_permutation&& Shape::rank == sizeof...(Order) && Shape::size > 0;
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (Shape::rank == sizeof...(Order) && Shape::size == 0)
            return text("at least one number");
        else
            return text("each of ") + number_text<Shape::rank> + " axes once, counted from 0";
    }();
    template <class Shape>
    using output = shape<Shape::extents[Order]...>;
    template <class Shape>
    using head = permutation<Shape, Order...>;
};

template <std::size_t... Order>
inline constexpr permute_layer<Order...> permute{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::permute;
} // namespace strata
