// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../keras/cases.hpp"
#include "../model/gradient_check.hpp"
#include "agreement.hpp"

using namespace strata::bedrock;
using strata::tanh;

// Widths that fill no register, one, and more; one step; and steps that are read in several parts.
BOOST_AUTO_TEST_CASE(lstm_beside_torch) {
    agreement::agree({
        AGREES(input<5, 3> | lstm<7>),
        AGREES(input<1, 4> | lstm<16, last_step, no_bias>),
        AGREES(input<19, 2> | lstm<33, backwards> | relu | lstm<1, last_step>),
        AGREES(input<4, 9> | lstm<5, gelu, recurrent<hard_sigmoid>, backwards, last_step> | dense<3>),
    });
}

BOOST_AUTO_TEST_CASE(lstm_gradients) {
    using namespace gradient_check;
    check_all<input<3, 2> | dense<3> | tanh | lstm<5, softsign, recurrent<dropout<0.3>>> | dropout<0.2> |
                  lstm<9, last_step>,
              gradient_check::weighted_sum>();
}

BOOST_AUTO_TEST_CASE(lstm_of_keras) {
    using namespace keras_cases;
    constexpr auto all = input<3, 6> | lstm<4, recurrent<hard_sigmoid>>;
    constexpr auto last = input<3, 6> | lstm<4, last_step, recurrent<hard_sigmoid>>;
    constexpr auto last_backwards = input<3, 6> | lstm<4, last_step, backwards, recurrent<hard_sigmoid>>;
    constexpr auto all_backwards = input<3, 6> | lstm<4, backwards, recurrent<hard_sigmoid>>;
    run("layers/recurrent/LSTM.json",
        {{"recurrent.LSTM.0", check<model<last>>},
         {"recurrent.LSTM.1", check<model<input<8, 5> | lstm<5, sigmoid, last_step>>>},
         {"recurrent.LSTM.2", check<model<all>>},
         {"recurrent.LSTM.3", check<model<last_backwards>>},
         {"recurrent.LSTM.4", check<model<all_backwards>>}},
        {"recurrent.LSTM.5", "recurrent.LSTM.6", "recurrent.LSTM.7", "recurrent.LSTM.8"});
}
