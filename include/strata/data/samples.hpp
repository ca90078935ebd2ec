// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/array_kinds.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/paged_numbers.hpp>
#include <strata/data/read_elements.hpp>
#include <strata/data/rows.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class Name>
std::string name_text(const Name& name) {
    if constexpr (std::invocable<const Name&>)
        return name();
    else
        return std::string(name);
}
} // namespace internal

/// Samples to read, wherever they are: an array of any element type [samples, ...], a range of numbers,
/// sample after sample, or a range of rows, each of which is a sample. Nothing is copied but expressions and
/// views, which are evaluated once, and numbers or rows that lie apart, or in bits as those of
/// std::vector<bool>. What is referred to must outlive it; what is moved in, as a temporary is, is kept.
/// 8-bit data are scaled as they are read.
class samples {
public:
    samples() = default;

    template <array_expression Array>
        requires(std::is_arithmetic_v<typename Array::value_type>)
    samples(const Array& array) {
        using element = typename Array::value_type;
        const auto& extents = array.shape();
        if constexpr (requires { set_shape(extents.data(), extents.size()); })
            set_shape(extents.data(), extents.size());
        else
            set_shape(std::vector<std::size_t>(extents.begin(), extents.end()).data(), extents.size());
        if constexpr (internal::is_scaled_bytes<Array>) {
            use<std::uint8_t>(array.data());
            scale_ = array.scale;
        } else if constexpr (internal::is_row_major_array<Array>) {
            use<element>(array.data());
        } else if constexpr (internal::contiguous_array<Array>) {
            if (array.layout() == xt::layout_type::row_major && array.data_offset() == 0)
                use<element>(array.data());
            else
                keep<element>(array);
        } else
            keep<element>(array);
    }

    /// There is no shape: whoever reads knows how many numbers make a sample.
    template <number_range Range>
    samples(const Range& numbers) : is_flat_(true), flat_size_(std::ranges::size(numbers)) {
        use<std::ranges::range_value_t<Range>>(std::ranges::data(numbers));
    }

    template <loose_numbers Range>
    samples(const Range& numbers) : is_flat_(true), flat_size_(std::ranges::size(numbers)) {
        using element = std::ranges::range_value_t<const Range>;
        const std::shared_ptr<element[]> owned(new element[flat_size_]);
        std::copy(std::ranges::begin(numbers), std::ranges::end(numbers), owned.get());
        use<element>(owned.get());
        owner_ = owned;
    }

    template <fixed_rows Range>
    samples(const Range& rows) {
        using row = internal::number_row<std::ranges::range_value_t<Range>>;
        rows_ = {true, std::ranges::size(rows), row::length};
        use<typename row::number>(reinterpret_cast<const typename row::number*>(std::ranges::data(rows)));
    }

    /// Rows of different lengths are kept in mind until `count` can say which length is right.
    template <loose_rows Range>
    samples(const Range& rows) {
        rows_.given = true;
        for (const auto& row : rows) {
            const std::size_t length = std::ranges::size(row);
            if (rows_.count == 0)
                rows_.length = length;
            else if (length != rows_.length && rows_.other == 0) {
                rows_.other = rows_.count;
                rows_.other_length = length;
            }
            ++rows_.count;
        }
        using element = std::ranges::range_value_t<std::ranges::range_reference_t<const Range>>;
        const std::size_t total = rows_.other == 0 ? rows_.count * rows_.length : 0;
        const std::shared_ptr<element[]> owned(new element[total]);
        element* next = owned.get();
        if (total > 0)
            for (const auto& row : rows)
                next = std::copy(std::ranges::begin(row), std::ranges::end(row), next);
        use<element>(owned.get());
        owner_ = owned;
    }

    template <internal::movable_numbers Array>
        requires(!std::is_reference_v<Array>)
    samples(Array&& array) {
        const auto kept = std::make_shared<const Array>(std::move(array));
        *this = samples(*kept);
        if (owner_ == nullptr)
            owner_ = kept;
    }

    /// Numbers that are read from files as they are needed. `direct`: where they lie as they are, or null.
    template <class Element>
    samples(std::shared_ptr<const paged_numbers> numbers, const Element* direct,
            std::span<const std::size_t> extents, float scale)
        : owner_(numbers), pages_(numbers.get()), scale_(scale) {
        set_shape(extents.data(), extents.size());
        if (direct != nullptr)
            use<Element>(direct);
        else {
            data_ = pages_;
            read_float_ = internal::read_pages<float>;
            read_double_ = internal::read_pages<double>;
            read_label_ = internal::read_pages<std::int32_t>;
        }
    }

    [[nodiscard]] bool empty() const noexcept { return data_ == nullptr; }
    /// How many axes an array has; 0 of plain ranges and rows.
    [[nodiscard]] std::size_t rank() const noexcept { return rank_; }
    /// Whether numbers are read from files when they are needed.
    [[nodiscard]] bool is_paged() const noexcept { return pages_ != nullptr; }
    /// Says so where the numbers from the element `first` on will be read soon.
    void expect(std::size_t first, std::size_t count) const noexcept {
        if (pages_ != nullptr)
            pages_->expect(first, count);
    }
    /// What reads them from files, or null.
    [[nodiscard]] const paged_numbers* pages() const noexcept { return pages_; }
    /// The same where somebody asks for blocks before they are read (`paged_numbers::expect_block`).
    [[nodiscard]] samples blockwise(block_order order) const {
        auto blocks = pages_ == nullptr ? nullptr : pages_->blockwise(order);
        return blocks ? samples(std::move(blocks), static_cast<const float*>(nullptr), shape(), scale_)
                      : *this;
    }
    /// Whether it is a plain range of so many numbers, or so many rows of one number.
    [[nodiscard]] bool has_numbers(std::size_t count) const noexcept {
        if (is_flat_)
            return flat_size_ == count;
        if (rows_.given)
            return rows_.count == count && rows_.length == 1 && rows_.other == 0;
        return rank_ <= 2 && rank_ > 0 && extents_[0] == count && (rank_ == 1 || extents_[1] == 1);
    }

    /// Whether it holds so many samples of that shape.
    [[nodiscard, gnu::noinline]] bool fits(std::span<const std::size_t> sample_shape,
                                           std::size_t count) const {
        std::size_t size = 1;
        for (const std::size_t extent : sample_shape)
            size *= extent;
        if (is_flat_)
            return flat_size_ == count * size;
        if (rows_.given)
            return rows_.count == count && rows_.length == size && rows_.other == 0;
        return has_shape(sample_shape) && shape()[0] == count;
    }

    /// What it has, for messages: "7 numbers", "5 rows of 3 numbers" or "the shape 5 x 3".
    [[nodiscard, gnu::noinline]] std::string contents() const {
        if (is_flat_)
            return internal::concatenate(flat_size_, " numbers");
        if (rows_.given)
            return internal::concatenate(rows_.count, " rows of ", rows_.length, " numbers");
        return internal::concatenate("the shape ", internal::shape_to_string(shape()));
    }

    /// How many samples there are if each has that shape. `std::invalid_argument` where the array's shape is
    /// another; `what` names it in the message, or returns its name. Samples of a single number may lack
    /// their axis.
    template <class What>
    [[nodiscard]] std::size_t count(std::span<const std::size_t> sample_shape, const What& what) const {
        std::size_t size = 1;
        for (const std::size_t extent : sample_shape)
            size *= extent;
        const bool is_right = is_flat_      ? size > 0 && flat_size_ % size == 0
                              : rows_.given ? rows_.count == 0 || (rows_.length == size && rows_.other == 0)
                                            : has_shape(sample_shape) || (size == 1 && rank_ == 1);
        if (!is_right)
            refuse(sample_shape, size, internal::name_text(what));
        return is_flat_ ? flat_size_ / size : rows_.given ? rows_.count : shape()[0];
    }

    void read(std::size_t first, std::size_t count, float* numbers) const noexcept {
        read_float_(data_, first, count, scale_, numbers);
    }
    void read(std::size_t first, std::size_t count, double* numbers) const noexcept {
        read_double_(data_, first, count, scale_, numbers);
    }
    void read(std::size_t first, std::size_t count, std::int32_t* numbers) const noexcept {
        read_label_(data_, first, count, scale_, numbers);
    }

    /// Where elements lie as they are, before they are converted. Behind the last one there need not be any.
    [[nodiscard]] const char* place(std::size_t first) const noexcept {
        return static_cast<const char*>(data_) + first * element_size_;
    }
    /// How many bytes an element has there.
    [[nodiscard]] std::size_t element_size() const noexcept { return element_size_; }
    /// What numbers are multiplied by as they are read.
    [[nodiscard]] float scale() const noexcept { return scale_; }

    /// The elements themselves, where they are of that type, which is float, double or std::uint8_t; else
    /// null. Bytes are still to be multiplied by `scale`.
    template <class T>
    [[nodiscard]] const T* direct() const noexcept {
        return kind_ == kind_of<T>() ? static_cast<const T*>(data_) : nullptr;
    }

private:
    // Says what is wrong: once, and not for each way to name an array.
    [[noreturn, gnu::noinline, gnu::cold]] void refuse(std::span<const std::size_t> sample_shape,
                                                       std::size_t size, const std::string& name) const {
        const bool is_first_wrong = rows_.length != size;
        const std::string found =
            is_flat_      ? internal::concatenate(" has ", contents(), ", expected a multiple of ", size)
            : rows_.given ? internal::concatenate(": row ", is_first_wrong ? 0 : rows_.other, " has ",
                                                  is_first_wrong ? rows_.length : rows_.other_length,
                                                  " numbers, expected ", size)
                          : internal::concatenate(" has ", contents(), ", expected samples x ",
                                                  internal::shape_to_string(sample_shape));
        internal::raise(std::invalid_argument(internal::concatenate(name, found)));
    }

    // A function of its own, so that a compiler makes it once for arrays of all kinds.
    [[gnu::noinline]] void set_shape(const std::size_t* extents, std::size_t rank) {
        rank_ = rank;
        if (rank <= extents_.size())
            std::copy_n(extents, rank, extents_.begin());
        else
            many_extents_.assign(extents, extents + rank);
    }
    [[nodiscard]] std::span<const std::size_t> shape() const noexcept {
        return {rank_ <= extents_.size() ? extents_.data() : many_extents_.data(), rank_};
    }
    [[nodiscard]] bool has_shape(std::span<const std::size_t> sample_shape) const noexcept {
        return rank_ == sample_shape.size() + 1 &&
               std::equal(sample_shape.begin(), sample_shape.end(), shape().begin() + 1);
    }

    template <class T>
    static constexpr int kind_of() {
        constexpr bool is_byte = std::is_same_v<T, std::uint8_t>;
        return std::is_same_v<T, float> ? 1 : std::is_same_v<T, double> ? 2 : is_byte ? 3 : 0;
    }

    template <class Element>
    void use(const Element* data) {
        data_ = data;
        kind_ = kind_of<Element>();
        element_size_ = sizeof(Element);
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
    const paged_numbers* pages_ = nullptr;
    std::size_t rank_ = 0;
    std::array<std::size_t, 4> extents_{};
    std::vector<std::size_t> many_extents_; ///< of more axes, which alone are on the heap
    const void* data_ = nullptr;
    int kind_ = 0;
    std::size_t element_size_ = 0;
    bool is_flat_ = false;
    std::size_t flat_size_ = 0;
    /// A range of rows: how many, the length of the first, and the first row of another length.
    struct row_lengths {
        bool given = false;
        std::size_t count = 0;
        std::size_t length = 0;
        std::size_t other = 0; ///< none if 0, since the first cannot differ from itself
        std::size_t other_length = 0;
    } rows_;
    float scale_ = 1;
    void (*read_float_)(const void*, std::size_t, std::size_t, float, float*) noexcept = nullptr;
    void (*read_double_)(const void*, std::size_t, std::size_t, float, double*) noexcept = nullptr;
    void (*read_label_)(const void*, std::size_t, std::size_t, float, std::int32_t*) noexcept = nullptr;
};

} // namespace strata::bedrock::inline STRATA_SETTING
