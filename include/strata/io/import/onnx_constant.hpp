// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/byte_order.hpp>
#include <strata/data/error.hpp>
#include <strata/data/half.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/neighbour_file.hpp>
#include <strata/io/import/onnx_message.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A tensor that a model knows before it runs: weights, and numbers that shapes are computed from. Double
/// holds all floats and all whole numbers that a shape has.
struct onnx_constant {
    std::vector<std::int64_t> shape;
    std::vector<double> numbers;
    bool is_whole = false;
    /// Which numbers depend on how many samples there are; empty for none (onnx_counts.hpp).
    std::vector<bool> counts{};
};

/// Bytes of a number of each of ONNX's types that are read, 0 for others.
inline std::size_t size_of_onnx_type(std::int64_t type) {
    switch (type) {
    case 2: // uint8
    case 3: // int8
    case 9: // bool
        return 1;
    case 10: // float16
    case 16: // bfloat16
        return 2;
    case 1: // float
    case 6: // int32
        return 4;
    case 7:  // int64
    case 11: // double
        return 8;
    default:
        return 0;
    }
}

/// Whether numbers of a type are whole ones, for which a quotient is as well.
inline bool is_whole_onnx_type(std::int64_t type) {
    return type != 1 && type != 10 && type != 11 && type != 16;
}

/// A number of a type from its bytes, the lowest first.
inline double onnx_number(const char* bytes, std::int64_t type) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < size_of_onnx_type(type); ++i)
        bits |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << 8 * i;
    switch (type) {
    case 1:
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    case 3:
        return static_cast<std::int8_t>(bits);
    case 6:
        return static_cast<std::int32_t>(bits);
    case 7:
        return static_cast<double>(static_cast<std::int64_t>(bits));
    case 10:
        return internal::half_number(static_cast<std::uint16_t>(bits));
    case 11:
        return std::bit_cast<double>(bits);
    case 16:
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
    default:
        return static_cast<double>(bits);
    }
}

/// Reads tensors of a model, from the model itself or from a file beside it.
class onnx_tensor_reader {
public:
    explicit onnx_tensor_reader(std::filesystem::path model) : model_(std::move(model)) {}

    [[nodiscard]] onnx_constant read(const onnx_tensor_message& message) const {
        onnx_constant result{message.dims, {}, is_whole_onnx_type(message.type)};
        const std::size_t size = size_of_onnx_type(message.type);
        if (size == 0)
            fail(message, "floats or whole numbers", concatenate("type ", std::uint64_t(message.type)));
        std::size_t count = 1;
        for (const std::int64_t extent : message.dims) {
            if (extent < 0 || static_cast<std::uint64_t>(extent) > most_numbers ||
                (extent > 0 && count > most_numbers / static_cast<std::size_t>(extent)))
                fail(message, "extents that memory can hold", "others");
            count *= static_cast<std::size_t>(extent);
        }
        std::string outside;
        std::string_view bytes = message.raw;
        if (message.is_external)
            bytes = outside = read_outside(message, count * size);
        if (!bytes.empty()) {
            if (bytes.size() != count * size)
                fail(message, concatenate(count * size, " bytes"), concatenate(bytes.size()));
            result.numbers.reserve(count);
            for (std::size_t i = 0; i < count; ++i)
                result.numbers.push_back(onnx_number(bytes.data() + i * size, message.type));
            return result;
        }
        if (message.numbers.size() != count)
            fail(message, concatenate(count, " numbers"), concatenate(message.numbers.size()));
        result.numbers = message.numbers;
        if (message.type == 10 || message.type == 16) // halves are stored as whole numbers
            for (double& number : result.numbers) {
                if (!(number >= 0 && number < 0x1p16))
                    fail(message, "numbers of 16 bits", "others");
                const auto bits = static_cast<std::uint16_t>(number);
                number = message.type == 10 ? internal::half_number(bits)
                                            : std::bit_cast<float>(std::uint32_t{bits} << 16);
            }
        return result;
    }

private:
    static constexpr std::size_t most_numbers = std::size_t{1} << 32;
    static constexpr auto concatenate = internal::concatenate;

    [[noreturn]] void fail(const onnx_tensor_message& message, std::string_view expected,
                           std::string_view found) const {
        internal::raise(data_error::in_file(
            model_, concatenate(expected, " in tensor ", internal::shown(message.name)), found));
    }

    /// Bytes of a file in the model's folder, and not out of it.
    [[nodiscard]] std::string read_outside(const onnx_tensor_message& message, std::size_t size) const {
        const auto text = [&](const char* key) {
            const auto found = message.external.find(key);
            return found == message.external.end() ? std::string() : found->second;
        };
        const auto number = [&](const char* key, std::uint64_t fallback) {
            const std::string digits = text(key);
            std::uint64_t result = fallback;
            const char* const end = digits.data() + digits.size();
            const auto read = std::from_chars(digits.data(), end, result);
            if (!digits.empty() && (read.ec != std::errc{} || read.ptr != end))
                fail(message, concatenate("a number for ", key), internal::shown(digits));
            return result;
        };
        const std::string location = text("location");
        if (number("length", size) != size)
            fail(message, concatenate(size, " bytes"), text("length"));
        plain_file file(neighbour_file(model_, location));
        std::error_code ignored;
        const std::uint64_t offset = number("offset", 0);
        const std::uint64_t whole = std::filesystem::file_size(file.path(), ignored);
        if (offset > whole || size > whole - offset)
            fail(message, concatenate(size, " bytes from byte ", offset, " of ", location, " on"),
                 concatenate(whole, " bytes in all"));
        file.seek(offset);
        std::string result(size, '\0');
        file.read(result.data(), size, "numbers");
        return result;
    }

    std::filesystem::path model_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
