// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Are these two of one kind? A siamese network looks at both images with one encoder and learns to bring
// pictures of one kind close together (Hadsell, Chopra and LeCun 2006). It learns from seven kinds, and is
// asked about three that it has never seen as well.
#include "command_line.hpp"
#include "text_pictures.hpp"

#include <strata/strata.hpp>

#include <cstdio>
#include <random>

using namespace strata;

// The name makes both sides one set of weights.
constexpr auto encoder = shared_weights<"encoder">(conv<16, 3> | relu | max_pool<2> | conv<32, 3> | relu |
                                                   max_pool<2> | flatten | dropout<0.3> | dense<32>);
constexpr auto distance = named_activation<"distance", 1 - symbols::x>; // of a cosine: 0 to 2
using siamese = model<inputs(input<28, 28, 1>, input<28, 28, 1>) | branches(encoder, encoder) |
                      dot<normalize> | distance>;

/// Pairs of images, every other one of one kind.
class pairs {
public:
    explicit pairs(std::size_t count)
        : left({count, std::size_t{28}, std::size_t{28}, std::size_t{1}}),
          right(left),
          alike(xt::xtensor<float, 1>::from_shape({count})) {}

    template <class Kinds>
    void draw(const labelled_images& set, const Kinds& kinds, std::mt19937& random) {
        for (std::size_t i = 0; i < alike.size(); ++i) {
            const std::size_t first = choose(set, random, [&](std::size_t kind) { return kinds(kind); });
            const auto wanted = static_cast<std::size_t>(set.y(first));
            const std::size_t second = choose(set, random, [&](std::size_t kind) {
                return kinds(kind) && (kind == wanted) == (i % 2 == 0);
            });
            copy(set, first, left, i);
            copy(set, second, right, i);
            alike(i) = i % 2 == 0 ? 1.0f : 0.0f;
        }
    }

    xt::xtensor<float, 4> left, right;
    xt::xtensor<float, 1> alike;

private:
    template <class Fits>
    static std::size_t choose(const labelled_images& set, std::mt19937& random, const Fits& fits) {
        std::uniform_int_distribution<std::size_t> any(0, set.x.shape()[0] - 1);
        std::size_t result = any(random);
        while (!fits(static_cast<std::size_t>(set.y(result))))
            result = any(random);
        return result;
    }
    static void copy(const labelled_images& set, std::size_t source, xt::xtensor<float, 4>& images,
                     std::size_t place) {
        for (std::size_t y = 0; y < 28; ++y)
            for (std::size_t x = 0; x < 28; ++x)
                images(place, y, x, 0) = set.x(source, y, x);
    }
};

bool is_known(std::size_t kind) { return kind > 2; }
bool is_new(std::size_t kind) { return !is_known(kind); }
constexpr float threshold = 0.5f; // half of the margin

/// Asks about 4,000 pairs of the test images.
template <class Kinds>
double accuracy_of(const siamese& net, const labelled_images& set, const Kinds& kinds, std::mt19937& random) {
    pairs asked(4000);
    asked.draw(set, kinds, random);
    const auto found = net.predict(together(asked.left, asked.right));
    std::size_t right_answers = 0;
    for (std::size_t i = 0; i < 4000; ++i)
        right_answers += std::size_t{(found(i, 0) < threshold) == (asked.alike(i) > 0)};
    return static_cast<double>(right_answers) / 4000;
}

void learn(const given_options& options) {
    const std::string directory = options.text("data");
    const auto [train, test] = directory.empty() ? datasets::fashion_mnist() : datasets::mnist(directory);
    const std::size_t steps = options.count("steps");
    std::mt19937 random(static_cast<std::mt19937::result_type>(options.count("seed")));

    siamese net{seed{options.count("seed")}};
    std::puts(net.summary().c_str());
    trainer teach{net, contrastive<1.0>, adam{}};
    pairs examples(options.positive_count("batch"));
    double loss = 0;
    for (std::size_t step = 1; step <= steps; ++step) {
        examples.draw(train, is_known, random);
        loss += teach.train_on_batch(together(examples.left, examples.right), examples.alike).loss();
        constexpr std::size_t report_interval = 100;
        if (step % report_interval == 0 || step == steps) {
            std::printf("step %zu of %zu: loss %.4f\n", step, steps,
                        loss / static_cast<double>((step - 1) % report_interval + 1));
            std::fflush(stdout);
            loss = 0;
        }
    }

    std::printf("right answers about the seven kinds that it knows: %.4f\n",
                accuracy_of(net, test, is_known, random));
    std::printf("about the three that it has never seen: %.4f\n", accuracy_of(net, test, is_new, random));
    pairs shown(4);
    shown.draw(test, is_new, random);
    const auto found = net.predict(together(shown.left, shown.right));
    for (std::size_t i = 0; i < 4; ++i) {
        std::printf("\ndistance %.2f: %s\n", static_cast<double>(found(i, 0)),
                    found(i, 0) < threshold ? "of one kind" : "of two kinds");
        print_images(2, [&](std::size_t picture, std::size_t y, std::size_t x) {
            return (picture == 0 ? shown.left : shown.right)(i, y, x, 0);
        });
    }
}

int main(int count, char** arguments) {
    return run_example(count, arguments,
                       "Learns which pairs of images show one kind of thing, with one encoder for both.",
                       {{"data", "directory with MNIST's four files; if not given, Fashion-MNIST", ""},
                        {"steps", "updates", "600"},
                        {"batch", "pairs that an update learns from", "64"},
                        {"seed", "draws the first weights and the pairs", "7"}},
                       learn);
}
