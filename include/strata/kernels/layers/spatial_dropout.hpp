// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/random/noise.hpp>
#include <strata/layers/spatial_dropout.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Dropout of whole channels: a sample's rows are all multiplied by the same factors, 0 or 1 / (1 - rate).
template <real Rate, std::size_t Rows, std::size_t Channels>
struct head_kernels<channel_dropping<Rate, Rows, Channels>> : head_kernels_base {
private:
    static constexpr std::size_t blocks = (Channels + block_size - 1) / block_size; ///< of a sample

    // The factors of a sample's channels, with more behind them than a register holds.
    template <class T>
    static void draw_factors(T* factors, const dropout_key& key, std::size_t sample) noexcept {
        constexpr std::uint32_t threshold = internal::dropout_threshold(Rate.value());
        constexpr T scale = static_cast<T>(1 / (1 - Rate.value()));
        for (std::size_t block = 0; block < blocks; ++block) {
            const random_block words = draw_block(key, (key.first_sample + sample) * blocks + block);
            for (std::size_t w = 0; w < 4; ++w)
                for (std::size_t j = 0; j < 16; ++j)
                    factors[block * block_size + w * 16 + j] = words[w][j] < threshold ? T(0) : scale;
        }
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            if constexpr (Tail::training)
                draw_factors(call.scratch, call.key, sample);
            for (std::size_t row = sample * Rows; row < (sample + 1) * Rows; ++row)
                visit_columns<Channels, T>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    V x = load_first<lanes, V>(call.x[0].row(row) + column);
                    if constexpr (Tail::training)
                        x *= V::load_unaligned(call.scratch + column);
                    writer.template put<lanes>(x, row, column);
                });
        }
        return true;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        if (call.source_deltas[0].data == nullptr)
            return;
        using V = simd<T, lanes_of<T, Channels>>;
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            draw_factors(call.scratch, call.key, sample);
            for (std::size_t row = sample * Rows; row < (sample + 1) * Rows; ++row)
                visit_columns<Channels, T>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    const V delta = load_first<lanes, V>(call.delta.row(row) + column);
                    store_or_add<lanes>(V(delta * V::load_unaligned(call.scratch + column)),
                                        call.source_deltas[0].row(row) + column, call.adds[0]);
                });
        }
    }

    /// The factors of one sample.
    template <class T>
    static constexpr std::size_t scratch_size = blocks* block_size;
};

} // namespace strata::bedrock::inline STRATA_SETTING
