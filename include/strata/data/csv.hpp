// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/csv_fields.hpp>
#include <strata/data/error.hpp>
#include <strata/data/input_file.hpp>
#include <strata/data/read_number.hpp>
#include <strata/data/table.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

struct csv_options {
    char separator = ',';
    /// Whether the first line holds the columns' names. Without, they are called "0", "1", ...
    bool header = true;
    /// What an empty field stands for; if nothing, an empty field is an error.
    std::optional<double> missing = {};
};

namespace internal {

/// The number that a field holds, as people write it: what std::from_chars takes, or that after a plus sign.
inline double csv_number(const std::filesystem::path& file, const csv_field& field, const std::string& name) {
    auto digits = field.value;
    if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-')
        digits.remove_prefix(1);
    double result = 0;
    const auto end = digits.data() + digits.size();
    const auto [parsed_end, problem] = read_number(digits.data(), end, result);
    if (problem == std::errc::result_out_of_range)
        raise(data_error::at_line(file, field.line, field.column,
                                  "a number within the range of double for " + shown(name),
                                  shown(field.value)));
    if (problem != std::errc{} || parsed_end != end)
        raise(data_error::at_line(file, field.line, field.column, "a number for " + shown(name),
                                  field.value.empty() ? "an empty field" : shown(field.value)));
    return result;
}

inline void check_csv_names(const std::filesystem::path& file, const std::vector<csv_field>& name_fields,
                            const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (const auto first =
                std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]);
            first != names.begin() + static_cast<std::ptrdiff_t>(i))
            raise(data_error::at_line(file, name_fields[i].line, name_fields[i].column,
                                      "columns of different names",
                                      shown(names[i]) + " for the second time"));
}

} // namespace internal

/// Reads a table of numbers from comma-separated values (RFC 4180), plain or packed with gzip. Numbers are
/// written as std::from_chars takes them, "nan" and "inf" included. As in pandas, lines end with CR LF, LF or
/// CR, lines of nothing but blanks are no records wherever they stand (a missing value in a table of one
/// column is `""`), and a number too small for double is the nearest there is, mostly 0. One too large is an
/// error; pandas keeps it as a text. data_error names line, column and text of a field that is no number, and
/// the line of a record with too few or too many fields. Time and memory are linear in the file's size.
[[nodiscard]] inline table read_csv(const std::filesystem::path& file, const csv_options& options = {}) {
    for (const char character : {'"', '\r', '\n'})
        if (options.separator == character)
            internal::raise(
                data_error{"read_csv: expected a separator other than a quote or an end of line, found " +
                           internal::shown({&character, 1})});

    const auto text = input_file{file}.read_rest();
    internal::csv_fields fields{file, text, options.separator};
    if (fields.done())
        internal::raise(data_error::at_line(
            file, 1, 1, options.header ? "a line of names" : "a line of numbers", "an empty file"));

    table result{.file = file};
    std::size_t width = 0;
    if (options.header) {
        std::vector<internal::csv_field> name_fields;
        do {
            name_fields.push_back(fields.next());
            result.names.emplace_back(name_fields.back().value);
        } while (!name_fields.back().ends_record);
        internal::check_csv_names(file, name_fields, result.names);
        width = result.names.size();
    }

    std::vector<double> values;
    for (std::size_t record = 0; !fields.done(); ++record) {
        const bool names_grow = record == 0 && !options.header;
        std::size_t count = 0;
        for (bool record_continues = true; record_continues; ++count) {
            const auto field = fields.next();
            record_continues = !field.ends_record;
            if (names_grow)
                result.names.push_back(std::to_string(count));
            else if (count == width)
                internal::raise(data_error::at_line(file, field.line, field.column,
                                                    std::to_string(width) + " fields",
                                                    "one more: " + internal::shown(field.value)));
            else if (!record_continues && count + 1 < width)
                internal::raise(data_error::at_line(file, field.line, field.column,
                                                    std::to_string(width) + " fields",
                                                    std::to_string(count + 1)));
            values.push_back(field.value.empty() && options.missing
                                 ? *options.missing
                                 : internal::csv_number(file, field, result.names[count]));
        }
        width = count;
    }

    result.values = xt::xtensor<double, 2>(std::array<std::size_t, 2>{values.size() / width, width});
    std::copy(values.begin(), values.end(), result.values.begin());
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::csv_options;
using bedrock::read_csv;
} // namespace strata
