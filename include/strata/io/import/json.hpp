// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

using json = nlohmann::json;

/// Keeps the place of the first error of a JSON text, which the library without exceptions does not say.
struct json_errors : nlohmann::detail::json_sax_dom_parser<json> {
    using base = nlohmann::detail::json_sax_dom_parser<json>;
    explicit json_errors(json& document) : base(document, false) {}
    template <class Error>
    bool parse_error(std::size_t byte, const std::string& token, const Error& error) {
        place = byte == 0 ? 0 : byte - 1;
        found = token;
        (void)base::parse_error(byte, token, error);
        return false;
    }
    std::size_t place = 0;
    std::string found;
};

/// A JSON text as a value. Its depth costs no stack. data_error with the byte where it is none.
inline json parse_json(std::string_view text, const std::string& place) {
    json result;
    json_errors reader(result);
    if (!json::sax_parse(text.begin(), text.end(), &reader))
        internal::raise(data_error::at_byte(place, reader.place, "JSON", internal::shown(reader.found)));
    return result;
}

/// An object's member; null where there is none, or no object.
inline const json* member(const json* object, const char* key) {
    if (object == nullptr || !object->is_object())
        return nullptr;
    const auto found = object->find(key);
    return found == object->end() || found->is_null() ? nullptr : &*found;
}
inline const json* member(const json& object, const char* key) { return member(&object, key); }

/// An element of a list; null where there is none.
inline const json* element(const json* list, std::size_t index) {
    return list != nullptr && list->is_array() && index < list->size() ? &(*list)[index] : nullptr;
}

inline std::string text_of(const json* value, std::string_view fallback = {}) {
    return value != nullptr && value->is_string() ? value->get_ref<const std::string&>()
                                                  : std::string(fallback);
}
inline double number_of(const json* value, double fallback) {
    if (value != nullptr && value->is_boolean())
        return value->get<bool>() ? 1 : 0;
    return value != nullptr && value->is_number() ? value->get<double>() : fallback;
}
inline bool truth_of(const json* value, bool fallback) { return number_of(value, fallback ? 1 : 0) != 0; }

/// A number, or a list of numbers, as a list; what is no number in it is NaN.
inline std::vector<double> numbers_of(const json* value) {
    std::vector<double> result;
    if (value == nullptr)
        return result;
    if (value->is_array())
        for (const json& each : *value)
            result.push_back(number_of(&each, std::nan("")));
    else if (value->is_number())
        result.push_back(value->get<double>());
    return result;
}

/// What a value is, for messages.
inline std::string json_excerpt(const json* value) {
    if (value == nullptr)
        return "nothing";
    if (value->is_object())
        return "an object";
    if (value->is_array())
        return internal::concatenate("a list of ", value->size());
    return value->is_string() ? internal::shown(text_of(value)) : value->dump();
}

/// Members that are numbers, truths, texts or lists of numbers: what a message says of a layer.
inline attribute_map attributes_of(const json* object) {
    attribute_map result;
    if (object == nullptr || !object->is_object())
        return result;
    for (const auto& [key, value] : object->items()) {
        if (value.is_number() || value.is_boolean())
            result[key] = number_of(&value, 0);
        else if (value.is_string())
            result[key] = text_of(&value);
        else if (value.is_array() && !value.empty() && value[0].is_number())
            result[key] = numbers_of(&value);
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
