// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#define BOOST_TEST_MODULE keras / layers
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

// What Keras computes, case by case: files of {input, weights, expected} in the directory that
// STRATA_KERAS_LAYERS names. They are not part of the project; without them the cases are skipped, and the
// message says so.

using namespace strata;
using strata::tanh;

namespace {

using nlohmann::json;

constexpr double tolerance = 1e-4; // the cases' own

std::string directory() {
    const char* given = std::getenv("STRATA_KERAS_LAYERS");
    return given == nullptr ? "" : given;
}

json cases_of(const std::string& file) {
    std::ifstream in(directory() + "/" + file);
    BOOST_REQUIRE_MESSAGE(in.good(), "cannot read " << file);
    return json::parse(in);
}

template <class Network>
void check(const json& one) {
    Network net;
    std::vector<float> weights;
    if (one.contains("weights"))
        for (const auto& array : one["weights"])
            for (const auto& number : array["data"])
                weights.push_back(number.get<float>());
    net.set_weights(weights);
    const auto given = one["input"]["data"].get<std::vector<float>>();
    const auto expected = one["expected"]["data"].get<std::vector<float>>();
    BOOST_REQUIRE_EQUAL(given.size(), Network::input_size);
    BOOST_REQUIRE_EQUAL(expected.size(), Network::output_size);
    BOOST_TEST(one["expected"]["shape"].get<std::vector<std::size_t>>() ==
                   std::vector<std::size_t>(Network::output_shape.extents.begin(),
                                            Network::output_shape.extents.end()),
               boost::test_tools::per_element());
    const auto found = net.predict(std::span<const float, Network::input_size>(given));
    for (std::size_t i = 0; i < expected.size(); ++i)
        BOOST_TEST(std::abs(found[i] - expected[i]) <= tolerance);
}

using checks = std::map<std::string, void (*)(const json&)>;

/// Runs every case of a file that has a network here, and all of those must be in the file.
void run(const std::string& file, const checks& known) {
    if (directory().empty()) {
        BOOST_TEST_MESSAGE("skipped: STRATA_KERAS_LAYERS is not set");
        return;
    }
    const json cases = cases_of(file);
    for (const auto& [name, test] : known)
        BOOST_TEST_CONTEXT(name) {
            BOOST_REQUIRE(cases.contains(name));
            test(cases[name]);
        }
}

/// The shapes that Keras's tests of an activation use.
template <auto Activation>
void add_shapes(checks& all, const std::string& name) {
    all[name + ".0"] = check<model<input<6> | Activation>>;
    all[name + ".1"] = check<model<input<2, 6> | Activation>>;
    all[name + ".2"] = check<model<input<2, 2, 3> | Activation>>;
}

using namespace strata::symbols;
constexpr auto thresholded = activation<select(x > 0.9, x, 0)>;
} // namespace

BOOST_AUTO_TEST_CASE(activations) {
    checks all;
    add_shapes<elu<>>(all, "activations.elu");
    all["activations.elu.3"] = check<model<input<2, 2, 3> | elu<0.5>>>;
    add_shapes<selu>(all, "activations.selu");
    add_shapes<softplus>(all, "activations.softplus");
    add_shapes<softsign>(all, "activations.softsign");
    add_shapes<relu>(all, "activations.relu");
    all["activations.relu.3"] = check<model<input<2, 2, 3> | activation<min(max(x, 0), 0.5)>>>;
    all["activations.relu.4"] = check<model<input<2, 2, 3> | leaky_relu<0.3>>>;
    add_shapes<tanh_layer{}>(all, "activations.tanh");
    add_shapes<sigmoid>(all, "activations.sigmoid");
    add_shapes<hard_sigmoid>(all, "activations.hard_sigmoid");
    add_shapes<linear>(all, "activations.linear");
    all["activations.softmax.0"] = check<model<input<6> | softmax>>;
    all["activations.softmax.1"] = check<model<input<2, 6> | softmax>>;
    all["activations.softmax.2"] = check<model<input<6> | softmax>>;
    BOOST_TEST(all.size() == 33u);
    run("activations.json", all);
}

BOOST_AUTO_TEST_CASE(dense_layers) {
    run("layers/core/Dense.json", {{"core.Dense.0", check<model<input<6> | dense<2>>>},
                                   {"core.Dense.1", check<model<input<6> | dense<2> | sigmoid>>},
                                   {"core.Dense.2", check<model<input<6> | dense<2, no_bias> | softplus>>},
                                   {"core.Dense.3", check<model<input<6> | dense<2>>>},
                                   {"core.Dense.4", check<model<input<6> | dense<2> | sigmoid>>},
                                   {"core.Dense.5", check<model<input<6> | dense<2, no_bias> | softplus>>}});
}

BOOST_AUTO_TEST_CASE(flatten_and_reshape) {
    run("layers/core/Flatten.json", {{"core.Flatten.0", check<model<input<6> | flatten>>},
                                     {"core.Flatten.1", check<model<input<3, 2> | flatten>>},
                                     {"core.Flatten.2", check<model<input<3, 2, 2> | flatten>>}});
    run("layers/core/Reshape.json", {{"core.Reshape.0", check<model<input<6> | reshape<2, 3>>>},
                                     {"core.Reshape.1", check<model<input<3, 2> | reshape<6>>>},
                                     {"core.Reshape.2", check<model<input<3, 2, 2> | reshape<4, 3>>>}});
}

BOOST_AUTO_TEST_CASE(activations_behind_dense) {
    run("layers/core/Activation.json",
        {{"core.Activation.0", check<model<input<6> | dense<2> | softmax>>},
         {"core.Activation.1", check<model<input<6> | dense<2> | elu<>>>},
         {"core.Activation.2", check<model<input<6> | dense<2> | selu>>},
         {"core.Activation.3", check<model<input<6> | dense<2> | softplus>>},
         {"core.Activation.4", check<model<input<6> | dense<2> | softsign>>},
         {"core.Activation.5", check<model<input<6> | dense<2> | relu>>},
         {"core.Activation.6", check<model<input<6> | dense<2> | tanh>>},
         {"core.Activation.7", check<model<input<6> | dense<2> | sigmoid>>},
         {"core.Activation.8", check<model<input<6> | dense<2> | hard_sigmoid>>},
         {"core.Activation.9", check<model<input<6> | dense<2> | linear>>}});
}

BOOST_AUTO_TEST_CASE(advanced_activations) {
    run("layers/advanced_activations.json",
        {{"advanced_activations.LeakyReLU.0", check<model<input<6> | leaky_relu<0.4>>>},
         {"advanced_activations.ELU.0", check<model<input<6> | elu<1.1>>>},
         {"advanced_activations.ThresholdedReLU.0", check<model<input<6> | thresholded>>}});
}
