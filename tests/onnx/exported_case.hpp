// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/onnx_export.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

/// Cases of layers beside Keras's and PyTorch's are also cases of `export_onnx`: where STRATA_ONNX_CASES
/// names a folder, NAME.onnx and NAME.json, samples and what is expected of them, are written there, which
/// check hands to ONNX Runtime. Of a network that ONNX has no words for the answer is in NAME.lacking.
namespace exported_cases {

inline std::string folder() {
    const char* const given = std::getenv("STRATA_ONNX_CASES");
    BOOST_REQUIRE(given != nullptr);
    return given;
}

template <class Numbers>
void write_list(std::ostream& out, const Numbers& numbers) {
    out << '[';
    const char* before = "";
    for (const auto number : numbers) {
        out << before << number;
        before = ",";
    }
    out << ']';
}

inline void write_samples(const std::filesystem::path& file, const std::vector<std::vector<float>>& inputs,
                          const std::vector<std::vector<double>>& expected) {
    std::ofstream out(file);
    out.precision(std::numeric_limits<double>::max_digits10);
    out << "{\"inputs\":[";
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        out << (i == 0 ? "" : ",");
        write_list(out, inputs[i]);
    }
    out << "],\"expected\":[";
    for (std::size_t i = 0; i < expected.size(); ++i) {
        out << (i == 0 ? "" : ",");
        write_list(out, expected[i]);
    }
    out << "]}\n";
    BOOST_TEST(out.flush().good());
}

template <class Write>
void write_case(const std::string& name, const std::vector<std::vector<float>>& inputs,
                const std::vector<std::vector<double>>& expected, const Write& write) {
    const std::string path = (std::filesystem::path(folder()) / name).string();
    try {
        write(path + ".onnx");
        write_samples(path + ".json", inputs, expected);
    } catch (const std::invalid_argument& error) {
        std::ofstream(path + ".lacking") << error.what() << '\n';
    }
}

/// `inputs` and `expected` have the samples one after another, as many arrays as the network has inputs and
/// outputs.
template <auto Topology>
void write(const std::string& name, const strata::model<Topology>& net,
           const std::vector<std::vector<float>>& inputs, const std::vector<std::vector<double>>& expected) {
    write_case(name, inputs, expected, [&](const std::string& file) {
        strata::export_onnx(net, file);
        std::ofstream(file + ".text") << strata::to_string(Topology);
    });
}

namespace exports = strata::bedrock::exports;

/// The arrays of a network in the order of their numbers in `weights`.
inline exports::onnx_arrays arrays_of(const exports::network_entry& network, std::span<const float> weights) {
    exports::onnx_arrays result;
    for (std::size_t node = 0; node < network.nodes.size(); ++node)
        if (network.owners[node] == node)
            for (const exports::array_entry& each : network.nodes[node]->arrays()) {
                const exports::extents shape(each.shape.begin(), each.shape.end());
                const std::span<const float> numbers = weights.first(exports::size_of(shape));
                weights = weights.subspan(numbers.size());
                result[network.names[node] + "." + std::string(each.name)] = {
                    shape, [numbers] { return std::vector<float>(numbers.begin(), numbers.end()); }};
            }
    BOOST_TEST(weights.empty());
    return result;
}

template <auto Topology, class T>
constexpr auto topology_in(std::type_identity<strata::model<Topology, T>>) {
    return Topology;
}
template <class... Inputs, class... Rest>
std::vector<std::size_t>
input_sizes(strata::bedrock::topology<strata::bedrock::type_list<Inputs...>, Rest...>) {
    return {Inputs::size...};
}

/// The same without compiling a model of each network.
template <class Network>
void write(const std::string& name, const std::vector<float>& weights,
           const std::vector<std::vector<float>>& inputs, const std::vector<std::vector<double>>& expected) {
    constexpr auto topology = topology_in(std::type_identity<Network>{});
    write_case(name, inputs, expected, [&](const std::string& file) {
        const exports::network_entry network = exports::entries_of(topology);
        const std::string text = strata::to_string(topology);
        exports::write_onnx(file, network, arrays_of(network, weights), text, weights.size() * sizeof(float),
                            {});
        std::ofstream(file + ".text") << text;
    });
}

} // namespace exported_cases
