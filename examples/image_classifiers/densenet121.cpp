// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../networks/densenet.hpp"
#include "topology_classifier.hpp"

std::unique_ptr<image_classifier> make_densenet121(std::uint64_t seed) {
    return std::make_unique<topology_classifier<networks::densenet121>>(seed);
}
