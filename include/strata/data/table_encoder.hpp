// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/categories.hpp>
#include <strata/data/column_encoding.hpp>
#include <strata/data/date.hpp>
#include <strata/data/encoding_state.hpp>
#include <strata/data/error.hpp>
#include <strata/data/estimator.hpp>
#include <strata/data/table.hpp>
#include <strata/data/text_table.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Makes numbers of texts, dates and numbers, the same way for the rows that a network learns from and for
/// those that it is asked about later:
///
///     table_encoder encoder{{"city", one_hot_column{}},
///                           {"born", date_column{}},
///                           {"name", ignored_column{}}};
///     const table known = encoder.fit_encode(read_csv_texts("known.csv").drop("price"));
///     const table others = encoder.encode(read_csv_texts("others.csv"));
///
/// `fit` notes the columns and the categories of those that have some. Columns come out in the order of the
/// table that was fitted, wherever they are in another one; columns that it did not have are ignored. An
/// empty field is a category as any other. `save` and `load` keep all of it for prediction.
///
/// data_error, with its line, for a text that does not fit its column; for a column that is missing; for use
/// before `fit`; for two encodings of one column and for results of the same name.
class table_encoder : public internal::savable<table_encoder> {
public:
    struct named_encoding {
        std::string name;
        column_encoding how;
    };

    table_encoder() = default;
    table_encoder(std::initializer_list<named_encoding> encodings) : encodings_(encodings) {}

    table_encoder& fit(const text_table& rows) {
        std::vector<learnt_column> learnt;
        for (const std::string& name : rows.names)
            learnt.push_back({name});
        std::vector<bool> is_named(learnt.size());
        for (const named_encoding& each : encodings_) {
            const std::size_t column = rows.position(each.name);
            if (is_named[column])
                internal::raise(data_error::in_file(rows.file, "one encoding for each column",
                                                    "two for " + internal::shown(each.name)));
            is_named[column] = true;
            learnt[column].how = each.how;
        }
        for (learnt_column& each : learnt)
            std::visit([&](const auto& how) { learn(how, each, rows); }, each.how);
        std::vector<std::string> names =
            name_results(learnt, [&](const std::string& expected, const std::string& found) {
                internal::raise(data_error::in_file(rows.file, expected, found));
            });
        columns_ = std::move(learnt);
        names_ = std::move(names);
        return *this;
    }

    [[nodiscard]] table encode(const text_table& rows) const {
        if (columns_.empty())
            internal::raise(data_error{"table_encoder, encode: expected a call of fit before, found none"});
        table result{.file = rows.file, .names = names_};
        result.values = xt::xtensor<double, 2>(std::array{rows.row_count(), names_.size()}, 0.0);
        std::size_t next = 0;
        for (const learnt_column& each : columns_) {
            std::visit(
                [&](const auto& how) {
                    // Also where nothing is made of a column, as of its only category: others are errors.
                    if constexpr (!std::is_same_v<decltype(how), const ignored_column&>) {
                        const std::size_t j = rows.position(each.name);
                        for (std::size_t i = 0; i < rows.row_count(); ++i)
                            write(how, each, cell{rows, i, j},
                                  result.values.data() + i * names_.size() + next);
                    }
                },
                each.how);
            next += each.results.size();
        }
        return result;
    }
    [[nodiscard]] table fit_encode(const text_table& rows) { return fit(rows).encode(rows); }

    /// The names of the columns that `encode` makes.
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
    /// The categories of a one-hot or ordinal column, in order. data_error for the name of another.
    [[nodiscard]] const std::vector<std::string>& categories(std::string_view name) const {
        for (const learnt_column& each : columns_)
            if (each.name == name && each.categories.size() > 0)
                return each.categories.all();
        internal::raise(data_error{"table_encoder, categories: expected a column with categories, found " +
                                   internal::shown(name)});
    }

    [[nodiscard]] static std::string description() { return "table_encoder"; }
    /// What is saved: which encodings there are, and the columns and categories that were learnt.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        visit.list("encodings", self.encodings_, [&](auto& each) {
            visit("a column's name", each.name);
            internal::visit_encoding(each.how, visit);
        });
        visit.list("columns", self.columns_, [&](auto& each) {
            visit("a column's name", each.name);
            internal::visit_categories("categories", each.categories, visit);
        });
        if constexpr (!std::is_const_v<Self>) {
            for (learnt_column& each : self.columns_)
                for (const named_encoding& encoding : self.encodings_)
                    if (encoding.name == each.name)
                        each.how = encoding.how;
            self.names_ =
                name_results(self.columns_, [&](const std::string& expected, const std::string& found) {
                    visit.refuse(expected, found);
                });
        }
    }

private:
    struct learnt_column {
        std::string name;
        column_encoding how = number_column{};
        internal::category_index categories = {};
        std::vector<std::string> results = {}; ///< the names of the columns that are made of it
    };
    struct cell {
        const text_table& rows;
        std::size_t row, column;

        [[nodiscard]] const std::string& text() const { return rows.cell(row, column); }
        [[noreturn]] void fail(const std::string& expected) const {
            const std::string& found = text();
            rows.fail(row, column, expected, found.empty() ? "an empty field" : internal::shown(found));
        }
    };

    static void learn_categories(const std::vector<std::string>& chosen, learnt_column& column,
                                 const text_table& rows) {
        column.categories = internal::category_index(
            chosen.empty() ? internal::sorted_categories(rows.column(column.name)) : chosen);
        if (const std::string* name = column.categories.repeated())
            internal::raise(data_error{internal::concatenate("table_encoder, ", internal::shown(column.name),
                                                             ": expected different categories, found ",
                                                             internal::shown(*name), " twice")});
    }
    template <class How>
    static void learn(const How& how, learnt_column& column, const text_table& rows) {
        if constexpr (requires { how.categories; })
            learn_categories(how.categories, column, rows);
    }

    static void name_result(const one_hot_column& how, learnt_column& column) {
        for (std::size_t i = how.drop_first ? 1 : 0; i < column.categories.size(); ++i)
            column.results.push_back(column.name + "_" + column.categories.all()[i]);
        if (how.unknown == unknown_category::own_column)
            column.results.push_back(column.name + "_unknown");
    }
    static void name_result(const ordinal_column&, learnt_column& column) { column.results = {column.name}; }
    static void name_result(const date_column& how, learnt_column& column) {
        constexpr std::array<const char*, 6> endings{"", "_year", "_month", "_day", "_weekday", "_hour"};
        for (const date_part part : how.parts)
            column.results.push_back(column.name + endings[static_cast<std::size_t>(part)]);
    }
    static void name_result(const number_column&, learnt_column& column) { column.results = {column.name}; }
    static void name_result(const ignored_column&, learnt_column&) {}

    /// Names what is made of each column, and returns all those names, or fails where two are the same.
    template <class Fail>
    static std::vector<std::string> name_results(std::vector<learnt_column>& columns, const Fail& fail) {
        std::vector<std::string> names;
        for (learnt_column& each : columns) {
            std::visit([&](const auto& how) { name_result(how, each); }, each.how);
            names.insert(names.end(), each.results.begin(), each.results.end());
        }
        const internal::category_index unique(names);
        if (const std::string* name = unique.repeated())
            fail("columns that are encoded under different names", internal::shown(*name) + " twice");
        return names;
    }

    static void write(const one_hot_column& how, const learnt_column& column, const cell& field,
                      double* numbers) {
        const std::size_t category = column.categories.find(field.text());
        if (category < column.categories.size()) {
            if (!how.drop_first)
                numbers[category] = 1;
            else if (category > 0)
                numbers[category - 1] = 1;
        } else if (how.unknown == unknown_category::own_column)
            numbers[column.results.size() - 1] = 1;
        else if (how.unknown == unknown_category::error)
            field.fail(unknown_text(column));
    }
    static void write(const ordinal_column& how, const learnt_column& column, const cell& field,
                      double* numbers) {
        const std::size_t category = column.categories.find(field.text());
        if (category == column.categories.size() && !how.unknown)
            field.fail(unknown_text(column));
        *numbers = category < column.categories.size() ? static_cast<double>(category) : *how.unknown;
    }
    static void write(const date_column& how, const learnt_column& column, const cell& field,
                      double* numbers) {
        const auto date = internal::read_date(field.text());
        if (!date)
            field.fail("a date such as 2026-11-26 or 2026-11-26T14:05:30 for " +
                       internal::shown(column.name));
        for (const date_part part : how.parts)
            *numbers++ = value(*date, part);
    }
    static void write(const number_column& how, const learnt_column&, const cell& field, double* numbers) {
        *numbers =
            field.text().empty() && how.missing ? *how.missing : field.rows.number(field.row, field.column);
    }
    static void write(const ignored_column&, const learnt_column&, const cell&, double*) {}

    static std::string unknown_text(const learnt_column& column) {
        return internal::concatenate(column.categories.text(), " for ", internal::shown(column.name));
    }

    static double value(const internal::date_time& date, date_part part) {
        const std::chrono::sys_days day = date.day;
        switch (part) {
        case date_part::days:
            return static_cast<double>(day.time_since_epoch().count()) + date.seconds / 86400;
        case date_part::year:
            return static_cast<int>(date.day.year());
        case date_part::month:
            return static_cast<unsigned>(date.day.month());
        case date_part::day:
            return static_cast<unsigned>(date.day.day());
        case date_part::weekday:
            return std::chrono::weekday(day).iso_encoding() - 1;
        case date_part::hour:
            return date.seconds / 3600;
        }
        return 0;
    }

    std::vector<named_encoding> encodings_;
    std::vector<learnt_column> columns_;
    std::vector<std::string> names_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::table_encoder;
} // namespace strata

STRATA_HEADER_END
