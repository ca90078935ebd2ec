// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/byte_reader.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/safetensors_header.hpp>
#include <strata/data/tensor_numbers.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Keys and texts.
using tensor_metadata = std::vector<std::pair<std::string, std::string>>;

/// An array to write, the last axis fastest.
template <std::floating_point T>
struct named_tensor {
    std::string name;
    std::vector<std::size_t> shape;
    std::span<const T> numbers;
};

namespace internal {
/// An array to write whose numbers are copied in pieces when they are asked for.
template <std::floating_point T>
struct tensor_source {
    std::string name;
    std::vector<std::size_t> shape;
    std::function<void(std::size_t first, std::span<T> numbers)> copy;
    bool narrow = false; ///< as BF16, which the numbers are rounded to

    [[nodiscard]] std::size_t number_size() const noexcept {
        return narrow ? sizeof(std::uint16_t) : sizeof(T);
    }
};

/// What a header says of an array.
struct tensor_entry {
    std::string_view name;
    std::span<const std::size_t> shape;
    std::string_view type;
    std::size_t number_size; ///< bytes of a number
};

/// A header of tensors. The rules that a reader has hold for whoever writes, too: data_error for a name that
/// comes twice or is not UTF-8. `std::invalid_argument` for a tensor larger than memory.
inline std::vector<unsigned char> write_header(const std::vector<tensor_entry>& tensors,
                                               const tensor_metadata& metadata, std::string name) {
    std::string text = "{";
    for (std::size_t i = 0; i < metadata.size(); ++i)
        append(text, i == 0 ? "\"__metadata__\":{" : ",", json_text(metadata[i].first), ":",
               json_text(metadata[i].second), i + 1 == metadata.size() ? "}" : "");
    std::uint64_t end = 0;
    for (const tensor_entry& tensor : tensors) {
        const auto size = byte_count(tensor.shape, tensor.number_size);
        if (!size)
            raise(
                std::invalid_argument(concatenate("write_safetensors: ", tensor.name, " has ",
                                                  extents_text(tensor.shape), " numbers, more than memory")));
        append(text, text.back() == '{' ? "" : ",");
        append_tensor(text, tensor.name, tensor.shape, tensor.type, *size, end);
    }
    finish_header(text);
    const std::uint64_t length = text.size();
    std::vector<unsigned char> bytes(sizeof length + text.size());
    std::memcpy(bytes.data(), &length, sizeof length);
    std::memcpy(bytes.data() + sizeof length, text.data(), text.size());
    byte_reader reader(bytes, std::move(name));
    (void)safetensors_header(reader);
    return bytes;
}
template <std::floating_point T>
std::vector<unsigned char> write_header(const std::vector<tensor_source<T>>& tensors,
                                        const tensor_metadata& metadata, std::string name) {
    std::vector<tensor_entry> entries;
    for (const tensor_source<T>& tensor : tensors)
        entries.push_back(
            {tensor.name, tensor.shape, tensor.narrow ? "BF16" : tensor_type_of<T>, tensor.number_size()});
    return write_header(entries, metadata, std::move(name));
}

/// Arrays whose numbers are there, as sources of them.
template <std::floating_point T>
std::vector<tensor_source<T>> tensor_sources(const std::vector<named_tensor<T>>& tensors) {
    std::vector<tensor_source<T>> sources;
    for (const named_tensor<T>& tensor : tensors) {
        if (byte_count(tensor.shape, sizeof(T)) != tensor.numbers.size_bytes())
            raise(std::invalid_argument(concatenate("write_safetensors: ", tensor.name, ": expected ",
                                                    extents_text(tensor.shape), " numbers, found ",
                                                    tensor.numbers.size())));
        sources.push_back(
            {tensor.name, tensor.shape, [numbers = tensor.numbers](std::size_t first, std::span<T> piece) {
                 std::copy_n(numbers.begin() + static_cast<std::ptrdiff_t>(first), piece.size(),
                             piece.begin());
             }});
    }
    return sources;
}
} // namespace internal

/// The bytes of a safetensors file with these arrays, which `write_safetensors` writes: for programs without
/// files. Errors are as there.
template <std::floating_point T = float>
std::vector<unsigned char> safetensors_bytes(const std::vector<named_tensor<T>>& tensors,
                                             const tensor_metadata& metadata = {}) {
    auto bytes = internal::write_header(internal::tensor_sources(tensors), metadata, "a safetensors file");
    for (const named_tensor<T>& tensor : tensors) {
        const auto* const numbers = reinterpret_cast<const unsigned char*>(tensor.numbers.data());
        bytes.insert(bytes.end(), numbers, numbers + tensor.numbers.size_bytes());
    }
    return bytes;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::named_tensor;
using bedrock::safetensors_bytes;
} // namespace strata

STRATA_HEADER_END
