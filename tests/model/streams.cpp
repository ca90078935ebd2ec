// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>
#include <strata/model/stream.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

using namespace strata::bedrock;
using strata::tanh;

namespace {
template <class T>
std::vector<T> draw(std::size_t count, std::uint32_t which) {
    random_sequence random(seed{3}, draw_purpose::split, which);
    std::vector<T> numbers(count);
    for (T& number : numbers)
        number = static_cast<T>(2 * random.uniform() - 1);
    return numbers;
}

// Every number of a network, its biases and averages as well, is another one than at first.
template <class Network>
Network drawn_network() {
    Network net{seed{7}};
    auto weights = net.weights();
    const auto changes = draw<typename Network::value_type>(weights.size(), 0);
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] += changes[i] / 8 + typename Network::value_type(0.14);
    net.set_weights(weights);
    return net;
}

// Ways to cut a sequence into blocks: step by step, all of it, and lengths on both sides of what goes through
// the stages together.
std::vector<std::vector<std::size_t>> divisions() { return {{1}, {10'000}, {3, 1, 2}, {64}, {65, 7, 130}}; }

// Bit for bit, unless the compiler contracts products and sums of formulas as it likes, or a formula with an
// exponential is taken of registers of another width.
template <bool Exact = true, class T>
void check_equal(const std::vector<T>& found, const std::vector<T>& wanted) {
    BOOST_REQUIRE(found.size() == wanted.size());
#ifdef __clang__
    constexpr T tolerance = Exact ? 0 : T(1e-6);
#else
    constexpr T tolerance = T(1e-6);
#endif
    for (std::size_t i = 0; i < found.size(); ++i)
        if (!(std::abs(found[i] - wanted[i]) <= tolerance * std::max(T(1), std::abs(wanted[i]))))
            BOOST_ERROR("number " << i << " is " << found[i] << " instead of " << wanted[i]);
}

/// The law: the results of sequences side by side, cut into blocks in any way, are those of `predict` on each
/// whole sequence, bit for bit; those of layers that look ahead are late.
template <class Network, std::size_t Count = 1, bool Exact = true, bool Waits = false>
void check_law() {
    using T = typename Network::value_type;
    constexpr std::size_t steps = Network::input_shape.extents[0];
    constexpr std::size_t inputs = Network::input_size / steps;
    constexpr std::size_t outputs = Network::output_size / steps;
    const Network net = drawn_network<Network>();
    const auto x = draw<T>(Count * steps * inputs, 1);
    std::vector<T> expected(Count * steps * outputs);
    net.predict_batch(x.data(), expected.data(), Count);
    const auto interleaved = [](const std::vector<T>& numbers, std::size_t width) {
        std::vector<T> result;
        for (std::size_t step = 0; step < steps; ++step)
            for (std::size_t stream = 0; stream < Count; ++stream)
                result.insert(result.end(), &numbers[(stream * steps + step) * width],
                              &numbers[(stream * steps + step) * width] + width);
        return result;
    };
    const auto fed = interleaved(x, inputs);
    auto wanted = interleaved(expected, outputs);

    auto live = [&] {
        if constexpr (Waits)
            return streams<Count>(net, latency);
        else
            return streams<Count>(net);
    }();
    const std::size_t late = live.latency() * live.output_size;
    wanted.insert(wanted.begin(), late, T(0));
    for (const auto& lengths : divisions()) {
        live.reset();
        std::vector<T> found(wanted.size());
        std::size_t block = 0;
        for (std::size_t step = 0; step < steps;) {
            const std::size_t count = std::min(lengths[block++ % lengths.size()], steps - step);
            live.process(std::span(fed).subspan(step * live.input_size, count * live.input_size),
                         std::span(found).subspan(step * live.output_size, count * live.output_size));
            step += count;
        }
        if constexpr (Waits)
            live.finish(std::span(found).last(late));
        BOOST_TEST_CONTEXT("blocks of " << lengths[0] << ", ...")
        check_equal<Exact>(found, wanted);
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(any_blocks_give_what_the_whole_sequence_gives) {
    check_law<model<input<200, 1> | conv<4, 3, causal> | tanh | dense<1>>>();
    // A ring that is longer than a block, odd widths, groups, and a normalization in the kernel's formula.
    check_law<
        model<input<300, 3> | conv<20, 5, causal, dilation<16>> | batch_norm<> | relu |
                  conv<6, 2, causal, dilation<70>, groups<2>> | prelu<shared::places> | dense<3> | softmax,
              double>>();
    check_law<model<input<200, 2> | lstm<9> | dropout<0.2> | gru<4> | simple_rnn<17> | layer_norm<>>>();
    check_law<model<input<200, 1> | conv<16, 1> | sigmoid | conv<8, 3, causal, dilation<2>> | tanh | lstm<8> |
                    dense<1>>>();
}

// Four sums of each of a few filters, in a register that they would not fill, odd filters among them.
BOOST_AUTO_TEST_CASE(few_filters_give_what_the_whole_sequence_gives) {
    check_law<model<input<90, 8> | conv<8, 3, causal, groups<2>> | tanh | conv<3, 5, causal, dilation<30>>>,
              1, false>();
}

// Two steps of eight filters in a register, and a last step by itself.
BOOST_AUTO_TEST_CASE(steps_in_pairs_give_what_the_whole_sequence_gives) {
    check_law<model<input<150, 8> | conv<8, 3, causal, dilation<5>> | leaky_relu<0.1> |
                    residual(conv<8, 6, causal>) | conv<8, 1, no_bias> | batch_norm<>>>();
}

BOOST_AUTO_TEST_CASE(channels_by_themselves_give_what_the_whole_sequence_gives) {
    check_law<model<input<90, 19> | depthwise_conv<3, causal, dilation<9>> | relu |
                    depthwise_conv<2, causal, depth_multiplier<2>> | separable_conv<5, 1>>,
              2>();
}

namespace {
// As in WaveNet: what a layer makes goes on, and is added up beside.
constexpr auto gated =
    branches(conv<8, 2, causal, dilation<4>> | tanh, conv<8, 2, causal, dilation<4>> | sigmoid) | multiply;
constexpr auto wave = dense<8> | residual(gated | conv<8, 1>) |
                      branches(identity, conv<3, 3, causal>, gated | dense<4>) | concat<1>;
} // namespace

BOOST_AUTO_TEST_CASE(branches_give_what_the_whole_sequence_gives) {
    check_law<model<input<150, 1> | wave | dense<1>>, 1, false>();
    // Layers along other axes than that of time.
    check_law<model<input<70, 6> | normalization<> | prelu<shared::all> | split<2> | multiply |
                    log_softmax<1> | branches(reduce_max<1, keep_axes>, slice<1, 0, 3, 2>) | concat<1>>,
              1, false>();
    // Uses of one layer have states of their own.
    check_law<
        model<input<70, 2> | repeat<2>(shared_weights<"cell">(conv<2, 3, causal> | lstm<2>)) | dense<1>>>();
}

// More steps than a block of queries, and not all of them fill a register.
BOOST_AUTO_TEST_CASE(attention_gives_what_the_whole_sequence_gives) {
    check_law<model<input<75, 3> | dense<8> | positions<> |
                    residual(layer_norm<> | attention<2, 6, causal, rotary<>>) | positions<sinusoidal> |
                    attention<2, 5, causal, key_heads<1>, value_width<17>> | rms_norm<> |
                    gated_dense<3, relu> | unembedding<embedding<70, 3>> | softmax>,
              2>();
}

// A stream that is longer than the sequence forgets, and goes on.
BOOST_AUTO_TEST_CASE(attention_forgets_what_lies_behind_its_sequence) {
    using network = model<input<6> | embedding<11, 8> | attention<2, 4, causal, rotary<>> | dense<2>>;
    const network net = drawn_network<network>();
    const std::vector<float> tokens{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};
    std::vector<float> y(tokens.size() * 2);
    stream live{net};
    live.process(tokens, y);
    // Rotations tell distances, so that each window of the sequence gives the same.
    for (std::size_t end = 6; end <= tokens.size(); ++end) {
        const auto expected = net.predict(std::span<const float, 6>(&tokens[end - 6], 6));
        for (std::size_t k = 0; k < 2; ++k)
            BOOST_TEST(std::abs(y[(end - 1) * 2 + k] - expected[10 + k]) < 1e-5f);
    }
    live.reset();
    const std::vector<float> other{3, 11};
    live.process(other, std::span(y).first(4));
    BOOST_TEST((y[1] == y[1] && y[2] != y[2])); // no token, no number
}

// Sequences of more steps than a block and of fewer than the stream is late; values that meet are equally
// late, as terms, as parts and as outputs.
BOOST_AUTO_TEST_CASE(layers_that_look_ahead_are_late) {
    check_law<model<input<90, 1> | dense<8> | residual(conv<8, 4, same> | tanh | conv<8, 3, same>) |
                    branches(identity, conv<5, 7, same, dilation<9>> | tanh, dense<2>) | concat<1> |
                    depthwise_conv<3, same> | gru<2>>,
              2, false, true>();
    using brief = model<input<3, 1> | conv<5, 5, same> | tanh | conv<3, 5, same> | lstm<2>>;
    check_law<brief, 1, true, true>();
    static_assert(stream<brief, 1, true>::latency() == 4);
    const std::string plan = stream<brief, 1, true>::plan();
    BOOST_TEST(plan.find("in blocks of at most 64 steps, 4 steps late\n") != plan.npos);
    BOOST_TEST(plan.find("stage 1: conv<5, 5>, 2 steps late, 2 back and 2 ahead; all steps") != plan.npos);
    BOOST_TEST(plan.find("stage 3: lstm<2>, 4 steps late, a state of") != plan.npos);

    using network = model<input<20, 1> | branches(conv<2, 3, same>, dense<1>)>;
    const network net = drawn_network<network>();
    const auto x = draw<float>(20, 1);
    std::vector<float> a(40), b(20), c(40), d(20);
    net.predict_batch({x.data()}, {a.data(), b.data()}, 1);
    stream live{net, latency};
    live.process({x.data()}, {c.data(), d.data()}, 20);
    check_equal(std::vector<float>(c.begin() + 2, c.end()), std::vector<float>(a.begin(), a.end() - 2));
    check_equal(std::vector<float>(d.begin() + 1, d.end()), std::vector<float>(b.begin(), b.end() - 1));
}

BOOST_AUTO_TEST_CASE(streams_side_by_side_are_apart) {
    check_law<model<input<150, 1> | wave | lstm<5> | dense<2>>, 3, false>();
}

// Registers of streams, where few units would leave them empty.
BOOST_AUTO_TEST_CASE(streams_in_lanes_are_those_of_their_own) {
    using network = model<input<30, 3> | lstm<2> | gru<2> | simple_rnn<2, no_bias> | tanh>;
    check_law<network, 16, false>();
    const std::string plan = stream<network, 16>::plan();
    BOOST_TEST(plan.find("h U and gates step by step; each stream has a lane\n") != plan.npos);
}

BOOST_AUTO_TEST_CASE(last_steps_are_those_of_what_was_heard) {
    using network = model<input<40, 2> | conv<4, 3, causal> | gru<6, last_step> | dense<2>>;
    const network net = drawn_network<network>();
    const auto x = draw<float>(network::input_size, 1);
    stream live{net};
    std::vector<float> y(40 * 2);
    live.process(x, y);
    const auto expected = net.predict(std::span<const float, network::input_size>(x));
    check_equal(std::vector<float>(y.end() - 2, y.end()),
                std::vector<float>(expected.begin(), expected.end()));
}

namespace {
using mono = model<input<100, 1> | conv<3, 3, causal, dilation<8>> | tanh | gru<3> | dense<1>>;
}

BOOST_AUTO_TEST_CASE(one_step_a_call_priming_and_reset) {
    const mono net = drawn_network<mono>();
    const auto x = draw<float>(100, 1);
    stream live{net};
    static_assert(noexcept(live(0.0f))&& noexcept(live.reset())&& noexcept(live.prime(x)));
    std::vector<float> expected(100);
    net.predict_batch(x.data(), expected.data(), 1);
    for (std::size_t step = 0; step < 100; ++step)
        check_equal<true, float>({live(x[step])}, {expected[step]});
    live.reset();
    check_equal<true, float>({live(x[0])}, {expected[0]});
    live.reset();
    live.prime(std::span(x).first(77));
    check_equal<true, float>({live(x[77])}, {expected[77]});
    // A block may be changed in place.
    live.reset();
    auto block = x;
    live.process(block, block);
    check_equal(block, expected);
}

BOOST_AUTO_TEST_CASE(a_stream_goes_on_for_ever) {
    // Long behind the end of the sequences that it was trained on, it sees as far back as its layers do.
    using feed_forward = model<input<60, 1> | conv<3, 3, causal, dilation<8>> | tanh | dense<1>>;
    const feed_forward past = drawn_network<feed_forward>();
    const auto x = draw<float>(5000, 1);
    stream live{past};
    std::vector<float> y(5000);
    live.process(x, y);
    std::vector<float> expected(60);
    past.predict_batch(x.data() + 4940, expected.data(), 1);
    check_equal(std::vector<float>(y.begin() + 4940 + 16, y.end()),
                std::vector<float>(expected.begin() + 16, expected.end()));
}

BOOST_AUTO_TEST_CASE(several_inputs_and_outputs) {
    using network = model<inputs(input<50, 1>, input<50, 2>) | branches(conv<4, 3, causal> | tanh, dense<4>) |
                          add | branches(dense<1>, conv<2, 2, causal>)>;
    const network net = drawn_network<network>();
    const auto a = draw<float>(50, 1);
    const auto b = draw<float>(100, 2);
    std::vector<float> c(50), d(100), e(50), f(100);
    net.predict_batch({a.data(), b.data()}, {c.data(), d.data()}, 1);
    stream live{net};
    live.process({a.data(), b.data()}, {e.data(), f.data()}, 33);
    live.process({a.data() + 33, b.data() + 66}, {e.data() + 33, f.data() + 66}, 17);
    check_equal(e, c);
    check_equal<false>(f, d);
}

BOOST_AUTO_TEST_CASE(the_network_may_learn_meanwhile) {
    mono net = drawn_network<mono>();
    stream live{net};
    const float first = live(1.0f);
    auto weights = net.weights();
    for (float& weight : weights)
        weight *= 2;
    net.set_weights(weights);
    live.reset();
    BOOST_TEST(live(1.0f) != first);
}

// Without a state all that depends on weights is that of the next step; states stay as they are.
BOOST_AUTO_TEST_CASE(scales_are_refreshed) {
    using network = model<input<4, 3> | dense<5> | batch_norm<> | tanh | lstm<2>>;
    network net = drawn_network<network>();
    stream live{net};
    stream other{net};
    const auto x = draw<float>(network::input_size, 1);
    std::vector<float> y(network::output_size);
    live.process(std::span(x).first(6), y);
    other.process(std::span(x).first(6), y);
    // The average, the variance, gamma and beta of the normalization are of the third to sixth array.
    auto weights = net.weights();
    for (std::size_t i = 20; i < 40; ++i)
        weights[i] *= 3;
    net.set_weights(weights);
    live.refresh();
    live.process(std::span(x).last(6), y);
    const std::vector<float> found(y.begin(), y.begin() + 4);

    // The same by hand: the LSTM's weights have not changed, nor has what it heard of the first two steps.
    const model<input<4, 3> | dense<5> | batch_norm<> | tanh> below = [&] {
        model<input<4, 3> | dense<5> | batch_norm<> | tanh> part;
        part.set_weights(std::span(weights).first(40));
        return part;
    }();
    const auto values = below.predict(std::span<const float, 12>(x));
    const auto first_values = [&] {
        model<input<4, 3> | dense<5> | batch_norm<> | tanh> part;
        const auto drawn = drawn_network<network>().weights();
        part.set_weights(std::span(drawn).first(40));
        return part.predict(std::span<const float, 12>(x));
    }();
    model<input<4, 5> | lstm<2>> above;
    above.set_weights(std::span(weights).subspan(40));
    std::vector<float> heard(first_values.begin(), first_values.begin() + 10);
    heard.insert(heard.end(), values.begin() + 10, values.end());
    const auto expected = above.predict(std::span<const float, 20>(heard));
    check_equal(found, std::vector<float>(expected.begin() + 4, expected.end()));
    // Without `refresh` the old scales are there still.
    other.process(std::span(x).last(6), y);
    BOOST_TEST(std::abs(y[0] - found[0]) > 1e-4f);
}

BOOST_AUTO_TEST_CASE(the_plan_says_what_is_kept) {
    const std::string plan = stream<mono>::plan();
    BOOST_TEST_MESSAGE(plan);
    BOOST_TEST(
        plan.find("stage 1: conv<3, 3>, 16 steps back; all steps of a block at once; the last 16 steps moved "
                  "behind each block: 64 bytes\n") != plan.npos);
    BOOST_TEST(plan.find("stage 2: gru<3>, a state of 16 bytes; x W of all steps, then h U and gates step by "
                         "step\n") != plan.npos);
    BOOST_TEST(plan.find("stage 3: dense<1>, each step alone; all steps of a block at once\n") != plan.npos);
    const std::string far = stream<model<input<100, 1> | conv<3, 3, causal, dilation<20>>>>::plan();
    BOOST_TEST(far.find("a ring of 104 steps, each stored twice: 832 bytes\n") != far.npos);
}

// A part that is read before it is joined, as in DenseNets, would have to wait for itself in the buffer of
// what it is joined to.
BOOST_AUTO_TEST_CASE(late_parts_that_others_read) {
    using network = model<input<32, 2> | dense<4> |
                          repeat<2>(branches(identity, batch_norm<> | relu | conv<3, 3, same>) | concat<>)>;
    const network net = drawn_network<network>();
    const auto x = draw<float>(network::input_size, 1);
    std::vector<float> expected(network::output_size);
    net.predict_batch(x.data(), expected.data(), 1);
    stream live{net, latency};
    const std::size_t late = live.latency();
    BOOST_TEST(late == 2u);
    std::vector<float> found((32 + late) * 10);
    live.process(x.data(), found.data(), 32);
    live.finish(std::span<float>(found).last(late * 10));
    check_equal<false>(
        std::vector<float>(found.begin() + static_cast<std::ptrdiff_t>(late * 10), found.end()), expected);
    // A sequence ends in as many calls as its reader likes.
    live.reset();
    std::vector<float> parts(found.size());
    live.process(x.data(), parts.data(), 32);
    for (std::size_t step = 32; step < 32 + late; ++step)
        live.finish(std::span<float>(parts).subspan(step * 10, 10));
    BOOST_TEST(parts == found, boost::test_tools::per_element());
    live.finish(std::span<float>(parts).first(10));
    BOOST_TEST(parts == found, boost::test_tools::per_element());
}

static_assert(has_stream<std::remove_const_t<decltype(input<10, 3> | reduce_mean<-1>)>>);
static_assert(!has_stream<std::remove_const_t<decltype(input<10, 3> | reduce_mean<-1> | dense<4>)>>);
static_assert(!has_stream<std::remove_const_t<decltype(input<10, 3> | reduce_sum<-1> | softmax)>>);
static_assert(!has_stream<std::remove_const_t<decltype(input<10, 3> | reduce_sum<-1> | rms_norm<>)>>);
static_assert(
    !has_stream<std::remove_const_t<
        decltype(input<10, 3> | branches(identity, gru<4, last_step> | repeat_vector<10>) | concat<>)>>);
static_assert(
    has_stream<std::remove_const_t<decltype(input<10, 3> | branches(identity, gru<4>) | concat<>)>>);
