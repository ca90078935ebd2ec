// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Saved estimators with the checksum they have, and with the right one, behind which the rest is read.
#include "sealed_file.hpp"

#include <strata/cluster/kmeans.hpp>
#include <strata/data/label_encoder.hpp>
#include <strata/data/scaling.hpp>
#include <strata/data/table_encoder.hpp>
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
/// An encoder that was loaded encodes rows of its columns or says why not.
void load_table_encoder(const std::filesystem::path& file) {
    strata::table_encoder encoder;
    const auto known = state_of(encoder);
    if (!reads(file, [&] { encoder.load(file); })) {
        require(state_of(encoder) == known, "a file that does not fit changes nothing");
        return;
    }
    strata::text_table row{.names = {"city", "born", "size"}, .cells = {"Bonn", "2026-11-26", "3"}};
    try {
        require(encoder.encode(row).column_count() == encoder.names().size(), "all names have columns");
    } catch (const strata::data_error&) {
    }
}
void load_each(const std::filesystem::path& file) {
    load<strata::standard_scaler>(file);
    load<strata::kmeans<3, 2>>(file);
    load<strata::linear_regression<2>>(file);
    load<strata::label_encoder>(file);
    load_table_encoder(file);
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    load_sealed(bytes, size, load_each);
    return 0;
}
