// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/written_piece.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A number in a layer's text that may become a parameter, and what a person would call it.
struct written_number {
    std::size_t begin;
    std::size_t length;
    std::string_view name;
};

/// Those of one layer: `conv<64, 3, dilation<2>>` has Filters, Size and Dilation.
inline std::vector<written_number> numbers_in(std::string_view head) {
    struct known {
        std::string_view layer;
        std::array<std::string_view, 2> names;
    };
    static constexpr known all[] = {{"conv", {"Filters", "Size"}},    {"conv_transpose", {"Filters", "Size"}},
                                    {"depthwise_conv", {"Size", ""}}, {"dense", {"Units", ""}},
                                    {"dilation", {"Dilation", ""}},   {"stride", {"Stride", ""}},
                                    {"groups", {"Groups", ""}},       {"lstm", {"Units", ""}},
                                    {"gru", {"Units", ""}},           {"simple_rnn", {"Units", ""}}};
    std::vector<written_number> result;
    if (head.find("symbols::") != head.npos) // where < may compare
        return result;
    std::vector<std::pair<std::string_view, std::size_t>> open; // what began with <, and its arguments so far
    std::size_t word = 0;
    for (std::size_t i = 0; i < head.size(); ++i) {
        const char each = head[i];
        const bool is_word = std::isalnum(static_cast<unsigned char>(each)) != 0 || each == '_' ||
                             each == '\'' || each == '.' || each == '-';
        if (is_word)
            continue;
        const std::string_view last = head.substr(word, i - word);
        const bool is_number = !last.empty() && last.find_first_not_of("0123456789'") == last.npos;
        if (each == '<') {
            open.emplace_back(last, 0);
        } else if ((each == ',' || each == '>') && !open.empty()) {
            if (is_number && open.back().second < 2)
                for (const known& layer : all)
                    if (layer.layer == open.back().first && !layer.names[open.back().second].empty())
                        result.push_back({word, last.size(), layer.names[open.back().second]});
            ++open.back().second;
            if (each == '>')
                open.pop_back();
        }
        word = i + 1;
    }
    return result;
}

/// A fragment of which several have other numbers: `template <std::size_t Filters> constexpr auto name =
/// ...`.
struct written_template {
    std::vector<std::string> parameters{};
    written_piece body{};
    std::map<std::string, std::string> uses{}; ///< arguments by the texts of the pieces that it stands for
};

/// Finds what a topology has several times with other numbers, the longest first.
class template_finder {
public:
    /// `least` are the characters of a piece that is worth a name.
    template_finder(const written_chain& chain, std::size_t least) : least_(least) {
        constexpr std::size_t most = 32;
        while (templates_.size() < most) {
            groups_.clear();
            collect(chain);
            const group* best = nullptr;
            for (const auto& [skeleton, each] : groups_)
                if (each.count > 2 && each.pieces.size() > 1 &&
                    (best == nullptr || skeleton.size() > best->skeleton.size()) && has_few_parameters(each))
                    best = &each;
            if (best == nullptr)
                return;
            define(*best);
        }
    }
    [[nodiscard]] const std::vector<written_template>& templates() const { return templates_; }

private:
    struct group {
        std::string skeleton;
        std::size_t count = 0;
        std::vector<written_piece> pieces{}; ///< those that differ
    };

    /// Calls `use` for each layer's text of a piece, in their order.
    template <class Piece, class Use>
    static void visit(Piece& piece, const Use& use) {
        use(piece.head);
        for (auto& part : piece.parts)
            for (auto& each : part)
                visit(each, use);
    }
    static std::vector<std::string> numbers_of_piece(const written_piece& piece) {
        std::vector<std::string> result;
        visit(piece, [&](const std::string& head) {
            for (const written_number& each : numbers_in(head))
                result.push_back(head.substr(each.begin, each.length));
        });
        return result;
    }
    /// A piece with other texts for its numbers.
    template <class Text>
    static written_piece replaced(written_piece piece, const Text& text) {
        std::size_t number = 0;
        visit(piece, [&](std::string& head) {
            const auto found = numbers_in(std::string(head));
            std::string changed;
            std::size_t begin = 0;
            for (const written_number& each : found) {
                changed += head.substr(begin, each.begin - begin);
                changed += text(number++, head.substr(each.begin, each.length), each.name);
                begin = each.begin + each.length;
            }
            head = changed + head.substr(begin);
        });
        return piece;
    }

    void collect(const written_chain& chain) {
        for (const written_piece& piece : chain) {
            const std::string text = piece.text();
            if (piece.parts.empty() || is_named(text))
                continue;
            if (text.size() >= least_ && !piece.head.starts_with("repeat<")) {
                const std::string skeleton =
                    replaced(piece, [](std::size_t, const std::string&, std::string_view) {
                        return std::string("#");
                    }).text();
                group& one = groups_[skeleton];
                one.skeleton = skeleton;
                ++one.count;
                if (std::none_of(one.pieces.begin(), one.pieces.end(),
                                 [&](const written_piece& other) { return other.text() == text; }))
                    one.pieces.push_back(piece);
            }
            for (const written_chain& part : piece.parts)
                collect(part);
        }
    }
    [[nodiscard]] bool is_named(const std::string& text) const {
        return std::any_of(templates_.begin(), templates_.end(),
                           [&](const written_template& each) { return each.uses.count(text) > 0; });
    }

    /// For each number its parameter: numbers that are equal in all pieces are one; `none` is for those that
    /// do not differ between pieces.
    static std::vector<std::size_t> parameters_of(const group& one,
                                                  std::vector<std::vector<std::string>>& values) {
        std::vector<std::vector<std::string>> numbers;
        for (const written_piece& piece : one.pieces)
            numbers.push_back(numbers_of_piece(piece));
        std::vector<std::size_t> result;
        for (std::size_t i = 0; i < numbers.front().size(); ++i) {
            std::vector<std::string> column;
            for (const auto& each : numbers)
                column.push_back(each[i]);
            if (std::all_of(column.begin(), column.end(),
                            [&](const std::string& each) { return each == column.front(); })) {
                result.push_back(none);
                continue;
            }
            const auto found = std::find(values.begin(), values.end(), column);
            result.push_back(static_cast<std::size_t>(found - values.begin()));
            if (found == values.end())
                values.push_back(std::move(column));
        }
        return result;
    }
    static bool has_few_parameters(const group& one) {
        constexpr std::size_t most = 3;
        std::vector<std::vector<std::string>> values;
        (void)parameters_of(one, values);
        return values.size() <= most;
    }

    void define(const group& one) {
        std::vector<std::vector<std::string>> values;
        const std::vector<std::size_t> parameters = parameters_of(one, values);
        written_template made;
        made.parameters.resize(values.size());
        made.body = replaced(one.pieces.front(),
                             [&](std::size_t number, const std::string& given, std::string_view name) {
                                 if (parameters[number] == none)
                                     return given;
                                 std::string& parameter = made.parameters[parameters[number]];
                                 for (std::size_t count = 1; parameter.empty(); ++count) {
                                     std::string wanted(name);
                                     if (count > 1)
                                         internal::append(wanted, "_", count);
                                     if (std::find(made.parameters.begin(), made.parameters.end(), wanted) ==
                                         made.parameters.end())
                                         parameter = wanted;
                                 }
                                 return parameter;
                             });
        for (std::size_t piece = 0; piece < one.pieces.size(); ++piece) {
            std::string arguments;
            for (const auto& each : values)
                internal::append(arguments, arguments.empty() ? "<" : ", ", each[piece]);
            made.uses[one.pieces[piece].text()] = arguments + ">";
        }
        templates_.push_back(std::move(made));
    }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::size_t least_;
    std::map<std::string, group> groups_;
    std::vector<written_template> templates_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
