// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/real.hpp>
#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What is added to a variance so that nothing is divided by zero.
struct epsilon_option {
    real value;
    constexpr auto spelling(auto&& write) const { return write("epsilon<", value); }
};
template <real Value>
inline constexpr epsilon_option epsilon{Value};

/// How much of a moving average an update keeps.
struct momentum_option {
    real value;
    constexpr auto spelling(auto&& write) const { return write("momentum<", value); }
};
template <real Value>
inline constexpr momentum_option momentum{Value};

/// "Without gamma" and "without beta".
struct without_scale {
    static constexpr auto spelling(auto&& write) { return write("no_scale"); }
};
inline constexpr without_scale no_scale{};
struct without_center {
    static constexpr auto spelling(auto&& write) { return write("no_center"); }
};
inline constexpr without_center no_center{};

/// Mean and variance of each piece of a batch by itself instead of all of it: "ghost batch normalization"
/// (Hoffer, Hubara and Soudry 2017).
struct ghost_batches_option {
    static constexpr auto spelling(auto&& write) { return write("ghost_batches"); }
};
inline constexpr ghost_batches_option ghost_batches{};

/// What a normalization computes, for the plan: over which numbers mean and variance are taken. A batch's may
/// be frozen: the moving averages, in training, too.
enum class normalized { batch, ghost_batch, frozen_batch, groups };

template <normalized Kind, std::size_t Rows, std::size_t Channels, std::size_t Groups, class Layer>
struct channel_normalization : head_base<Rows, Channels, Rows, Channels> {
    using layer = Layer;
    static constexpr normalized kind = Kind;
    static constexpr bool reads_back = Kind != normalized::frozen_batch;
    static constexpr std::size_t groups = Groups; ///< of a sample's channels; a batch has one a channel
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
    static constexpr bool has_scale = Layer::has_scale;
    static constexpr bool has_center = Layer::has_center;
    static constexpr bool has_averages = Kind != normalized::groups;
    static constexpr auto computation = [] {
        if constexpr (Kind == normalized::frozen_batch)
            return text("x * scale + shift, of its moving averages");
        else
            return head_base<Rows, Channels, Rows, Channels>::computation;
    }();

    struct gamma : parameter<"gamma", shape<Channels>> {
        static constexpr initializer first = ones;
        static constexpr bool is_present = has_scale;
    };
    struct beta : parameter<"beta", shape<Channels>> {
        static constexpr bool is_present = has_center;
    };
    struct moving_mean : parameter<"moving_mean", shape<Channels>> {
        static constexpr bool is_learnt = false;
        static constexpr bool sums_pieces = Kind == normalized::ghost_batch;
        static constexpr double kept = Layer::momentum;
        static constexpr bool is_present = has_averages;
    };
    struct moving_variance : parameter<"moving_variance", shape<Channels>> {
        static constexpr initializer first = ones;
        static constexpr bool is_learnt = false;
        static constexpr bool sums_pieces = Kind == normalized::ghost_batch;
        static constexpr double kept = Layer::momentum;
        static constexpr bool is_present = has_averages;
    };
    using parameters = type_list<gamma, beta, moving_mean, moving_variance>;
};

namespace detail {
template <auto... Options>
struct normalization_base : layer_base {
    static constexpr bool has_scale = !(option_of<decltype(Options), without_scale> || ...);
    static constexpr bool has_center = !(option_of<decltype(Options), without_center> || ...);
    static constexpr double epsilon = option(epsilon_option{1e-3}, Options...).value.value();
    static constexpr double momentum = 0; ///< of moving averages
    static_assert(epsilon >= 0, "strata: the epsilon of a normalization is 0 or more");

    template <class Shape>
    static constexpr bool accepts = Shape::rank > 0 && Shape::size > 0;
    template <class>
    static constexpr auto wants = text("a shape with a last axis");
    template <class Shape>
    using output = Shape;
};
} // namespace detail

/// y = gamma (x - m) / sqrt(v + epsilon) + beta for each channel (the last axis), with m and v the mean and
/// the variance over samples and places in training, their moving averages in prediction (Ioffe and Szegedy
/// 2015). Shape in = shape out. Defaults as in Keras: momentum 0.99, epsilon 1e-3; the moving variance is the
/// unbiased one. Within `frozen_weights` training, too, takes the moving averages, and leaves them alone, as
/// with Keras's `trainable = False`. Behind a convolution it costs prediction nothing: it becomes a part of
/// that stage's formula. Options: `momentum<0.9>`, `epsilon<1e-5>`, `no_scale`, `no_center`, `ghost_batches`.
///
/// With `ghost_batches` m and v are those of each piece of a batch, the `piece_size` samples whose gradients
/// are summed together, of which the last may have fewer (Hoffer et al. 2017): large batches keep the noise
/// of small ones, and machines that share a batch exchange nothing in its passes. The moving averages take
/// the mean of what the pieces have seen, each counted by its samples. A batch of one piece is as without,
/// and so are predictions, files and exports. A last piece of a single sample without places becomes beta, as
/// such a batch does.
template <auto... Options>
struct batch_norm_layer : detail::normalization_base<Options...> {
    static_assert((detail::option_of<decltype(Options), epsilon_option, momentum_option, without_scale,
                                     without_center, ghost_batches_option> &&
                   ...),
                  "strata: batch_norm takes momentum, epsilon, no_scale, no_center and ghost_batches");
    using role = role::head;
    static constexpr mask_rule masks = mask_rule::refused; // its statistics would count masked steps
    static constexpr bool has_ghost_batches =
        (detail::option_of<decltype(Options), ghost_batches_option> || ...);
    static constexpr auto label = [] {
        if constexpr (has_ghost_batches)
            return text("batch_norm<ghost_batches>");
        else
            return text("batch_norm");
    }();
    static constexpr auto spelling(auto&& write) { return write("batch_norm<", Options...); }
    static constexpr double momentum = detail::option(momentum_option{0.99}, Options...).value.value();
    static_assert(momentum >= 0 && momentum <= 1, "strata: the momentum of moving averages is from 0 to 1");
    static constexpr bool is_affine_in_prediction = true;
    template <class... Shapes>
    static constexpr time_view view = each_row<Shapes...>;
    static constexpr bool has_frozen_head = true;

    template <class Shape>
    using head = channel_normalization<has_ghost_batches ? normalized::ghost_batch : normalized::batch,
                                       Shape::size / Shape::last, Shape::last, Shape::last, batch_norm_layer>;
    template <class Shape>
    using frozen_head = channel_normalization<normalized::frozen_batch, Shape::size / Shape::last,
                                              Shape::last, Shape::last, batch_norm_layer>;
};
template <auto... Options>
inline constexpr batch_norm_layer<Options...> batch_norm{};

/// The same with mean and variance of each sample's groups of channels, over all places (Wu and He 2018).
/// Default epsilon 1e-3. Rejects groups that do not divide the channels. A mask passes, and masked steps
/// count, as in Keras.
template <std::size_t Groups, auto... Options>
struct group_norm_layer : detail::normalization_base<Options...> {
    static_assert((detail::option_of<decltype(Options), epsilon_option, without_scale, without_center> &&
                   ...),
                  "strata: group_norm takes epsilon, no_scale and no_center");
    using role = role::head;
    static constexpr mask_rule masks = mask_rule::passes;
    static constexpr auto label = text("group_norm<") + number_text<Groups> + ">";
    static constexpr auto spelling(auto&& write) { return write("group_norm<", Groups, Options...); }
    template <class Shape>
    static constexpr bool accepts = [] {
        if constexpr (Groups == 0 || Shape::rank == 0)
            return false;
        else
            return Shape::size > 0 && Shape::last % Groups == 0;
    }();
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (Shape::rank == 0 || Shape::size == 0)
            return detail::normalization_base<Options...>::template wants<Shape>;
        else if constexpr (Groups == 0)
            return text("at least one group");
        else
            return text("channels that its ") + number_text<Groups> + " groups divide";
    }();
    template <class Shape>
    using head = channel_normalization<normalized::groups, Shape::size / Shape::last, Shape::last, Groups,
                                       group_norm_layer>;
};
template <std::size_t Groups, auto... Options>
inline constexpr group_norm_layer<Groups, Options...> group_norm{};

/// The same of each channel by itself (Ulyanov, Vedaldi and Lempitsky 2016): as many groups as channels.
template <auto... Options>
struct instance_norm_layer : detail::normalization_base<Options...> {
    static_assert((detail::option_of<decltype(Options), epsilon_option, without_scale, without_center> &&
                   ...),
                  "strata: instance_norm takes epsilon, no_scale and no_center");
    using role = role::head;
    static constexpr mask_rule masks = mask_rule::refused; // its statistics would count masked steps
    static constexpr auto label = text("instance_norm");
    static constexpr auto spelling(auto&& write) { return write("instance_norm<", Options...); }
    template <class Shape>
    using head = channel_normalization<normalized::groups, Shape::size / Shape::last, Shape::last,
                                       Shape::last, instance_norm_layer>;
};
template <auto... Options>
inline constexpr instance_norm_layer<Options...> instance_norm{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::batch_norm;
using bedrock::epsilon;
using bedrock::ghost_batches;
using bedrock::group_norm;
using bedrock::instance_norm;
using bedrock::momentum;
using bedrock::no_center;
using bedrock::no_scale;
} // namespace strata
