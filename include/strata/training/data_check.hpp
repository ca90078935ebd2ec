// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_list.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/arguments.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// `std::invalid_argument` for the first number of an array that is infinite or none. `sizes[i]` are the
/// numbers of a sample in array i.
inline void check_numbers(const samples* arrays, std::span<const std::size_t> sizes, const char* kind,
                          const sample_range& range, const std::string& caller) {
    constexpr std::size_t part = 1024;
    std::array<double, part> numbers;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (arrays[i].empty())
            continue;
        const std::size_t end = (range.first + range.count) * sizes[i];
        for (std::size_t first = range.first * sizes[i]; first < end; first += part) {
            const std::size_t count = std::min(part, end - first);
            arrays[i].read(first, count, numbers.data());
            const auto* const found = std::find_if(numbers.data(), numbers.data() + count,
                                                   [](double number) { return !is_finite(number); });
            if (found == numbers.data() + count)
                continue;
            const std::size_t place = first + static_cast<std::size_t>(found - numbers.data());
            raise(std::invalid_argument(
                concatenate(caller, ": ", array_name(kind, i), " has ", number_to_string(*found),
                            " in sample ", place / sizes[i], ", number ", place % sizes[i],
                            ", expected finite numbers; the weights are those from before")));
        }
    }
}

/// The same for samples and targets: asked when a loss is not finite, before the training is blamed.
template <std::size_t Inputs, std::size_t Outputs>
void check_data(const sample_range& range, const std::array<std::size_t, Inputs>& inputs,
                const std::array<std::size_t, Outputs>& outputs, const std::string& caller) {
    check_numbers(range.x, inputs, "input", range, caller);
    check_numbers(range.y, outputs, "target", range, caller);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
