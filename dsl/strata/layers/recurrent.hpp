// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/activation_option.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/dropout.hpp>
#include <strata/layers/head.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/mask.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/regularizer.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

struct last_step_option {
    static constexpr auto spelling(auto&& write) { return write("last_step"); }
};
/// The result of the last step alone, instead of all (Keras: `return_sequences = False`).
inline constexpr last_step_option last_step{};

struct backwards_option {
    static constexpr auto spelling(auto&& write) { return write("backwards"); }
};
/// Steps are read from the last to the first, and results are in the order in which they were computed
/// (Keras: `go_backwards`).
inline constexpr backwards_option backwards{};

struct zero_masked_option {
    static constexpr auto spelling(auto&& write) { return write("zero_masked"); }
};
/// Of the results of all steps those of masked ones are zeros, instead of the result of the step before
/// (Keras: `zero_output_for_mask`). That of the `last_step` is always the one of the last step that counts.
inline constexpr zero_masked_option zero_masked{};

struct take_state_option {
    static constexpr auto spelling(auto&& write) { return write("take_state"); }
};
/// The layer reads its state before the first step as values of its own behind the sequence (Keras:
/// `initial_state`): the state [Units], and an LSTM's inner one [Units].
inline constexpr take_state_option take_state{};

struct return_state_option {
    static constexpr auto spelling(auto&& write) { return write("return_state"); }
};
/// The layer makes its state behind the last step as values of its own behind the result (Keras:
/// `return_state = True`), as many as `take_state` reads.
inline constexpr return_state_option return_state{};

/// What applies to the state of a recurrent layer and the kernel that it is multiplied with.
template <auto Option>
struct recurrent_option {
    static constexpr auto value = Option;
    static constexpr auto spelling(auto&& write) { return write("recurrent<", Option); }
};
/// Keras's options that begin with `recurrent_`: `recurrent<hard_sigmoid>` is the activation of the gates,
/// `recurrent<glorot_uniform>` the initializer and `recurrent<l2<1e-4>>` the regularizer of the recurrent
/// kernel, `recurrent<dropout<0.2>>` drops numbers of the state, the same ones in all steps of a sample.
template <auto Option>
inline constexpr recurrent_option<Option> recurrent{};

/// How the gates of an array [rows, gates x units] rest: the gates of some neighbouring units side by side,
/// in the panels of the product kernels, so that a step has all gates of a unit in registers.
template <std::size_t Inputs, std::size_t Units, std::size_t Gates>
struct gate_storage {};
/// The same for rows of biases.
template <std::size_t Units, std::size_t Gates>
struct gate_bias_storage {};

namespace detail {
template <class Option>
inline constexpr bool is_recurrent_option = false;
template <auto Option>
inline constexpr bool is_recurrent_option<recurrent_option<Option>> =
    is_activation<type_of<Option>> || is_dropout<type_of<Option>> ||
    option_of<type_of<Option>, initializer, regularizer>;

/// What stands in an option `recurrent<...>`; nothing for the others.
template <class Option>
constexpr auto option_of_state(Option) {
    return no_head{};
}
template <auto Option>
constexpr auto option_of_state(recurrent_option<Option>) {
    return Option;
}
} // namespace detail

/// What recurrent layers have in common: their options, in any order. `States` vectors of `Units` are what a
/// step leaves to the next.
template <std::size_t Units, std::size_t States, auto... Options>
struct recurrent_layer : layer_base {
    static constexpr bool reads_states = (std::same_as<type_of<Options>, take_state_option> || ...);
    static constexpr bool makes_states = (std::same_as<type_of<Options>, return_state_option> || ...);
    using role = std::conditional_t<reads_states, role::merge, role::head>;
    static constexpr std::size_t output_count = makes_states ? 1 + States : 1;

    static constexpr std::size_t units = Units;
    static constexpr std::size_t states = States;
    static constexpr bool has_bias = !(std::same_as<type_of<Options>, without_bias> || ...);
    static constexpr bool is_last_alone = (std::same_as<type_of<Options>, last_step_option> || ...);
    static constexpr bool is_backwards = (std::same_as<type_of<Options>, backwards_option> || ...);
    /// Whether results stand where their steps do; if not, the last step's comes first.
    static constexpr bool is_in_order = !is_backwards;
    static constexpr mask_rule masks = mask_rule::read;
    static constexpr bool reads_mask = false;
    /// Results in another order would need another mask.
    static constexpr bool keeps_mask = !is_last_alone && is_in_order;
    static constexpr bool zeroes_masked =
        !is_last_alone && (std::same_as<type_of<Options>, zero_masked_option> || ...);

    static constexpr initializer kernel_initializer = detail::option(glorot_uniform, Options...);
    static constexpr regularizer kernel_regularizer = detail::option(regularizer{}, Options...);
    static constexpr initializer recurrent_initializer =
        detail::option(orthogonal<>, detail::option_of_state(Options)...);
    static constexpr regularizer recurrent_regularizer =
        detail::option(regularizer{}, detail::option_of_state(Options)...);
    static constexpr auto activation = detail::activation_option(tanh_layer{}, Options...);
    static constexpr auto recurrent_activation =
        detail::activation_option(sigmoid, detail::option_of_state(Options)...);
    static constexpr double recurrent_dropout = detail::chosen_rate(detail::option_of_state(Options)...);

    template <class Shape>
    static constexpr bool accepts =
        Units > 0 && recurrent_dropout >= 0 && recurrent_dropout<1 && Shape::rank == 2 && Shape::size> 0;
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (Units == 0)
            return text("at least one unit");
        else if constexpr (!(recurrent_dropout >= 0 && recurrent_dropout < 1))
            return text("a rate in [0, 1)");
        else
            return text("steps of features");
    }();
    template <class Shape>
    using output = std::conditional_t<is_last_alone, shape<Units>, with_last<Shape, Units>>;
    template <class Shape>
    using outputs = std::conditional_t<States == 1, type_list<output<Shape>, shape<Units>>,
                                       type_list<output<Shape>, shape<Units>, shape<Units>>>;

    // With `take_state`, of the sequence and the states.
    template <class First, class... Rest>
    static constexpr bool accepts_all = accepts<First> && sizeof...(Rest) == States &&
                                        (std::same_as<Rest, shape<Units>> && ...);
    template <class First, class... Rest>
    static constexpr auto wants_all = [] {
        if constexpr (accepts<First>)
            return text("a sequence and its state, ") + number_text<States> + " of " + number_text<Units>;
        else
            return wants<First>;
    }();
    template <class First, class...>
    using output_of = output<First>;
    template <class First, class...>
    using outputs_of = outputs<First>;
    template <class...>
    static constexpr time_view view = is_backwards || reads_states || makes_states ? whole_sequence
                                      : is_last_alone ? time_view{sight::last_state}
                                                      : time_view{sight::state};
};

namespace detail {
template <class Option, class... Others>
concept recurrent_layer_option =
    is_activation<std::remove_const_t<Option>> || is_recurrent_option<std::remove_const_t<Option>> ||
    option_of<Option, without_bias, initializer, regularizer, last_step_option, backwards_option,
              take_state_option, return_state_option, zero_masked_option, Others...>;
}

/// What a recurrent layer computes, for the plan. `Layer` says which cell it is. The values that it makes
/// beside the result are one row with that.
template <class Layer, std::size_t Steps, std::size_t Inputs>
struct recurrence : head_base<Steps, Inputs, Layer::is_last_alone || Layer::makes_states ? 1 : Steps,
                              (Layer::makes_states ? (Layer::is_last_alone ? 1 : Steps) + Layer::states : 1) *
                                  Layer::units> {
    using layer = Layer;
    static constexpr std::size_t steps = Steps;
    static constexpr std::size_t results = Layer::is_last_alone ? 1 : Steps;
    static constexpr std::size_t units = Layer::units;
    static constexpr std::size_t gates = Layer::gates;
    static constexpr std::size_t parts =
        1 + (Layer::reads_states ? Layer::states : 0) + std::size_t{Layer::reads_mask};
    [[nodiscard]] static constexpr std::size_t source_width(std::size_t index) {
        return index == 0 ? Inputs : Layer::reads_mask && index + 1 == parts ? 1 : units;
    }
    static constexpr bool writes_pitched = true;
    static constexpr std::size_t product_flops = 2 * Steps * gates * units * (Inputs + units);
    static constexpr bool divides_samples = false;
    static constexpr std::size_t kept_size = Steps * Layer::kept_vectors * units;
    static constexpr auto computation = text("x W of all steps, then h U and gates step by step");

    struct kernel : parameter<"kernel", shape<Inputs, gates * units>> {
        using storage = gate_storage<Inputs, units, gates>;
        static constexpr initializer first = Layer::kernel_initializer;
        static constexpr fan_counts fans{Inputs, gates* units};
        static constexpr regularizer penalty = Layer::kernel_regularizer;
    };
    struct recurrent_kernel : parameter<"recurrent_kernel", shape<units, gates * units>> {
        using storage = gate_storage<units, units, gates>;
        static constexpr initializer first = Layer::recurrent_initializer;
        static constexpr fan_counts fans{units, gates* units};
        static constexpr regularizer penalty = Layer::recurrent_regularizer;
    };
    struct bias : parameter<"bias", typename Layer::bias_shape> {
        using storage = gate_bias_storage<units, gates>;
        static constexpr bool is_present = Layer::has_bias;
        static constexpr double first_number(std::size_t number) { return Layer::first_bias(number); }
    };
    using parameters = type_list<kernel, recurrent_kernel, bias>;
};

/// A recurrent layer that reads a mask behind its other values. A masked step leaves the state as it is and
/// has the result of the step before, zeros where there is none or with `Zeroes`.
template <class Layer, bool Zeroes>
struct masked_recurrent_layer : Layer {
    static constexpr bool reads_mask = true;
    static constexpr bool zeroes_masked = Zeroes;
};
template <class Layer, std::size_t Steps, std::size_t Inputs, bool Zeroes>
struct masked_head<recurrence<Layer, Steps, Inputs>, Zeroes> {
    using type = recurrence<masked_recurrent_layer<Layer, Zeroes>, Steps, Inputs>;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::backwards;
using bedrock::last_step;
using bedrock::recurrent;
using bedrock::return_state;
using bedrock::take_state;
using bedrock::zero_masked;
} // namespace strata
