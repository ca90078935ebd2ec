// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/read_number.hpp>
#include <strata/setting.hpp>

#include <string_view>
#include <system_error>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The number that a field holds, as people write it: what read_number takes, or that after a plus sign.
/// Fails with what was expected of the column of that name and what was found.
template <class Fail>
double csv_number(std::string_view value, std::string_view name, const Fail& fail) {
    auto digits = value;
    if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-')
        digits.remove_prefix(1);
    double result = 0;
    const auto end = digits.data() + digits.size();
    const auto [parsed_end, problem] = read_number(digits.data(), end, result);
    if (problem == std::errc::result_out_of_range)
        fail("a number within the range of double for " + shown(name), shown(value));
    if (problem != std::errc{} || parsed_end != end)
        fail("a number for " + shown(name), value.empty() ? "an empty field" : shown(value));
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
