// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/error.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace strata::inline STRATA_SETTING {

/// Numbers in named columns. A name that does not exist is a data_error which lists those that do.
struct table {
    /// Where the numbers come from, for messages.
    std::filesystem::path file = {};
    std::vector<std::string> names = {};
    /// [rows, columns]
    xt::xtensor<double, 2> values = {};

    [[nodiscard]] std::size_t row_count() const { return values.shape(0); }
    [[nodiscard]] std::size_t column_count() const { return values.shape(1); }

    /// One column as an array of shape [rows].
    [[nodiscard]] xt::xtensor<double, 1> column(std::string_view name) const {
        const auto from = position(name);
        xt::xtensor<double, 1> result(std::array{row_count()});
        for (std::size_t i = 0; i < row_count(); ++i)
            result(i) = values(i, from);
        return result;
    }

    /// Some columns, in the order asked for, as an array of shape [rows, asked.size()].
    [[nodiscard]] xt::xtensor<double, 2> columns(const std::vector<std::string>& asked) const {
        std::vector<std::size_t> from;
        for (const auto& name : asked)
            from.push_back(position(name));
        return gather(from);
    }

    /// All columns but some, as an array of shape [rows, column_count() - dropped.size()].
    [[nodiscard]] xt::xtensor<double, 2> without(const std::vector<std::string>& dropped) const {
        std::vector<bool> keep(column_count(), true);
        for (const auto& name : dropped)
            keep[position(name)] = false;
        std::vector<std::size_t> from;
        for (std::size_t j = 0; j < column_count(); ++j)
            if (keep[j])
                from.push_back(j);
        return gather(from);
    }

    // A template, lest {"a", "b"} be taken for the two ends of one name.
    template <std::convertible_to<std::string_view> Name>
    [[nodiscard]] xt::xtensor<double, 2> without(const Name& dropped) const {
        return without(std::vector<std::string>{std::string(std::string_view(dropped))});
    }

private:
    [[nodiscard]] std::size_t position(std::string_view name) const {
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) {
            std::string list;
            for (const auto& each : names)
                list.append(list.empty() ? "only " : ", ").append(internal::shown(each));
            internal::raise(data_error::in_file(file, "a column " + internal::shown(name),
                                                list.empty() ? "no columns" : list));
        }
        return static_cast<std::size_t>(found - names.begin());
    }

    [[nodiscard]] xt::xtensor<double, 2> gather(const std::vector<std::size_t>& from) const {
        xt::xtensor<double, 2> result(std::array{row_count(), from.size()});
        for (std::size_t i = 0; i < row_count(); ++i)
            for (std::size_t j = 0; j < from.size(); ++j)
                result(i, j) = values(i, from[j]);
        return result;
    }
};

} // namespace strata::inline STRATA_SETTING
