// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/layers/gaussian_noise.hpp>
#include <strata/kernels/layers/sampling.hpp>
#include <strata/kernels/layers/spatial_dropout.hpp>

#include "layers_that_draw.hpp"

using namespace layers_that_draw;

namespace {
struct moments {
    double mean = 0;
    double deviation = 0;
};
template <class Numbers>
moments moments_of(const Numbers& numbers) {
    const auto count = static_cast<double>(numbers.size());
    moments result;
    for (const auto each : numbers)
        result.mean += static_cast<double>(each) / count;
    for (const auto each : numbers)
        result.deviation += std::pow(static_cast<double>(each) - result.mean, 2) / count;
    result.deviation = std::sqrt(result.deviation);
    return result;
}
} // namespace

BOOST_AUTO_TEST_CASE(normal_numbers_are_normal) {
    constexpr std::size_t blocks = 20'000;
    std::vector<double> exact(blocks * block_size);
    std::vector<float> rounded(blocks * block_size);
    for (std::size_t block = 0; block < blocks; ++block) {
        draw_normals(&exact[block * block_size], key, block);
        draw_normals(&rounded[block * block_size], key, block);
    }
    const auto count = static_cast<double>(exact.size());
    double sums[5] = {};
    double beyond[4] = {};
    double correlation = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        double power = 1;
        for (double& sum : sums) {
            sum += power / count;
            power *= exact[i];
        }
        for (std::size_t k = 0; k < 4; ++k)
            beyond[k] += (std::abs(exact[i]) > static_cast<double>(k + 1)) / count;
        for (const std::size_t step : {1u, 16u, 32u}) // neighbours, and those of one pair of words
            correlation += i >= step ? exact[i] * exact[i - step] / count : 0;
        BOOST_REQUIRE_SMALL(exact[i] - static_cast<double>(rounded[i]),
                            5e-4); // near the largest float below 1
    }
    // Four standard errors each.
    BOOST_TEST(std::abs(sums[1]) < 4 * std::sqrt(1 / count));
    BOOST_TEST(std::abs(sums[2] - 1) < 4 * std::sqrt(2 / count));
    BOOST_TEST(std::abs(sums[3]) < 4 * std::sqrt(15 / count));
    BOOST_TEST(std::abs(sums[4] - 3) < 4 * std::sqrt(96 / count));
    for (std::size_t k = 0; k < 4; ++k) {
        const double share = std::erfc(static_cast<double>(k + 1) / std::sqrt(2.0));
        BOOST_TEST(std::abs(beyond[k] - share) < 4 * std::sqrt(share / count));
    }
    BOOST_TEST(std::abs(correlation) < 4 * std::sqrt(3 / count));
}

BOOST_AUTO_TEST_CASE(noise_is_found_in_any_order) {
    normal_noise<float> forwards(key, 1);
    std::vector<float> numbers(1000);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = *forwards.values(i);
    normal_noise<float> jumping(key, 1);
    for (std::size_t i = 0; i + 16 < numbers.size(); ++i) {
        const std::size_t place = i * 389 % (numbers.size() - 16);
        const float* const found = jumping.values(place);
        for (std::size_t j = 0; j < 16; ++j)
            BOOST_REQUIRE_EQUAL(found[j], numbers[place + j]);
    }
}

BOOST_AUTO_TEST_CASE(gaussian_noise_has_its_deviation) {
    auto run = make_harness<float, shape<10, 10, 17>>(gaussian_noise<0.25>, 100);
    auto y = run.packed(run.forward());
    const auto x = run.packed(run.x[0]);
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] -= x[i];
    const moments found = moments_of(y);
    BOOST_TEST(std::abs(found.mean) < 0.003);
    BOOST_TEST(std::abs(found.deviation - 0.25) < 0.003);
    // The gradient passes as it is.
    BOOST_TEST((run.packed(run.backward(run.x[0])[0]) == x));
}

BOOST_AUTO_TEST_CASE(gaussian_dropout_has_the_deviation_of_dropout) {
    auto run = make_harness<double, shape<1700>>(gaussian_dropout<0.2>, 100);
    const values<double> all_one = [&] {
        values<double> result(run.samples * run.size);
        std::fill(result.begin(), result.end(), 1.0);
        return result;
    }();
    run.x[0] = all_one;
    const auto y = run.packed(run.forward());
    const moments found = moments_of(y);
    BOOST_TEST(std::abs(found.mean - 1) < 0.005);
    BOOST_TEST(std::abs(found.deviation - 0.5) < 0.005);
    // The gradient has the same factors.
    BOOST_TEST((run.packed(run.backward(all_one)[0]) == y));
}

BOOST_AUTO_TEST_CASE(spatial_dropout_drops_whole_channels) {
    constexpr std::size_t channels = 70;
    auto run = make_harness<float, shape<3, 4, channels>>(spatial_dropout<0.3>, 400);
    const auto y = run.packed(run.forward());
    const auto x = run.packed(run.x[0]);
    std::size_t dropped = 0;
    std::vector<std::size_t> dropped_counts(channels);
    for (std::size_t sample = 0; sample < run.samples; ++sample)
        for (std::size_t c = 0; c < channels; ++c) {
            const float factor = y[sample * run.size + c] == 0 ? 0.0f : static_cast<float>(1 / 0.7);
            dropped += factor == 0;
            dropped_counts[c] += factor == 0;
            for (std::size_t place = 0; place < 12; ++place) {
                const std::size_t i = sample * run.size + place * channels + c;
                BOOST_REQUIRE_EQUAL(y[i], x[i] * factor);
            }
        }
    BOOST_TEST(std::abs(static_cast<double>(dropped) / (400.0 * channels) - 0.3) < 0.01);
    for (const std::size_t each : dropped_counts)
        BOOST_TEST(std::abs(static_cast<double>(each) / 400.0 - 0.3) < 0.12);
}

BOOST_AUTO_TEST_CASE(sampling_draws_from_its_distributions) {
    auto run = make_harness<double, shape<5, 7>, shape<5, 7>>(sampling, 2000);
    for (double& each : run.x[0])
        each = 2;
    for (double& each : run.x[1])
        each = std::log(9.0);
    const moments found = moments_of(run.packed(run.forward()));
    BOOST_TEST(std::abs(found.mean - 2) < 0.05);
    BOOST_TEST(std::abs(found.deviation - 3) < 0.05);

    // Gradients against differences.
    auto few = make_harness<double, shape<5, 7>, shape<5, 7>>(sampling, 3);
    const auto gradient = few.backward(few.x[0]); // any delta will do
    for (std::size_t s = 0; s < 2; ++s)
        for (std::size_t i = 0; i < 3 * few.size; ++i) {
            const double delta = few.x[0][i];
            constexpr double step = 1e-6;
            const double middle = few.x[s][i];
            few.x[s][i] = middle + step;
            const double raised = few.forward()[i];
            few.x[s][i] = middle - step;
            const double lowered = few.forward()[i];
            few.x[s][i] = middle;
            BOOST_REQUIRE_SMALL(gradient[s][i] - delta * (raised - lowered) / (2 * step), 1e-8);
        }
}

BOOST_AUTO_TEST_CASE(layers_that_draw_keep_the_laws) {
    check_laws<float, shape<40>>(gaussian_noise<0.5>, 9);
    check_laws<double, shape<3, 4, 5>>(gaussian_noise<0.5>, 9);
    check_laws<float, shape<3, 4, 1>>(gaussian_dropout<0.3>, 13);
    check_laws<double, shape<6, 17>>(gaussian_dropout<0.3>, 13);
    check_laws<float, shape<2, 9>, shape<2, 9>>(sampling, 17);
    check_laws<double, shape<2>, shape<2>>(sampling, 17);
    check_laws<float, shape<6, 16>>(spatial_dropout<0.5>, 9);
    check_laws<double, shape<3, 2, 2, 3>>(spatial_dropout<0.5>, 9);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_rejected) {
    static_assert(takes(spatial_dropout<0.5>, shape<4, 3>{}) &&
                  takes(spatial_dropout<0.0>, shape<4, 4, 4, 3>{}));
    static_assert(!takes(spatial_dropout<0.5>, shape<4>{}) && !takes(spatial_dropout<1.0>, shape<4, 3>{}) &&
                  !takes(spatial_dropout<-0.1>, shape<4, 3>{}));
    static_assert(takes(gaussian_noise<0.1>, shape<4>{}) && !takes(gaussian_noise<-0.1>, shape<4>{}) &&
                  !takes(gaussian_noise<std::numeric_limits<double>::infinity()>, shape<4>{}) &&
                  !takes(gaussian_noise<std::numeric_limits<double>::quiet_NaN()>, shape<4>{}));
    static_assert(takes(gaussian_dropout<0.1>, shape<4>{}) && !takes(gaussian_dropout<1.0>, shape<4>{}));
    static_assert(sampling_layer::accepts_all<shape<2>, shape<2>> && !sampling_layer::accepts_all<shape<2>> &&
                  !sampling_layer::accepts_all<shape<2>, shape<3>> &&
                  !sampling_layer::accepts_all<shape<2>, shape<2>, shape<2>>);
}
