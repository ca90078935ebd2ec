// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/npy_array.hpp>
#include <strata/data/row_extents.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Rows, of its first axis, of an array in NumPy's format, one after another or any. `Open` returns a reader
/// that stands before the header, by a pointer. Errors are those of `read_npy`, rows of no numbers, and an
/// array whose columns lie together, so that no row does.
template <npy_element Element, std::size_t Rank, class Open>
    requires(Rank > 0)
class npy_rows {
public:
    using element = Element;
    static constexpr std::size_t rank = Rank;

    explicit npy_rows(Open open) : open_(std::move(open)) { rewind(); }

    /// [rows, ...] of the whole array.
    [[nodiscard]] const std::array<std::size_t, Rank>& shape() const noexcept { return shape_; }
    /// The extents of so many rows.
    [[nodiscard]] std::array<std::size_t, Rank> shape(std::size_t rows) const noexcept {
        auto result = shape_;
        result[0] = rows;
        return result;
    }

    /// Goes back to the first row.
    void rewind() {
        file_ = open_();
        const npy_layout layout = read_npy_header<Element>(*file_, Rank);
        std::array<std::size_t, Rank> found{};
        std::copy_n(layout.header.extents.begin(), Rank, found.begin());
        take_row_extents(*file_, 0, found, begin_ == 0, shape_);
        is_half_ = layout.is_half;
        is_swapped_ = layout.is_swapped;
        if (Rank > 1 && layout.header.columns_first)
            file_->fail(0, "rows one after another, to read some of them", "an array in Fortran's order");
        row_size_ = 1;
        for (std::size_t i = 1; i < Rank; ++i)
            row_size_ *= shape_[i];
        begin_ = file_->position();
        row_ = 0;
        if (shape_[0] == 0)
            file_->expect_end();
    }

    [[nodiscard]] bool is_packed() const { return file_->is_packed(); }
    /// Goes to a row. An error where the array is packed.
    void seek(std::size_t row) {
        file_->seek(begin_ + row * row_size_ * (is_half_ ? sizeof(std::uint16_t) : sizeof(Element)));
        row_ = row;
    }

    /// Reads a row. Returns whether there was one.
    bool read(Element* row) {
        if (row_ == shape_[0])
            return false;
        if constexpr (std::same_as<Element, float>) {
            if (is_half_)
                read_halves(*file_, row, row_size_, is_swapped_);
            else
                read_npy_elements(*file_, row, row_size_, is_swapped_);
        } else
            read_npy_elements(*file_, row, row_size_, is_swapped_);
        if (++row_ == shape_[0])
            file_->expect_end();
        return true;
    }

    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        file_->fail(0, expected, found);
    }

private:
    Open open_;
    decltype(std::declval<Open&>()()) file_;
    std::array<std::size_t, Rank> shape_{};
    std::size_t row_size_ = 1;
    std::uint64_t begin_ = 0; ///< where the elements begin
    std::size_t row_ = 0;     ///< which is read next
    bool is_half_ = false, is_swapped_ = false;
};

/// Rows of two arrays, one after another.
template <class XRows, class YRows>
class npy_row_source {
public:
    using x_value = typename XRows::element;
    using y_value = typename YRows::element;
    static constexpr std::size_t x_rank = XRows::rank, y_rank = YRows::rank;

    npy_row_source(XRows x, YRows y) : x_(std::move(x)), y_(std::move(y)) {
        if (x_.shape()[0] != y_.shape()[0])
            y_.fail(concatenate(x_.shape()[0], " rows, one for each of x"), concatenate(y_.shape()[0]));
    }

    [[nodiscard]] auto x_shape(std::size_t rows) const { return x_.shape(rows); }
    [[nodiscard]] auto y_shape(std::size_t rows) const { return y_.shape(rows); }
    [[nodiscard]] std::size_t rows() const { return x_.shape()[0]; }
    void rewind() {
        x_.rewind();
        y_.rewind();
    }
    /// Makes ready to go to any row. Returns whether that can be.
    [[nodiscard]] bool allow_seeking() const { return !x_.is_packed() && !y_.is_packed(); }
    void seek(std::size_t row) {
        x_.seek(row);
        y_.seek(row);
    }
    bool next(x_value* x, y_value* y) {
        const bool has_target = y_.read(y);
        return x_.read(x) && has_target;
    }

private:
    XRows x_;
    YRows y_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
