// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/hdf5.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/keras_generation.hpp>
#include <strata/io/import/keras_model.hpp>
#include <strata/io/import/keras_weights.hpp>
#include <strata/io/import/zip_bytes.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

inline std::string_view as_text(const std::vector<unsigned char>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A .keras archive (Keras 2.13 and newer): its configuration in JSON, its weights in HDF5.
inline model_graph read_keras_archive(const std::filesystem::path& path) {
    const zip_archive archive(path);
    const auto expect = [&](const char* name) {
        auto bytes = archive.read(name);
        if (!bytes)
            internal::raise(data_error::in_file(path,
                                                internal::concatenate("a .keras archive with a part ", name),
                                                "no such part, as in archives of PyTorch and NumPy"));
        return std::move(*bytes);
    };
    const std::vector<unsigned char> text = expect("config.json");
    const json config = parse_json(as_text(text), path.string() + ", config.json");
    std::string version;
    if (const auto metadata = archive.read("metadata.json"))
        version = text_of(
            member(parse_json(as_text(*metadata), path.string() + ", metadata.json"), "keras_version"));
    std::vector<unsigned char> image = expect("model.weights.h5");
    counted_weights weights(hdf5_file(image, path.string() + ", model.weights.h5"));
    model_graph result{path.string(), "Keras " + version};
    keras_model(result, weights, generation_of(version)).read(config);
    return result;
}

/// A .h5 file, also under the name .keras, as Keras before 2.12 wrote it.
inline model_graph read_keras_hdf5(const std::filesystem::path& path) {
    const hdf5_file file(path);
    const auto config = file.texts("/", "model_config");
    if (!config || config->empty())
        file.fail("a model's configuration, the attribute \"model_config\"",
                  "none: a file of weights alone does not say what the network is");
    const auto version = file.texts("/", "keras_version");
    const std::string number = version && !version->empty() ? version->front() : "";
    named_weights weights = list_weights(file);
    model_graph result{path.string(), "Keras " + number};
    keras_model(result, weights, generation_of(number))
        .read(parse_json(config->front(), path.string() + ", model_config"));
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
