// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The position of a column. data_error, with the names that there are, where it is none of them.
inline std::size_t column_position(const std::filesystem::path& file, const std::vector<std::string>& names,
                                   std::string_view name) {
    const auto match = std::find(names.begin(), names.end(), name);
    if (match == names.end())
        raise(data_error::in_file(file, "a column " + shown(name), shown_names(names, "no columns")));
    return static_cast<std::size_t>(match - names.begin());
}

/// The positions of all columns but some.
inline std::vector<std::size_t> other_positions(const std::filesystem::path& file,
                                                const std::vector<std::string>& names,
                                                const std::vector<std::string>& dropped) {
    std::vector<bool> keep(names.size(), true);
    for (const auto& name : dropped)
        keep[column_position(file, names, name)] = false;
    std::vector<std::size_t> positions;
    for (std::size_t j = 0; j < names.size(); ++j)
        if (keep[j])
            positions.push_back(j);
    return positions;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
