// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/observations.hpp>
#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/fetching.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Sums over rows of the products of every two of the columns x (F of them), y (T of them) and 1, each
/// without its origin and times the root of the row's weight, on the kernel of the weight gradient. Rows are
/// added one after the other, whatever the width of registers.
template <std::size_t F, std::size_t T>
class panel_products {
    using V = simd<double, lanes_of<double, F + T + 1>>;
    static constexpr std::size_t tile_height = V::size == 8 ? 8 : 4; ///< rows of a tile
    static constexpr std::size_t run_panels = 3;                     ///< panels of a tile
    static constexpr std::size_t side = std::max(V::size, tile_height);
    /// The numbers of a row of sums: the columns, filled up to whole registers and tiles.
    static constexpr std::size_t width = round_up(F + T + 1, side);
    /// The last columns, which fill no tile, are rows of tiles of their own: a few rows cost less than a
    /// tile's columns do.
    static constexpr std::size_t tiled = (F + T + 1) / side * side;
    static constexpr std::size_t rest = F + T + 1 - tiled;
    /// Panels of such a tile: so many that its sums hide the latency of their products.
    static constexpr std::size_t rest_panels =
        std::clamp<std::size_t>(12 / std::max<std::size_t>(rest, 1), run_panels, 8);

public:
    static constexpr std::size_t size = width * width; ///< how many sums there are
    static constexpr std::size_t ones = F + T;         ///< the column of ones, which is the last

    /// Where the sums have the product of two columns, i <= j.
    static constexpr std::size_t place(std::size_t i, std::size_t j) noexcept {
        return i < tiled && j >= tiled ? j * width + i : i * width + j;
    }

    /// The sums of the rows [first, end). `weights` may be null.
    template <class Value>
    [[nodiscard]] static aligned_vector<double>
    sum_rows(const observations<Value>& x, const observations<Value>& y, const observations<Value>* weights,
             const std::array<double, F + T>& origin, std::size_t first, std::size_t end) {
        aligned_vector<double> block(width / V::size * panel_size, 0.0);
        aligned_vector<double> sums(size, 0.0);
        for (; first < end; first += block_rows) {
            const std::size_t rows = std::min(block_rows, end - first);
            pack(x, y, weights, origin, first, rows, block.data());
            // The next rows come from memory while these are multiplied.
            fetch_list next{x.row(first + rows), x.row(std::min(first + rows + block_rows, end))};
            accumulate(block.data(), rows, next, sums.data());
        }
        return sums;
    }

private:
    // The four panels of a tile, and rows that are fetched, stay in the first cache while it is computed.
    static constexpr std::size_t block_rows = std::min<std::size_t>(4096 / (V::size * sizeof(double)), 256);
    static constexpr std::size_t step = 16; ///< rows of a block between two fetches
    // A line of memory more than its rows: panels a multiple of 4 KiB apart would all meet in the same few
    // places of the first cache, where rows are packed into them.
    static constexpr std::size_t panel_size = block_rows * V::size + line_size<double>;
    // Rows that will be packed next, and how many of their lines to ask for at a time.
    struct fetch_list {
        const char* first;
        const char* last;

        template <class Value>
        fetch_list(const Value* begin, const Value* end) noexcept
            : first(reinterpret_cast<const char*>(begin)), last(reinterpret_cast<const char*>(end)) {}
        void fetch() noexcept {
            constexpr std::size_t tiles = width / V::size * (width / V::size + 1) / 2 / run_panels + 1;
            constexpr std::size_t lines = block_rows * F * sizeof(double) / alignment;
            constexpr std::size_t count = lines / (tiles * block_rows / step) + 1;
            for (std::size_t i = 0; i < count && first < last; ++i, first += alignment)
                internal::fetch<cache::first>(first);
        }
    };

    // Writes rows as panels of so many columns as a register has lanes: block[panel][row][lane]. Apart from
    // the arithmetic, whatever the compiler makes of the callers: both are faster so.
    template <class Value>
    [[gnu::noinline]] static void pack(const observations<Value>& x, const observations<Value>& y,
                                       const observations<Value>* weights,
                                       const std::array<double, F + T>& origin, std::size_t first,
                                       std::size_t rows, double* block) noexcept {
        // Columns that fill registers are copied by them.
        constexpr std::size_t whole = std::is_same_v<Value, double> ? F / V::size * V::size : 0;
        for (std::size_t i = 0; i < rows; ++i) {
            const Value* const input = x.row(first + i);
            const Value* const target = y.row(first + i);
            double* const packed = block + i * V::size;
            const auto column = [=](std::size_t j) -> double& {
                return packed[j / V::size * panel_size + j % V::size];
            };
            const double root =
                weights == nullptr ? 1.0 : std::sqrt(static_cast<double>(*weights->row(first + i)));
            if constexpr (whole > 0)
                for (std::size_t j = 0; j < whole; j += V::size)
                    ((V::load_unaligned(input + j) - V::load_unaligned(origin.data() + j)) * V(root))
                        .store_aligned(&column(j));
            for (std::size_t j = whole; j < F; ++j)
                column(j) = (static_cast<double>(input[j]) - origin[j]) * root;
            for (std::size_t j = 0; j < T; ++j)
                column(F + j) = (static_cast<double>(target[j]) - origin[F + j]) * root;
            column(ones) = root;
        }
    }

    // Adds the upper triangle of block^T block to the sums, tile by tile.
    static void accumulate(const double* block, std::size_t rows, fetch_list next, double* sums) noexcept {
        visit_panels<run_panels, tiled / V::size>([&](auto run, std::size_t column) {
            constexpr std::size_t count = decltype(run)::value;
            std::size_t row = 0;
            // From the diagonal on the first panels are below it, and left out.
            const auto accumulate_rows = [&](auto below) {
                constexpr std::size_t first = decltype(below)::value;
                const std::size_t diagonal = column + first * V::size;
                for (; row < diagonal + V::size; row += tile_height)
                    accumulate_tile<tile_height, count - first>(block, rows, next, row, diagonal, sums);
            };
            accumulate_rows(internal::constant_size<0>{});
            if constexpr (count > 1)
                accumulate_rows(internal::constant_size<1>{});
            if constexpr (count > 2)
                accumulate_rows(internal::constant_size<2>{});
        });
        if constexpr (rest > 0)
            visit_panels<rest_panels, width / V::size>([&](auto run, std::size_t column) {
                accumulate_tile<rest, decltype(run)::value>(block, rows, next, tiled, column, sums);
            });
    }

    // Visits runs of so many panels as a tile has: visit(run, first column).
    template <std::size_t Run, std::size_t Panels, class Visit>
    [[gnu::always_inline]] static void visit_panels(const Visit& visit) noexcept {
        visit_runs<std::min(Run, Panels), Panels % Run>(
            0, Panels, [&](auto run, std::size_t panel) { visit(run, panel * V::size); });
    }

    template <std::size_t Rows, std::size_t Panels>
    [[gnu::always_inline]] static void accumulate_tile(const double* block, std::size_t rows,
                                                       fetch_list& next, std::size_t row, std::size_t column,
                                                       double* sums) noexcept {
        tile_sums<V, Rows, Panels> tile;
        for (std::size_t i = 0; i < Rows; ++i)
            for (std::size_t q = 0; q < Panels; ++q)
                tile.registers[i][q] = V::load_aligned(sums + (row + i) * width + column + q * V::size);
        const double* left = block + row / V::size * panel_size + row % V::size;
        const double* right = block + column / V::size * panel_size;
        for (std::size_t first = 0; first < rows; first += step) {
            next.fetch();
            contract<Rows, Panels>(
                tile, std::min(step, rows - first),
                [=](std::size_t i, std::size_t k) {
                    return left[i / V::size * panel_size + k * V::size + i % V::size];
                },
                [=](std::size_t q, std::size_t k) {
                    return V::load_aligned(right + q * panel_size + k * V::size);
                });
            left += step * V::size;
            right += step * V::size;
        }
        for (std::size_t i = 0; i < Rows; ++i)
            for (std::size_t q = 0; q < Panels; ++q)
                tile.registers[i][q].store_aligned(sums + (row + i) * width + column + q * V::size);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
