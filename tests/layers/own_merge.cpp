// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../model/gradient_check.hpp"

#include <strata/strata.hpp>

#include <array>
#include <string>
#include <vector>

// A layer of a program's own that reads two values, makes two, and has parameters.

namespace own {
using namespace strata::bedrock;

/// What an exchange computes, for the plan: for each sample all of the sum's numbers, then the halves'.
template <std::size_t Width>
struct exchanging : head_base<1, Width, 1, Width + Width / 2> {
    static constexpr std::size_t parts = 2;
    struct left : parameter<"left", shape<Width>> {
        static constexpr initializer first = uniform<1.0>;
    };
    struct right : parameter<"right", shape<Width>> {
        static constexpr initializer first = uniform<1.0>;
    };
    using parameters = type_list<left, right>;
};

/// Of two values a and b of one shape: u a + v b, and as a vector of half its length its first half times a
/// number of b.
struct exchange_layer : layer_base {
    using role = role::merge;
    static constexpr auto label = text("exchange");
    static constexpr std::size_t output_count = 2;
    template <class First, class... Rest>
    static constexpr bool accepts_all = sizeof...(Rest) == 1 &&
                                        (std::same_as<First, Rest> && ...) && First::size % 2 == 0;
    template <class...>
    static constexpr auto wants_all = text("two values of one shape");
    template <class First, class>
    using outputs_of = type_list<First, shape<First::size / 2>>;
    template <class First, class>
    using head_of = exchanging<First::size>;
};
inline constexpr exchange_layer exchange;
} // namespace own

template <std::size_t Width>
struct strata::bedrock::head_kernels<own::exchanging<Width>> : strata::bedrock::head_kernels_base {
    using head = own::exchanging<Width>;
    using left = typename head::left;
    using right = typename head::right;

    template <class Stage, keeping, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail&) noexcept {
        const T* const u = array_of<head>(call.parameters, left{});
        const T* const v = array_of<head>(call.parameters, right{});
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            const T* const a = call.x[0].row(sample);
            const T* const b = call.x[1].row(sample);
            T* const y = call.y.row(sample);
            for (std::size_t i = 0; i < Width; ++i)
                y[i] = u[i] * a[i] + v[i] * b[i];
            for (std::size_t i = 0; i < Width / 2; ++i)
                y[Width + i] = a[i] * b[Width / 2 + i];
        }
        return true;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        const T* const weights[] = {array_of<head>(call.parameters, left{}),
                                    array_of<head>(call.parameters, right{})};
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample)
            for (std::size_t source = 0; source < 2; ++source) {
                if (call.source_deltas[source].data == nullptr)
                    continue;
                const T* const delta = call.delta.row(sample);
                const T* const other = call.x[1 - source].row(sample);
                for (std::size_t i = 0; i < Width; ++i) {
                    T sum = weights[source][i] * delta[i];
                    if (source == 0 && i < Width / 2)
                        sum += delta[Width + i] * other[Width / 2 + i];
                    if (source == 1 && i >= Width / 2)
                        sum += delta[Width + i - Width / 2] * other[i - Width / 2];
                    T& source_delta = call.source_deltas[source].row(sample)[i];
                    source_delta = call.adds[source] ? source_delta + sum : sum;
                }
            }
    }

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        const team::range mine = threads.share(Width);
        const auto sum = [&](const auto& use, std::size_t source) {
            for (std::size_t i = mine.begin; i < mine.end; ++i) {
                T total = 0;
                for (std::size_t sample = 0; sample < call.samples; ++sample)
                    total += call.delta.row(sample)[i] * call.x[source].row(sample)[i];
                use(i, total);
            }
        };
        sum(updates(left{}), 0);
        sum(updates(right{}), 1);
    }
};

using namespace gradient_check;
using own::exchange;

namespace {
constexpr auto two = branches(dense<4>, dense<4> | strata::tanh) | exchange;
constexpr auto net = input<3> | two | branches(relu, dense<2>) | concat<>;
using network = model<net>;
} // namespace

BOOST_AUTO_TEST_CASE(its_gradients_are_right) {
    check_all<net, weighted_sum>();
    check_all<input<3> | two | concat<>, weighted_sum>();           // both outputs joined as they are
    check_all<input<3> | two | pick<0>, weighted_sum>();            // nobody reads the second one
    check_all<input<3> | two | pick<1> | dense<2>, weighted_sum>(); // nor the first
    check_all<input<3> | two | with_all(pick<0>, pick<1>, pick<0> | strata::tanh) | concat<>, weighted_sum>();
    check_all<input<3> | two | branches(dense<6>, dense<6>) | exchange | pick<0> | softmax, weighted_sum>();
    check_all<input<6, 2> | branches(dense<3>, identity | dense<3>) | exchange |
                  branches(conv<2, 3> | flatten, dense<2>) | concat<>,
              weighted_sum>();
}

BOOST_AUTO_TEST_CASE(it_computes_both) {
    model<input<4> | branches(identity, strata::activation<2 * symbols::x>) | exchange> two_outputs;
    static_assert(decltype(two_outputs)::output_count == 2);
    two_outputs.set_weights(std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});
    const std::array<float, 4> x{1, -1, 2, 0.5f};
    std::array<float, 4 + 16> sum{};
    std::array<float, 2 + 16> half{};
    two_outputs.predict_batch(std::array{x.data()}, std::array{sum.data(), half.data()}, 1);
    for (std::size_t i = 0; i < 4; ++i)
        BOOST_TEST(sum[i] == static_cast<float>(i + 1) * x[i] + static_cast<float>(i + 5) * 2 * x[i]);
    for (std::size_t i = 0; i < 2; ++i)
        BOOST_TEST(half[i] == x[i] * 2 * x[i + 2]);
}

BOOST_AUTO_TEST_CASE(a_merge_is_counted_named_frozen_and_shown) {
    static_assert(network::parameter_count == 2 * (3 * 4 + 4) + 8 + 2 * 2 + 2);
    static_assert(network::output_shape == shape<6>{});
    network one;
    BOOST_TEST(one.parameter<"exchange.left">().size == 4u);
    BOOST_TEST((one.parameter<"exchange.left">().values() != one.parameter<"exchange.right">().values()));
    const auto summary = network::summary();
    BOOST_TEST(summary.find(
                   "exchange                    6                     8           exchange.left .right\n") !=
               std::string::npos);
    BOOST_TEST(summary.find("output<1>                   2                     0\n") != std::string::npos);
    BOOST_TEST(network::plan().find("exchange, 2 values -> 6") != std::string::npos);

    using cold =
        model<input<3> | branches(dense<4>, dense<4>) | frozen_weights(named<"mix">(exchange)) | concat<>>;
    cold frozen;
    const auto first = frozen.parameter<"mix.exchange.right">().values();
    const auto dense_before = frozen.parameter<"dense.kernel">().values();
    trainer teach{frozen, mean_squared_error, adam{}};
    const xt::xtensor<float, 2> x{{1, 2, 3}, {-1, 0, 1}};
    const xt::xtensor<float, 2> y{{1, 2, 3, 4, 5, 6}, {-1, 0, 1, 2, 3, 4}};
    fit_options options;
    options.verbose = verbosity::silent;
    teach.fit(x, y, options);
    BOOST_TEST((frozen.parameter<"mix.exchange.right">().values() == first));
    BOOST_TEST((frozen.parameter<"dense.kernel">().values() != dense_before));
}
