// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/half.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/keras_generation.hpp>
#include <strata/io/import/keras_model.hpp>
#include <strata/io/import/named_weights.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// How the weights of a TensorFlow.js model lie in its files, one behind another.
struct tfjs_weight {
    std::string name;
    extents shape;
    std::string type; ///< of the numbers in the file: "float32", "uint8"
    double scale = 1; ///< of whole numbers: scale * number + least
    double least = 0;
    std::size_t size = 0; ///< bytes of a number
};

/// The numbers of one weight from its bytes.
inline tensor tfjs_numbers(const tfjs_weight& weight, const char* bytes, std::size_t count) {
    tensor result{weight.shape, std::vector<float>(count)};
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t bits = 0;
        for (std::size_t byte = 0; byte < weight.size; ++byte)
            bits |= std::uint32_t{static_cast<unsigned char>(bytes[i * weight.size + byte])} << 8 * byte;
        if (weight.type == "float32")
            result.numbers[i] = std::bit_cast<float>(bits);
        else if (weight.type == "float16")
            result.numbers[i] = internal::half_number(static_cast<std::uint16_t>(bits));
        else if (weight.type == "int32")
            result.numbers[i] = static_cast<float>(static_cast<std::int32_t>(bits));
        else // TensorFlow.js computes it in doubles and keeps floats.
            result.numbers[i] = static_cast<float>(weight.scale * bits + weight.least);
    }
    return result;
}

/// A layers model of TensorFlow.js: `model.json`, and weights in files beside it, in floats, halves, or 8 and
/// 16 bits with a scale.
class tfjs_file {
public:
    explicit tfjs_file(std::filesystem::path path) : path_(std::move(path)) {}

    [[nodiscard]] model_graph read() const {
        const json document = parse_json(plain_file(path_).read_rest(), path_.string());
        const json* const topology = member(document, "modelTopology");
        if (text_of(member(document, "format"), "layers-model") != "layers-model")
            fail("a layers model of TensorFlow.js",
                 "format " + internal::shown(text_of(member(document, "format"))));
        const json* model = member(topology, "model_config");
        model = model == nullptr ? topology : model;
        if (model == nullptr)
            fail("\"modelTopology\"", "nothing of this name");
        named_weights weights;
        if (const json* const manifest = member(document, "weightsManifest");
            manifest != nullptr && manifest->is_array())
            for (const json& group : *manifest)
                add_group(group, weights);
        std::string version = text_of(member(topology, "keras_version"));
        if (version.empty() && text_of(member(document, "generatedBy")).starts_with("keras v3"))
            version = "3";
        model_graph result{path_.string(), "TensorFlow.js, Keras " + version};
        keras_model(result, weights, generation_of(version)).read(*model);
        return result;
    }

private:
    static constexpr auto concatenate = internal::concatenate;
    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(path_, expected, found));
    }

    void add_group(const json& group, named_weights& weights) const {
        std::string bytes;
        if (const json* const paths = member(group, "paths"); paths != nullptr && paths->is_array())
            for (const json& each : *paths)
                bytes += plain_file(beside(text_of(&each))).read_rest();
        std::size_t place = 0;
        const json* const list = member(group, "weights");
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
            const json* const entry = element(list, i);
            const tfjs_weight weight = describe(entry);
            std::size_t count = 1;
            for (const std::size_t extent : weight.shape) {
                if (extent != 0 && count > bytes.size() / extent)
                    fail(concatenate("no more numbers in weight ", internal::shown(weight.name),
                                     " than its files' ", bytes.size(), " bytes hold"),
                         concatenate("an axis of ", extent));
                count *= extent;
            }
            if (count > (bytes.size() - place) / weight.size)
                fail(concatenate(count * weight.size, " bytes of weight ", internal::shown(weight.name),
                                 " from byte ", place, " of its group on"),
                     concatenate(bytes.size() - place));
            weights.add("", weight.name,
                        [numbers = tfjs_numbers(weight, bytes.data() + place, count)] { return numbers; });
            place += count * weight.size;
        }
        if (place != bytes.size())
            fail(concatenate(place, " bytes of weights in a group's files"), concatenate(bytes.size()));
    }

    /// A file in the folder of the model, and not out of it.
    [[nodiscard]] std::filesystem::path beside(const std::string& name) const {
        const std::filesystem::path relative(name);
        if (name.empty() || relative.is_absolute() || name.find("..") != name.npos)
            fail("the name of a file of weights in the model's folder", internal::shown(name));
        return path_.parent_path() / relative;
    }

    [[nodiscard]] tfjs_weight describe(const json* entry) const {
        tfjs_weight result{text_of(member(entry, "name")), {}, text_of(member(entry, "dtype"), "float32")};
        for (const double extent : numbers_of(member(entry, "shape"))) {
            if (!(extent >= 0 && extent < 0x1p31))
                fail("the shape of weight " + internal::shown(result.name),
                     json_excerpt(member(entry, "shape")));
            result.shape.push_back(static_cast<std::size_t>(extent));
        }
        if (const json* const packed = member(entry, "quantization")) {
            result.type = text_of(member(packed, "dtype"));
            result.scale = number_of(member(packed, "scale"), 1);
            result.least = number_of(member(packed, "min"), 0);
        }
        const auto is = [&](std::string_view type) { return result.type == type; };
        result.size = is("float32") || is("int32")    ? 4
                      : is("float16") || is("uint16") ? 2
                      : is("uint8")                   ? 1
                                                      : 0;
        if (result.size == 0)
            fail("weight " + internal::shown(result.name) + " of float32, float16, int32, uint16 or uint8",
                 internal::shown(result.type));
        return result;
    }

    std::filesystem::path path_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
