// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/version.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

struct header_options {
    std::string name = {}; ///< of the network in the header
    std::string type =
        {}; ///< its type, as a program writes it: "model<input<2> | dense<3> | relu | dense<1>>"
};

namespace internal {
/// An array of a network's parameters: its name, its shape, and its numbers, last axis fastest.
template <class T>
struct constant_array {
    std::string name;
    std::vector<std::size_t> shape;
    std::vector<T> numbers;
};

/// A number as a literal that is the same number again.
template <class T>
std::string number_literal(T number) {
    const std::string type = sizeof(T) == sizeof(float) ? "float" : "double";
    if (is_not_a_number(number))
        return concatenate("std::numeric_limits<", type, ">::quiet_NaN()");
    if (!is_finite(number))
        return concatenate(number < 0 ? "-" : "", "std::numeric_limits<", type, ">::infinity()");
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    std::string result(digits, end);
    if (result.find_first_of(".e") == result.npos)
        result += ".0";
    return sizeof(T) == sizeof(float) ? result + "f" : result;
}

/// Appends numbers in lines of a hundred characters or less.
template <class T>
void append_numbers(std::string& text, const std::vector<T>& numbers) {
    std::string line;
    for (const T number : numbers) {
        const std::string next = number_literal(number) + ",";
        if (line.size() + 1 + next.size() > 92) {
            append(text, "       ", line, "\n");
            line.clear();
        }
        append(line, " ", next);
    }
    if (!line.empty())
        append(text, "       ", line, "\n");
}

/// Whether C++ or the header itself has another use for a name.
[[nodiscard]] inline bool is_reserved(std::string_view name) {
    // The words of C++20, alternative spellings of operators included.
    constexpr std::string_view words =
        " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t "
        "char32_t char8_t class co_await co_return co_yield compl concept const const_cast consteval "
        "constexpr constinit continue decltype default delete do double dynamic_cast else enum "
        "explicit export extern false float for friend goto if inline int long mutable namespace new "
        "noexcept not not_eq nullptr operator or or_eq private protected public register "
        "reinterpret_cast requires return short signed sizeof static static_assert static_cast struct "
        "switch template this thread_local throw true try typedef typeid typename union unsigned "
        "using virtual void volatile wchar_t while xor xor_eq std strata ";
    return words.find(concatenate(" ", name, " ")) != words.npos;
}

inline void check_identifier(std::string_view name) {
    const auto is_letter = [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || each == '_';
    };
    const auto is_allowed = [&](char each) { return is_letter(each) || (each >= '0' && each <= '9'); };
    if (name.empty() || !is_letter(name[0]) || !std::all_of(name.begin(), name.end(), is_allowed))
        raise(std::invalid_argument(
            concatenate("export_header: expected a name of letters, digits and _, found \"", name, "\"")));
    if (is_reserved(name))
        raise(std::invalid_argument(
            concatenate("export_header: expected a name that is free, found \"", name, "\"")));
}

/// The text of the header. `lines` say what the network is.
template <class T>
std::string header_text(const std::vector<constant_array<T>>& parameters, std::string_view lines,
                        const header_options& options) {
    std::string text = concatenate("// A network with its weights, written by strata ", project_version, ": ",
                                   options.name, ".predict({...}).\n");
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        append(text, "//     ", lines.substr(0, end), "\n");
        lines.remove_prefix(end + 1);
    }
    append(text,
           "// clang-format off\n#pragma once\n\n#include <strata/layers/layers.hpp>\n#include "
           "<strata/model/embedded.hpp>\n",
           "#include <strata/model/model.hpp>\n\n#include <array>\n#include <limits>\n\nnamespace ",
           options.name, "_parts {\nusing namespace strata;\n",
           options.type.find("activation<") == std::string::npos ? "" : "using namespace strata::symbols;\n",
           "using type = ", options.type, ";\n\nstruct weights {\n");
    std::string arrays, numbers;
    std::size_t count = 0;
    for (const constant_array<T>& array : parameters) {
        const std::size_t dot = array.name.rfind('.');
        append(arrays, "        embedded_array{\"", std::string_view(array.name).substr(0, dot), "\", \"",
               std::string_view(array.name).substr(dot + 1), "\", {");
        for (std::size_t axis = 0; axis < array.shape.size(); ++axis)
            append(arrays, axis == 0 ? "" : ", ", array.shape[axis]);
        append(arrays, "}},\n");
        append(numbers, "        // ", array.name, "\n");
        append_numbers(numbers, array.numbers);
        count += array.numbers.size();
    }
    append(text, "    static constexpr std::array<embedded_array, ", parameters.size(), "> arrays{\n", arrays,
           "    };\n");
    append(text, "    static constexpr std::array<type::value_type, ", count, "> numbers{\n", numbers,
           "    };\n};\n");
    append(text, "} // namespace ", options.name, "_parts\n\ninline constexpr strata::embedded<",
           options.name, "_parts::type, ", options.name, "_parts::weights> ", options.name, ";\n");
    return text;
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
