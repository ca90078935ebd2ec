// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/text.hpp>
#include <strata/layers/time_view.hpp>
#include <strata/topology/shape.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What becomes of the mask of a value that a layer reads.
enum class mask_rule {
    ends,    ///< nobody behind the layer sees it
    passes,  ///< it belongs to the layer's result, too
    read,    ///< the layer's kernel reads it, `keeps_mask` says whether it also passes
    either,  ///< a step of the result counts where it does in one of the values that are merged
    equal,   ///< the values that are merged have one mask, or none has any
    joins,   ///< the masks of the values that are merged are joined as these are
    attends, ///< queries and keys that are masked are left out
    refused  ///< the layer would compute something else than it says
};

/// What marks a type as a layer. A layer is an empty type that offers
///  - `label`: its name as a text; what stands before `<` is the name of its kind,
///  - `role`: what the plan makes of it, one of `namespace role`,
///  - `accepts<Shape>`: whether it fits a shape, and `wants<Shape>`: what it would accept, as a text,
///  - `output<Shape>`: the shape that it makes of one that fits; a layer that makes several values says how
///  many
///    in `output_count` and offers `outputs<Shape>` instead, a list of shapes,
/// and what its role asks for. What it may offer besides has its defaults here.
struct layer_base {
    /// How many values it makes of what it reads: a result and a state beside it are two.
    static constexpr std::size_t output_count = 1;
    /// The name of the part that it stands in, "encoder" behind `named<"encoder">`.
    static constexpr auto scope = text("");
    /// Whose weights it has, where it stands in a part that is used several times: a `shared_place`.
    using shared_as = void;
    /// Whether training leaves its parameters alone.
    static constexpr bool is_frozen = false;
    /// Whether it has another head, `frozen_head<Shape>`, for a training that leaves them alone.
    static constexpr bool has_frozen_head = false;
    /// Whether it reads whole numbers below its `vocabulary`, which inputs of a network are alone.
    static constexpr bool reads_tokens = false;
    /// A merge that adds, and one that puts values side by side.
    static constexpr bool is_sum = false;
    static constexpr bool joins = false;
    /// Whether its kernel can also scale its channels and add another value before it stores.
    static constexpr bool has_adding_kernel = false;
    /// Whether prediction computes x * scale + shift instead, with numbers that depend on the channel alone.
    static constexpr bool is_affine_in_prediction = false;
    /// What it does with masks: formulas for each element or row pass them on, others say so.
    static constexpr mask_rule masks = mask_rule::ends;
    static constexpr bool keeps_mask = false;
    /// Whether results of masked steps are zeros.
    static constexpr bool zeroes_masked = false;
    /// Whether its result has a mask that `own_mask`, a layer, makes of what it reads, whether it reads that
    /// itself, and whether it is such a layer.
    static constexpr bool makes_mask = false;
    static constexpr bool reads_own_mask = false;
    static constexpr bool is_mask = false;
    /// How it looks along the first axis of what it reads, [steps, features]. Streams ask for it; formulas
    /// for each element or row, and what does nothing in prediction, need not say that they see a step alone.
    template <class... Shapes>
    static constexpr time_view view = whole_sequence;
};

template <class T>
concept layer = std::is_base_of_v<layer_base, T>;

/// Whether the layer fits the shape; never an error.
template <class Layer, class Shape>
concept accepts = layer<Layer> && Layer::template accepts<Shape>;

namespace role {
/// A formula for each element: joins the tail of the stage before it.
struct pointwise {};
/// Another shape for the same numbers in the same order: costs nothing.
struct rearrangement {};
/// A formula over each row (the last axis): closes a stage.
struct normalization {};
/// Anything with a kernel of its own, `head<Shape>`: begins a stage.
struct head {};
/// The same in training; prediction has nothing to do.
struct training_head {};
/// One value of several, or some: `head_of<Shapes...>`. It offers `accepts_all`, `wants_all` and `output_of`,
/// or `outputs_of`, for shapes.
struct merge {};
} // namespace role

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
