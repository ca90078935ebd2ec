// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/normalization.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Normalization over groups of a sample's channels and all its places.
template <std::size_t Rows, std::size_t Channels, std::size_t Groups, class Layer>
struct head_kernels<channel_normalization<normalized::groups, Rows, Channels, Groups, Layer>>
    : head_kernels_base {
    using head = channel_normalization<normalized::groups, Rows, Channels, Groups, Layer>;

private:
    static constexpr std::size_t width = Channels / Groups;
    static constexpr std::size_t room = round_up(Channels, 16) + 16;

    struct moments {
        double mean;
        double factor;
    };
    template <class T>
    static moments moments_of(rows_view<const T> x, std::size_t first_row, std::size_t column) noexcept {
        constexpr auto count = static_cast<double>(Rows * width);
        double sum = 0;
        for (std::size_t row = first_row; row < first_row + Rows; ++row)
            for (std::size_t c = column; c < column + width; ++c)
                sum += static_cast<double>(x.row(row)[c]);
        const double mean = sum / count;
        double squares = 0;
        for (std::size_t row = first_row; row < first_row + Rows; ++row)
            for (std::size_t c = column; c < column + width; ++c) {
                const double difference = static_cast<double>(x.row(row)[c]) - mean;
                squares += difference * difference;
            }
        return {mean, 1 / std::sqrt(squares / count + Layer::epsilon)};
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        [[maybe_unused]] const T* const gammas = array_of<head>(call.parameters, typename head::gamma{});
        [[maybe_unused]] const T* const betas = array_of<head>(call.parameters, typename head::beta{});
        const team::range mine = share_samples(threads, call.samples);
        alignas(alignment) std::array<T, room> scale{};
        alignas(alignment) std::array<T, room> shift{};
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            for (std::size_t group = 0; group < Groups; ++group) {
                const moments group_moments = moments_of(call.x[0], sample * Rows, group * width);
                for (std::size_t c = group * width; c < (group + 1) * width; ++c) {
                    scale[c] = static_cast<T>(group_moments.factor) * (head::has_scale ? gammas[c] : T(1));
                    shift[c] = -static_cast<T>(group_moments.mean) * scale[c];
                    if constexpr (head::has_center)
                        shift[c] += betas[c];
                }
            }
            for (std::size_t row = sample * Rows; row < (sample + 1) * Rows; ++row)
                visit_columns<Channels, T>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    writer.template put<lanes>(V(xsimd::fma(load_first<lanes, V>(call.x[0].row(row) + column),
                                                            V::load_aligned(scale.data() + column),
                                                            V::load_aligned(shift.data() + column))),
                                               row, column);
                });
        }
        return true;
    }

    static constexpr bool finishes_slopes = false;
    static constexpr bool sums_in_backward = true;

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        const team::range mine = share_samples(threads, call.samples);
        [[maybe_unused]] const T* const gammas = array_of<head>(call.parameters, typename head::gamma{});
        T* const gamma_sums = call.shared;
        T* const beta_sums = call.shared + call.samples * room;
        constexpr auto count = static_cast<double>(Rows * width);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            std::fill_n(gamma_sums + sample * room, room, T(0));
            std::fill_n(beta_sums + sample * room, room, T(0));
            for (std::size_t group = 0; group < Groups; ++group) {
                const moments group_moments = moments_of(call.x[0], sample * Rows, group * width);
                const std::size_t first = sample * Rows;
                double sum = 0;
                double projection = 0;
                const auto visit = [&](auto use) {
                    for (std::size_t row = first; row < first + Rows; ++row)
                        for (std::size_t c = group * width; c < (group + 1) * width; ++c)
                            use(row, c, static_cast<double>(call.delta.row(row)[c]),
                                (static_cast<double>(call.x[0].row(row)[c]) - group_moments.mean) *
                                    group_moments.factor,
                                head::has_scale ? static_cast<double>(gammas[c]) : 1.0);
                };
                visit([&](std::size_t, std::size_t c, double delta, double normalized, double gamma) {
                    gamma_sums[sample * room + c] += static_cast<T>(delta * normalized);
                    beta_sums[sample * room + c] += static_cast<T>(delta);
                    sum += delta * gamma;
                    projection += delta * gamma * normalized;
                });
                if (call.source_deltas[0].data == nullptr)
                    continue;
                visit([&](std::size_t row, std::size_t c, double delta, double normalized, double gamma) {
                    const double result =
                        group_moments.factor * (delta * gamma - (sum + normalized * projection) / count);
                    T& place = call.source_deltas[0].row(row)[c];
                    place = (call.adds[0] ? place : T(0)) + static_cast<T>(result);
                });
            }
        }
        threads.barrier();
    }

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const team::range mine = threads.share(Channels, 16);
        for (std::size_t c = mine.begin; c < mine.end; c += V::size) {
            V gamma_sums(T(0));
            V beta_sums(T(0));
            for (std::size_t sample = 0; sample < call.samples; ++sample) {
                gamma_sums += V::load_unaligned(call.shared + sample * room + c);
                beta_sums += V::load_unaligned(call.shared + (call.samples + sample) * room + c);
            }
            if constexpr (head::has_scale)
                updates(typename head::gamma{})(c, gamma_sums);
            if constexpr (head::has_center)
                updates(typename head::beta{})(c, beta_sums);
        }
    }

    /// For each sample the sums for gamma and beta.
    template <class T>
    static constexpr std::size_t shared_size(std::size_t samples) {
        return 2 * samples * room;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
