// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/error.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// What RapidJSON's reader tells of an index: its events, since clang does not compile RapidJSON's documents.
struct index_grammar : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, index_grammar> {
    std::vector<std::pair<std::string, std::string>> files;
    std::string name; ///< the last one
    std::size_t depth = 0;
    bool is_map = false;  ///< what the last name of the outermost object announced
    bool has_map = false; ///< was there

    [[nodiscard]] bool is_in_map() const noexcept { return is_map && depth == 2; }
    bool Default() const noexcept { return depth > 0 && !(is_map && depth <= 2); }
    bool Key(const char* text, rapidjson::SizeType length, bool) {
        if (depth == 1)
            is_map = std::string_view(text, length) == "weight_map";
        name.assign(text, length);
        return true;
    }
    bool String(const char* text, rapidjson::SizeType length, bool) {
        if (!is_in_map())
            return Default();
        files.emplace_back(name, std::string(text, length));
        return length > 0 && files.back().second.find('\0') == std::string::npos;
    }
    bool StartObject() {
        if (is_in_map())
            return false;
        ++depth;
        has_map = has_map || is_in_map();
        return true;
    }
    bool EndObject(rapidjson::SizeType) noexcept {
        --depth;
        return true;
    }
    bool StartArray() noexcept {
        if (!Default())
            return false;
        ++depth;
        return true;
    }
    bool EndArray(rapidjson::SizeType) noexcept {
        --depth;
        return true;
    }
};
} // namespace internal

/// Which of several safetensors files has which tensor: a JSON text whose "weight_map" names a file for each,
/// by its path from the index's directory, as `model.safetensors.index.json` of Hugging Face. Programs that
/// include this header need RapidJSON.
class safetensors_index {
public:
    /// Whether a file is called as an index is.
    [[nodiscard]] static bool is_name(const std::filesystem::path& path) {
        return path.string().ends_with(".index.json");
    }

    /// data_error with the byte for a file that is no JSON, and with what is missing in it for another text.
    explicit safetensors_index(std::filesystem::path path) : path_(std::move(path)) {
        plain_file file(path_);
        std::string text;
        const std::size_t size = static_cast<std::size_t>(file.stored_size());
        if (size > longest)
            file.fail(0, internal::concatenate("an index of at most ", longest, " bytes"),
                      internal::concatenate(size));
        text.resize(size);
        file.read(text.data(), size, "an index of tensors");
        internal::index_grammar grammar;
        rapidjson::MemoryStream stream(text.data(), size);
        rapidjson::Reader reader;
        // Depth costs no stack.
        constexpr unsigned how = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
        const rapidjson::ParseResult result = reader.Parse<how>(stream, grammar);
        if (result.Code() == rapidjson::kParseErrorTermination)
            refuse(grammar.is_in_map()
                       ? internal::concatenate("a file's name for the tensor ", internal::shown(grammar.name))
                       : "\"weight_map\", an object with a file's name for each tensor",
                   "another value");
        if (result.IsError()) {
            const std::size_t place = std::min(result.Offset(), size);
            file.fail(place, "JSON",
                      internal::concatenate(internal::shown(std::string_view(text).substr(place)), " (",
                                            rapidjson::GetParseError_En(result.Code()), ")"));
        }
        // RapidJSON takes a byte of zero for the end.
        if (stream.Tell() < size)
            file.fail(stream.Tell(), "the end of the index", "a byte of zero");
        if (!grammar.has_map)
            refuse("\"weight_map\", an object with a file's name for each tensor", "another text");
        files_ = std::move(grammar.files);
        std::sort(files_.begin(), files_.end());
        const auto twice =
            std::adjacent_find(files_.begin(), files_.end(),
                               [](const auto& one, const auto& other) { return one.first == other.first; });
        if (twice != files_.end())
            refuse("each tensor once", internal::concatenate(internal::shown(twice->first), " again"));
    }

    /// Names of tensors and of their files, sorted.
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& files() const noexcept {
        return files_;
    }

    /// The file that has a tensor. data_error for a tensor that the index does not name, and for a file that
    /// is not there.
    [[nodiscard]] std::filesystem::path file_of(std::string_view name) const {
        const auto place =
            std::lower_bound(files_.begin(), files_.end(), name,
                             [](const auto& each, std::string_view wanted) { return each.first < wanted; });
        if (place == files_.end() || place->first != name) {
            std::vector<std::string> names;
            for (const auto& each : files_)
                names.push_back(each.first);
            refuse(internal::concatenate("a tensor ", internal::shown(name)),
                   internal::shown_names(names, "no tensors"));
        }
        std::filesystem::path result = path_.parent_path() / place->second;
        std::error_code problem;
        if (!std::filesystem::exists(result, problem))
            refuse(internal::concatenate("the file ", internal::shown(place->second),
                                         " beside it, which has the tensor ", internal::shown(name)),
                   problem ? problem.message() : "no such file");
        return result;
    }

private:
    [[noreturn]] void refuse(const std::string& expected, const std::string& found) const {
        internal::raise(data_error::in_file(path_, expected, found));
    }
    static constexpr std::size_t longest = 100'000'000; ///< bytes, as of a header of tensors

    std::filesystem::path path_;
    std::vector<std::pair<std::string, std::string>> files_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::safetensors_index;
} // namespace strata

STRATA_HEADER_END
