// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/layers/augmentation.hpp>

#include "layers_that_draw.hpp"

#include <array>

using namespace layers_that_draw;

namespace {

/// How an image is drawn on by a plain loop, the map being from output (h, w) to the input.
template <class Map>
std::vector<double> transformed(const double* image, std::size_t height, std::size_t width,
                                std::size_t channels, outside border, Map map) {
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
        if (border == outside::zero && (row < 0 || row >= rows || column < 0 || column >= columns))
            return 0.0;
        if (border == outside::edge) {
            row = std::clamp(row, 0l, rows - 1);
            column = std::clamp(column, 0l, columns - 1);
        } else if (border == outside::reflected) {
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
    auto run = make_harness<double, shape<Height, Width, channels>>(layer, 20);
    const auto y = run.packed(run.forward());
    for (std::size_t sample = 0; sample < run.samples; ++sample) {
        const random_block words = draw_block(key, sample);
        const auto wanted = transformed(&run.x[0][sample * run.size], Height, Width, channels, Layer::border,
                                        maps(words[0][0] * 0x1p-32, words[0][1] * 0x1p-32));
        for (std::size_t i = 0; i < run.size; ++i)
            BOOST_REQUIRE_SMALL(y[sample * run.size + i] - wanted[i], 1e-12);
    }
    // Backward is the adjoint: <forward x, d> = <x, backward d>.
    values<double> delta(run.samples * run.size);
    for (std::size_t i = 0; i < delta.size(); ++i)
        delta[i] = std::cos(static_cast<double>(i * i));
    const auto source_delta = run.packed(run.backward(delta)[0]);
    double left = 0;
    double right = 0;
    for (std::size_t i = 0; i < source_delta.size(); ++i) {
        left += y[i] * delta[i];
        right += run.x[0][i] * source_delta[i];
    }
    BOOST_TEST(std::abs(left - right) < 1e-10);
}

struct place {
    double h, w;
};

template <outside Beyond>
void compare_all() {
    constexpr double tau = 6.283185307179586;
    compare<7, 9>(
        random_shift<0.4, interval{-0.1, 0.9}, Beyond>, [](double vertical_draw, double horizontal_draw) {
            return [=](double h, double w) {
                return place{h - 7 * (-0.4 + 0.8 * vertical_draw), w - 9 * (-0.1 + 1.0 * horizontal_draw)};
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
    compare<8, 5>(random_zoom<interval{-0.5, 0.9}, Beyond>, [](double draw, double) {
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
        auto run = make_harness<float, shape<height, width, channels>>(layer, 400);
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
    const auto upside_down = count(random_flip<vertical>);
    BOOST_TEST((upside_down[2] > 160 && upside_down[2] < 240 && upside_down[0] + upside_down[2] == 400));
    for (const std::size_t each : count(random_flip<both>))
        BOOST_TEST((each > 60 && each < 140));
}

BOOST_AUTO_TEST_CASE(augmentation_with_known_draws) {
    const auto image = [] {
        auto run = make_harness<float, shape<3, 3, 1>>(random_zoom<0.0>, 1);
        for (std::size_t i = 0; i < 9; ++i)
            run.x[0][i] = static_cast<float>(i + 1);
        return run.x[0];
    }();
    const auto shown = [&](auto layer) {
        auto run = make_harness<float, shape<3, 3, 1>>(layer, 1);
        run.x[0] = image;
        return run.packed(run.forward());
    };
    using picture = std::vector<float>;
    // A quarter of a turn, anticlockwise.
    BOOST_TEST((shown(random_rotation<interval{0.25, 0.25}, nearest>) == picture{3, 6, 9, 2, 5, 8, 1, 4, 7}));
    // Down and to the right.
    BOOST_TEST((shown(random_shift<interval{1 / 3.0, 1 / 3.0}, 0.0, nearest, outside::zero>) ==
                picture{0, 0, 0, 1, 2, 3, 4, 5, 6}));
    BOOST_TEST((shown(random_shift<0.0, interval{1 / 3.0, 1 / 3.0}, nearest, outside::edge>) ==
                picture{1, 1, 2, 4, 4, 5, 7, 7, 8}));
    BOOST_TEST((shown(random_shift<0.0, interval{2 / 3.0, 2 / 3.0}, nearest>) ==
                picture{2, 1, 1, 5, 4, 4, 8, 7, 7}));
    // Half as large: what was two pixels from the centre is at one.
    BOOST_TEST(
        (shown(random_zoom<interval{1, 1}, nearest, outside::zero>) == picture{0, 0, 0, 0, 5, 0, 0, 0, 0}));
    BOOST_TEST((shown(random_zoom<0.0>) == picture{1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

BOOST_AUTO_TEST_CASE(augmentations_keep_the_laws) {
    check_laws<float, shape<6, 5, 3>>(random_flip<>, 11);
    check_laws<float, shape<6, 5, 3>>(random_shift<0.3, 0.2>, 11);
    check_laws<double, shape<6, 5, 1>>(random_rotation<0.2, outside::zero>, 11);
    check_laws<float, shape<6, 5, 17>>(random_zoom<0.4, nearest, outside::edge>, 11);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_rejected) {
    static_assert(takes(random_flip<>, shape<4, 4, 1>{}) && !takes(random_flip<>, shape<4, 4>{}) &&
                  !takes(random_flip<>, shape<4, 4, 4, 1>{}));
    static_assert(takes(random_shift<0.5, 1>, shape<4, 4, 1>{}) &&
                  !takes(random_shift<0.5, 1.5>, shape<4, 4, 1>{}) &&
                  !takes(random_shift<interval{0.5, 0.2}, 0>, shape<4, 4, 1>{}));
    static_assert(takes(random_rotation<1>, shape<4, 4, 1>{}) &&
                  !takes(random_rotation<1.5>, shape<4, 4, 1>{}));
    static_assert(takes(random_zoom<0.9>, shape<4, 4, 1>{}) && !takes(random_zoom<1.0>, shape<4, 4, 1>{}));
}
