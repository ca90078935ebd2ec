// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/error.hpp>
#include <strata/data/labelled_arrays.hpp>
#include <strata/data/rows.hpp>
#include <strata/data/scaled_bytes.hpp>
#include <strata/data/share.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>
#include <strata/random/philox.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

struct split_options {
    double test_size = 0.25;
    bool shuffle = true;
    seed random = {};
};

struct three_way_split_options {
    double validation_size = 0.2;
    double test_size = 0.2;
    bool shuffle = true;
    seed random = {};
};

/// `const auto [train, test] = train_test_split(x, y);`, then `teach.fit(train.x, train.y)`.
template <class X, class Y>
struct train_test_arrays {
    labelled_arrays<X, Y> train, test;
};

template <class X, class Y>
struct train_validation_test_arrays {
    labelled_arrays<X, Y> train, validation, test;
};

namespace internal {

/// The number of rows in a fraction of them.
inline std::size_t part_rows(std::string_view option, double fraction, std::size_t rows) {
    if (!(fraction > 0 && fraction < 1))
        raise(data_error{std::string("split: expected ").append(option) +
                         " between 0 and 1, both excluded, found " + number_to_string(fraction)});
    return held_out_count(fraction, rows);
}

/// The order in which the rows are distributed over the parts.
inline std::vector<std::size_t> row_order(std::size_t rows, bool shuffle, seed random) {
    if (shuffle && rows > std::numeric_limits<std::uint32_t>::max())
        raise(data_error{"split: expected less than 2^32 rows to shuffle, found " + std::to_string(rows)});
    std::vector<std::size_t> order(rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (shuffle)
        random_sequence{random, draw_purpose::split}.shuffle(order);
    return order;
}

template <class X, class Y>
std::size_t common_row_count(const X& x, const Y& y, const std::string& call = "split") {
    const auto rows = row_count(x);
    if (row_count(y) != rows)
        raise(data_error{call + ": expected x and y with as many rows, found " + std::to_string(rows) +
                         " and " + std::to_string(row_count(y))});
    return rows;
}

inline void check_train_rows(std::size_t rows, std::size_t other_rows) {
    if (other_rows >= rows)
        raise(data_error{"split: expected a row for training at least, found that the other parts take " +
                         std::to_string(other_rows) + " of " + std::to_string(rows)});
}

} // namespace internal

/// Deals the samples (the first axis) of x and y out to two parts, which are copies. x and y are arrays,
/// expressions of arrays or scaled_bytes. The test part has test_size of the rows, rounded up as
/// internal::held_out_count says; without shuffling it is the last rows. The same seed gives the same parts
/// everywhere.
///
/// data_error if x and y have different numbers of rows, if test_size is not within (0, 1), or if a part
/// would be empty.
template <class X, class Y>
[[nodiscard]] auto train_test_split(const X& x, const Y& y, const split_options& options = {}) {
    const auto rows = internal::common_row_count(x, y);
    const auto test = internal::part_rows("test_size", options.test_size, rows);
    internal::check_train_rows(rows, test);
    const auto order = internal::row_order(rows, options.shuffle, options.random);
    const std::span<const std::size_t> row_indices = order;
    const auto train_rows = row_indices.first(rows - test), test_rows = row_indices.last(test);
    using x_array = decltype(take_rows(x, row_indices));
    using y_array = decltype(take_rows(y, row_indices));
    return train_test_arrays<x_array, y_array>{{take_rows(x, train_rows), take_rows(y, train_rows)},
                                               {take_rows(x, test_rows), take_rows(y, test_rows)}};
}

/// The same for samples with their labels, whose class names each part keeps.
template <class X, class Y>
[[nodiscard]] auto train_test_split(const labelled_arrays<X, Y>& all, const split_options& options = {}) {
    auto parts = train_test_split(all.x, all.y, options);
    parts.train.class_names = parts.test.class_names = all.class_names;
    return parts;
}

/// The same with three parts: training, validation, test. For equal seed and test_size the test part is that
/// of train_test_split.
template <class X, class Y>
[[nodiscard]] auto train_validation_test_split(const X& x, const Y& y,
                                               const three_way_split_options& options = {}) {
    const auto rows = internal::common_row_count(x, y);
    const auto validation = internal::part_rows("validation_size", options.validation_size, rows);
    const auto test = internal::part_rows("test_size", options.test_size, rows);
    internal::check_train_rows(rows, validation + test);
    const auto order = internal::row_order(rows, options.shuffle, options.random);
    const std::span<const std::size_t> row_indices = order;
    const auto train_rows = row_indices.first(rows - validation - test);
    const auto validation_rows = row_indices.subspan(train_rows.size(), validation);
    const auto test_rows = row_indices.last(test);
    using x_array = decltype(take_rows(x, row_indices));
    using y_array = decltype(take_rows(y, row_indices));
    return train_validation_test_arrays<x_array, y_array>{
        {take_rows(x, train_rows), take_rows(y, train_rows)},
        {take_rows(x, validation_rows), take_rows(y, validation_rows)},
        {take_rows(x, test_rows), take_rows(y, test_rows)}};
}

/// The same for samples with their labels, whose class names each part keeps.
template <class X, class Y>
[[nodiscard]] auto train_validation_test_split(const labelled_arrays<X, Y>& all,
                                               const three_way_split_options& options = {}) {
    auto parts = train_validation_test_split(all.x, all.y, options);
    parts.train.class_names = parts.validation.class_names = parts.test.class_names = all.class_names;
    return parts;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::split_options;
using bedrock::three_way_split_options;
using bedrock::train_test_split;
using bedrock::train_validation_test_split;
} // namespace strata

STRATA_HEADER_END
