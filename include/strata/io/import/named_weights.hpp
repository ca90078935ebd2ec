// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/weight_source.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Weights that have names, as in .h5 files and in TensorFlow.js's: "dense/kernel:0",
/// "bidirectional/forward_lstm/lstm_cell_1/kernel". Which layers' names stand before an array's depends on
/// the version, so an array belongs to each layer that its name mentions; of two that fit a request the first
/// goes to the layer that asks first.
class named_weights final : public weight_source {
public:
    named_weights() = default;
    named_weights(named_weights&& other) noexcept
        : entries_(std::move(other.entries_)), places_(std::move(other.places_)) {}

    /// `group` is the layer of the outermost model that has the array, or empty where that is not known.
    void add(const std::string& group, const std::string& name, std::function<tensor()> read) {
        entry added{group, {}, std::move(read), false};
        std::size_t begin = 0;
        for (std::size_t slash = name.find('/'); slash != name.npos; slash = name.find('/', begin)) {
            added.scopes.push_back(name.substr(begin, slash - begin));
            begin = slash + 1;
        }
        std::string last = name.substr(begin);
        last = last.substr(0, last.find(':'));
        if (!group.empty() &&
            std::find(added.scopes.begin(), added.scopes.end(), group) == added.scopes.end())
            places_[{group, last}].push_back(entries_.size());
        std::vector<std::string> scopes = added.scopes;
        std::sort(scopes.begin(), scopes.end());
        scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
        for (const std::string& scope : scopes)
            places_[{scope, last}].push_back(entries_.size());
        entries_.push_back(std::move(added));
    }

    [[nodiscard]] std::optional<tensor> find(const layer_place& place,
                                             const weight_request& wanted) override {
        const std::string direction = wanted.part.substr(0, wanted.part.find("_layer"));
        const bool is_directed = direction == "forward" || direction == "backward";
        for (const std::string& name : wanted.names) {
            const auto found = places_.find({place.name, name});
            if (found == places_.end())
                continue;
            for (const std::size_t number : found->second) {
                entry& each = entries_[number];
                const bool fits = !is_directed || std::any_of(each.scopes.begin(), each.scopes.end(),
                                                              [&](const std::string& scope) {
                                                                  return scope.starts_with(direction + "_");
                                                              });
                const bool is_in_scope =
                    wanted.scope.empty() ||
                    std::find(each.scopes.begin(), each.scopes.end(), wanted.scope) != each.scopes.end();
                const bool is_elsewhere = !each.group.empty() && each.group != place.outermost;
                if (each.is_taken || !fits || !is_in_scope || is_elsewhere)
                    continue;
                each.is_taken = true;
                return each.read();
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] std::string content() const override {
        return entries_.empty() ? "no weights at all"
                                : internal::concatenate(entries_.size(), " arrays for other layers");
    }

private:
    struct entry {
        std::string group;
        std::vector<std::string> scopes;
        std::function<tensor()> read;
        bool is_taken;
    };
    std::vector<entry> entries_;
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> places_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
