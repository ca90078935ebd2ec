// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/windows/convolution_heads.hpp>
#include <strata/layers/layers.hpp>
#include <strata/model/parameters.hpp>
#include <strata/model/update.hpp>
#include <strata/random/philox.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <string>
#include <thread>
#include <vector>

/// Checks all kernels of convolutions against loops.
namespace convolution_check {
using namespace strata::bedrock;

// Both types take the sanitizers minutes: they look at floats, whose registers are left with more that is not
// filled, and at doubles in model/gradient_convolution.
#ifdef __has_feature
inline constexpr bool is_sanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool is_sanitized = false;
#endif

/// A convolution written as loops over what it is defined by, in double. `x` slides, as the window says.
struct plain_convolution {
    window geometry;
    std::size_t channels, filters, groups;
    bool transposed;

    // Visits every product: a place of the larger image, one of the smaller, a channel and a filter with
    // their weight. Weights are [taps, channels of a group, filters], or [taps, filters, channels].
    template <class Visit>
    void each_product(Visit visit) const {
        const std::size_t group_channels = channels / groups;
        const std::size_t group_filters = filters / groups;
        std::array<std::size_t, 3> o{}, k{};
        const auto& [d, h, w] = geometry.axes;
        for (o[0] = 0; o[0] < d.output; ++o[0])
            for (o[1] = 0; o[1] < h.output; ++o[1])
                for (o[2] = 0; o[2] < w.output; ++o[2])
                    for (k[0] = 0; k[0] < d.taps; ++k[0])
                        for (k[1] = 0; k[1] < h.taps; ++k[1])
                            for (k[2] = 0; k[2] < w.taps; ++k[2]) {
                                std::array<std::size_t, 3> i{};
                                bool inside = true;
                                for (std::size_t axis = 0; axis < 3; ++axis) {
                                    const window_axis& a = geometry.axes[axis];
                                    i[axis] = o[axis] * a.stride + k[axis] * a.dilation - a.padding_begin;
                                    inside = inside && i[axis] < a.input;
                                }
                                if (!inside)
                                    continue;
                                const std::size_t large = (i[0] * h.input + i[1]) * w.input + i[2];
                                const std::size_t small = (o[0] * h.output + o[1]) * w.output + o[2];
                                const std::size_t tap = (k[0] * h.taps + k[1]) * w.taps + k[2];
                                for (std::size_t f = 0; f < filters; ++f)
                                    for (std::size_t c = 0; c < group_channels; ++c) {
                                        const std::size_t channel = f / group_filters * group_channels + c;
                                        const std::size_t weight =
                                            transposed ? (tap * filters + f) * channels + channel
                                                       : (tap * group_channels + c) * filters + f;
                                        if (transposed)
                                            visit(small * channels + channel, large * filters + f, weight);
                                        else
                                            visit(large * channels + channel, small * filters + f, weight);
                                    }
                            }
    }
};

template <class T>
bool same_bits(const aligned_vector<T>& a, const aligned_vector<T>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// Calls with each member of a team. Three and more of them have uneven parts.
template <class Call>
void with_team(std::size_t size, Call call) {
    meeting_point point;
    std::vector<std::thread> others;
    const auto bound = [size](std::size_t rank) {
        return static_cast<std::uint32_t>(work_part::whole * rank * rank / (size * size));
    };
    const auto member = [&](std::size_t rank) {
        team result{rank, size, size > 1 ? &point : nullptr};
        if (size > 2)
            result.part = {bound(rank), bound(rank + 1)};
        return result;
    };
    for (std::size_t rank = 1; rank < size; ++rank)
        others.emplace_back([&, rank] { call(member(rank)); });
    call(member(0));
    for (std::thread& other : others)
        other.join();
}

/// Adds gradients to what is there, so that each has to come once, and in registers.
template <class T>
struct gradient_sum {
    T* gradients;

    template <class Parameter>
    auto take(Parameter, std::size_t place) const noexcept {
        return [array = gradients + place](std::size_t offset, auto gradient) {
            store(decltype(gradient)(load<decltype(gradient)>(array + offset) + gradient), array + offset);
        };
    }
};

template <class T, class Layer, class Shape>
class checker {
    using head = typename Layer::template head<Shape>;
    using kernels = head_kernels<head>;
    using weights = layout_of<T, typename head::kernel>;
    static constexpr std::size_t weight_count = head::kernel::shape::size;
    using plain_stage = stage<head, tail<>, no_closing, head::output_rows>;
    using relu_stage = stage<head, tail<std::remove_const_t<decltype(relu)>>, no_closing, head::output_rows>;
    static constexpr std::size_t slack = alignment / sizeof(T);
    static constexpr std::size_t read = head::input_rows * head::channels;
    static constexpr std::size_t written = head::output_rows * head::outputs;
    static constexpr T nan = std::numeric_limits<T>::quiet_NaN();
    static constexpr std::size_t most_threads = 3;
    static constexpr double tolerance = sizeof(T) == 4 ? 1e-4 : 1e-12;

    std::size_t samples;
    std::uint32_t drawn = 0;
    aligned_vector<T> x, delta, conventional, parameters, bias, known;
    aligned_vector<T> forward_bits, backward_bits, update_bits; // of most threads
    std::vector<double> y, dx, dw, db;

public:
    explicit checker(std::size_t count)
        : samples(count),
          x(numbers(samples * read)),
          delta(numbers(samples * written)),
          conventional(numbers(weight_count)),
          parameters(places_of_head<T, head> + slack),
          bias(numbers(head::outputs)),
          known(numbers(samples * read)),
          y(samples * written),
          dx(samples * read),
          dw(weight_count),
          db(head::outputs) {
        for (std::size_t i = 0; i < weight_count; ++i)
            array_of<head>(parameters.data(), typename head::kernel{})[weights::index(i)] = conventional[i];
        if constexpr (head::has_bias)
            std::copy(bias.begin(), bias.end(), array_of<head>(parameters.data(), typename head::bias{}));
        const plain_convolution plain{head::geometry, head::channels, head::outputs, head::groups,
                                      head::is_transposed};
        for (std::size_t sample = 0; sample < samples; ++sample) {
            for (std::size_t i = 0; i < written; ++i) {
                y[sample * written + i] = head::has_bias ? static_cast<double>(bias[i % head::outputs]) : 0.0;
                db[i % head::outputs] += static_cast<double>(delta[sample * written + i]);
            }
            plain.each_product([&](std::size_t input, std::size_t output, std::size_t weight) {
                const auto value = static_cast<double>(x[sample * read + input]);
                const auto slope = static_cast<double>(delta[sample * written + output]);
                y[sample * written + output] += value * static_cast<double>(conventional[weight]);
                dx[sample * read + input] += slope * static_cast<double>(conventional[weight]);
                dw[weight] += slope * value;
            });
        }
    }

    /// The uneven parts of three threads compute what loops compute, whatever lies behind a convolution and
    /// beside its rows.
    void check() {
        BOOST_TEST_CONTEXT(most_threads << " threads") {
            check_forward();
            check_backward();
            check_update();
        }
    }

    /// One thread and two compute the same bits. A sanitizer looks at one.
    void check_fewer_threads() {
        for (const std::size_t threads : {1u, 2u}) {
            if (threads == 2 && is_sanitized)
                continue;
            BOOST_TEST_CONTEXT(threads << " threads") {
                BOOST_TEST(same_bits(run_forward<plain_stage>(threads, head::outputs), forward_bits));
                BOOST_TEST(same_bits(run_backward(threads, true), backward_bits));
                BOOST_TEST(same_bits(run_update(threads, gradient_store<T>{}), update_bits));
            }
        }
    }

private:
    aligned_vector<T> numbers(std::size_t count) {
        random_sequence random(seed{4}, draw_purpose::split, drawn++);
        aligned_vector<T> result(count + slack);
        for (T& each : result)
            each = static_cast<T>(2 * random.uniform() - 1);
        return result;
    }

    /// The largest difference, against the largest number expected.
    template <class Got>
    static double error(const std::vector<double>& expected, Got got) {
        double worst = 0;
        double largest = 1e-30;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const double difference = std::abs(static_cast<double>(got(i)) - expected[i]);
            worst = difference <= worst ? worst : difference; // a NaN stays
            largest = std::max(largest, std::abs(expected[i]));
        }
        return worst / largest;
    }

    template <class Stage, keeping Keep = keeping::nothing>
    aligned_vector<T> run_forward(std::size_t threads, std::size_t pitch, T* kept = nullptr) {
        aligned_vector<T> result(samples * head::output_rows * pitch + slack, T(7));
        std::vector<aligned_vector<T>> scratch(threads);
        with_team(threads, [&](const team& part) {
            scratch[part.rank].assign(kernels::template scratch_size<T> + slack, nan);
            const rows_view<const T> source{x.data(), head::channels};
            const head_forward<T> call{&source,  {result.data(), pitch},    kept,    parameters.data(),
                                       nullptr,  scratch[part.rank].data(), samples, {},
                                       no_pieces};
            kernels::template forward<Stage, Keep, false>(call, part,
                                                          prediction_tail<typename Stage::tail>{});
        });
        return result;
    }

    void check_forward() {
        const auto got = run_forward<plain_stage>(most_threads, head::outputs);
        BOOST_TEST(error(y, [&](std::size_t i) { return got[i]; }) <= tolerance);
        for (std::size_t i = samples * written; i < got.size(); ++i)
            BOOST_TEST(got[i] == T(7));
        forward_bits = got;

        // Tails of doubles run in model/gradient_convolution.
        if constexpr (sizeof(T) == 4) {
            aligned_vector<T> kept(samples * written + slack);
            const auto rectified =
                run_forward<relu_stage, keeping::tail_input>(most_threads, head::outputs, kept.data());
            for (std::size_t i = 0; i < samples * written; ++i)
                if (kept[i] != got[i] || rectified[i] != std::max(got[i], T(0)))
                    BOOST_FAIL("relu differs at number " << i);
        }
        check_pitched(got);
    }

    // Rows that lie apart, between those of others.
    void check_pitched(const aligned_vector<T>& dense) {
        const auto apart = run_forward<plain_stage>(most_threads, head::outputs + 5);
        bool equal = true;
        for (std::size_t row = 0; row < samples * head::output_rows; ++row)
            for (std::size_t i = 0; i < head::outputs + 5; ++i)
                equal = equal && apart[row * (head::outputs + 5) + i] ==
                                     (i < head::outputs ? dense[row * head::outputs + i] : T(7));
        BOOST_TEST(equal);
    }

    aligned_vector<T> run_backward(std::size_t threads, bool adds) {
        aligned_vector<T> result = adds ? known : aligned_vector<T>(known.size(), nan);
        std::vector<aligned_vector<T>> scratch(threads);
        aligned_vector<T> shared(kernels::template shared_size<T>(samples) + slack, nan);
        with_team(threads, [&](const team& part) {
            scratch[part.rank].assign(kernels::template scratch_size<T> + slack, nan);
            const rows_view<const T> source{x.data(), head::channels};
            const rows_view<T> result_view{result.data(), head::channels};
            const batch_pieces all = batch_pieces::whole(samples, samples);
            const head_backward<T> call{
                &source,       {delta.data(), head::outputs}, &result_view, &adds, nullptr, parameters.data(),
                shared.data(), scratch[part.rank].data(),     samples,      {},    all};
            kernels::template backward<plain_stage>(call, part, no_slope{});
        });
        return result;
    }

    void check_backward() {
        const auto got = run_backward(most_threads, false);
        BOOST_TEST(error(dx, [&](std::size_t i) { return got[i]; }) <= tolerance);
        backward_bits = run_backward(most_threads, true);
        const auto& added = backward_bits;
        BOOST_TEST(error(dx, [&](std::size_t i) { return added[i] - known[i]; }) <= 2 * tolerance);
        for (std::size_t i = samples * read; i < added.size(); ++i)
            BOOST_TEST(added[i] == known[i]);
    }

    template <class Consumer>
    aligned_vector<T> run_update(std::size_t threads, Consumer consumer) {
        aligned_vector<T> result(places_of_head<T, head> + slack, T(0));
        consumer.gradients = result.data();
        std::vector<aligned_vector<T>> scratch(threads);
        aligned_vector<T> shared(kernels::template shared_size<T>(samples) + slack, nan);
        with_team(threads, [&](const team& part) {
            scratch[part.rank].assign(kernels::template scratch_size<T> + slack, nan);
            const rows_view<const T> source{x.data(), head::channels};
            const batch_pieces all = batch_pieces::whole(samples, samples);
            const head_backward<T> call{
                &source,       {delta.data(), head::outputs}, nullptr, nullptr, nullptr, parameters.data(),
                shared.data(), scratch[part.rank].data(),     samples, {},      all};
            kernels::template update<plain_stage, false>(call, part,
                                                         head_updates<T, head, Consumer>{consumer, 0});
        });
        return result;
    }

    void check_update() {
        const auto got = run_update(most_threads, gradient_store<T>{});
        BOOST_TEST(error(dw, [&](std::size_t i) { return got[weights::index(i)]; }) <= tolerance);
        if constexpr (head::has_bias)
            BOOST_TEST(error(db, [&](std::size_t i) {
                           return array_of<head>(got.data(), typename head::bias{})[i];
                       }) <= tolerance);
        // Registers and places are the same whatever reads the gradients: floats tell whether each comes
        // once.
        if constexpr (sizeof(T) == 4)
            BOOST_TEST(same_bits(got, run_update(most_threads, gradient_sum<T>{})));
        update_bits = got;
    }
};

template <class T, auto Layer, std::size_t... Extents>
void check_type(std::size_t samples) {
    using layer = std::remove_const_t<decltype(Layer)>;
    BOOST_TEST_CONTEXT(std::string(layer::label.view())
                       << " in " << sizeof(T) << " bytes, " << samples << " samples") {
        checker<T, layer, shape<Extents...>> checked(samples);
        checked.check();
        // Where threads meet does not depend on the type of numbers.
        if constexpr (sizeof(T) == 4)
            checked.check_fewer_threads();
    }
}

template <auto Layer, std::size_t... Extents>
void check(std::initializer_list<std::size_t> counts = {1, 3}) {
    for (const std::size_t samples : counts)
        check_type<float, Layer, Extents...>(samples);
    if constexpr (!is_sanitized)
        check_type<double, Layer, Extents...>(*std::prev(counts.end()));
}

} // namespace convolution_check
