// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The shortest text of a number which a network in float does not tell from it: 0.3 for the double
/// 0.30000001192092896 that a float of 0.3 becomes.
inline std::string number_text(double number) {
    std::array<char, 40> text{};
    const auto shortest = [&](auto value) {
        const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
        return std::string(text.data(), end);
    };
    const auto narrow = static_cast<float>(number);
    std::string result = static_cast<double>(narrow) == number ? shortest(narrow) : shortest(number);
    if (detail::is_finite(number) && result.find_first_of(".e") == result.npos)
        result += ".0";
    return result;
}

/// A number for each spatial axis as C++ has it: `3` where they are equal, else `spatial{1, 7}`.
inline std::string spatial_text(const extents& numbers, std::string_view type = "spatial") {
    if (std::all_of(numbers.begin(), numbers.end(),
                    [&](std::size_t each) { return each == numbers.front(); }))
        return numbers.empty() ? "0" : internal::concatenate(numbers.front());
    std::string result;
    for (const std::size_t each : numbers)
        internal::append(result, result.empty() ? std::string(type) + "{" : ", ", each);
    return result + "}";
}

/// Two margins, at the begin and at the end of each axis: `1`, `spatial{1, 2}` or `margins{{0, 0}, {1, 1}}`.
inline std::string margins_text(const extents& begin, const extents& end) {
    if (begin == end)
        return spatial_text(begin);
    const auto side = [](const extents& numbers) {
        std::string result;
        for (const std::size_t each : numbers)
            internal::append(result, result.empty() ? "{" : ", ", each);
        return result + "}";
    };
    return "margins{" + side(begin) + ", " + side(end) + "}";
}

/// What is between angle brackets: the first part always, then options.
class argument_text {
public:
    explicit argument_text(std::string name) : name_(std::move(name)) {}
    argument_text& add(const std::string& argument) {
        internal::append(arguments_, arguments_.empty() ? "" : ", ", argument);
        return *this;
    }
    /// Digits from five on are grouped, 20'000.
    argument_text& add(std::size_t argument) {
        const std::string digits = internal::concatenate(argument);
        std::string grouped;
        for (std::size_t place = 0; place < digits.size(); ++place) {
            if (place > 0 && digits.size() > 4 && (digits.size() - place) % 3 == 0)
                grouped += '\'';
            grouped += digits[place];
        }
        return add(grouped);
    }
    argument_text& add_if(bool condition, const std::string& argument) {
        return condition ? add(argument) : *this;
    }
    [[nodiscard]] std::string text() const { return name_ + "<" + arguments_ + ">"; }

private:
    std::string name_;
    std::string arguments_;
};

/// What a message says of an attribute.
inline std::string attribute_text(const attribute& value) {
    if (const double* const number = std::get_if<double>(&value)) {
        const std::string text = number_text(*number);
        return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
    }
    if (const std::string* const text = std::get_if<std::string>(&value))
        return *text;
    std::string result;
    const auto& list = std::get<std::vector<double>>(value);
    for (std::size_t i = 0; i < std::min<std::size_t>(list.size(), 8); ++i)
        internal::append(result, i == 0 ? "[" : ", ", attribute_text(list[i]));
    return result.empty() ? "[]" : result + (list.size() > 8 ? ", ...]" : "]");
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
