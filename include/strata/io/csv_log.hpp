// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/unwritable_file.hpp>
#include <strata/training/callback.hpp>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <ios>
#include <memory>
#include <string_view>
#include <system_error>

namespace strata::bedrock::inline STRATA_SETTING {

/// A callback that writes one line an epoch: its number and every score, with a header. An existing file is
/// replaced, or with `append`, where training goes on, continued without a second header. data_error for one
/// that cannot be written.
struct csv_log {
    std::filesystem::path file;
    bool append = false;

    void operator()(training_state& state) {
        using enum training_state::moment;
        if (state.phase == begin) {
            std::error_code none;
            has_header_ = append && std::filesystem::file_size(file, none) > 0 && !none;
            errno = 0;
            stream_.reset(new std::ofstream(file, append ? std::ios::app : std::ios::trunc));
            check();
        }
        if (state.phase != epoch_end)
            return;
        if (!has_header_) {
            *stream_ << "epoch";
            for (const auto& [name, value] : state.logs)
                *stream_ << ',' << name;
            *stream_ << '\n';
            has_header_ = true;
        }
        // A stream would write the epoch as the program's locale does, which may be 1,000.
        const auto write = [&](auto number) {
            char digits[32];
            *stream_ << std::string_view(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
        };
        write(state.epoch);
        for (const auto& [name, value] : state.logs) {
            *stream_ << ',';
            write(value);
        }
        errno = 0;
        *stream_ << std::endl;
        check();
    }

    std::shared_ptr<std::ofstream> stream_ = {}; ///< its own
    bool has_header_ = false;

private:
    void check() const {
        if (!*stream_)
            internal::raise_unwritable(file);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::csv_log;
} // namespace strata

STRATA_HEADER_END
