// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#define BOOST_TEST_MODULE kernels / random_layers
#include <strata/kernels/augmentation.hpp>
#include <strata/kernels/gaussian_noise.hpp>
#include <strata/kernels/sampling.hpp>
#include <strata/kernels/spatial_dropout.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace strata;

namespace {

constexpr dropout_key key{7, 3, 2};

template <class T>
struct values : std::vector<T> {
    // With more behind the last row, as the network's memory has.
    explicit values(std::size_t size) : std::vector<T>(size + 32, std::numeric_limits<T>::quiet_NaN()) {}
};

/// A layer's kernels alone, as stages without a tail, each thread's part one after another.
template <class Layer, class T, class... Shapes>
struct harness {
    static constexpr auto find_head() {
        if constexpr (sizeof...(Shapes) == 1)
            return typename Layer::template head<Shapes...>{};
        else
            return typename Layer::template head_of<Shapes...>{};
    }
    using head = decltype(find_head());
    using kernels = head_kernels<head>;
    using single = stage<head, tail<>, no_closing, head::output_rows>;
    static constexpr std::size_t sources = sizeof...(Shapes);
    static constexpr std::size_t size = head::output_rows * head::outputs;

    std::size_t samples;
    std::size_t threads = 1;
    dropout_key drawn = key;
    std::size_t pitch = head::outputs;
    std::vector<values<T>> x;
    values<T> scratch{kernels::template scratch_size<T>};

    explicit harness(Layer, std::size_t count, std::size_t row_pitch = head::outputs)
        : samples(count), pitch(row_pitch), x(sources, values<T>(count * head::output_rows * row_pitch)) {
        for (std::size_t s = 0; s < sources; ++s)
            for (std::size_t row = 0; row < count * head::output_rows; ++row)
                for (std::size_t c = 0; c < head::outputs; ++c)
                    x[s][row * pitch + c] = static_cast<T>(std::sin(
                        0.37 * static_cast<double>(row * head::outputs + c) + static_cast<double>(s)));
    }

    template <bool Training = true>
    values<T> forward() {
        values<T> y(x[0].size() - 32);
        std::vector<rows_view<const T>> views;
        for (const auto& each : x)
            views.push_back({each.data(), pitch});
        const head_forward<T> at{views.data(), {y.data(), pitch}, nullptr, {},
                                 nullptr,      scratch.data(),    samples, drawn};
        for (std::size_t rank = 0; rank < threads; ++rank) {
            const team part{rank, threads};
            if constexpr (Training)
                kernels::template forward<single, keeping::nothing, true>(at, part,
                                                                          training_tail<tail<>>{key});
            else
                kernels::template forward<single, keeping::nothing, true>(at, part,
                                                                          prediction_tail<tail<>>{});
        }
        return y;
    }

    std::vector<values<T>> backward(const values<T>& delta, bool adds = false) {
        std::vector<values<T>> before(sources, values<T>(x[0].size() - 32));
        if (adds)
            for (auto& each : before)
                std::fill(each.begin(), each.end(), T(1));
        std::vector<rows_view<const T>> views;
        std::vector<rows_view<T>> to;
        for (std::size_t s = 0; s < sources; ++s) {
            views.push_back({x[s].data(), pitch});
            to.push_back({before[s].data(), pitch});
        }
        const bool added[2] = {adds, adds};
        const head_backward<T> at{views.data(), {delta.data(), pitch}, to.data(), added, nullptr, {},
                                  nullptr,      scratch.data(),        samples,   drawn};
        for (std::size_t rank = 0; rank < threads; ++rank)
            kernels::template backward<single>(at, team{rank, threads}, no_slope{});
        return before;
    }

    /// The numbers of a result in order, without what lies between rows and behind them.
    std::vector<T> packed(const values<T>& from) const {
        std::vector<T> result;
        for (std::size_t row = 0; row < samples * head::output_rows; ++row)
            result.insert(result.end(), from.begin() + static_cast<std::ptrdiff_t>(row * pitch),
                          from.begin() + static_cast<std::ptrdiff_t>(row * pitch + head::outputs));
        return result;
    }
};
template <class T, class... Shapes, class Layer>
auto with(Layer layer, std::size_t samples) {
    return harness<Layer, T, Shapes...>(layer, samples);
}

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

/// What holds of every layer that draws: identity in prediction, the same numbers on any number of threads,
/// in rows that lie apart, and in backward; other numbers with another key.
template <class T, class... Shapes, class Layer>
void check_laws(Layer layer, std::size_t samples) {
    auto one = with<T, Shapes...>(layer, samples);
    using head = typename decltype(one)::head;
    const auto y = one.packed(one.forward());
    const auto same = one.packed(one.template forward<false>());
    BOOST_TEST((same == one.packed(one.x[0])));
    BOOST_TEST((y != same));
    std::vector<T> delta_numbers(samples * one.size);
    values<T> delta(samples * one.size);
    for (std::size_t i = 0; i < delta_numbers.size(); ++i)
        delta[i] = delta_numbers[i] = static_cast<T>(std::cos(0.7 * static_cast<double>(i)));
    const auto before = one.backward(delta);
    const auto added = one.backward(delta, true);
    for (std::size_t s = 0; s < one.sources; ++s)
        for (std::size_t i = 0; i < delta_numbers.size(); ++i)
            BOOST_REQUIRE_SMALL(static_cast<double>(added[s][i] - T(1) - before[s][i]), 1e-5);

    for (const std::size_t threads : {2u, 3u}) {
        auto several = with<T, Shapes...>(layer, samples);
        several.threads = threads;
        BOOST_TEST((several.packed(several.forward()) == y));
        const auto of_several = several.backward(delta);
        for (std::size_t s = 0; s < one.sources; ++s)
            BOOST_TEST((several.packed(of_several[s]) == one.packed(before[s])));
    }

    harness<Layer, T, Shapes...> apart(layer, samples, head::outputs + 5);
    BOOST_TEST((apart.packed(apart.forward()) == y));
    values<T> delta_apart(samples * head::output_rows * apart.pitch);
    for (std::size_t row = 0; row < samples * head::output_rows; ++row)
        std::copy_n(&delta[row * head::outputs], head::outputs, &delta_apart[row * apart.pitch]);
    const auto of_apart = apart.backward(delta_apart);
    for (std::size_t s = 0; s < one.sources; ++s)
        BOOST_TEST((apart.packed(of_apart[s]) == one.packed(before[s])));

    for (const dropout_key& changed : {dropout_key{8, 3, 2}, dropout_key{7, 4, 2}, dropout_key{7, 3, 1}}) {
        auto other = with<T, Shapes...>(layer, samples);
        other.drawn = changed;
        BOOST_TEST((other.packed(other.forward()) != y));
    }
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
    double along = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        double power = 1;
        for (double& sum : sums) {
            sum += power / count;
            power *= exact[i];
        }
        for (std::size_t k = 0; k < 4; ++k)
            beyond[k] += (std::abs(exact[i]) > static_cast<double>(k + 1)) / count;
        for (const std::size_t step : {1u, 16u, 32u}) // neighbours, and those of one pair of words
            along += i >= step ? exact[i] * exact[i - step] / count : 0;
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
    BOOST_TEST(std::abs(along) < 4 * std::sqrt(3 / count));
}

BOOST_AUTO_TEST_CASE(noise_is_found_in_any_order) {
    normal_noise<float> forwards(key);
    std::vector<float> numbers(1000);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = *forwards.from(i);
    normal_noise<float> jumping(key);
    for (std::size_t i = 0; i + 16 < numbers.size(); ++i) {
        const std::size_t place = i * 389 % (numbers.size() - 16);
        const float* const found = jumping.from(place);
        for (std::size_t j = 0; j < 16; ++j)
            BOOST_REQUIRE_EQUAL(found[j], numbers[place + j]);
    }
}

BOOST_AUTO_TEST_CASE(gaussian_noise_has_its_deviation) {
    auto run = with<float, shape<10, 10, 17>>(gaussian_noise<0.25>, 100);
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
    auto run = with<double, shape<1700>>(gaussian_dropout<0.2>, 100);
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
    auto run = with<float, shape<3, 4, channels>>(spatial_dropout<0.3>, 400);
    const auto y = run.packed(run.forward());
    const auto x = run.packed(run.x[0]);
    std::size_t dropped = 0;
    std::vector<std::size_t> of_channel(channels);
    for (std::size_t sample = 0; sample < run.samples; ++sample)
        for (std::size_t c = 0; c < channels; ++c) {
            const float factor = y[sample * run.size + c] == 0 ? 0.0f : static_cast<float>(1 / 0.7);
            dropped += factor == 0;
            of_channel[c] += factor == 0;
            for (std::size_t place = 0; place < 12; ++place) {
                const std::size_t i = sample * run.size + place * channels + c;
                BOOST_REQUIRE_EQUAL(y[i], x[i] * factor);
            }
        }
    BOOST_TEST(std::abs(static_cast<double>(dropped) / (400.0 * channels) - 0.3) < 0.01);
    for (const std::size_t each : of_channel)
        BOOST_TEST(std::abs(static_cast<double>(each) / 400.0 - 0.3) < 0.12);
}

BOOST_AUTO_TEST_CASE(sampling_draws_from_its_distributions) {
    auto run = with<double, shape<5, 7>, shape<5, 7>>(sampling, 2000);
    for (double& each : run.x[0])
        each = 2;
    for (double& each : run.x[1])
        each = std::log(9.0);
    const moments found = moments_of(run.packed(run.forward()));
    BOOST_TEST(std::abs(found.mean - 2) < 0.05);
    BOOST_TEST(std::abs(found.deviation - 3) < 0.05);

    // Gradients against differences.
    auto few = with<double, shape<5, 7>, shape<5, 7>>(sampling, 3);
    const auto gradient = few.backward(few.x[0]); // any delta will do
    for (std::size_t s = 0; s < 2; ++s)
        for (std::size_t i = 0; i < 3 * few.size; ++i) {
            const double delta = few.x[0][i];
            constexpr double step = 1e-6;
            const double middle = few.x[s][i];
            few.x[s][i] = middle + step;
            const double above = few.forward()[i];
            few.x[s][i] = middle - step;
            const double below = few.forward()[i];
            few.x[s][i] = middle;
            BOOST_REQUIRE_SMALL(gradient[s][i] - delta * (above - below) / (2 * step), 1e-8);
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
    check_laws<float, shape<6, 5, 3>>(random_flip<>, 11);
    check_laws<float, shape<6, 5, 3>>(random_shift<0.3, 0.2>, 11);
    check_laws<double, shape<6, 5, 1>>(random_rotation<0.2, outside::zero>, 11);
    check_laws<float, shape<6, 5, 17>>(random_zoom<0.4, nearest, outside::edge>, 11);
}

namespace {

/// How an image is drawn on by a plain loop, the map being from output (h, w) to the input.
template <class Map>
std::vector<double> transformed(const double* image, std::size_t height, std::size_t width,
                                std::size_t channels, outside beyond, Map map) {
    const auto reflected = [](long place, long extent) {
        while (place < 0 || place >= extent)
            place = place < 0 ? -place - 1 : 2 * extent - place - 1;
        return place;
    };
    const auto pixel = [&](double h, double w, std::size_t c) {
        auto row = static_cast<long>(h);
        auto column = static_cast<long>(w);
        const auto rows = static_cast<long>(height);
        const auto columns = static_cast<long>(width);
        if (beyond == outside::zero && (row < 0 || row >= rows || column < 0 || column >= columns))
            return 0.0;
        if (beyond == outside::edge) {
            row = std::clamp(row, 0l, rows - 1);
            column = std::clamp(column, 0l, columns - 1);
        } else if (beyond == outside::reflected) {
            row = reflected(row, rows);
            column = reflected(column, columns);
        }
        return image[(static_cast<std::size_t>(row) * width + static_cast<std::size_t>(column)) * channels +
                     c];
    };
    std::vector<double> result;
    for (std::size_t h = 0; h < height; ++h)
        for (std::size_t w = 0; w < width; ++w)
            for (std::size_t c = 0; c < channels; ++c) {
                const auto [y, x] = map(static_cast<double>(h), static_cast<double>(w));
                const double top = std::floor(y);
                const double left = std::floor(x);
                result.push_back((top + 1 - y) * (left + 1 - x) * pixel(top, left, c) +
                                 (top + 1 - y) * (x - left) * pixel(top, left + 1, c) +
                                 (y - top) * (left + 1 - x) * pixel(top + 1, left, c) +
                                 (y - top) * (x - left) * pixel(top + 1, left + 1, c));
            }
    return result;
}

/// Compares all images of a batch; `maps(first, second)` is the map for two drawn numbers in [0, 1).
template <std::size_t Height, std::size_t Width, class Layer, class Maps>
void compare(Layer layer, Maps maps) {
    constexpr std::size_t channels = 3;
    auto run = with<double, shape<Height, Width, channels>>(layer, 20);
    const auto y = run.packed(run.forward());
    for (std::size_t sample = 0; sample < run.samples; ++sample) {
        const random_block words = draw_block(key, sample);
        const auto wanted = transformed(&run.x[0][sample * run.size], Height, Width, channels, Layer::beyond,
                                        maps(words[0][0] * 0x1p-32, words[0][1] * 0x1p-32));
        for (std::size_t i = 0; i < run.size; ++i)
            BOOST_REQUIRE_SMALL(y[sample * run.size + i] - wanted[i], 1e-12);
    }
    // Backward is the adjoint: <forward x, d> = <x, backward d>.
    values<double> delta(run.samples * run.size);
    for (std::size_t i = 0; i < delta.size(); ++i)
        delta[i] = std::cos(static_cast<double>(i * i));
    const auto before = run.packed(run.backward(delta)[0]);
    double left = 0;
    double right = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        left += y[i] * delta[i];
        right += run.x[0][i] * before[i];
    }
    BOOST_TEST(std::abs(left - right) < 1e-10);
}

struct place {
    double h, w;
};

template <outside Beyond>
void compare_all() {
    constexpr double tau = 6.283185307179586;
    compare<7, 9>(random_shift<0.4, between{-0.1, 0.9}, Beyond>, [](double down, double right) {
        return [=](double h, double w) {
            return place{h - 7 * (-0.4 + 0.8 * down), w - 9 * (-0.1 + 1.0 * right)};
        };
    });
    compare<7, 9>(random_rotation<0.3, Beyond>, [](double draw, double) {
        const double angle = tau * (-0.3 + 0.6 * draw);
        return [=](double h, double w) {
            // Anticlockwise on the screen, where h points down.
            return place{3 + std::sin(angle) * (w - 4) + std::cos(angle) * (h - 3),
                         4 + std::cos(angle) * (w - 4) - std::sin(angle) * (h - 3)};
        };
    });
    compare<8, 5>(random_zoom<between{-0.5, 0.9}, Beyond>, [](double draw, double) {
        const double zoom = 1 - 0.5 + 1.4 * draw;
        return [=](double h, double w) { return place{3.5 + zoom * (h - 3.5), 2 + zoom * (w - 2)}; };
    });
}

} // namespace

BOOST_AUTO_TEST_CASE(augmentation_agrees_with_a_plain_loop) {
    compare_all<outside::reflected>();
    compare_all<outside::zero>();
    compare_all<outside::edge>();
}

BOOST_AUTO_TEST_CASE(flips_flip_half_of_the_images) {
    constexpr std::size_t height = 3;
    constexpr std::size_t width = 4;
    constexpr std::size_t channels = 2;
    const auto count = [&](auto layer) {
        auto run = with<float, shape<height, width, channels>>(layer, 400);
        const auto y = run.packed(run.forward());
        std::array<std::size_t, 4> found{};
        for (std::size_t sample = 0; sample < run.samples; ++sample) {
            bool known = false;
            for (std::size_t way = 0; way < 4; ++way) {
                bool equal = true;
                for (std::size_t h = 0; h < height; ++h)
                    for (std::size_t w = 0; w < width; ++w)
                        for (std::size_t c = 0; c < channels; ++c) {
                            const std::size_t from_h = way / 2 == 1 ? height - 1 - h : h;
                            const std::size_t from_w = way % 2 == 1 ? width - 1 - w : w;
                            equal =
                                equal &&
                                y[sample * run.size + (h * width + w) * channels + c] ==
                                    run.x[0][sample * run.size + (from_h * width + from_w) * channels + c];
                        }
                found[way] += equal;
                known = known || equal;
            }
            BOOST_REQUIRE(known);
        }
        return found;
    };
    const auto sideways = count(random_flip<horizontal>);
    BOOST_TEST((sideways[1] > 160 && sideways[1] < 240 && sideways[0] + sideways[1] == 400));
    const auto over = count(random_flip<vertical>);
    BOOST_TEST((over[2] > 160 && over[2] < 240 && over[0] + over[2] == 400));
    for (const std::size_t each : count(random_flip<both>))
        BOOST_TEST((each > 60 && each < 140));
}

BOOST_AUTO_TEST_CASE(augmentation_with_known_draws) {
    const auto image = [] {
        auto run = with<float, shape<3, 3, 1>>(random_zoom<0.0>, 1);
        for (std::size_t i = 0; i < 9; ++i)
            run.x[0][i] = static_cast<float>(i + 1);
        return run.x[0];
    }();
    const auto shown = [&](auto layer) {
        auto run = with<float, shape<3, 3, 1>>(layer, 1);
        run.x[0] = image;
        return run.packed(run.forward());
    };
    using picture = std::vector<float>;
    // A quarter of a turn, anticlockwise.
    BOOST_TEST((shown(random_rotation<between{0.25, 0.25}, nearest>) == picture{3, 6, 9, 2, 5, 8, 1, 4, 7}));
    // Down and to the right.
    BOOST_TEST((shown(random_shift<between{1 / 3.0, 1 / 3.0}, 0.0, nearest, outside::zero>) ==
                picture{0, 0, 0, 1, 2, 3, 4, 5, 6}));
    BOOST_TEST((shown(random_shift<0.0, between{1 / 3.0, 1 / 3.0}, nearest, outside::edge>) ==
                picture{1, 1, 2, 4, 4, 5, 7, 7, 8}));
    BOOST_TEST(
        (shown(random_shift<0.0, between{2 / 3.0, 2 / 3.0}, nearest>) == picture{2, 1, 1, 5, 4, 4, 8, 7, 7}));
    // Half as large: what was two pixels from the centre is at one.
    BOOST_TEST(
        (shown(random_zoom<between{1, 1}, nearest, outside::zero>) == picture{0, 0, 0, 0, 5, 0, 0, 0, 0}));
    BOOST_TEST((shown(random_zoom<0.0>) == picture{1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

namespace {
template <class Layer, class Shape>
constexpr bool takes(Layer, Shape) {
    return accepts<Layer, Shape>;
}
} // namespace

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_rejected) {
    static_assert(takes(spatial_dropout<0.5>, shape<4, 3>{}) &&
                  takes(spatial_dropout<0.0>, shape<4, 4, 4, 3>{}));
    static_assert(!takes(spatial_dropout<0.5>, shape<4>{}) && !takes(spatial_dropout<1.0>, shape<4, 3>{}) &&
                  !takes(spatial_dropout<-0.1>, shape<4, 3>{}));
    static_assert(takes(gaussian_noise<0.1>, shape<4>{}) && !takes(gaussian_noise<-0.1>, shape<4>{}) &&
                  !takes(gaussian_noise<std::numeric_limits<double>::infinity()>, shape<4>{}) &&
                  !takes(gaussian_noise<std::numeric_limits<double>::quiet_NaN()>, shape<4>{}));
    static_assert(takes(gaussian_dropout<0.1>, shape<4>{}) && !takes(gaussian_dropout<1.0>, shape<4>{}));
    static_assert(takes(random_flip<>, shape<4, 4, 1>{}) && !takes(random_flip<>, shape<4, 4>{}) &&
                  !takes(random_flip<>, shape<4, 4, 4, 1>{}));
    static_assert(takes(random_shift<0.5, 1>, shape<4, 4, 1>{}) &&
                  !takes(random_shift<0.5, 1.5>, shape<4, 4, 1>{}) &&
                  !takes(random_shift<between{0.5, 0.2}, 0>, shape<4, 4, 1>{}));
    static_assert(takes(random_rotation<1>, shape<4, 4, 1>{}) &&
                  !takes(random_rotation<1.5>, shape<4, 4, 1>{}));
    static_assert(takes(random_zoom<0.9>, shape<4, 4, 1>{}) && !takes(random_zoom<1.0>, shape<4, 4, 1>{}));
    static_assert(sampling_layer::accepts_all<shape<2>, shape<2>> && !sampling_layer::accepts_all<shape<2>> &&
                  !sampling_layer::accepts_all<shape<2>, shape<3>> &&
                  !sampling_layer::accepts_all<shape<2>, shape<2>, shape<2>>);
}
