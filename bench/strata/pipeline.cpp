// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// From IDX files to batches of floats, shuffled: images a second to read the files, and to gather batches;
// beside the latter what its two halves take alone: reading the bytes of the images in the same order, and
// converting images that are in the cache.
//   pipeline DIRECTORY read|batches
#include <strata/strata.hpp>

#include "bedrock.hpp"
#include "timing.hpp"

#include <cstdio>
#include <numeric>
#include <stdexcept>

using namespace strata;

namespace {

// Gathers a batch as training does.
void gather(const samples& x, const std::vector<std::uint32_t>& order, std::size_t begin, std::size_t count,
            float* numbers) {
#if __has_include(<strata/data/gathering.hpp>)
    gather_samples(x, 784, {0, order, begin, count, 0, count}, numbers);
#else // an older revision
    for (std::size_t i = 0; i < count; ++i) {
        if (begin + i + 4 < order.size())
            x.fetch(order[begin + i + 4] * 784, 784);
        x.read(order[begin + i] * 784, 784, numbers + i * 784);
    }
#endif
}

// Reads images in that order and does no more; each is asked for as long before as does best here.
void read_alone(const std::uint8_t* pixels, const std::vector<std::uint32_t>& order) {
    using V = xsimd::batch<std::uint8_t>;
    constexpr std::size_t ahead = 8;
    V any(std::uint8_t{0});
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::uint8_t* const image = pixels + order[i] * 784;
        const std::uint8_t* const later = pixels + order[std::min(i + ahead, order.size() - 1)] * 784;
        for (std::size_t k = 0; k < 784; k += 64) {
            __builtin_prefetch(later + std::min<std::size_t>(k, 783), 0, 2);
            for (std::size_t j = k; j < k + 64; j += V::size)
                any = any | V::load_unaligned(image + std::min(j, 784 - V::size));
        }
        __builtin_prefetch(later + 783, 0, 2);
    }
    bench::keep(any);
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3)
        throw std::invalid_argument("expected DIRECTORY read|batches");
    image_dataset set = datasets::read_images(arguments[1]);
    std::vector<double> times;
    if (std::string(arguments[2]) == "read") {
        for (int run = 0; run < 5; ++run)
            times.push_back(bench::seconds([&] { set = datasets::read_images(arguments[1]); }));
        std::printf("images %.0f\n", 70'000 / bench::median(times));
        return 0;
    }
    const samples x(set.train.x);
    constexpr std::size_t batch = 32;
    aligned_vector<float> buffer(batch * 784);
    std::vector<std::uint32_t> order(60'000);
    std::iota(order.begin(), order.end(), 0u);
    random_sequence random(seed{1}, draw_purpose::shuffle);
    const std::uint8_t* const pixels = set.train.x.data();
    std::vector<double> reading, converting;
    for (int run = 0; run < 9; ++run) {
        random.shuffle(order);
        times.push_back(bench::seconds([&] {
            for (std::size_t begin = 0; begin < order.size(); begin += batch)
                gather(x, order, begin, batch, buffer.data());
            bench::keep(buffer[0]);
        }));
        reading.push_back(bench::seconds([&] { read_alone(pixels, order); }));
        converting.push_back(bench::seconds([&] {
            for (std::size_t i = 0; i < order.size(); ++i)
                x.read(i % batch * 784, 784, buffer.data() + i % batch * 784);
            bench::keep(buffer[0]);
        }));
    }
    std::printf("images %.0f\nreading_alone %.0f\nconverting_alone %.0f\n", 60'000 / bench::median(times),
                60'000 / bench::median(reading), 60'000 / bench::median(converting));
}
