// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/read_number.hpp>
#include <strata/expression/finite.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/setting.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// One operation of a graph of TensorFlow, a NodeDef. Shapes and lists of whole numbers are lists.
struct tensorflow_node {
    std::string name;
    std::string operation;           ///< "Conv2D"
    std::vector<std::string> inputs; ///< "name", or "name:1" of an operation with several results
    attribute_map attributes;
    std::vector<std::string> fused; ///< operations that are computed with it, "BiasAdd"

    [[nodiscard]] double number(std::string_view key, double fallback) const {
        const auto found = attributes.find(key);
        const double* const value = found == attributes.end() ? nullptr : std::get_if<double>(&found->second);
        return value == nullptr ? fallback : *value;
    }
    [[nodiscard]] bool truth(std::string_view key) const { return number(key, 0) != 0; }
    [[nodiscard]] std::string text(std::string_view key, std::string_view fallback) const {
        const auto found = attributes.find(key);
        const auto* const value =
            found == attributes.end() ? nullptr : std::get_if<std::string>(&found->second);
        return value == nullptr ? std::string(fallback) : *value;
    }
    /// A whole number; what is none below 2^31 is as large as that, which nothing accepts.
    [[nodiscard]] std::int64_t whole(std::string_view key, double fallback) const {
        return nearest_whole(number(key, fallback));
    }
    [[nodiscard]] std::vector<std::int64_t> wholes(std::string_view key) const {
        std::vector<std::int64_t> result;
        const auto found = attributes.find(key);
        if (found != attributes.end())
            if (const auto* const list = std::get_if<std::vector<double>>(&found->second))
                for (const double each : *list)
                    result.push_back(nearest_whole(each));
        return result;
    }

private:
    static std::int64_t nearest_whole(double number) {
        return number > -0x1p31 && number < 0x1p31 ? static_cast<std::int64_t>(number)
                                                   : std::int64_t{1} << 31;
    }
};

/// The bytes that a text in base 64 stands for (RFC 4648), up to what is no digit of it.
inline std::string base64_bytes(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string result;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char each : text) {
        const std::size_t digit = digits.find(each);
        if (digit == digits.npos)
            break;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            result += static_cast<char>(bits >> count & 0xff);
        }
    }
    return result;
}

/// A text of an attribute: base 64, or a list of its bytes.
inline std::string tensorflow_text(const json* value) {
    if (value == nullptr || !value->is_array())
        return base64_bytes(text_of(value));
    std::string result;
    for (const double byte : numbers_of(value))
        result += byte >= 0 && byte < 256 ? static_cast<char>(static_cast<unsigned char>(byte)) : '?';
    return result;
}

/// A number, which protocol buffers write as a text where it has 64 bits. NaN for none.
inline double tensorflow_number(const json* value) {
    if (value == nullptr || !value->is_string())
        return number_of(value, std::nan(""));
    const std::string digits = text_of(value);
    double result = 0;
    const char* const end = digits.data() + digits.size();
    const auto parsed = internal::read_number(digits.data(), end, result);
    return parsed.ptr == end && parsed.ec == std::errc() ? result : std::nan("");
}

/// Reads the attributes of an operation that numbers, texts, lists and shapes are.
inline void add_attribute(tensorflow_node& node, const std::string& key, const json& value) {
    if (const json* const list = member(value, "list")) {
        if (const json* const texts = member(list, "s"); texts != nullptr && texts->is_array()) {
            for (const json& each : *texts)
                if (key == "fused_ops")
                    node.fused.push_back(tensorflow_text(&each));
            return;
        }
        std::vector<double> numbers;
        for (const char* const kind : {"i", "f", "b"})
            if (const json* const given = member(list, kind); given != nullptr && given->is_array())
                for (const json& each : *given)
                    numbers.push_back(tensorflow_number(&each));
        node.attributes[key] = std::move(numbers);
        return;
    }
    for (const char* const kind : {"i", "f", "b"})
        if (const json* const given = member(value, kind))
            node.attributes[key] = tensorflow_number(given);
    if (const json* const given = member(value, "s"))
        node.attributes[key] = tensorflow_text(given);
    if (const json* const given = member(value, "type"))
        node.attributes[key] = given->is_string() ? text_of(given) : "DT " + json_excerpt(given);
    if (const json* const given = member(value, "shape"); given != nullptr && !member(given, "unknownRank")) {
        std::vector<double> extents_of_shape;
        const json* const axes = member(given, "dim");
        for (std::size_t axis = 0; axes != nullptr && axis < axes->size(); ++axis) {
            const double extent = tensorflow_number(member(element(axes, axis), "size"));
            extents_of_shape.push_back(detail::is_not_a_number(extent) ? -1 : extent);
        }
        node.attributes[key] = std::move(extents_of_shape);
    }
}

/// A NodeDef. Inputs that say no more than what is computed first are left out.
inline tensorflow_node read_tensorflow_node(const json& entry) {
    tensorflow_node result{text_of(member(entry, "name")), text_of(member(entry, "op")), {}, {}, {}};
    if (const json* const inputs = member(entry, "input"); inputs != nullptr && inputs->is_array())
        for (const json& each : *inputs)
            if (const std::string name = text_of(&each); !name.starts_with('^'))
                result.inputs.push_back(name.ends_with(":0") ? name.substr(0, name.size() - 2) : name);
    if (const json* const attributes = member(entry, "attr");
        attributes != nullptr && attributes->is_object())
        for (const auto& [key, value] : attributes->items())
            add_attribute(result, key, value);
    return result;
}

/// The name of the operation that a tensor is a result of, and the number of the result.
struct tensorflow_name {
    std::string operation;
    std::size_t port = 0;

    explicit tensorflow_name(const std::string& tensor) : operation(tensor) {
        const std::size_t colon = tensor.rfind(':');
        if (colon == tensor.npos || colon + 1 == tensor.size())
            return;
        const char* const end = tensor.data() + tensor.size();
        const auto read = std::from_chars(tensor.data() + colon + 1, end, port);
        if (read.ptr == end && read.ec == std::errc())
            operation = tensor.substr(0, colon);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
