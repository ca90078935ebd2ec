// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_range.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/arguments.hpp>
#include <strata/training/diverged.hpp>
#include <strata/training/expected_samples.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// `std::invalid_argument` for the first number of an array that is infinite or none, as it is or as the
/// network's numbers T. `sizes[i]` are the numbers of a sample in array i.
template <class T>
void check_numbers(const samples* arrays, std::span<const std::size_t> sizes, const char* kind,
                   const sample_range& range, const std::string& caller) {
    constexpr std::size_t part = 1024;
    std::array<T, part> numbers;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (arrays[i].empty())
            continue;
        const std::size_t end = (range.first + range.count) * sizes[i];
        for (std::size_t first = range.first * sizes[i]; first < end; first += part) {
            const std::size_t count = std::min(part, end - first);
            arrays[i].read(first, count, numbers.data());
            const auto* const found = std::find_if(numbers.data(), numbers.data() + count,
                                                   [](T number) { return !is_finite(number); });
            if (found == numbers.data() + count)
                continue;
            const std::size_t place = first + static_cast<std::size_t>(found - numbers.data());
            double given = 0;
            arrays[i].read(place, 1, &given);
            raise(std::invalid_argument(
                concatenate(caller, ": ", array_name(kind, i), " has ", number_to_string(given),
                            " in sample ", place / sizes[i], ", number ", place % sizes[i], ", expected ",
                            is_finite(given) ? "numbers that a float can hold" : "finite numbers",
                            "; the weights are those from before")));
        }
    }
}

/// The same for the first sample whose labels its steps are too few for: each takes one, and a blank between
/// two of the same class another (Graves and others 2006).
[[gnu::noinline]] inline void check_label_steps(std::size_t output, std::size_t steps,
                                                const sample_range& range, const std::string& caller) {
    std::vector<double> labels(steps);
    for (std::size_t i = range.first; i < range.first + range.count; ++i) {
        range.y[output].read(i * steps, steps, labels.data());
        std::size_t length = 0;
        std::size_t blanks = 0;
        for (; length < steps && labels[length] != 0; ++length)
            blanks += length > 0 && labels[length] == labels[length - 1] ? 1 : 0;
        if (length + blanks > steps)
            raise(std::invalid_argument(concatenate(
                caller, ": ", array_name("target", output), " has ", length, " labels in sample ", i,
                ", which take ", length + blanks, " steps with a blank between equal ones, expected ", steps,
                " at most; the weights are those from before")));
    }
}

/// What may help where a loss is not finite though `check_data` finds nothing: it knows no masks.
template <class Pass>
inline constexpr const char* advice_of = [] {
    constexpr bool is_masked = []<std::size_t... Outputs>(std::index_sequence<Outputs...>) {
        return ((Pass::template output<Outputs>::loss::of_sequences &&
                 Pass::template output<Outputs>::is_masked) ||
                ...);
    }
    (std::make_index_sequence<Pass::output_count>{});
    return is_masked
               ? " A sample with more labels than its mask leaves steps has an infinite loss; if there is "
                 "none, a smaller learning rate may help."
               : diverged::general_advice;
}();

/// The same for samples and targets: asked when a loss is not finite, before the training is blamed.
template <class Pass, std::size_t Inputs>
void check_data(const sample_range& range, const std::array<std::size_t, Inputs>& inputs,
                const std::string& caller) {
    using T = typename Pass::value_type;
    check_numbers<T>(range.x, inputs, "input", range, caller);
    check_numbers<T>(range.y, target_sizes<Pass>, "target", range, caller);
    for_each_index<Pass::output_count>([&](auto output) {
        using goal = typename Pass::template output<output>;
        if constexpr (goal::loss::of_sequences)
            check_label_steps(output, goal::targets, range, caller);
    });
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
