// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../expression/reference.hpp"

#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/formula/loss.hpp>
#include <strata/kernels/formula/softmax.hpp>
#include <strata/layers/layers.hpp>
#include <strata/learning/losses.hpp>
#include <strata/model/model.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

// NaN and the infinities go through formulas and layers by one rule, whatever the registers, and whichever
// version of xsimd: operations do what NumPy's function of that name does. So min and max are NaN where
// either argument is, and the first of two equal ones, and a comparison with NaN is false.

using namespace strata::bedrock;

namespace {

template <class T>
constexpr T infinity = std::numeric_limits<T>::infinity();
template <class T>
constexpr T nan = std::numeric_limits<T>::quiet_NaN();

template <class T>
const std::vector<T> arguments{nan<T>, infinity<T>, -infinity<T>, T(0),   T(-0.0),
                               T(1),   T(-1),       T(0.5),       T(-2.5)};

/// NaN agrees with NaN alone, an infinity with itself alone. How exact finite numbers are is asked elsewhere.
template <class T>
bool agree(T found, double wanted) {
    if (std::isnan(wanted) || std::isnan(found))
        return std::isnan(wanted) && std::isnan(found);
    if (std::isinf(wanted) || std::isinf(found))
        return static_cast<double>(found) == wanted;
    return std::abs(static_cast<double>(found) - wanted) <= 1e-5 * std::max(1.0, std::abs(wanted));
}

/// Operations of one argument, and what they are in the standard library.
template <class V, class Operation>
void check_one(Operation operation, double (*wanted)(double)) {
    using T = value_type_of<V>;
    for (const T a : arguments<T>) {
        // The other lanes hold what is harmless.
        for (std::size_t lane = 0; lane < sizeof(V) / sizeof(T); ++lane) {
            alignas(alignment) std::array<T, sizeof(V) / sizeof(T)> given, found;
            given.fill(T(0.25));
            given[lane] = a;
            store(internal::compute(operation, load<V>(given.data())), found.data());
            for (std::size_t i = 0; i < given.size(); ++i)
                BOOST_TEST(agree(found[i], wanted(static_cast<double>(given[i]))),
                           Operation::prefix.view() << '(' << given[i] << ") is " << found[i] << " in lane "
                                                    << i << " of " << given.size());
        }
    }
}

/// Operations of two arguments; the wanted value to the last bit, since each is one instruction.
template <class V, class Operation, class Wanted>
void check_two(Operation operation, std::string_view name, Wanted wanted) {
    using T = value_type_of<V>;
    for (const T a : arguments<T>)
        for (const T b : arguments<T>) {
            alignas(alignment) std::array<T, sizeof(V) / sizeof(T)> found;
            store(internal::compute(operation, V(a), V(b)), found.data());
            const T expected = wanted(a, b);
            for (const T each : found)
                BOOST_TEST(((std::isnan(each) && std::isnan(expected)) ||
                            (each == expected && std::signbit(each) == std::signbit(expected))),
                           name << " of " << a << " and " << b << " is " << each);
        }
}

template <class T>
T smallest(T a, T b) {
    return std::isnan(b) ? b : std::min(a, b);
}
template <class T>
T largest(T a, T b) {
    return std::isnan(b) ? b : std::max(a, b);
}

/// Formulas of a constant and a variable, which need fewer instructions, are the same to the last bit.
template <class V, real Bound>
void check_bound() {
    using T = value_type_of<V>;
    constexpr T bound = static_cast<T>(Bound.value());
    const auto check = [bound](auto formula, T a, T expected, const char* name) {
        alignas(alignment) std::array<T, sizeof(V) / sizeof(T)> found;
        store(V(evaluate_at(formula, symbols::x, V(a))), found.data());
        for (const T each : found)
            BOOST_TEST(((std::isnan(each) && std::isnan(expected)) ||
                        (each == expected && std::signbit(each) == std::signbit(expected))),
                       name << ", " << a << " and " << bound << ": " << each);
    };
    for (const T a : arguments<T>) {
        check(frozen<max(symbols::x, constant<Bound>)>, a, largest(a, bound), "max, bound second");
        check(frozen<max(constant<Bound>, symbols::x)>, a, largest(bound, a), "max, bound first");
        check(frozen<min(symbols::x, constant<Bound>)>, a, smallest(a, bound), "min, bound second");
        check(frozen<min(constant<Bound>, symbols::x)>, a, smallest(bound, a), "min, bound first");
    }
}

template <class V, class Operation>
void check_comparison(Operation operation) {
    using T = value_type_of<V>;
    for (const T a : arguments<T>)
        for (const T b : arguments<T>) {
            alignas(alignment) std::array<T, sizeof(V) / sizeof(T)> found;
            store(internal::compute(operation::select{}, internal::compute(operation, V(a), V(b)), V(T(1)),
                                    V(T(0))),
                  found.data());
            const bool holds = Operation::holds(static_cast<double>(a), static_cast<double>(b));
            for (const T each : found)
                BOOST_TEST(each == T(holds), a << Operation::infix.view() << b);
        }
}

template <class V>
void check_operations() {
    using T = value_type_of<V>;
    check_two<V>(operation::add{}, "the sum", [](T a, T b) { return a + b; });
    check_two<V>(operation::subtract{}, "the difference", [](T a, T b) { return a - b; });
    check_two<V>(operation::multiply{}, "the product", [](T a, T b) { return a * b; });
    check_two<V>(operation::divide{}, "the quotient", [](T a, T b) { return a / b; });
    check_two<V>(operation::minimum{}, "min", smallest<T>);
    check_two<V>(operation::maximum{}, "max", largest<T>);
    check_bound<V, 0.0>();
    check_bound<V, -0.0>();
    check_bound<V, 0.5>();
    check_bound<V, -1.0>();
    check_comparison<V>(operation::less{});
    check_comparison<V>(operation::less_equal{});
    check_comparison<V>(operation::greater{});
    check_comparison<V>(operation::greater_equal{});
    check_comparison<V>(operation::equal{});
    check_comparison<V>(operation::not_equal{});
    check_one<V>(operation::negate{}, [](double a) { return -a; });
    check_one<V>(operation::absolute{}, [](double a) { return std::abs(a); });
    // Made of two comparisons.
    check_one<V>(operation::sign{}, [](double a) { return a > 0 ? 1.0 : a < 0 ? -1.0 : a == 0 ? 0.0 : a; });
    check_one<V>(operation::square{}, [](double a) { return a * a; });
    check_one<V>(operation::square_root{}, [](double a) { return std::sqrt(a); });
    check_one<V>(operation::power<3>{}, [](double a) { return std::pow(a, 3); });
    check_one<V>(operation::power<-2>{}, [](double a) { return std::pow(a, -2); });
    check_one<V>(operation::exponential{}, [](double a) { return std::exp(a); });
    check_one<V>(operation::exponential_minus_one{}, [](double a) { return std::expm1(a); });
    check_one<V>(operation::logarithm{}, [](double a) { return std::log(a); });
    check_one<V>(operation::logarithm_of_one_plus{}, [](double a) { return std::log1p(a); });
    check_one<V>(operation::hyperbolic_tangent{}, [](double a) { return std::tanh(a); });
    check_one<V>(operation::logistic{},
                 [](double a) { return reference::compute(operation::logistic{}, a); });
    check_one<V>(operation::error_function{}, [](double a) { return std::erf(a); });
    check_one<V>(operation::sine{}, [](double a) { return std::sin(a); });
    check_one<V>(operation::cosine{}, [](double a) { return std::cos(a); });
}

template <class T, std::size_t Lanes>
void check_lanes() {
    if constexpr (internal::has_register<T, Lanes>)
        check_operations<simd<T, Lanes>>();
}

/// What a network without weights makes of the numbers.
template <auto Topology>
std::vector<float> results(const std::vector<float>& x) {
    using network = model<Topology>;
    const network net;
    std::vector<float> y(x.size() / network::input_size * network::output_size);
    net.predict_batch(x.data(), y.data(), x.size() / network::input_size);
    return y;
}

/// A NaN comes out where it went in, and nowhere else, whatever the width of the rows is.
template <std::size_t Width, auto Layer>
void check_activation(const char* name) {
    for (const std::size_t place : {std::size_t{0}, Width / 2, Width - 1}) {
        std::vector<float> x(3 * Width, 0.25f);
        x[Width + place] = nan<float>;
        const auto y = results<input<Width> | Layer>(x);
        for (std::size_t i = 0; i < y.size(); ++i)
            BOOST_TEST(std::isnan(y[i]) == std::isnan(x[i]), name << ", width " << Width << ", place " << i);
    }
}

// Half of a sum would be infinite.
void check_large_numbers() {
    const model<input<1> | softplus> net;
    BOOST_TEST(net.predict(std::array{0x1.8p127f})[0] == 0x1.8p127f);
    BOOST_TEST(net.predict(std::array{-0x1.8p127f})[0] == 0.0f);
}

template <std::size_t Width>
void check_activations() {
    check_activation<Width, relu>("relu");
    check_activation<Width, leaky_relu<0.3>>("leaky_relu");
    check_activation<Width, elu<1.0>>("elu");
    check_activation<Width, selu>("selu");
    check_activation<Width, gelu>("gelu");
    check_activation<Width, sigmoid>("sigmoid");
    check_activation<Width, silu>("silu");
    check_activation<Width, hard_sigmoid>("hard_sigmoid");
    check_activation<Width, hard_swish>("hard_swish");
    check_activation<Width, tanh_layer{}>("tanh");
    check_activation<Width, softplus>("softplus");
    check_activation<Width, softsign>("softsign");
    check_activation<Width, exponential>("exponential");
    // Cut to [-1, 1].
    check_activation<Width, clip<-1.0, 1.0>>("clip");
    check_activation<Width, activation<max(-1, min(1, symbols::x))>>("clip, bounds first");
    check_activation<Width, activation<max(0, symbols::x)>>("relu, bound first");
    check_activation<Width, activation<max(symbols::x, 0.1 * symbols::x)>>("leaky relu of two");
    check_activation<Width, activation<sign(symbols::x)>>("sign");
    check_activation<Width, branches(identity, activation<symbols::x - symbols::x>) | maximum>("maximum");
    check_activation<Width, branches(activation<square(symbols::x)>, identity) | minimum>("minimum");
}

template <std::size_t Length, class T>
void check_softmax() {
    for (std::size_t place = 0; place < Length; ++place) {
        std::array<T, Length> row;
        row.fill(T(0.5));
        row[place] = nan<T>;
        softmax_row<Length>(row.data());
        for (const T each : row)
            BOOST_TEST(std::isnan(each), "length " << Length << ", place " << place);

        row.fill(T(0.5));
        row[place] = -infinity<T>; // a logit that was masked
        softmax_row<Length>(row.data());
        for (std::size_t i = 0; i < Length; ++i)
            BOOST_TEST(agree(row[i], i == place ? 0.0 : 1.0 / (Length - 1)),
                       "length " << Length << ", place " << i);
    }
}

/// So are the largest and the smallest along an axis, and a softmax along one.
template <std::size_t Channels>
void check_lines() {
    for (std::size_t place = 0; place < 4; ++place) {
        const std::size_t channel = place * 7 % Channels;
        std::vector<float> x(4 * Channels, -0.5f);
        x[place * Channels + channel] = nan<float>;
        const auto largest = results<input<4, Channels> | reduce_max<0>>(x);
        const auto smallest = results<input<4, Channels> | reduce_min<1>>(x);
        const auto logarithms = results<input<4, Channels> | log_softmax<>>(x);
        const auto shares = results<input<4, Channels> | axis_softmax<0>>(x);
        for (std::size_t i = 0; i < x.size(); ++i) {
            const bool is_hit = i % Channels == channel;
            BOOST_TEST((is_hit ? std::isnan(largest[i % Channels]) : largest[i % Channels] == -0.5f));
            BOOST_TEST(
                (i / Channels == place ? std::isnan(smallest[place]) : smallest[i / Channels] == -0.5f));
            BOOST_TEST(std::isnan(logarithms[i]) == (i / Channels == place));
            BOOST_TEST(std::isnan(shares[i]) == is_hit);
        }
    }
}

/// A window's largest number and its mean are NaN in each that holds one, and there alone.
template <std::size_t Channels>
void check_pooling() {
    for (std::size_t place = 0; place < 4; ++place) {
        std::vector<float> x(4 * Channels);
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = static_cast<float>(i / Channels);
        const std::size_t channel = place * 7 % Channels;
        x[place * Channels + channel] = nan<float>;
        const auto largest = results<input<4, Channels> | max_pool<2>>(x);
        const auto means = results<input<4, Channels> | average_pool<2>>(x);
        for (std::size_t i = 0; i < largest.size(); ++i) {
            const bool is_hit = i == place / 2 * Channels + channel;
            BOOST_TEST(std::isnan(largest[i]) == is_hit);
            if (!is_hit)
                BOOST_TEST(largest[i] == static_cast<float>(i / Channels * 2 + 1));
            BOOST_TEST(std::isnan(means[i]) == is_hit);
        }
        const auto all = results<input<4, Channels> | global_max_pool>(x);
        for (std::size_t i = 0; i < all.size(); ++i)
            BOOST_TEST(std::isnan(all[i]) == (i == channel));
    }
    const auto lost = results<input<4, Channels> | max_pool<3, same, stride<1>>>(
        std::vector<float>(4 * Channels, nan<float>));
    BOOST_TEST(std::all_of(lost.begin(), lost.end(), [](float each) { return std::isnan(each); }));
}

/// The same where windows overlap or are large: each result is NaN, or the largest of its window as counted
/// out. Infinities of both signs are no NaN.
template <std::size_t Channels>
void check_large_and_overlapping_windows() {
    constexpr std::size_t lines = 5, columns = 6, places = lines * columns;
    for (std::size_t place = 0; place < places; ++place) {
        std::vector<float> x(places * Channels);
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = static_cast<float>(i * 7919 % 101);
        const std::size_t channel = place * 5 % Channels;
        const auto number = [&](std::size_t other) -> float& {
            return x[other % places * Channels + channel];
        };
        number(place) = nan<float>;
        number(place + 8) = infinity<float>;
        number(place + 16) = -infinity<float>;
        // Windows reach so far from their middles, which are `step` apart.
        const auto check = [&](const std::vector<float>& found, std::size_t reach, std::size_t width,
                               std::size_t step, const char* name) {
            for (std::size_t i = 0; i < found.size(); ++i) {
                const std::size_t line = i / Channels / width * step;
                const std::size_t column = i / Channels % width * step + step - 1;
                float wanted = -infinity<float>;
                for (std::size_t j = 0; j < places; ++j)
                    if (j / columns + reach >= line && j / columns <= line + reach &&
                        j % columns + reach >= column && j % columns <= column + reach)
                        wanted = largest(wanted, x[j * Channels + i % Channels]);
                BOOST_TEST(agree(found[i], static_cast<double>(wanted)),
                           name << ", result " << i << ", NaN in " << place);
            }
        };
        check(results<input<lines, columns, Channels> | max_pool<3, same, stride<1>>>(x), 1, columns, 1,
              "overlapping");
        check(results<input<lines, columns, Channels> | max_pool<3, same, stride<2>>>(x), 1, columns / 2, 2,
              "overlapping a little");
        check(results<input<lines, columns, Channels> | global_max_pool>(x), lines + columns, 1, 1, "global");
    }
}

/// A loss is NaN where one prediction or target is.
template <class Loss>
void check_loss(Loss, const char* name) {
    for (std::size_t place = 0; place < 10; ++place) {
        std::array<double, 5> predictions{0.5, -1, 2, 0.25, 1}, targets{1, 0, 0, 1, 0};
        (place < 5 ? predictions : targets)[place % 5] = nan<double>;
        const double loss = loss_row<Loss, no_shortcut, 5>(predictions.data(), targets.data(),
                                                           static_cast<double*>(nullptr), 1.0);
        BOOST_TEST(std::isnan(loss), name << ", place " << place);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(operations_of_plain_numbers) {
    check_operations<float>();
    check_operations<double>();
}

BOOST_AUTO_TEST_CASE(operations_of_registers) {
    check_lanes<float, 4>();
    check_lanes<float, 8>();
    check_lanes<float, 16>();
    check_lanes<double, 2>();
    check_lanes<double, 4>();
    check_lanes<double, 8>();
}

BOOST_AUTO_TEST_CASE(activations) {
    check_large_numbers();
    check_activations<1>();
    check_activations<4>();
    check_activations<19>();
}

BOOST_AUTO_TEST_CASE(rows_of_softmax) {
    check_softmax<2, float>();
    check_softmax<5, float>();
    check_softmax<16, float>();
    check_softmax<21, float>();
    check_softmax<5, double>();
    check_softmax<8, double>();
}

BOOST_AUTO_TEST_CASE(poolings) {
    check_pooling<1>();
    check_pooling<5>();
    check_pooling<16>();
    check_lines<5>();
    check_lines<17>();
    check_large_and_overlapping_windows<3>();
    check_large_and_overlapping_windows<40>();
}

BOOST_AUTO_TEST_CASE(loss_functions) {
    check_loss(mean_squared_error, "mean_squared_error");
    check_loss(mean_absolute_error, "mean_absolute_error");
    check_loss(huber<1.0>, "huber");
    check_loss(log_cosh, "log_cosh");
    check_loss(hinge, "hinge");
    check_loss(squared_hinge, "squared_hinge");
    check_loss(categorical_hinge, "categorical_hinge");
    check_loss(quantile_loss<0.3>, "quantile");
    check_loss(binary_crossentropy, "binary_crossentropy");
    check_loss(categorical_crossentropy, "categorical_crossentropy");
}

BOOST_AUTO_TEST_CASE(softplus_of_infinities) {
    const model<input<2> | softplus> net;
    const auto y = net.predict(std::array{-infinity<float>, infinity<float>});
    BOOST_TEST(y[0] == 0);
    BOOST_TEST(y[1] == infinity<float>);
    const model<input<2> | softplus, double> wide;
    BOOST_TEST(wide.predict(std::array{-infinity<double>, -1e300})[0] == 0);
    BOOST_TEST(wide.predict(std::array{-infinity<double>, -1e300})[1] == 0);
}
