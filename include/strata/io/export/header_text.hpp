// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/setting.hpp>
#include <strata/source/spelling.hpp>
#include <strata/version.hpp>

#include <charconv>
#include <cstddef>
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
        append(arrays, "        embedded_array{", detail::quoted(std::string_view(array.name).substr(0, dot)),
               ", ", detail::quoted(std::string_view(array.name).substr(dot + 1)), ", {");
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
