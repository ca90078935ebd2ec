// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/strata.hpp>
#include <strata/training/gradients.hpp>

#include "../../examples/networks/resnet50.hpp"
#include "../data/allocation_watch.hpp"

#include <boost/test/unit_test.hpp>

using namespace strata::bedrock;

namespace {
using small = model<input<8> | dense<16> | relu | dropout<0.2> | dense<3> | softmax>;
using convolutional =
    model<input<12, 12, 3> | random_flip<> | conv<16, 3, same> | batch_norm<> | relu |
          residual(conv<16, 3, same>) | max_pool<2> | dropout<0.2> | flatten | dense<3> | softmax>;
using large = model<input<20000> | dense<4> | relu | dense<20000>>;

template <class Network>
std::size_t allocations_of_prediction() {
    const Network net;
    static std::array<float, Network::input_size> x{};
    static std::array<float, Network::output_size> y{};
    static_assert(noexcept(net.predict(x, y)));
    net.predict(x, y); // the first may make room
    const std::size_t start = allocations;
    for (int i = 0; i < 10; ++i)
        net.predict(x, y);
    return allocations - start;
}

template <class Network, class Optimizer = adam>
std::size_t allocations_of_fit(std::size_t samples, std::size_t threads, const Optimizer& optimizer = {}) {
    Network net;
    trainer teach{net, sparse_categorical_crossentropy, optimizer, accuracy};
    const std::vector<float> x(samples * Network::input_size, 0.5f);
    const std::vector<float> y(samples, 1.0f);
    const std::size_t start = allocations;
    teach.fit(x, y, {.batch_size = 4, .epochs = 2, .verbose = verbosity::silent, .threads = threads});
    return allocations - start;
}

template <auto Network>
using pass_of = training_pass<typename model<Network>::topology, float,
                              std::remove_const_t<decltype(mean_squared_error)>>;

// When a step needs what, in phases: forward first, a phase for each stage, then backward, with a meeting of
// the threads behind all derivatives that a stage carries on, but none behind its update.
template <auto Network>
struct lives {
    using pass = pass_of<Network>;
    static constexpr const auto& all = lifetimes_of<pass>;
    static constexpr bool value(std::size_t stage, std::size_t first, std::size_t last) {
        const lifetime& found = all.values[pass::wires::place(stage).buffer];
        return found.first == first && found.last == last;
    }
    static constexpr bool derivative(std::size_t stage, std::size_t first, std::size_t last) {
        return all.derivatives[stage].first == first && all.derivatives[stage].last == last;
    }
};
using chained = lives<input<8> | dense<4> | relu | dense<3>>;
static_assert(chained::value(0, 0, 3) && chained::value(1, 1, 1) && chained::all.phases == 4);
static_assert(chained::derivative(1, 1, 3) && chained::derivative(0, 2, 3));
// Nobody needs what a residual block adds, once it is added.
using added = lives<input<8> | dense<8> | residual(dense<8>) | dense<3>>;
static_assert(added::value(0, 0, 7) && added::value(1, 1, 2) && added::value(2, 2, 5));
static_assert(added::derivative(3, 3, 5) && added::derivative(2, 4, 5) && added::derivative(1, 5, 7) &&
              added::derivative(0, 5, 7));
// The derivative by a value that several stages read lives from the last of them to the first.
using joined = lives<input<8> | dense<8> | branches(dense<4>, dense<4>) | concat<> | dense<3>>;
static_assert(joined::value(0, 0, 9) && joined::value(1, 1, 3) && joined::value(2, 2, 3));
static_assert(joined::derivative(3, 5, 6) && joined::derivative(2, 6, 8) && joined::derivative(1, 6, 9) &&
              joined::derivative(0, 7, 9));
// A tail that needs its input keeps it until its derivative has gone through.
using kept = lives<input<8> | dense<4> | gelu | dense<3>>;
static_assert(kept::all.kept[0].first == 0 && kept::all.kept[0].last == 2 && kept::value(0, 0, 3));
// Dropouts choose in the phase before their stage's. Only a slope that is not zero where relu's is asks
// again.
using dropped = lives<input<8> | dense<4> | dense<6> | leaky_relu<0.1> | dropout<0.2> | dense<3> | relu |
                      dropout<0.1> | dense<2>>;
static_assert(dropped::all.choices[0].first == lifetime::never);
static_assert(dropped::all.choices[1].first == 0 && dropped::all.choices[1].last == 5);
static_assert(dropped::all.choices[2].first == 1 && dropped::all.choices[2].last == 2);

/// The memory of a step: no two blocks that are needed together overlap, none ends behind the end, and the
/// whole is hardly larger than what is needed in one phase at most. Returns how many blocks have places that
/// others have, too.
template <class Pass>
std::size_t check_places(std::size_t samples) {
    using layout = training_layout<Pass>;
    std::array<memory_block, layout::block_count> blocks{};
    layout::describe(samples, blocks);
    const std::size_t size = place_blocks(blocks);
    BOOST_TEST(size == layout(samples).size());
    std::size_t shared = 0;
    for (const memory_block& each : blocks) {
        BOOST_TEST(each.begin + each.size <= size);
        bool is_shared = false;
        for (const memory_block& other : blocks) {
            const bool overlap =
                each.begin < other.begin + other.size && other.begin < each.begin + each.size;
            if (&each != &other && each.size > 0 && other.size > 0 && overlap) {
                BOOST_TEST(!each.life.meets(other.life));
                is_shared = true;
            }
        }
        shared += is_shared;
    }
    std::size_t most = 0;
    for (std::size_t phase = 0; phase < lifetimes_of<Pass>.phases; ++phase) {
        std::size_t needed = 0;
        for (const memory_block& each : blocks)
            needed += each.life.meets({phase, phase}) ? each.size : 0;
        most = std::max(most, needed);
    }
    BOOST_TEST(size >= most);
    BOOST_TEST(size <= most + most / 20);
    typename Pass::workspace space(samples, 3, default_piece);
    BOOST_TEST(space.bytes() == Pass::workspace::bytes_of(samples, 3, default_piece));
    return shared;
}
} // namespace

BOOST_AUTO_TEST_CASE(what_lives_together_lies_apart) {
    constexpr auto block = conv<8, 3, same> | batch_norm<> | relu;
    constexpr auto chain = input<8> | repeat<9>(dense<16> | gelu) | dense<3> | softmax;
    constexpr auto beside = input<12, 12, 3> | block | branches(block, max_pool<3, stride<1>, same>) |
                            concat<> | block | flatten | dense<3>;
    constexpr auto residuals = input<12, 12, 8> | residual(block | conv<8, 3, same>) | relu |
                               residual(block) | residual(block) | global_average_pool | dense<3>;
    constexpr auto masked =
        input<6, 3> | masking<> | dense<4> | residual(attention<2, 2>) | gru<5> | dense<2>;
    constexpr auto shared = shared_weights<"part">(dense<6> | strata::tanh);
    constexpr auto twins =
        inputs(input<6>, input<6>) | branches(shared, shared | dense<6> | gelu) | multiply | dense<4>;
    check_places<pass_of<input<8> | dense<3>>>(1);
    BOOST_TEST(check_places<pass_of<chain>>(5) > 0);
    BOOST_TEST(check_places<pass_of<beside>>(3) > 0);
    BOOST_TEST(check_places<pass_of<residuals>>(7) > 0);
    BOOST_TEST(check_places<pass_of<masked>>(4) > 0);
    BOOST_TEST(check_places<pass_of<twins>>(2) > 0);
    BOOST_TEST(check_places<pass_of<networks::resnet50>>(2) > 100);
}

BOOST_AUTO_TEST_CASE(a_plan_shows_the_memory_of_a_step) {
    small net;
    const trainer teach{net, sparse_categorical_crossentropy, adam{}};
    using pass =
        training_pass<small::topology, float, std::remove_const_t<decltype(sparse_categorical_crossentropy)>>;
    const pass::workspace one(16, 1, default_piece);
    const pass::workspace two(16, 2, default_piece);
    BOOST_TEST(teach.plan(16).find(
                   internal::concatenate("memory    training by 16 samples: ", detail::grouped(one.bytes()),
                                         " bytes at most, and ", detail::grouped(two.bytes() - one.bytes()),
                                         " for each further thread; weights and the optimizer's numbers: ",
                                         detail::grouped(3 * small::layout::size * 4),
                                         " bytes; one prediction: ")) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_counter_counts) {
    const std::size_t start = allocations;
    ::operator delete(::operator new(100)); // unlike a new-expression, no compiler may leave it out
    const aligned_vector<float> numbers(100);
    BOOST_TEST(allocations - start == 2);
}

BOOST_AUTO_TEST_CASE(a_prediction_of_one_sample_allocates_nothing) {
    BOOST_TEST(allocations_of_prediction<small>() == 0);
    BOOST_TEST(allocations_of_prediction<large>() == 0);
    BOOST_TEST(allocations_of_prediction<convolutional>() == 0);
}

BOOST_AUTO_TEST_CASE(a_step_by_one_sample_allocates_nothing_behind_the_first) {
    using decision = model<input<4> | dense<8> | strata::tanh | dense<2> | softmax>;
    decision net;
    trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
    const std::array<float, 4> x{0.1f, 0.2f, 0.3f, 0.4f};
    const std::array<int, 1> y{1};
    teach.train_on_batch(x, y);
    const std::size_t start = allocations;
    double loss = 0;
    for (int i = 0; i < 10; ++i)
        loss = teach.train_on_batch(x, y).loss();
    BOOST_TEST(allocations == start);
    BOOST_TEST(loss > 0);
}

BOOST_AUTO_TEST_CASE(a_stream_allocates_nothing_behind_its_construction) {
    using network = model<input<100, 1> | conv<4, 3, causal, dilation<8>> | batch_norm<> | strata::tanh |
                          depthwise_conv<2, causal> | attention<1, 2, causal, rotary<>> | lstm<3> | dense<1>>;
    const network net;
    stream live{net};
    auto several = streams<3>(net);
    std::vector<float> block(600);
    const std::size_t start = allocations;
    live.prime(block);
    live.process(block, block);
    static_cast<void>(live(0.5f));
    live.refresh();
    live.reset();
    several.process(block, block);
    several.refresh();
    BOOST_TEST(allocations == start);

    const model<input<100, 1> | conv<2, 3, same>> ahead;
    stream late{ahead, latency};
    const std::size_t begin = allocations;
    late.process(std::span(block).first(100), std::span(block).last(200));
    late.finish(block);
    BOOST_TEST(allocations == begin);
}

BOOST_AUTO_TEST_CASE(a_step_of_training_allocates_nothing) {
    // More steps, as many allocations.
    BOOST_TEST(allocations_of_fit<small>(40, 1) == allocations_of_fit<small>(120, 1));
    allocations_of_fit<small>(40, 2); // starts OpenMP's threads
    BOOST_TEST(allocations_of_fit<small>(40, 2) == allocations_of_fit<small>(120, 2));
    BOOST_TEST(allocations_of_fit<convolutional>(8, 1) == allocations_of_fit<convolutional>(16, 1));
    BOOST_TEST(allocations_of_fit<convolutional>(8, 2) == allocations_of_fit<convolutional>(16, 2));
}

BOOST_AUTO_TEST_CASE(a_step_that_stores_gradients_allocates_nothing) {
    const auto grouped = accumulate<2>(clip_global_norm(lamb{}, 1));
    BOOST_TEST(allocations_of_fit<small>(40, 1, grouped) == allocations_of_fit<small>(120, 1, grouped));
    BOOST_TEST(allocations_of_fit<small>(40, 2, grouped) == allocations_of_fit<small>(120, 2, grouped));

    small net;
    updater learn{net, grouped};
    network_gradients g(net, sparse_categorical_crossentropy);
    const std::vector<float> x(8 * small::input_size, 0.5f);
    const std::vector<float> y(8, 1.0f);
    g.compute(x, y, {.threads = 1}); // makes room
    const std::size_t start = allocations;
    learn.apply(g);
    learn.apply(g);
    BOOST_TEST(allocations - start == 0);
}
