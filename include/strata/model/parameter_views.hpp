// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/extents.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/model/parameters.hpp>
#include <strata/plan/parameter_search.hpp>
#include <strata/plan/wiring.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
inline void check_count(std::string_view name, std::span<const std::size_t> extents, std::size_t size,
                        std::size_t found) {
    if (found == size)
        return;
    raise(std::invalid_argument(
        concatenate(name, ": expected ", extents_text(extents), " = ", size, " numbers, found ", found)));
}
} // namespace internal

/// One array of a network's parameters, which `net.parameter<"dense.kernel">()` finds. Its numbers are read
/// and written in their conventional order, that of Keras, wherever they rest. `T` is const where the network
/// is. It refers to the network, which must outlive it.
template <class T, class Parameter, text Name>
class parameter_view {
    using layout = layout_of<std::remove_const_t<T>, Parameter>;

public:
    using value_type = std::remove_const_t<T>;
    static constexpr std::string_view name = Name.view();
    static constexpr typename Parameter::shape shape{};
    static constexpr std::size_t size = shape.size;
    static constexpr bool is_learnt = Parameter::is_learnt;

    explicit parameter_view(T* array) : array_(array) {}

    /// The number at a place, an index for each axis. `std::out_of_range` for one beyond the shape.
    template <class... Index>
    [[nodiscard]] T& operator()(Index... index) const {
        static_assert(sizeof...(Index) == shape.rank, "strata: a parameter takes an index for each axis");
        std::size_t number = 0;
        std::size_t axis = 0;
        for (const std::size_t each : {static_cast<std::size_t>(index)...}) {
            if (each >= shape.extents[axis])
                internal::raise(std::out_of_range(internal::concatenate(
                    name, ": index ", each, " of axis ", axis, ", which has ", shape.extents[axis])));
            number = number * shape.extents[axis++] + each;
        }
        return array_[layout::index(number)];
    }

    /// All numbers, last axis fastest.
    [[nodiscard]] std::vector<value_type> values() const {
        std::vector<value_type> result(size);
        for (std::size_t i = 0; i < size; ++i)
            result[i] = array_[layout::index(i)];
        return result;
    }
    /// The same in the other direction. `std::invalid_argument` for another number of them.
    void set(std::span<const value_type> values) const requires(!std::is_const_v<T>) {
        internal::check_count(name, shape.extents, size, values.size());
        for (std::size_t i = 0; i < size; ++i)
            array_[layout::index(i)] = values[i];
    }
    /// Takes anything that xtensor takes, of that shape, and gives an `xt::xtensor`. Both need
    /// `strata/model/arrays.hpp`.
    template <class Array>
        requires(!std::is_const_v<T> && !std::is_convertible_v<const Array&, std::span<const value_type>>)
    void set(const Array& values) const { set_parameter(*this, values); }
    [[nodiscard]] auto array() const { return parameter_array(*this); }

private:
    T* array_;
};

/// The same for programs that walk over all parameters: the name and the shape are known when it runs.
template <class T>
class any_parameter {
public:
    using value_type = std::remove_const_t<T>;

    template <class Parameter>
    any_parameter(std::type_identity<Parameter>, std::string name, std::size_t layer, T* array)
        : name_(std::move(name)),
          layer_(layer),
          shape_(Parameter::shape::extents),
          size_(Parameter::shape::size),
          is_learnt_(Parameter::is_learnt),
          array_(array),
          index_(&layout_of<value_type, Parameter>::index),
          copy_(&copy_numbers<layout_of<value_type, Parameter>>) {}

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// The number of its layer, as the topology names them; of layers that share weights, the first.
    [[nodiscard]] std::size_t layer() const noexcept { return layer_; }
    [[nodiscard]] std::span<const std::size_t> shape() const noexcept { return shape_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool is_learnt() const noexcept { return is_learnt_; }

    /// One of its numbers, last axis fastest, below `size()`.
    [[nodiscard]] T& operator[](std::size_t number) const { return array_[index_(number)]; }
    /// Those from number `first` on, as many as there is room for.
    void read(std::size_t first, std::span<value_type> numbers) const {
        copy_(array_, first, 1, numbers.size(), nullptr, numbers.data());
    }
    /// The same in the other direction; those written are `stride` numbers apart in the array.
    void write(std::size_t first, std::span<const value_type> numbers, std::size_t stride = 1) const
        requires(!std::is_const_v<T>) {
        copy_(array_, first, stride, numbers.size(), numbers.data(), nullptr);
    }
    [[nodiscard]] std::vector<value_type> values() const {
        std::vector<value_type> result(size_);
        read(0, result);
        return result;
    }
    void set(std::span<const value_type> values) const requires(!std::is_const_v<T>) {
        internal::check_count(name_, shape_, size_, values.size());
        write(0, values);
    }

private:
    /// Numbers from `source` to the array, or from it to `destination` where there is no source.
    template <class Layout>
    static void copy_numbers(T* array, std::size_t first, std::size_t stride, std::size_t count,
                             const value_type* source, value_type* destination) {
        if constexpr (!std::is_const_v<T>)
            if (stride != 1)
                return spread_numbers<Layout>(array, first, stride, count, source);
        visit_runs<Layout>(first, first + count, [&](std::size_t number, std::size_t place, auto run) {
            if constexpr (!std::is_const_v<T>)
                if (source != nullptr) {
                    std::copy_n(source + (number - first), std::size_t{run}, array + place);
                    return;
                }
            std::copy_n(array + place, std::size_t{run}, destination + (number - first));
        });
    }
    template <class Layout>
    static void spread_numbers(T* array, std::size_t first, std::size_t stride, std::size_t count,
                               const value_type* source) {
        if constexpr (requires { Layout::row; })
            if (stride == Layout::row) {
                array += Layout::index(first);
                for (std::size_t i = 0; i < count; ++i)
                    array[i * Layout::row_distance] = source[i];
                return;
            }
        for (std::size_t i = 0; i < count; ++i)
            array[Layout::index(first + i * stride)] = source[i];
    }

    std::string name_;
    std::size_t layer_;
    std::span<const std::size_t> shape_;
    std::size_t size_;
    bool is_learnt_;
    T* array_;
    std::size_t (*index_)(std::size_t) noexcept;
    void (*copy_)(T*, std::size_t, std::size_t, std::size_t, const value_type*, value_type*);
};

namespace internal {
/// Where an array of a network is in the block of its parameters.
template <class Topology, class T, std::size_t Array>
inline constexpr std::size_t place_of_array = [] {
    using names = network_names<Topology>;
    constexpr std::size_t stage = training_wiring<Topology>::marks.stage_of[names::arrays[Array].node];
    return parameter_layout<T, Topology>::places[stage] +
           place_in_head<T, typename names::template head<Array>, typename names::template parameter<Array>>;
}();

template <class Topology, text Name, class T>
auto view_parameter(T* block) {
    constexpr std::size_t array = find_array<Topology, Name>();
    if constexpr (array < network_names<Topology>::count)
        return parameter_view<T, typename network_names<Topology>::template parameter<array>, Name>(
            block + place_of_array<Topology, std::remove_const_t<T>, array>);
}

template <class Topology, class T>
std::vector<any_parameter<T>> view_parameters(T* block) {
    using names = network_names<Topology>;
    const auto layers = names::layers();
    std::vector<any_parameter<T>> result;
    result.reserve(names::count);
    for_each_index<names::count>([&](auto index) {
        constexpr std::size_t array = index;
        constexpr array_mark mark = names::arrays[array];
        result.emplace_back(std::type_identity<typename names::template parameter<array>>{},
                            concatenate(layers[mark.node].string(), ".", mark.name), mark.node,
                            block + place_of_array<Topology, std::remove_const_t<T>, array>);
    });
    return result;
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
