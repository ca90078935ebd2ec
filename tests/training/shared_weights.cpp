// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../error_message.hpp"
#include "../layers/own_layer/tied.hpp"
#include "../model/gradient_check.hpp"
#include <strata/model/layers_of.hpp>
#include <strata/model/shared_part.hpp>
#include <strata/strata.hpp>
#include <strata/training/gradients.hpp>

#include <boost/hana/for_each.hpp>
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
using numbers = std::vector<double>;

/// What shared_weights.py computed.
const json& reference() {
    static const json all = json::parse(std::ifstream(STRATA_TESTS "/training/shared_weights.json"));
    return all;
}
numbers read(const char* network, const char* what) { return reference()[network][what].get<numbers>(); }
/// One of the five batches, in turn.
numbers batch(const char* network, const char* what, std::size_t number) {
    const numbers all = read(network, what);
    const auto size = static_cast<std::ptrdiff_t>(all.size() / 5);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(number % 5) * size;
    return {begin, begin + size};
}

double distance(const numbers& found, const numbers& expected) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    double worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double error = std::abs(found[i] - expected[i]);
        worst = error > worst || std::isnan(error) ? error : worst;
    }
    return worst;
}
template <class Arrays>
numbers values_in(const Arrays& arrays) {
    numbers result;
    for (const auto& each : arrays.parameters())
        for (const double number : each.values())
            result.push_back(number);
    return result;
}

constexpr auto remoteness = named_activation<"remoteness", 1 - symbols::x>;
constexpr auto sides = inputs(input<3>, input<3>);
constexpr auto tower = dense<5, l2<0.02>> | strata::tanh | dense<4>;
constexpr auto encoder = shared_weights<"encoder">(tower);
using siamese = model<sides | branches(encoder, encoder) | dot<normalize> | remoteness, double>;

constexpr auto cell = shared_weights<"cell">(dense<3, no_bias> | batch_norm<momentum<0.9>> | strata::tanh);
using chain = model<input<3> | repeat<3>(cell) | dense<2>, double>;

siamese first_siamese() {
    siamese net;
    net.set_weights(read("siamese", "first"));
    return net;
}
/// The reference has the averages apart.
numbers with_averages(numbers learnt, const numbers& averages) {
    learnt.insert(learnt.begin() + 15, averages.begin(), averages.end());
    return learnt;
}
chain first_chain() {
    chain net;
    net.set_weights(with_averages(read("chain", "first"), {0, 0, 0, 1, 1, 1}));
    return net;
}
template <class Trainer>
void train_siamese(Trainer& teach, std::size_t steps = 6) {
    for (std::size_t step = 0; step < steps; ++step)
        teach.train_on_batch(together(batch("siamese", "left", step), batch("siamese", "right", step)),
                             batch("siamese", "alike", step));
}
} // namespace

BOOST_AUTO_TEST_CASE(one_set_of_weights_has_one_name) {
    static_assert(siamese::parameter_count == 4 * 5 + 6 * 4 && chain::parameter_count == 9 + 6 + 8);
    static_assert(siamese::weight_count == siamese::parameter_count &&
                  chain::weight_count == chain::parameter_count + 6);
    siamese net = first_siamese();
    std::string names;
    for (const auto& each : net.parameters())
        names += each.name() + " ";
    BOOST_TEST(names ==
               "encoder.dense.kernel encoder.dense.bias encoder.dense_1.kernel encoder.dense_1.bias ");
    BOOST_TEST(values_in(net) == net.weights());
    // Both sides have what is written once.
    net.parameter<"encoder.dense_1.kernel">().set(numbers(20, 0));
    net.parameter<"encoder.dense_1.bias">().set(numbers{3, 0, 0, 4});
    const auto far = net.predict(together(batch("siamese", "left", 0), batch("siamese", "right", 0)));
    BOOST_TEST(std::abs(far(0, 0)) <= 1e-15);
    // Where other layers of the kind stand around and between the uses.
    using mixed = model<input<4> | named<"cell">(dense<4>) | shared_weights<"cell">(dense<4> | dense<4>) |
                        dense<4> | named<"cell">(dense<4>) | shared_weights<"cell">(dense<4> | dense<4>) |
                        named<"cell">(dense<4>)>;
    std::string all;
    for (const auto& each : mixed{}.parameters())
        if (!each.name().ends_with("bias"))
            all += each.name() + " ";
    BOOST_TEST(all == "cell.dense.kernel cell.dense_1.kernel cell.dense_2.kernel dense.kernel "
                      "cell.dense_3.kernel cell.dense_4.kernel ");
    mixed other;
    for (auto& each : other.parameters())
        each.set(std::vector<float>(each.size(), 0));
    other.parameter<"cell.dense_4.bias">()(2) = 7;
    BOOST_TEST(other.predict(std::array<float, 4>{})[2] == 7);
}

BOOST_AUTO_TEST_CASE(the_whole_name_makes_parts_one) {
    constexpr auto part = shared_weights<"part">(dense<3>);
    constexpr auto twice = part | part;
    using apart = model<input<3> | named<"left">(twice) | named<"right">(twice), double>;
    static_assert(apart::parameter_count == 24);
    // A part within others is one wherever its own name is.
    constexpr auto outer = shared_weights<"outer">(dense<3> | part | part);
    static_assert(model<input<3> | outer | outer, double>::parameter_count == 24);
    static_assert(model<input<3> | part | outer | outer, double>::parameter_count == 36);
    // In images of another size a convolution has the same weights.
    constexpr auto filters = shared_weights<"filters">(conv<2, 3>);
    static_assert(model<input<9, 8, 2> | filters | filters>::parameter_count == 38);
    constexpr auto split =
        inputs(input<6>, input<6>) | branches(shared_weights<"s">(dense<3>), dense<3>) | add;
    static_assert(model<split>::parameter_count == 42);
}

BOOST_AUTO_TEST_CASE(tables_say_who_shares) {
    const std::string summary = siamese::summary();
    BOOST_TEST(
        summary.find("dense<5>                    5                     20          encoder.dense.kernel "
                     ".bias\n") != std::string::npos);
    BOOST_TEST(
        summary.find("dense<5>                    5                     0           encoder.dense.kernel "
                     ".bias, shared\n") != std::string::npos);
    BOOST_TEST(summary.find("44\n") != std::string::npos);
    const std::string plan = siamese::plan();
    BOOST_TEST(plan.find("stage 1: dense<5>, 3 -> 5\n") != std::string::npos);
    BOOST_TEST(plan.find("weight gradient, stored") != std::string::npos);
    BOOST_TEST(plan.find("stage 3: dense<5>, 3 -> 5, with the parameters of stage 1\n") != std::string::npos);
    BOOST_TEST(plan.find("weight gradient, added to that of stage 1") != std::string::npos);
    siamese net;
    const auto end_of = [](const std::string& text) { return text.substr(text.rfind("update    ")); };
    BOOST_TEST(end_of(trainer{net, contrastive<>, adam{}}.plan()) ==
               internal::concatenate("update    stored gradients, ",
                                     detail::grouped(siamese::layout::size * 8),
                                     " bytes: layers share parameters\n"));
    BOOST_TEST(end_of(trainer{net, contrastive<>, accumulate<2>(adam{})}.plan())
                   .find("layers share parameters, and the optimizer adds up batches; an update every 2") !=
               std::string::npos);
    std::size_t learnt = 0;
    std::string again;
    boost::hana::for_each(layers_of(net), [&](auto layer) {
        learnt += layer.parameter_count;
        if (layer.is_shared_again)
            again += std::string(layer.name.view()) + " ";
    });
    BOOST_TEST(learnt == siamese::parameter_count);
    BOOST_TEST(again == "encoder.dense encoder.dense_1 ");
}

BOOST_AUTO_TEST_CASE(gradients_of_all_uses_add_up_as_in_pytorch) {
    const siamese net = first_siamese();
    const auto g =
        gradients(net, contrastive<>, together(batch("siamese", "left", 0), batch("siamese", "right", 0)),
                  batch("siamese", "alike", 0));
    BOOST_TEST(distance(values_in(g), read("siamese", "gradients")) <= 1e-14);
    const chain other = first_chain();
    const auto h = gradients(other, mean_squared_error, batch("chain", "x", 0), batch("chain", "y", 0));
    numbers learnt = values_in(h);
    learnt.erase(learnt.begin() + 15, learnt.begin() + 21);
    BOOST_TEST(distance(learnt, read("chain", "gradients")) <= 1e-14);
}

BOOST_AUTO_TEST_CASE(training_agrees_with_pytorch) {
    siamese net = first_siamese();
    trainer teach{net, contrastive<>, adam{0.05}};
    train_siamese(teach);
    BOOST_TEST(distance(net.weights(), read("siamese", "last")) <= 1e-12);

    // Averages move at each use, in the order in which the network has them.
    const numbers expected = with_averages(read("chain", "last"), read("chain", "averages"));
    chain stepped = first_chain();
    trainer teach_chain{stepped, mean_squared_error, adam{0.05}};
    chain looped = first_chain();
    updater learn{looped, adam{0.05}};
    network_gradients g(looped, mean_squared_error);
    for (std::size_t step = 0; step < 6; ++step) {
        teach_chain.train_on_batch(batch("chain", "x", step), batch("chain", "y", step));
        g.compute(batch("chain", "x", step), batch("chain", "y", step));
        learn.apply(g);
    }
    BOOST_TEST(distance(stepped.weights(), expected) <= 1e-12);
    BOOST_TEST(distance(looped.weights(), expected) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(training_equals_that_of_two_encoders_tied_by_hand) {
    using untied =
        model<sides | branches(named<"left">(tower), named<"right">(tower)) | dot<normalize> | remoteness,
              double>;
    const numbers first = read("siamese", "first");
    numbers two = first;
    two.insert(two.end(), first.begin(), first.end());
    untied twins;
    twins.set_weights(two);
    updater learn{twins, clip_global_norm(adam{0.05}, 100)};
    siamese net = first_siamese();
    trainer teach{net, contrastive<>, clip_global_norm(adam{0.05}, 100)};
    for (std::size_t step = 0; step < 6; ++step) {
        auto g = gradients(twins, contrastive<>,
                           together(batch("siamese", "left", step), batch("siamese", "right", step)),
                           batch("siamese", "alike", step));
        auto arrays = g.parameters();
        for (std::size_t i = 0; i < arrays.size() / 2; ++i) {
            numbers sum = arrays[i].values();
            const numbers right = arrays[i + arrays.size() / 2].values();
            for (std::size_t j = 0; j < sum.size(); ++j) {
                sum[j] += right[j];
                if (i == 0) // each has the whole penalty
                    sum[j] -= 2 * 0.02 * twins.parameter<"left.dense.kernel">().values()[j];
            }
            arrays[i].set(sum);
            arrays[i + arrays.size() / 2].set(sum);
        }
        learn.apply(g);
    }
    train_siamese(teach);
    numbers left = twins.weights();
    BOOST_TEST(numbers(left.begin() + 44, left.end()) == numbers(left.begin(), left.begin() + 44));
    left.resize(44);
    BOOST_TEST(distance(net.weights(), left) <= 1e-12);
    BOOST_TEST(distance(net.weights(), first) > 1e-2);
    // Predictions are those of two encoders, to the bit.
    const numbers one = net.weights();
    two = one;
    two.insert(two.end(), one.begin(), one.end());
    twins.set_weights(two);
    const numbers left_side = batch("siamese", "left", 1);
    const numbers right_side = batch("siamese", "right", 1);
    BOOST_TEST(
        (net.predict(together(left_side, right_side)) == twins.predict(together(left_side, right_side))));
}

BOOST_AUTO_TEST_CASE(frozen_parts_stay_and_the_rest_learns) {
    constexpr auto still = frozen_weights(shared_weights<"cell">(dense<3> | batch_norm<>));
    using network = model<input<3> | still | dense<3> | still | dense<2>, double>;
    network net{seed{5}};
    const auto first = net.parameter<"cell.dense.kernel">().values();
    const auto other = net.parameter<"dense.kernel">().values();
    trainer teach{net, mean_squared_error, sgd{0.1}};
    teach.train_on_batch(batch("chain", "x", 0), batch("chain", "y", 0));
    BOOST_TEST(net.parameter<"cell.dense.kernel">().values() == first);
    BOOST_TEST(net.parameter<"cell.batch_norm.moving_mean">().values() == numbers(3, 0));
    BOOST_TEST(distance(net.parameter<"dense.kernel">().values(), other) > 1e-6);
}

BOOST_AUTO_TEST_CASE(a_step_by_a_single_sample_adds_up_too) {
    // Without the sharing these are so small that a step is computed in plain numbers.
    using network = model<input<1> | repeat<2>(shared_weights<"cell">(dense<1>)), double>;
    network net;
    net.set_weights(numbers{3, 1});
    trainer teach{net, half_squared_error, sgd{0.01}};
    teach.train_on_batch(numbers{2}, numbers{10});
    // y = w (w x + b) + b = 22, so the error is 12; its slopes are 2 w x + b = 13 and w + 1 = 4.
    BOOST_TEST(distance(net.weights(), {3 - 0.01 * 12 * 13, 1 - 0.01 * 12 * 4}) <= 1e-14);
}

BOOST_AUTO_TEST_CASE(groups_of_batches_and_penalties_count_once) {
    const auto left = read("siamese", "left");
    const auto right = read("siamese", "right");
    const auto alike = read("siamese", "alike");
    const auto train = [&](auto optimizer, std::size_t batch_size) {
        siamese net = first_siamese();
        trainer teach{net, contrastive<>, optimizer};
        teach.fit(together(left, right), alike,
                  {.batch_size = batch_size, .epochs = 3, .shuffle = false, .verbose = verbosity::silent});
        return net.weights();
    };
    BOOST_TEST(distance(train(accumulate<5>(adam{0.05}), 4), train(adam{0.05}, 20)) <= 1e-12);

    siamese net = first_siamese();
    trainer teach{net, contrastive<>, sgd{}};
    const double loss = teach.evaluate(together(left, right), alike, {.verbose = verbosity::silent})["loss"];
    const auto predicted = net.predict(together(left, right));
    double sum = 0;
    for (std::size_t i = 0; i < 20; ++i) {
        const double far = predicted(i, 0);
        const double close = std::max(1 - far, 0.0);
        sum += (alike[i] * far * far + (1 - alike[i]) * close * close) / 20;
    }
    for (const double weight : net.parameter<"encoder.dense.kernel">().values())
        sum += 0.02 * weight * weight;
    BOOST_TEST(std::abs(loss - sum) <= 1e-13);
}

namespace {
constexpr auto wide_encoder =
    shared_weights<"encoder">(dense<64, l2<1e-3>> | batch_norm<> | relu | dropout<0.2> | dense<40>);
using wide = model<inputs(input<40>, input<40>) | branches(wide_encoder | wide_encoder, wide_encoder) |
                   dot<normalize>>;

auto wide_data() {
    random_sequence random(seed{6}, draw_purpose::split);
    std::array<std::vector<float>, 3> all{std::vector<float>(40 * 96), std::vector<float>(40 * 96),
                                          std::vector<float>(96)};
    for (auto& list : all)
        for (float& each : list)
            each = static_cast<float>(random.uniform() - 0.5);
    return all;
}
} // namespace

BOOST_AUTO_TEST_CASE(threads_and_snapshots_give_the_same_bits) {
    const auto [left, right, goal] = wide_data();
    const auto are_same = [](const std::vector<float>& a, const std::vector<float>& b) {
        return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
    };
    const auto train = [&](std::size_t threads) {
        wide net{seed{2}};
        trainer teach{net, mean_squared_error, adam{}};
        teach.fit(together(left, right), goal,
                  {.batch_size = 16, .epochs = 2, .verbose = verbosity::silent, .threads = threads});
        return net.weights();
    };
    const auto one = train(1);
    BOOST_TEST(!are_same(one, wide{seed{2}}.weights()));
    BOOST_TEST(are_same(one, train(2)));
    BOOST_TEST(are_same(one, train(3)));

    wide net{seed{2}};
    trainer teach{net, mean_squared_error, adam{}};
    teach.fit(together(left, right), goal, {.batch_size = 16, .verbose = verbosity::silent, .threads = 1});
    const auto middle = teach.snapshot();
    wide other{seed{2}};
    trainer resumed{other, mean_squared_error, adam{}};
    resumed.restore(middle);
    resumed.fit(together(left, right), goal, {.batch_size = 16, .verbose = verbosity::silent, .threads = 1});
    BOOST_TEST(are_same(other.weights(), one));

    // A network that does not share them has other numbers.
    constexpr auto apart =
        named<"encoder">(dense<64, l2<1e-3>> | batch_norm<> | relu | dropout<0.2> | dense<40>);
    model<inputs(input<40>, input<40>) | branches(apart | apart, apart) | dot<normalize>> stranger;
    trainer strange{stranger, mean_squared_error, adam{}};
    BOOST_TEST(error_message<data_error>([&] { strange.restore(middle); }).find("parameters") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(another_network_may_own_a_shared_part) {
    using part = model<input<3> | tower, double>;
    siamese net = first_siamese();
    part one = shared_part<part>(net);
    BOOST_TEST(one.weights() == net.weights());
    trainer teach{net, contrastive<>, sgd{0.1}};
    train_siamese(teach, 1);
    BOOST_TEST(one.weights() == net.weights());
    BOOST_TEST(distance(one.weights(), read("siamese", "first")) > 1e-6);
}

namespace {
// A table that the last layer uses transposed: what ties an output layer to the table of words.
using tied = model<input<3> | shared_weights<"words">(own::encoded<3, 2>) | strata::tanh |
                       shared_weights<"words">(own::decoded<3, 2>) | dense<2>,
                   double>;
} // namespace

// The weights of a part have less filling than the optimizer's states, and a fit that is not the first copies
// them to where both have been before.
BOOST_AUTO_TEST_CASE(a_shared_part_learns_in_several_fits) {
    constexpr auto maker = input<4> | dense<9> | batch_norm<> | relu | dense<6>;
    const xt::xtensor<float, 2> x = xt::ones<float>({90, 4}), y = xt::ones<float>({90, 6});
    const auto train = [&](auto& net, bool in_parts) {
        trainer teach{net, mean_squared_error, sgd{}};
        const fit_options options{.epochs = in_parts ? 2U : 6U, .verbose = verbosity::silent};
        for (int fit = 0; fit < (in_parts ? 3 : 1); ++fit)
            teach.fit(x, y, options);
        return net.weights();
    };
    model<maker | frozen_weights(dense<8> | relu | dense<1>)> first{seed{3}}, second{seed{3}};
    auto own = shared_part<model<maker>>(first), other = shared_part<model<maker>>(second);
    BOOST_TEST(train(own, true) == train(other, false), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(two_layers_may_use_one_array_in_two_ways) {
    static_assert(tied::parameter_count == 6 + 8);
    gradient_check::check<input<3> | shared_weights<"words">(own::encoded<3, 2>) | strata::tanh |
                              shared_weights<"words">(own::decoded<3, 2>) | dense<2>,
                          gradient_check::weighted_sum>(7);
    const tied net{seed{3}};
    std::string names;
    for (const auto& each : net.parameters())
        names += each.name() + " ";
    BOOST_TEST(names == "words.encoded.table words.encoded.level dense.kernel dense.bias ");
    const auto table = net.parameter<"words.encoded.table">();
    const auto kernel = net.parameter<"dense.kernel">();
    const std::array<double, 3> x{0.5, -1, 2};
    double expected = 0;
    for (std::size_t word = 0; word < 3; ++word)
        for (std::size_t i = 0; i < 2; ++i)
            expected += kernel(word, 1) * table(word, i) *
                        std::tanh(x[0] * table(0, i) + x[1] * table(1, i) + x[2] * table(2, i));
    BOOST_TEST(std::abs(net.predict(x)[1] - expected) <= 1e-14);
}

BOOST_AUTO_TEST_CASE(statistics_wait_until_all_uses_have_read_them) {
    // Each layer's gradient depends on the level, which both of them move on.
    const auto x = batch("chain", "x", 0);
    const auto y = batch("chain", "y", 0);
    const auto train = [&](auto optimizer, std::size_t threads) {
        tied net{seed{3}};
        net.parameter<"words.encoded.level">()(0) = 0.5;
        trainer teach{net, mean_squared_error, optimizer};
        teach.fit(x, y,
                  {.batch_size = 4,
                   .epochs = 3,
                   .shuffle = false,
                   .verbose = verbosity::silent,
                   .threads = threads});
        return net.weights();
    };
    tied net{seed{3}};
    net.parameter<"words.encoded.level">()(0) = 0.5;
    updater learn{net, adam{}};
    for (std::size_t step = 0; step < 3; ++step)
        learn.apply(gradients(net, mean_squared_error, x, y));
    BOOST_TEST(train(adam{}, 1) == net.weights());
    BOOST_TEST(train(adam{}, 2) == net.weights());
    BOOST_TEST(net.parameter<"words.encoded.level">()(0) != 0.5);
    // In groups of batches they move with each batch, and the table with the last.
    const auto grouped = train(accumulate<4>(adam{}), 1);
    tied still{seed{3}};
    BOOST_TEST(std::equal(grouped.begin(), grouped.begin() + 6, still.weights().begin()));
    BOOST_TEST(grouped[6] != 0.5);
    BOOST_TEST(grouped == train(accumulate<4>(adam{}), 2));
}

namespace {
// The output layer compares with the table of the words.
constexpr auto vocabulary = embedding<19, 11, l2<0.02>>;
constexpr auto read_words = shared_weights<"words">(vocabulary) | dense<11> | strata::tanh;
using reader =
    model<input<5> | read_words | shared_weights<"words">(unembedding<vocabulary>) | softmax, double>;

template <class Network>
void train_reader(Network& net, std::size_t steps, std::size_t threads = 1) {
    trainer teach{net, sparse_categorical_crossentropy, adam{0.05}};
    for (std::size_t step = 0; step < steps; ++step)
        teach.fit(batch("reader", "words", step), batch("reader", "next", step),
                  {.batch_size = 4, .shuffle = false, .verbose = verbosity::silent, .threads = threads});
}
} // namespace

BOOST_AUTO_TEST_CASE(a_table_is_tied_to_the_output_as_in_pytorch) {
    static_assert(reader::parameter_count == 19 * 11 + 11 * 11 + 11 &&
                  reader::weight_count == reader::parameter_count);
    reader net;
    net.set_weights(read("reader", "first"));
    BOOST_TEST(net.weights() == read("reader", "first"));
    BOOST_TEST(reader::summary().find("unembedding<19>             5 x 19                0           "
                                      "words.embedding.embeddings, shared\n") != std::string::npos);
    const auto g = gradients(net, sparse_categorical_crossentropy, batch("reader", "words", 0),
                             batch("reader", "next", 0));
    BOOST_TEST(distance(values_in(g), read("reader", "gradients")) <= 1e-14);
    BOOST_TEST(distance(g.parameter<"words.embedding.embeddings">().values(), numbers(209, 0)) > 1e-2);
    train_reader(net, 6);
    BOOST_TEST(distance(net.weights(), read("reader", "last")) <= 1e-12);
    // Any number of threads learns the same, and what was stored goes on alike.
    for (const std::size_t threads : {2u, 3u}) {
        reader other;
        other.set_weights(read("reader", "first"));
        train_reader(other, 6, threads);
        BOOST_TEST(other.weights() == net.weights());
    }
    trainer teach{net, sparse_categorical_crossentropy, adam{0.05}};
    reader copy{seed{4}};
    trainer resumed{copy, sparse_categorical_crossentropy, adam{0.05}};
    resumed.restore(teach.snapshot());
    BOOST_TEST(copy.weights() == net.weights());
    // A stream reads the same table, word after word.
    const numbers words = batch("reader", "words", 1);
    const auto expected = net.predict(words);
    stream live{net};
    for (std::size_t step = 0; step < 5; ++step) {
        const auto scores = live(std::array{words[step]});
        for (std::size_t word = 0; word < 19; ++word)
            BOOST_TEST(std::abs(scores[word] - expected(0, step, word)) <= 1e-15);
    }
    // Frozen in both uses it stays.
    constexpr auto still = frozen_weights(shared_weights<"words">(vocabulary));
    constexpr auto still_scores = frozen_weights(shared_weights<"words">(unembedding<vocabulary>));
    model<input<5> | still | dense<11> | still_scores | softmax, double> frozen{seed{5}};
    const auto table = frozen.parameter<"words.embedding.embeddings">().values();
    const auto kernel = frozen.parameter<"dense.kernel">().values();
    train_reader(frozen, 2);
    BOOST_TEST(frozen.parameter<"words.embedding.embeddings">().values() == table);
    BOOST_TEST(distance(frozen.parameter<"dense.kernel">().values(), kernel) > 1e-2);
}

BOOST_AUTO_TEST_CASE(a_mask_of_tokens_reaches_the_loss_of_a_tied_output) {
    constexpr auto padded = embedding<19, 11, mask_zero>;
    using masked = model<input<5> | shared_weights<"words">(padded) | swiglu<7> | dense<11> |
                             shared_weights<"words">(unembedding<padded>) | softmax,
                         double>;
    static_assert(masked::parameter_count == 19 * 11 + 2 * (11 + 1) * 7 + (7 + 1) * 11);
    const masked net{seed{6}};
    const numbers words{3, 0, 18, 7, 0, 0, 5, 1, 2, 9};
    numbers next{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const auto slopes = [&] {
        return values_in(gradients(net, sparse_categorical_crossentropy, words, next));
    };
    const numbers first = slopes();
    next[1] = next[4] = next[5] = 11;
    BOOST_TEST(slopes() == first);
    next[6] = 11;
    BOOST_TEST(distance(slopes(), first) > 1e-3);
    // A part may have a mask in one use alone.
    constexpr auto cell = shared_weights<"cell">(dense<2> | lstm<3, last_step>);
    static_assert(model<inputs(input<4>, input<4, 2>) | branches(embedding<9, 2, mask_zero> | cell, cell) |
                        add>::parameter_count == 9 * 2 + 3 * 2 + (2 + 3 + 1) * 4 * 3);
}
