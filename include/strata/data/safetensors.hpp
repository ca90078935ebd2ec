// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/error.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/data/safetensors_header.hpp>
#include <strata/data/stored_tensor.hpp>
#include <strata/data/tensor_numbers.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// A safetensors file to read: named arrays of numbers, and texts about them. Programs that include this
/// header need RapidJSON (Debian's rapidjson-dev), of headers alone.
///
/// data_error with the byte, what was expected and what was found, for whatever is not in order with the
/// header or the file's size, before any number is read. Memory: the header, and 256 KiB while numbers are
/// read, twice as much where they change their type.
class safetensors_file {
public:
    explicit safetensors_file(std::filesystem::path path) : file_(std::move(path)), header_(file_) {
        file_.expect_left(header_.numbers_size, "numbers");
        for (const stored_tensor& tensor : header_.tensors)
            sorted_.push_back(&tensor);
        std::sort(sorted_.begin(), sorted_.end(), [](const stored_tensor* one, const stored_tensor* other) {
            return one->name < other->name;
        });
    }
    safetensors_file(const safetensors_file&) = delete;
    safetensors_file& operator=(const safetensors_file&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return file_.path(); }
    /// In the order of their numbers in the file.
    [[nodiscard]] const std::vector<stored_tensor>& tensors() const noexcept { return header_.tensors; }
    /// Keys and texts, sorted by key.
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& metadata() const noexcept {
        return header_.metadata;
    }

    /// The tensor of that name, or null.
    [[nodiscard]] const stored_tensor* find(std::string_view name) const {
        const auto place = std::lower_bound(
            sorted_.begin(), sorted_.end(), name,
            [](const stored_tensor* tensor, std::string_view text) { return tensor->name < text; });
        return place != sorted_.end() && (*place)->name == name ? *place : nullptr;
    }

    /// The tensor of that name. data_error for one that is not there.
    [[nodiscard]] const stored_tensor& expect(std::string_view name) const {
        const stored_tensor* const tensor = find(name);
        if (tensor == nullptr) {
            std::vector<std::string> names;
            for (const stored_tensor* each : sorted_)
                names.push_back(each->name);
            internal::raise(data_error::in_file(path(), "a tensor " + internal::shown(name),
                                                internal::shown_names(names, "no tensors")));
        }
        return *tensor;
    }
    /// The byte of the file at which a tensor's numbers begin.
    [[nodiscard]] std::uint64_t place(const stored_tensor& tensor) const noexcept {
        return header_.numbers_begin + tensor.begin;
    }

    /// The numbers of a tensor, the last axis fastest; F16 and BF16 without loss, F64 rounded where T is
    /// float. data_error for a tensor that is not there, or of another type than those and F32.
    template <std::floating_point T = float>
    [[nodiscard]] std::vector<T> read(std::string_view name) {
        const stored_tensor& tensor = expect(name);
        expect_real(tensor);
        std::vector<T> result(numbers_in(tensor));
        T* next = result.data();
        read_pieces<T>(tensor, 0, result.size(),
                       [&](std::span<const T> piece) { next = std::copy(piece.begin(), piece.end(), next); });
        return result;
    }

    /// The numbers of a tensor as they rest in the file, in which T is called `type`. data_error for a tensor
    /// that is not there, or of another type or shape.
    template <class T>
        requires std::is_arithmetic_v<T>
    [[nodiscard]] std::vector<T> read_exactly(std::string_view name, std::string_view type,
                                              std::span<const std::size_t> shape) {
        const stored_tensor& tensor = expect(name);
        if (tensor.type != type)
            fail(tensor, concatenate(internal::shown(name), " of type ", type), std::string(tensor.type));
        if (!std::equal(tensor.shape.begin(), tensor.shape.end(), shape.begin(), shape.end()))
            fail(tensor, concatenate(internal::shown(name), " of ", internal::extents_text(shape)),
                 internal::extents_text(tensor.shape));
        std::vector<T> result((tensor.end - tensor.begin) / sizeof(T));
        file_.seek(header_.numbers_begin + tensor.begin);
        file_.read(result.data(), result.size() * sizeof(T), "numbers");
        return result;
    }

    /// Raises an error for a tensor of another type than F64, F32, F16 and BF16.
    void expect_real(const stored_tensor& tensor) const {
        if (internal::real_size(tensor.type) == 0)
            fail(tensor, concatenate(internal::shown(tensor.name), " of type F64, F32, F16 or BF16"),
                 std::string(tensor.type));
    }

    /// Hands `count` numbers of such a tensor, from number `first` on, to `use(span)`, piece by piece.
    template <std::floating_point T, class Use>
    void read_pieces(const stored_tensor& tensor, std::uint64_t first, std::uint64_t count, Use use) {
        const std::size_t size = internal::real_size(tensor.type);
        const std::size_t limit = piece_bytes / size;
        const bool is_equal = tensor.type == internal::tensor_type_of<T>;
        std::vector<T> numbers(std::min<std::uint64_t>(limit, count));
        std::vector<unsigned char> bytes(is_equal ? 0 : size * numbers.size());
        file_.seek(header_.numbers_begin + tensor.begin + first * size);
        while (count > 0) {
            const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(limit, count));
            file_.read(is_equal ? static_cast<void*>(numbers.data()) : bytes.data(), step * size, "numbers");
            if (!is_equal)
                internal::read_numbers(tensor.type, bytes.data(), step, numbers.data());
            use(std::span<const T>(numbers.data(), step));
            count -= step;
        }
    }

    /// Numbers in a tensor whose type `expect_real` takes.
    [[nodiscard]] static std::uint64_t numbers_in(const stored_tensor& tensor) {
        return (tensor.end - tensor.begin) / internal::real_size(tensor.type);
    }

    /// Raises an error about a tensor, at the place where the header names it.
    [[noreturn]] void fail(const stored_tensor& tensor, std::string_view expected,
                           std::string_view found) const {
        file_.fail(sizeof(std::uint64_t) + tensor.place, expected, found);
    }
    /// Raises an error about a number of such a tensor.
    [[noreturn]] void fail(const stored_tensor& tensor, std::uint64_t number, std::string_view expected,
                           std::string_view found) const {
        file_.fail(header_.numbers_begin + tensor.begin + number * internal::real_size(tensor.type), expected,
                   found);
    }

private:
    // Of rows of thousands of numbers a piece has tens, so that whole lines of a transposed matrix are
    // written.
    static constexpr std::size_t piece_bytes = std::size_t{1} << 18;
    static constexpr auto concatenate = internal::concatenate;

    plain_file file_;
    internal::safetensors_header header_;
    std::vector<const stored_tensor*> sorted_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::safetensors_file;
} // namespace strata

STRATA_HEADER_END
