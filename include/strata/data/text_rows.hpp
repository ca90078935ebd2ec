// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/rows.hpp>
#include <strata/data/text_table.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <span>

/// A table of texts among arrays of samples: each of its rows is one.
namespace strata::bedrock::inline STRATA_SETTING {

[[nodiscard]] inline std::size_t row_count(const text_table& table) { return table.row_count(); }

/// A copy of chosen rows: row i of the result is row indices[i] of `table`. data_error if there is no such
/// row.
[[nodiscard]] inline text_table take_rows(const text_table& table, std::span<const std::size_t> indices) {
    text_table result{.file = table.file, .names = table.names};
    internal::check_rows(indices, table.row_count());
    const std::size_t columns = table.column_count();
    for (const std::size_t row : indices)
        for (std::size_t j = 0; j < columns; ++j) {
            result.cells.push_back(table.cell(row, j));
            if (!table.places.empty())
                result.places.push_back(table.places[row * columns + j]);
        }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::take_rows;
} // namespace strata
