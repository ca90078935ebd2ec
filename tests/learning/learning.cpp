// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/learning/losses.hpp>
#include <strata/learning/optimizers.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>
#include <string>

using namespace strata::bedrock;

namespace {
template <class... States>
std::string names(type_list<States...>) {
    return (std::string() + ... + (std::string(States::name.view()) + " "));
}

/// A weight and the states of its optimizer, in double.
template <class Optimizer>
struct scalar_weight {
    Optimizer optimizer;
    double w = 1;
    std::map<std::string, double> states = {};
    double step = 0;

    void update(double g) {
        run(g, typename std::remove_const_t<decltype(Optimizer::update)>::states{});
        ++step;
    }

private:
    template <class... States>
    void run(double g, type_list<States...>) {
        double first = 0;
        if constexpr (requires { Optimizer::initial_state; })
            first = Optimizer::initial_state;
        (states.try_emplace(std::string(States::name.view()), first), ...);
        const auto scalars = optimizer.scalars(step);
        const auto all = join(scalars, bind(symbols::w = w, symbols::g = g,
                                            States{} = states[std::string(States::name.view())]...));
        const auto updated = Optimizer::update.run(all, [](auto variables, auto variable, auto formula) {
            static_cast<binding<decltype(variable), double>&>(variables).value =
                evaluate<double>(formula, variables);
            return variables;
        });
        w = updated[symbols::w];
        ((states[std::string(States::name.view())] = updated[States{}]), ...);
    }
    template <class... A, class... B>
    static environment<A..., B...> join(const environment<A...>& a, const environment<B...>& b) {
        return {static_cast<const A&>(a)..., static_cast<const B&>(b)...};
    }
};

constexpr double gradients[] = {0.5, -0.25, 2.0, 0.0, -1.0};

template <class Optimizer, class Reference>
void check(Optimizer optimizer, Reference reference) {
    scalar_weight<Optimizer> weight{optimizer};
    double w = 1;
    double step = 0;
    for (const double g : gradients) {
        weight.update(g);
        reference(w, g, ++step);
        BOOST_TEST(weight.w == w, boost::test_tools::tolerance(1e-12));
    }
}

template <class Loss>
double value(Loss, double p, double t) {
    return evaluate<double>(Loss::formula, bind(symbols::prediction = p, symbols::target = t));
}
template <class Loss>
double slope(Loss, double p, double t) {
    return evaluate<double>(Loss::slope, bind(symbols::prediction = p, symbols::target = t));
}
} // namespace

BOOST_AUTO_TEST_CASE(states_are_what_is_assigned) {
    BOOST_TEST(names(decltype(sgd::update)::states{}) == "");
    BOOST_TEST(names(decltype(sgd_momentum::update)::states{}) == "v ");
    BOOST_TEST(names(decltype(adam::update)::states{}) == "m v ");
}

BOOST_AUTO_TEST_CASE(optimizers_follow_keras) {
    check(sgd{.learning_rate = 0.1}, [](double& w, double g, double) { w -= 0.1 * g; });
    double v = 0;
    check(sgd_momentum{.learning_rate = 0.1, .momentum = 0.8}, [&](double& w, double g, double) {
        v = 0.8 * v - 0.1 * g;
        w += v;
    });
    v = 0;
    check(sgd_nesterov{.learning_rate = 0.1, .momentum = 0.8}, [&](double& w, double g, double) {
        v = 0.8 * v - 0.1 * g;
        w += 0.8 * v - 0.1 * g;
    });
    double m = v = 0;
    const auto adam_step = [&](double& w, double g, double t) {
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        w -= 0.01 * std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t)) * m / (std::sqrt(v) + 1e-7);
    };
    check(adam{.learning_rate = 0.01}, adam_step);
    m = v = 0;
    check(adamw{.learning_rate = 0.01, .weight_decay = 0.1}, [&](double& w, double g, double t) {
        w -= 0.01 * 0.1 * w;
        adam_step(w, g, t);
    });
    v = 0;
    check(rmsprop{.learning_rate = 0.01}, [&](double& w, double g, double) {
        v = 0.9 * v + 0.1 * g * g;
        w -= 0.01 * g / (std::sqrt(v) + 1e-7);
    });
    v = 0.1;
    check(adagrad{.learning_rate = 0.01}, [&](double& w, double g, double) {
        v += g * g;
        w -= 0.01 * g / (std::sqrt(v) + 1e-7);
    });
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
