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
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// A callback that writes one line an epoch: its number and every score, with a header. An existing file is
/// replaced, or with `append`, where training goes on, continued without a second header. Columns are the
/// scores of the first epoch; where a later one lacks some, these are empty. data_error for a file that
/// cannot be written.
struct csv_log {
    std::filesystem::path file;
    bool append = false;

    void operator()(training_state& state) {
        using enum training_state::moment;
        if (state.phase == begin) {
            columns_.clear();
            if (append)
                read_columns();
            errno = 0;
            stream_.reset(new std::ofstream(file, append ? std::ios::app : std::ios::trunc));
            check();
        }
        if (state.phase != epoch_end)
            return;
        if (columns_.empty()) {
            *stream_ << "epoch";
            for (const auto& [name, value] : state.logs) {
                *stream_ << ',' << name;
                columns_.push_back(name);
            }
            *stream_ << '\n';
        }
        // A stream would write the epoch as the program's locale does, which may be 1,000.
        const auto write = [&](auto number) {
            char digits[32];
            *stream_ << std::string_view(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
        };
        write(state.epoch);
        for (const std::string& name : columns_) {
            *stream_ << ',';
            if (state.logs.contains(name))
                write(state.logs[name]);
        }
        errno = 0;
        *stream_ << std::endl;
        check();
    }

    std::shared_ptr<std::ofstream> stream_ = {}; ///< its own
    std::vector<std::string> columns_ = {};      ///< the scores' names

private:
    /// Those of a file that is continued, where there is one.
    void read_columns() {
        std::ifstream known(file);
        std::string line;
        std::getline(known, line);
        std::istringstream names(line);
        std::string name;
        for (std::getline(names, name, ','); std::getline(names, name, ',');)
            columns_.push_back(name);
    }
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
