// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A second file of the program that trains, with both single headers.
#include <strata_predict.hpp>

#include <strata.hpp>

#include "network.hpp"

using namespace strata;

float predict_in_other(const line& net, float x) { return net.predict(std::array{x})[0]; }

std::vector<float> write_and_read(const std::filesystem::path& file, const std::vector<float>& numbers) {
    xt::xtensor<float, 1> array(std::array{numbers.size()});
    std::copy(numbers.begin(), numbers.end(), array.begin());
    write_idx(file, array);
    const auto back = read_idx<float, 1>(file);
    return {back.begin(), back.end()};
}
