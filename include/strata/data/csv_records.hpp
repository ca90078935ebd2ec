// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/csv_fields.hpp>
#include <strata/data/error.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
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

/// What fields are the fields of: columns with names, and records with as many fields as there are columns.
class csv_records {
public:
    csv_records(std::filesystem::path file, const csv_options& options)
        : file_(std::move(file)), has_header_(options.header) {
        for (const char character : {'"', '\r', '\n'})
            if (options.separator == character)
                raise(
                    data_error{"read_csv: expected a separator other than a quote or an end of line, found " +
                               shown({&character, 1})});
    }

    /// Reads the first line, if it holds names. Needed before records are read.
    void read_names(csv_fields& fields) {
        if (fields.done())
            raise(data_error::at_line(file_, 1, 1, has_header_ ? "a line of names" : "a line of numbers",
                                      "an empty file"));
        names_.clear();
        knows_names_ = has_header_;
        if (!has_header_)
            return;
        std::vector<csv_field> name_fields;
        do {
            name_fields.push_back(fields.next());
            names_.emplace_back(name_fields.back().value);
        } while (!name_fields.back().ends_record);
        check_names(name_fields);
    }

    /// Reads a record: every field, by `take(field, column)`. Without a header, the first says how many
    /// columns there are.
    template <class Take>
    void read(csv_fields& fields, const Take& take) {
        const std::size_t width = names_.size();
        std::size_t count = 0;
        for (bool record_continues = true; record_continues; ++count) {
            const auto field = fields.next();
            record_continues = !field.ends_record;
            if (!knows_names_)
                names_.push_back(std::to_string(count));
            else if (count == width)
                raise(data_error::at_line(file_, field.line, field.column, std::to_string(width) + " fields",
                                          "one more: " + shown(field.value)));
            else if (!record_continues && count + 1 < width)
                raise(data_error::at_line(file_, field.line, field.column, std::to_string(width) + " fields",
                                          std::to_string(count + 1)));
            take(field, count);
        }
        knows_names_ = true;
    }

    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

private:
    void check_names(const std::vector<csv_field>& fields) const {
        for (std::size_t i = 0; i < names_.size(); ++i) {
            const auto end = names_.begin() + static_cast<std::ptrdiff_t>(i);
            if (std::find(names_.begin(), end, names_[i]) != end)
                raise(data_error::at_line(file_, fields[i].line, fields[i].column,
                                          "columns of different names",
                                          shown(names_[i]) + " for the second time"));
        }
    }

    std::filesystem::path file_;
    std::vector<std::string> names_;
    bool has_header_;
    bool knows_names_ = false;
};

} // namespace internal
} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::csv_options;
} // namespace strata
