// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Where the file is that a model file names, which has to be in that one's folder: data_error for a name
/// that leads out of it, by itself or by a link in the folder. Whether there is such a file is left open.
inline std::filesystem::path neighbour_file(const std::filesystem::path& model, const std::string& name) {
    const auto fail = [&](const std::string& found) {
        internal::raise(data_error::in_file(model, "the name of a file in the model's folder", found));
    };
    const std::filesystem::path relative(name);
    if (name.empty() || name.find('\0') != name.npos || relative.has_root_path() ||
        std::find(relative.begin(), relative.end(), "..") != relative.end())
        fail(internal::shown(name));
    const std::filesystem::path folder = model.parent_path();
    const std::filesystem::path result = folder / relative;
    std::error_code error;
    const std::filesystem::path real_folder =
        std::filesystem::weakly_canonical(folder.empty() ? std::filesystem::path(".") : folder, error);
    const std::filesystem::path real = std::filesystem::weakly_canonical(result, error);
    if (error || std::mismatch(real_folder.begin(), real_folder.end(), real.begin(), real.end()).first !=
                     real_folder.end())
        fail(internal::concatenate(internal::shown(name),
                                   error ? ", which cannot be followed" : ", a link that leads out of it"));
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
