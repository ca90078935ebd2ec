// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/strata.hpp>
#include <strata/training/gradients.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::size_t> allocations = 0;
}

// Counting replacements. Not inlined, or g++ 12 compares a visible malloc with a delete that it has not
// inlined.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size))
        return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
    ++allocations;
    const auto line = static_cast<std::size_t>(alignment);
    if (void* memory = std::aligned_alloc(line, (size + line - 1) / line * line))
        return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }

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
} // namespace

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
