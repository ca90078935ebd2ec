// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../keras/cases.hpp"
#include "agreement.hpp"

#ifndef STRATA_EXPORTED_CASES
#    include "../model/gradient_check.hpp"

#    include <strata/model/stream.hpp>
#endif

using namespace strata::bedrock;
using strata::tanh;

BOOST_AUTO_TEST_CASE(steps_apart_beside_torch) {
    agreement::agree({
        AGREES(input<3, 5, 5, 2> |
               time_distributed(conv<5, 3> | batch_norm<> | relu | max_pool<2> | flatten | dense<3>) | tanh),
        AGREES(input<2, 3, 4> | time_distributed(lstm<3, last_step>) | gru<2>),
    });
}

// What is repeated is applied to each step as often.
static_assert(
    std::same_as<decltype(input<3, 4, 2> | time_distributed(repeat<2>(conv<2, 3, same> | relu) | flatten)),
                 decltype(input<3, 4, 2> |
                          time_distributed(conv<2, 3, same> | relu | conv<2, 3, same> | relu | flatten))>);

BOOST_AUTO_TEST_CASE(products_with_a_table_beside_torch) {
    agreement::agree({
        AGREES(input<7, 5> | dense<13> | unembedding<embedding<67, 13>> | tanh),
        AGREES(input<17> | unembedding<embedding<3, 17>>),
        AGREES(input<3, 1> | dense<2> | tanh | unembedding<embedding<9, 2>> | softmax | dense<4>),
    });
}

BOOST_AUTO_TEST_CASE(gated_units_beside_torch) {
    agreement::agree({
        AGREES(input<5, 7> | residual(swiglu<21, no_bias> | dense<7>)),
        AGREES(input<3> | swiglu<17> | glu<1> | geglu<2>),
        AGREES(input<2, 3, 4> | gated_dense<5, relu, no_bias> | gated_dense<3, linear>),
    });
    using network = model<input<5> | repeat<2>(swiglu<4> | dense<5, no_bias>)>;
    static_assert(network::parameter_count == 2 * (2 * (5 * 4 + 4) + 4 * 5));
    std::string names;
    for (const auto& each : network{}.parameters())
        names += each.name() + " ";
    BOOST_TEST(names ==
               "swiglu.gate.kernel swiglu.gate.bias swiglu.value.kernel swiglu.value.bias dense.kernel "
               "swiglu.gate_1.kernel swiglu.gate_1.bias swiglu.value_1.kernel swiglu.value_1.bias "
               "dense_1.kernel ");
}

// What is drawn behind a layer depends on the sample and the place in all its steps.
#ifndef STRATA_EXPORTED_CASES
BOOST_AUTO_TEST_CASE(steps_apart_with_dropout) {
    using namespace gradient_check;
    check<input<2, 5, 2> | time_distributed(dense<3> | tanh | conv<3, 2>) | sigmoid | dropout<0.4> |
              time_distributed(spatial_dropout<0.3> | group_norm<1> | flatten),
          gradient_check::weighted_sum>(5);
}
#endif

BOOST_AUTO_TEST_CASE(steps_apart_of_keras) {
    using namespace keras_cases;
    run("layers/wrappers/TimeDistributed.json",
        {{"wrappers.TimeDistributed.0", check<model<input<3, 6> | time_distributed(dense<4>)>>},
         {"wrappers.TimeDistributed.1", check<model<input<5, 4, 4, 2> | time_distributed(conv<6, 3>)>>}});
}

#ifndef STRATA_EXPORTED_CASES
// A film's images and an image have one encoder.
BOOST_AUTO_TEST_CASE(a_shared_part_is_applied_to_each_step) {
    constexpr auto encoder = shared_weights<"encoder">(conv<4, 2> | relu | flatten | dense<3>);
    const model<inputs(input<5, 4, 4, 1>, input<4, 4, 1>) |
                branches(time_distributed(encoder), encoder | reshape<1, 3>) | concat<0>>
        joined{seed{3}};
    model<input<4, 4, 1> | conv<4, 2> | relu | flatten | dense<3>> alone{seed{1}};
    BOOST_TEST(joined.parameter_count == alone.parameter_count);
    alone.set_weights(joined.weights());
    std::array<float, 96> x;
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<float>(i * 7 % 23) / 8 - 1;
    std::array<float, 18> found;
    joined.predict_batch({x.data(), x.data() + 80}, {found.data()}, 1);
    for (std::size_t i = 0; i < 6; ++i) {
        std::array<float, 3> expected;
        alone.predict_batch(x.data() + 16 * i, expected.data(), 1);
        for (std::size_t j = 0; j < 3; ++j)
            BOOST_TEST(found[3 * i + j] == expected[j]);
    }
}

// A stream runs the layers on the steps as they come.
BOOST_AUTO_TEST_CASE(steps_apart_in_a_stream) {
    model<input<4, 5, 2> | time_distributed(conv<3, 2> | relu | flatten) | gru<3>> net{seed{4}};
    std::array<float, 40> x;
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<float>(i % 7) - 3;
    std::array<float, 12> expected;
    net.predict(x, expected);
    stream live{net};
    std::array<float, 12> found;
    live.process(std::span<const float>(x), std::span<float>(found));
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}
#endif
