// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/csv_stream.hpp>
#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/csv_batches.hpp>
#include <strata/data/error.hpp>
#include <strata/data/table_encoder.hpp>
#include <strata/raise.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {

/// Rows of a file of texts, dates and numbers, encoded some at a time.
template <std::size_t YRank>
class csv_text_source : public chosen_columns<YRank> {
public:
    static constexpr bool offers_seeking = false;

    csv_text_source(const std::filesystem::path& path, table_encoder encoder,
                    const std::vector<std::string>& targets, const csv_batch_options& options)
        : path_(path), options_(options.csv), encoder_(std::move(encoder)) {
        if (encoder_.names().empty())
            raise(
                data_error{"csv_text_batches: expected an encoder that makes columns, found one that has not "
                           "been fitted, or ignores all"});
        rewind();
        this->choose(path_, encoder_.names(), targets, options.dropped);
    }

    void rewind() {
        stream_ = std::make_unique<csv_stream>(path_, options_);
        encoded_ = {};
        next_ = count_ = 0;
    }

    bool next(double* x, double* y) {
        if (next_ == count_ && !encode_rows())
            return false;
        for (std::size_t column = 0; column < encoded_.column_count(); ++column)
            if (double* const number = this->place(column, x, y))
                *number = encoded_.values(next_, column);
        ++next_;
        return true;
    }

private:
    bool encode_rows() {
        constexpr std::size_t most = 256; // an encoder looks its columns up for each table
        text_table rows{.file = path_};
        next_ = count_ = 0;
        while (count_ < most && stream_->read([&](const csv_field& field, std::size_t) {
            rows.cells.emplace_back(field.value);
            rows.places.push_back({field.line, field.column});
        }))
            ++count_;
        if (count_ == 0)
            return false;
        rows.names = stream_->names();
        encoded_ = encoder_.encode(rows);
        return true;
    }

    std::filesystem::path path_;
    csv_options options_;
    table_encoder encoder_;
    std::unique_ptr<csv_stream> stream_;
    table encoded_;
    std::size_t next_ = 0;  ///< of the encoded rows
    std::size_t count_ = 0; ///< how many there are
};

} // namespace internal

/// Batches from a file whose columns are texts, dates and numbers, as `csv_batches` makes them of numbers:
/// `csv_text_batches("houses.csv", encoder, "price")`. The encoder has been fitted, to some rows of such a
/// file or to what `load` gave it; targets and dropped columns are those that it makes, by their names.
/// Errors are those of `table_encoder`, too, and `csv.missing` has no meaning.
template <std::convertible_to<std::string_view> Target, class Prepare = internal::unprepared>
[[nodiscard]] auto csv_text_batches(const std::filesystem::path& path, const table_encoder& encoder,
                                    const Target& target, const csv_batch_options& options = {},
                                    Prepare prepare = {}) {
    return internal::make_csv_batches<internal::csv_text_source<1>>(
        "csv_text_batches", options, std::move(prepare), path, encoder,
        std::vector{std::string(std::string_view(target))});
}
template <class Prepare = internal::unprepared>
[[nodiscard]] auto csv_text_batches(const std::filesystem::path& path, const table_encoder& encoder,
                                    const std::vector<std::string>& targets,
                                    const csv_batch_options& options = {}, Prepare prepare = {}) {
    return internal::make_csv_batches<internal::csv_text_source<2>>(
        "csv_text_batches", options, std::move(prepare), path, encoder, targets);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::csv_text_batches;
} // namespace strata

STRATA_HEADER_END
