// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The three networks of the textbook on two kinds of processors: `write FILE` trains them and writes down
// their weights, inputs and predictions, `check FILE` predicts the same from the same weights, to 1e-6.
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include "../larger_error.hpp"
#ifndef STRATA_TESTS_NO_FILES
#    include <strata/strata.hpp>
#endif

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

using namespace strata;

namespace {

using gate = model<input<2> | dense<2> | sigmoid | dense<1> | sigmoid>;
using classifier = model<input<28, 28> | flatten | dense<512> | relu | dropout<0.2> | dense<10> | softmax>;

std::FILE* file = nullptr;
double worst = 0;

[[noreturn]] void stop(const char* what) {
    std::puts(what);
    std::exit(1);
}

std::vector<float> read() {
    std::size_t count = 0;
    if (std::fread(&count, sizeof count, 1, file) != 1)
        stop("the file ends too early");
    std::vector<float> numbers(count);
    if (std::fread(numbers.data(), sizeof(float), count, file) != count)
        stop("the file ends too early");
    return numbers;
}

/// All at once, and sample by sample.
template <class Network>
std::vector<float> predictions(const Network& net, const std::vector<float>& x) {
    const std::size_t samples = x.size() / Network::input_size;
    std::vector<float> y(samples * Network::output_size);
    net.predict_batch(x.data(), y.data(), samples);
    for (std::size_t i = 0; i < samples; ++i) {
        const auto one = net.predict(
            std::span<const float, Network::input_size>(&x[i * Network::input_size], Network::input_size));
        if (std::memcmp(one.data(), &y[i * Network::output_size], sizeof one) != 0)
            stop("a sample alone is predicted otherwise than among others");
    }
    return y;
}

#ifndef STRATA_TESTS_NO_FILES
void write(const std::vector<float>& numbers) {
    const std::size_t count = numbers.size();
    if (std::fwrite(&count, sizeof count, 1, file) != 1 ||
        std::fwrite(numbers.data(), sizeof(float), count, file) != count)
        stop("the file cannot be written");
}

template <class Network>
void write_network(const Network& net, const std::vector<float>& x) {
    write(net.weights());
    write(x);
    write(predictions(net, x));
}

void train_gate(const std::vector<float>& y) {
    const std::vector<float> x{0, 0, 0, 1, 1, 0, 1, 1};
    gate net{seed{7}};
    trainer teach{net, mean_squared_error, sgd{0.1}};
    teach.fit(x, y, {.batch_size = 1, .epochs = 10000, .verbose = verbosity::silent});
    write_network(net, x);
}

void train_classifier() {
    const auto [train, test] = datasets::fashion_mnist();
    classifier net{seed{7}};
    trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
    teach.fit(train.x, train.y, {.batch_size = 32, .epochs = 1, .verbose = verbosity::silent});
    const double reached = teach.evaluate(test.x, test.y, {.verbose = verbosity::silent})["accuracy"];
    if (reached < 0.8)
        stop("the classifier has not learnt");
    const auto images = test.x.rows(0, 200).to_float();
    write_network(net, {images.begin(), images.end()});
}
#endif

template <class Network>
void check_network() {
    Network net;
    net.set_weights(read());
    const auto x = read();
    const auto expected = read();
    const auto found = predictions(net, x);
    if (found.size() != expected.size() || found.empty())
        stop("another number of predictions");
    for (std::size_t i = 0; i < found.size(); ++i)
        worst = larger_error(worst, static_cast<double>(std::abs(found[i] - expected[i])));
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3)
        stop("write FILE or check FILE");
    const bool writes = std::string(arguments[1]) == "write";
    file = std::fopen(arguments[2], writes ? "wb" : "rb");
    if (file == nullptr)
        stop("the file cannot be opened");
    if (writes) {
#ifndef STRATA_TESTS_NO_FILES
        train_gate({0, 1, 1, 0}); // exclusive or
        train_gate({0, 1, 1, 1});
        train_classifier();
#else
        stop("this program reads no data sets");
#endif
    } else {
        check_network<gate>();
        check_network<gate>();
        check_network<classifier>();
        std::printf("predictions differ by %g at most\n", worst);
    }
    std::fclose(file);
    return worst <= 1e-6 ? 0 : 1;
}
