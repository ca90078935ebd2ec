// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>
#include <strata/source/known_parts.hpp>
#include <strata/source/piece.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// Writes pieces as C++.
class piece_writer {
public:
    /// `is_exact`: the fragment itself comes again, instead of one that makes the same layers; what was
    /// repeated by hand is not written as a repetition then.
    explicit piece_writer(bool is_exact) : is_exact_(is_exact) {}

    /// Pieces with pipes between them, to stand behind an input.
    std::string pipe(std::vector<topology_piece> parts) const { return joined(texts_of(std::move(parts))); }
    /// The same as the argument of a function.
    std::string argument(std::vector<topology_piece> parts) const {
        const std::string result = joined(texts_of(std::move(parts)));
        return result.empty() ? "identity" : begun(result);
    }

private:
    using kind = topology_piece::kind;
    bool is_exact_;

    // The C library's function of that name keeps it from standing first.
    static std::string begun(const std::string& text) {
        return text == "tanh" || text.starts_with("tanh |") ? "identity | " + text : text;
    }
    static std::string joined(const std::vector<std::string>& texts) {
        std::string result;
        for (const std::string& each : texts)
            append(result, result.empty() ? "" : " | ", each == "bedrock::tanh_layer{}" ? "tanh" : each);
        return result;
    }
    static std::vector<topology_piece> flattened(std::vector<topology_piece> parts) {
        std::vector<topology_piece> result;
        for (topology_piece& each : parts)
            if (each.is == kind::sequence) {
                for (topology_piece& inner : flattened(std::move(each.parts)))
                    result.push_back(std::move(inner));
            } else
                result.push_back(std::move(each));
        return result;
    }

    // The longest run of pieces from one on that stand in its wrapper: where it ends.
    static std::size_t run_end(const std::vector<topology_piece>& parts, std::size_t begin,
                               const piece_wrapper& wrapper) {
        std::size_t result = begin;
        for (std::size_t i = begin; i < parts.size(); ++i) {
            const common_wrapper found = wrapper_around(parts[i]);
            if (found.wrapper != nullptr ? !(*found.wrapper == wrapper) : !found.is_open || wrapper.wraps_all)
                break;
            if (found.wrapper != nullptr && wrapper.wraps_all && has_bare_layer(parts[i]))
                break;
            if (found.wrapper != nullptr)
                result = i + 1;
        }
        return result;
    }

    std::vector<std::string> texts_of(std::vector<topology_piece> given) const {
        const std::vector<topology_piece> parts = flattened(std::move(given));
        std::vector<std::string> result;
        for (std::size_t i = 0; i < parts.size();) {
            const common_wrapper common = wrapper_around(parts[i]);
            std::size_t end = i;
            if (common.wrapper != nullptr) {
                if (std::string known; known_part(parts, i, common.wrapper->text, known)) {
                    result.push_back(known.empty() ? single(parts[i]) : known);
                    i += known.empty() ? 1 : known.starts_with("attention<") ? 3 : 2;
                    continue;
                }
                end = run_end(parts, i, *common.wrapper);
            }
            if (end > i) {
                std::vector<topology_piece> inner(parts.begin() + static_cast<std::ptrdiff_t>(i),
                                                  parts.begin() + static_cast<std::ptrdiff_t>(end));
                for (topology_piece& each : inner)
                    unwrap(each);
                result.push_back(concatenate(common.wrapper->text, argument(std::move(inner)), ")"));
                i = end;
            } else if (std::string both = bidirectional(parts[i]); !both.empty()) {
                const bool has_merge =
                    i + 1 < parts.size() && parts[i + 1].is == kind::layer && parts[i + 1].wrappers.empty();
                const std::string merge = has_merge ? parts[i + 1].text : "identity";
                result.push_back(concatenate("bidirectional(", both, merge == "concat<>" ? "" : ", ",
                                             merge == "concat<>" ? "" : merge, ")"));
                i += has_merge ? 2 : 1;
            } else
                result.push_back(single(parts[i++]));
        }
        return is_exact_ ? result : repeated(result);
    }

    // Whether pieces stand in the name of a part of the language: `known` is its text if it begins here, and
    // empty where it stands within the piece.
    bool known_part(const std::vector<topology_piece>& parts, std::size_t begin, const std::string& wrapper,
                    std::string& known) const {
        const bool is_attention = wrapper == "named<\"attention\">(" && !is_exact_;
        const bool is_gated = wrapper == "named<\"glu\">(" || wrapper == "named<\"swiglu\">(" ||
                              wrapper == "named<\"geglu\">(" || wrapper == "named<\"gated_dense\">(";
        if (!is_attention && !is_gated)
            return false;
        const std::size_t count = is_attention ? 3 : 2;
        if (begin + count <= parts.size()) {
            std::vector<topology_piece> inner(parts.begin() + static_cast<std::ptrdiff_t>(begin),
                                              parts.begin() + static_cast<std::ptrdiff_t>(begin + count));
            const auto stands_in_it = [&](const topology_piece& each) {
                const common_wrapper common = wrapper_around(each);
                return common.wrapper != nullptr && common.wrapper->text == wrapper;
            };
            if (std::all_of(inner.begin(), inner.end(), stands_in_it)) {
                for (topology_piece& each : inner)
                    unwrap(each);
                known = is_attention ? attention_text(inner) : gated_text(wrapper, inner);
            }
        }
        return !known.empty() || parts[begin].is != kind::layer;
    }

    std::string single(const topology_piece& piece) const {
        switch (piece.is) {
        case kind::layer:
        case kind::choice:
            return piece.text;
        case kind::bypass:
            return concatenate("residual(", argument({piece.parts[0]}),
                               piece.parts[1].parts.empty() ? ")" : ", " + argument({piece.parts[1]}) + ")");
        case kind::repetition:
            return concatenate("repeat<", piece.times, ">(", argument(piece.parts), ")");
        default: {
            std::string result;
            for (const topology_piece& each : piece.parts)
                append(result, result.empty() ? "" : ", ", argument({each}));
            return concatenate(piece.is == kind::fork ? "branches(" : "with_all(", result, ")");
        }
        }
    }

    // What both directions have in common, if a piece is both directions of a recurrent layer.
    std::string bidirectional(const topology_piece& piece) const {
        if (piece.is != kind::fork || piece.parts.size() != 2)
            return {};
        std::string directions[2];
        const char* const names[2][2] = {{"named<\"forward\">(", unmirrored_text},
                                         {"named<\"backward\">(", mirrored_text}};
        for (std::size_t i = 0; i < 2; ++i) {
            topology_piece direction = piece.parts[i];
            for (const char* const name : names[i]) {
                const common_wrapper common = wrapper_around(direction);
                if (common.wrapper == nullptr || common.wrapper->text != name)
                    return {};
                unwrap(direction);
            }
            directions[i] = argument({direction});
        }
        return directions[0] == directions[1] ? directions[0] : std::string();
    }

    // Writes what stands several times in a row once. A short layer twice is shorter as it is.
    static std::vector<std::string> repeated(const std::vector<std::string>& texts) {
        std::vector<std::string> result;
        for (std::size_t i = 0; i < texts.size();) {
            std::size_t best_length = 1, best_times = 1;
            for (std::size_t length = 1; 2 * length <= texts.size() - i; ++length) {
                std::size_t times = 1;
                while (i + (times + 1) * length <= texts.size() &&
                       std::equal(texts.begin() + static_cast<std::ptrdiff_t>(i),
                                  texts.begin() + static_cast<std::ptrdiff_t>(i + length),
                                  texts.begin() + static_cast<std::ptrdiff_t>(i + times * length)))
                    ++times;
                const bool is_worth_it = times > 2 || (times == 2 && (length > 1 || texts[i].size() > 24));
                if (is_worth_it && length * times > best_length * best_times) {
                    best_length = length;
                    best_times = times;
                }
            }
            if (best_times == 1)
                result.push_back(texts[i]);
            else {
                const std::vector<std::string> unit(texts.begin() + static_cast<std::ptrdiff_t>(i),
                                                    texts.begin() +
                                                        static_cast<std::ptrdiff_t>(i + best_length));
                result.push_back(
                    concatenate("repeat<", best_times, ">(", begun(joined(repeated(unit))), ")"));
            }
            i += best_length * best_times;
        }
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::detail
