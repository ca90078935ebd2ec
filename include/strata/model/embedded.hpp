// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/kernels/alignment.hpp>
#include <strata/model/constant_pass.hpp>
#include <strata/model/parameters.hpp>
#include <strata/model/prediction_pass.hpp>
#include <strata/plan/names.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// What an array of constants is called, and its shape; the extents behind its last axis are 0.
struct embedded_array {
    std::string_view layer;
    std::string_view name;
    std::array<std::size_t, 6> shape;
};

namespace internal {
/// Whether these are the arrays of a network, in its order.
template <class Topology>
constexpr bool has_arrays(std::span<const embedded_array> arrays) {
    using names = detail::network_names<Topology>;
    constexpr auto layers = names::layers();
    bool result = arrays.size() == names::count;
    for_each_index<names::count>([&](auto index) {
        constexpr auto extents = names::template parameter<index>::shape::extents;
        if (!result)
            return;
        const embedded_array& array = arrays[index];
        result =
            layers[names::arrays[index].node].matches(array.layer) && array.name == names::arrays[index].name;
        for (std::size_t axis = 0; axis < array.shape.size(); ++axis)
            result = result && array.shape[axis] == (axis < extents.size() ? extents[axis] : 0);
    });
    return result;
}

/// The parameters of a network as its kernels read them.
template <class T, class Topology>
struct alignas(alignment) arranged_parameters {
    std::array<T, parameter_layout<T, Topology>::size> numbers{};

    constexpr explicit arranged_parameters(const T* weights) {
        visit_parameters<T, Topology>(numbers.data(), [&weights](T& number) { number = *weights++; });
    }
};
} // namespace internal

/// A network whose weights are constants of the program, which `export_header` writes as a header: it opens
/// no file and uses no heap. `Weights` has `arrays`, of `embedded_array`, and `numbers`, of one after
/// another in the order of `weights()`.
///
/// `predict` gives the bits of `Model`'s; in a constant expression it computes dense layers, formulas and
/// softmax number by number, and any other layer does not compile there. Networks whose prediction does not
/// fit on the stack do not compile: `load_weights` is for those.
template <class Model, class Weights>
class embedded {
    using topology = typename Model::topology;
    using T = typename Model::value_type;
    using network = prediction_pass<topology, T>;
    static_assert(Model::input_count == 1 && Model::output_count == 1,
                  "strata: an embedded network has one input and one output");
    static_assert(internal::has_arrays<topology>(Weights::arrays) &&
                      Weights::numbers.size() == Model::weight_count,
                  "strata: the type of this embedded network is not that of the network that was exported");
    static constexpr std::size_t largest_on_stack = 64 * 1024;
    static_assert(network::memory_size(1) * sizeof(T) <= largest_on_stack,
                  "strata: the values of an embedded network fit into 64 KiB");

public:
    using model_type = Model;

    [[nodiscard]] constexpr std::array<T, Model::output_size>
    predict(const std::array<T, Model::input_size>& sample) const noexcept {
        std::array<T, Model::output_size> result{};
        if (std::is_constant_evaluated())
            internal::constant_pass<T, plain<topology>>::run(Weights::numbers.data(), sample.data(),
                                                             result.data());
        else
            run(sample.data(), result.data());
        return result;
    }
    void predict(std::span<const T, Model::input_size> sample,
                 std::span<T, Model::output_size> result) const noexcept {
        run(sample.data(), result.data());
    }

private:
    static void run(const T* sample, T* result) noexcept {
        // Compilers arrange the weights themselves; of large networks the first prediction does it.
        static const internal::arranged_parameters<T, topology> parameters(Weights::numbers.data());
        alignas(alignment) T memory[network::memory_size(1)];
        network::run_sample(parameters.numbers.data(), {sample}, {result}, memory);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::embedded;
using bedrock::embedded_array;
} // namespace strata

STRATA_HEADER_END
