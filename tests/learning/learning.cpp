// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/learning/losses.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/model/update.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <string>
#include <type_traits>
#include <vector>

using namespace strata::bedrock;

namespace {
template <class... States>
std::string names(type_list<States...>) {
    return (std::string() + ... + (std::string(States::name.view()) + " "));
}

/// Weights and the states of their optimizer as training has them, in T.
template <class T, class Optimizer>
struct learnt_weights {
    using consumer = update_consumer<T, Optimizer>;
    using states = typename consumer::rule::states;
    struct every_weight {
        static constexpr bool is_learnt = true;
        static constexpr regularizer penalty{};
    };

    Optimizer optimizer;
    aligned_vector<T> weights;
    std::array<aligned_vector<T>, states::size> state = first_states(states{});
    double step = 0;

    void update(const std::vector<double>& gradients) {
        std::array<T*, states::size> pointers;
        for (std::size_t i = 0; i < states::size; ++i)
            pointers[i] = state[i].data();
        const auto change =
            consumer{weights.data(), pointers, internal::converted<T>(optimizer.scalars(step++))}.take(
                every_weight{}, 0);
        for (std::size_t i = 0; i < weights.size(); ++i)
            change(i, static_cast<T>(gradients[i]));
    }

private:
    template <class... States>
    auto first_states(type_list<States...>) const {
        return std::array<aligned_vector<T>, sizeof...(States)>{
            aligned_vector<T>(weights.size(), static_cast<T>(initial_state(optimizer, States{})))...};
    }
};

using json = nlohmann::json;
const json& optimizers_of_keras() {
    static const json all = json::parse(std::ifstream(STRATA_TESTS "/learning/optimizers.json"));
    return all;
}

template <class T, class Optimizer>
void check_in(const std::string& name, Optimizer optimizer, double tolerance) {
    const json& all = optimizers_of_keras();
    const auto first = all["first"].get<std::vector<double>>();
    learnt_weights<T, Optimizer> learnt{optimizer, {first.begin(), first.end()}};
    const json& wanted = all["weights"][name];
    BOOST_TEST_REQUIRE(wanted.size() == 8u);
    double moved = 0;
    for (std::size_t step = 0; step < wanted.size(); ++step) {
        learnt.update(all["gradients"][step]);
        for (std::size_t i = 0; i < first.size(); ++i) {
            const double expected = wanted[step][i];
            const double found = learnt.weights[i];
            BOOST_TEST(std::abs(found - expected) <= tolerance * std::max(1e-3, std::abs(expected)),
                       name << ", step " << step << ", weight " << i << ": " << found << ", expected "
                            << expected);
            moved = std::max(moved, std::abs(expected - first[i]));
        }
    }
    BOOST_TEST(moved > 0.05);
}
/// After each of eight steps the weights are those of Keras's rule, to `tolerance` in double.
template <class Optimizer>
void check(const std::string& name, Optimizer optimizer, double tolerance = 1e-12) {
    check_in<double>(name, optimizer, tolerance);
    check_in<float>(name, optimizer, std::max(tolerance, 1e-4));
}

template <class Loss>
double value(Loss, double p, double t) {
    return evaluate<double>(Loss::formula, bind(symbols::prediction = p, symbols::target = t));
}
template <class Loss>
double slope(Loss, double p, double t) {
    return evaluate<double>(Loss::template slope<>, bind(symbols::prediction = p, symbols::target = t));
}
} // namespace

BOOST_AUTO_TEST_CASE(states_are_what_is_assigned) {
    BOOST_TEST(names(decltype(sgd::update)::states{}) == "");
    BOOST_TEST(names(decltype(sgd_momentum::update)::states{}) == "v ");
    BOOST_TEST(names(std::remove_const_t<decltype(adam::update)>::states{}) == "m v ");
    BOOST_TEST(names(std::remove_const_t<decltype(ftrl::update)>::states{}) == "linear_sum v ");
}

BOOST_AUTO_TEST_CASE(optimizers_follow_keras) {
    check("sgd", sgd{.learning_rate = 0.1});
    check("sgd_momentum", sgd_momentum{.learning_rate = 0.1, .momentum = 0.8});
    check("sgd_nesterov", sgd_nesterov{.learning_rate = 0.1, .momentum = 0.8});
    check("adam", adam{.learning_rate = 0.02});
    check("adam_amsgrad", adam_amsgrad{.learning_rate = 0.02, .beta_2 = 0.6});
    check("adamw", adamw{.learning_rate = 0.02, .weight_decay = 0.1});
    check("nadam", nadam{.learning_rate = 0.02});
    check("adamax", adamax{.learning_rate = 0.02, .beta_2 = 0.8});
    check("lion", lion{.learning_rate = 0.02});
    check("rmsprop_momentum", rmsprop_momentum{.learning_rate = 0.02, .momentum = 0.7});
    check("rmsprop_centered", rmsprop_centered{.learning_rate = 0.02});
    check("adagrad", adagrad{.learning_rate = 0.05}, 1e-6); // epsilon is added to the root
    check("adadelta", adadelta{.learning_rate = 100});
    check("ftrl", ftrl{.learning_rate = 0.1});
    check("ftrl_penalties", ftrl{.learning_rate = 0.1,
                                 .initial_accumulator = 0.2,
                                 .l1 = 0.3,
                                 .l2 = 0.2,
                                 .l2_shrinkage = 0.05,
                                 .beta = 0.4});
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
    const auto settings = [](auto optimizer, auto... more) {
        return std::vector<double>{optimizer.learning_rate(0), more...};
    };
    using numbers = std::vector<double>;
    const nadam n;
    BOOST_TEST((settings(n, n.beta_1, n.beta_2, n.epsilon) == numbers{0.001, 0.9, 0.999, 1e-7}));
    const adamax x;
    BOOST_TEST((settings(x, x.beta_1, x.beta_2, x.epsilon) == numbers{0.001, 0.9, 0.999, 1e-7}));
    const lion l;
    BOOST_TEST((settings(l, l.beta_1, l.beta_2) == numbers{0.001, 0.9, 0.99}));
    const adadelta d;
    BOOST_TEST((settings(d, d.decay, d.epsilon) == numbers{0.001, 0.95, 1e-7}));
    const ftrl f;
    BOOST_TEST((settings(f, f.initial_accumulator, f.l1, f.l2, f.l2_shrinkage, f.beta) ==
                numbers{0.001, 0.1, 0, 0, 0, 0}));
}

// Left to compilers, one kernel has other bits than the next.
BOOST_AUTO_TEST_CASE(updates_round_a_fused_product_once) {
    using symbols::g, symbols::w;
    const auto check_values = []<class V>(std::type_identity<V>) {
        constexpr float bit = 1.0f / 4096; // (1 + bit)^2 = 1 + 2 bit + bit^2, of which a float loses the last
        const float rest = internal::multiplies_and_adds ? bit * bit : 0.0f;
        const auto check_value = [](auto formula, float one, float other, float expected) {
            const V value = evaluate<V, product_rounding::fused>(formula, bind(w = one, g = other));
            alignas(alignment) std::array<float, 16> numbers{};
            store(value, numbers.data());
            BOOST_TEST(numbers[0] == expected);
        };
        check_value(w * w + g, 1 + bit, -1, 2 * bit + rest);
        check_value(g + w * w, 1 + bit, -1, 2 * bit + rest);
        check_value(w * w - g, 1 + bit, 1, 2 * bit + rest);
        check_value(g - w * w, 1 + bit, 1, -2 * bit - rest);
        check_value(square(w) + g, 1 + bit, -1, 2 * bit + rest);
        check_value(w * w - g * g, 1 + bit, 1, 2 * bit + rest); // the first of two
        check_value(w * w - g * g, 1, 1 + bit, -2 * bit);
    };
    check_values(std::type_identity<float>{});
    check_values(std::type_identity<simd<float, 4>>{});
    check_values(std::type_identity<simd<float, lanes_of<float, 16>>>{});
}

BOOST_AUTO_TEST_CASE(rmsprop_adds_epsilon_to_the_root) {
    learnt_weights<double, rmsprop> learnt{rmsprop{.learning_rate = 0.01, .epsilon = 0.1}, {1.0}};
    double w = 1;
    double v = 0;
    for (const double g : {0.5, -0.25, 2.0, 0.0, -1.0}) {
        learnt.update({g});
        v = 0.9 * v + 0.1 * g * g;
        w -= 0.01 * g / (std::sqrt(v) + 0.1);
        BOOST_TEST(learnt.weights[0] == w, boost::test_tools::tolerance(1e-12));
    }
}

namespace own {
using strata::symbols::g, strata::symbols::w;

/// What needs no number besides the weight and the gradient; found by the names that programs know.
struct fixed_steps {
    strata::schedule learning_rate = 0.5;

    auto scalars(double) const {
        using namespace strata::symbols;
        return bind();
    }
    static constexpr auto update = strata::rule<(w = w - 0.5 * g)>;
};
} // namespace own

BOOST_AUTO_TEST_CASE(an_optimizer_may_have_no_scalars) {
    static_assert(std::is_same_v<decltype(strata::symbols::bind()), environment<>>);
    learnt_weights<float, own::fixed_steps> fixed{{}, {1, 2, 3, 4, 5}};
    learnt_weights<float, sgd> scaled{sgd{.learning_rate = 0.5}, {1, 2, 3, 4, 5}};
    static_cast<void>(scalars_of_update<float>(fixed.optimizer, 0));
    fixed.update({1, 0.3f, -2, 0, 7});
    scaled.update({1, 0.3f, -2, 0, 7});
    BOOST_TEST(fixed.weights == scaled.weights, boost::test_tools::per_element());
}

// The product of Nadam's momentums is a number of the step alone, also where steps are many.
BOOST_AUTO_TEST_CASE(momentums_of_many_steps_multiply) {
    using namespace strata::bedrock::detail::optimizer_names;
    for (const double beta : {0.9, 0.9999}) {
        double product = 1;
        for (int step = 0; step < 3000; ++step) {
            product *= warmed_momentum(beta, step);
            BOOST_TEST_REQUIRE(std::abs(momentum_product(beta, step) - product) <= 1e-12 * product + 1e-20);
        }
    }
}

BOOST_AUTO_TEST_CASE(schedules_at_their_corners) {
    BOOST_TEST(schedule(0.5)(1e6) == 0.5);
    const schedule steps = step_decay{.initial = 1, .rate = 0.1, .every = 10};
    BOOST_TEST(steps(9) == 1);
    BOOST_TEST(steps(10) == 0.1);
    BOOST_TEST(steps(25) == 0.01, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(schedule(exponential_decay{.initial = 2, .rate = 0.25, .every = 100})(50) == 1,
               boost::test_tools::tolerance(1e-12));
    const schedule cosine = cosine_decay{.initial = 1, .steps = 100, .final = 0.2};
    BOOST_TEST(cosine(0) == 1);
    BOOST_TEST(cosine(50) == 0.6, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(cosine(1000) == 0.2, boost::test_tools::tolerance(1e-12));
    const schedule warm = warm_up{9, 1.0};
    BOOST_TEST(warm(0) == 0.1, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(warm(8) == 0.9, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(warm(9) == 1);
    const schedule joined = warm_up{10, cosine_decay{1, 100}};
    BOOST_TEST(joined(60) == 0.5, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(schedule([](double step) { return 1 / (1 + step); })(3) == 0.25);
    BOOST_TEST((schedule(0.5) == schedule(0.5) && !(schedule(0.5) == schedule(0.25)) && steps == steps &&
                !(steps == cosine)));
    // What has to lie elsewhere than a schedule does is none.
    struct wide {
        alignas(64) double rate = 1;
        double operator()(double) const { return rate; }
    };
    static_assert(!std::is_constructible_v<schedule, wide>);
    BOOST_TEST(schedule([rate = 0.25L](double) { return static_cast<double>(rate); })(0) == 0.25);
}

BOOST_AUTO_TEST_CASE(losses_at_points) {
    const auto close = boost::test_tools::tolerance(1e-12);
    BOOST_TEST(value(mean_squared_error, 3, 1) == 4);
    BOOST_TEST(slope(mean_squared_error, 3, 1) == 4);
    BOOST_TEST(value(half_squared_error, 3, 1) == 2);
    BOOST_TEST(value(mean_absolute_error, 1, 3) == 2);
    BOOST_TEST(slope(mean_absolute_error, 1, 3) == -1);
    BOOST_TEST(slope(mean_absolute_error, 1, 1) == 0);
    BOOST_TEST(value(huber<>, 1.5, 1) == 0.125);
    BOOST_TEST(value(huber<>, 4, 1) == 2.5);
    BOOST_TEST(slope(huber<2.0>, 9, 1) == 2);
    BOOST_TEST(value(log_cosh, 3, 1) == std::log(std::cosh(2.0)), close);
    BOOST_TEST(value(log_cosh, 1000, 0) == 1000 - std::log(2.0), close); // cosh itself would overflow
    BOOST_TEST(slope(log_cosh, 3, 1) == std::tanh(2.0), close);
    BOOST_TEST(value(binary_crossentropy, 0.8, 1) == -std::log(0.8), close);
    BOOST_TEST(value(binary_crossentropy, 0.8, 0) == -std::log(0.2), close);
    BOOST_TEST(std::isfinite(value(binary_crossentropy, 0, 1)));
    BOOST_TEST(value(categorical_crossentropy, 0.25, 1) == std::log(4.0), close);
    BOOST_TEST(value(hinge, 0.3, 1) == 0.7, close);
    BOOST_TEST(value(hinge, 0.3, 0) == 1.3, close); // 0 counts as -1
    BOOST_TEST(value(hinge, 2, 1) == 0);
    BOOST_TEST(slope(hinge, 0.3, -1) == 1);
}

BOOST_AUTO_TEST_CASE(initializers_have_kerass_spread) {
    const auto close = boost::test_tools::tolerance(1e-9);
    BOOST_TEST(glorot_uniform.spread(30, 20) == std::sqrt(6.0 / 50), close);
    BOOST_TEST(he_uniform.spread(30, 20) == std::sqrt(6.0 / 30), close);
    BOOST_TEST(lecun_uniform.spread(30, 20) == std::sqrt(3.0 / 30), close);
    BOOST_TEST(he_normal.spread(30, 20) == std::sqrt(2.0 / 30) / 0.87962566103423978, close);
    BOOST_TEST(uniform<0.3>.spread(30, 20) == 0.3);
    BOOST_TEST(normal<>.spread(30, 20) == 0.05);
    BOOST_TEST(ones.spread(3, 2) == 1);
}
