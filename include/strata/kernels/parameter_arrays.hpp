// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/alignment.hpp>
#include <strata/kernels/product/weight_layout.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where the numbers of an array rest that a head declares with `Storage`: number i in the conventional order
/// is at index(i) of `size` places. A storage of a program's own is a specialization. Where it has a `run`,
/// that many numbers from each multiple of it on lie side by side. Where it has a `row` as well, a multiple
/// of `run`, the number that is a row further on is `row_distance` places further on.
template <class T, class Storage, class Shape>
struct array_layout;

template <class T, class Shape>
struct array_layout<T, plain_storage, Shape> {
    static constexpr std::size_t run = Shape::size;
    static constexpr std::size_t size = Shape::size;
    [[nodiscard]] static constexpr std::size_t index(std::size_t number) noexcept { return number; }
};

template <class T, std::size_t Inputs, std::size_t Outputs, class Shape>
struct array_layout<T, panel_storage<Inputs, Outputs>, Shape> {
    using layout = weight_layout<T, Inputs, Outputs>;
    static constexpr std::size_t run = layout::is_dot ? Inputs : std::gcd(Outputs, layout::lanes);
    static constexpr std::size_t row = layout::is_dot ? Inputs : Outputs;
    static constexpr std::size_t row_distance = layout::lanes;
    static constexpr std::size_t size = layout::kernel_size;
    [[nodiscard]] static constexpr std::size_t index(std::size_t number) noexcept {
        return layout::index(number / Outputs, number % Outputs);
    }
};

template <class T, std::size_t Inputs, std::size_t Filters, std::size_t Groups, class Shape>
struct array_layout<T, filter_storage<Inputs, Filters, Groups>, Shape> {
    static constexpr std::size_t filters = Filters / Groups;
    using layout = weight_layout<T, Inputs, filters, false>;
    static constexpr std::size_t run = std::gcd(filters, layout::lanes);
    static constexpr std::size_t row = Filters;
    static constexpr std::size_t row_distance = layout::lanes;
    static constexpr std::size_t size = Groups * layout::kernel_size;
    [[nodiscard]] static constexpr std::size_t index(std::size_t number) noexcept {
        const std::size_t filter = number % Filters;
        return filter / filters * layout::kernel_size + layout::index(number / Filters, filter % filters);
    }
};

template <class T, std::size_t Channels, std::size_t Filters, std::size_t Groups, class Shape>
struct array_layout<T, transposed_filter_storage<Channels, Filters, Groups>, Shape> {
    static constexpr std::size_t channels = Channels / Groups;
    static constexpr std::size_t filters = Filters / Groups;
    using layout = weight_layout<T, Shape::size / Filters, filters, false>;
    static constexpr std::size_t size = Groups * layout::kernel_size;
    [[nodiscard]] static constexpr std::size_t index(std::size_t number) noexcept {
        const std::size_t channel = number % Channels;
        return channel / channels * layout::kernel_size +
               layout::index(number / (filters * Channels) * channels + channel % channels,
                             number / Channels % filters);
    }
};

template <class T, std::size_t Width, class Shape>
struct array_layout<T, row_storage<Width>, Shape> {
    static constexpr std::size_t lanes = lanes_of<T, Width>;
    static constexpr std::size_t stored = round_up(Width, lanes);
    static constexpr std::size_t run = Width;
    static constexpr std::size_t size = Shape::size / Width * stored;
    [[nodiscard]] static constexpr std::size_t index(std::size_t number) noexcept {
        return number / Width * stored + number % Width;
    }
};

template <class T, class Parameter>
using layout_of = array_layout<T, typename Parameter::storage, typename Parameter::shape>;

namespace internal {
/// Visits the numbers from `first` to `end` in their order.
template <class Layout, class Visit>
void visit_in_order(std::size_t first, std::size_t end, const Visit& visit) {
    while (first < end) {
        std::size_t count = 1;
        if constexpr (requires { Layout::run; })
            count = std::min(Layout::run - first % Layout::run, end - first);
        visit(first, Layout::index(first), count);
        first += count;
    }
}

/// Visits whole rows from number `first` on, the same part of each of them before the next part: a part's
/// places follow each other, while those of a row are in as many parts of the memory as it has runs.
template <class Layout, class Visit>
void visit_rows(std::size_t first, std::size_t rows, const Visit& visit) {
    for (std::size_t column = 0; column < Layout::row; column += Layout::run) {
        std::size_t number = first + column;
        std::size_t place = Layout::index(number);
        for (std::size_t row = 0; row < rows; ++row) {
            visit(number, place, std::integral_constant<std::size_t, Layout::run>{});
            number += Layout::row;
            place += Layout::row_distance;
        }
    }
}
} // namespace internal

/// Visits the numbers from `first` to `end` of an array in pieces that lie side by side, in any order:
/// visit(number, place, count), with a constant for a count that is one.
template <class Layout, class Visit>
void visit_runs(std::size_t first, std::size_t end, const Visit& visit) {
    if constexpr (requires { Layout::row; }) {
        const std::size_t begin = round_up(first, Layout::row);
        if (const std::size_t rows = end > begin ? (end - begin) / Layout::row : 0; rows > 1) {
            internal::visit_in_order<Layout>(first, begin, visit);
            internal::visit_rows<Layout>(begin, rows, visit);
            first = begin + rows * Layout::row;
        }
    }
    internal::visit_in_order<Layout>(first, end, visit);
}

namespace internal {
/// A head's arrays one after another, each from a cache line on.
template <class T, class Parameters>
struct array_places;
template <class T, class... Parameters>
struct array_places<T, type_list<Parameters...>> {
    template <class Parameter>
    static constexpr std::size_t room = Parameter::is_present ? whole_lines<T>(layout_of<T, Parameter>::size)
                                                              : 0;
    static constexpr std::size_t size = (std::size_t{0} + ... + room<Parameters>);

    template <class Parameter>
    static constexpr std::size_t begin = [] {
        static_assert((std::is_same_v<Parameter, Parameters> || ...),
                      "strata: a kernel asks for an array that its head does not list");
        std::size_t result = 0;
        bool found = false;
        ((found = found || std::is_same_v<Parameter, Parameters>, result += found ? 0 : room<Parameters>),
         ...);
        return result;
    }();
};
} // namespace internal

/// How many places a head's parameters take, and where among them one of its arrays begins.
template <class T, class Head>
inline constexpr std::size_t places_of_head = internal::array_places<T, typename Head::parameters>::size;
template <class T, class Head, class Parameter>
inline constexpr std::size_t place_in_head =
    internal::array_places<T, typename Head::parameters>::template begin<Parameter>;

/// One array of a head, whose parameters begin at `parameters`. Behind an array a register's width may be
/// read.
template <class Head, class T, class Parameter>
[[nodiscard]] constexpr T* array_of(T* parameters, Parameter) noexcept {
    return parameters + place_in_head<std::remove_const_t<T>, Head, Parameter>;
}

/// What a head's `update` hands its gradients to: `updates(kernel{})` returns what takes the registers of the
/// gradients of one array, `use(offset, register)`, from its place number `begin` on. What a statistic takes
/// is what was observed.
template <class T, class Head, class Consumer>
struct head_updates {
    /// Whether gradients that are zero need not be handed over.
    static constexpr bool takes_some = requires { Consumer::takes_some; };
    /// Whether rows that have none are to be told apart: by minus zero in all of their places, which adds
    /// nothing and which no sum that begins with zero can be.
    static constexpr bool marks_rows = requires { Consumer::marks_rows; };

    const Consumer& consumer;
    std::size_t place; ///< where the head's parameters begin in the network's

    template <class Parameter>
    auto operator()(Parameter array, std::size_t begin = 0) const noexcept {
        return consumer.take(array, place + place_in_head<T, Head, Parameter> + begin);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
