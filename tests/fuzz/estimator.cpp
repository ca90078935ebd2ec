// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Saved estimators with the checksum they have, and with the right one, behind which the rest is read.
#include "sealed_file.hpp"

#include <strata/cluster/kmeans.hpp>
#include <strata/data/scaling.hpp>
#include <strata/io/estimator_file.hpp>
#include <strata/regression/regression.hpp>

#include <vector>

namespace {
template <class Estimator>
std::vector<unsigned char> state_of(const Estimator& estimator) {
    strata::bedrock::internal::state_writer state;
    Estimator::visit_state(estimator, state);
    return state.bytes;
}

template <class Estimator>
void load(const std::filesystem::path& file) {
    Estimator estimator;
    const auto known = state_of(estimator);
    if (!reads(file, [&] { estimator.load(file); }))
        require(state_of(estimator) == known, "a file that does not fit changes nothing");
}
void load_each(const std::filesystem::path& file) {
    load<strata::standard_scaler>(file);
    load<strata::kmeans<3, 2>>(file);
    load<strata::linear_regression<2>>(file);
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    load_sealed(bytes, size, load_each);
    return 0;
}
