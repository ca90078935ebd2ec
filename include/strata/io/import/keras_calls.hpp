// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/json.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A value of a functional model: the layer that makes it, by which of its calls, and which of its results.
struct keras_value {
    std::string layer;
    std::size_t call = 0;
    std::size_t result = 0;
};

/// ["dense", 0, 0], behind which older files have options.
inline bool read_value(const json& value, std::vector<keras_value>& values) {
    if (!value.is_array() || value.size() < 3 || !value[0].is_string() || !value[1].is_number_unsigned() ||
        !value[2].is_number_unsigned())
        return false;
    values.push_back({text_of(&value[0]), value[1].get<std::size_t>(), value[2].get<std::size_t>()});
    return true;
}

/// One such list, or a list of them: of `input_layers` and `output_layers`. Keras 3 writes those that have
/// names as an object, and reads them in the order of their names.
inline std::vector<keras_value> read_values(const json* list) {
    std::vector<keras_value> result;
    if (list == nullptr || !list->is_structured())
        return result;
    if (!read_value(*list, result))
        for (const json& each : *list)
            if (!read_value(each, result) && each.is_array() && each.size() == 1)
                read_value(each[0], result);
    return result;
}

/// All values that the arguments of a call hold, in their order. Keras 3 writes them as objects.
inline void collect_values(const json& argument, std::vector<keras_value>& values, std::size_t depth = 0) {
    constexpr std::size_t deepest = 16;
    if (depth == deepest)
        return;
    if (argument.is_object() && text_of(member(argument, "class_name")) == "__keras_tensor__") {
        if (const json* const history = member(member(argument, "config"), "keras_history"))
            read_value(*history, values);
    } else if (argument.is_structured())
        for (const json& each : argument)
            collect_values(each, values, depth + 1);
}

/// The same of arguments that have names, which a file may have in any order.
inline void collect_named_values(const json& arguments, std::vector<keras_value>& values) {
    static constexpr std::array<std::string_view, 5> first{"inputs", "sequences", "query", "value", "key"};
    for (const std::string_view name : first)
        if (const json* const argument = member(arguments, name.data()))
            collect_values(*argument, values);
    for (const auto& [name, argument] : arguments.items())
        if (std::find(first.begin(), first.end(), name) == first.end())
            collect_values(argument, values);
}

/// One call of a layer: what it reads, and its other arguments by name; null for none.
struct keras_call {
    std::vector<keras_value> values{};
    const json* options = nullptr;
};

inline std::vector<keras_call> read_calls(const json* inbound) {
    std::vector<keras_call> result;
    if (inbound == nullptr || !inbound->is_array())
        return result;
    for (const json& call : *inbound) {
        keras_call read;
        if (call.is_object()) {
            if (const json* const arguments = member(call, "args"))
                collect_values(*arguments, read.values);
            read.options = member(call, "kwargs");
            if (read.options != nullptr && read.options->is_object())
                collect_named_values(*read.options, read.values);
        } else {
            read.values = read_values(&call);
            const json* const first = element(&call, 0); // older files have options behind each value
            if (const json* const options = element(first, 3); options != nullptr && options->is_object()) {
                read.options = options;
                for (const char* const key : {"value", "key", "attention_mask", "initial_state", "mask"})
                    if (const json* const more = member(options, key)) {
                        const std::vector<keras_value> others = read_values(more);
                        read.values.insert(read.values.end(), others.begin(), others.end());
                    }
            }
        }
        result.push_back(std::move(read));
    }
    return result;
}

/// Whether two calls have the same options, but for values and what only training has.
inline bool have_same_options(const keras_call& one, const keras_call& other) {
    const auto covers = [](const json* options, const json* others) {
        if (options == nullptr || !options->is_object())
            return true;
        for (const auto& [name, option] : options->items())
            if (option.is_primitive() && !option.is_null() && name != "training") {
                const json* const another = member(others, name.c_str());
                if (another == nullptr || *another != option)
                    return false;
            }
        return true;
    };
    return covers(one.options, other.options) && covers(other.options, one.options);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
