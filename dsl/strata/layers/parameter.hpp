// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/text.hpp>
#include <strata/expression/type_list.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/regularizer.hpp>
#include <strata/setting.hpp>
#include <strata/topology/shape.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

// How an array of parameters rests in memory. The kernels' side maps each of these to a size and to the place
// of every number (`array_layout`).

/// In the conventional order, last axis fastest.
struct plain_storage {};

/// A matrix [Inputs, Outputs] in the panels of the product kernels, or one output's weights side by side.
template <std::size_t Inputs, std::size_t Outputs>
struct panel_storage {};

/// The weights [Inputs, Filters] of a convolution, in panels for each group of filters.
template <std::size_t Inputs, std::size_t Filters, std::size_t Groups>
struct filter_storage {};

/// The weights [taps, Filters / Groups, Channels] of a transposed convolution, for each group in the panels
/// of [taps, Channels / Groups, Filters / Groups].
template <std::size_t Channels, std::size_t Filters, std::size_t Groups>
struct transposed_filter_storage {};

/// Rows of `Width` numbers, each filled to whole registers.
template <std::size_t Width>
struct row_storage {};

/// How many numbers a number of an array is computed from, and how many are computed from it: what
/// initializers scale with.
struct fan_counts {
    std::size_t inputs = 1;
    std::size_t outputs = 1;
};

/// One array of parameters of a head: what it is called, its shape in the conventional order (that of Keras),
/// and how it rests, begins and learns. A head declares a type of its own for each, which derives from this
/// one and hides the defaults that differ, and lists them in `parameters`:
///
///     struct kernel : parameter<"kernel", shape<Inputs, Units>> {
///         using storage = panel_storage<Inputs, Units>;
///         static constexpr initializer first = glorot_uniform;
///         static constexpr fan_counts fans{Inputs, Units};
///     };
///     struct bias : parameter<"bias", shape<Units>> {};
///     using parameters = type_list<kernel, bias>;
///
/// An array whose first numbers are known one by one offers `first_number(i)`, in the conventional order,
/// instead of `first`.
template <text Name, class Shape>
struct parameter {
    static constexpr auto name = Name;
    using shape = Shape;
    using storage = plain_storage;
    static constexpr initializer first = zeros;
    static constexpr fan_counts fans{};
    /// What is added to the loss for it.
    static constexpr regularizer penalty{};
    /// Whether the optimizer changes it. A statistic is what its head's kernels observe in training: a moving
    /// average, of which an update keeps the part `kept`; with 0 the last observation. With 1 it is what the
    /// program sets, and kernels observe nothing.
    static constexpr bool is_learnt = true;
    static constexpr double kept = 0;
    /// Of a statistic: whether what is observed of a batch is the sum of what its pieces add to it, so that
    /// kernels hand it on as they do gradients, and several machines add it up.
    static constexpr bool sums_pieces = false;
    /// Whether an update leaves rows alone of which no sample of the batch has had anything.
    static constexpr bool skips_rows = false;
    /// An array that an option of the layer takes away has no numbers, no name and no place.
    static constexpr bool is_present = true;
};

/// The numbers of a head's arrays: those that are learnt, and all.
struct parameter_totals {
    std::size_t learnt = 0;
    std::size_t all = 0;

    constexpr parameter_totals& operator+=(parameter_totals other) {
        learnt += other.learnt;
        all += other.all;
        return *this;
    }
};

/// Calls visit(std::type_identity<Parameter>{}) for each array of a head that is there, in order.
template <class Head, class Visit>
constexpr void for_each_parameter(Visit&& visit) {
    for_each_type(typename Head::parameters{}, [&]<class Parameter>(std::type_identity<Parameter> type) {
        if constexpr (Parameter::is_present)
            visit(type);
    });
}

template <class Head>
constexpr parameter_totals count_parameters() {
    parameter_totals result;
    for_each_parameter<Head>([&]<class Parameter>(std::type_identity<Parameter>) {
        result += {Parameter::is_learnt ? Parameter::shape::size : 0, Parameter::shape::size};
    });
    return result;
}
template <class Head>
inline constexpr parameter_totals parameters_in = count_parameters<Head>();

template <class Head>
inline constexpr bool has_parameters = parameters_in<Head>.all > 0;

/// Whether training changes any of a head's arrays.
template <class Head>
inline constexpr bool changes_in_training = [] {
    bool result = false;
    for_each_parameter<Head>([&]<class Parameter>(std::type_identity<Parameter>) {
        result = result || Parameter::is_learnt || Parameter::kept < 1;
    });
    return result;
}();

} // namespace strata::bedrock::inline STRATA_SETTING
