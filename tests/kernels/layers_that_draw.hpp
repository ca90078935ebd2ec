// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/training_tail.hpp>
#include <strata/kernels/head_kernels.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

/// Runs the kernels of layers that draw numbers, and checks what holds of all of them.
namespace layers_that_draw {
using namespace strata::bedrock;

inline constexpr dropout_key key{7, 3, 2};

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
        const batch_pieces all = batch_pieces::whole(samples, samples);
        const head_forward<T> call{views.data(),   {y.data(), pitch}, nullptr, nullptr, nullptr,
                                   scratch.data(), samples,           drawn,   all};
        for (std::size_t rank = 0; rank < threads; ++rank) {
            const team part{rank, threads};
            if constexpr (Training)
                kernels::template forward<single, keeping::nothing, true>(call, part,
                                                                          training_tail<tail<>>{});
            else
                kernels::template forward<single, keeping::nothing, true>(call, part,
                                                                          prediction_tail<tail<>>{});
        }
        return y;
    }

    std::vector<values<T>> backward(const values<T>& delta, bool adds = false) {
        std::vector<values<T>> source_deltas(sources, values<T>(x[0].size() - 32));
        if (adds)
            for (auto& each : source_deltas)
                std::fill(each.begin(), each.end(), T(1));
        std::vector<rows_view<const T>> views;
        std::vector<rows_view<T>> delta_views;
        for (std::size_t s = 0; s < sources; ++s) {
            views.push_back({x[s].data(), pitch});
            delta_views.push_back({source_deltas[s].data(), pitch});
        }
        const bool added[2] = {adds, adds};
        const batch_pieces all = batch_pieces::whole(samples, samples);
        const head_backward<T> call{views.data(),
                                    {delta.data(), pitch},
                                    delta_views.data(),
                                    added,
                                    nullptr,
                                    {},
                                    nullptr,
                                    scratch.data(),
                                    samples,
                                    drawn,
                                    all};
        for (std::size_t rank = 0; rank < threads; ++rank)
            kernels::template backward<single>(call, team{rank, threads}, no_slope{});
        return source_deltas;
    }

    /// The numbers of a result in order, without what lies between rows and behind them.
    std::vector<T> packed(const values<T>& numbers) const {
        std::vector<T> result;
        for (std::size_t row = 0; row < samples * head::output_rows; ++row)
            result.insert(result.end(), numbers.begin() + static_cast<std::ptrdiff_t>(row * pitch),
                          numbers.begin() + static_cast<std::ptrdiff_t>(row * pitch + head::outputs));
        return result;
    }
};

template <class T, class... Shapes, class Layer>
auto make_harness(Layer layer, std::size_t samples) {
    return harness<Layer, T, Shapes...>(layer, samples);
}

/// What holds of every layer that draws: identity in prediction, the same numbers on any number of threads,
/// in rows that lie apart, and in backward; other numbers with another key.
template <class T, class... Shapes, class Layer>
void check_laws(Layer layer, std::size_t samples) {
    auto one = make_harness<T, Shapes...>(layer, samples);
    using head = typename decltype(one)::head;
    const auto y = one.packed(one.forward());
    const auto same = one.packed(one.template forward<false>());
    BOOST_TEST((same == one.packed(one.x[0])));
    BOOST_TEST((y != same));
    std::vector<T> delta_numbers(samples * one.size);
    values<T> delta(samples * one.size);
    for (std::size_t i = 0; i < delta_numbers.size(); ++i)
        delta[i] = delta_numbers[i] = static_cast<T>(std::cos(0.7 * static_cast<double>(i)));
    const auto source_deltas = one.backward(delta);
    const auto added = one.backward(delta, true);
    for (std::size_t s = 0; s < one.sources; ++s)
        for (std::size_t i = 0; i < delta_numbers.size(); ++i)
            BOOST_REQUIRE_SMALL(static_cast<double>(added[s][i] - T(1) - source_deltas[s][i]), 1e-5);

    for (const std::size_t threads : {2u, 3u}) {
        auto several = make_harness<T, Shapes...>(layer, samples);
        several.threads = threads;
        BOOST_TEST((several.packed(several.forward()) == y));
        const auto several_deltas = several.backward(delta);
        for (std::size_t s = 0; s < one.sources; ++s)
            BOOST_TEST((several.packed(several_deltas[s]) == one.packed(source_deltas[s])));
    }

    harness<Layer, T, Shapes...> apart(layer, samples, head::outputs + 5);
    BOOST_TEST((apart.packed(apart.forward()) == y));
    values<T> delta_apart(samples * head::output_rows * apart.pitch);
    for (std::size_t row = 0; row < samples * head::output_rows; ++row)
        std::copy_n(&delta[row * head::outputs], head::outputs, &delta_apart[row * apart.pitch]);
    const auto apart_deltas = apart.backward(delta_apart);
    for (std::size_t s = 0; s < one.sources; ++s)
        BOOST_TEST((apart.packed(apart_deltas[s]) == one.packed(source_deltas[s])));

    for (const dropout_key& changed : {dropout_key{8, 3, 2}, dropout_key{7, 4, 2}, dropout_key{7, 3, 1}}) {
        auto other = make_harness<T, Shapes...>(layer, samples);
        other.drawn = changed;
        BOOST_TEST((other.packed(other.forward()) != y));
    }
}

template <class Layer, class Shape>
constexpr bool takes(Layer, Shape) {
    return accepts<Layer, Shape>;
}

} // namespace layers_that_draw
