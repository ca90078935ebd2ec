// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../../examples/browser/engines/playground/session.hpp"

#include <strata/learning/losses.hpp>
#include <strata/model/updater.hpp>
#include <strata/training/gradients.hpp>
#include <strata/training/trainer.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

using namespace strata;
namespace pg = playground;

namespace own {
using namespace strata::symbols;
using strata::bedrock::derivative;
using strata::bedrock::frozen;
constexpr auto swish = activation<x * sigmoid(x)>;

/// A formula as a program writes it, and as a user types it.
template <auto Formula>
struct written {
    std::string_view typed;
};
} // namespace own

namespace {
/// Some points with everything that a network sees of them.
struct points_seen {
    std::size_t inputs;
    std::vector<float> x, y;
    std::size_t count;

    points_seen(std::size_t features, pg::goal purpose, std::size_t points)
        : inputs(features), count(points) {
        for (const pg::point& each :
             pg::generate_points(purpose == pg::goal::numbers ? "hills" : "circle", points, 0.1, seed{3})) {
            for (std::size_t k = 0; k < inputs; ++k)
                x.push_back(static_cast<float>(pg::features[k].value(each.x, each.y)));
            y.push_back(
                static_cast<float>(purpose == pg::goal::likely_classes ? each.label > 0 : each.label));
        }
    }
    /// The same with the room that the run-time network reads.
    [[nodiscard]] std::pair<std::vector<float>, std::vector<float>> with_room() const {
        auto both = std::pair{x, y};
        both.first.resize(x.size() + pg::slack);
        both.second.resize(y.size() + pg::slack);
        return both;
    }
};

std::vector<float> weights_of(pg::network& net) {
    std::vector<float> result;
    for (std::size_t i = 0; i < net.layer_count(); ++i) {
        for (std::size_t k = 0; k < net.inputs(i); ++k)
            for (std::size_t n = 0; n < net.units(i); ++n)
                result.push_back(net.weight(i, k, n));
        for (std::size_t n = 0; n < net.units(i); ++n)
            result.push_back(net.bias(i, n));
    }
    return result;
}

bool have_same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

struct twin {
    std::vector<std::size_t> hidden;
    pg::activation hidden_activation;
    pg::goal purpose;
    pg::learning how;
};

/// Trains a compiled network and its twin; weights and losses are the same, bit by bit.
template <class Model, class Loss, class Optimizer>
void check_twin(Loss loss, Optimizer optimizer, const twin& described, std::vector<std::size_t> batches) {
    constexpr std::size_t epochs = 5;
    const points_seen data(Model::input_sizes[0], described.purpose, 57);
    const auto [x, y] = data.with_room();
    for (const std::size_t batch : batches) {
        Model net{seed{5}};
        trainer teach{net, loss, optimizer};
        const auto history = teach.fit(
            data.x, data.y,
            {.batch_size = batch, .epochs = epochs, .shuffle = false, .verbose = verbosity::silent});
        pg::network other(data.inputs, described.hidden, described.hidden_activation, described.purpose);
        other.initialize(seed{5});
        pg::learning how = described.how;
        how.batch = batch;
        const pg::samples all{x.data(), y.data(), data.count};
        for (std::size_t epoch = 0; epoch < epochs; ++epoch)
            BOOST_TEST(other.train(all, how) == history["loss"][epoch]);
        BOOST_TEST(have_same_bits(weights_of(other), net.weights()));
        BOOST_TEST(other.loss(all, how) ==
                   teach.evaluate(data.x, data.y, {.verbose = verbosity::silent})["loss"]);
    }
}

pg::activation named(std::string_view name) { return *pg::find_activation(name); }
pg::learning by(std::string_view optimizer, double rate, double l1 = 0, double l2 = 0) {
    return {pg::find_optimizer(optimizer), rate, l1, l2, 10};
}

/// Steps of an optimizer on one network, of which the twin takes each as a batch of all points.
template <class Optimizer>
void check_optimizer(std::string_view name) {
    using network = model<input<3> | dense<5> | softplus | dense<1>>;
    const points_seen data(3, pg::goal::numbers, 12);
    const auto [x, y] = data.with_room();
    network net{seed{5}};
    Optimizer optimizer;
    optimizer.learning_rate = 0.02;
    updater learn{net, optimizer};
    pg::network other(3, std::vector<std::size_t>{5}, named("softplus"), pg::goal::numbers);
    other.initialize(seed{5});
    pg::learning how = by(name, 0.02);
    how.batch = data.count;
    for (int step = 0; step < 6; ++step) {
        learn.apply(gradients(net, half_squared_error, data.x, data.y));
        other.train({x.data(), y.data(), data.count}, how);
    }
    BOOST_TEST(have_same_bits(weights_of(other), net.weights()), std::string(name));
}
} // namespace

BOOST_AUTO_TEST_CASE(twins_of_compiled_networks) {
    using pg::goal;
    check_twin<model<input<2> | dense<4> | tanh | dense<2> | tanh | dense<1> | tanh>>(
        half_squared_error, sgd{0.03}, {{4, 2}, named("tanh"), goal::squared_classes, by("sgd", 0.03)},
        {1, 2, 10, 57});
    // Steps by single samples in plain numbers.
    check_twin<model<input<2> | dense<2> | tanh | dense<1> | tanh>>(
        half_squared_error, adam{0.03}, {{2}, named("tanh"), goal::squared_classes, by("adam", 0.03)}, {1});
    check_twin<model<input<7> | dense<8> | relu | dense<7> | relu | dense<6> | relu | dense<5> | relu |
                     dense<3> | relu | dense<1> | relu | dense<1>>>(
        half_squared_error, rmsprop{0.003},
        {{8, 7, 6, 5, 3, 1}, named("relu"), goal::numbers, by("rmsprop", 0.003)}, {30});
    check_twin<model<input<3> | dense<1> | sigmoid>>(
        binary_crossentropy, sgd_momentum{0.03},
        {{}, named("relu"), goal::likely_classes, by("sgd_momentum", 0.03)}, {7});
    check_twin<model<input<5> | dense<8, l1<0.003>> | sigmoid | dense<1, l1<0.003>> | sigmoid>>(
        binary_crossentropy, nadam{0.01},
        {{8}, named("sigmoid"), goal::likely_classes, by("nadam", 0.01, 0.003)}, {29});
    using penalized = model<input<1> | dense<5, l2<0.005>> | gelu | dense<1, l2<0.005>>>;
    check_twin<penalized>(half_squared_error, ftrl{0.01},
                          {{5}, named("gelu"), goal::numbers, by("ftrl", 0.01, 0, 0.005)}, {4});
    pg::formula_parser parser("x * sigmoid(x)");
    check_twin<model<input<2> | dense<3> | own::swish | dense<1> | tanh>>(
        half_squared_error, adagrad{0.05},
        {{3}, pg::activation(*parser.parse()), goal::squared_classes, by("adagrad", 0.05)}, {1, 10});
}

BOOST_AUTO_TEST_CASE(rules_of_optimizers) {
    check_optimizer<sgd_nesterov>("sgd_nesterov");
    check_optimizer<adamw>("adamw");
    check_optimizer<adam_amsgrad>("adam_amsgrad");
    check_optimizer<adamax>("adamax");
    check_optimizer<lion>("lion");
    check_optimizer<rmsprop_momentum>("rmsprop_momentum");
    check_optimizer<rmsprop_centered>("rmsprop_centered");
    check_optimizer<adadelta>("adadelta");
    check_optimizer<lamb>("lamb");
    check_optimizer<lars>("lars");
}

namespace {
template <auto Formula>
void check_formula(const own::written<Formula>& formula) {
    BOOST_TEST_CONTEXT(std::string(formula.typed)) {
        pg::formula_parser parser(formula.typed);
        const auto parsed = parser.parse();
        BOOST_TEST_REQUIRE(parsed.has_value());
        constexpr auto value = own::frozen<Formula>;
        constexpr auto slope = own::derivative(value, symbols::x);
        BOOST_TEST(parsed->text == bedrock::to_string(value));
        BOOST_TEST(parsed->slope_text == bedrock::to_string(slope));
        constexpr std::size_t count = 128;
        alignas(64) std::array<float, count> x, values, slopes, expected_values, expected_slopes;
        for (std::size_t i = 0; i < count; ++i)
            x[i] = (static_cast<float>(i) - 64) / 9;
        using V = pg::wide_register;
        for (std::size_t i = 0; i < count; i += V::size) {
            const V at_x = V::load_aligned(x.data() + i);
            bedrock::evaluate_at(value, symbols::x, at_x).store_aligned(expected_values.data() + i);
            bedrock::evaluate_at(slope, symbols::x, at_x).store_aligned(expected_slopes.data() + i);
        }
        parsed->value.run(x.data(), values.data(), count, 8);
        parsed->slope.run(x.data(), slopes.data(), count, 8);
        BOOST_TEST(std::memcmp(values.data(), expected_values.data(), sizeof values) == 0);
        BOOST_TEST(std::memcmp(slopes.data(), expected_slopes.data(), sizeof slopes) == 0);
    }
}

void check_fault(std::string_view formula, std::size_t place, pg::formula_error::wanted expected,
                 std::string_view found) {
    BOOST_TEST_CONTEXT(std::string(formula)) {
        pg::formula_parser parser(formula);
        BOOST_TEST(!parser.parse());
        BOOST_TEST(parser.error().place == place);
        BOOST_TEST((parser.error().expected == expected));
        BOOST_TEST(parser.error().found == found);
    }
}
} // namespace

namespace own {
using strata::sigmoid;
using strata::softplus;
constexpr written<x * sigmoid(x)> product{"x * sigmoid(x)"};
constexpr written<x * tanh(softplus(x))> mish{"x*tanh(softplus(x))"};
constexpr written<max(x, 0) * exp(x)> choice{"max(x, 0) * exp(x)"};
constexpr written<select(x > 0, x, 0.1 * expm1(x))> branch{"x > 0 ? x : 0.1 * expm1(x)"};
constexpr written<exp(-square(x))> bell{"exp(-x^2)"};
constexpr written<x / (1 + abs(x))> quotient{"x / (1 + abs(x))"};
constexpr written<pow<3>(x) - 2 * x + 1> polynomial{"x^3 - 2*x + 1"};
constexpr written<1 / (1 + exp(-2 * x))> logistic{"1/(1 + exp(-2*x))"};
constexpr written<min(max(0.2 * x + 0.5, 0), 1)> cut{"min(max(0.2*x + .5, 0), 1)"};
constexpr written<-(-x * 3) * 2> signs{"-(-x*3)*2"};
constexpr written<tanh(x) - (-tanh(x))> sum{"tanh(x) - (-tanh(x))"};
constexpr written<0.5 * x*(1 + erf(0.7 * x))> gelu{"0.5*x*(1+erf(0.7*x))"};
constexpr written<select(x > 1, square(x), select(x < -1, -x, 3)) * (2 * x)> nested{
    "(x>1?x^2:x<-1?-x:3)*(2*x)"};
constexpr written<pow<-2>(1 + square(x))> inverse{"(1+x^2)^-2"};
constexpr written<(2 * x - 3) / (3 - 2 * x * x)> fraction{"(2*x-3)/(3-2*x*x)"};
constexpr written<sqrt(1 + square(x)) - log(2 + abs(x))> roots{"sqrt(1+x*x)-log(2+abs(x))"};
constexpr written<x + 0.5 * square(sin(2 * x)) - cos(-x)> wave{"x + sin(2*x)^2*0.5 - cos(-x)"};
constexpr written<sin(-3 * x) * cos(sin(-x)) + sin(x - x)> waves{"sin(-3*x)*cos(sin(-x)) + sin(x-x)"};
} // namespace own

BOOST_AUTO_TEST_CASE(formulas_of_a_user) {
    check_formula(own::product);
    check_formula(own::mish);
    check_formula(own::choice);
    check_formula(own::branch);
    check_formula(own::bell);
    check_formula(own::quotient);
    check_formula(own::polynomial);
    check_formula(own::logistic);
    check_formula(own::cut);
    check_formula(own::signs);
    check_formula(own::sum);
    check_formula(own::gelu);
    check_formula(own::nested);
    check_formula(own::inverse);
    check_formula(own::fraction);
    check_formula(own::roots);
    check_formula(own::wave);
    check_formula(own::waves);
}

BOOST_AUTO_TEST_CASE(faults_of_formulas) {
    using wanted = pg::formula_error::wanted;
    check_fault("", 1, wanted::operand, "");
    check_fault("x +", 4, wanted::operand, "");
    check_fault("x*y", 3, wanted::function, "y");
    check_fault("2*tan(x)", 3, wanted::function, "tan");
    check_fault("(x", 3, wanted::closing, "");
    check_fault("x)", 2, wanted::operation, ")");
    check_fault("x ~ 2", 3, wanted::operation, "~");
    check_fault("x \xC3\xB7 2", 3, wanted::operation, "\xC3\xB7");
    check_fault("x^2.5", 3, wanted::exponent, "2");
    check_fault("x^9", 3, wanted::exponent, "9");
    check_fault("max(x)", 6, wanted::comma, ")");
    check_fault("tanh x", 6, wanted::opening, "x");
    check_fault("select(x, 1, 2)", 9, wanted::comparison, ",");
    check_fault("3", 2, wanted::unknown, "");
    check_fault("x/0", 4, wanted::divisor, "");
    check_fault("1e999*x", 1, wanted::operand, "1e999");
    check_fault(std::string(300, '('), 1, wanted::shorter, "(");
    check_fault(std::string(150, '-') + "x", 42, wanted::shorter, "-");
    // As one types it on the way to x * tanh(x).
    check_fault("x * tanh", 9, wanted::opening, "");
    check_fault("-tanh", 6, wanted::opening, "");
    check_fault("x + sin x", 9, wanted::opening, "x");
    check_fault("x > tanh ? 1 : x", 10, wanted::opening, "?");
    // Each level has its argument three times.
    std::string nested = "x";
    for (int level = 0; level < 30; ++level)
        nested = "elu(" + nested + ")";
    check_fault(nested, nested.size() + 1, wanted::shorter, "");
    BOOST_TEST(pg::formula_parser("elu(elu(elu(x)))").parse().has_value());
}

BOOST_AUTO_TEST_CASE(data_sets) {
    for (const std::string_view name : {"circle", "xor", "gauss", "spiral", "plane", "hills"})
        BOOST_TEST_CONTEXT(std::string(name)) {
            const auto points = pg::generate_points(name, 500, 0, seed{1});
            BOOST_TEST(points.size() == 500u);
            const auto again = pg::generate_points(name, 500, 0, seed{1});
            BOOST_TEST(points[7].x == again[7].x);
            BOOST_TEST(points[7].x != pg::generate_points(name, 500, 0, seed{2})[7].x);
            const bool has_classes = name != "plane" && name != "hills";
            for (const pg::point& each : points) {
                BOOST_TEST(std::max(std::abs(each.x), std::abs(each.y)) <= (name == "gauss" ? 8 : 6));
                BOOST_TEST((has_classes ? std::abs(each.label) == 1 : std::abs(each.label) <= 1.2));
            }
            if (has_classes && name != "xor")
                BOOST_TEST(std::count_if(points.begin(), points.end(),
                                         [](const pg::point& each) { return each.label > 0; }) == 250);
        }
    // Where noise moves labels, some lie on the wrong side.
    const auto wrong = [](double noise) {
        const auto points = pg::generate_points("circle", 500, noise, seed{1});
        return std::count_if(points.begin(), points.end(), [](const pg::point& each) {
            return (std::hypot(each.x, each.y) < 2.5) != (each.label > 0);
        });
    };
    BOOST_TEST(wrong(0) == 0);
    BOOST_TEST(wrong(0.5) > 50);
    BOOST_TEST(pg::generate_points("moons", 500, 0, seed{1}).empty());
}

BOOST_AUTO_TEST_CASE(session_of_a_page) {
    pg::session state;
    std::vector<float> points;
    for (const pg::point& each : pg::generate_points("xor", 200, 0, seed{1}))
        for (const double number : {each.x, each.y, each.label})
            points.push_back(static_cast<float>(number));
    state.set_points(points, 0.5);
    BOOST_TEST(state.train_count() == 100u);
    state.set_topology({0, 1}, {4}, named("tanh"), pg::goal::squared_classes, 1);
    state.set_learning(by("adam", 0.03));
    const std::vector<float> first_weights = state.weights();
    const double first_loss = state.test_loss();
    state.train(120);
    BOOST_TEST(state.epochs() == 120u);
    BOOST_TEST(state.test_loss() < 0.25 * first_loss);
    // The map of the output has the signs of the quarters.
    const auto map = state.draw(8, 4);
    BOOST_TEST(map.size() == 64u);
    BOOST_TEST(map[8 + 6] > 0); // to the right, above
    BOOST_TEST(map[8 + 1] < 0);
    BOOST_TEST(state.draw(8).size() == 5 * 64u);
    const auto trained = state.weights();
    state.rebuild();
    BOOST_TEST(have_same_bits(state.weights(), first_weights));
    state.set_weights(trained);
    BOOST_TEST(have_same_bits(state.weights(), trained));
    state.set_weights(std::vector<float>(3));
    BOOST_TEST(have_same_bits(state.weights(), trained));
    // A rate that no weights bear, and then first weights again.
    state.set_topology({0, 1}, {4}, named("relu"), pg::goal::numbers, 1);
    state.set_learning(by("sgd", 1000));
    state.train(500);
    BOOST_TEST(state.has_diverged());
    BOOST_TEST(state.epochs() < 500u);
    state.rebuild();
    BOOST_TEST(!state.has_diverged());
    // Without points nothing is learnt, and nothing breaks.
    state.set_points({}, 0.5);
    state.train(3);
    BOOST_TEST(state.train_loss() == 0);
}
