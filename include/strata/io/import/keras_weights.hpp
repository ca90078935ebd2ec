// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/hdf5.hpp>
#include <strata/io/import/named_weights.hpp>
#include <strata/io/import/weight_source.hpp>
#include <strata/setting.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// `model.weights.h5` of a .keras archive: arrays are numbered, and layers are called by their class and
/// counted. Three spellings: "layers/dense_1/vars/0" (Keras 3), "_layer_checkpoint_dependencies/..." (2.13),
/// and what was written on Windows has backslashes in the name of one group.
class counted_weights final : public weight_source {
public:
    explicit counted_weights(hdf5_file file) : file_(std::move(file)) {}

    [[nodiscard]] std::optional<tensor> find(const layer_place& place,
                                             const weight_request& wanted) override {
        for (const std::string_view container : {"layers", "_layer_checkpoint_dependencies"})
            for (const char separator : {'/', '\\'}) {
                std::string group;
                for (const std::string& each : place.counted)
                    internal::append(group, group.empty() ? "" : std::string(1, separator), container,
                                     std::string(1, separator), each);
                std::string part = wanted.part;
                for (char& each : part)
                    each = each == '/' ? separator : each;
                const std::string path = internal::concatenate(
                    group, part.empty() ? "" : std::string(1, separator), part, "/vars/", wanted.index);
                if (file_.contains(path))
                    return file_.read(path);
            }
        return std::nullopt;
    }

    [[nodiscard]] std::string content() const override {
        for (const std::string& each : file_.names("/"))
            if (each.starts_with("layers") || each.starts_with("_layer_checkpoint_dependencies"))
                return "no such array";
        return "a weights file without groups of layers";
    }

private:
    hdf5_file file_;
};

/// The arrays of a .h5 file of Keras: a group for each layer of the outermost model, whose attribute lists
/// the names of all arrays of that layer and of the layers in it.
inline named_weights list_weights(const hdf5_file& file) {
    named_weights result;
    const std::string root = file.contains("model_weights") ? "model_weights" : "";
    for (const std::string& layer : file.names(root.empty() ? "/" : root)) {
        const std::string group = root.empty() ? layer : root + "/" + layer;
        const auto add = [&](const std::vector<std::string>& names) {
            for (const std::string& name : names)
                result.add(layer, name, [&file, path = group + "/" + name] { return file.read(path); });
        };
        if (const auto names = file.texts(group, "weight_names"))
            add(*names);
        else // Keras cuts a list that does not fit into an attribute
            for (std::size_t part = 0;
                 const auto some = file.texts(group, "weight_names" + std::to_string(part)); ++part)
                add(*some);
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
