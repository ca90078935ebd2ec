// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../error_message.hpp"
#include "../larger_error.hpp"
#include <strata/strata.hpp>
#include <strata/training/gradients.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace strata::bedrock;

namespace {
using json = nlohmann::json;
using network = model<input<3> | dense<5, l2<0.02>> | tanh | dense<2>, double>;

/// What stored_updates.py computed.
const json& reference() {
    static const json all = json::parse(std::ifstream(STRATA_TESTS "/training/stored_updates.json"));
    return all;
}
std::vector<double> numbers(const json& list) { return list.get<std::vector<double>>(); }

/// One of the five batches of the reference.
struct batch {
    std::vector<double> x;
    std::vector<double> y;

    explicit batch(std::size_t number) {
        const auto all_x = numbers(reference()["x"]);
        const auto all_y = numbers(reference()["y"]);
        const auto part = [&](const std::vector<double>& all, std::ptrdiff_t size) {
            const auto begin = all.begin() + static_cast<std::ptrdiff_t>(number % 5) * size;
            return std::vector<double>(begin, begin + size);
        };
        x = part(all_x, 12);
        y = part(all_y, 8);
    }
};

network first_network() {
    network net;
    net.set_weights(numbers(reference()["first"]));
    return net;
}

double distance(const std::vector<double>& found, const std::vector<double>& expected) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    double worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double error = std::abs(found[i] - expected[i]);
        worst = error > worst || std::isnan(error) ? error : worst;
    }
    return worst;
}

/// A loop of one's own beside the reference.
template <class Optimizer>
void check(const char* name, Optimizer optimizer, std::size_t steps = 6) {
    network net = first_network();
    updater learn{net, optimizer};
    network_gradients g(net, mean_squared_error);
    for (std::size_t step = 0; step < steps; ++step) {
        const batch data(step);
        g.compute(data.x, data.y);
        learn.apply(g);
    }
    if constexpr (requires { learn.finish(); })
        learn.finish();
    BOOST_TEST_CONTEXT(name)
    BOOST_TEST(distance(net.weights(), numbers(reference()["weights"][name])) <= 1e-13);
}

/// A trainer beside the reference, an epoch for each batch.
template <class Optimizer>
void check_trainer(const char* name, Optimizer optimizer, std::size_t steps = 6) {
    network net = first_network();
    trainer teach{net, mean_squared_error, optimizer};
    for (std::size_t step = 0; step < steps; ++step) {
        const batch data(step);
        teach.train_on_batch(data.x, data.y);
    }
    BOOST_TEST_CONTEXT(name)
    BOOST_TEST(distance(net.weights(), numbers(reference()["weights"][name])) <= 1e-13);
}

} // namespace

BOOST_AUTO_TEST_CASE(gradients_have_names_and_shapes) {
    const network net = first_network();
    const batch data(0);
    const auto g = gradients(net, mean_squared_error, data.x, data.y);
    std::vector<double> found;
    for (const auto& each : g.parameters())
        for (const double number : each.values())
            found.push_back(number);
    const auto expected = numbers(reference()["gradients"]);
    BOOST_TEST(distance(found, expected) <= 1e-14);
    const auto kernel = g.parameter<"dense.kernel">();
    BOOST_TEST(kernel.shape.extents[0] == 3u);
    BOOST_TEST(std::abs(kernel(2, 4) - expected[14]) <= 1e-14);
    BOOST_TEST(g.parameter<"dense_1.bias">().array().shape(0) == 2u);
    BOOST_TEST(g.input_gradient().shape(0) == 4u);
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   static_cast<void>(gradients(net, mean_squared_error, data.y, data.y));
               }) == "gradients: the input array has 8 numbers, expected a multiple of 3");
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   static_cast<void>(
                       gradients(net, mean_squared_error, std::vector<double>{}, std::vector<double>{}));
               }) == "gradients: there are no samples");
}

BOOST_AUTO_TEST_CASE(gradients_agree_with_differences) {
    using convolutional = model<input<5, 5, 2> | conv<3, 3, l1_l2<0.01, 0.02>> | batch_norm<> | tanh |
                                    dropout<0.3> | flatten | dense<3> | softmax,
                                double>;
    convolutional net{seed{4}};
    random_sequence random(seed{5}, draw_purpose::split, 0);
    xt::xtensor<double, 4> x({6, 5, 5, 2});
    for (double& each : x)
        each = random.uniform() - 0.5;
    const std::vector<int> y{0, 1, 2, 2, 1, 0};
    const auto loss_of = [&] {
        return gradients(net, sparse_categorical_crossentropy, x, y, {.step = 3}).loss();
    };
    const auto g = gradients(net, sparse_categorical_crossentropy, x, y, {.step = 3});
    double worst = 0;
    const auto differ = [&](double& number, double gradient) {
        constexpr double step = 1e-6;
        const double value = number;
        number = value + step;
        const double upper = loss_of();
        number = value - step;
        const double lower = loss_of();
        number = value;
        worst = larger_error(worst, std::abs((upper - lower) / (2 * step) - gradient));
    };
    const auto kernel = net.parameter<"conv.kernel">();
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t c = 0; c < 2; ++c)
            differ(kernel(i, 1, c, 2), g.parameter<"conv.kernel">()(i, 1, c, 2));
    differ(net.parameter<"batch_norm.gamma">()(1), g.parameter<"batch_norm.gamma">()(1));
    differ(net.parameter<"dense.kernel">()(7, 2), g.parameter<"dense.kernel">()(7, 2));
    const auto slopes = g.input_gradient();
    for (std::size_t i = 0; i < 5; ++i)
        differ(x(2, i, 3, 1), slopes(2, i, 3, 1));
    BOOST_TEST(worst <= 1e-8);
    BOOST_TEST(loss_of() == g.loss());
    BOOST_TEST(gradients(net, sparse_categorical_crossentropy, x, y, {.step = 4}).loss() != g.loss());

    // The averages of a batch normalization move when the gradients are applied, as they do in `fit`.
    convolutional other = net;
    updater learn{net, sgd{}};
    trainer teach{other, sparse_categorical_crossentropy, sgd{}};
    learn.apply(gradients(net, sparse_categorical_crossentropy, x, y));
    teach.train_on_batch(x, y);
    BOOST_TEST(distance(net.weights(), other.weights()) <= 1e-15);
}

BOOST_AUTO_TEST_CASE(gradients_take_weights_of_samples) {
    const network net = first_network();
    const batch data(2);
    const auto find = [&](const std::vector<double>& weights) {
        return gradients(net, mean_squared_error, data.x, data.y, {.sample_weight = weights});
    };
    auto whole = find({1, 1, 1, 1});
    const auto even = find({1, 0, 1, 0});
    const auto odd = find({0, 2, 0, 2});
    BOOST_TEST(whole.loss() == gradients(net, mean_squared_error, data.x, data.y).loss());
    whole.add(even, -1);
    whole.add(odd, -0.5);
    // What is left is half of the penalty's, which each of them has.
    const double weight = net.parameter<"dense.kernel">()(2, 3);
    BOOST_TEST(std::abs(whole.parameter<"dense.kernel">()(2, 3) + 0.5 * 2 * 0.02 * weight) <= 1e-15);
    BOOST_TEST(std::abs(whole.parameter<"dense_1.kernel">()(1, 1)) <= 1e-15);
}

BOOST_AUTO_TEST_CASE(gradients_of_several_losses_add_up) {
    const network net = first_network();
    const batch data(1);
    auto g = gradients(net, mean_squared_error, data.x, data.y);
    const auto other = gradients(net, mean_absolute_error, data.x, data.y);
    const double first = g.parameter<"dense.kernel">()(1, 1);
    const double loss = g.loss();
    g.add(other, -0.5);
    BOOST_TEST(g.loss() == loss - 0.5 * other.loss());
    BOOST_TEST(g.parameter<"dense.kernel">()(1, 1) == first - 0.5 * other.parameter<"dense.kernel">()(1, 1),
               boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(own_loops_agree_with_the_reference) {
    const lamb decaying{.learning_rate = 0.05, .weight_decay = 0.1};
    const lars trusting{.learning_rate = 0.2, .weight_decay = 0.01, .trust = 0.1};
    check("sgd, clip_value", clip_value(sgd{0.5}, 0.1));
    check("sgd, clip_norm", clip_norm(sgd{0.5}, 0.2));
    check("sgd, clip_global_norm", clip_global_norm(sgd{0.5}, 0.3));
    check("adam, clip_global_norm", clip_global_norm(adam{0.05}, 0.3));
    check("lamb", decaying);
    check("lars", trusting);
    check("lamb, clip_norm", clip_norm(decaying, 0.2));
    check("lars, clip_value", clip_value(trusting, 0.1));
    check("lars, clip_global_norm", clip_global_norm(trusting, 0.3));
    check("adam, accumulate", accumulate<3>(adam{0.05}), 11);
    check("lamb, accumulate, clip_norm", clip_norm(accumulate<2>(decaying), 0.2), 8);
    check("momentum, averages", average_weights(sgd_momentum{0.1}, 0.7));
    check("adam, accumulate, averages", accumulate<2>(average_weights(adam{0.05}, 0.7)), 8);
}

namespace {
/// Steps of one length for each array, whatever the gradients' norms: an optimizer of a program's own.
struct normalized_steps {
    static constexpr auto inverse = variable<"inverse">;
    schedule learning_rate = 0.5;

    auto scalars(double step) const { return bind(symbols::rate = learning_rate(step)); }
    auto array_scalars(const gradient_norms& norms) const { return bind(inverse = 1 / norms.array); }
    static constexpr auto update = rule<(symbols::w = symbols::w - symbols::rate * inverse * symbols::g)>;
};
} // namespace

BOOST_AUTO_TEST_CASE(an_optimizer_of_ones_own_may_ask_for_norms) {
    network net = first_network();
    const batch data(0);
    const auto g = gradients(net, mean_squared_error, data.x, data.y);
    updater{net, normalized_steps{}}.apply(g);
    const network first = first_network();
    for (std::size_t array = 0; array < 4; ++array) {
        const auto values = net.parameters()[array].values();
        const auto start = first.parameters()[array].values();
        double squares = 0;
        double product = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            squares += (values[i] - start[i]) * (values[i] - start[i]);
            product += (values[i] - start[i]) * g.parameters()[array].values()[i];
        }
        BOOST_TEST(std::sqrt(squares) == 0.5, boost::test_tools::tolerance(1e-13));
        BOOST_TEST(product < 0);
    }
}

BOOST_AUTO_TEST_CASE(trainers_agree_with_the_reference) {
    check_trainer("sgd, clip_value", clip_value(sgd{0.5}, 0.1));
    check_trainer("adam, clip_global_norm", clip_global_norm(adam{0.05}, 0.3));
    check_trainer("adam, accumulate", accumulate<3>(adam{0.05}), 11);
    check_trainer("lamb, accumulate, clip_norm",
                  accumulate<2>(clip_norm(lamb{.learning_rate = 0.05, .weight_decay = 0.1}, 0.2)), 8);
}

namespace {
using wide = model<input<40> | dense<100> | relu | dropout<0.2> | dense<3> | softmax>;
const auto grouped_lamb = accumulate<4>(clip_norm(lamb{}, 0.05));

std::vector<float> wide_samples() {
    random_sequence random(seed{6}, draw_purpose::split, 0);
    std::vector<float> x(40 * 60);
    for (float& each : x)
        each = static_cast<float>(random.uniform() - 0.5);
    return x;
}
std::vector<int> wide_labels() {
    std::vector<int> y(60);
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = static_cast<int>(i * i % 3);
    return y;
}
const fit_options quiet{.batch_size = 8, .epochs = 3, .verbose = verbosity::silent};

/// Trains on so many threads. 24 batches are 6 groups, of which some go on in the next epoch.
template <class Optimizer>
std::vector<float> train_wide(Optimizer optimizer, std::size_t threads) {
    wide net{seed{2}};
    trainer teach{net, sparse_categorical_crossentropy, optimizer};
    fit_options options = quiet;
    options.threads = threads;
    teach.fit(wide_samples(), wide_labels(), options);
    return net.weights();
}
bool are_same(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}
} // namespace

BOOST_AUTO_TEST_CASE(any_number_of_threads_gives_the_same_bits) {
    const auto one = train_wide(grouped_lamb, 1);
    BOOST_TEST(!are_same(one, wide{seed{2}}.weights()));
    for (const std::size_t threads : {2u, 3u, 5u})
        BOOST_TEST(are_same(one, train_wide(grouped_lamb, threads)));
    const auto clipped = train_wide(clip_global_norm(adam{}, 0.05), 1);
    BOOST_TEST(!are_same(clipped, one));
    BOOST_TEST(are_same(clipped, train_wide(clip_global_norm(adam{}, 0.05), 3)));
}

BOOST_AUTO_TEST_CASE(a_snapshot_within_a_group_goes_on_to_the_same_bits) {
    // 8 batches an epoch, of which 6 make the first group and a part of the second one.
    const auto x = wide_samples();
    const auto y = wide_labels();
    const fit_options options{.batch_size = 10, .shuffle = false, .verbose = verbosity::silent};
    wide net{seed{2}};
    trainer teach{net, sparse_categorical_crossentropy, grouped_lamb};
    teach.fit(x, y, options);
    BOOST_TEST(teach.steps() == 6u);
    const auto middle = teach.snapshot();
    const auto weights = net.weights();
    teach.fit(x, y, options);
    const auto whole = net.weights();
    BOOST_TEST(!are_same(whole, weights));
    wide other{seed{2}};
    trainer resumed{other, sparse_categorical_crossentropy, grouped_lamb};
    resumed.restore(middle);
    BOOST_TEST(are_same(other.weights(), weights));
    resumed.fit(x, y, options);
    BOOST_TEST(are_same(other.weights(), whole));
}

BOOST_AUTO_TEST_CASE(a_group_of_batches_is_one_batch_so_many_times_as_large) {
    const auto train = [](auto optimizer, std::size_t batch_size) {
        network net = first_network();
        trainer teach{net, mean_squared_error, optimizer};
        std::vector<double> x = numbers(reference()["x"]);
        std::vector<double> y = numbers(reference()["y"]);
        x.resize(3 * 18);
        y.resize(2 * 18);
        teach.fit(x, y,
                  {.batch_size = batch_size, .epochs = 4, .shuffle = false, .verbose = verbosity::silent});
        return net.weights();
    };
    const auto grouped = train(accumulate<3>(adam{0.05}), 3);
    BOOST_TEST(distance(grouped, train(adam{0.05}, 9)) <= 1e-13);
    BOOST_TEST(distance(grouped, train(adam{0.05}, 3)) > 1e-3);
}

BOOST_AUTO_TEST_CASE(weights_are_their_averages_when_training_ends) {
    network net = first_network();
    trainer teach{net, mean_squared_error, average_weights(adam{0.05}, 0.7)};
    std::vector<double> averages;
    const batch data(0);
    const auto follow = [&](training_state& state) {
        if (state.phase != training_state::moment::epoch_end)
            return;
        const auto weights = net.weights();
        for (std::size_t i = 0; i < weights.size(); ++i)
            if (state.epoch == 0)
                averages.push_back(weights[i]);
            else
                averages[i] = 0.7 * averages[i] + (1 - 0.7) * weights[i];
    };
    teach.fit(data.x, data.y, {.epochs = 5, .verbose = verbosity::silent, .callbacks = {follow}});
    BOOST_TEST(distance(net.weights(), averages) <= 1e-14);
    BOOST_TEST(teach.plan().find("update    fused with the weight gradients") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_plan_says_how_a_trainer_updates) {
    wide net;
    const trainer teach{net, sparse_categorical_crossentropy, grouped_lamb};
    const std::string plan = teach.plan();
    BOOST_TEST(plan.starts_with(wide::plan()));
    BOOST_TEST(plan.substr(plan.rfind("update    ")) ==
               internal::concatenate(
                   "update    stored gradients, ", detail::grouped(wide::layout::size * 4),
                   " bytes: the optimizer adds up batches and needs norms; an update every 4 batches\n"));
}

BOOST_AUTO_TEST_CASE(settings_out_of_range_are_named) {
    network net;
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   trainer teach{net, mean_squared_error, clip_value(sgd{0.5}, 0)};
               }) == "optimizer: the limit of a clipping is not above 0");
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   updater learn{net, accumulate<2>(clip_norm(sgd{}, -1))};
               }) == "optimizer: the limit of a clipping is not above 0");
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   updater learn{net, clip_norm(average_weights(sgd{}, 1), 1)};
               }) == "optimizer: the momentum of weights' averages is not in [0, 1)");
}
