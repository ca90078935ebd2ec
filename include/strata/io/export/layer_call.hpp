// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/read_number.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// The text of a layer, taken apart: "conv" of `conv<8, 3, stride<spatial{2, 1}>>` with the arguments "8",
/// "3" and "stride", which has one of its own.
struct layer_call {
    std::string name;
    std::vector<layer_call> arguments;

    static layer_call parse(std::string_view text) {
        layer_call result;
        take(text, result);
        return result;
    }

    /// Whether this is an argument, or the argument itself, if it has any of its own.
    [[nodiscard]] const layer_call* find(std::string_view argument) const {
        for (const layer_call& each : arguments)
            if (each.name == argument)
                return &each;
        return nullptr;
    }
    [[nodiscard]] bool has(std::string_view argument) const { return find(argument) != nullptr; }

    /// An argument as a number; the fallback where there are fewer.
    [[nodiscard]] double number(std::size_t index, double fallback = 0) const {
        return index < arguments.size() ? arguments[index].number() : fallback;
    }
    [[nodiscard]] double number() const {
        double result = 0;
        internal::read_number(name.data(), name.data() + name.size(), result);
        return result;
    }
    [[nodiscard]] std::size_t count(std::size_t index) const {
        return static_cast<std::size_t>(number(index));
    }

    /// A number for each axis, of `3` or `spatial{1, 7}`.
    [[nodiscard]] std::vector<std::size_t> numbers(std::size_t axes) const {
        std::vector<std::size_t> result;
        for (std::size_t axis = 0; axis < axes; ++axis)
            result.push_back(static_cast<std::size_t>(arguments.empty() ? number() : this->number(axis)));
        return result;
    }
    /// The numbers of an option for each axis, `stride<spatial{2, 1}>`, or one for all without the option.
    [[nodiscard]] std::vector<std::size_t> option(std::string_view argument, std::size_t axes,
                                                  std::size_t fallback) const {
        const layer_call* const found = find(argument);
        return found == nullptr ? std::vector<std::size_t>(axes, fallback)
                                : found->arguments[0].numbers(axes);
    }

private:
    // Texts of names hold brackets and commas.
    static void take(std::string_view& text, layer_call& call) {
        std::size_t end = 0;
        if (text.starts_with('"')) {
            for (end = 1; end < text.size() && text[end] != '"'; ++end)
                end += text[end] == '\\' ? 1 : 0;
            ++end;
        } else
            end = text.find_first_of("<>{}(),");
        call.name = text.substr(0, end);
        text.remove_prefix(end < text.size() ? end : text.size());
        while (!call.name.empty() && call.name.back() == ' ')
            call.name.pop_back();
        if (text.empty() || (text[0] != '<' && text[0] != '{' && text[0] != '('))
            return;
        text.remove_prefix(1);
        while (!text.empty() && text[0] != '>' && text[0] != '}' && text[0] != ')') {
            take(text, call.arguments.emplace_back());
            while (!text.empty() && (text[0] == ',' || text[0] == ' '))
                text.remove_prefix(1);
        }
        if (!text.empty())
            text.remove_prefix(1);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::exports
