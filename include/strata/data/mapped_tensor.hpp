// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/extents.hpp>
#include <strata/data/half.hpp>
#include <strata/data/mapped_array.hpp>
#include <strata/data/safetensors.hpp>
#include <strata/data/safetensors_index.hpp>
#include <strata/data/stored_tensor.hpp>
#include <strata/expression/concatenate.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// An array of numbers that a safetensors file calls `type`, or none where networks cannot be given such.
template <class Take>
bool choose_stored_type(std::string_view type, const Take& take) {
    if (type == "F32")
        take.template operator()<float>();
    else if (type == "F64")
        take.template operator()<double>();
    else if (type == "U8")
        take.template operator()<std::uint8_t>();
    else if (type == "I8")
        take.template operator()<std::int8_t>();
    else if (type == "I16")
        take.template operator()<std::int16_t>();
    else if (type == "I32")
        take.template operator()<std::int32_t>();
    else if (type == "I64")
        take.template operator()<std::int64_t>();
    else
        return false;
    return true;
}
} // namespace internal

/// A tensor of that name in one or several safetensors files ("shards"), which are read sample by sample as
/// training needs them: `map_tensor({"part-1.safetensors", "part-2.safetensors"}, "images")` is
/// [samples of all files, ...], the first file's first. Numbers of type F32, F64, F16, BF16, U8, I8, I16, I32
/// and I64. data_error as for `safetensors_file`, and for a file without the tensor or with another type or
/// shape of it than the first has.
[[nodiscard]] inline mapped_array map_tensor(const std::vector<std::filesystem::path>& files,
                                             std::string_view name, const mapping_options& options = {}) {
    if (files.empty())
        internal::raise(data_error{"map_tensor: expected a file at least, found none"});
    std::vector<internal::mapped_part> parts;
    std::vector<std::size_t> shape;
    std::string type;
    for (const std::filesystem::path& path : files) {
        const safetensors_file file(path);
        const stored_tensor& tensor = file.expect(name);
        if (tensor.shape.empty())
            file.fail(tensor, "an axis of samples", "a single number");
        if (type.empty()) {
            type = tensor.type;
            shape.assign(tensor.shape.begin(), tensor.shape.end());
            shape[0] = 0;
        }
        if (tensor.type != type ||
            !std::equal(tensor.shape.begin() + 1, tensor.shape.end(), shape.begin() + 1, shape.end()))
            file.fail(tensor,
                      internal::concatenate("the type and the shape of samples in ", files[0].string()),
                      internal::concatenate(tensor.type, " of ", internal::extents_text(tensor.shape)));
        shape[0] += tensor.shape[0];
        std::size_t count = 1;
        for (const std::uint64_t extent : tensor.shape)
            count *= extent;
        if (count > 0)
            parts.push_back({std::make_shared<const mapped_file>(path), file.place(tensor), count});
    }
    if (type == "F16")
        return internal::map_converted<internal::stored_half<internal::half_number, false>>(
            std::move(parts), std::move(shape), options.scale);
    if (type == "BF16")
        return internal::map_converted<internal::stored_half<internal::bfloat16_number, false>>(
            std::move(parts), std::move(shape), options.scale);
    mapped_array result({}, {});
    const bool is_known = internal::choose_stored_type(type, [&]<class Element>() {
        result = internal::map_parts<Element, false>(std::move(parts), std::move(shape), options.scale);
    });
    if (!is_known)
        internal::raise(data_error::in_file(
            files[0],
            internal::concatenate("a tensor ", internal::shown(name),
                                  " of type F64, F32, F16, BF16, U8, I8, I16, I32 or I64"),
            type));
    return result;
}
/// The same of one file, or of the one that an index names (`safetensors_index`), where that is called so:
/// `map_tensor("model.safetensors.index.json", "images")`.
[[nodiscard]] inline mapped_array map_tensor(const std::filesystem::path& file, std::string_view name,
                                             const mapping_options& options = {}) {
    if (safetensors_index::is_name(file))
        return map_tensor(std::vector{safetensors_index(file).file_of(name)}, name, options);
    return map_tensor(std::vector{file}, name, options);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::map_tensor;
} // namespace strata

STRATA_HEADER_END
