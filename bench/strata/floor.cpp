// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What can one core of this machine do at most? Prints its peak in fused multiply-adds (GFLOP/s), in
// products of bfloat16 that are added to floats, and in products of bytes that are added (GOP/s), and how
// fast it reads (GB/s) from the cache of the second level, the MNIST network's weights from wherever they
// stay, 4 MB (the cache of the third level), memory, and so many bytes as are given from wherever they stay;
// and how fast it changes (GB/s, each byte counted once) three times the weights in place, as Adam does; and
// how many weights Adam's arithmetic updates (billions a second), alone and beside a product's multiply-adds;
// and how long a line of memory takes from one core to another and back (ns).
//   floor [BYTES]
#include "adam_machine.hpp"
#include "narrow_machine.hpp"
#include "round_trip.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

int main(int count, char** arguments) {
    const auto rate = [](std::size_t bytes, std::size_t repeats) {
        return static_cast<double>(bytes) / bench::read_seconds(bytes, repeats) / 1e9;
    };
    std::printf("gflops %.1f\n", bench::peak_flops<float>() / 1e9);
    std::printf("gflops_double %.1f\n", bench::peak_flops<double>() / 1e9);
    std::printf("bfloat16_gflops %.1f\n", bench::peak_bfloat16_products() / 1e9);
    std::printf("byte_gops %.1f\n", bench::peak_byte_products() / 1e9);
    std::printf("l2_gbytes %.1f\n", rate(384 << 10, 200));
    std::printf("weights_gbytes %.1f\n", rate(4 * (784 * 512 + 512 + 512 * 10 + 10), 50));
    std::printf("bfloat16_gbytes %.1f\n", rate(2 * (784 * 512 + 512 * 10) + 4 * (512 + 10), 50));
    std::printf("int8_gbytes %.1f\n", rate(784 * 512 + 512 * 10 + 8 * (512 + 10), 50));
    std::printf("l3_gbytes %.1f\n", rate(4 << 20, 20));
    constexpr std::size_t adam_bytes = 3 * 4 * 784 * 512;
    std::printf("update_gbytes %.1f\n",
                static_cast<double>(adam_bytes) / bench::change_seconds(adam_bytes, 20) / 1e9);
    std::printf("updates_g %.3f\n", bench::peak_updates() / 1e9);
    std::printf("updates_beside_products_g %.3f\n", bench::peak_updates_beside_products() / 1e9);
    std::printf("memory_gbytes %.1f\n", rate(std::size_t{256} << 20, 1));
    std::printf("round_trip_ns %.1f\n", bench::round_trip_seconds() * 1e9);
    if (count > 1) {
        const std::size_t bytes = std::strtoull(arguments[1], nullptr, 10);
        std::printf("given_gbytes %.1f\n",
                    rate(bytes, std::max<std::size_t>(1, (std::size_t{200} << 20) / bytes)));
    }
}
