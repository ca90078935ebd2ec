// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A program that says `using namespace strata` keeps its own names: what the library needs for itself is in
// strata::bedrock, whatever ordinary words it is called by. Nor does a compiler warn of parameters in the
// headers that are called as the program's globals.
#include <strata/cluster/kmeans.hpp>
#include <strata/data/npy.hpp>
#include <strata/plot/classes.hpp>
#include <strata/plot/confusion.hpp>
#include <strata/plot/fitted.hpp>
#include <strata/plot/images.hpp>
#include <strata/plot/training.hpp>
#include <strata/regression/regression.hpp>
#include <strata/regression/statistics.hpp>
#include <strata/selection/cross_validate.hpp>
#include <strata/strata.hpp>

#include <string>

using namespace strata;

// Variables, as they stand in the library's own headers.
int accepts = 1, alignment = 1, apply = 1, arithmetic = 1, assignment = 1, augmentation = 1, binding = 1,
    block_size = 1, both = 1, bypass = 1, callback = 1, concatenation = 1, constant = 1, contraction = 1,
    convolution = 1, distribution = 1, engine = 1, environment = 1, factor = 1, fan = 1, feature = 1,
    frozen = 1, images = 1, initializer = 1, input_file = 1, interpolation = 1, keep = 1, keeping = 1,
    label = 1, labels = 1, lapack = 1, layout = 1, literal = 1, merging = 1, multiplier_option = 1, count = 1,
    data = 1, first = 1, height = 1, i = 1, last = 1, measured = 1, name = 1, number = 1, result = 1, row = 1,
    rows = 1, width = 1, column = 1, value = 1, nonzero = 1, objective = 1, observations = 1, operand = 1,
    operation = 1, output_file = 1, parameters = 1, permutation = 1, philox = 1, picked = 1, place = 1,
    pooled = 1, pooling = 1, position = 1, real = 1, regularizer = 1, repeated = 1, resampling = 1, role = 1,
    samples = 1, sample_list = 1, share = 1, shortcut = 1, simd = 1, size = 1, stage = 1, storage = 1,
    stored = 1, tail = 1, target = 1, task = 1, term = 1, tile = 1, value_place = 1, values = 1, weight = 1,
    window_map = 1, wiring = 1, workspace = 1, x = 1, y = 1, w = 1, g = 1, rate = 1, prediction = 1;

// Types.
struct part {
    int value = 1;
};
struct text {
    std::string characters = "a";
};
class window {
public:
    int width = 1;
};
template <class T>
struct node {
    T value{};
    node* next = nullptr;
};
template <class... T>
struct type_list {};
struct layer {
    int number = 1;
};
struct team {
    int members = 1;
};
struct fold {
    int number = 1;
};
struct topology {
    int layers = 1;
};
struct fragment {
    int layers = 1;
};
struct optimizer {
    int rate = 1;
};
enum class target_kind { numbers, classes };
namespace detail {
inline int answer() { return 1; }
} // namespace detail
namespace internal {
inline int answer() { return 1; }
} // namespace internal

// Functions, templates among them, with arguments of their own.
int range(int n) { return n; }
int measure(int n) { return n; }
int contains(int n) { return n; }
int convolve(int n) { return n; }
int contract(int n) { return n; }
int evaluate(int n) { return n; }
int load(int n) { return n; }
int store(int n) { return n; }
int row_count(int n) { return n; }
int share_samples(int n) { return n; }
int step(int n) { return n; }
int substitute(int n) { return n; }
int transpose_weights(int n) { return n; }
template <class T>
T square(T n) {
    return n * n;
}
template <class T>
T derivative(T n) {
    return n;
}
template <class T>
T simplified(T n) {
    return n;
}

namespace {

int variables() {
    return accepts + alignment + apply + arithmetic + assignment + augmentation + binding + block_size +
           both + bypass + callback + concatenation + constant + contraction + convolution + distribution +
           engine + environment + factor + fan + feature + frozen + images + initializer + input_file +
           interpolation + keep + keeping + label + labels + lapack + layout + literal + merging +
           multiplier_option + nonzero + objective + observations + operand + operation + output_file +
           parameters + permutation + philox + picked + place + pooled + pooling + position + real +
           regularizer + repeated + resampling + role + samples + sample_list + share + shortcut + simd +
           size + stage + storage + stored + tail + target + task + term + tile + value_place + values +
           weight + window_map + wiring + workspace + x + y + w + g + rate + prediction + count + data +
           first + height + i + last + measured + name + number + result + row + rows + width + column +
           value;
}

int types() {
    [[maybe_unused]] const type_list<part, text> list;
    const target_kind kind = target_kind::classes;
    return part{}.value + static_cast<int>(text{}.characters.size()) + window{}.width + node<int>{1}.value +
           layer{}.number + team{}.members + fold{}.number + topology{}.layers + fragment{}.layers +
           optimizer{}.rate + static_cast<int>(kind) + detail::answer() + internal::answer();
}

int functions() {
    return range(1) + measure(1) + contains(1) + convolve(1) + contract(1) + evaluate(1) + load(1) +
           store(1) + row_count(1) + share_samples(1) + step(1) + substitute(1) + transpose_weights(1) +
           square(1) + derivative(1) + simplified(1);
}

} // namespace

int main() {
    // The library's names beside them, formulas of functions among them that nothing brings but their
    // arguments.
    constexpr auto swish = named_activation<"swish", symbols::x * sigmoid(symbols::x)>;
    constexpr auto steps = loss<"steps", max(abs(symbols::prediction - symbols::target), 1)>;
    model<input<2> | dense<2, l2<0.1>> | swish | dense<1>> net{seed{7}};
    trainer teach{net, steps, adam{}, accuracy};
    const bool runs =
        teach.evaluate(std::array{0.0f, 1.0f}, std::array{1.0f}, {.verbose = verbosity::silent}).loss() >= 1;
    return runs && variables() == 95 && types() == 13 && functions() == 16 ? 0 : 1;
}
