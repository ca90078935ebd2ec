// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Prints every bit of what networks predict and learn, to be compared between processors.
#include <strata/layers/layers.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/model/arrays.hpp>
#include <strata/training/trainer.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

using namespace strata;

namespace {
template <class T>
void print(const char* name, std::span<const T> numbers) {
    std::uint64_t sum = 0;
    for (const std::byte each : std::as_bytes(numbers))
        sum = (sum ^ std::to_integer<std::uint64_t>(each)) * 0x100000001b3u;
    std::printf("  %s: %.9g to %.9g, all %zu: %016llx\n", name, static_cast<double>(numbers.front()),
                static_cast<double>(numbers.back()), numbers.size(), static_cast<unsigned long long>(sum));
}

std::vector<float> numbers(std::size_t count, std::size_t key) {
    std::vector<float> result(count);
    for (std::size_t i = 0; i < count; ++i)
        result[i] = static_cast<float>((i + key) * 7919 % 1009) / 1008;
    return result;
}

template <class Network, class Loss, class Optimizer>
void run(const char* name, Loss loss, Optimizer optimizer, std::size_t samples,
         const std::vector<float>& targets) {
    using T = typename Network::value_type;
    std::puts(name);
    Network net{seed{7}};
    const std::vector<float> x = numbers(samples * Network::input_size, 1);
    const auto drawn = net.predict(x);
    print<T>("predicts", drawn.storage());
    trainer teach{net, loss, optimizer, accuracy};
    const auto seen = teach.fit(x, targets, {.batch_size = 16, .epochs = 3});
    print<double>("loses", seen["loss"]);
    print<T>("weighs", net.weights());
    print<unsigned char>("remembers", teach.snapshot().bytes);
    const auto taught = net.predict(x);
    print<T>("predicts", taught.storage());
}

std::vector<float> classes(std::size_t count) {
    std::vector<float> result(count);
    for (std::size_t i = 0; i < count; ++i)
        result[i] = static_cast<float>(i % 10);
    return result;
}
} // namespace

int main() {
    run<model<input<28, 28> | flatten | dense<64> | relu | dropout<0.2> | dense<10> | softmax>>(
        "dense layers", sparse_categorical_crossentropy, adam{}, 200, classes(200));
    run<model<input<12, 12, 2> | conv<8, 3> | batch_norm<> | silu | max_pool<2> | conv<12, 3, same> | tanh |
              flatten | dense<10> | softmax>>("convolutions", sparse_categorical_crossentropy, sgd_momentum{},
                                              100, classes(100));
    run<model<input<5> | dense<8> | gelu | dense<3>, double>>("doubles", mean_squared_error, rmsprop{}, 30,
                                                              numbers(90, 2));
}
