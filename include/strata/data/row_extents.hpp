// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/extents.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Takes the extents, [rows, ...], that a file has, which its header says at byte `place`. An error where the
/// file is opened once more and has others: whoever reads has made room for those that it had. And for rows
/// of no numbers, of which a header of some bytes may name billions.
template <class File, std::size_t Rank>
void take_row_extents(File& file, std::uint64_t place, const std::array<std::size_t, Rank>& found,
                      bool is_first, std::array<std::size_t, Rank>& extents) {
    if (!is_first && extents != found)
        file.fail(place, concatenate("the extents that it had before, ", extents_text(extents)),
                  extents_text(found));
    extents = found;
    if (std::find(extents.begin() + 1, extents.end(), 0u) != extents.end())
        file.fail(place, "rows of a number at least", extents_text(extents));
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
