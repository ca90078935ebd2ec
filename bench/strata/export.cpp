// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Writes what every contender reads: the images and labels as bytes, the MNIST network's first weights as
// floats in Keras's order.
//   export DIRECTORY-OF-IDX-FILES DIRECTORY
#include <strata/strata.hpp>

#include "mnist_network.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace strata;

namespace {

template <class T>
void write(const std::filesystem::path& file, const T* values, std::size_t count) {
    std::ofstream output(file, std::ios::binary);
    output.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(count * sizeof(T)));
    if (!output.flush())
        throw std::runtime_error("cannot write " + file.string());
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("export DIRECTORY-OF-IDX-FILES DIRECTORY\n", stderr);
        return 2;
    }
    const std::filesystem::path directory = arguments[2];
    for (const auto& [name, images] : {std::pair{"train", datasets::read_images(arguments[1]).train},
                                       std::pair{"test", datasets::read_images(arguments[1]).test}}) {
        write(directory / (std::string(name) + "_x.u8"), images.x.data(), images.x.size());
        write(directory / (std::string(name) + "_y.u8"), images.y.data(), images.y.size());
    }
    const auto weights = mnist_network{seed{7}}.weights();
    write(directory / "weights.f32", weights.data(), weights.size());
}
