// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/byte_reader.hpp>
#include <strata/data/complete_file.hpp>
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
#include <filesystem>
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
};

/// A header of tensors. The rules that a reader has hold for whoever writes, too: data_error for a name that
/// comes twice or is not UTF-8. `std::invalid_argument` for a tensor larger than memory.
template <std::floating_point T>
std::vector<unsigned char> write_header(const std::vector<tensor_source<T>>& tensors,
                                        const tensor_metadata& metadata, const std::filesystem::path& path) {
    std::string text = "{";
    for (std::size_t i = 0; i < metadata.size(); ++i)
        append(text, i == 0 ? "\"__metadata__\":{" : ",", json_text(metadata[i].first), ":",
               json_text(metadata[i].second), i + 1 == metadata.size() ? "}" : "");
    std::uint64_t end = 0;
    for (const tensor_source<T>& tensor : tensors) {
        const auto size = byte_count(tensor.shape, sizeof(T));
        if (!size)
            raise(
                std::invalid_argument(concatenate("write_safetensors: ", tensor.name, " has ",
                                                  extents_text(tensor.shape), " numbers, more than memory")));
        append(text, text.back() == '{' ? "" : ",");
        append_tensor(text, tensor.name, tensor.shape, tensor_type_of<T>, *size, end);
    }
    finish_header(text);
    const std::uint64_t length = text.size();
    std::vector<unsigned char> bytes(sizeof length + text.size());
    std::memcpy(bytes.data(), &length, sizeof length);
    std::memcpy(bytes.data() + sizeof length, text.data(), text.size());
    byte_reader reader(bytes, path.string());
    (void)safetensors_header(reader);
    return bytes;
}

/// Writes tensors whose numbers are copied one piece after another.
template <std::floating_point T>
void write_tensors(const std::filesystem::path& path, const std::vector<tensor_source<T>>& tensors,
                   const tensor_metadata& metadata) {
    const std::vector<unsigned char> header = write_header(tensors, metadata, path);

    complete_file file(path);
    file.write(header.data(), header.size());
    std::vector<T> piece((std::size_t{1} << 16) / sizeof(T));
    for (const tensor_source<T>& tensor : tensors) {
        const std::size_t size = *byte_count(tensor.shape, sizeof(T)) / sizeof(T);
        for (std::size_t first = 0; first < size; first += piece.size()) {
            const std::size_t count = std::min(piece.size(), size - first);
            tensor.copy(first, {piece.data(), count});
            file.write(piece.data(), count * sizeof(T));
        }
    }
    file.finish();
}
} // namespace internal

/// Writes arrays as a safetensors file, which appears under its name when it is complete and on the disk:
/// `write_safetensors("file", {{"mean", {2, 3}, numbers}}, {{"made by", "a program"}})`. data_error where it
/// cannot be written, or for a name that comes twice or is not UTF-8; `std::invalid_argument` for another
/// number of numbers than a shape says.
template <std::floating_point T = float>
void write_safetensors(const std::filesystem::path& path, const std::vector<named_tensor<T>>& tensors,
                       const tensor_metadata& metadata = {}) {
    std::vector<internal::tensor_source<T>> sources;
    for (const named_tensor<T>& tensor : tensors) {
        if (internal::byte_count(tensor.shape, sizeof(T)) != tensor.numbers.size_bytes())
            internal::raise(std::invalid_argument(internal::concatenate(
                "write_safetensors: ", tensor.name, ": expected ", internal::extents_text(tensor.shape),
                " numbers, found ", tensor.numbers.size())));
        sources.push_back(
            {tensor.name, tensor.shape, [numbers = tensor.numbers](std::size_t first, std::span<T> piece) {
                 std::copy_n(numbers.begin() + static_cast<std::ptrdiff_t>(first), piece.size(),
                             piece.begin());
             }});
    }
    internal::write_tensors(path, sources, metadata);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::named_tensor;
using bedrock::write_safetensors;
} // namespace strata

STRATA_HEADER_END
