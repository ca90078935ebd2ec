// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/extents.hpp>
#include <strata/data/stored_tensor.hpp>
#include <strata/io/keras_weights.hpp>
#include <strata/io/pytorch_weights.hpp>
#include <strata/io/weight_conventions.hpp>
#include <strata/io/weight_files.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Whether neighbouring axes of the file, or none, make each axis of the network; axes of extent 1 are free.
inline bool merge_into(std::span<const std::uint64_t> file, std::span<const std::size_t> network) {
    std::size_t next = 0;
    for (const std::size_t extent : network) {
        std::uint64_t product = 1;
        while (next < file.size() && product < extent)
            product *= file[next++];
        if (product != extent)
            return false;
    }
    return std::all_of(file.begin() + static_cast<std::ptrdiff_t>(next), file.end(),
                       [](std::uint64_t extent) { return extent == 1; });
}

/// `std::invalid_argument` for names of nothing in a network.
inline void check_names(const weight_names& names, const std::vector<array_description>& arrays,
                        const flattened_images& images) {
    std::vector<std::string> known;
    for (const array_description& array : arrays) {
        known.push_back(array.name);
        if (const auto kind = images.layer(array.layer).kind; is_projection(array.layer_name(), kind))
            known.push_back(attention_name(array.layer_name(), kind));
    }
    names.check(known);
}

/// A part of a tensor of a file, and the array that it is for.
struct weight_match {
    std::size_t array;
    weight_files::stored_weights found;
    weight_part part;
};

/// What a file has for the arrays of a network. All is decided before any number is read.
class weight_matches {
public:
    std::vector<weight_match> matches; ///< those of an array one after another
    weight_report report;

    weight_matches(const weight_files& files, const std::vector<array_description>& arrays,
                   const flattened_images& images, const weight_options& options)
        : files_(files), is_partial_(options.partial) {
        check_names(options.names, arrays, images);
        const pytorch_weights pytorch_arrays(options.names, images);
        const keras_weights keras_arrays(options.names, images);
        if (options.convention == pytorch && !is_partial_)
            for (const weight_files::stored_weights& each : files.tensors())
                if (pytorch_weights::projects_state(each.tensor->name))
                    fail_unknown(each, options.convention);
        for (std::size_t i = 0; i < arrays.size(); ++i) {
            const array_description& array = arrays[i];
            match(i, array,
                  options.convention == pytorch ? pytorch_arrays.choose(array)
                  : options.convention == keras ? keras_arrays.choose(array)
                                                : choose_equal(array, options.names));
        }
        const bool is_checkpoint = files.find("training/seed").tensor != nullptr;
        for (const weight_files::stored_weights& each : files.tensors()) {
            const std::string& name = each.tensor->name;
            if (used_.contains(each.tensor) ||
                (options.convention == pytorch && pytorch_weights::is_ignored(name)) ||
                (is_checkpoint && is_of_training(name, arrays)))
                continue;
            if (!is_partial_)
                fail_unknown(each, options.convention);
            report.left.push_back(name);
        }
    }

private:
    /// Whether a trainer's checkpoint has a tensor for the trainer: a count, or a state of an array.
    static bool is_of_training(const std::string& name, const std::vector<array_description>& arrays) {
        const std::string owner = name.substr(0, name.rfind('/'));
        return owner == "training" ||
               (owner.size() < name.size() &&
                std::any_of(arrays.begin(), arrays.end(),
                            [&](const array_description& array) { return array.name == owner; }));
    }

    [[noreturn]] static void fail_unknown(const weight_files::stored_weights& found,
                                          weight_convention convention) {
        const std::string& name = found.tensor->name;
        found.file->fail(*found.tensor,
                         convention == pytorch ? pytorch_weights::expected_instead(name)
                                               : "no tensor but those that the network has an array for",
                         shown(name));
    }

    void match(std::size_t number, const array_description& array, weight_choices choices) {
        std::vector<weight_part>* choice = &choices.front();
        for (auto& each : choices)
            if (std::all_of(each.begin(), each.end(), [&](const weight_part& part) {
                    return files_.find(part.name).tensor != nullptr;
                })) {
                choice = &each;
                break;
            }
        std::string problem;
        const std::size_t begin = matches.size();
        for (weight_part& part : *choice) {
            const weight_files::stored_weights found = files_.find(part.name);
            if (found.tensor == nullptr) {
                if (!is_partial_)
                    fail_missing(array, part);
                report.missing.push_back(array.name);
                matches.resize(begin);
                return;
            }
            used_.insert(found.tensor);
            if (problem.empty())
                problem = find_problem(array, part, found);
            matches.push_back({number, found, std::move(part)});
        }
        if (problem.empty())
            report.taken.push_back(array.name);
        else {
            matches.resize(begin);
            report.misfits.push_back(problem);
        }
    }

    [[noreturn]] void fail_missing(const array_description& array, const weight_part& part) const {
        std::vector<std::string> names;
        for (const weight_files::stored_weights& each : files_.tensors())
            names.push_back(each.tensor->name);
        constexpr std::size_t shown_count = 12;
        const std::size_t count = names.size();
        names.resize(std::min(count, shown_count));
        raise(data_error::in_file(
            files_.path(),
            concatenate("a tensor ", shown(part.name), " of ", extents_text(part.shape), " for ", array.name),
            shown_names(names, "no tensors") +
                (count > shown_count ? concatenate(" and ", count - shown_count, " more") : "")));
    }

    /// Why a tensor does not fit; an error unless what does not fit is left.
    std::string find_problem(const array_description& array, const weight_part& part,
                             const weight_files::stored_weights& stored) const {
        const stored_tensor& tensor = *stored.tensor;
        const std::string name = shown(tensor.name);
        if (real_size(tensor.type) == 0) {
            if (!is_partial_)
                stored.file->expect_real(tensor);
            return concatenate(array.name, ": ", name, " is of type ", tensor.type);
        }
        if (part.merges_axes
                ? merge_into(tensor.shape, part.shape)
                : std::equal(tensor.shape.begin(), tensor.shape.end(), part.shape.begin(), part.shape.end()))
            return {};
        const std::string expected = extents_text(part.shape), found = extents_text(tensor.shape);
        if (!is_partial_)
            stored.file->fail(tensor, concatenate(name, " of ", expected, " for ", array.name), found);
        return concatenate(array.name, ": ", name, " is ", found, ", not ", expected);
    }

    const weight_files& files_;
    bool is_partial_;
    std::set<const stored_tensor*> used_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
