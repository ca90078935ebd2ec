// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/column_names.hpp>
#include <strata/data/csv_number.hpp>
#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where a field of a file begins; both count from 1.
struct field_place {
    std::size_t line = 0;
    std::size_t column = 0;
};

/// Texts in named columns, as `read_csv_texts` gives them or a program makes them of a row to predict:
/// `text_table{.names = {"city", "rooms"}, .cells = {"Bonn", "3"}}`.
struct text_table {
    /// Where the texts come from, for messages.
    std::filesystem::path file = {};
    std::vector<std::string> names = {};
    std::vector<std::string> cells = {};  ///< row after row
    std::vector<field_place> places = {}; ///< of each cell, or none where there is no file

    [[nodiscard]] std::size_t column_count() const noexcept { return names.size(); }
    [[nodiscard]] std::size_t row_count() const noexcept {
        return names.empty() ? 0 : cells.size() / names.size();
    }
    [[nodiscard]] const std::string& cell(std::size_t row, std::size_t column) const {
        return cells[row * names.size() + column];
    }

    /// One column, as texts or as an array of numbers of shape [rows]. data_error for a name that does not
    /// exist, and for a text that is no number, with its place.
    [[nodiscard]] std::vector<std::string> column(std::string_view name) const {
        const auto j = position(name);
        std::vector<std::string> result;
        for (std::size_t i = 0; i < row_count(); ++i)
            result.push_back(cell(i, j));
        return result;
    }
    [[nodiscard]] xt::xtensor<double, 1> numbers(std::string_view name) const {
        const auto j = position(name);
        xt::xtensor<double, 1> result(std::array{row_count()});
        for (std::size_t i = 0; i < row_count(); ++i)
            result(i) = number(i, j);
        return result;
    }

    /// All columns but some. Errors as for `position`.
    [[nodiscard]] text_table drop(const std::vector<std::string>& dropped) const {
        check_rows();
        const auto positions = internal::other_positions(file, names, dropped);
        text_table result{.file = file};
        for (const std::size_t j : positions)
            result.names.push_back(names[j]);
        for (std::size_t i = 0; i < row_count(); ++i)
            for (const std::size_t j : positions) {
                result.cells.push_back(cell(i, j));
                if (!places.empty())
                    result.places.push_back(places[i * names.size() + j]);
            }
        return result;
    }
    template <std::convertible_to<std::string_view> Name>
    [[nodiscard]] text_table drop(const Name& dropped) const {
        return drop(std::vector<std::string>{std::string(std::string_view(dropped))});
    }

    /// The position of a column. data_error where there is none of that name, and where cells and names do
    /// not make rows.
    [[nodiscard]] std::size_t position(std::string_view name) const {
        check_rows();
        return internal::column_position(file, names, name);
    }
    /// data_error where cells and names do not make rows.
    void check_rows() const {
        if (names.empty() ? !cells.empty() : cells.size() % names.size() != 0)
            internal::raise(data_error::in_file(
                file, internal::concatenate("cells for rows of ", names.size(), " columns"),
                internal::concatenate(cells.size())));
    }
    /// The number in a cell. data_error with its place where it holds none.
    [[nodiscard]] double number(std::size_t row, std::size_t column) const {
        return internal::csv_number(cell(row, column), names[column],
                                    [&](const std::string& expected, const std::string& found) {
                                        fail(row, column, expected, found);
                                    });
    }
    /// Says what is wrong with a cell.
    [[noreturn]] void fail(std::size_t row, std::size_t column, std::string_view expected,
                           std::string_view found) const {
        if (places.empty())
            internal::raise(data_error::in_file(
                internal::concatenate("row ", row, ", column ", internal::shown(names[column])), expected,
                found));
        const field_place& place = places[row * names.size() + column];
        internal::raise(data_error::at_line(file, place.line, place.column, expected, found));
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::text_table;
} // namespace strata
