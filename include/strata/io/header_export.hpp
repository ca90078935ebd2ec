// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/complete_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/export/header_text.hpp>
#include <strata/io/identifier.hpp>
#include <strata/model/embedded.hpp>
#include <strata/model/model.hpp>
#include <strata/raise.hpp>
#include <strata/source/to_string.hpp>
#include <strata/training/network_text.hpp>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The type of a network as a program writes it.
template <class T, class Inputs, class Ends, class... Nodes>
std::string type_text(topology<Inputs, Ends, Nodes...> network) {
    if constexpr (detail::is_spelled<topology<Inputs, Ends, Nodes...>>)
        return concatenate("model<", to_string(network), sizeof(T) == sizeof(float) ? ">" : ", double>");
    else {
        std::string_view unknown;
        const auto find = [&](bool is_written, std::string_view label) {
            if (!is_written && unknown.empty())
                unknown = label;
        };
        (find(detail::is_written<typename Nodes::layer>, Nodes::layer::label.view()), ...);
        raise(std::invalid_argument(
            concatenate("export_header: ", unknown, " does not say its text: give that of the type")));
    }
}
} // namespace internal

/// Writes a header with a network's type and its weights as constants: a program that includes it opens no
/// file, uses no heap, and predicts as the network does, dense layers, formulas and softmax also at compile
/// time:
///
///     export_header(net, "xor_net.hpp", {.name = "xor_net"});
///
///     #include "xor_net.hpp"
///     static_assert(xor_net.predict({1, 0})[0] > 0.9);
///
/// Of networks with layers of its own that do not say their text the program gives the type; a header whose
/// type has other arrays than the network does not compile. The file appears under its name when it is
/// complete. data_error where it cannot be written, `std::invalid_argument` for a name that is none, or
/// without the text that is needed.
template <auto Topology, class T>
void export_header(const model<Topology, T>& net, const std::filesystem::path& file, header_options options) {
    static_assert(model<Topology, T>::input_count == 1 && model<Topology, T>::output_count == 1,
                  "strata: an embedded network has one input and one output");
    internal::check_identifier("export_header", options.name);
    std::string lines;
    internal::append_network(lines, typename model<Topology, T>::topology{});
    if (options.type.empty())
        options.type = internal::type_text<T>(typename model<Topology, T>::topology{});
    std::vector<internal::constant_array<T>> arrays;
    for (const any_parameter<const T>& each : net.parameters())
        arrays.push_back({each.name(), {each.shape().begin(), each.shape().end()}, each.values()});
    const std::string text = internal::header_text(arrays, lines, options);
    internal::write_complete_file({text.begin(), text.end()}, file);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::export_header;
using bedrock::header_options;
} // namespace strata

STRATA_HEADER_END
