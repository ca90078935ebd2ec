// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/stored_tensor.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <rapidjson/rapidjson.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
struct tensor_type {
    std::string_view name;
    unsigned bits; ///< of a number
};
/// All that the format knows.
inline constexpr std::array<tensor_type, 22> tensor_types{
    {{"BOOL", 8},    {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6},     {"U8", 8},          {"I8", 8},
     {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16},
     {"U16", 16},    {"F16", 16},    {"BF16", 16},   {"I32", 32},        {"U32", 32},        {"F32", 32},
     {"C64", 64},    {"F64", 64},    {"I64", 64},    {"U64", 64}}};

/// Zero for a type that the format does not know.
inline unsigned bits_of_tensor_type(std::string_view name) {
    for (const tensor_type& type : tensor_types)
        if (type.name == name)
            return type.bits;
    return 0;
}

/// A text that RapidJSON reads, and in which it writes what texts in quotes mean over how they are written.
/// Its own streams are copied while a piece is read, and say then where it begins, or, in another version,
/// where it ends.
class header_stream {
public:
    using Ch = char;

    explicit header_stream(std::string& text) : text_(text) {}

    [[nodiscard]] char Peek() const { return next_ < text_.size() ? text_[next_] : '\0'; }
    char Take() { return next_ < text_.size() ? text_[next_++] : '\0'; }
    [[nodiscard]] std::size_t Tell() const { return next_; }

    char* PutBegin() { return text_.data() + (end_ = next_); }
    void Put(char character) { text_[end_++] = character; }
    std::size_t PutEnd(const char* begin) { return static_cast<std::size_t>(text_.data() + end_ - begin); }

private:
    std::string& text_;
    std::size_t next_ = 0;
    std::size_t end_ = 0; ///< of what is being written
};

struct metadata_entry {
    std::string key;
    std::string value;
    std::uint64_t place; ///< where the header's text has the key
};

/// What the header of a safetensors file may say: an object of tensors by name, each an object of `dtype`,
/// `shape` and `data_offsets`, and of `__metadata__`, an object of texts. Takes what RapidJSON finds, one
/// piece after another, and fails at the first that may not stand there, so that nothing is nested deeper.
class safetensors_grammar {
public:
    using failure =
        std::function<void(std::size_t place, const std::string& expected, const std::string& found)>;

    std::vector<stored_tensor> tensors;
    std::vector<metadata_entry> metadata;

    safetensors_grammar(const std::string& text, const header_stream& stream, failure fail)
        : text_(text), stream_(stream), fail_(std::move(fail)) {}

    bool Key(const char* characters, rapidjson::SizeType size, bool) {
        const std::string_view key(characters, size);
        const std::size_t place = begin_piece();
        switch (state_) {
        case state::names:
            if (key == "__metadata__") {
                if (has_metadata_)
                    fail_(place, "metadata once", "__metadata__ again");
                has_metadata_ = true;
                state_ = state::metadata;
            } else {
                tensors.emplace_back();
                tensors.back().name = key;
                tensors.back().place = place;
                fields_ = {};
                state_ = state::tensor;
            }
            break;
        case state::metadata_keys:
            metadata.push_back({std::string(key), {}, place});
            state_ = state::metadata_value;
            break;
        default: // a field of a tensor
            for (field_ = 0; field_ < field_names.size() && field_names[field_] != key;)
                ++field_;
            if (field_ == field_names.size())
                fail_(place, concatenate("dtype, shape or data_offsets of ", name()), shown(key));
            if (fields_[field_])
                fail_(place, concatenate("each field of ", name(), " once"), shown(key) + " again");
            fields_[field_] = true;
            state_ = state::field_value;
        }
        return true;
    }

    bool String(const char* characters, rapidjson::SizeType size, bool) {
        const std::string_view value(characters, size);
        const std::size_t place = begin_piece();
        if (state_ == state::metadata_value) {
            metadata.back().value = value;
            state_ = state::metadata_keys;
            return true;
        }
        if (state_ != state::field_value || field_ != 0)
            return refuse(place, shown(value));
        for (const tensor_type& type : tensor_types)
            if (type.name == value)
                tensors.back().type = type.name;
        if (tensors.back().type.empty())
            fail_(place, concatenate("a type of numbers of ", name(), " that the format knows, as F32"),
                  shown(value));
        state_ = state::fields;
        return true;
    }

    bool Uint(unsigned number) { return Uint64(number); }
    bool Uint64(std::uint64_t number) {
        const std::size_t place = begin_piece();
        if (state_ != state::list)
            return refuse(place);
        if (field_ == 1)
            tensors.back().shape.push_back(number);
        else if (list_size_ == 0)
            tensors.back().begin = number;
        else if (list_size_ == 1)
            tensors.back().end = number;
        else
            fail_(place, concatenate("two data_offsets of ", name()), "a third");
        ++list_size_;
        return true;
    }

    bool StartObject() {
        const std::size_t place = begin_piece();
        switch (state_) {
        case state::begin:
            state_ = state::names;
            break;
        case state::tensor:
            state_ = state::fields;
            break;
        case state::metadata:
            state_ = state::metadata_keys;
            break;
        default:
            return refuse(place);
        }
        return true;
    }
    bool EndObject(rapidjson::SizeType) {
        const std::size_t place = begin_piece();
        if (state_ == state::fields)
            for (std::size_t i = 0; i < fields_.size(); ++i)
                if (!fields_[i])
                    fail_(place, concatenate(field_names[i], " of ", name()), "none");
        state_ = state::names;
        return true;
    }
    bool StartArray() {
        const std::size_t place = begin_piece();
        if (state_ != state::field_value || field_ == 0)
            return refuse(place);
        list_size_ = 0;
        state_ = state::list;
        return true;
    }
    bool EndArray(rapidjson::SizeType) {
        const std::size_t place = begin_piece();
        if (field_ == 2 && list_size_ < 2)
            fail_(place, concatenate("two data_offsets of ", name()), concatenate(list_size_));
        state_ = state::fields;
        return true;
    }

    // What has no place in a header.
    bool Null() { return refuse(begin_piece()); }
    bool Bool(bool) { return refuse(begin_piece()); }
    bool Int(int) { return refuse(begin_piece()); }
    bool Int64(std::int64_t) { return refuse(begin_piece()); }
    bool Double(double) { return refuse(begin_piece()); }
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return refuse(begin_piece()); }

private:
    enum class state {
        begin,
        names,
        tensor,
        fields,
        field_value,
        list,
        metadata,
        metadata_keys,
        metadata_value
    };
    static constexpr std::array<std::string_view, 3> field_names{"dtype", "shape", "data_offsets"};

    [[nodiscard]] std::string name() const { return shown(tensors.back().name); }

    /// Where the piece begins that ends where the stream is.
    std::size_t begin_piece() {
        const std::size_t place = text_.find_first_not_of(" \t\r\n,:", end_);
        end_ = stream_.Tell();
        return place;
    }

    bool refuse(std::size_t place) { return refuse(place, shown(std::string_view(text_).substr(place))); }
    bool refuse(std::size_t place, const std::string& found) {
        std::string expected;
        switch (state_) {
        case state::metadata:
            expected = "{, which begins the metadata";
            break;
        case state::metadata_value:
            expected = concatenate("a text, the metadata's ", shown(metadata.back().key));
            break;
        case state::field_value:
            expected = concatenate(field_ == 0 ? "a text, the dtype of " : "[, which begins the ",
                                   field_ == 0 ? "" : field_names[field_], field_ == 0 ? "" : " of ", name());
            break;
        case state::list:
            expected =
                concatenate("a whole number of 64 bits among the ", field_names[field_], " of ", name());
            break;
        default:
            expected = concatenate("{, which begins the tensor ", name());
        }
        fail_(place, expected, found);
        return false;
    }

    const std::string& text_;
    const header_stream& stream_;
    failure fail_;
    state state_ = state::begin;
    std::size_t end_ = 0; ///< of the piece before
    bool has_metadata_ = false;
    std::size_t field_ = 0; ///< of the tensor that is being read
    std::array<bool, 3> fields_{};
    std::size_t list_size_ = 0;
};
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::stored_tensor;
} // namespace strata
