// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/export/onnx_operation.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// The numbers that belong to a graph: in its own message, or in a file beside it, which protobuf's limit of
/// 2 GiB asks for. They are written as they come, so that no second copy of them is kept.
class onnx_tensors {
public:
    onnx_tensors() = default;
    /// With a file beside the graph: its name, and what writes to it.
    onnx_tensors(std::string file, std::function<void(const void* bytes, std::size_t count)> write)
        : file_(std::move(file)), write_(std::move(write)) {}

    void add(std::string_view name, const extents& shape, std::span<const float> numbers) {
        add(name, shape, onnx_number::real, numbers.data(), numbers.size_bytes());
    }
    void add(std::string_view name, const extents& shape, std::span<const std::int64_t> numbers) {
        add(name, shape, onnx_number::whole, numbers.data(), numbers.size_bytes());
    }

    /// Messages of all of them, fields of the graph.
    [[nodiscard]] std::string& bytes() noexcept { return bytes_; }

private:
    void add(std::string_view name, const extents& shape, onnx_number type, const void* numbers,
             std::size_t size) {
        constexpr std::size_t least_apart = 1024; // smaller ones are better read with the graph
        protozero::pbf_builder<graph_field> graph(bytes_);
        protozero::pbf_builder<tensor_field> tensor(graph, graph_field::initializer);
        const wholes numbers_of_shape = as_wholes(shape);
        tensor.add_packed_int64(tensor_field::extents, numbers_of_shape.begin(), numbers_of_shape.end());
        tensor.add_int32(tensor_field::type, static_cast<std::int32_t>(type));
        tensor.add_string(tensor_field::name, name.data(), name.size());
        if (!write_ || size < least_apart) {
            tensor.add_bytes(tensor_field::raw, static_cast<const char*>(numbers), size);
            return;
        }
        const auto add_entry = [&](std::string_view key, const std::string& value) {
            protozero::pbf_builder<entry_field> entry(tensor, tensor_field::external);
            entry.add_string(entry_field::key, key.data(), key.size());
            entry.add_string(entry_field::value, value);
        };
        pad();
        add_entry("location", file_);
        add_entry("offset", internal::concatenate(written_));
        add_entry("length", internal::concatenate(size));
        tensor.add_int32(tensor_field::location, 1);
        write_(numbers, size);
        written_ += size;
    }
    /// Readers that map the file want whole pages.
    void pad() {
        constexpr std::size_t page = 4096;
        static constexpr std::array<char, page> filling{};
        const std::size_t missing = (page - written_ % page) % page;
        write_(filling.data(), missing);
        written_ += missing;
    }

    std::string bytes_;
    std::string file_;
    std::function<void(const void*, std::size_t)> write_;
    std::size_t written_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING::exports
