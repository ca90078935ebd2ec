// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/says.hpp"
#include "../data/temporary_directory.hpp"

#include <strata/data/mapped_npy.hpp>
#include <strata/data/npy.hpp>
#include <strata/strata.hpp>

#include <boost/test/unit_test.hpp>
#include STRATA_XTENSOR(xbuilder)
#include STRATA_XTENSOR(xview)

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace strata::bedrock;

namespace {

fit_options quietly(std::size_t batch_size, std::size_t epochs) {
    fit_options options;
    options.batch_size = batch_size;
    options.epochs = epochs;
    options.verbose = verbosity::silent;
    return options;
}

/// y = 3 a - 2 b + 0.5, without noise.
struct plane {
    xt::xtensor<float, 2> x = xt::xtensor<float, 2>(std::array<std::size_t, 2>{50, 2});
    xt::xtensor<float, 1> y = xt::xtensor<float, 1>(std::array<std::size_t, 1>{50});

    plane() {
        random_sequence random(seed{1}, draw_purpose::split);
        for (std::size_t i = 0; i < 50; ++i) {
            x(i, 0) = static_cast<float>(random.uniform());
            x(i, 1) = static_cast<float>(random.uniform());
            y(i) = 3 * x(i, 0) - 2 * x(i, 1) + 0.5f;
        }
    }
};

template <class Optimizer>
void check_learns(Optimizer optimizer) {
    const plane data;
    model<input<2> | dense<1>> net{seed{2}};
    trainer teach{net, mean_squared_error, optimizer};
    const auto original = teach.evaluate(data.x, data.y, {.verbose = verbosity::silent}).loss();
    teach.fit(data.x, data.y, quietly(10, 40));
    BOOST_TEST(teach.evaluate(data.x, data.y, {.verbose = verbosity::silent}).loss() < original / 2);
}
} // namespace

BOOST_AUTO_TEST_CASE(a_line_is_found) {
    const plane data;
    model<input<2> | dense<1>> net{seed{2}};
    trainer teach{net, mean_squared_error, sgd{.learning_rate = 0.1}};
    const auto seen = teach.fit(data.x, data.y, quietly(5, 300));
    BOOST_TEST(seen.epochs() == 300u);
    BOOST_TEST(seen["loss"].back() < 1e-6);
    const auto weights = net.weights();
    BOOST_TEST(weights[0] == 3.0f, boost::test_tools::tolerance(1e-2f));
    BOOST_TEST(weights[1] == -2.0f, boost::test_tools::tolerance(1e-2f));
    BOOST_TEST(weights[2] == 0.5f, boost::test_tools::tolerance(1e-2f));
}

BOOST_AUTO_TEST_CASE(exclusive_or_is_learnt) {
    const std::vector<float> x{0, 0, 0, 1, 1, 0, 1, 1};
    const std::vector<float> y{0, 1, 1, 0};
    model<input<2> | dense<4> | strata::tanh | dense<1> | sigmoid> net{seed{1}};
    trainer teach{net, binary_crossentropy, adam{.learning_rate = 0.05}, accuracy};
    const auto seen = teach.fit(x, y, quietly(4, 500));
    BOOST_TEST(seen["accuracy"].back() == 1.0);
    BOOST_TEST(seen["loss"].back() < 0.05);
}

BOOST_AUTO_TEST_CASE(every_optimizer_learns) {
    check_learns(sgd{.learning_rate = 0.1});
    check_learns(sgd_momentum{.learning_rate = 0.02});
    check_learns(sgd_nesterov{.learning_rate = 0.02});
    check_learns(adam{.learning_rate = 0.02});
    check_learns(adamw{.learning_rate = 0.02});
    check_learns(rmsprop{.learning_rate = 0.02});
    check_learns(adagrad{.learning_rate = 0.2});
    check_learns(sgd{.learning_rate = warm_up{20, cosine_decay{0.2, 300}}});
}

BOOST_AUTO_TEST_CASE(steps_are_those_of_plain_gradient_descent) {
    // One dense layer by hand, in the order of the samples, with a smaller last batch.
    constexpr std::size_t samples = 7;
    const std::vector<double> x{0.1, 0.9, -0.4, 0.3, 0.8, -0.7, 0.2, 0.5, -0.6, 0.4, 0.9, 0.1, -0.3, -0.2};
    const std::vector<double> y{1, 0, 2, -1, 0.5, 0.25, -0.75};
    model<input<2> | dense<1>, double> net{seed{5}};
    auto w = net.weights();
    trainer teach{net, mean_squared_error, sgd{.learning_rate = 0.05}};
    auto options = quietly(3, 4);
    options.shuffle = false;
    const auto seen = teach.fit(x, y, options);
    double epoch_loss = 0;
    for (int epoch = 0; epoch < 4; ++epoch) {
        epoch_loss = 0;
        for (std::size_t begin = 0; begin < samples; begin += 3) {
            const std::size_t end = std::min(begin + 3, samples);
            double g[3] = {0, 0, 0};
            for (std::size_t i = begin; i < end; ++i) {
                const double error = x[2 * i] * w[0] + x[2 * i + 1] * w[1] + w[2] - y[i];
                epoch_loss += error * error / samples;
                const double delta = 2 * error / static_cast<double>(end - begin);
                g[0] += delta * x[2 * i];
                g[1] += delta * x[2 * i + 1];
                g[2] += delta;
            }
            for (std::size_t k = 0; k < 3; ++k)
                w[k] -= 0.05 * g[k];
        }
    }
    for (std::size_t k = 0; k < 3; ++k)
        BOOST_TEST(net.weights()[k] == w[k], boost::test_tools::tolerance(1e-12));
    BOOST_TEST(seen["loss"].back() == epoch_loss, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(teach.steps() == 12u);
}

BOOST_AUTO_TEST_CASE(validation_takes_the_last_samples) {
    const plane data;
    model<input<2> | dense<1>> net{seed{2}};
    trainer teach{net, mean_squared_error, sgd{}, metrics::mean_absolute_error};
    auto options = quietly(10, 1);
    options.validation_split = 0.2;
    const auto seen = teach.fit(data.x, data.y, options);
    const xt::xtensor<float, 2> last_x = xt::view(data.x, xt::range(40, 50), xt::all());
    const xt::xtensor<float, 1> last_y = xt::view(data.y, xt::range(40, 50));
    const auto scored = teach.evaluate(last_x, last_y, {.verbose = verbosity::silent});
    BOOST_TEST(seen["val_loss"].back() == scored.loss(), boost::test_tools::tolerance(1e-6));
    BOOST_TEST(seen["val_mean_absolute_error"].back() == scored["mean_absolute_error"],
               boost::test_tools::tolerance(1e-6));
    BOOST_TEST(teach.steps() == 4u);

    // Of ten samples 0.8 leave two for training, though 1 - 0.8 is less than 0.2.
    options.validation_split = 0.8;
    options.batch_size = 1;
    const xt::xtensor<float, 2> ten_x = xt::view(data.x, xt::range(0, 10), xt::all());
    const xt::xtensor<float, 1> ten_y = xt::view(data.y, xt::range(0, 10));
    teach.fit(ten_x, ten_y, options);
    BOOST_TEST(teach.steps() == 6u);

    auto own = quietly(10, 1);
    own.validation_data = {last_x, last_y};
    BOOST_TEST(teach.fit(data.x, data.y, own)["val_loss"].size() == 1u);
}

BOOST_AUTO_TEST_CASE(single_samples_of_any_numbers_teach_the_same) {
    // A network of a few weights reads floats where they lie, and converts others one sample at a time.
    const std::vector<float> x{0, 0, 0, 1, 1, 0, 1, 1}, y{0, 1, 1, 1};
    auto options = quietly(3, 1);
    options.batch_size = 1;
    const auto learn = [&](const auto& inputs, const auto& targets) {
        model<input<2> | dense<1>> net{seed{2}};
        trainer teach{net, mean_squared_error, sgd{}};
        teach.fit(inputs, targets, options);
        return net.weights();
    };
    const auto expected = learn(x, y);
    const std::vector<double> doubles(x.begin(), x.end()), double_targets(y.begin(), y.end());
    BOOST_TEST(learn(doubles, y) == expected, boost::test_tools::per_element());
    BOOST_TEST(learn(doubles, double_targets) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(whoever_watches_single_samples_changes_nothing) {
    // Where nobody does, names are compared once and the mode of denormals is set once.
    const std::vector<float> x{0, 0, 0, 1, 1, 0, 1, 1}, y{0, 1, 1, 0};
    const auto learn = [&](std::vector<callback> callbacks) {
        model<input<2> | dense<2> | sigmoid | dense<1> | sigmoid> net{seed{2}};
        trainer teach{net, binary_crossentropy, sgd_momentum{.learning_rate = 0.1}, accuracy};
        auto options = quietly(1, 7);
        options.validation_data = {x, y};
        options.callbacks = std::move(callbacks);
        auto seen = teach.fit(x, y, options);
        BOOST_TEST(teach.steps() == 28u);
        BOOST_TEST(teach.fit(x, y, quietly(1, 3)).epochs() == 3u);
        return std::pair(std::move(seen), net.weights());
    };
    const auto [alone, weights] = learn({});
    const auto [watched, expected] = learn({[](training_state&) {}});
    BOOST_TEST(weights == expected, boost::test_tools::per_element());
    BOOST_TEST(alone.names() == watched.names(), boost::test_tools::per_element());
    BOOST_TEST(alone.names().size() == 4u);
    for (const auto& name : alone.names()) {
        BOOST_TEST(alone[name].size() == 7u);
        BOOST_TEST(alone[name] == watched[name], boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_split_of_tenths_leaves_tenths) {
    // 10 (1 - 0.8) is 1.9999999999999996.
    const std::vector<float> x(10);
    model<input<1> | dense<1>> net;
    const auto steps = [&](double split, std::size_t count) {
        trainer teach{net, mean_squared_error, sgd{}};
        auto options = quietly(1, 1);
        options.validation_split = split;
        teach.fit(std::span(x).first(count), std::span(x).first(count), options);
        return teach.steps();
    };
    BOOST_TEST(steps(0.8, 10) == 2u);
    BOOST_TEST(steps(0.7, 10) == 3u);
    BOOST_TEST(steps(0.1, 10) == 9u);
    BOOST_TEST(steps(0.25, 10) == 7u); // 2.5 samples are 3
    BOOST_CHECK_EXCEPTION(steps(0.95, 10), std::invalid_argument,
                          says("fit: the validation split takes 10 of 10 samples and leaves none"));
    BOOST_CHECK_THROW(steps(0.5, 1), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(arrays_of_every_kind_are_the_same_samples) {
    using network = model<input<2, 3> | flatten | dense<2> | softmax>;
    xt::xtensor<std::uint8_t, 3> bytes(std::array<std::size_t, 3>{6, 2, 3});
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes.data()[i] = static_cast<std::uint8_t>(i * 7);
    const scaled_bytes<3> scaled{bytes};
    const xt::xtensor<float, 3> floats = scaled.to_float();
    const xt::xarray<double> doubles = xt::cast<double>(floats);
    const std::vector<float> flat(floats.begin(), floats.end());
    const xt::xtensor<int, 1> labels{0, 1, 0, 1, 1, 0};
    const auto train = [&](const auto& x) {
        network net{seed{1}};
        trainer teach{net, sparse_categorical_crossentropy, adam{}};
        teach.fit(x, labels, quietly(4, 3));
        return net.weights();
    };
    const auto expected = train(floats);
    BOOST_TEST(train(scaled) == expected, boost::test_tools::per_element());
    BOOST_TEST(train(doubles) == expected, boost::test_tools::per_element());
    BOOST_TEST(train(flat) == expected, boost::test_tools::per_element());
    BOOST_TEST(train(std::span<const float>(flat)) == expected, boost::test_tools::per_element());
    BOOST_TEST(train(xt::view(floats, xt::all(), xt::all(), xt::all())) == expected,
               boost::test_tools::per_element());
    const xt::xtensor<float, 3, xt::layout_type::column_major> columns = floats;
    BOOST_TEST(train(columns) == expected, boost::test_tools::per_element());

    const network net{seed{3}};
    const auto p = net.predict(floats);
    BOOST_TEST((p.shape() == std::array<std::size_t, 2>{6, 2}));
    BOOST_TEST(net.predict(scaled)(5, 1) == p(5, 1));
    BOOST_TEST(net.predict(columns)(4, 0) == p(4, 0));
    BOOST_TEST(net.predict(doubles)(3, 1) == p(3, 1));
}

BOOST_AUTO_TEST_CASE(penalties_count_in_the_loss_and_in_the_gradient) {
    // With a target that the network meets, only the penalty is left: w -= rate (2 l2 w + l1 sign(w)).
    model<input<1> | dense<1, no_bias, l1_l2<0.25, 0.5>>, double> net;
    net.set_weights(std::vector<double>{2.0});
    trainer teach{net, mean_squared_error, sgd{.learning_rate = 0.1}};
    const std::vector<double> x{1, 3};
    const std::vector<double> y{2, 6};
    const auto seen = teach.fit(x, y, quietly(2, 1));
    BOOST_TEST(seen["loss"].back() == 0.25 * 2 + 0.5 * 4, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(net.weights()[0] == 2 - 0.1 * (2 * 0.5 * 2 + 0.25), boost::test_tools::tolerance(1e-12));
}

// As in Keras: a frozen batch normalization takes its moving averages in training, too, wherever it stands.
BOOST_AUTO_TEST_CASE(a_frozen_batch_normalization_keeps_its_averages) {
    model<input<1> | frozen_weights(batch_norm<no_scale, no_center, epsilon<1e-12>>) | dense<1, ones>>
        perfect{seed{7}};
    const auto averages = perfect.parameter<"batch_norm.moving_mean">().values();
    const std::vector<float> line{1, 2, 3, 4};
    trainer teach{perfect, mean_squared_error, sgd{0.1}};
    const auto history = teach.fit(line, line, quietly(4, 5));
    BOOST_TEST(history["loss"].front() <= 1e-10);
    BOOST_TEST(history["loss"].back() <= 1e-10);
    BOOST_TEST((perfect.parameter<"batch_norm.moving_mean">().values() == averages));
    BOOST_TEST(std::abs(perfect.parameter<"dense.kernel">().values()[0] - 1) <= 1e-5);

    // In branches, and with all its parameters; x is far from the averages, so that a batch's own would show.
    using network = model<input<2> | frozen_weights(residual(batch_norm<> | dense<2>)) |
                          branches(frozen_weights(named<"left">(batch_norm<>)), dense<2> | batch_norm<>) |
                          concat<> | dense<1>>;
    network net{seed{7}};
    net.parameter<"left.batch_norm.gamma">().set(std::vector<float>{2, -3});
    net.parameter<"left.batch_norm.moving_variance">().set(std::vector<float>{0.5F, 4});
    const auto first = net.weights();
    std::vector<float> x, y;
    for (int i = 0; i < 64; ++i) {
        x.insert(x.end(), {100.0F + static_cast<float>(i), -50.0F});
        y.push_back(0);
    }
    trainer other{net, mean_squared_error, sgd{1e-6}};
    other.fit(x, y, quietly(16, 2));
    const auto has_changed = [&](const char* name) {
        network before;
        before.set_weights(first);
        for (std::size_t i = 0; i < net.parameters().size(); ++i)
            if (net.parameters()[i].name() == name)
                return net.parameters()[i].values() != before.parameters()[i].values();
        return false;
    };
    for (const char* name :
         {"batch_norm.gamma", "batch_norm.beta", "batch_norm.moving_mean", "batch_norm.moving_variance",
          "left.batch_norm.gamma", "left.batch_norm.moving_mean", "left.batch_norm.moving_variance"})
        BOOST_TEST(!has_changed(name), name);
    for (const char* name :
         {"batch_norm_1.gamma", "batch_norm_1.moving_mean", "batch_norm_1.moving_variance"})
        BOOST_TEST(has_changed(name), name);
}

// A pooling or a choice that passed over NaN would leave a finite loss.
BOOST_AUTO_TEST_CASE(weights_that_are_no_numbers_end_training) {
    const auto ends = []<class Network>(Network net, std::size_t place) {
        auto weights = net.weights();
        weights[place] = NAN;
        net.set_weights(weights);
        std::vector<float> x(16 * Network::input_size);
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = std::sin(static_cast<float>(i));
        trainer teach{net, mean_squared_error, sgd{0.01}};
        BOOST_CHECK_THROW(teach.fit(x, std::vector<float>(16, 0.25F), quietly(16, 1)), diverged);
    };
    ends(model<input<4, 4, 1> | conv<2, 3> | max_pool<2> | relu | flatten | dense<1>>{seed{7}}, 0);
    ends(model<input<4, 4, 1> | conv<2, 3> | global_max_pool | dense<1>>{seed{7}}, 5);
    ends(model<input<4> | dense<4> | activation<max(0, symbols::x)> | dense<1>>{seed{7}}, 3);
    ends(model<input<4> | branches(identity, dense<4>) | maximum | dense<1>>{seed{7}}, 1);
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_no_number_stops_and_restores) {
    const plane data;
    model<input<2> | dense<8> | relu | dense<1>> net{seed{2}};
    trainer teach{net, mean_squared_error, sgd{.learning_rate = 1e30}};
    const auto original = net.weights();
    BOOST_CHECK_EXCEPTION(teach.fit(data.x, data.y, quietly(10, 3)), diverged, [](const diverged& error) {
        return error.epoch == 0 && error.step >= 2 &&
               std::string(error.what()).find("in epoch 1, step ") != std::string::npos;
    });
    BOOST_TEST(net.weights() == original, boost::test_tools::per_element());
    BOOST_TEST(teach.steps() == 0u);
}

BOOST_AUTO_TEST_CASE(windows_of_blocks_are_shuffled) {
    constexpr std::size_t count = 1003, window = 155; // blocks of 10
    const auto draw = [](std::size_t size, std::uint64_t epoch) {
        internal::epoch_order order({.shuffle_window = size}, count);
        order.draw(seed{4}, 0); // what comes before changes nothing
        order.draw(seed{4}, epoch);
        return order;
    };
    const internal::epoch_order order = draw(window, 3);
    const auto numbers = order.numbers();
    const auto& blocks = *order.blocks();
    BOOST_TEST(std::ranges::equal(numbers, draw(window, 3).numbers()));
    BOOST_TEST(!std::ranges::equal(numbers, draw(window, 4).numbers()));
    BOOST_TEST(blocks.size() >= 101u);
    BOOST_TEST(blocks.size() <= 102u);
    std::size_t place = 0, moved = 0;
    for (std::size_t i = 0; i < blocks.size(); i += 16) {
        std::vector<std::size_t> expected;
        for (std::size_t each = i; each < std::min(i + 16, blocks.size()); ++each) {
            BOOST_TEST(blocks[each].window == place);
            BOOST_TEST(blocks[each].count <= 10u);
            for (std::size_t sample = 0; sample < blocks[each].count; ++sample)
                expected.push_back(blocks[each].first + sample);
        }
        const auto found = numbers.subspan(place, expected.size());
        moved += !std::ranges::equal(found, expected);
        place += expected.size();
        BOOST_TEST(std::ranges::is_permutation(found, expected));
    }
    BOOST_TEST(moved == 7u);
    BOOST_TEST(place == count);
    std::vector<std::uint32_t> sorted(numbers.begin(), numbers.end());
    std::ranges::sort(sorted);
    for (std::size_t i = 0; i < count; ++i)
        BOOST_TEST(sorted[i] == i);
    // A window of all is the usual order.
    BOOST_TEST(std::ranges::equal(draw(count, 3).numbers(), draw(0, 3).numbers()));
    BOOST_TEST((draw(count, 3).blocks() == nullptr));
}

// Small networks learn sample by sample without a team.
BOOST_AUTO_TEST_CASE(windows_of_a_file_go_sample_by_sample) {
    const temporary_directory directory;
    const xt::xtensor<float, 2> x = xt::linspace<float>(-1, 1, 300'000).reshape({150'000, 2});
    const xt::xtensor<float, 1> y = 3.0F * xt::view(x, xt::all(), 1) + 1.0F;
    write_npy(directory / "x.npy", x);
    const auto train = [&](const auto& samples) {
        model<input<2> | dense<1>> net{seed{2}};
        trainer teach{net, mean_squared_error, sgd{}};
        auto options = quietly(1, 1);
        options.shuffle_window = 50'000;
        const history past = teach.fit(samples, y, options);
        return std::pair(net.weights(), past["loss"]);
    };
    const auto expected = train(x);
    const auto found = train(map_npy<float, 2>(directory / "x.npy"));
    BOOST_TEST(found.first == expected.first, boost::test_tools::per_element());
    BOOST_TEST(found.second == expected.second, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_long_file_is_read_in_order_ahead_of_training) {
    const temporary_directory directory;
    constexpr std::size_t count = 150'000;
    const xt::xtensor<float, 2> x = xt::linspace<float>(-1, 1, 5 * count).reshape({count, std::size_t{5}});
    const xt::xtensor<float, 1> y = 3.0F * xt::view(x, xt::all(), 1) + 1.0F;
    write_npy(directory / "x.npy", x);
    const auto train = [&](const auto& samples, std::size_t batch_size, std::size_t threads) {
        model<input<5> | dense<1>> net{seed{2}};
        trainer teach{net, mean_squared_error, sgd{}};
        const history past = teach.fit(samples, y,
                                       {.batch_size = batch_size,
                                        .epochs = 2,
                                        .shuffle = false,
                                        .validation_split = 0.4,
                                        .verbose = verbosity::silent,
                                        .threads = threads});
        auto result = past["loss"];
        result.push_back(past["val_loss"].back());
        result.push_back(teach.evaluate(samples, y, {.batch_size = 700, .threads = threads}).loss());
        for (const float weight : net.weights())
            result.push_back(weight);
        return result;
    };
    const mapped_array mapped = map_npy<float, 2>(directory / "x.npy");
    for (const std::size_t batch_size : {1UL, 700UL, 100'000UL})
        for (const std::size_t threads : {1UL, 3UL})
            BOOST_TEST(train(mapped, batch_size, threads) == train(x, batch_size, threads),
                       boost::test_tools::per_element());
}

// A pass that ends early leaves blocks behind that nobody has come to.
BOOST_AUTO_TEST_CASE(a_pass_over_a_file_may_end_early) {
    const temporary_directory directory;
    const xt::xtensor<float, 2> x(std::array{std::size_t{150'000}, std::size_t{8}}, 1e20F);
    write_npy(directory / "x.npy", x);
    const mapped_array mapped = map_npy<float, 2>(directory / "x.npy");
    const std::vector<float> y(150'000, 1.0F);
    for (const std::size_t window : {0UL, 16'000UL}) {
        model<input<8> | dense<1>> net{seed{2}};
        trainer teach{net, mean_squared_error, sgd{}};
        const auto weights = net.weights();
        for (int time = 0; time < 2; ++time)
            BOOST_CHECK_THROW(teach.fit(mapped, y,
                                        {.batch_size = 100,
                                         .epochs = 2,
                                         .shuffle = window > 0,
                                         .shuffle_window = window,
                                         .verbose = verbosity::silent}),
                              diverged);
        BOOST_TEST(net.weights() == weights, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(bad_input_is_named) {
    const plane data;
    model<input<2> | dense<1>> net;
    trainer teach{net, mean_squared_error, sgd{}};
    const auto refuses = [&](const auto& x, const auto& y, const fit_options& options, const char* why) {
        BOOST_CHECK_EXCEPTION(teach.fit(x, y, options), std::invalid_argument, says(why));
    };
    const xt::xtensor<float, 1> few = xt::view(data.y, xt::range(0, 49));
    refuses(data.x, few, quietly(10, 1), "fit: there are 50 samples but 49 targets");
    refuses(data.x, data.y, quietly(0, 1), "the batch size is 0");
    auto split = quietly(10, 1);
    split.validation_split = 1;
    refuses(data.x, data.y, split, "expected a validation split from 0 to below 1, found ");
    split.validation_split = 0.5;
    split.validation_data = {data.x, data.y};
    refuses(data.x, data.y, split, "both a validation split and validation data");
    auto unshuffled = quietly(10, 1);
    unshuffled.shuffle = false;
    unshuffled.shuffle_window = 10;
    refuses(data.x, data.y, unshuffled, "fit: a shuffle window is given for samples that are not shuffled");
    auto no_samples = quietly(10, 1);
    const std::vector<float> none;
    no_samples.validation_data = {none, none};
    refuses(data.x, data.y, no_samples, "fit: the validation data has no samples");
    no_samples.validation_data = {.x = data.x};
    refuses(data.x, data.y, no_samples, "fit: validation data is samples and targets");
    const xt::xarray<float> wide = xt::xtensor<float, 2>(std::array<std::size_t, 2>{50, 3});
    refuses(wide, data.y, quietly(10, 1), "fit: the input array has the shape 50 x 3, expected samples x 2");
    refuses(std::vector<float>(7), data.y, quietly(10, 1), "has 7 numbers, expected a multiple of 2");
    refuses(std::vector<float>{}, std::vector<float>{}, quietly(10, 1), "there are no samples");

    model<input<2> | dense<3> | softmax> classes;
    trainer sort{classes, sparse_categorical_crossentropy, sgd{}};
    xt::xtensor<float, 1> labels = xt::xtensor<float, 1>(std::array<std::size_t, 1>{50}, 1.0f);
    labels(7) = 3;
    BOOST_CHECK_EXCEPTION(sort.fit(data.x, labels), std::invalid_argument,
                          says("label 7 is 3, expected a class from 0 to 2"));
    labels(7) = 1.5f;
    BOOST_CHECK_EXCEPTION(sort.evaluate(data.x, labels), std::invalid_argument, says("label 7 is 1.5"));
}

BOOST_AUTO_TEST_CASE(numbers_that_no_float_holds_are_named) {
    std::vector<double> x{0, 1, 2, 3, 4, 5, 6, 7};
    const std::vector<double> y{1, 3, 5, 7, 9, 11, 13, 15};
    x[5] = 1e300;
    model<input<1> | dense<1>> net{seed{1}};
    trainer teach{net, mean_squared_error, sgd{.learning_rate = 0.001}};
    BOOST_CHECK_EXCEPTION(
        teach.fit(x, y, quietly(4, 1)), std::invalid_argument,
        says(
            "fit: the input array has 1e+300 in sample 5, number 0, expected numbers that a float can hold"));
}

BOOST_AUTO_TEST_CASE(a_norm_without_a_limit_is_not_clipped) {
    const plane data;
    const auto learn = [&](const auto& optimizer) {
        model<input<2> | dense<1>> net{seed{2}};
        trainer{net, mean_squared_error, optimizer}.fit(data.x, data.y, quietly(10, 2));
        return net.weights();
    };
    constexpr double infinite = std::numeric_limits<double>::infinity();
    const auto expected = learn(clip_norm(sgd{}, 1e30));
    BOOST_TEST((learn(clip_norm(sgd{}, infinite)) == expected));
    BOOST_TEST((learn(clip_global_norm(sgd{}, infinite)) == expected));
}
