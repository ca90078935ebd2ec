// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The Teachable machine's engine for what Teachable Machine itself exports of pictures.
// Options in tests: -O0
#include "teachable_exported.hpp"

namespace teachable_engine {
using kind = teachable::exported;
} // namespace teachable_engine

#include "teachable_page.hpp"

/// Takes an export: the text of its model.json, and the bytes of the weights that it names, in one piece. A
/// text.
OFFERED_TO_PAGE(load_export)
const exchange::view* load_export(const char* model, std::size_t length, const unsigned char* bytes,
                                  std::size_t count) {
    auto& session = teachable_engine::current();
    const engines::exported_weights weights(exchange::taken(model, length), {bytes, count});
    return exchange::give(session.kind().load_export(weights, session.learning));
}
