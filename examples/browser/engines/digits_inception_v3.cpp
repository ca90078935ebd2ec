// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The engine of a classifier for pictures on the page of digits.
#include "../../networks/inception.hpp"
#include "digits/picture_engine.hpp"

std::unique_ptr<engines::picture_classifier> make_classifier() {
    return std::make_unique<engines::topology_classifier<networks::inception_v3>>();
}
