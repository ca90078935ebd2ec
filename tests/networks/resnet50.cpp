// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../../examples/networks/resnet50.hpp"
#include "../data/temporary_directory.hpp"
#include "../larger_error.hpp"

#include <strata/model/model.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <vector>

// The whole of ResNet-50 beside PyTorch's, with the same random weights.

using namespace strata::bedrock;

namespace {
using network = model<networks::resnet50>;

std::vector<float> floats_in(const std::filesystem::path& file) {
    std::vector<float> result(std::filesystem::file_size(file) / sizeof(float));
    std::ifstream(file, std::ios::binary)
        .read(reinterpret_cast<char*>(result.data()),
              static_cast<std::streamsize>(result.size() * sizeof(float)));
    return result;
}
} // namespace

BOOST_AUTO_TEST_CASE(logits_are_pytorchs) {
    constexpr std::size_t images = 3;
    const temporary_directory directory;
    const std::string command =
        "/usr/bin/python3 '" STRATA_TESTS "/networks/resnet50.py' '" + directory.path().string() + "'";
    BOOST_REQUIRE_EQUAL(std::system(command.c_str()), 0);
    const std::vector<float> x = floats_in(directory / "images");
    const std::vector<float> expected = floats_in(directory / "logits");
    BOOST_REQUIRE_EQUAL(x.size(), images * network::input_size);
    BOOST_REQUIRE_EQUAL(expected.size(), images * network::output_size);

    network net;
    net.set_weights(floats_in(directory / "weights"));
    const auto difference = [&](const std::vector<float>& found) {
        float largest = 0;
        for (std::size_t i = 0; i < expected.size(); ++i)
            largest = larger_error(largest, std::abs(found[i] - expected[i]));
        return largest;
    };
    std::vector<float> found(expected.size());
    net.predict_batch(x.data(), found.data(), images);
    BOOST_TEST(difference(found) <= 1e-3F);

    // One by one the answer is the same to the last bit.
    std::vector<float> single(expected.size());
    for (std::size_t i = 0; i < images; ++i)
        net.predict(std::span<const float, network::input_size>(x.data() + i * network::input_size,
                                                                network::input_size),
                    std::span<float, network::output_size>(single.data() + i * network::output_size,
                                                           network::output_size));
    BOOST_TEST(single == found, boost::test_tools::per_element());
}
