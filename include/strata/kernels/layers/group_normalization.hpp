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

    static constexpr auto count = static_cast<double>(Rows * width);
    /// Groups that are walked through together: all of single channels, which lie side by side in each row.
    static constexpr std::size_t together = width == 1 ? Groups : 1;

    /// Calls use(row, channel, group) for the numbers of the groups from `begin` on, where that is group 0.
    template <class Use>
    static void visit(std::size_t first_row, std::size_t begin, Use use) noexcept {
        for (std::size_t row = first_row; row < first_row + Rows; ++row)
            for (std::size_t c = 0; c < together * width; ++c)
                use(row, begin * width + c, width == 1 ? c : 0);
    }

    /// Of some groups.
    struct moments {
        std::array<double, together> mean{};
        std::array<double, together> factor{};
    };
    template <class T>
    static moments moments_of(rows_view<const T> x, std::size_t first_row, std::size_t begin) noexcept {
        moments result;
        visit(first_row, begin, [&](std::size_t row, std::size_t c, std::size_t group) {
            result.mean[group] += static_cast<double>(x.row(row)[c]);
        });
        for (double& mean : result.mean)
            mean /= count;
        visit(first_row, begin, [&](std::size_t row, std::size_t c, std::size_t group) {
            const double difference = static_cast<double>(x.row(row)[c]) - result.mean[group];
            result.factor[group] += difference * difference;
        });
        for (double& factor : result.factor)
            factor = 1 / std::sqrt(factor / count + Layer::epsilon);
        return result;
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
            for (std::size_t begin = 0; begin < Groups; begin += together) {
                const moments of_groups = moments_of(call.x[0], sample * Rows, begin);
                for (std::size_t i = 0; i < together * width; ++i) {
                    const std::size_t c = begin * width + i;
                    scale[c] =
                        static_cast<T>(of_groups.factor[i / width]) * (head::has_scale ? gammas[c] : T(1));
                    shift[c] = -static_cast<T>(of_groups.mean[i / width]) * scale[c];
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
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            std::fill_n(gamma_sums + sample * room, room, T(0));
            std::fill_n(beta_sums + sample * room, room, T(0));
            for (std::size_t begin = 0; begin < Groups; begin += together) {
                const std::size_t first = sample * Rows;
                const moments of_groups = moments_of(call.x[0], first, begin);
                std::array<double, together> sum{};
                std::array<double, together> projection{};
                const auto normalized = [&](std::size_t row, std::size_t c, std::size_t group) {
                    return (static_cast<double>(call.x[0].row(row)[c]) - of_groups.mean[group]) *
                           of_groups.factor[group];
                };
                const auto gamma = [&](std::size_t c) {
                    return head::has_scale ? static_cast<double>(gammas[c]) : 1.0;
                };
                visit(first, begin, [&](std::size_t row, std::size_t c, std::size_t group) {
                    const auto delta = static_cast<double>(call.delta.row(row)[c]);
                    gamma_sums[sample * room + c] += static_cast<T>(delta * normalized(row, c, group));
                    beta_sums[sample * room + c] += static_cast<T>(delta);
                    sum[group] += delta * gamma(c);
                    projection[group] += delta * gamma(c) * normalized(row, c, group);
                });
                if (call.source_deltas[0].data == nullptr)
                    continue;
                visit(first, begin, [&](std::size_t row, std::size_t c, std::size_t group) {
                    const auto delta = static_cast<double>(call.delta.row(row)[c]);
                    const double result =
                        of_groups.factor[group] *
                        (delta * gamma(c) -
                         (sum[group] + normalized(row, c, group) * projection[group]) / count);
                    T& place = call.source_deltas[0].row(row)[c];
                    place = (call.adds[0] ? place : T(0)) + static_cast<T>(result);
                });
            }
        }
        threads.barrier();
    }

    static constexpr piece_adder adds_pieces = piece_adder::pass;

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const team::range mine = threads.share(Channels, 16);
        for (std::size_t c = mine.begin; c < mine.end; c += V::size) {
            V gamma_sums(T(0));
            V beta_sums(T(0));
            for (std::size_t sample = call.piece.begin; sample < call.piece.end; ++sample) {
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
