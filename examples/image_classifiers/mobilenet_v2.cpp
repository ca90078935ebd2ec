// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../networks/mobilenet.hpp"
#include "topology_classifier.hpp"

std::unique_ptr<image_classifier> make_mobilenet_v2(std::uint64_t seed) {
    return std::make_unique<topology_classifier<networks::mobilenet_v2>>(seed);
}
