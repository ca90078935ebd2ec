// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../networks/squeezenet.hpp"
#include "topology_classifier.hpp"

std::unique_ptr<image_classifier> make_squeezenet_1_1(std::uint64_t seed) {
    return std::make_unique<topology_classifier<networks::squeezenet_1_1>>(seed);
}
