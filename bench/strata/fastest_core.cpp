// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Which of this machine's cores is the fastest at the moment? Prints its number, and how many times as long
// the slowest takes. Hosts share their cores: one that works for somebody else as well still multiplies and
// adds at its peak, but does less of all else beside it.
#include "cores.hpp"
#include "timing.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace {

constexpr std::size_t table_size = 2048;

// Chains of integers and reads of the first cache: more at a time than half of a core has room for.
std::uint64_t work(const std::array<std::uint32_t, table_size>& table) {
    std::array<std::uint64_t, 8> chains{1, 2, 3, 4, 5, 6, 7, 8};
    for (int step = 0; step < 40'000; ++step)
        for (std::uint64_t& each : chains)
            each = (each ^ (each >> 7)) + table[each % table_size];
    std::uint64_t sum = 0;
    for (const std::uint64_t each : chains)
        sum += each;
    return sum;
}

} // namespace

int main() {
    std::array<std::uint32_t, table_size> table{};
    for (std::size_t i = 0; i < table_size; ++i)
        table[i] = static_cast<std::uint32_t>(i * 2654435761u);
    const std::vector<std::size_t> cores = bench::own_cores();
    std::vector<std::vector<double>> times(cores.size());
    constexpr int rounds = 9;
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < cores.size(); ++i) {
            bench::stay_on(cores[i]);
            times[i].push_back(bench::seconds([&] { bench::keep(work(table)); }));
        }
    std::size_t fastest = 0;
    double longest = 0;
    for (std::size_t i = 0; i < cores.size(); ++i) {
        const double time = bench::median(times[i]);
        longest = std::max(longest, time);
        if (time < bench::median(times[fastest]))
            fastest = i;
    }
    std::printf("core %zu\napart %.3f\n", cores[fastest], longest / bench::median(times[fastest]));
    return 0;
}
