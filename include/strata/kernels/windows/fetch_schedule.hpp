// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/fetching.hpp>
#include <strata/kernels/product/transposing_fetching.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/windows/convolution_tile.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// What decides about fetching in one pass over the tiles of a convolution.
struct fetch_circumstances {
    window_map map;
    std::size_t panel_size; ///< numbers of a panel's weights
    /// Numbers from what a tile reads of x to what the same tile of the next block reads; 0 where the blocks'
    /// x do not follow each other in memory.
    std::size_t block_step;
    bool has_many_weights; ///< more than the second cache keeps
};

namespace internal {
/// What all schedules have in common: the last panels of a block fetch x of the next block.
template <class T>
class block_schedule {
public:
    void start_pass(const fetch_circumstances& circumstances) noexcept { pass_ = circumstances; }

protected:
    fetch_circumstances pass_{};
    std::size_t panels_left_ = 0; ///< after the current run of panels

    [[nodiscard]] const T* near_memory(const tile_terms<T>& terms) const noexcept {
        return pass_.block_step > 0 && panels_left_ == 0 ? terms.x + pass_.block_step : terms.weights;
    }
};
} // namespace internal

/// For weights that are used where they rest. The last tiles of a run of panels fetch one of the next panels
/// each, at a time when what the other tiles of the run read is needed no longer.
template <class T>
class linear_schedule : public internal::block_schedule<T> {
public:
    using fetching = linear_fetching<T>;

    /// A run of so many panels, with which so many tiles are computed.
    void start_panels(std::size_t panels, std::size_t panels_left, std::size_t tiles) noexcept {
        this->panels_left_ = panels_left;
        const std::size_t fetchers =
            this->pass_.has_many_weights ? std::min({panels, panels_left, tiles}) : 0;
        tile_ = 0;
        first_fetcher_ = tiles - fetchers;
        panels_ = panels;
    }
    template <std::size_t>
    [[nodiscard]] fetching next_tile(const tile_terms<T>& terms, std::size_t) noexcept {
        const T* panel = terms.weights;
        if (tile_ >= first_fetcher_)
            panel += (panels_ + tile_ - first_fetcher_) * this->pass_.panel_size;
        ++tile_;
        return {this->near_memory(terms), panel};
    }

private:
    std::size_t tile_ = 0;
    std::size_t first_fetcher_ = 0; ///< the first tile that fetches a panel
    std::size_t panels_ = 0;
};

/// For weights that were transposed into scratch. The first tiles of a pass fetch what will be transposed
/// next: each the part of one panel, which is scattered over the taps and the filters.
template <class T>
class scattered_schedule : public internal::block_schedule<T> {
public:
    using fetching = scattered_fetching<T>;

    /// Fetches nothing.
    scattered_schedule() = default;
    /// Fetches so many panels. `run_step` is as in `scattered_fetching`, `tap_step` from tap to tap.
    scattered_schedule(const T* memory, std::size_t panels, std::size_t run_step,
                       std::size_t tap_step) noexcept
        : memory_(memory), panels_(panels), run_step_(run_step), tap_step_(tap_step) {}

    void start_panels(std::size_t, std::size_t panels_left, std::size_t) noexcept {
        this->panels_left_ = panels_left;
    }
    /// `tap` is the number of the first tap that the tile reads.
    template <std::size_t Lanes>
    [[nodiscard]] fetching next_tile(const tile_terms<T>& terms, std::size_t tap) noexcept {
        if (tile_ >= panels_)
            return {this->near_memory(terms), terms.weights};
        const T* const panel = memory_ + tap * tap_step_ + tile_++ * fetching::run * Lanes;
        const auto step = [this](std::size_t axis) {
            return static_cast<std::ptrdiff_t>(this->pass_.map.weight_step(axis) * tap_step_);
        };
        return {this->near_memory(terms), panel, run_step_, step(0), step(1), step(2)};
    }

private:
    const T* memory_ = nullptr;
    std::size_t panels_ = 0;
    std::size_t run_step_ = 0;
    std::size_t tap_step_ = 0;
    std::size_t tile_ = 0;
};

/// For weights that were transposed into scratch, where the first tiles of a pass transpose the weights of
/// the next one: each of them those of a few inputs.
template <class T>
class transposing_schedule {
public:
    using fetching = transposing_fetching<T>;
    static constexpr std::size_t panel_parts = line_size<T> / fetching::inputs; ///< tiles for a panel

    /// So many panels, that are `panel_size` apart in `copy`.
    transposing_schedule(const T* memory, std::size_t panels, std::size_t run_step, T* copy,
                         std::size_t panel_size) noexcept
        : memory_(memory),
          run_step_(run_step),
          copy_(copy),
          panel_size_(panel_size),
          parts_(panels * panel_parts) {}

    void start_pass(const fetch_circumstances&) const noexcept {}
    void start_panels(std::size_t, std::size_t, std::size_t) const noexcept {}
    template <std::size_t>
    [[nodiscard]] fetching next_tile(const tile_terms<T>&, std::size_t) noexcept {
        if (part_ == parts_)
            return {memory_, run_step_, nullptr};
        const std::size_t part = part_++;
        return {memory_ + part * fetching::inputs * fetching::run, run_step_,
                copy_ + part / panel_parts * panel_size_ + part % panel_parts * fetching::inputs};
    }

private:
    const T* memory_;
    std::size_t run_step_;
    T* copy_;
    std::size_t panel_size_;
    std::size_t parts_;
    std::size_t part_ = 0;
};

/// For tiles that go along places: what the next tiles read. The first tiles of a run of panels fetch
/// columns, which only the next run reads, each a line of so many rows. The last tiles of a block fetch whole
/// rows for the next block: what its first ones fetched would have left the cache again.
template <class T>
class line_schedule {
public:
    /// There will be so many tiles, each of which fetches so many lines.
    line_schedule(std::size_t tiles, std::size_t tile_lines) noexcept
        : tiles_left_(tiles), tile_lines_(tile_lines) {}

    /// So many rows of an image.
    void add_rows(rows_view<const T> image, std::size_t first, std::size_t count) noexcept {
        rows_[piece_count_++] = {image.row(first), image.row(first + count), line_size<T>,
                                 tile_lines_ * line_size<T>};
    }
    /// Columns [begin, end) of as many rows as a tile fetches lines.
    void add_row_parts(rows_view<const T> image, std::size_t first, std::size_t begin,
                       std::size_t end) noexcept {
        rows_[piece_count_++] = {image.row(first) + begin, image.row(first) + end, image.pitch, line_size<T>};
    }
    /// Some lines of each of so many rows, which are not more than a tile fetches, from now on.
    void add_columns(rows_view<const T> image, std::size_t row, std::size_t column,
                     std::size_t lines) noexcept {
        columns_ = image.row(row) + column;
        pitch_ = image.pitch;
        column_lines_ = lines;
    }
    /// What the next tile fetches; `known` is memory that it reads anyhow.
    [[nodiscard]] line_fetching<T> next_tile(const T* known) noexcept {
        --tiles_left_;
        if (column_lines_ > 0) {
            --column_lines_;
            return {std::exchange(columns_, columns_ + line_size<T>), pitch_};
        }
        if (tiles_left_ < fetchers()) {
            for (piece& each : rows_)
                if (each.begin < each.end)
                    return {std::exchange(each.begin, each.begin + each.tile_step), each.step};
        }
        return {known, 0};
    }

private:
    struct piece {
        const T* begin;
        const T* end;
        std::size_t step;      ///< from line to line
        std::size_t tile_step; ///< from what a tile fetches to what the next one does
    };
    std::array<piece, 2> rows_{};
    std::size_t piece_count_ = 0;
    const T* columns_ = nullptr;
    std::size_t pitch_ = 0;
    std::size_t column_lines_ = 0; ///< of a row, that are left
    std::size_t tiles_left_;
    std::size_t tile_lines_;

    /// Tiles that all rows which are left take.
    [[nodiscard]] std::size_t fetchers() const noexcept {
        std::size_t tiles = 0;
        for (const piece& each : rows_)
            if (each.begin < each.end)
                tiles += static_cast<std::size_t>(each.end - each.begin) / each.tile_step + 1;
        return tiles;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
