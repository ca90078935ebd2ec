// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/error.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/rows.hpp>
#include <strata/data/samples.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/kernels/large_pages.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What the scalers share: y = (x - offset) / scale * span + low in every column.
class column_scaler {
public:
    /// A result has the floating type of the array it comes from, and double for integers. A column that is
    /// given as [rows] stays one where the array's type says so, and becomes [rows, 1] else.
    template <class Expression>
    using scaled_array =
        xt::xtensor<std::conditional_t<std::is_floating_point_v<typename Expression::value_type>,
                                       typename Expression::value_type, double>,
                    xt::get_rank<Expression>::value == 1 ? 1 : 2>;

    /// x and the result: [rows, columns], with the columns that fit() has seen, or [rows] for one.
    template <class Expression>
    [[nodiscard]] scaled_array<Expression> transform(const xt::xexpression<Expression>& x) const {
        return apply(x, "transform", [this](double value, std::size_t j) {
            return (value - offset_(j)) / scale_(j) * span_ + low_;
        });
    }

    /// Turns scaled values back into values like those given to fit().
    template <class Expression>
    [[nodiscard]] scaled_array<Expression> inverse_transform(const xt::xexpression<Expression>& x) const {
        return apply(x, "inverse_transform", [this](double value, std::size_t j) {
            return (value - low_) / span_ * scale_(j) + offset_(j);
        });
    }

protected:
    using column_values = xt::xtensor<double, 1>;

    column_scaler(const char* name, double low, double high) : name_(name), span_(high - low), low_(low) {}

    /// The rows that are fitted.
    struct training_rows {
        std::size_t rows;
        std::size_t columns;
        std::vector<double> weights; ///< [rows]; 1 where none are given
        double count = 0;            ///< how many weigh something
    };

    /// Throws unless there are rows, and finite numbers in all that weigh something.
    template <class Array>
    [[nodiscard]] training_rows check_training_rows(const Array& matrix, const samples& sample_weight) const {
        const auto [rows, columns] = read_shape(matrix, "fit");
        training_rows result{rows, columns, read_weights(sample_weight, rows)};
        for (std::size_t i = 0; i < rows; ++i)
            if (result.weights[i] > 0) {
                ++result.count;
                for (std::size_t j = 0; j < columns; ++j)
                    static_cast<void>(finite_number(matrix, i, j, columns, "fit"));
            }
        if (result.count == 0)
            fail("fit", rows == 0 ? "a row at least" : "a row at least whose weight is above 0", "none");
        return result;
    }

    void learn(column_values offset, column_values scale) {
        for (std::size_t j = 0; j < scale.size(); ++j)
            if (!internal::is_finite(scale(j)))
                fail("fit", "values that spread over less than the range of double",
                     "more in column " + std::to_string(j));
        offset_ = std::move(offset);
        scale_ = std::move(scale);
        fitted_ = true;
    }

    [[nodiscard]] const column_values& offset(const char* what) const {
        check_fitted(what);
        return offset_;
    }
    [[nodiscard]] const column_values& scale(const char* what) const {
        check_fitted(what);
        return scale_;
    }

    /// Visits what was learnt, for saving.
    template <class Self, class Visit>
    static void visit_columns(Self& self, Visit& visit) {
        std::vector<double> offset(self.offset_.begin(), self.offset_.end());
        std::vector<double> scale(self.scale_.begin(), self.scale_.end());
        visit("whether it was fitted", self.fitted_);
        visit("offsets", offset);
        visit("scales", scale, offset.size());
        visit("the span", self.span_);
        visit("the low end", self.low_);
        if constexpr (!std::is_const_v<Self>) {
            self.offset_ = column_values::from_shape({offset.size()});
            self.scale_ = column_values::from_shape({scale.size()});
            std::copy(offset.begin(), offset.end(), self.offset_.begin());
            std::copy(scale.begin(), scale.end(), self.scale_.begin());
        }
    }

private:
    struct extents {
        std::size_t rows;
        std::size_t columns;
    };
    template <class Array>
    [[nodiscard]] extents read_shape(const Array& array, const char* action) const {
        if (array.dimension() != 1 && array.dimension() != 2)
            fail(action, "an array of shape [rows, columns], or [rows] of one column",
                 extents_text(array.shape()));
        return {array.shape(0), array.dimension() == 1 ? 1 : array.shape(1)};
    }

    template <class Array>
    [[nodiscard]] double finite_number(const Array& array, std::size_t i, std::size_t j, std::size_t columns,
                                       const char* action) const {
        const auto value = static_cast<double>(array.data()[i * columns + j]);
        if (!internal::is_finite(value))
            fail(action, "finite numbers",
                 std::to_string(value) + " in row " + std::to_string(i) + ", column " + std::to_string(j));
        return value;
    }

    // One weight a row, 1 where none are given.
    [[nodiscard]] std::vector<double> read_weights(const samples& sample_weight, std::size_t rows) const {
        std::vector<double> weights(rows, 1.0);
        if (sample_weight.empty())
            return weights;
        if (!sample_weight.has_numbers(rows))
            fail("fit", std::to_string(rows) + " weights, one for each row", "another number of them");
        sample_weight.read(0, rows, weights.data());
        for (std::size_t i = 0; i < rows; ++i)
            if (!(weights[i] >= 0) || !internal::is_finite(weights[i]))
                fail("fit", "finite weights, none below 0",
                     number_to_string(weights[i]) + " in row " + std::to_string(i));
        return weights;
    }

    [[noreturn]] void fail(const char* action, const std::string& expected, const std::string& found) const {
        raise(data_error{std::string(name_) + ", " + action + ": expected " + expected + ", found " + found});
    }

    void check_fitted(const char* action) const {
        if (!fitted_)
            fail(action, "a call of fit before", "none");
    }

    template <class Expression, class Formula>
    [[nodiscard]] scaled_array<Expression> apply(const xt::xexpression<Expression>& x, const char* action,
                                                 Formula formula) const {
        check_fitted(action);
        const auto& matrix = stored(x);
        const extents shape = read_shape(matrix, action);
        if (shape.columns != scale_.size())
            fail(action, std::to_string(scale_.size()) + " columns as in fit", std::to_string(shape.columns));
        auto result = [&] {
            if constexpr (xt::get_rank<Expression>::value == 1)
                return scaled_array<Expression>::from_shape({shape.rows});
            else
                return scaled_array<Expression>::from_shape({shape.rows, shape.columns});
        }();
        ask_for_large_pages(result);
        using value = typename scaled_array<Expression>::value_type;
        for (std::size_t i = 0; i < shape.rows; ++i)
            for (std::size_t j = 0; j < shape.columns; ++j)
                result.data()[i * shape.columns + j] =
                    static_cast<value>(formula(finite_number(matrix, i, j, shape.columns, action), j));
        return result;
    }

    const char* name_;
    double span_, low_;
    column_values offset_, scale_;
    bool fitted_ = false;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
