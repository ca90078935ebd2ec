// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A small GPT writes as a stream: seconds a token, once its window is full of keys and values, and the bytes
// of the weights that each token needs (of the embedding and the positions that is one row).
//   writing 128|256|512
#include "../../examples/networks/small_gpt.hpp"

#include <strata/model/stream.hpp>

#include "timing.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

using namespace strata;

namespace {

constexpr std::size_t vocabulary = 256;

template <std::size_t Steps, std::size_t Width, std::size_t Heads, std::size_t Blocks>
int write() {
    using network = model<networks::small_gpt<Steps, vocabulary, Width, Heads, Blocks>>;
    constexpr std::size_t bytes = sizeof(float) * (network::weight_count - (vocabulary + Steps - 2) * Width);
    const auto net = std::make_unique<network>(seed{7});
    const auto live = std::make_unique<stream<network>>(*net);
    float token = 65;
    const auto next = [&] {
        const auto p = (*live)(std::array{token});
        token = static_cast<float>(std::max_element(p.begin(), p.end()) - p.begin());
    };
    // As many as the window has, then the window is over.
    const auto window = [&] {
        for (std::size_t i = 0; i < Steps; ++i)
            next();
    };
    std::vector<double> times;
    for (int repeat = 0; repeat < 3; ++repeat) {
        live->reset();
        times.push_back(bench::seconds(window) / Steps);
    }
    std::printf("seconds %.9f\nbytes %zu\ntoken %.0f\n", bench::median(times), bytes,
                static_cast<double>(token));
    return 0;
}

} // namespace

int main(int count, char** arguments) {
    const std::string width = count > 1 ? arguments[1] : "";
    if (width == "128")
        return write<128, 128, 4, 2>();
    if (width == "256")
        return write<128, 256, 8, 6>();
    if (width == "512")
        return write<128, 512, 8, 12>();
    std::fputs("writing 128|256|512\n", stderr);
    return 2;
}
