// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/plain_file.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/nam_file.hpp>
#include <strata/io/import/rtneural_file.hpp>
#include <strata/setting.hpp>

#include <filesystem>
#include <optional>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A network for sound in JSON, of RTNeural or of Neural Amp Modeler; nothing for another JSON file.
inline std::optional<model_graph> read_audio_model(const std::filesystem::path& path) {
    const json document = parse_json(plain_file(path).read_rest(), path.string());
    if (member(document, "architecture") != nullptr)
        return read_nam(path, document);
    if (member(document, "in_shape") != nullptr)
        return read_rtneural(path, document);
    return std::nullopt;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
