// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a text stands for that was not there when the encoder learnt: an error that names it, no category at
/// all (zeros), or a category of its own, which is a column more.
enum class unknown_category { error, zeros, own_column };

/// A column for each category, with a one in the column of a row's category and zeros in the others, as
/// scikit-learn's OneHotEncoder makes them. The column of "Bonn" in "city" is "city_Bonn".
struct one_hot_column {
    unknown_category unknown = unknown_category::error;
    /// The categories in order; empty: those that there are, sorted as bytes.
    std::vector<std::string> categories = {};
    /// Leaves out the first category's column, which the others tell: for regressions without a penalty.
    bool drop_first = false;
};

/// The index of the category, as scikit-learn's OrdinalEncoder makes it: for texts that have an order, say
/// `.categories = {"small", "medium", "large"}`.
struct ordinal_column {
    /// What an unknown category is encoded as; an error that names it if nothing.
    std::optional<double> unknown = {};
    std::vector<std::string> categories = {};
};

/// What a date is turned into.
enum class date_part {
    days, ///< since 1970-01-01, with the time of day as a fraction
    year,
    month,   ///< 1 to 12
    day,     ///< 1 to 31
    weekday, ///< 0 for Monday to 6 for Sunday
    hour     ///< 0 to 23 and a fraction
};

/// Dates as ISO 8601 writes them, 2026-11-26 or 2026-11-26T14:05:30: a column for each part. "days" keeps the
/// column's name, the year of "born" is "born_year".
struct date_column {
    std::vector<date_part> parts = {date_part::days};
};

/// Numbers, which every column holds that nothing else is said of. What an empty field stands for; an error
/// if nothing.
struct number_column {
    std::optional<double> missing = {};
};

/// No column at all.
struct ignored_column {};

using column_encoding =
    std::variant<one_hot_column, ordinal_column, date_column, number_column, ignored_column>;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::date_column;
using bedrock::date_part;
using bedrock::ignored_column;
using bedrock::number_column;
using bedrock::one_hot_column;
using bedrock::ordinal_column;
using bedrock::unknown_category;
} // namespace strata

STRATA_HEADER_END
