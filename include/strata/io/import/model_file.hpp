// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/keras_file.hpp>
#include <strata/io/import/tfjs_file.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A model file of any kind that is known, told by its first bytes, since names lie.
inline model_graph read_model_layers(const std::filesystem::path& path) {
    std::array<char, 8> bytes{};
    const std::size_t count = plain_file(path).read_part(bytes.data(), bytes.size(), "a model file");
    const std::string_view begin(bytes.data(), count);
    if (begin.starts_with("PK"))
        return read_keras_archive(path);
    if (begin.starts_with("\x89HDF"))
        return read_keras_hdf5(path);
    if (const std::size_t first = begin.find_first_not_of(" \t\r\n");
        first != begin.npos && begin[first] == '{')
        return tfjs_file(path).read();
    internal::raise(data_error::in_file(
        path, "a model: an archive or a .h5 of Keras, or a model.json of TensorFlow.js", "something else"));
}

/// Reads a model file and completes it: shapes are inferred, weights checked. `inputs` are shapes without
/// the batch for inputs that the file leaves open. data_error for damaged files, and for what strata cannot
/// express, all of which it lists.
inline model_graph read_model(const std::filesystem::path& path, const std::vector<extents>& inputs = {}) {
    model_graph result = read_model_layers(path);
    complete_graph(result, inputs);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports

namespace strata {
using bedrock::imports::read_model;
} // namespace strata
