// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/csv_fields.hpp>
#include <strata/data/csv_number.hpp>
#include <strata/data/csv_records.hpp>
#include <strata/data/error.hpp>
#include <strata/data/input_file.hpp>
#include <strata/data/table.hpp>
#include <strata/data/text_table.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {

/// Reads the records of a file: the columns' names, and every field, by `take(field, name)`.
template <class Take>
void read_csv_fields(const std::filesystem::path& file, const csv_options& options,
                     std::vector<std::string>& names, const Take& take) {
    csv_records records(file, options);
    const auto text = input_file{file}.read_rest();
    csv_fields fields{file, text, options.separator};
    records.read_names(fields);
    while (!fields.done())
        records.read(fields, [&](const csv_field& field, std::size_t column) {
            take(field, records.names()[column]);
        });
    names = records.names();
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
using bedrock::read_csv;
using bedrock::read_csv_texts;
} // namespace strata

STRATA_HEADER_END
