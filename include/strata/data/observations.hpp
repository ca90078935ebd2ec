// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/samples.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Rows of numbers of type T that a model is fitted to: the caller's own memory where it holds T row by row,
/// else a converted copy. What is referred to must outlive it.
template <class T>
class observations {
public:
    /// Reads an array as rows of so many columns, or as samples of a shape that has as many numbers. Throws
    /// `std::invalid_argument`, whose text begins with `what`, where the array has another shape or no rows.
    observations(const samples& source, std::size_t columns, std::string what,
                 std::span<const std::size_t> shape = {})
        : source_(source),
          what_(std::move(what)),
          rows_(source.rank() == shape.size() + 1 && shape.size() > 1
                    ? source.count(shape, what_)
                    : source.count(std::array{columns}, what_)),
          columns_(columns) {
        if (rows_ == 0)
            internal::raise(std::invalid_argument(what_ + " has no rows"));
        data_ = source_.template direct<T>();
        if (data_ == nullptr) {
            converted_.resize(rows_ * columns_);
            source_.read(0, converted_.size(), converted_.data());
            data_ = converted_.data();
        }
    }
    observations(const observations&) = delete;
    observations& operator=(const observations&) = delete;

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
    /// [rows][columns], not aligned to anything.
    [[nodiscard]] const T* data() const noexcept { return data_; }
    [[nodiscard]] const T* row(std::size_t i) const noexcept { return data_ + i * columns_; }

    /// Throws `std::invalid_argument`, which names the first number that is infinite or not a number.
    void check_finite() const {
        for (std::size_t i = 0; i < rows_ * columns_; ++i)
            if (!internal::is_finite(data_[i]))
                internal::raise(std::invalid_argument(internal::concatenate(
                    what_, " is ", internal::is_not_a_number(data_[i]) ? "not a number" : "infinite",
                    " at row ", row_number(i / columns_), ", column ", i % columns_,
                    ", expected finite numbers")));
    }

    /// Throws `std::invalid_argument` unless both have as many rows.
    template <class U>
    void check_same_rows(const observations<U>& other) const {
        if (rows_ != other.rows())
            internal::raise(std::invalid_argument(internal::concatenate(
                what_, " has ", rows_, " rows, ", other.what(), " has ", other.rows())));
    }
    [[nodiscard]] const std::string& what() const noexcept { return what_; }

    /// Keeps these rows alone, in this order: from here on it is as if the others had never been there. What
    /// is kept is a copy. O(chosen.size() columns).
    [[gnu::cold, gnu::noinline]] void keep_rows(const std::vector<std::size_t>& chosen) {
        aligned_vector<T> kept(chosen.size() * columns_);
        std::vector<std::size_t> numbers;
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            std::copy_n(row(chosen[i]), columns_, kept.data() + i * columns_);
            numbers.push_back(row_number(chosen[i]));
        }
        converted_ = std::move(kept);
        numbers_ = std::move(numbers);
        data_ = converted_.data();
        rows_ = chosen.size();
    }
    /// How the caller counts row i, for messages.
    [[nodiscard]] std::size_t row_number(std::size_t i) const noexcept {
        return numbers_.empty() ? i : numbers_[i];
    }

private:
    samples source_;
    std::string what_;
    std::size_t rows_;
    std::size_t columns_;
    const T* data_ = nullptr;
    aligned_vector<T> converted_;
    std::vector<std::size_t> numbers_; ///< the caller's, where rows were left out
};

namespace internal {
/// How far the numbers of a constant column may be from their computed mean, by rounding alone.
[[nodiscard]] inline double rounding_error(double mean) noexcept {
    return 16 * std::numeric_limits<double>::epsilon() * std::abs(mean);
}

/// Throws `std::invalid_argument` for weights of rows that are negative, not finite, or all zero.
template <class Value>
void check_weights(const observations<Value>& weights) {
    weights.check_finite();
    double sum = 0;
    for (std::size_t i = 0; i < weights.rows(); ++i) {
        if (*weights.row(i) < Value(0))
            raise(std::invalid_argument(concatenate(weights.what(), " is ",
                                                    number_to_string(static_cast<double>(*weights.row(i))),
                                                    " at row ", i, ", expected none below 0")));
        sum += static_cast<double>(*weights.row(i));
    }
    if (!(sum > 0))
        raise(std::invalid_argument(weights.what() + " is 0 in all rows"));
}

/// The weights of the rows of these arrays, checked; null where none are given. Errors begin with `what`.
/// Rows of weight zero are left out of the arrays and of the weights, so that they count nowhere: neither in
/// means and scales, nor in the number of rows, nor where numbers must be finite.
template <class Weight, class Value, class... Values>
std::unique_ptr<const observations<Weight>> read_weights(const samples& sample_weight, const char* what,
                                                         observations<Value>& rows,
                                                         observations<Values>&... others) {
    if (sample_weight.empty())
        return nullptr;
    auto weights = std::make_unique<observations<Weight>>(sample_weight, 1, what);
    rows.check_same_rows(*weights);
    check_weights(*weights);
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < weights->rows(); ++i)
        if (*weights->row(i) > Weight(0))
            chosen.push_back(i);
    if (chosen.size() < weights->rows()) {
        rows.keep_rows(chosen);
        (others.keep_rows(chosen), ...);
        weights->keep_rows(chosen);
    }
    return weights;
}

} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
