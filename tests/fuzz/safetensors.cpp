// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "fuzzed_file.hpp"

#include <strata/data/safetensors.hpp>
#include <strata/io/weights.hpp>
#include <strata/layers/layers.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace {
using namespace strata;

/// All bytes behind the header are those of one tensor, and all tensors that can be are read.
void read_tensors(const std::filesystem::path& path) {
    reads(path, [&] {
        safetensors_file file(path);
        std::uint64_t end = 0;
        for (const stored_tensor& tensor : file.tensors()) {
            require(tensor.begin == end && tensor.end >= end, "tensors follow each other");
            require(file.find(tensor.name) == &tensor, "a tensor is found by its name");
            end = tensor.end;
        }
        for (const stored_tensor& tensor : file.tensors())
            reads(path, [&] {
                const auto numbers = file.read<double>(tensor.name);
                require(numbers.size() == safetensors_file::numbers_in(tensor),
                        "all numbers of a tensor are read");
            });
    });
}

/// Bits, since numbers of a file may be no numbers.
template <class Network>
bool holds(const Network& net, const std::vector<float>& weights) {
    const auto found = net.weights();
    return std::memcmp(found.data(), weights.data(), found.size() * sizeof(float)) == 0;
}

template <class Network>
void load(Network& net, const std::filesystem::path& path, const bedrock::weight_options& options) {
    const auto former = net.weights();
    if (!reads(path, [&] { (void)load_weights(net, path, options); }))
        require(holds(net, former), "a file that does not fit changes nothing");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static model<input<2> | dense<3> | batch_norm<> | dense<1>> net;
    static model<input<2, 2, 2> | conv<3, 1> | reshape<4, 3> | lstm<2> | flatten | dense<1>> mixed;
    const auto path = fuzzed_file(bytes, size);
    read_tensors(path);
    for (const bool partial : {false, true})
        for (const auto convention : {bedrock::weight_convention::strata, pytorch, keras}) {
            load(net, path, {.convention = convention, .partial = partial});
            load(mixed, path, {.convention = convention, .partial = partial});
        }
    return 0;
}
