// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/windows/convolution_tile.hpp>
#include <strata/kernels/windows/winograd_transforms.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class T>
using winograd_task = tile_task<T, scattered_fetching<T>>;

/// Multiplies the tiles and panels of `task` at one point. The sums stay in registers over its channels;
/// `adds`: they begin with those of the channels before, which `results` has. A function of its own, which
/// all convolutions of a program share.
template <class V, std::size_t Tiles, std::size_t Panels>
[[gnu::noinline]] void multiply_point(const winograd_task<value_type_of<V>>& task, bool adds,
                                      value_type_of<V>* results) noexcept {
    const auto place = [results](std::size_t i, std::size_t q) {
        return results + (i * winograd_panels + q) * V::size;
    };
    tile_sums<V, Tiles, Panels> sums;
#pragma GCC unroll 32
    for (std::size_t i = 0; i < Tiles; ++i)
#pragma GCC unroll 4
        for (std::size_t q = 0; q < Panels; ++q)
            sums.registers[i][q] = adds ? V::load_aligned(place(i, q)) : V(0);
    convolution_tile<V, 1, Tiles, Panels, 0, scattered_fetching<value_type_of<V>>>::add_single(sums, task,
                                                                                               [] {});
#pragma GCC unroll 32
    for (std::size_t i = 0; i < Tiles; ++i)
#pragma GCC unroll 4
        for (std::size_t q = 0; q < Panels; ++q)
            sums.registers[i][q].store_aligned(place(i, q));
}

/// Calls visit(size, first) with runs of tiles that cover [0, count), and up to `winograd_filling` more.
/// There are three sizes, each a function of its own: the largest fills the registers, and the smaller ones
/// keep what is multiplied for nothing behind the last tile below four tiles.
template <class V, class Visit>
[[gnu::always_inline]] inline void visit_tile_runs(std::size_t count, Visit visit) noexcept {
    constexpr std::size_t most = (sizeof(V) == 64 ? 28 : register_sums) / winograd_panels;
    constexpr std::size_t some = most == 14 ? 8 : 4;
    constexpr std::size_t few = winograd_filling + 1;
    for (std::size_t first = 0; first < count;) {
        const std::size_t rest = count - first;
        if (rest > 2 * some || rest == most) {
            visit(constant_size<most>{}, first);
            first += most;
        } else if (rest > few) {
            visit(constant_size<some>{}, first);
            first += some;
        } else {
            visit(constant_size<few>{}, first);
            first += few;
        }
    }
}

/// Transforms the 36 points of one tile and panel to 4 x 4 results: down the columns first, then along each
/// line, whose results go to `finish` at once. Results beyond the image's edge are left out.
template <class V, class Finish, class T>
[[gnu::noinline]] void transform_output_tile(const winograd_shape& shape, const T* points,
                                             std::size_t point_step, std::size_t sample, std::size_t top,
                                             std::size_t left, std::size_t panel,
                                             const Finish& finish) noexcept {
    V column_results[4][6];
#pragma GCC unroll 6
    for (std::size_t j = 0; j < 6; ++j) {
        V column[6];
#pragma GCC unroll 6
        for (std::size_t i = 0; i < 6; ++i)
            column[i] = V::load_aligned(points + (i * 6 + j) * point_step);
        V results[4];
        transform_output(column, results);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < 4; ++i)
            column_results[i][j] = results[i];
    }
    const V start = finish.template start<V>(panel * V::size);
    const std::size_t lines = std::min<std::size_t>(4, shape.height.results - top);
    const std::size_t places = std::min<std::size_t>(4, shape.width.results - left);
    for (std::size_t i = 0; i < lines; ++i) {
        V results[4];
        transform_output(column_results[i], results);
        const std::size_t row = (sample * shape.height.results + top + i) * shape.width.results + left;
        const auto writer = finish.template tile<4, V::size>(row, panel * V::size, 1);
#pragma GCC unroll 4
        for (std::size_t j = 0; j < 4; ++j)
            if (j < places)
                writer.template put<V::size>(results[j] + start, j, 0);
    }
}
} // namespace internal

/// Where the weights of some panels and channels lie before they are transformed: 9 taps, each
/// [channels][lanes].
template <class T>
struct winograd_weights {
    const T* first_tap;
    std::size_t tap_step;
    std::size_t panel_step;
    /// Where they lie among the parameters, which is elsewhere if they had to be transposed: what the next
    /// channels need lies `next` numbers on, in runs of registers `run_step` apart. It is fetched meanwhile.
    const T* source;
    std::size_t source_tap_step;
    std::size_t source_panel_step;
    std::size_t run_step;
    std::size_t next;
};

namespace internal {
/// One thread's run over its rows of tiles and its panels of filters. Rows are taken in blocks whose
/// transformed x stay in the cache while all panels are multiplied with them:
///  - each tile of a block is transformed to its 36 points, for all channels,
///  - then, two panels of filters at a time and for so many channels as stay in the cache, their weights are
///    transformed, and each point's tiles are multiplied with them,
///  - and the sums of the two panels are transformed to results.
template <class V, class T, class Weights, class Finish>
class winograd_run {
public:
    winograd_run(const winograd_shape& shape, rows_view<const T> x, const Weights& weights_of, T* scratch,
                 const Finish& finish) noexcept
        : shape_(shape),
          x_(x),
          weights_of_(weights_of),
          finish_(finish),
          input_step_(winograd_input_step(shape.block_tiles(), shape.channels, V::size)),
          result_step_(winograd_result_step(shape.block_tiles(), V::size)),
          weights_step_(winograd_weights_step(shape.some_channels, V::size)),
          inputs_(scratch),
          results_(inputs_ + all_points * input_step_),
          weights_(results_ + all_points * result_step_) {}

    void run(team::range rows, team::range panels) const noexcept {
        clear_filling(std::min(shape_.block_rows, rows.end - rows.begin) * shape_.tiles_across);
        for (std::size_t begin = rows.begin; begin < rows.end; begin += shape_.block_rows) {
            const team::range block{begin, std::min(begin + shape_.block_rows, rows.end)};
            transform_inputs(block);
            visit_runs<winograd_panels, 1>(panels.begin, panels.end, [&](auto run, std::size_t panel) {
                constexpr std::size_t count = decltype(run)::value;
                for (std::size_t channel = 0; channel < shape_.channels; channel += shape_.some_channels)
                    multiply_channels<count>(block, panel, channel);
                transform_results<count>(block, panel);
            });
        }
    }

private:
    static constexpr std::size_t all_points = winograd_shape::points * winograd_shape::points;

    // Runs of tiles come in few lengths, so some tiles behind the last one are multiplied for nothing. What
    // they read is zero: what other layers have left there might be denormal, and slow.
    void clear_filling(std::size_t tiles) const noexcept {
        for (std::size_t point = 0; point < all_points; ++point)
            std::fill_n(inputs_ + point * input_step_ + tiles * shape_.channels,
                        winograd_filling * shape_.channels, T(0));
    }

    // Calls visit(tile, sample, top, left) for the tiles of a block: its number in the block, and the place
    // of its first result.
    template <class Visit>
    void visit_tiles(team::range block, const Visit& visit) const noexcept {
        for (std::size_t row = block.begin; row < block.end; ++row)
            for (std::size_t column = 0; column < shape_.tiles_across; ++column)
                visit((row - block.begin) * shape_.tiles_across + column, row / shape_.tiles_down,
                      row % shape_.tiles_down * winograd_shape::side, column * winograd_shape::side);
    }

    void transform_inputs(team::range block) const noexcept {
        visit_tiles(block, [&](std::size_t tile, std::size_t sample, std::size_t top, std::size_t left) {
            const std::size_t image = sample * shape_.read_rows();
            transform_input_tile<V>(
                shape_, rows_view<const T>{x_.row(image), x_.pitch},
                static_cast<std::ptrdiff_t>(top) + winograd_shape::first_read(shape_.height),
                static_cast<std::ptrdiff_t>(left) + winograd_shape::first_read(shape_.width),
                inputs_ + tile * shape_.channels, input_step_);
        });
    }

    // Adds the products of some channels to the sums of `Panels` panels; the first channels begin the sums.
    template <std::size_t Panels>
    void multiply_channels(team::range block, std::size_t panel, std::size_t channel) const noexcept {
        const std::size_t depth = std::min(shape_.some_channels, shape_.channels - channel);
        const std::size_t tiles = (block.end - block.begin) * shape_.tiles_across;
        const winograd_weights<T> plain = weights_of_(panel, Panels, channel, depth);
        transform_panels<Panels>(plain, depth);
        winograd_task<T> task{};
        tile_terms<T>& terms = task.terms;
        terms.place_step = static_cast<std::ptrdiff_t>(shape_.channels);
        terms.panel_step = shape_.some_channels * V::size;
        terms.slices = terms.lines = terms.columns = {1, 0, 0};
        terms.depth = depth;
        task.fetching.run_step = plain.run_step;
        for (std::size_t point = 0; point < all_points; ++point) {
            terms.weights = weights_ + point * weights_step_;
            task.fetching.near_memory = terms.weights;
            task.fetching.far_memory = fetched_weights<Panels>(plain, point);
            visit_tile_runs<V>(tiles, [&](auto size, std::size_t first) {
                terms.x = inputs_ + point * input_step_ + first * shape_.channels + channel;
                multiply_point<V, decltype(size)::value, Panels>(
                    task, channel > 0, results_ + point * result_step_ + first * winograd_panels * V::size);
            });
        }
    }

    template <std::size_t Panels>
    void transform_panels(const winograd_weights<T>& plain, std::size_t depth) const noexcept {
        const auto tap_step = static_cast<std::ptrdiff_t>(plain.tap_step);
        for (std::size_t q = 0; q < Panels; ++q) {
            const T* const first = plain.first_tap + q * plain.panel_step;
            transform_weights<V>(shape_.flips() ? first + 8 * tap_step : first,
                                 shape_.flips() ? -tap_step : tap_step, depth,
                                 weights_ + q * shape_.some_channels * V::size, weights_step_);
        }
    }

    // What is fetched while a point is multiplied: the 36 points share the taps of the next weights.
    template <std::size_t Panels>
    static const T* fetched_weights(const winograd_weights<T>& plain, std::size_t point) noexcept {
        return plain.source + plain.next + point / 9 % Panels * plain.source_panel_step +
               point % 9 * plain.source_tap_step;
    }

    template <std::size_t Panels>
    void transform_results(team::range block, std::size_t panel) const noexcept {
        visit_tiles(block, [&](std::size_t tile, std::size_t sample, std::size_t top, std::size_t left) {
            for (std::size_t q = 0; q < Panels; ++q)
                transform_output_tile<V>(shape_, results_ + (tile * winograd_panels + q) * V::size,
                                         result_step_, sample, top, left, panel + q, finish_);
        });
    }

    const winograd_shape& shape_;
    rows_view<const T> x_;
    const Weights& weights_of_;
    const Finish& finish_;
    std::size_t input_step_;   ///< from point to point of the transformed x,
    std::size_t result_step_;  ///< of the sums,
    std::size_t weights_step_; ///< and of the transformed weights
    T* inputs_;
    T* results_;
    T* weights_;
};
} // namespace internal

/// Computes rows of tiles [rows.begin, rows.end), counted over all samples, for these panels of filters.
/// `weights_of(panel, count, channel, channels)` gives their weights.
template <class V, class T, class Weights, class Finish>
void winograd(const winograd_shape& shape, rows_view<const T> x, const Weights& weights_of, team::range rows,
              team::range panels, T* scratch, const Finish& finish) noexcept {
    internal::winograd_run<V, T, Weights, Finish>(shape, x, weights_of, scratch, finish).run(rows, panels);
}

/// How a team shares the work: by panels of filters, then each thread transforms all of x, or by rows of
/// tiles, then each thread transforms all weights. What all threads do alike should be the lesser of the two;
/// a panel's weights cost as much as some 13 tiles. Returns this thread's rows of tiles and its panels.
[[nodiscard]] constexpr std::pair<team::range, team::range>
share_winograd(const winograd_shape& shape, const team& threads, std::size_t samples) noexcept {
    const std::size_t rows = samples * shape.tiles_down;
    constexpr std::size_t tiles_of_panel = 13;
    const bool by_panels = threads.size > 1 && shape.panels >= internal::winograd_panels * threads.size &&
                           rows * shape.tiles_across < tiles_of_panel * shape.panels;
    if (by_panels)
        return {{0, rows}, threads.share(shape.panels, internal::winograd_panels)};
    return {threads.share(rows), {0, shape.panels}};
}

} // namespace strata::bedrock::inline STRATA_SETTING
