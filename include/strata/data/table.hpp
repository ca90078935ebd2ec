// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/column_names.hpp>
#include <strata/setting.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Numbers in named columns. A name that does not exist is a data_error which lists those that do.
struct table {
    /// Where the numbers come from, for messages.
    std::filesystem::path file = {};
    std::vector<std::string> names = {};
    /// The numbers, [rows, columns].
    xt::xtensor<double, 2> values = {};

    [[nodiscard]] std::size_t row_count() const { return values.shape(0); }
    [[nodiscard]] std::size_t column_count() const { return values.shape(1); }

    /// One column as an array of shape [rows].
    [[nodiscard]] xt::xtensor<double, 1> column(std::string_view name) const {
        const auto j = position(name);
        xt::xtensor<double, 1> result(std::array{row_count()});
        for (std::size_t i = 0; i < row_count(); ++i)
            result(i) = values(i, j);
        return result;
    }

    /// Some columns, in the order asked for, as an array of shape [rows, asked.size()].
    [[nodiscard]] xt::xtensor<double, 2> columns(const std::vector<std::string>& asked) const {
        std::vector<std::size_t> positions;
        for (const auto& name : asked)
            positions.push_back(position(name));
        return gather(positions);
    }

    /// All columns but some, as an array of shape [rows, column_count() - dropped.size()].
    [[nodiscard]] xt::xtensor<double, 2> drop(const std::vector<std::string>& dropped) const {
        return gather(internal::other_positions(file, names, dropped));
    }

    // A template, since {"a", "b"} would otherwise also mean one name between two pointers.
    template <std::convertible_to<std::string_view> Name>
    [[nodiscard]] xt::xtensor<double, 2> drop(const Name& dropped) const {
        return drop(std::vector<std::string>{std::string(std::string_view(dropped))});
    }

private:
    [[nodiscard]] std::size_t position(std::string_view name) const {
        return internal::column_position(file, names, name);
    }

    [[nodiscard]] xt::xtensor<double, 2> gather(const std::vector<std::size_t>& positions) const {
        xt::xtensor<double, 2> result(std::array{row_count(), positions.size()});
        for (std::size_t i = 0; i < row_count(); ++i)
            for (std::size_t j = 0; j < positions.size(); ++j)
                result(i, j) = values(i, positions[j]);
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::table;
} // namespace strata
