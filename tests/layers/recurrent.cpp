// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../keras/cases.hpp"
#include "agreement.hpp"

#ifndef STRATA_EXPORTED_CASES
#    include "../model/gradient_check.hpp"
#endif

using namespace strata::bedrock;
using strata::tanh;

// Widths that fill no register, one, and more; one step; and steps that are read in several parts.
BOOST_AUTO_TEST_CASE(beside_torch) {
    agreement::agree({
        AGREES(input<5, 3> | lstm<7>),
        AGREES(input<1, 4> | lstm<16, last_step, no_bias>),
        AGREES(input<19, 2> | lstm<33, backwards> | relu | gru<1, last_step>),
        AGREES(input<4, 9> | lstm<5, gelu, recurrent<hard_sigmoid>, backwards, last_step> | dense<3>),
        AGREES(input<1, 4> | gru<33, reset_after, last_step, no_bias>),
        AGREES(input<4, 2> | gru<16, gelu, recurrent<hard_sigmoid>> | relu | gru<9, reset_before, last_step>),
        AGREES(input<4, 9> | gru<21, reset_before, gelu, recurrent<hard_sigmoid>, backwards>),
        AGREES(input<5, 3> | bidirectional(lstm<5> | tanh | gru<8>) |
               bidirectional(lstm<3, last_step>, multiply) | repeat_vector<4> |
               bidirectional(simple_rnn<2>, average)),
        AGREES(input<6, 2> | simple_rnn<17> | simple_rnn<40, relu, backwards, last_step, no_bias>),
    });
}

#ifndef STRATA_EXPORTED_CASES
// With biases that are no zeros, masks of dropout, and slopes of the layers before and behind.
BOOST_AUTO_TEST_CASE(gradients) {
    using namespace gradient_check;
    constexpr auto net = input<3, 2> | dense<2> | tanh | gru<3, recurrent<dropout<0.4>>> |
                         gru<5, reset_before, recurrent<dropout<0.5>>> |
                         lstm<3, softsign, recurrent<dropout<0.3>>> | dropout<0.2> |
                         simple_rnn<2, recurrent<dropout<0.25>>, last_step>;
    // States that are read, and handed on from an encoder to a decoder.
    constexpr auto pair =
        input<2, 3> |
        with_all(sigmoid, tanh | lstm<3, last_step, recurrent<dropout<0.3>>>, lstm<3, last_step>) |
        lstm<3, take_state, return_state, recurrent<dropout<0.3>>> | with_all(pick<0>, pick<1>) |
        gru<3, take_state, return_state, last_step> | with_all(pick<0> | repeat_vector<2>, pick<1>) |
        gru<3, reset_before, take_state>;
    check<pair, gradient_check::weighted_sum>(11);
    check<net, gradient_check::weighted_sum>(1);
    check<net, gradient_check::weighted_sum>(11);
}
#endif

namespace {
/// Keras's stateful layers, called twice with the same input: the second call begins where the first one
/// ended. `Layer` reads and makes its states.
template <std::size_t Steps, auto Layer>
void check_second_call([[maybe_unused]] const std::string& name, const nlohmann::json& one) {
    constexpr std::size_t states = type_of<Layer>::states;
    constexpr auto net = [] {
        if constexpr (states == 2)
            return inputs(input<Steps, 6>, input<4>, input<4>) | Layer;
        else
            return inputs(input<Steps, 6>, input<4>) | Layer;
    }();
    using network = model<net>;
    network twice;
    twice.set_weights(keras_cases::weights_of(one));
    const auto x = one["input"]["data"].get<std::vector<float>>();
    const auto expected = one["expected"]["data"].get<std::vector<float>>();
    std::vector<float> found(network::output_size);
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    std::array<std::array<float, 4>, 2> before{};
    std::array<std::array<float, 4>, 2> behind{};
    for (std::size_t call = 0; call < 2; ++call) {
        if constexpr (states == 2)
            twice.predict_batch(std::array<const float*, 3>{x.data(), before[0].data(), before[1].data()},
                                std::array{found.data(), behind[0].data(), behind[1].data()}, 1);
        else
            twice.predict_batch(std::array<const float*, 2>{x.data(), before[0].data()},
                                std::array{found.data(), behind[0].data()}, 1);
#ifdef STRATA_EXPORTED_CASES
        if (call == 1) {
            std::vector<std::vector<float>> given{x};
            std::vector<std::vector<double>> results{{expected.begin(), expected.end()}};
            for (std::size_t i = 0; i < states; ++i) {
                given.emplace_back(before[i].begin(), before[i].end());
                results.emplace_back(behind[i].begin(), behind[i].end());
            }
            exported_cases::write("keras." + name, twice, given, results);
        }
#endif
        before = behind;
    }
    for (std::size_t i = 0; i < expected.size(); ++i)
        BOOST_TEST(std::abs(found[i] - expected[i]) <= keras_cases::tolerance);
}
} // namespace

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
         {"recurrent.LSTM.4", check<model<all_backwards>>},
         {"recurrent.LSTM.5",
          check_second_call<3, lstm<4, take_state, return_state, recurrent<hard_sigmoid>, last_step>>},
         {"recurrent.LSTM.6",
          check_second_call<3, lstm<4, take_state, return_state, recurrent<hard_sigmoid>>>},
         {"recurrent.LSTM.7",
          check_second_call<
              3, lstm<4, take_state, return_state, recurrent<hard_sigmoid>, last_step, backwards>>},
         {"recurrent.LSTM.8",
          check_second_call<3, lstm<4, take_state, return_state, recurrent<hard_sigmoid>, backwards>>}});
}

BOOST_AUTO_TEST_CASE(gru_of_keras) {
    using namespace keras_cases;
    constexpr auto last = input<3, 6> | gru<4, reset_before, last_step, recurrent<hard_sigmoid>>;
    constexpr auto all = input<3, 6> | gru<4, reset_before, recurrent<hard_sigmoid>>;
    constexpr auto last_backwards =
        input<3, 6> | gru<4, reset_before, last_step, backwards, recurrent<hard_sigmoid>>;
    constexpr auto all_backwards = input<3, 6> | gru<4, reset_before, backwards, recurrent<hard_sigmoid>>;
    run("layers/recurrent/GRU.json",
        {{"recurrent.GRU.0", check<model<last>>},
         {"recurrent.GRU.1", check<model<input<8, 5> | gru<5, reset_before, sigmoid, last_step>>>},
         {"recurrent.GRU.2", check<model<all>>},
         {"recurrent.GRU.3", check<model<last_backwards>>},
         {"recurrent.GRU.4", check<model<all_backwards>>},
         {"recurrent.GRU.5",
          check_second_call<
              3, gru<4, reset_before, take_state, return_state, recurrent<hard_sigmoid>, last_step>>},
         {"recurrent.GRU.6",
          check_second_call<3, gru<4, reset_before, take_state, return_state, recurrent<hard_sigmoid>>>},
         {"recurrent.GRU.7", check_second_call<3, gru<4, reset_before, take_state, return_state,
                                                      recurrent<hard_sigmoid>, last_step, backwards>>},
         {"recurrent.GRU.8", check_second_call<3, gru<4, reset_before, take_state, return_state,
                                                      recurrent<hard_sigmoid>, backwards, no_bias>>}});
}

BOOST_AUTO_TEST_CASE(simple_rnn_of_keras) {
    using namespace keras_cases;
    run("layers/recurrent/SimpleRNN.json",
        {{"recurrent.SimpleRNN.0", check<model<input<3, 6> | simple_rnn<4, last_step>>>},
         {"recurrent.SimpleRNN.1", check<model<input<8, 5> | simple_rnn<5, sigmoid, last_step>>>},
         {"recurrent.SimpleRNN.2", check<model<input<7, 6> | simple_rnn<4>>>},
         {"recurrent.SimpleRNN.3", check<model<input<7, 6> | simple_rnn<4, last_step, backwards>>>},
         {"recurrent.SimpleRNN.4", check<model<input<7, 6> | simple_rnn<4, backwards>>>},
         {"recurrent.SimpleRNN.5", check_second_call<7, simple_rnn<4, take_state, return_state, last_step>>},
         {"recurrent.SimpleRNN.6", check_second_call<7, simple_rnn<4, take_state, return_state>>},
         {"recurrent.SimpleRNN.7",
          check_second_call<7, simple_rnn<4, take_state, return_state, last_step, backwards>>},
         {"recurrent.SimpleRNN.8",
          check_second_call<7, simple_rnn<4, take_state, return_state, backwards, no_bias>>}});
}

#ifndef STRATA_EXPORTED_CASES
// First weights as Keras's: a recurrent kernel whose rows are orthogonal, and a bias of one at forget gates.
BOOST_AUTO_TEST_CASE(first_weights) {
    model<input<2, 3> | lstm<5, recurrent<orthogonal<2.0>>> | lstm<2, no_forget_bias>, double> net{seed{3}};
    const auto kernel = net.parameter<"lstm.recurrent_kernel">().values();
    BOOST_REQUIRE_EQUAL(kernel.size(), 5u * 20);
    for (std::size_t a = 0; a < 5; ++a)
        for (std::size_t b = 0; b < 5; ++b) {
            double product = 0;
            for (std::size_t i = 0; i < 20; ++i)
                product += kernel[a * 20 + i] * kernel[b * 20 + i];
            BOOST_TEST(std::abs(product - (a == b ? 4 : 0)) < 1e-12);
        }
    const auto bias = net.parameter<"lstm.bias">().values();
    for (std::size_t i = 0; i < 20; ++i)
        BOOST_TEST(bias[i] == (i / 5 == 1 ? 1 : 0));
    for (const double each : net.parameter<"lstm_1.bias">().values())
        BOOST_TEST(each == 0);
}

// Samples of a batch, alone and one step after another: the same bits.
BOOST_AUTO_TEST_CASE(a_sample_alone_and_a_stream) {
    constexpr std::size_t steps = 9;
    constexpr std::size_t inputs = 3;
    constexpr std::size_t units = 21;
    constexpr std::size_t samples = 19;
    const auto compare = [&]<class Network>(std::type_identity<Network>) {
        using stage = typename Network::stages::template element<0>;
        using kernels = head_kernels<typename stage::head>;
        Network net{seed{5}};
        random_sequence random(seed{5}, draw_purpose::split);
        for (float& each : net.parameter_block())
            each += 0.1f * static_cast<float>(random.uniform());
        std::vector<float> x(samples * steps * inputs);
        for (float& each : x)
            each = static_cast<float>(random.uniform()) - 0.5f;
        std::vector<float> y(samples * steps * units);
        net.predict_batch(std::array<const float*, 1>{x.data()}, std::array{y.data()}, samples);
        for (std::size_t sample = 0; sample < samples; ++sample) {
            const float* const expected = y.data() + sample * steps * units;
            const float* const own = x.data() + sample * steps * inputs;
            std::vector<float> alone(steps * units);
            net.predict_batch(std::array{own}, std::array{alone.data()}, 1);
            BOOST_TEST(std::memcmp(alone.data(), expected, alone.size() * sizeof(float)) == 0);
            aligned_vector<float> state(kernels::template state_size<float> + 16);
            std::vector<float> result(units);
            for (std::size_t step = 0; step < steps; ++step) {
                kernels::template step<stage>(net.parameter_block().data(), own + step * inputs, state.data(),
                                              rows_view<float>{result.data(), units},
                                              prediction_tail<typename stage::tail>{});
                BOOST_TEST(std::memcmp(result.data(), expected + step * units, units * sizeof(float)) == 0);
            }
        }
    };
    compare(std::type_identity<model<input<steps, inputs> | lstm<units> | relu>>{});
    compare(std::type_identity<model<input<steps, inputs> | gru<units, reset_before>>>{});
}
#endif

static_assert(std::same_as<decltype(input<6, 2> | bidirectional(repeat<2>(lstm<3>))),
                           decltype(input<6, 2> | bidirectional(lstm<3> | lstm<3>))>);

BOOST_AUTO_TEST_CASE(both_directions_of_keras) {
    using namespace keras_cases;
    constexpr auto all = simple_rnn<4>;
    constexpr auto last = simple_rnn<4, last_step>;
    constexpr auto net = input<3, 6> | bidirectional(lstm<4, recurrent<hard_sigmoid>>);
    run("layers/wrappers/Bidirectional.json",
        {{"wrappers.Bidirectional.0", check<model<input<3, 6> | bidirectional(last, add)>>},
         {"wrappers.Bidirectional.1", check<model<input<3, 6> | bidirectional(last, multiply)>>},
         {"wrappers.Bidirectional.2", check<model<input<3, 6> | bidirectional(last)>>},
         {"wrappers.Bidirectional.3", check<model<input<3, 6> | bidirectional(last, average)>>},
         {"wrappers.Bidirectional.4", check<model<input<3, 6> | bidirectional(all)>>},
         {"wrappers.Bidirectional.5",
          check<model<input<3, 6> | bidirectional(gru<4, reset_before, recurrent<hard_sigmoid>>)>>},
         {"wrappers.Bidirectional.6", check<model<net>>},
         {"wrappers.Bidirectional.7", check<model<input<3, 6> | bidirectional(all, add)>>}});
    run("layers/core/RepeatVector.json",
        {{"core.RepeatVector.0", check<model<input<6> | repeat_vector<7>>>}});
    // Both results are made where the concatenation wants them.
    BOOST_TEST(model<net>::plan().find("parts in place: 2 of 2") != std::string::npos);
    BOOST_TEST(model<net>::plan().find("step by step\n  keeps     output, what its kernels "
                                       "need: 336 bytes") != std::string::npos); // 3 (24 + 4) numbers
    BOOST_TEST(model<net>::summary().find("backward.lstm.kernel .recurrent_kernel .bias") !=
               std::string::npos);
}
