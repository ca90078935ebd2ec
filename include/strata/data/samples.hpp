// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/scaled_bytes.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/topology/diagnostic.hpp>

#include STRATA_XTENSOR(xadapt)

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// How elements of some type are read: count numbers from the element `first` on, converted, times the scale.
template <class Element, class To>
void read_elements(const void* data, std::size_t first, std::size_t count, float scale, To* to) noexcept {
    const Element* from = static_cast<const Element*>(data) + first;
    if constexpr (std::is_floating_point_v<To>) {
        const To factor = static_cast<To>(scale);
        for (std::size_t i = 0; i < count; ++i)
            to[i] = static_cast<To>(from[i]) * factor;
    } else
        for (std::size_t i = 0; i < count; ++i)
            to[i] = static_cast<To>(from[i]);
}

template <class Array>
inline constexpr bool is_scaled_bytes = false;
template <std::size_t Rank>
inline constexpr bool is_scaled_bytes<scaled_bytes<Rank>> = true;

// In memory as it is read: row-major and without gaps.
template <class Array>
concept contiguous_array = requires(const Array& array) {
    { array.data() } -> std::convertible_to<const typename Array::value_type*>;
    { array.layout() } -> std::same_as<xt::layout_type>;
    array.strides();
};

inline std::string shape_to_string(std::span<const std::size_t> shape) {
    std::string result;
    for (const std::size_t extent : shape)
        result = result.empty() ? concatenate(extent) : concatenate(result, " x ", extent);
    return result.empty() ? "a single number" : result;
}
} // namespace internal

template <class Array>
concept array_expression = xt::is_xexpression<Array>::value || internal::is_scaled_bytes<std::decay_t<Array>>;

template <class Range>
concept number_range = std::ranges::contiguous_range<Range> && !array_expression<Range> &&
                       std::is_arithmetic_v<std::ranges::range_value_t<Range>>;

/// The rank of an array where its type tells, else `SIZE_MAX`.
template <class Array>
inline constexpr std::size_t static_rank = [] {
    if constexpr (internal::is_scaled_bytes<Array>)
        return Array::rank;
    else
        return xt::get_rank<Array>::value;
}();

/// Samples to read, wherever they are: an array of any element type [samples, ...], or a contiguous range of
/// numbers, sample after sample. Nothing is copied but expressions and views, which are evaluated once; what
/// is referred to must outlive it. 8-bit data are scaled as they are read.
class samples {
public:
    samples() = default;

    template <array_expression Array>
    samples(const Array& array) {
        using element = typename Array::value_type;
        shape_.assign(array.shape().begin(), array.shape().end());
        if constexpr (internal::is_scaled_bytes<Array>) {
            use<std::uint8_t>(array.data());
            scale_ = array.scale;
        } else if constexpr (internal::contiguous_array<Array>) {
            if (array.layout() == xt::layout_type::row_major && array.data_offset() == 0)
                use<element>(array.data());
            else
                keep<element>(array);
        } else
            keep<element>(array);
    }

    /// `shape` stays empty: whoever reads knows how many numbers make a sample.
    template <number_range Range>
    samples(const Range& numbers) : is_flat_(true), flat_size_(std::ranges::size(numbers)) {
        use<std::ranges::range_value_t<Range>>(std::ranges::data(numbers));
    }

    [[nodiscard]] bool empty() const noexcept { return data_ == nullptr; }

    /// How many samples there are if each has that shape. `std::invalid_argument` where the array's shape is
    /// another; `what` names it in the message. Samples of a single number may lack their axis.
    [[nodiscard]] std::size_t count(std::span<const std::size_t> sample_shape,
                                    const std::string& what) const {
        std::size_t size = 1;
        for (const std::size_t extent : sample_shape)
            size *= extent;
        if (is_flat_) {
            if (flat_size_ % size != 0)
                internal::raise(std::invalid_argument(internal::concatenate(
                    what, " has ", flat_size_, " numbers, expected a multiple of ", size)));
            return flat_size_ / size;
        }
        const bool fits = shape_.size() == sample_shape.size() + 1 &&
                          std::equal(sample_shape.begin(), sample_shape.end(), shape_.begin() + 1);
        if (!fits && !(size == 1 && shape_.size() == 1))
            internal::raise(std::invalid_argument(
                internal::concatenate(what, " has the shape ", internal::shape_to_string(shape_),
                                      ", expected samples x ", internal::shape_to_string(sample_shape))));
        return shape_[0];
    }

    void read(std::size_t first, std::size_t numbers, float* to) const noexcept {
        read_float_(data_, first, numbers, scale_, to);
    }
    void read(std::size_t first, std::size_t numbers, double* to) const noexcept {
        read_double_(data_, first, numbers, scale_, to);
    }
    void read(std::size_t first, std::size_t numbers, std::int32_t* to) const noexcept {
        read_label_(data_, first, numbers, scale_, to);
    }

    /// The numbers themselves, where they are of that type and need no scaling; else null.
    template <class T>
    [[nodiscard]] const T* direct() const noexcept {
        return kind_ == kind_of<T>() ? static_cast<const T*>(data_) : nullptr;
    }

private:
    template <class T>
    static constexpr int kind_of() {
        return std::is_same_v<T, float> ? 1 : std::is_same_v<T, double> ? 2 : 0;
    }

    template <class Element>
    void use(const Element* data) {
        static_assert(std::is_arithmetic_v<Element>, "strata: arrays of numbers are wanted");
        data_ = data;
        kind_ = kind_of<Element>();
        read_float_ = internal::read_elements<Element, float>;
        read_double_ = internal::read_elements<Element, double>;
        read_label_ = internal::read_elements<Element, std::int32_t>;
    }

    template <class Element, class Array>
    void keep(const Array& array) {
        auto owned = std::make_shared<stored_array<Array>>(array);
        use<Element>(owned->data());
        owner_ = owned;
    }

    std::shared_ptr<const void> owner_;
    std::vector<std::size_t> shape_;
    const void* data_ = nullptr;
    int kind_ = 0;
    bool is_flat_ = false;
    std::size_t flat_size_ = 0;
    float scale_ = 1;
    void (*read_float_)(const void*, std::size_t, std::size_t, float, float*) noexcept = nullptr;
    void (*read_double_)(const void*, std::size_t, std::size_t, float, double*) noexcept = nullptr;
    void (*read_label_)(const void*, std::size_t, std::size_t, float, std::int32_t*) noexcept = nullptr;
};

namespace internal {
// Where the type tells the rank, a wrong one is an error at compile time.
template <text What, class Array, std::size_t... Accepted>
consteval bool check_rank() {
    constexpr std::size_t rank = [] {
        if constexpr (array_expression<Array>)
            return static_rank<Array>;
        else
            return SIZE_MAX;
    }();
    if constexpr (rank == SIZE_MAX || ((rank == Accepted) || ...))
        return true;
    else
        return reject<Array, What + text(" has rank ") + number_text<rank>,
                      (text("it must have rank") + ... + (text(" ") + number_text<Accepted>))>();
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
