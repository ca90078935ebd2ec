// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What something is called in a file, and in the network: `{"conv1.weight", "conv.kernel"}` of an array,
/// `{"features.0", "conv"}` of a layer, `{"encoder", "named_part"}` of all layers of a part.
struct weight_name {
    std::string file;
    std::string network;
};

/// What a network's arrays are called in a file that was made elsewhere: a table, or a rule that is asked for
/// a network's name and answers with the file's, or with an empty text if it has none. Both are asked for the
/// array ("encoder.conv.kernel"), then for its layer ("encoder.conv"), then for the parts that hold it
/// ("encoder"); what the answer does not replace keeps its name.
class weight_names {
public:
    weight_names() = default;
    weight_names(std::initializer_list<weight_name> table) : table_(table) {}
    weight_names(std::vector<weight_name> table) : table_(std::move(table)) {}
    template <class Rule>
        requires(std::convertible_to<std::invoke_result_t<const Rule&, std::string_view>, std::string>)
    weight_names(Rule rule) : rule_(std::move(rule)) {}

    /// What the file calls exactly that; an empty text if it has no name of its own.
    [[nodiscard]] std::string find(std::string_view name) const {
        for (const weight_name& each : table_)
            if (each.network == name)
                return each.file;
        return rule_ ? rule_(name) : std::string();
    }

    /// What the file calls a layer or a part, by the longest part of its name that is known.
    [[nodiscard]] std::string translate(std::string_view name) const {
        for (std::size_t end = name.size(); end != name.npos && end > 0; end = name.rfind('.', end - 1))
            if (std::string found = find(name.substr(0, end)); !found.empty())
                return found.append(name.substr(end));
        return std::string(name);
    }

    /// `std::invalid_argument` for a line of the table that is about nothing in `names`, or about what
    /// another line is about.
    void check(const std::vector<std::string>& names) const {
        for (std::size_t i = 0; i < table_.size(); ++i) {
            const std::string& known = table_[i].network;
            const auto is_about = [&](const std::string& name) {
                return name == known ||
                       (name.starts_with(known) && name.size() > known.size() && name[known.size()] == '.');
            };
            if (std::none_of(names.begin(), names.end(), is_about))
                internal::raise(std::invalid_argument(
                    internal::concatenate("the name \"", known, "\", in a file \"", table_[i].file,
                                          "\", is that of no layer, part or array of the network")));
            for (std::size_t j = 0; j < i; ++j)
                if (table_[j].network == known)
                    internal::raise(std::invalid_argument(
                        internal::concatenate("\"", known, "\" has two names in a file, \"", table_[j].file,
                                              "\" and \"", table_[i].file, "\"")));
        }
    }

private:
    std::vector<weight_name> table_;
    std::function<std::string(std::string_view)> rule_;
};

/// How the file's maker calls arrays and lays them out. The table names layers then; the arrays of each
/// follow from its kind.
enum class weight_convention {
    strata,  ///< as this library: `dense.kernel`, in the conventional order
    pytorch, ///< a `state_dict`: [out, in], channels first, gates in PyTorch's order, two biases,
             ///< `running_mean`
    keras    ///< Keras's paths: `dense_1/kernel`, `lstm/lstm_cell/bias:0`
};
inline constexpr weight_convention pytorch = weight_convention::pytorch;
inline constexpr weight_convention keras = weight_convention::keras;

struct weight_options {
    weight_names names = {};
    weight_convention convention = weight_convention::strata;
    bool partial = false; ///< take what fits, and leave the rest
};

/// What was loaded of a file.
struct weight_report {
    std::vector<std::string> taken;   ///< the network's arrays that were
    std::vector<std::string> missing; ///< those that the file does not have
    std::vector<std::string> misfits; ///< those that the file has in another shape or type, and which
    std::vector<std::string> left;    ///< the file's tensors that the network has no place for
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::keras;
using bedrock::pytorch;
using bedrock::weight_name;
using bedrock::weight_names;
using bedrock::weight_report;
} // namespace strata
