// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/topology/branch.hpp>
#include <strata/topology/node_head.hpp>
#include <strata/topology/shared_nodes.hpp>
#include <strata/topology/wrapped.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a layer computes for each of so many steps, for the plan: the steps of all samples are samples of
/// `Head`.
template <class Head, std::size_t Steps>
struct distributed : Head {
    using each = Head;
    static constexpr std::size_t steps = Steps;
    static constexpr std::size_t input_rows = Head::input_rows * Steps;
    static constexpr std::size_t output_rows = Head::output_rows * Steps;
    static constexpr std::size_t product_flops = Head::product_flops * Steps;
    static constexpr std::size_t kept_size = Head::kept_size * Steps;
};

namespace detail {
template <class Shape>
struct split_shape;
template <std::size_t First, std::size_t... Rest>
struct split_shape<shape<First, Rest...>> {
    static constexpr std::size_t first = First;
    using rest = shape<Rest...>;
};
template <std::size_t First, class Shape>
struct prefixed_shape;
template <std::size_t First, std::size_t... Rest>
struct prefixed_shape<First, shape<Rest...>> {
    using type = shape<First, Rest...>;
};

/// A head that takes rows as many as there are needs no help.
template <class Head, std::size_t Steps>
using distributed_head =
    std::conditional_t<Head::input_rows == 0 && Head::output_rows == 0, Head, distributed<Head, Steps>>;

/// A layer that takes each step of a sequence for a sample. Parts that share weights may have it beside the
/// layer itself.
template <class Layer>
struct distributed_layer : Layer {
    using shared_form = typename form_in_part<Layer>::type;
    static constexpr mask_rule masks =
        Layer::masks == mask_rule::refused ? mask_rule::refused : mask_rule::passes;
    template <class...>
    static constexpr time_view view = each_step;
    /// What a stream runs for one step.
    using step_layer = Layer;
    template <class Shape>
    static constexpr bool accepts = [] {
        if constexpr (Shape::rank < 2)
            return false;
        else
            return Layer::template accepts<typename split_shape<Shape>::rest>;
    }();
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (Shape::rank < 2)
            return text("a sequence");
        else
            return text("steps of ") + Layer::template wants<typename split_shape<Shape>::rest>;
    }();
    template <class Shape>
    using output =
        typename prefixed_shape<split_shape<Shape>::first,
                                typename Layer::template output<typename split_shape<Shape>::rest>>::type;
    template <class Shape>
    using head = distributed_head<typename head_of_layer<Layer, typename split_shape<Shape>::rest>::type,
                                  split_shape<Shape>::first>;
};

/// One that computes something else in training as long as its parameters stay.
template <class Layer>
struct distributed_layer_that_freezes : distributed_layer<Layer> {
    template <class Shape>
    using frozen_head =
        distributed_head<typename Layer::template frozen_head<typename split_shape<Shape>::rest>,
                         split_shape<Shape>::first>;
};

template <class Layer>
inline constexpr bool may_be_distributed = false;
template <layer Layer>
inline constexpr bool may_be_distributed<Layer> = !merges<Layer> && Layer::output_count == 1;
template <std::size_t Times, class... Layers>
inline constexpr bool
    may_be_distributed<repeated<Times, fragment<Layers...>>> = (may_be_distributed<Layers> && ...);
template <text Name, class... Layers, class... Wrappers>
inline constexpr bool
    may_be_distributed<sharing<Name, fragment<Layers...>, Wrappers...>> = (may_be_distributed<Layers> && ...);

template <class Layer>
struct distributed_piece {
    using type = std::conditional_t<Layer::has_frozen_head, distributed_layer_that_freezes<Layer>,
                                    distributed_layer<Layer>>;
};
template <std::size_t Times, class... Layers>
struct distributed_piece<repeated<Times, fragment<Layers...>>> {
    using type = repeated<Times, fragment<typename distributed_piece<Layers>::type...>>;
};
template <text Name, class... Layers, class... Wrappers>
struct distributed_piece<sharing<Name, fragment<Layers...>, Wrappers...>> {
    using type = sharing<Name, fragment<typename distributed_piece<Layers>::type...>, Wrappers...>;
};

template <class... Layers>
constexpr auto distribute(fragment<Layers...>) {
    static_assert((may_be_distributed<Layers> && ...),
                  "strata: time_distributed takes layers of one value, one behind the other");
    if constexpr ((may_be_distributed<Layers> && ...))
        return fragment<typename distributed_piece<Layers>::type...>{};
    else
        return fragment<>{};
}
} // namespace detail

/// A fragment that is applied to each step of a sequence with the same parameters (Keras's TimeDistributed):
/// a convolution on each image of a film, `input<10, 28, 28, 1> | time_distributed(conv<8, 3> | relu |
/// flatten)`. Shape [steps, ...] -> [steps, what the fragment makes of the rest]. Formulas of each element,
/// dense layers and softmax do that by themselves. A batch normalization counts each step as a sample.
template <class Piece>
constexpr auto time_distributed(Piece piece) {
    return detail::distribute(detail::as_fragment(piece));
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::time_distributed;
} // namespace strata
