// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/safetensors_output.hpp>
#include <strata/expression/finite.hpp>
#include <strata/io/arranged_weights.hpp>
#include <strata/io/flattened_images.hpp>
#include <strata/io/weight_matches.hpp>
#include <strata/io/weight_names.hpp>
#include <strata/model/model.hpp>
#include <strata/training/network_text.hpp>
#include <strata/version.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Hands the numbers of a part, as T, to use(place in the array, distance, numbers).
template <class T, class Use>
void read_part(const weight_match& match, const Use& use) {
    weight_walk way(match.part);
    match.found.file->read_pieces<T>(
        *match.found.tensor, match.part.first, match.part.size(), [&](std::span<const T> numbers) {
            way.walk(numbers.size(), [&](std::size_t place, std::size_t stride, std::size_t count) {
                use(place, stride, numbers.first(count));
                numbers = numbers.subspan(count);
            });
        });
}

/// Raises an error for a number of type F64 that is finite, but not as a float.
inline void check_range(const weight_match& match) {
    const weight_files::stored_weights& found = match.found;
    std::uint64_t number = match.part.first;
    found.file->read_pieces<double>(
        *found.tensor, number, match.part.size(), [&](std::span<const double> numbers) {
            for (const double each : numbers) {
                if (detail::is_finite(each) && std::abs(each) > std::numeric_limits<float>::max())
                    found.file->fail(
                        *found.tensor, number,
                        concatenate("numbers of ", shown(found.tensor->name), " that a float holds"),
                        number_to_string(each));
                ++number;
            }
        });
}

/// The arrays of a network without their numbers.
template <class T>
std::vector<array_description> describe_arrays(const std::vector<any_parameter<T>>& parameters,
                                               std::size_t inputs) {
    std::vector<array_description> result;
    for (const any_parameter<T>& each : parameters)
        result.push_back({each.name(), {each.shape().begin(), each.shape().end()}, inputs + each.layer()});
    return result;
}

/// The whole of `load_weights`, but for the types of the network's layers.
template <class T>
weight_report load_arrays(const std::vector<any_parameter<T>>& parameters, std::size_t inputs,
                          std::vector<network_layer> layers, const std::filesystem::path& path,
                          const weight_options& options) {
    const std::vector<array_description> arrays = describe_arrays(parameters, inputs);
    const weight_files files(path);
    weight_matches found(files, arrays, flattened_images(std::move(layers)), options);
    if constexpr (sizeof(T) < sizeof(double))
        for (const weight_match& match : found.matches)
            if (match.found.tensor->type == "F64")
                check_range(match);
    for (const weight_match& match : found.matches)
        read_part<T>(match, [&](std::size_t place, std::size_t stride, std::span<const T> numbers) {
            const any_parameter<T>& array = parameters[match.array];
            if (!match.part.adds)
                return array.write(place, numbers, stride);
            for (const T number : numbers) {
                array[place] += number;
                place += stride;
            }
        });
    return std::move(found.report);
}

template <class T>
void save_arrays(const std::vector<any_parameter<const T>>& parameters, const std::filesystem::path& path,
                 const tensor_metadata& metadata, bool kernels_are_narrow = false) {
    std::vector<tensor_source<T>> tensors;
    for (const any_parameter<const T>& each : parameters)
        tensors.push_back({each.name(),
                           {each.shape().begin(), each.shape().end()},
                           [&each](std::size_t first, std::span<T> numbers) { each.read(first, numbers); },
                           kernels_are_narrow && each.name().ends_with("kernel")});
    write_tensors(path, tensors, metadata);
}

/// The network that a narrow one is made from.
template <class Model>
struct trained_model {};
template <auto Topology>
struct trained_model<model<Topology, float, weights<bfloat16>>> {
    using type = model<Topology>;
};

template <class Model>
Model undrawn_model() {
    return Model(parameter_memory<typename Model::value_type>(Model::layout::size), seed{});
}
} // namespace internal

/// Writes a network's weights as a safetensors file: each array under its name, as `summary()` shows it, in
/// its conventional order and the network's type of numbers; and, as metadata, the topology and the project's
/// version. The file appears under its name when it is complete and on the disk; data_error where it cannot
/// be written. Programs that include this header need RapidJSON.
template <auto Topology, class T>
void save_weights(const model<Topology, T>& net, const std::filesystem::path& file) {
    std::string text;
    internal::append_network(text, typename model<Topology, T>::topology{});
    internal::save_arrays(net.parameters(), file,
                          {{"strata", std::string(project_version)}, {"topology", text}});
}

/// That of a network whose kernels rest as bfloat16, which are of type BF16 in the file; biases are F32.
template <auto Topology>
void save_weights(const model<Topology, float, weights<bfloat16>>& net, const std::filesystem::path& file) {
    auto widened = internal::undrawn_model<model<Topology>>();
    widened.set_weights(net.weights());
    std::string text;
    internal::append_network(text, typename model<Topology>::topology{});
    internal::save_arrays(std::as_const(widened).parameters(), file,
                          {{"strata", std::string(project_version)}, {"topology", text}}, true);
}

/// The same under the names and in the layouts of others: what `load_weights` reads with the same options,
///
///     save_weights(net, "lenet.safetensors",
///                  {.names = {{"conv1", "conv"}, {"fc1", "dense"}}, .convention = pytorch});
///
/// and what PyTorch's `load_state_dict` takes, but for `num_batches_tracked`. Of an LSTM's two biases the
/// second is zero. `std::invalid_argument` for names that are of nothing in the network, for two arrays of
/// one name, and for a layer that the other has no module for. Memory: the largest array, three times.
template <auto Topology, class T>
void save_weights(const model<Topology, T>& net, const std::filesystem::path& file,
                  const weight_options& options) {
    using topology = typename model<Topology, T>::topology;
    const auto parameters = net.parameters();
    const auto arrays = internal::describe_arrays(parameters, topology::inputs::size);
    const internal::flattened_images images(internal::list_layers(topology{}));
    internal::check_names(options.names, arrays, images);
    const auto tensors = internal::arrange_tensors(arrays, images, options);
    internal::write_tensors(file, internal::arranged_sources<T>(parameters, tensors),
                            {{"strata", std::string(project_version)}});
}

/// Reads a network's weights from a safetensors file, of `save_weights` or of another program, or from those
/// that an index names (`safetensors_index`):
///
///     load_weights(net, "net.safetensors");
///     load_weights(net, "model.safetensors.index.json");
///     load_weights(net, "lenet.safetensors",
///                  {.names = {{"conv1", "conv"}, {"fc1", "dense"}}, .convention = pytorch});
///     const auto report = load_weights(net, "lenet.safetensors", {.partial = true});
///
/// Of what a trainer saves, as `checkpoint` does, the network's weights are read, and the rest is the
/// trainer's. Of the files of an index what it does not name is not there. Numbers of type F64, F32, F16 and
/// BF16 become those of the network; where F64 becomes float they are rounded. An array that the file has
/// not, a tensor that the network has not, another shape or type is a data_error that names it, and the
/// network is unchanged then. With `.partial` what fits is taken, and the report says what was not.
///
/// Memory: 256 KiB beside the network's own, 512 KiB where numbers change their type. All is checked before
/// the first number is stored; only a disk that fails to read, which is a data_error too, leaves some arrays
/// loaded.
///
/// `.convention = pytorch` knows modules by their names in the `state_dict`: matrices are [out, in], kernels
/// [out, in, ...], rows of flattened images begin with the channels, gates are in PyTorch's order, and the
/// two biases of an LSTM are added. A recurrent layer "rnn" is the first of its module; `{"rnn.*_l0_reverse",
/// "backward.lstm"}` names others, where * stands for the array. `{"mha", "attention"}` takes the packed
/// projections of a MultiheadAttention. `.convention = keras` knows the paths of Keras 2 and 3.
template <auto Topology, class T>
weight_report load_weights(model<Topology, T>& net, const std::filesystem::path& file,
                           const weight_options& options = {}) {
    using topology = typename model<Topology, T>::topology;
    return internal::load_arrays(net.parameters(), topology::inputs::size, internal::list_layers(topology{}),
                                 file, options);
}

/// The same for a network whose kernels rest as bfloat16, of a file with tensors of any of these types:
/// numbers that are not bfloat16 are rounded. Memory: that of the network as float beside it.
template <auto Topology>
weight_report load_weights(model<Topology, float, weights<bfloat16>>& net, const std::filesystem::path& file,
                           const weight_options& options = {}) {
    auto widened = internal::undrawn_model<model<Topology>>();
    widened.set_weights(net.weights());
    weight_report report = load_weights(widened, file, options);
    net = model<Topology, float, weights<bfloat16>>(widened);
    return report;
}

/// A network with the weights of a file, `load_network<reader>("reader.safetensors")`, without drawing first
/// ones, which takes longer than reading. Errors are as for `load_weights`; with `.partial` the first weights
/// are drawn.
template <class Model>
    requires(!internal::integer_network<Model>)
[[nodiscard]] Model load_network(const std::filesystem::path& file, const weight_options& options = {}) {
    if constexpr (requires { typename internal::trained_model<Model>::type; })
        return Model(load_network<typename internal::trained_model<Model>::type>(file, options));
    else {
        Model net = options.partial ? Model() : internal::undrawn_model<Model>();
        load_weights(net, file, options);
        return net;
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::load_network;
using bedrock::load_weights;
using bedrock::save_weights;
using bedrock::weight_options;
} // namespace strata

STRATA_HEADER_END
