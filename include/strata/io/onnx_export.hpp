// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/complete_file.hpp>
#include <strata/io/export/onnx_message.hpp>
#include <strata/model/model.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

struct onnx_options {
    /// Whether weights are in a file of their own beside the graph, FILE.data, as they always are beyond the
    /// 2 GiB that the format's messages hold.
    bool separate = false;
};

namespace exports {

/// The whole of `export_onnx`, but for the types of the network's layers. `size` is that of its weights in
/// bytes.
inline void write_onnx(const std::filesystem::path& file, const network_entry& network,
                       const onnx_arrays& arrays, std::string_view text, std::size_t size,
                       const onnx_options& options) {
    constexpr std::size_t most = std::size_t{2'000'000'000}; // of 2^31 - 1, with room for the graph
    std::filesystem::path data_file = file;
    data_file += ".data";
    std::optional<internal::complete_file> data;
    if (options.separate || size > most)
        data.emplace(data_file);
    const auto write = [&data](const void* bytes, std::size_t count) { data->write(bytes, count); };
    onnx_tensors tensors = data ? onnx_tensors(data_file.filename().string(), write) : onnx_tensors();
    std::optional<internal::complete_file> written;
    write_model_message(network, arrays, text, tensors, [&](const void* bytes, std::size_t count) {
        if (!written)
            written.emplace(file);
        written->write(bytes, count);
    });
    if (data)
        data->finish();
    written->finish();
}

} // namespace exports

/// Writes a network as a model of ONNX, opset 17, that other programs predict with: `export_onnx(net,
/// "net.onnx")`.
///
/// Inputs are called `input`, `input_1`, ... and outputs `output`, `output_1`, ..., in the network's order
/// and of its shapes behind an axis of any number of samples, `batch`; tokens of an embedding are whole
/// numbers (int64). Operations, values and weights have the names of layers and arrays, as `summary()` shows
/// them. Images have their channels first inside, and are turned where they come in and leave alone. What
/// acts in training alone vanishes: dropout, noise, augmentation; a `sampling` is its mean. The file also
/// holds the topology as text and the project's version.
///
/// Numbers are floats, also those of a network of double. Layers that share weights share them in the file,
/// too. Beyond 2 GiB, or with `{.separate = true}`, weights are in FILE.data beside it. What ONNX lacks, a
/// layer of a program's own, a recurrent layer that reads a mask or has an activation of another kind, a
/// dilated `average_pool`, is `std::invalid_argument`, which lists all such layers, and no file is there
/// then; data_error where a file cannot be written. Files appear under their names when they are complete,
/// the weights' first.
///
/// Programs that include this header need protozero (Debian's libprotozero-dev), of headers alone.
template <auto Topology, class T>
void export_onnx(const model<Topology, T>& net, const std::filesystem::path& file,
                 onnx_options options = {}) {
    using topology = typename model<Topology, T>::topology;
    const auto parameters = net.parameters();
    exports::write_onnx(file, exports::entries_of(topology{}), exports::arrays_of<T>(parameters),
                        exports::text_of(topology{}), model<Topology, T>::weight_count * sizeof(float),
                        options);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::export_onnx;
using bedrock::onnx_options;
} // namespace strata

STRATA_HEADER_END
