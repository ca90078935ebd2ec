// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "peers/raw_file.hpp"
#include "timing.hpp"

#include <strata/io/weights.hpp>
#include <strata/model/model.hpp>
#include <strata/model/stream.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <vector>

namespace bench {

inline void write_numbers(const std::string& name, const std::vector<float>& numbers) {
    std::ofstream file(name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(numbers.data()),
               static_cast<std::streamsize>(numbers.size() * sizeof(float)));
}

/// A voice detector along a signal, in chunks of `fresh` samples behind those that the last one ended with.
template <class Network>
int detect_voice(const std::filesystem::path& folder, const std::string& name) {
    constexpr std::size_t fresh = 512;
    constexpr std::size_t context = strata::stream<Network>::input_size - fresh;
    Network net;
    strata::load_weights(net, folder / (name + ".safetensors"));
    const auto signal = read_numbers<float>(folder / "speech.f32");
    strata::stream live{net};
    std::vector<double> times;
    std::vector<float> voices;
    for (int round = 0; round < 3; ++round) {
        std::array<float, context + fresh> chunk{};
        live.reset();
        voices.clear();
        for (std::size_t begin = 0; begin + fresh <= signal.size(); begin += fresh) {
            std::copy_n(chunk.end() - context, context, chunk.begin());
            std::copy_n(signal.begin() + static_cast<std::ptrdiff_t>(begin), fresh, chunk.begin() + context);
            times.push_back(seconds([&] { voices.push_back(live(chunk)[0]); }));
        }
    }
    write_numbers(folder / (name + ".y"), voices);
    std::printf("milliseconds %.6f\n", 1e3 * median(times));
    return 0;
}

/// One image at a time, whose file has the channels first.
template <class Network>
int read_image(const std::filesystem::path& folder, const std::string& name) {
    Network net;
    strata::load_weights(net, folder / (name + ".safetensors"));
    const auto planes = read_numbers<float>(folder / (name + ".x"));
    constexpr std::size_t channels = 3;
    const std::size_t pixels = planes.size() / channels;
    std::vector<float> image(planes.size());
    for (std::size_t i = 0; i < image.size(); ++i)
        image[i] = planes[i % channels * pixels + i / channels];
    std::vector<float> result(Network::output_size);
    const auto predict = [&] {
        net.predict_batch(std::array<const float*, 1>{image.data()}, std::array<float*, 1>{result.data()}, 1);
    };
    for (int run = 0; run < 3; ++run)
        predict();
    std::vector<double> times;
    for (double spent = 0; times.size() < 10 || (times.size() < 1000 && spent < 2); spent += times.back())
        times.push_back(seconds(predict));
    write_numbers(folder / (name + ".y"), result);
    std::printf("milliseconds %.6f\n", 1e3 * median(times));
    std::printf("largest %.4f\n", static_cast<double>(*std::max_element(result.begin(), result.end())));
    return 0;
}

} // namespace bench
