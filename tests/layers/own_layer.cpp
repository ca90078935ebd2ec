// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "own_layer/gated.hpp"
#include "own_layer/gated_kernels.hpp"

#include "../data/temporary_directory.hpp"
#include "../model/gradient_check.hpp"

#include <strata/strata.hpp>

#include <cmath>
#include <string>
#include <vector>

// A layer with three matrices, one of which rests in rows of its own, and a statistic, in two headers of its
// own: nothing of the library names it, and everything works that works with the library's layers.

using namespace gradient_check;
using own::gated;

namespace {
constexpr auto chain = input<6> | gated<5, l2<0.1>> | strata::tanh | named<"end">(gated<3>);
using network = model<chain>;

fit_options quietly(std::size_t epochs, std::size_t threads = 1) {
    fit_options options;
    options.batch_size = 8;
    options.epochs = epochs;
    options.verbose = verbosity::silent;
    options.threads = threads;
    return options;
}

struct data {
    xt::xtensor<float, 2> x = xt::xtensor<float, 2>(std::array<std::size_t, 2>{40, 6});
    xt::xtensor<float, 2> y = xt::xtensor<float, 2>(std::array<std::size_t, 2>{40, 3});

    data() {
        random_sequence random(seed{1}, draw_purpose::split);
        for (float& each : x)
            each = static_cast<float>(2 * random.uniform() - 1);
        for (std::size_t i = 0; i < 40; ++i)
            for (std::size_t k = 0; k < 3; ++k)
                y(i, k) = x(i, k) * std::abs(x(i, k + 3));
    }
};

template <class Network>
double loss_of(Network& net, const data& all) {
    trainer teach{net, mean_squared_error, adam{}};
    return teach.evaluate(all.x, all.y, {.verbose = verbosity::silent}).loss();
}
} // namespace

BOOST_AUTO_TEST_CASE(its_gradients_are_right) {
    check_all<input<5> | gated<7>, weighted_sum>();
    check_all<input<4> | gated<1> | strata::tanh | dense<3> | gated<17>, weighted_sum>();
    check_all<input<3, 4> | gated<5> | dropout<0.3> | flatten | dense<2>, weighted_sum>();
    check_all<input<5> | branches(gated<3>, gated<3> | relu) | add, weighted_sum>();
    check_all<input<6> | residual(gated<6> | softmax) | gated<2>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(it_computes_its_formula) {
    const network net{seed{4}};
    const auto gate = net.parameter<"gated.gate_kernel">().array();
    const auto kernel = net.parameter<"gated.kernel">().array();
    const auto skip = net.parameter<"gated.skip_kernel">().array();
    model<input<6> | gated<5>> one;
    const auto weights = net.weights();
    one.set_weights(std::span(weights).first(95));
    const std::array<float, 6> x{0.5f, -1, 2, 0.25f, -0.75f, 1};
    const auto y = one.predict(std::span<const float, 6>(x));
    for (std::size_t unit = 0; unit < 5; ++unit) {
        double sums[3] = {};
        for (std::size_t k = 0; k < 6; ++k) {
            sums[0] += static_cast<double>(x[k] * gate(k, unit));
            sums[1] += static_cast<double>(x[k] * kernel(k, unit));
            sums[2] += static_cast<double>(x[k] * skip(k, unit));
        }
        const double expected = sums[1] / (1 + std::exp(-sums[0])) + sums[2];
        BOOST_TEST(std::abs(static_cast<double>(y[unit]) - expected) < 1e-5);
    }
}

BOOST_AUTO_TEST_CASE(its_arrays_are_counted_named_and_shown) {
    static_assert(network::parameter_count == 3 * 6 * 5 + 3 * 5 * 3);
    static_assert(network::weight_count == network::parameter_count + 5 + 3);
    static_assert(parameter_count(chain) == network::parameter_count);
    static_assert(network::flops_per_sample == 2 * network::parameter_count);
    network net;
    std::string names;
    for (const auto& each : net.parameters())
        names += each.name() + (each.is_learnt() ? " " : "! ");
    BOOST_TEST(names ==
               "gated.gate_kernel gated.kernel gated.skip_kernel gated.openness! end.gated.gate_kernel "
               "end.gated.kernel end.gated.skip_kernel end.gated.openness! ");
    const auto summary = network::summary();
    BOOST_TEST(summary.find("gated<5>                    5                     90          gated.gate_kernel "
                            ".kernel .skip_kernel .openness\n") != std::string::npos);
    BOOST_TEST(summary.find("total                                             135\n") != std::string::npos);
    BOOST_TEST(network::plan().find("stage 1: gated<5>, 6 -> 5\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(its_first_numbers_are_drawn) {
    network net{seed{9}};
    const network twin{seed{9}};
    BOOST_TEST((net.weights() == twin.weights()));
    const auto limit = static_cast<float>(std::sqrt(6.0 / (6 + 5)));
    for (const auto& values :
         {net.parameter<"gated.gate_kernel">().values(), net.parameter<"gated.kernel">().values(),
          net.parameter<"gated.skip_kernel">().values()}) {
        const auto [least, most] = std::minmax_element(values.begin(), values.end());
        BOOST_TEST((*least >= -limit && *least < -limit / 2 && *most > limit / 2 && *most < limit));
    }
    BOOST_TEST((net.parameter<"gated.gate_kernel">().values() != net.parameter<"gated.kernel">().values()));
    BOOST_TEST((net.parameter<"gated.openness">().values() == std::vector<float>(5, 0.5f)));
}

BOOST_AUTO_TEST_CASE(its_penalty_is_in_the_loss) {
    const data all;
    network net{seed{2}};
    model<input<6> | gated<5> | strata::tanh | named<"end">(gated<3>)> free;
    free.set_weights(net.weights());
    double squares = 0;
    for (const float each : net.parameter<"gated.kernel">().values())
        squares += static_cast<double>(each) * static_cast<double>(each);
    BOOST_TEST(std::abs(loss_of(net, all) - loss_of(free, all) - 0.1 * squares) < 1e-5);
}

BOOST_AUTO_TEST_CASE(it_learns_and_observes_on_any_number_of_threads) {
    const data all;
    network net{seed{2}};
    const double first_loss = loss_of(net, all);
    trainer teach{net, mean_squared_error, adam{.learning_rate = 0.01}};
    teach.fit(all.x, all.y, quietly(60));
    BOOST_TEST(loss_of(net, all) < first_loss / 2);
    BOOST_TEST((net.parameter<"gated.openness">().values() != std::vector<float>(5, 0.5f)));

    network other{seed{2}};
    trainer twice{other, mean_squared_error, adam{.learning_rate = 0.01}};
    twice.fit(all.x, all.y, quietly(60, 2));
    BOOST_TEST((net.weights() == other.weights()));

    // One step of one batch: a quarter of the average is what was seen.
    model<input<1> | gated<1>> small;
    small.parameter<"gated.gate_kernel">().set(std::vector<float>{2});
    trainer observer{small, mean_squared_error, sgd{.learning_rate = 0}};
    const xt::xtensor<float, 2> x{{1.f}, {-0.5f}};
    observer.fit(x, x, quietly(1));
    const double seen = (1 / (1 + std::exp(-2.0)) + 1 / (1 + std::exp(1.0))) / 2;
    BOOST_TEST(std::abs(static_cast<double>(small.parameter<"gated.openness">()(0)) -
                        (0.75 * 0.5 + 0.25 * seen)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(it_goes_through_a_checkpoint) {
    const temporary_directory directory;
    const data all;
    network net{seed{2}};
    trainer teach{net, mean_squared_error, adam{}};
    teach.fit(all.x, all.y, quietly(3));
    teach.save(directory / "gated");
    network resumed{seed{2}}; // which also decides the order of the samples
    trainer resumed_trainer{resumed, mean_squared_error, adam{}};
    resumed_trainer.load(directory / "gated");
    BOOST_TEST((resumed.weights() == net.weights()));
    teach.fit(all.x, all.y, quietly(2));
    resumed_trainer.fit(all.x, all.y, quietly(2));
    BOOST_TEST((resumed.weights() == net.weights()));
}

BOOST_AUTO_TEST_CASE(it_can_be_frozen) {
    const data all;
    model<input<6> | frozen_weights(gated<5>) | gated<3>> net{seed{2}};
    const auto first = net.weights();
    trainer teach{net, mean_squared_error, adam{}};
    teach.fit(all.x, all.y, quietly(2));
    const auto last = net.weights();
    BOOST_TEST(std::equal(first.begin(), first.begin() + 95, last.begin()));
    BOOST_TEST((net.parameter<"gated_1.kernel">().values() !=
                std::vector<float>(first.begin() + 95 + 15, first.begin() + 95 + 30)));
}
