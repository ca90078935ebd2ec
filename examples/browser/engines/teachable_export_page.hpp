// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// What engines offer that read what Teachable Machine itself exports; behind `kind`, as teachable_page.hpp.
#pragma once

#include "exported_weights.hpp"
#include "teachable_page.hpp"

/// Takes an export: the text of its model.json, and the bytes of the weights that it names, in one piece. A
/// text.
OFFERED_TO_PAGE(load_export)
inline const exchange::view* load_export(const char* model, std::size_t length, const unsigned char* bytes,
                                         std::size_t count) {
    auto& session = teachable_engine::current();
    const engines::exported_weights weights(exchange::taken(model, length), {bytes, count});
    return exchange::give(session.kind().load_export(weights, session.learning));
}
