// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/error.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/io/import/audio_file.hpp>
#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/keras_file.hpp>
#include <strata/io/import/node_choice.hpp>
#include <strata/io/import/onnx_file.hpp>
#include <strata/io/import/tfjs_file.hpp>
#include <strata/raise.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// What kind a model file is of, told by its first bytes, since names lie.
enum class model_format { keras_archive, keras_hdf5, tfjs, onnx };

inline model_format format_of_model(const std::filesystem::path& path) {
    std::array<char, 8> bytes{};
    const std::size_t count = plain_file(path).read_part(bytes.data(), bytes.size(), "a model file");
    const std::string_view begin(bytes.data(), count);
    if (begin.starts_with("PK"))
        return model_format::keras_archive;
    if (begin.starts_with("\x89HDF"))
        return model_format::keras_hdf5;
    if (const std::size_t first = begin.find_first_not_of(" \t\r\n");
        first != begin.npos && begin[first] == '{')
        return model_format::tfjs;
    // Its first field is the version of the format.
    if (begin.starts_with("\x08"))
        return model_format::onnx;
    internal::raise(
        data_error::in_file(path,
                            "a model: an archive or a .h5 of Keras, a model.json of TensorFlow.js, a model "
                            "of ONNX, of RTNeural or of Neural Amp Modeler",
                            count == 0 ? "an empty file" : "something else"));
}

/// Shapes without the batch.
inline std::vector<extents> shapes_of_samples(const std::vector<extents>& shapes) {
    std::vector<extents> result;
    for (const extents& each : shapes)
        result.emplace_back(each.begin() + (each.empty() ? 0 : 1), each.end());
    return result;
}

/// Reads a model file and completes it: shapes are inferred, weights checked. `inputs` are shapes with the
/// batch, as the file counts axes, for inputs that it leaves open. `given` are inputs of a model of ONNX
/// which always have the same value, and so are none of the network. `outputs` names what the network ends
/// at, layers of Keras, values of ONNX or tensors of a graph model of TensorFlow.js, where that is not what
/// the file ends at; the end of a name behind a slash is enough. data_error for damaged files, and for what
/// strata cannot express, all of which it lists.
inline model_graph read_model(const std::filesystem::path& path, const std::vector<extents>& inputs = {},
                              const given_values& given = {}, const std::vector<std::string>& outputs = {}) {
    const model_format format = format_of_model(path);
    if (format == model_format::onnx) {
        model_graph result = onnx_file(path).read(inputs, given, false, outputs);
        complete_graph(result);
        return result;
    }
    if (!given.empty())
        internal::raise(data_error::in_file(path, "a model of ONNX to give values to inputs", "another one"));
    model_graph result;
    if (format == model_format::keras_archive)
        result = read_keras_archive(path);
    else if (format == model_format::keras_hdf5)
        result = read_keras_hdf5(path);
    else if (auto audio = read_audio_model(path))
        result = std::move(*audio);
    else if (const tfjs_file file(path); file.is_graph()) {
        result = file.read_graph(inputs, outputs);
        complete_graph(result);
        return result;
    } else
        result = file.read();
    choose_outputs(result, outputs);
    complete_graph(result, shapes_of_samples(inputs));
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports

namespace strata {
using bedrock::imports::read_model;
} // namespace strata

STRATA_HEADER_END
