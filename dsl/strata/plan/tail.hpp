// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_of.hpp>
#include <strata/layers/activation.hpp>
#include <strata/layers/dropout.hpp>
#include <strata/setting.hpp>

#include <array>
#include <concepts>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What dropout number Index of a tail multiplies an element with: 0 or 1 / (1 - rate).
template <int Index>
inline constexpr variable_term<"keep", Index> keep{};

/// Numbers for each channel that a tail multiplies with and adds: a batch normalization in prediction.
inline constexpr variable_term<"scale", 0> channel_scale{};
inline constexpr variable_term<"shift", 0> channel_shift{};
/// The element of another value that a tail adds: the way around a residual block.
inline constexpr variable_term<"skip", 0> skipped{};

/// What stands in a tail for a batch normalization, and for a sum with another value. Only prediction fuses
/// them, so they have no derivative here.
struct channel_affine {};
struct skip_addition {};

namespace detail {
template <class Layer>
inline constexpr bool is_linear = false;
template <text Name, auto Formula, auto FromOutput>
inline constexpr bool is_linear<activation_layer<Name, Formula, FromOutput>> =
    std::same_as<type_of<frozen<Formula>>, type_of<symbols::x>>;

// Whether a formula compares with another number than 0.
template <class Formula>
inline constexpr bool compares_numbers = false;
template <class Operation, class... Arguments>
inline constexpr bool compares_numbers<apply<Operation, Arguments...>> =
    (operation::is_comparison<Operation> && !(is_number<Arguments, 0.0> || ...)) ||
    (compares_numbers<Arguments> || ...);

// Whether a formula divides, or takes a logarithm.
template <class Operation>
inline constexpr bool is_pole =
    std::same_as<Operation, operation::divide> || std::same_as<Operation, operation::logarithm>;
template <int Exponent>
inline constexpr bool is_pole<operation::power<Exponent>> = Exponent < 0;
template <class Formula>
inline constexpr bool has_pole = false;
template <class Operation, class... Arguments>
inline constexpr bool has_pole<apply<Operation, Arguments...>> = is_pole<Operation> ||
                                                                 (has_pole<Arguments> || ...);

/// The tail's formulas after some of its layers; one more by `<<`.
template <term Prediction, term Training, class FromOutput, int Dropouts>
struct composition {
    static constexpr Prediction prediction{};
    static constexpr Training training{};
    static constexpr FromOutput from_output{};
    static constexpr int dropouts = Dropouts;

    template <text Name, auto Formula, auto Slope>
    constexpr auto operator<<(activation_layer<Name, Formula, Slope> next) const {
        return composition<decltype(next(prediction)), decltype(next(training)), decltype(slope_after(next)),
                           Dropouts>{};
    }

    template <real Rate>
    constexpr auto operator<<(dropout_layer<Rate>) const {
        if constexpr (Rate.value() == 0)
            return *this;
        else {
            constexpr auto dropped = simplified(operation::multiply{}, training, keep<Dropouts>);
            return composition<Prediction, type_of<dropped>, decltype(slope_after_dropout<Rate>()),
                               Dropouts + 1>{};
        }
    }

    constexpr auto operator<<(channel_affine) const {
        constexpr auto scaled = simplified(operation::multiply{}, prediction, channel_scale);
        constexpr auto shifted = simplified(operation::add{}, scaled, channel_shift);
        return composition<type_of<shifted>, Training, no_formula, Dropouts>{};
    }
    constexpr auto operator<<(skip_addition) const {
        constexpr auto sum = simplified(operation::add{}, prediction, skipped);
        return composition<type_of<sum>, Training, no_formula, Dropouts>{};
    }

private:
    // With layers before it, an activation's input is out of reach from its output alone.
    template <class Activation>
    static constexpr auto slope_after(Activation) {
        if constexpr (is_linear<Activation>)
            return from_output;
        else if constexpr (is_number<FromOutput, 1.0>)
            return Activation::template from_output<>;
        else
            return no_formula{};
    }

    // Dropout scales the output that the slope before it is a formula of. An output of 0 may be a dropped
    // one: where the slope is 0 there anyway (relu), the choice need not be known again. A bound is not met
    // exactly by what was multiplied and divided, and a pole may be at 0.
    template <real Rate>
    static constexpr auto slope_after_dropout() {
        if constexpr (std::same_as<FromOutput, no_formula> || compares_numbers<FromOutput> ||
                      has_pole<FromOutput>)
            return no_formula{};
        else {
            constexpr auto scaled =
                simplified(operation::multiply{}, constant<1.0 - Rate.value()>, symbols::y);
            constexpr auto slope = substitute(from_output, symbols::y, scaled);
            constexpr auto at_zero = substitute(from_output, symbols::y, constant<0.0>);
            if constexpr (is_number<type_of<at_zero>, 0.0>)
                return simplified(operation::multiply{}, constant<1.0 / (1.0 - Rate.value())>, slope);
            else
                return simplified(operation::multiply{}, slope, keep<Dropouts>);
        }
    }
};

using empty_composition = composition<type_of<symbols::x>, type_of<symbols::x>, constant_term<1.0>, 0>;

// The rate of a layer that is a dropout, or derives from one as those of each step do.
constexpr double dropout_rate(...) { return 0; }
template <real Rate>
constexpr double dropout_rate(const dropout_layer<Rate>*) {
    return Rate.value();
}
} // namespace detail

/// A run of pointwise layers as one formula of `x`, for prediction and for training, with its derivative.
template <class... Layers>
struct tail {
private:
    static constexpr auto composed = (detail::empty_composition{} << ... << Layers{});

public:
    static constexpr auto prediction = composed.prediction;
    /// With `keep<0>`, `keep<1>`, ... for the dropouts.
    static constexpr auto training = composed.training;

    /// The derivative is a formula of the output `y`; else of the input `x`, which then must be kept.
    static constexpr bool from_output = !std::same_as<type_of<composed.from_output>, detail::no_formula>;
    static constexpr auto slope = [] {
        if constexpr (from_output)
            return composed.from_output;
        else
            return derivative(composed.training, symbols::x);
    }();

    static constexpr bool has_unit_slope = detail::is_number<type_of<slope>, 1.0>;
    /// Whether it leaves its input as it is, as `x + 3` does not, whose slope is 1 as well.
    static constexpr bool is_identity = std::same_as<type_of<prediction>, type_of<symbols::x>> &&
                                        std::same_as<type_of<training>, type_of<symbols::x>>;
    static constexpr std::size_t dropout_count = static_cast<std::size_t>(composed.dropouts);
    /// Whether the slope depends on dropout's choices.
    static constexpr bool slope_drops = [] {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (contains(slope, keep<static_cast<int>(I)>) || ... || false);
        }
        (std::make_index_sequence<dropout_count>{});
    }();

    static constexpr bool has_affine = (std::same_as<Layers, channel_affine> || ...);
    static constexpr bool has_skip = (std::same_as<Layers, skip_addition> || ...);

    static constexpr auto rates = [] {
        std::array<double, dropout_count> found{};
        std::size_t next = 0;
        for (double rate : {detail::dropout_rate(static_cast<const Layers*>(nullptr))..., 0.0})
            if (rate != 0)
                found[next++] = rate;
        return found;
    }();
};

} // namespace strata::bedrock::inline STRATA_SETTING
