// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/safetensors.hpp>
#include <strata/data/safetensors_index.hpp>
#include <strata/data/stored_tensor.hpp>
#include <strata/setting.hpp>

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
                add(tensor, *files_[0]);
        }
    }

    /// The one that was asked for, be it an index.
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// In the order of their numbers in a file, or by their names in the index.
    [[nodiscard]] const std::vector<stored_weights>& tensors() const noexcept { return all_; }
    /// The tensor of that name, or nulls.
    [[nodiscard]] stored_weights find(std::string_view name) const {
        const auto place = by_name_.find(name);
        return place == by_name_.end() ? stored_weights{} : place->second;
    }

private:
    void add(const stored_tensor& tensor, safetensors_file& file) {
        all_.push_back({&tensor, &file});
        by_name_.emplace(tensor.name, all_.back());
    }
    void add_files(const safetensors_index& index) {
        std::map<std::string, safetensors_file*> opened;
        for (const auto& [name, file] : index.files()) {
            safetensors_file*& found = opened[file];
            if (found == nullptr) {
                files_.push_back(std::make_unique<safetensors_file>(index.file_of(name)));
                found = files_.back().get();
            }
            add(found->expect(name), *found);
        }
    }

    std::filesystem::path path_;
    std::vector<std::unique_ptr<safetensors_file>> files_;
    std::vector<stored_weights> all_;
    std::map<std::string_view, stored_weights> by_name_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
