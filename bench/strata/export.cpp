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
void write(const std::filesystem::path& to, const T* values, std::size_t count) {
    std::ofstream file(to, std::ios::binary);
    file.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(count * sizeof(T)));
    if (!file.flush())
        throw std::runtime_error("cannot write " + to.string());
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("export DIRECTORY-OF-IDX-FILES DIRECTORY\n", stderr);
        return 2;
    }
    const std::filesystem::path to = arguments[2];
    for (const auto& [name, set] : {std::pair{"train", datasets::images_from(arguments[1]).train},
                                    std::pair{"test", datasets::images_from(arguments[1]).test}}) {
        write(to / (std::string(name) + "_x.u8"), set.x.data(), set.x.size());
        write(to / (std::string(name) + "_y.u8"), set.y.data(), set.y.size());
    }
    const auto weights = mnist_network{seed{7}}.weights();
    write(to / "weights.f32", weights.data(), weights.size());
}
