// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// One step of an optimizer over weights whose gradients are in memory: gigabytes a second read and written.
//   optimizer sgd|sgd_momentum|adam|adamw|rmsprop WEIGHTS
#include <strata/model/update.hpp>
#include <strata/strata.hpp>

#include "bedrock.hpp"
#include "timing.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>

using namespace strata;

namespace {

template <class Optimizer>
void run(const Optimizer& optimizer, std::size_t size) {
    using consumer = weight_update<float, Optimizer, regularizer{}>;
    using V = simd<float, lanes_of<float, 64>>;
    constexpr std::size_t states = consumer::states::size;
    std::vector<aligned_vector<float>> arrays(2 + states, aligned_vector<float>(size));
    for (std::size_t i = 0; i < size; ++i)
        arrays[0][i] = arrays[1][i] = static_cast<float>(i * 2654435761u % 1000) * 1e-4f;
    std::array<float*, states> state{};
    for (std::size_t i = 0; i < states; ++i)
        state[i] = arrays[2 + i].data();
    const consumer update{arrays[0].data(), state,
                          strata::internal::converted<float>(optimizer.scalars(1000.0))};
    const std::size_t repeats = std::max<std::size_t>(1, 20'000'000 / size);
    const double time = bench::median_seconds(11, repeats, [&] {
        // As kernels do, from copies, which no write to the arrays could change.
        const consumer step = update;
        const float* const gradient = arrays[1].data();
        for (std::size_t i = 0; i < size; i += V::size)
            step(i, V::load_aligned(gradient + i));
    });
    const double bytes = static_cast<double>((3 + 2 * states) * sizeof(float) * size);
    std::printf("microseconds %.3f\ngbytes %.3f\n", time * 1e6, bytes / time / 1e9);
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3)
        throw std::invalid_argument("expected sgd|sgd_momentum|adam|adamw|rmsprop WEIGHTS");
    const std::string name = arguments[1];
    const std::size_t size = std::strtoull(arguments[2], nullptr, 10) / 16 * 16;
    const flush_denormals fast;
    if (name == "sgd")
        run(sgd{}, size);
    else if (name == "sgd_momentum")
        run(sgd_momentum{}, size);
    else if (name == "adam")
        run(adam{}, size);
    else if (name == "adamw")
        run(adamw{}, size);
    else if (name == "rmsprop")
        run(rmsprop{}, size);
    else
        throw std::invalid_argument("no optimizer " + name);
}
