// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/csv_fields.hpp>
#include <strata/data/csv_number.hpp>
#include <strata/data/error.hpp>
#include <strata/data/input_file.hpp>
#include <strata/data/table.hpp>
#include <strata/data/text_table.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
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

/// Reads the records of a file: the columns' names, and every field, by `take(field, name)`.
template <class Take>
void read_csv_fields(const std::filesystem::path& file, const csv_options& options,
                     std::vector<std::string>& names, const Take& take) {
    for (const char character : {'"', '\r', '\n'})
        if (options.separator == character)
            raise(data_error{"read_csv: expected a separator other than a quote or an end of line, found " +
                             shown({&character, 1})});

    const auto text = input_file{file}.read_rest();
    csv_fields fields{file, text, options.separator};
    if (fields.done())
        raise(data_error::at_line(file, 1, 1, options.header ? "a line of names" : "a line of numbers",
                                  "an empty file"));
    if (options.header) {
        std::vector<csv_field> name_fields;
        do {
            name_fields.push_back(fields.next());
            names.emplace_back(name_fields.back().value);
        } while (!name_fields.back().ends_record);
        check_csv_names(file, name_fields, names);
    }

    for (std::size_t record = 0; !fields.done(); ++record) {
        const bool names_grow = record == 0 && !options.header;
        const std::size_t width = names.size();
        std::size_t count = 0;
        for (bool record_continues = true; record_continues; ++count) {
            const auto field = fields.next();
            record_continues = !field.ends_record;
            if (names_grow)
                names.push_back(std::to_string(count));
            else if (count == width)
                raise(data_error::at_line(file, field.line, field.column, std::to_string(width) + " fields",
                                          "one more: " + shown(field.value)));
            else if (!record_continues && count + 1 < width)
                raise(data_error::at_line(file, field.line, field.column, std::to_string(width) + " fields",
                                          std::to_string(count + 1)));
            take(field, names[count]);
        }
    }
}

} // namespace internal

/// Reads a table of numbers from comma-separated values (RFC 4180), plain or packed with gzip. Numbers are
/// written as std::from_chars takes them, "nan" and "inf" included. As in pandas, lines end with CR LF, LF or
/// CR, lines of nothing but blanks are no records wherever they stand (a missing value in a table of one
/// column is `""`), and a number too small for double is the nearest there is, mostly 0. One too large is an
/// error; pandas keeps it as a text. data_error names line, column and text of a field that is no number, and
/// the line of a record with too few or too many fields. Time and memory are linear in the file's size.
[[nodiscard]] inline table read_csv(const std::filesystem::path& file, const csv_options& options = {}) {
    table result{.file = file};
    std::vector<double> values;
    internal::read_csv_fields(
        file, options, result.names, [&](const internal::csv_field& field, const std::string& name) {
            const auto fail = [&](const std::string& expected, const std::string& found) {
                internal::raise(data_error::at_line(file, field.line, field.column, expected, found));
            };
            values.push_back(field.value.empty() && options.missing
                                 ? *options.missing
                                 : internal::csv_number(field.value, name, fail));
        });
    const std::size_t width = result.names.size();
    result.values = xt::xtensor<double, 2>(std::array<std::size_t, 2>{values.size() / width, width});
    std::copy(values.begin(), values.end(), result.values.begin());
    return result;
}

/// Reads a table whose columns are texts, dates and numbers, as it is, for a `table_encoder` to make numbers
/// of. Lines, blanks, quotes and errors are as in `read_csv`; an empty field is an empty text, and
/// `options.missing` has no meaning.
[[nodiscard]] inline text_table read_csv_texts(const std::filesystem::path& file,
                                               const csv_options& options = {}) {
    text_table result{.file = file};
    internal::read_csv_fields(file, options, result.names,
                              [&](const internal::csv_field& field, const std::string&) {
                                  result.cells.emplace_back(field.value);
                                  result.places.push_back({field.line, field.column});
                              });
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::csv_options;
using bedrock::read_csv;
using bedrock::read_csv_texts;
} // namespace strata
