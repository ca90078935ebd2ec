// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/safetensors_text.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/plan/names.hpp>
#include <strata/setting.hpp>
#include <strata/training/network_text.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// An array of a network in a snapshot.
struct snapshot_array {
    std::size_t layer;
    std::string_view name;
    std::span<const std::size_t> shape;
};

/// The header of a snapshot, which is a safetensors file: a line for what the numbers are, for the
/// optimizer's rule, for each layer and for each tensor. It depends on types alone, so that one which is
/// another is of another training, and its first other line says why. The tensors are the counts, the weights
/// under their names, and the same for each state of the optimizer, `dense.kernel/m`.
[[gnu::cold]] inline std::string snapshot_header(std::string_view lines, std::span<const layer_name> layers,
                                                 std::span<const snapshot_array> arrays,
                                                 std::span<const std::string_view> states,
                                                 std::size_t number_size) {
    std::string header = R"({"__metadata__":{"format":"strata checkpoint 3")";
    for (std::size_t number = 0; !lines.empty(); ++number) {
        const std::size_t end = lines.find('\n');
        append(header, ",\n", number == 0 ? "\"numbers\"" : number == 1 ? "\"update\"" : "\"network ");
        if (number > 1)
            append(header, number - 1, "\"");
        append(header, ":", json_text(lines.substr(0, end)));
        lines.remove_prefix(end + 1);
    }
    append(header, "},\n");
    std::uint64_t begin = 0;
    const auto add = [&](std::string_view name, std::span<const std::size_t> shape, std::string_view type,
                         std::size_t size) {
        for (const std::size_t extent : shape)
            size *= extent;
        append_tensor(header, name, shape, type, size, begin);
        append(header, ",\n");
    };
    for (const std::string_view count : {"seed", "steps", "epochs", "has_rate"})
        add(concatenate("training/", count), {}, "U64", sizeof(std::uint64_t));
    add("training/rate", {}, "F64", sizeof(double));
    for (const std::string_view state : states)
        for (const snapshot_array& array : arrays)
            add(concatenate(layers[array.layer].string(), ".", array.name, state.empty() ? "" : "/", state),
                array.shape, number_size == sizeof(float) ? "F32" : "F64", number_size);
    append_tensor(header, "training/checksum", {}, "U32", sizeof(std::uint32_t), begin);
    finish_header(header);
    return header;
}

template <class... States>
constexpr auto name_blocks(type_list<States...>, bool has_sums) {
    std::array<std::string_view, 2 + sizeof...(States)> result{"", States::name.view()...};
    result.back() = has_sums ? "gradients" : result.back();
    return result;
}
template <class Names, std::size_t... Array>
constexpr std::array<snapshot_array, sizeof...(Array)> list_arrays(std::index_sequence<Array...>) {
    return {snapshot_array{Names::arrays[Array].node, Names::arrays[Array].name,
                           Names::template parameter<Array>::shape::extents}...};
}

template <class Topology, class T, class Optimizer>
[[gnu::noinline, gnu::cold]] std::string describe_snapshot() {
    using names = detail::network_names<Topology>;
    static constexpr auto layers = names::layers();
    static constexpr auto arrays = list_arrays<names>(std::make_index_sequence<names::count>{});
    constexpr bool has_sums = batches_of_update < Optimizer >> 1;
    static constexpr auto blocks = name_blocks(states_of<Optimizer>{}, has_sums);
    std::string lines = concatenate(sizeof(T) == 4 ? "float" : "double", ", ",
                                    count_parameters(Topology{}).all, " parameters\n");
    append_optimizer<Optimizer>(lines);
    append_network(lines, Topology{});
    return snapshot_header(lines, layers, arrays, std::span(blocks).first(blocks.size() - !has_sums),
                           sizeof(T));
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
