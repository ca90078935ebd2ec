// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// What a layer of a piece stands in, as a name or `frozen_weights`.
struct piece_wrapper {
    std::string text;       ///< the call that makes it, up to its argument: `named<"encoder">(`
    bool wraps_all = false; ///< also layers without parameters, which others leave as they are

    bool operator==(const piece_wrapper& other) const { return text == other.text; }
};

/// Both directions of recurrent layers, which `bidirectional` writes.
inline constexpr const char* unmirrored_text =
    "bedrock::detail::wrap_all<bedrock::detail::unmirroring>(identity | ";
inline constexpr const char* mirrored_text =
    "bedrock::detail::wrap_all<bedrock::detail::mirroring>(identity | ";

/// A part of a topology as source text: a layer, or what combines others.
struct topology_piece {
    enum class kind { layer, choice, sequence, fork, fork_of_all, bypass, repetition };

    kind is = kind::sequence;
    std::string text = {};                    ///< of a layer
    std::vector<piece_wrapper> wrappers = {}; ///< of a layer, the outermost first
    bool has_parameters = true;               ///< a layer that all wrappers wrap
    std::vector<topology_piece> parts = {};   ///< of others; a bypass has a body and a projection
    std::size_t times = 1;                    ///< of a repetition
    std::size_t layers = 1;                   ///< how many a layer stands for, if it is a part with a name
    std::size_t first_shared = 0;             ///< of a shared part, the first layer whose weights it shares
    bool is_counted = true; ///< whether its layers have weights that a shared part around it shares

    static topology_piece chosen(std::size_t index) {
        topology_piece result;
        result.is = kind::choice;
        result.text = "pick<" + std::to_string(index) + ">";
        return result;
    }
    static topology_piece made(kind is, std::vector<topology_piece> parts) {
        topology_piece result;
        result.is = is;
        result.parts = std::move(parts);
        return result;
    }
};

/// What all layers of a piece stand in that may: nothing, if some do not stand in the same.
struct common_wrapper {
    bool is_open = true;                    ///< nothing was seen that stands in anything or may
    const piece_wrapper* wrapper = nullptr; ///< null where there is none

    void add(const common_wrapper& other) {
        if (other.is_open)
            return;
        if (is_open)
            *this = other;
        else if (wrapper == nullptr || other.wrapper == nullptr || !(*wrapper == *other.wrapper))
            wrapper = nullptr;
    }
};
inline common_wrapper wrapper_around(const topology_piece& piece) {
    common_wrapper result;
    if (piece.is == topology_piece::kind::layer) {
        if (!piece.wrappers.empty())
            result = {false, &piece.wrappers.front()};
        else if (piece.has_parameters)
            result = {false, nullptr};
    }
    for (const topology_piece& each : piece.parts)
        result.add(wrapper_around(each));
    return result;
}

/// Whether a piece has a layer that stands in nothing.
inline bool has_bare_layer(const topology_piece& piece) {
    if (piece.is == topology_piece::kind::layer)
        return piece.wrappers.empty();
    for (const topology_piece& each : piece.parts)
        if (has_bare_layer(each))
            return true;
    return false;
}

/// Takes the outermost wrapper off all layers.
inline void unwrap(topology_piece& piece) {
    if (!piece.wrappers.empty())
        piece.wrappers.erase(piece.wrappers.begin());
    for (topology_piece& each : piece.parts)
        unwrap(each);
}

/// The texts of a piece's layers, in their order.
inline void append_layer_texts(std::vector<std::string_view>& texts, const topology_piece& piece) {
    if (piece.is == topology_piece::kind::layer)
        texts.emplace_back(piece.text);
    for (const topology_piece& each : piece.parts)
        append_layer_texts(texts, each);
}

} // namespace strata::bedrock::inline STRATA_SETTING::detail
