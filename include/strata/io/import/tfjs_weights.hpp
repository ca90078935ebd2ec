// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/half.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/neighbour_file.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <bit>
#include <cmath>
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
    std::string type;      ///< of the numbers in the file: "float32", "uint8"
    bool is_whole = false; ///< whether they are whole numbers when they are unpacked
    double scale = 1;      ///< of packed numbers: scale * number + least
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
        else { // TensorFlow.js computes it in doubles and keeps floats.
            const double number = weight.scale * bits + weight.least;
            result.numbers[i] = static_cast<float>(weight.is_whole ? std::round(number) : number);
        }
    }
    return result;
}

/// The files of weights beside a `model.json`, in floats, halves, or 8 and 16 bits with a scale.
class tfjs_weight_files {
public:
    explicit tfjs_weight_files(std::filesystem::path model) : path_(std::move(model)) {}

    /// Calls `use(weight, bytes, count)` for each weight of a manifest. data_error where the files do not fit
    /// it.
    template <class Use>
    void read(const json* manifest, const Use& use) const {
        if (manifest != nullptr && manifest->is_array())
            for (const json& group : *manifest)
                read_group(group, use);
    }

private:
    static constexpr auto concatenate = internal::concatenate;
    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(path_, expected, found));
    }

    template <class Use>
    void read_group(const json& group, const Use& use) const {
        std::string bytes;
        if (const json* const paths = member(group, "paths"); paths != nullptr && paths->is_array())
            for (const json& each : *paths)
                bytes += plain_file(neighbour_file(path_, text_of(&each))).read_rest();
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
            use(weight, bytes.data() + place, count);
            place += count * weight.size;
        }
        if (place != bytes.size())
            fail(concatenate(place, " bytes of weights in a group's files"), concatenate(bytes.size()));
    }

    [[nodiscard]] tfjs_weight describe(const json* entry) const {
        tfjs_weight result{text_of(member(entry, "name")), {}, text_of(member(entry, "dtype"), "float32")};
        for (const double extent : numbers_of(member(entry, "shape"))) {
            if (!(extent >= 0 && extent < 0x1p31))
                fail("the shape of weight " + internal::shown(result.name),
                     json_excerpt(member(entry, "shape")));
            result.shape.push_back(static_cast<std::size_t>(extent));
        }
        const auto is = [&](std::string_view type) { return result.type == type; };
        result.is_whole = is("int32") || is("bool");
        if (const json* const packed = member(entry, "quantization")) {
            result.type = text_of(member(packed, "dtype"));
            result.scale = number_of(member(packed, "scale"), 1);
            result.least = number_of(member(packed, "min"), 0);
        }
        result.size = is("float32") || is("int32")    ? 4
                      : is("float16") || is("uint16") ? 2
                      : is("uint8") || is("bool")     ? 1
                                                      : 0;
        if (result.size == 0)
            fail("weight " + internal::shown(result.name) + " of float32, float16, int32, uint16 or uint8",
                 internal::shown(result.type));
        return result;
    }

    std::filesystem::path path_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
