// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Files that appear in a folder together, when all of them are written: until then they are in a folder of
/// their own in it, NAME.unfinished or with a number behind that, which goes with this object. data_error
/// where there can be no such folder or file.
class file_group {
public:
    file_group(std::filesystem::path folder, const std::string& name) : folder_(std::move(folder)) {
        // A folder that exists is somebody's: another import's, or a user's.
        for (int turn = 1;; ++turn) {
            std::string room = name + ".unfinished";
            if (turn > 1)
                room += std::to_string(turn);
            room_ = folder_ / room;
            std::error_code error;
            if (std::filesystem::create_directory(room_, error))
                return;
            if (error || turn == most_turns)
                fail(room_, "a folder that can be made", error ? error.message() : "one that exists");
        }
    }
    file_group(const file_group&) = delete;
    file_group& operator=(const file_group&) = delete;
    ~file_group() {
        std::error_code ignored;
        std::filesystem::remove_all(room_, ignored);
    }

    /// Where a file of the group is to be written.
    [[nodiscard]] std::filesystem::path place(const std::string& name) {
        const std::filesystem::path goal = folder_ / name;
        if (std::error_code ignored; std::filesystem::is_directory(goal, ignored))
            fail(goal, "a file that can be written", "a directory");
        names_.push_back(name);
        return room_ / name;
    }

    /// Gives the files their names. Those that had them before are replaced.
    void finish() {
        for (const std::string& name : names_) {
            std::error_code error;
            std::filesystem::rename(room_ / name, folder_ / name, error);
            if (error)
                fail(folder_ / name, "a file that can be written", error.message());
        }
    }

private:
    [[noreturn]] static void fail(const std::filesystem::path& path, const char* expected,
                                  const std::string& found) {
        internal::raise(data_error::in_file(path, expected, found));
    }

    static constexpr int most_turns = 100;

    std::filesystem::path folder_;
    std::filesystem::path room_;
    std::vector<std::string> names_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
