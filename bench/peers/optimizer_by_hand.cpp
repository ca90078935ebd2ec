// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// One step of Adam as a loop that the compiler vectorizes.
//   optimizer_by_hand adam WEIGHTS
#include "peers/contraction.hpp"

#include <immintrin.h>

int main(int count, char** arguments) {
    if (count != 3 || std::string(arguments[1]) != "adam")
        throw std::runtime_error("by hand there is adam alone");
    _mm_setcsr(_mm_getcsr() | 0x8040); // flush denormals
    const std::size_t size = std::strtoull(arguments[2], nullptr, 10) / 16 * 16;
    product::numbers w(size), g(size), m(size, 0.0f), v(size, 0.0f);
    const std::size_t repeats = std::max<std::size_t>(1, 20'000'000 / size);
    const double time = bench::median_seconds(
        11, repeats, [&] { product::adam(size, w.data(), m.data(), v.data(), g.data()); });
    std::printf("microseconds %.3f\ngbytes %.3f\n", time * 1e6,
                28.0 * static_cast<double>(size) / time / 1e9);
}
