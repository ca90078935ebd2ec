// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/safetensors.hpp>
#include <strata/data/safetensors_index.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The tensors of a safetensors file, or those that an index names of several files, which stay open.
class weight_files {
public:
    /// A tensor, and the file that has it.
    struct stored_weights {
        const stored_tensor* tensor = nullptr;
        safetensors_file* file = nullptr;
    };

    /// data_error as for `safetensors_file` and `safetensors_index`, and for a file without a tensor that the
    /// index says it has.
    explicit weight_files(std::filesystem::path path) : path_(std::move(path)) {
        if (safetensors_index::is_name(path_))
            add_files(safetensors_index(path_));
        else {
            files_.push_back(std::make_unique<safetensors_file>(path_));
            for (const stored_tensor& tensor : files_[0]->tensors())
                all_.push_back({&tensor, files_[0].get()});
        }
        sorted_ = all_;
        std::sort(sorted_.begin(), sorted_.end(), [](const stored_weights& one, const stored_weights& other) {
            return one.tensor->name < other.tensor->name;
        });
    }

    /// The one that was asked for, be it an index.
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// In the order of their numbers in a file, or by their names in the index.
    [[nodiscard]] const std::vector<stored_weights>& tensors() const noexcept { return all_; }
    /// The tensor of that name, or nulls.
    [[nodiscard]] stored_weights find(std::string_view name) const {
        const auto place = std::lower_bound(
            sorted_.begin(), sorted_.end(), name,
            [](const stored_weights& each, std::string_view text) { return each.tensor->name < text; });
        return place != sorted_.end() && place->tensor->name == name ? *place : stored_weights{};
    }

private:
    void add_files(const safetensors_index& index) {
        std::map<std::string, safetensors_file*> opened;
        for (const auto& [name, file] : index.files()) {
            safetensors_file*& found = opened[file];
            if (found == nullptr) {
                files_.push_back(std::make_unique<safetensors_file>(index.file_of(name)));
                found = files_.back().get();
            }
            all_.push_back({&found->expect(name), found});
        }
    }

    std::filesystem::path path_;
    std::vector<std::unique_ptr<safetensors_file>> files_;
    std::vector<stored_weights> all_;
    std::vector<stored_weights> sorted_; ///< by name
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
