// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/csv_fields.hpp>
#include <strata/data/csv_pieces.hpp>
#include <strata/data/csv_records.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The records of a file, one after another, of which only a piece is in memory.
class csv_stream {
public:
    csv_stream(std::filesystem::path path, const csv_options& options, std::size_t piece_bytes = 1u << 16)
        : path_(std::move(path)),
          separator_(options.separator),
          records_(path_, options),
          pieces_(path_, separator_, piece_bytes) {
        fields_.emplace(path_, std::string_view{}, separator_);
        find_record();
        records_.read_names(*fields_);
    }
    csv_stream(const csv_stream&) = delete; // fields refer to the text of this one
    csv_stream& operator=(const csv_stream&) = delete;

    /// Reads the next record as `csv_records` does. Returns whether there was one.
    template <class Take>
    bool read(const Take& take) {
        if (!find_record())
            return false;
        records_.read(*fields_, take);
        return true;
    }

    /// Where a record begins.
    struct place {
        std::uint64_t byte;
        std::size_t line;
    };
    /// Where the next record begins. Returns whether there is one.
    bool find(place& found) {
        if (!find_record())
            return false;
        found = {pieces_.end() - fields_->rest(), fields_->line()};
        return true;
    }
    [[nodiscard]] bool is_packed() const noexcept { return pieces_.is_packed(); }
    /// Goes to such a place. An error where the file is packed.
    void seek(const place& record) {
        pieces_.seek(record.byte);
        fields_.emplace(path_, std::string_view{}, separator_, record.line);
    }

    /// Without a header, known behind the first record.
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return records_.names(); }

private:
    bool find_record() {
        while (fields_->done()) {
            const std::string_view text = pieces_.next();
            if (text.empty())
                return false;
            fields_.emplace(path_, text, separator_, fields_->line());
        }
        return true;
    }

    std::filesystem::path path_;
    char separator_;
    csv_records records_;
    csv_pieces pieces_;
    std::optional<csv_fields> fields_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
