// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/half.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engines {

/// An array that a model of TensorFlow.js names.
struct exported_array {
    std::vector<std::size_t> shape;
    std::vector<float> numbers;
};

/// The arrays of a layers model of TensorFlow.js by their names: `model` is the text of model.json, `bytes`
/// are those of the files of weights that it names, one behind the other. Numbers are float32, or of 8 or 16
/// bits on a line, or float16.
class exported_weights {
public:
    exported_weights(std::string_view model, std::span<const unsigned char> bytes) : bytes_(bytes) {
        const json document = json::parse(model.begin(), model.end(), nullptr, false);
        const json* const groups = member(document, "weightsManifest");
        if (groups == nullptr || !groups->is_array()) {
            problem_ = "expected model.json with a list \"weightsManifest\"";
            return;
        }
        for (const json& group : *groups)
            if (const json* const weights = member(group, "weights");
                weights != nullptr && weights->is_array())
                for (const json& weight : *weights)
                    if (problem_.empty())
                        add(weight);
        if (problem_.empty() && place_ != bytes_.size())
            problem_ = "expected " + std::to_string(place_) + " bytes of weights, found " +
                       std::to_string(bytes_.size());
    }

    /// What is wrong; nothing else is to be asked then.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    /// The array of that name, or null.
    [[nodiscard]] const exported_array* find(const std::string& name) const {
        const auto place = arrays_.find(name);
        return place == arrays_.end() ? nullptr : &place->second;
    }
    [[nodiscard]] const std::map<std::string, exported_array>& arrays() const noexcept { return arrays_; }

private:
    using json = nlohmann::json;

    static const json* member(const json& value, const char* name) {
        const auto place = value.find(name);
        return place == value.end() ? nullptr : &*place;
    }
    static std::string text(const json* value) {
        return value != nullptr && value->is_string() ? value->get<std::string>() : "";
    }
    static double number(const json* value, double otherwise) {
        return value != nullptr && value->is_number() ? value->get<double>() : otherwise;
    }

    void add(const json& weight) {
        const std::string name = text(member(weight, "name"));
        const auto* const shape = member(weight, "shape");
        const auto* const packed = member(weight, "quantization");
        const std::string type = text(member(packed == nullptr ? weight : *packed, "dtype"));
        const std::size_t size = type == "float32"                       ? 4
                                 : type == "float16" || type == "uint16" ? 2
                                 : type == "uint8"                       ? 1
                                                                         : 0;
        if (name.empty() || shape == nullptr || !shape->is_array() || size == 0) {
            problem_ = "model.json: expected a name, a shape and a type float32, float16, uint16 or uint8 of "
                       "weight \"" +
                       name + "\"";
            return;
        }
        exported_array array;
        std::size_t count = 1;
        for (const json& extent : *shape) {
            const auto wanted = extent.is_number_unsigned() ? extent.get<std::uint64_t>() : 0;
            // Products stop where they are more than there is, before they wrap around: a page counts in 32
            // bits.
            if (wanted > 0 && count > bytes_.size() / wanted) {
                problem_ = "the weights end within \"" + name + "\"";
                return;
            }
            array.shape.push_back(static_cast<std::size_t>(wanted));
            count *= array.shape.back();
        }
        if (count > (bytes_.size() - place_) / size) {
            problem_ = "the weights end within \"" + name + "\"";
            return;
        }
        const double scale = packed == nullptr ? 1 : number(member(*packed, "scale"), 1);
        const double least = packed == nullptr ? 0 : number(member(*packed, "min"), 0);
        array.numbers.resize(count);
        for (std::size_t i = 0; i < count; ++i)
            array.numbers[i] = read(bytes_.data() + place_ + i * size, type, scale, least);
        place_ += count * size;
        arrays_[name] = std::move(array);
    }

    static float read(const unsigned char* bytes, std::string_view type, double scale, double least) {
        if (type == "float32") {
            float result;
            std::memcpy(&result, bytes, sizeof result);
            return result;
        }
        std::uint16_t whole = *bytes;
        if (type != "uint8")
            std::memcpy(&whole, bytes, sizeof whole);
        if (type == "float16")
            return static_cast<float>(strata::bedrock::internal::half_number(whole));
        return static_cast<float>(least + scale * whole);
    }

    std::span<const unsigned char> bytes_;
    std::size_t place_ = 0;
    std::map<std::string, exported_array> arrays_;
    std::string problem_;
};

} // namespace engines
