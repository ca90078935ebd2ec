// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/complete_file.hpp>
#include <strata/data/safetensors.hpp>
#include <strata/data/safetensors_bytes.hpp>
#include <strata/data/stored_tensor.hpp>
#include <strata/expression/finite.hpp>
#include <strata/model/integer_model.hpp>
#include <strata/training/network_text.hpp>
#include <strata/version.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// An array that rests in a file as it is.
struct quantized_array {
    std::string name;
    std::vector<std::size_t> shape;
    std::string_view type;
    std::size_t number_size;
    std::vector<unsigned char> bytes;

    template <class T>
    quantized_array(std::string array_name, std::vector<std::size_t> extents, std::string_view type_name,
                    const std::vector<T>& numbers)
        : name(std::move(array_name)),
          shape(std::move(extents)),
          type(type_name),
          number_size(sizeof(T)),
          bytes(reinterpret_cast<const unsigned char*>(numbers.data()),
                reinterpret_cast<const unsigned char*>(numbers.data() + numbers.size())) {}
};

template <class Topology>
std::vector<quantized_array> list_arrays(const integer_parameters<Topology>& layers) {
    std::vector<quantized_array> result;
    layers.visit_heads([&]<class Head>(std::size_t stage, std::type_identity<Head>) {
        constexpr std::size_t K = Head::inputs, N = Head::outputs;
        std::vector<std::int8_t> kernel;
        for (std::size_t k = 0; k < K; ++k)
            for (std::size_t n = 0; n < N; ++n)
                kernel.push_back(layers.template weight<Head>(stage, k, n));
        std::vector<float> scales;
        std::vector<std::int32_t> biases;
        for (std::size_t n = 0; n < N; ++n) {
            scales.push_back(layers.scale(stage, n));
            biases.push_back(layers.template bias<Head>(stage, n));
        }
        const quantization input = layers.input(stage);
        const std::string name = layers.name(stage);
        result.emplace_back(name + ".kernel", std::vector{K, N}, "I8", kernel);
        result.emplace_back(name + ".kernel_scale", std::vector{N}, "F32", scales);
        if constexpr (Head::has_bias)
            result.emplace_back(name + ".bias", std::vector{N}, "I32", biases);
        result.emplace_back(name + ".input_scale", std::vector<std::size_t>{}, "F32",
                            std::vector{input.scale});
        result.emplace_back(name + ".input_zero_point", std::vector<std::size_t>{}, "U8",
                            std::vector{static_cast<std::uint8_t>(input.zero)});
    });
    return result;
}

/// data_error for a tensor that has a number which `is_right` does not take.
template <class T, class IsRight>
void expect_numbers(const safetensors_file& file, const std::string& name, const std::vector<T>& numbers,
                    std::string_view expected, const IsRight& is_right) {
    for (std::size_t i = 0; i < numbers.size(); ++i)
        if (!is_right(numbers[i]))
            file.fail(*file.find(name), concatenate(shown(name), " of ", expected),
                      concatenate("others at place ", i));
}

template <class Topology>
integer_parameters<Topology> read_integers(safetensors_file& file) {
    integer_parameters<Topology> layers;
    std::size_t count = 0;
    layers.visit_heads([&]<class Head>(std::size_t stage, std::type_identity<Head>) {
        constexpr std::size_t K = Head::inputs, N = Head::outputs;
        constexpr std::array<std::size_t, 2> matrix{K, N};
        constexpr std::array<std::size_t, 1> row{N};
        const std::string name = layers.name(stage);
        const auto is_scale = [](float scale) {
            return detail::is_finite(scale) && scale >= std::numeric_limits<float>::min();
        };
        const auto read = [&]<class T>(std::type_identity<T>, std::string_view array, std::string_view type,
                                       std::span<const std::size_t> shape, std::string_view expected,
                                       const auto& is_right) {
            const std::string whole = concatenate(name, array);
            auto numbers = file.read_exactly<T>(whole, type, shape);
            expect_numbers(file, whole, numbers, expected, is_right);
            ++count;
            return numbers;
        };
        const auto kernel = read(std::type_identity<std::int8_t>{}, ".kernel", "I8", matrix,
                                 "numbers from -127 to 127", [](int weight) { return weight >= -127; });
        const auto scales = read(std::type_identity<float>{}, ".kernel_scale", "F32", row,
                                 "positive, finite numbers", is_scale);
        std::vector<std::int32_t> biases(N);
        if constexpr (Head::has_bias)
            biases = read(std::type_identity<std::int32_t>{}, ".bias", "I32", row,
                          "numbers of at most 24 bits and a sign", [](std::int32_t bias) {
                              return bias >= -largest_integer_bias && bias <= largest_integer_bias;
                          });
        const auto scale = read(std::type_identity<float>{}, ".input_scale", "F32", {},
                                "positive, finite numbers", is_scale);
        expect_numbers(file, concatenate(name, ".kernel_scale"), scales,
                       "numbers whose products with the input's scale are finite",
                       [&](float each) { return detail::is_finite(each * scale[0]); });
        const auto zero = read(std::type_identity<std::uint8_t>{}, ".input_zero_point", "U8", {}, "bytes",
                               [](auto) { return true; });
        layers.template set<Head>(
            stage, quantization{scale[0], zero[0]},
            [&](std::size_t k, std::size_t n) { return kernel[k * N + n]; },
            [&](std::size_t n) { return scales[n]; }, [&](std::size_t n) { return biases[n]; });
    });
    if (count != file.tensors().size()) {
        std::vector<std::string> names;
        for (const quantized_array& each : list_arrays(layers))
            names.push_back(each.name);
        for (const stored_tensor& tensor : file.tensors())
            if (std::find(names.begin(), names.end(), tensor.name) == names.end())
                file.fail(tensor, "no tensor but those that the network has an array for",
                          shown(tensor.name));
    }
    return layers;
}
} // namespace internal

/// Writes a network with weights of 8 bits as a safetensors file that keeps their type, for each dense layer
///
///     dense.kernel            I8 [in, out]   from -127 to 127
///     dense.kernel_scale      F32 [out]      a weight is kernel_scale * kernel
///     dense.bias              I32 [out]      a bias is input_scale * kernel_scale * bias
///     dense.input_scale       F32            what the layer reads is input_scale * (byte - input_zero_point)
///     dense.input_zero_point  U8
///
/// under the names of `summary()`, where a layer that several share has such arrays for each use, behind the
/// first one as `dense.use_2`; and, as metadata, the topology and the project's version. Errors are as for
/// networks of float. Memory: the network's own once more. Programs that include this header need
/// RapidJSON.
template <auto Topology>
void save_weights(const model<Topology, float, weights<std::int8_t>>& net,
                  const std::filesystem::path& file) {
    std::string text;
    internal::append_network(text, typename model<Topology, float, weights<std::int8_t>>::topology{});
    const auto arrays = internal::list_arrays(net.quantized());
    std::vector<internal::tensor_entry> entries;
    for (const internal::quantized_array& each : arrays)
        entries.push_back({each.name, each.shape, each.type, each.number_size});
    const auto header = internal::write_header(
        entries, {{"strata", std::string(project_version)}, {"topology", text}}, file.string());
    internal::complete_file output(file);
    output.write(header.data(), header.size());
    for (const internal::quantized_array& each : arrays)
        output.write(each.bytes.data(), each.bytes.size());
    output.finish();
}

/// Reads what `save_weights` has written: the network that it was, to the same bits, which needs no
/// calibration. A tensor that is not there, one that the network has no array for, another type or shape, or
/// a number that cannot be is a data_error that names it.
template <internal::integer_network Model>
[[nodiscard]] Model load_network(const std::filesystem::path& file) {
    safetensors_file tensors(file);
    return Model(internal::read_integers<typename Model::topology>(tensors));
}

/// Reads the same in a network that is there, which is unchanged where the file has an error.
template <auto Topology>
void load_weights(model<Topology, float, weights<std::int8_t>>& net, const std::filesystem::path& file) {
    net = load_network<model<Topology, float, weights<std::int8_t>>>(file);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::load_network;
using bedrock::load_weights;
using bedrock::save_weights;
} // namespace strata

STRATA_HEADER_END
