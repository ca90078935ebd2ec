// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "cases.hpp"

using namespace keras_cases;

namespace {
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

BOOST_AUTO_TEST_CASE(embeddings) {
    run("layers/embeddings/Embedding.json",
        {{"embeddings.Embedding.0", check<model<input<7> | embedding<5, 3>>>},
         {"embeddings.Embedding.1", check<model<input<10> | embedding<20, 5, mask_zero>>>},
         {"embeddings.Embedding.2", check<model<input<5> | embedding<33, 2>>>}});
}

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
         {"advanced_activations.PReLU.0", check<model<input<6> | prelu<>>>},
         {"advanced_activations.ELU.0", check<model<input<6> | elu<1.1>>>},
         {"advanced_activations.ThresholdedReLU.0", check<model<input<6> | thresholded>>}});
}
