// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

#ifndef STRATA_EXPORTED_CASES
#    include "../model/gradient_check.hpp"

#    include <strata/model/stream.hpp>
#endif

using namespace strata::bedrock;
using strata::tanh;

// Networks without a mask have nothing of one.
#ifndef STRATA_EXPORTED_CASES
static_assert(std::is_empty_v<step_mask_of<lstm_layer<4>, float>>);
static_assert(
    std::is_empty_v<output_masks<training_pass<std::remove_const_t<decltype(input<5, 3> | lstm<4>)>, float,
                                               std::remove_const_t<decltype(agreement::weighted_sum)>>>>);

// Odd widths, one step, samples without a step that counts, and all ways in which a mask passes or is read.
#endif

BOOST_AUTO_TEST_CASE(beside_torch) {
    agreement::agree({
        AGREES(input<7, 3> | masking<> | lstm<5> | bidirectional(simple_rnn<3>) | layer_norm<> | dense<2> |
               softmax),
        AGREES(input<1, 4> | masking<> | gru<17, last_step> | dense<2>),
        AGREES(input<19, 2> | masking<> | dense<3> | tanh | lstm<33, backwards, last_step>),
        AGREES(input<5, 3> | masking<> | gru<5, reset_before, zero_masked>),
        AGREES(input<9, 5> | masking<> | positions<> | residual(attention<2, 3>) | attention<2, 4, causal> |
               global_average_pool),
        AGREES(inputs(input<5, 4>, input<7, 4>) | branches(identity, masking<>) |
               attention<2, 3, key_heads<1>>),
        AGREES(inputs(input<5, 4>, input<7, 4>) | branches(masking<> | dense<3>, dense<3>) | concat<0> |
               global_average_pool),
        AGREES(inputs(input<5, 4>, input<5, 4>) | branches(masking<>, masking<>) | add | dense<3>),
    });
}

// Half of the steps are masked. States are read, handed on and dropped.
#ifndef STRATA_EXPORTED_CASES
BOOST_AUTO_TEST_CASE(gradients) {
    using namespace gradient_check;
    constexpr auto states =
        input<5, 1> | relu | masking<> |
        with_all(sigmoid, tanh | lstm<3, last_step, recurrent<dropout<0.3>>>, lstm<3, last_step>) |
        lstm<3, take_state, return_state, recurrent<dropout<0.3>>> | with_all(pick<0>, pick<1>) |
        gru<3, reset_before, take_state, return_state, recurrent<dropout<0.4>>> |
        with_all(pick<0> | attention<1, 2, dropout<0.3>>, pick<1>) | simple_rnn<3, take_state>;
    check<states, gradient_check::weighted_sum>(1);
    check<states, gradient_check::weighted_sum>(11);
    // Results of masked steps are zeros, through which no derivative goes; but states are handed on.
    check<input<5, 1> | relu | masking<> | gru<2, return_state, zero_masked> |
              gru<2, take_state, return_state, zero_masked> | pick<1>,
          gradient_check::weighted_sum>(11);
}

namespace {
/// Eight steps of which the second, the fifth and the last two are masked, and the others alone.
constexpr std::array<std::size_t, 4> counting{0, 2, 3, 5};
template <class Masked, class Plain>
void compare_with_shorter() {
    const Masked masked{seed{3}};
    Plain plain{seed{4}};
    plain.set_weights(masked.weights());
    random_sequence random(seed{5}, draw_purpose::split);
    std::array<float, 8 * 2> x{};
    std::array<float, 4 * 2> others{};
    for (std::size_t i = 0; i < counting.size(); ++i)
        for (std::size_t k = 0; k < 2; ++k)
            others[i * 2 + k] = x[counting[i] * 2 + k] = static_cast<float>(random.uniform());
    std::array<float, 3> state{0.5f, -0.25f, 1};
    std::array<std::vector<float>, 3> found;
    std::array<std::vector<float>, 3> expected;
    for (std::size_t i = 0; i < 3; ++i) {
        found[i].resize(Masked::output_sizes[i]);
        expected[i].resize(Plain::output_sizes[i]);
    }
    const auto predict = [&](const auto& net, const float* steps, auto& y) {
        net.predict_batch({steps, state.data(), state.data()}, {y[0].data(), y[1].data(), y[2].data()}, 1);
    };
    predict(masked, x.data(), found);
    predict(plain, others.data(), expected);
    BOOST_TEST(found[1] == expected[1], boost::test_tools::per_element());
    BOOST_TEST(found[2] == expected[2], boost::test_tools::per_element());
    for (std::size_t step = 0, last = 0; step < 8; ++step) {
        if (last + 1 < counting.size() && counting[last + 1] == step)
            ++last;
        for (std::size_t unit = 0; unit < 3; ++unit)
            BOOST_TEST(found[0][step * 3 + unit] == expected[0][last * 3 + unit]);
    }
    // Without a step that counts, states are handed on, and results are zeros.
    std::fill(x.begin(), x.end(), 0.0f);
    predict(masked, x.data(), found);
    BOOST_TEST(found[0] == std::vector<float>(24), boost::test_tools::per_element());
    BOOST_TEST(found[1] == std::vector<float>(state.begin(), state.end()), boost::test_tools::per_element());
    BOOST_TEST(found[2] == std::vector<float>(state.begin(), state.end()), boost::test_tools::per_element());
}
template <std::size_t Steps>
constexpr auto sequence_and_states = inputs(input<Steps, 2>, input<3>, input<3>);
} // namespace

// What is masked might as well not be there, to the last bit.
BOOST_AUTO_TEST_CASE(beside_shorter_sequences) {
    constexpr auto own = lstm<3, take_state, return_state>;
    compare_with_shorter<model<sequence_and_states<8> | branches(masking<>, identity, identity) | own>,
                         model<sequence_and_states<4> | own>>();
}

// Step by step, where nothing reads the mask: zeros for a masked step.
BOOST_AUTO_TEST_CASE(masked_steps_of_a_stream) {
    using network = model<input<3, 2> | masking<-1.0> | dense<2>>;
    const network net{seed{3}};
    const std::array<float, 6> x{1, 2, -1, -1, -1, 3};
    std::array<float, 6> found;
    strata::stream live{net};
    live.process(std::span<const float>(x), std::span<float>(found));
    BOOST_TEST(found == net.predict(x), boost::test_tools::per_element());
    BOOST_TEST((found[2] == 0 && found[3] == 0 && found[0] != 0 && found[5] != 0));
}
#endif
