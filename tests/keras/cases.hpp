// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// Where the cases are exported (tests/onnx), nothing is predicted here.
#ifdef STRATA_EXPORTED_CASES
#    include "../onnx/exported_case.hpp"
#endif

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

/// What Keras computes, case by case: files of {input or inputs, weights, expected} in the directory that
/// STRATA_KERAS_LAYERS names. They are not part of the project; without them nothing is compared, which
/// run.sh says. Where Keras has channels first, the network permutes the axes around the layer.
namespace keras_cases {

using namespace strata::bedrock;
using nlohmann::json;
using strata::tanh;

inline constexpr double tolerance = 1e-4; // the cases' own

inline std::string directory() {
    const char* given = std::getenv("STRATA_KERAS_LAYERS");
    return given == nullptr ? "" : given;
}

inline json cases_of(const std::string& file) {
    std::ifstream in(directory() + "/" + file);
    BOOST_REQUIRE_MESSAGE(in.good(), "cannot read " << file);
    return json::parse(in);
}

/// The weights one array after another, or in an order of the arrays where Keras lists layers in another one.
template <std::size_t... Order>
std::vector<float> weights_of(const json& one) {
    std::vector<float> result;
    const auto add = [&](const json& array) {
        for (const auto& number : array["data"])
            result.push_back(number.get<float>());
    };
    if (!one.contains("weights"))
        return result;
    if constexpr (sizeof...(Order) > 0) {
        BOOST_REQUIRE_EQUAL(one["weights"].size(), sizeof...(Order));
        (add(one["weights"][Order]), ...);
    } else
        for (const auto& array : one["weights"])
            add(array);
    return result;
}

inline std::vector<std::vector<float>> inputs_of(const json& one) {
    std::vector<std::vector<float>> result;
    if (one.contains("input"))
        result.push_back(one["input"]["data"].get<std::vector<float>>());
    else
        for (const auto& array : one["inputs"])
            result.push_back(array["data"].get<std::vector<float>>());
    return result;
}

#ifdef STRATA_EXPORTED_CASES
template <class Network, std::size_t... Order>
void check(const std::string& name, const json& one) {
    exported_cases::write<Network>("keras." + name, weights_of<Order...>(one), inputs_of(one),
                                   {one["expected"]["data"].get<std::vector<double>>()});
}
#else
template <class Network, std::size_t... Order>
void check(const std::string&, const json& one) {
    Network net;
    net.set_weights(weights_of<Order...>(one));
    const auto given = inputs_of(one);
    const auto expected = one["expected"]["data"].get<std::vector<float>>();
    BOOST_REQUIRE_EQUAL(given.size(), Network::input_count);
    for (std::size_t i = 0; i < given.size(); ++i)
        BOOST_REQUIRE_EQUAL(given[i].size(), Network::input_sizes[i]);
    BOOST_REQUIRE_EQUAL(expected.size(), Network::output_size);
    BOOST_TEST(one["expected"]["shape"].get<std::vector<std::size_t>>() ==
                   std::vector<std::size_t>(Network::output_shape.extents.begin(),
                                            Network::output_shape.extents.end()),
               boost::test_tools::per_element());
    std::vector<float> found(Network::output_size);
    if constexpr (Network::input_count == 1)
        net.predict(std::span<const float, Network::input_size>(given[0]),
                    std::span<float, Network::output_size>(found));
    else {
        std::array<const float*, Network::input_count> x;
        for (std::size_t i = 0; i < given.size(); ++i)
            x[i] = given[i].data();
        net.predict_batch(x, std::array{found.data()}, 1);
    }
    for (std::size_t i = 0; i < expected.size(); ++i)
        BOOST_TEST(std::abs(found[i] - expected[i]) <= tolerance);
}
#endif

using checks = std::map<std::string, void (*)(const std::string&, const json&)>;

/// Runs every case of a file. Each must have a network, or be among those that strata lacks.
inline void run(const std::string& file, const checks& known, const std::vector<std::string>& lacking = {}) {
    if (directory().empty()) {
        BOOST_TEST_MESSAGE("skipped: STRATA_KERAS_LAYERS is not set");
        return;
    }
    const json cases = cases_of(file);
    BOOST_TEST(cases.size() == known.size() + lacking.size());
    for (const std::string& name : lacking)
        BOOST_TEST(cases.contains(name));
    for (const auto& [name, test] : known)
        BOOST_TEST_CONTEXT(name) {
            BOOST_REQUIRE(cases.contains(name));
            test(name, cases[name]);
        }
}

} // namespace keras_cases
