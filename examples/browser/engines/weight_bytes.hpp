// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/byte_reader.hpp>
#include <strata/data/safetensors_bytes.hpp>
#include <strata/data/safetensors_header.hpp>
#include <strata/data/tensor_numbers.hpp>
#include <strata/model/parameter_views.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engines {

/// The bytes of a safetensors file, whose tensors are read by their names. What is no such file is an error
/// of the library, `data_error` with the byte.
class tensor_file {
public:
    explicit tensor_file(const std::vector<unsigned char>& bytes)
        : bytes_(bytes), reader_(bytes, "the file of weights"), header_(reader_) {
        reader_.expect_left(header_.numbers_size, "numbers");
    }

    [[nodiscard]] const strata::stored_tensor* find(std::string_view name) const {
        const auto place = std::find_if(header_.tensors.begin(), header_.tensors.end(),
                                        [&](const auto& each) { return each.name == name; });
        return place == header_.tensors.end() ? nullptr : &*place;
    }
    /// A text of the metadata; empty where there is none.
    [[nodiscard]] std::string_view text(std::string_view key) const {
        for (const auto& [name, value] : header_.metadata)
            if (name == key)
                return value;
        return {};
    }
    /// The numbers of a tensor of type F64, F32, F16 or BF16; nothing for another type.
    [[nodiscard]] std::optional<std::vector<float>> read(const strata::stored_tensor& tensor) const {
        const std::size_t size = strata::bedrock::internal::real_size(tensor.type);
        if (size == 0)
            return std::nullopt;
        std::vector<float> result((tensor.end - tensor.begin) / size);
        strata::bedrock::internal::read_numbers(
            tensor.type, bytes_.data() + header_.numbers_begin + tensor.begin, result.size(), result.data());
        return result;
    }

private:
    const std::vector<unsigned char>& bytes_;
    strata::bedrock::byte_reader reader_;
    strata::bedrock::internal::safetensors_header header_;
};

/// Gives a network the weights of a file, whose tensors may have a word in front of their names, "head.".
/// Returns what does not fit, and the network is unchanged then; or nothing.
template <class Network>
std::string load_weights(Network& network, const tensor_file& file, std::string_view front = {}) {
    const auto parameters = network.parameters();
    std::vector<std::vector<float>> numbers;
    for (const auto& each : parameters) {
        const std::string name = std::string(front) + each.name();
        const auto* const tensor = file.find(name);
        if (tensor == nullptr)
            return "expected a tensor \"" + name + "\", the file has none";
        auto read = file.read(*tensor);
        if (!read ||
            !std::equal(tensor->shape.begin(), tensor->shape.end(), each.shape().begin(), each.shape().end()))
            return "the tensor \"" + name + "\" has another shape or type than the network";
        numbers.push_back(std::move(*read));
    }
    for (std::size_t i = 0; i < parameters.size(); ++i)
        parameters[i].set(numbers[i]);
    return {};
}

} // namespace engines
