// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A network of one layer, which pools unless LAYER says otherwise, on samples of shape SHAPE: microseconds
// for as many samples as stay in the cache. One case a program, since what a compiler makes of one depends on
// how many there are.
//   g++ '-DSHAPE=32, 32, 8' '-DLAYER=max_pool<2>' ...
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include "bedrock.hpp"
#include "numbers.hpp"
#include "timing.hpp"

#include <algorithm>
#include <cstdio>

#if !defined(SHAPE)
#    define SHAPE 32, 32, 8
#endif
#if !defined(LAYER)
#    define LAYER max_pool<2>
#endif

using namespace strata;

int main() {
    using network = model<input<SHAPE> | LAYER>;
    constexpr std::size_t samples =
        std::max<std::size_t>(1, 100'000 / (network::input_size + network::output_size));
    bench::numbers x(samples * network::input_size);
    bench::numbers y(samples * network::output_size);
    const network net;
    std::vector<double> times;
    for (int run = 0; run < 600; ++run)
        times.push_back(bench::median_seconds(1, 5, [&] {
            net.predict_batch(x.data(), y.data(), samples);
            bench::keep(y[0]);
        }));
    // Other programs on the machine only add to the time.
    std::sort(times.begin(), times.end());
    std::printf("microseconds %.4f\n", times[times.size() / 4] * 1e6);
}
