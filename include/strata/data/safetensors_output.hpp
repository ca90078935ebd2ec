// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/complete_file.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/safetensors_bytes.hpp>
#include <strata/kernels/narrow/bfloat16.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Writes tensors whose numbers are copied one piece after another.
template <std::floating_point T>
void write_tensors(const std::filesystem::path& path, const std::vector<tensor_source<T>>& tensors,
                   const tensor_metadata& metadata) {
    const std::vector<unsigned char> header = write_header(tensors, metadata, path.string());

    complete_file file(path);
    file.write(header.data(), header.size());
    std::vector<T> piece((std::size_t{1} << 16) / sizeof(T));
    std::vector<std::uint16_t> narrow;
    for (const tensor_source<T>& tensor : tensors) {
        const std::size_t size = *byte_count(tensor.shape, tensor.number_size()) / tensor.number_size();
        for (std::size_t first = 0; first < size; first += piece.size()) {
            const std::size_t count = std::min(piece.size(), size - first);
            tensor.copy(first, {piece.data(), count});
            if (tensor.narrow) {
                narrow.resize(count);
                std::transform(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count),
                               narrow.begin(),
                               [](T number) { return bfloat16(static_cast<float>(number)).bits(); });
                file.write(narrow.data(), count * sizeof narrow[0]);
            } else
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
    internal::write_tensors(path, internal::tensor_sources(tensors), metadata);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::write_safetensors;
} // namespace strata

STRATA_HEADER_END
