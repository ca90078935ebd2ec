// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../model/gradient_check.hpp"
#include "agreement.hpp"

using namespace strata::bedrock;
using strata::tanh;

// Odd widths, one step, samples without a step that counts, and all ways in which a mask passes or is read.
BOOST_AUTO_TEST_CASE(beside_torch) {
    agreement::agree({
        AGREES(input<7, 3> | masking<> | lstm<5>),
        AGREES(input<1, 4> | masking<> | gru<17, last_step> | dense<2>),
        AGREES(input<19, 2> | masking<> | dense<3> | tanh | lstm<33, backwards, last_step>),
        AGREES(input<6, 2> | masking<> | gru<9, zero_masked> | gru<5, reset_before, last_step>),
        AGREES(input<6, 3> | masking<> | bidirectional(simple_rnn<3>) | layer_norm<> | dense<2> | softmax),
        AGREES(input<5, 3> | masking<> | bidirectional(lstm<3, last_step>, multiply)),
        AGREES(input<9, 5> | masking<> | positions<> | residual(attention<2, 3>) | global_average_pool),
        AGREES(input<9, 6> | masking<> | attention<2, 4, causal, rotary<>> | simple_rnn<4, last_step>),
        AGREES(inputs(input<5, 4>, input<7, 4>) | branches(identity, masking<>) |
               attention<2, 3, key_heads<1>>),
        AGREES(inputs(input<5, 4>, input<7, 4>) | branches(masking<> | dense<3>, dense<3>) | concat<0> |
               gru<3, last_step>),
        AGREES(inputs(input<5, 4>, input<5, 4>) | branches(masking<>, masking<>) | add | gru<3, last_step>),
        AGREES(input<4, 3, 2> | masking<> | dense<3>),
    });
}
