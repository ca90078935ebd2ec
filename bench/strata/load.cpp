// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// How long does a network take from its file to its first prediction, in how much memory?
//   load export|predict DIRECTORY               six layers of 2048 x 2048, 100 MB: writes the file and an
//                                               input; reads them
//   load export_large|predict_large DIRECTORY   the same of 4608 x 4608, 510 MB
//   load read|read_large_pages DIRECTORY        reads the bytes alone into new memory: in the pages that any
//                                               program gets, or in large ones, for which a program has to
//                                               ask
#include "memory.hpp"
#include "peers/raw_file.hpp"
#include "timing.hpp"

#include <strata/io/weights.hpp>
#include <strata/layers/layers.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using strata::dense;
using strata::relu;
constexpr std::size_t width = 2048;
constexpr std::size_t large_width = 4608;
using network = strata::model<strata::input<width> | dense<width> | relu | dense<width> | relu |
                              dense<width> | relu | dense<width> | relu | dense<width> | relu | dense<width>>;
using large_network =
    strata::model<strata::input<large_width> | dense<large_width> | relu | dense<large_width> | relu |
                  dense<large_width> | relu | dense<large_width> | relu | dense<large_width> | relu |
                  dense<large_width>>;

void report(double seconds, std::clock_t begin) {
    std::printf("milliseconds %.2f\n", 1e3 * seconds);
    std::printf("processor_ms %.2f\n", 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
    std::printf("megabytes %.1f\n", bench::peak_megabytes());
}

template <class Network>
void write(const std::string& directory) {
    strata::save_weights(Network{strata::seed{7}}, directory + "/network.safetensors");
    std::vector<float> x(Network::input_size);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<float>(std::sin(static_cast<double>(i)));
    std::ofstream(directory + "/x.f32", std::ios::binary)
        .write(reinterpret_cast<const char*>(x.data()),
               static_cast<std::streamsize>(x.size() * sizeof(float)));
}

template <class Network>
void predict(const std::string& directory) {
    const auto numbers = bench::read_numbers<float>(directory + "/x.f32");
    const std::span<const float, Network::input_size> x(numbers.data(), Network::input_size);
    std::vector<float> results(Network::output_size);
    std::printf("megabytes_before %.1f\n", bench::peak_megabytes());
    const std::clock_t begin = std::clock();
    double loading = 0;
    const double seconds = bench::seconds([&] {
        std::vector<Network> net;
        loading = bench::seconds(
            [&] { net.push_back(strata::load_network<Network>(directory + "/network.safetensors")); });
        net.front().predict(x, std::span<float, Network::output_size>(results.data(), Network::output_size));
    });
    report(seconds, begin);
    std::printf("loading_ms %.2f\n", 1e3 * loading);
    std::printf("first %.4f\n", static_cast<double>(*std::max_element(results.begin(), results.end())));
}

/// The bytes of a file in memory that nobody has touched.
void read(const std::string& name, bool in_large_pages) {
    const std::size_t size = std::filesystem::file_size(name);
    const std::clock_t begin = std::clock();
    const double seconds = bench::seconds([&] {
        constexpr std::size_t large_page = std::size_t{1} << 21;
        void* const memory =
            mmap(nullptr, size + large_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            throw std::runtime_error("no memory");
        if (in_large_pages)
            madvise(memory, size + large_page, MADV_HUGEPAGE);
        auto* const bytes = reinterpret_cast<unsigned char*>(
            (reinterpret_cast<std::uintptr_t>(memory) + large_page - 1) / large_page * large_page);
        const int file = open(name.c_str(), O_RDONLY);
        for (std::size_t place = 0; place < size;) {
            const ssize_t count = ::read(file, bytes + place, size - place);
            if (count <= 0)
                throw std::runtime_error("cannot read " + name);
            place += static_cast<std::size_t>(count);
        }
        close(file);
        bench::keep(bytes[size - 1]);
    });
    report(seconds, begin);
}

} // namespace

int main(int count, char** arguments) {
    const std::string what = count == 3 ? arguments[1] : "";
    const std::string place = count == 3 ? arguments[2] : "";
    if (what == "export")
        write<network>(place);
    else if (what == "export_large")
        write<large_network>(place);
    else if (what == "predict")
        predict<network>(place);
    else if (what == "predict_large")
        predict<large_network>(place);
    else if (what == "read" || what == "read_large_pages")
        read(place + "/network.safetensors", what == "read_large_pages");
    else {
        std::fputs("load export|export_large|predict|predict_large|read|read_large_pages DIRECTORY\n",
                   stderr);
        return 2;
    }
}
