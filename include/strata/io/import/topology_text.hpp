// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/named_parts.hpp>
#include <strata/io/import/node_text.hpp>
#include <strata/io/import/topology_tree.hpp>
#include <strata/io/import/written_piece.hpp>
#include <strata/io/import/written_steps.hpp>
#include <strata/io/import/written_templates.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A graph as a topology in C++, and its layers in the order in which strata numbers them.
class topology_text {
public:
    explicit topology_text(const model_graph& graph)
        : graph_(graph), chain_(write(tree_builder(graph).build())) {
        if (chain_.empty()) // networks have a layer at least
            chain_.push_back({"linear"});
        const template_finder found(chain_, least_shared);
        for (const written_template& each : found.templates())
            define_template(each, found.templates().size() == 1);
        count_parts(chain_);
        define_parts();
    }

    [[nodiscard]] const std::vector<std::size_t>& layer_order() const noexcept { return order_; }

    /// Declarations of the fragments that stand in several places, and of `topology`.
    [[nodiscard]] std::string text() const {
        std::string result;
        for (const auto& [name, chain] : definitions_) {
            const auto begin = template_begins_.find(name);
            internal::append(result, begin == template_begins_.end() ? "" : begin->second,
                             declaration(name, chain));
        }
        const std::string inputs = input_text();
        written_chain all = chain_;
        all.insert(all.begin(), written_piece{inputs});
        return result + declaration("topology", lay_out(all, 4, {}));
    }

private:
    static constexpr std::size_t width = 110;
    static constexpr std::size_t least_shared = 40; ///< characters of a fragment that gets a name

    /// In one line where that is enough.
    static std::string declaration(const std::string& name, const std::string& chain) {
        const std::string begin = "constexpr auto " + name + " =";
        const bool is_short = chain.find('\n') == chain.npos && begin.size() + chain.size() < width;
        return begin + (is_short ? " " + chain.substr(chain.find_first_not_of(' ')) : "\n" + chain) + ";\n";
    }

    [[nodiscard]] std::string input_text() const {
        std::string result;
        for (const std::size_t input : graph_.inputs) {
            argument_text words("input");
            for (const std::size_t extent : graph_.nodes[input].shape)
                words.add(extent);
            internal::append(result, result.empty() ? "" : ", ", words.text());
        }
        return graph_.inputs.size() == 1 ? result : "inputs(" + result + ")";
    }

    /// Turns items into text: those of a part with a name are `named<"encoder">(...)`.
    written_chain write(const tree_chain& items) {
        written_chain result;
        for (auto begin = items.begin(); begin != items.end();) {
            const std::string name = part_of(graph_, *begin);
            const auto end = std::find_if(
                begin, items.end(), [&](const tree_item& each) { return part_of(graph_, each) != name; });
            const bool is_named =
                !name.empty() && name != open_part_ &&
                std::any_of(begin, end, [&](const tree_item& each) { return has_weights(graph_, each); });
            const std::string outer = std::exchange(open_part_, is_named ? name : open_part_);
            written_chain layers = write_layers({begin, end});
            open_part_ = outer;
            if (!is_named || layers.empty())
                result.insert(result.end(), layers.begin(), layers.end());
            else
                result.push_back({"named<\"" + name + "\">", {as_argument(repeat_pieces(layers))}});
            begin = end;
        }
        return repeat_pieces(result);
    }

    /// Turns items into text, and notes the layers as they come.
    written_chain write_layers(const tree_chain& items) {
        written_chain result;
        std::size_t first_joined = no_piece; // behind which there are formulas alone
        for (std::size_t i = 0; i < items.size(); ++i) {
            const tree_item& item = items[i];
            if (item.what == tree_item::form::layer) {
                const graph_node& node = graph_.nodes[item.node];
                order_.push_back(item.node);
                const extents& input = graph_.nodes[node.sources.front()].shape;
                if (is_each_step(node) && !node.has("shared")) {
                    join_step(result, first_joined, words_of(step_node(node), step_shape(input)).text);
                    continue;
                }
                std::string words = words_of(node, input).text;
                if (words.empty())
                    continue;
                if (node.has("shared"))
                    words = "shared_weights<\"" + std::string(node.text("shared")) + "\">(" + words + ")";
                first_joined = is_formula(node) ? first_joined : no_piece;
                result.push_back({words});
                continue;
            }
            first_joined = no_piece;
            if (item.what == tree_item::form::picks) {
                if (item.order.size() == 1) {
                    result.push_back({internal::concatenate("pick<", item.order.front(), ">")});
                    continue;
                }
                written_piece picks{"with_all"};
                for (const std::size_t place : item.order)
                    picks.parts.push_back({{internal::concatenate("pick<", place, ">")}});
                result.push_back(std::move(picks));
            } else if (i + 1 < items.size() && is_residual(item, items[i + 1])) {
                result.push_back(write_residual(item));
                order_.push_back(items[++i].node);
            } else {
                written_piece branches{item.what == tree_item::form::all ? "with_all" : "branches"};
                for (const tree_chain& part : item.parts)
                    branches.parts.push_back(as_argument(write(part)));
                result.push_back(std::move(branches));
            }
        }
        finish_steps(result);
        return result;
    }

    /// Two ways that are added, one of them empty or a short projection.
    [[nodiscard]] bool is_residual(const tree_item& branches, const tree_item& next) const {
        constexpr std::size_t longest_projection = 2;
        return branches.what == tree_item::form::branches && branches.parts.size() == 2 &&
               next.what == tree_item::form::layer && graph_.nodes[next.node].kind == "add" &&
               graph_.nodes[next.node].sources.size() == 2 &&
               branches.parts[0].size() != branches.parts[1].size() &&
               std::min(branches.parts[0].size(), branches.parts[1].size()) <= longest_projection &&
               branches.is_split;
    }
    written_piece write_residual(const tree_item& branches) {
        const bool is_first = branches.parts[0].size() > branches.parts[1].size();
        written_piece result{"residual"};
        result.parts.push_back(as_argument(write(branches.parts[is_first ? 0 : 1])));
        written_chain projection = write(branches.parts[is_first ? 1 : 0]);
        if (!projection.empty())
            result.parts.push_back(as_argument(std::move(projection)));
        return result;
    }

    /// A fragment with parameters, `template <std::size_t Filters>` in front of it.
    void define_template(const written_template& given, bool is_only) {
        const std::string name = is_only ? "unit" : internal::concatenate("unit_", definitions_.size() + 1);
        std::string begin;
        for (const std::string& each : given.parameters)
            internal::append(begin, begin.empty() ? "template <std::size_t " : ", std::size_t ", each);
        template_begins_[name] = begin + ">\n";
        definitions_.emplace_back(name, lay_out({given.body}, 4, {}));
        for (const auto& [text, arguments] : given.uses)
            names_[text] = name + arguments;
    }

    /// How often each part with layers in it stands in the topology.
    void count_parts(const written_chain& chain) {
        for (const written_piece& piece : chain) {
            if (piece.parts.empty() || names_.count(piece.text()) > 0)
                continue;
            ++counts_[piece.text()];
            samples_.emplace(piece.text(), written_chain{piece});
            for (const written_chain& part : piece.parts) {
                if (part.size() > 1) {
                    ++counts_[text_of_chain(part)];
                    samples_.emplace(text_of_chain(part), part);
                }
                count_parts(part);
            }
        }
    }
    void define_parts() {
        std::vector<std::string> shared;
        for (const auto& [text, count] : counts_)
            if (count > 1 && text.size() >= least_shared && names_.count(text) == 0)
                shared.push_back(text);
        // A part of another one is shorter, and stands before it.
        std::sort(shared.begin(), shared.end(), [](const std::string& one, const std::string& other) {
            return one.size() != other.size() ? one.size() < other.size() : one < other;
        });
        std::size_t blocks = 0;
        for (const std::string& text : shared) {
            const std::string name = shared.size() == 1 ? "block" : internal::concatenate("block_", ++blocks);
            definitions_.emplace_back(name, lay_out(samples_.at(text), 4, text));
            names_[text] = name;
        }
    }

    /// A chain over as many lines as it needs, of which each begins with some spaces. `own` is the part that
    /// is being defined, and so has no name here.
    [[nodiscard]] std::string lay_out(const written_chain& chain, std::size_t indent,
                                      const std::string& own) const {
        const std::string spaces(indent, ' ');
        std::string result;
        std::string line = spaces;
        for (std::size_t i = 0; i < chain.size(); ++i) {
            const std::string separator = i + 1 < chain.size() ? " |" : "";
            const std::string flat = short_text(chain[i], own) + separator;
            const std::string gap = line.size() > indent ? " " : "";
            if (line.size() + gap.size() + flat.size() <= width) {
                line += gap + flat;
                continue;
            }
            if (line.size() > indent)
                result += line + "\n";
            if (indent + flat.size() <= width || chain[i].parts.empty() || has_name(chain[i].text(), own)) {
                line = spaces + flat;
                continue;
            }
            result += spaces + chain[i].head + "(\n";
            for (std::size_t p = 0; p < chain[i].parts.size(); ++p) {
                result += lay_out_part(chain[i].parts[p], indent + 4, own);
                result += p + 1 < chain[i].parts.size() ? ",\n" : "";
            }
            line = result.substr(result.rfind('\n') + 1) + ")" + separator;
            result.resize(result.rfind('\n') + 1);
        }
        return result + line;
    }
    [[nodiscard]] std::string lay_out_part(const written_chain& part, std::size_t indent,
                                           const std::string& own) const {
        const std::string text = text_of_chain(part);
        if (part.empty() || has_name(text, own))
            return std::string(indent, ' ') + (part.empty() ? text : names_.at(text));
        return lay_out(part, indent, own);
    }

    [[nodiscard]] bool has_name(const std::string& text, const std::string& own) const {
        return text != own && names_.find(text) != names_.end();
    }
    [[nodiscard]] std::string short_text(const written_piece& piece, const std::string& own) const {
        const std::string text = piece.text();
        if (has_name(text, own))
            return names_.at(text);
        if (piece.parts.empty())
            return text;
        std::string result;
        for (const written_chain& part : piece.parts) {
            const std::string whole = text_of_chain(part);
            std::string chain;
            if (has_name(whole, own))
                chain = names_.at(whole);
            else
                for (const written_piece& each : part)
                    internal::append(chain, chain.empty() ? "" : " | ", short_text(each, own));
            internal::append(result, result.empty() ? "" : ", ", chain.empty() ? whole : chain);
        }
        return piece.head + "(" + result + ")";
    }

    const model_graph& graph_;
    std::vector<std::size_t> order_;
    std::string open_part_; ///< the named part that is being written
    written_chain chain_;
    std::map<std::string, std::size_t> counts_;
    std::map<std::string, written_chain> samples_;
    std::map<std::string, std::string> names_;
    std::map<std::string, std::string> template_begins_; ///< by the names of fragments with parameters
    std::vector<std::pair<std::string, std::string>> definitions_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
