// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/observations.hpp>
#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/fetching.hpp>
#include <strata/kernels/product/transpose.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Keeps a number that several products need in its register: g++ would read it from memory for each, and a
/// core reads no more registers than it multiplies.
template <class V>
[[gnu::always_inline]] inline void keep_register([[maybe_unused]] V& value) noexcept {
#if defined(__AVX__)
    __asm__("" : "+v"(value.data));
#endif
}
} // namespace internal

/// The sums of `panel_products` for few columns: rows lie in lanes, so that each product of two columns is
/// computed once, and none of a column and itself twice. The sum of row r goes to chain r mod 8, whatever the
/// width of registers, and the chains are added as a tree. Columns of ones are not multiplied.
template <std::size_t F, std::size_t T>
class lane_products {
    static constexpr std::size_t columns = F + T;
    static constexpr std::size_t lanes = 8; ///< chains of a sum, which one register or several hold
    using V = simd<double, lanes_of<double, lanes>>;

public:
    static constexpr std::size_t size = (columns + 1) * (columns + 2) / 2; ///< how many sums there are
    static constexpr std::size_t ones = columns; ///< the column of ones, which is the last

    /// Where the sums have the product of two columns, i <= j: they are the rows of a triangle.
    static constexpr std::size_t place(std::size_t i, std::size_t j) noexcept {
        return i * (columns + 1) - i * (i + 1) / 2 + j;
    }

    /// The sums of the rows [first, end). `weights` may be null.
    template <class Value>
    [[nodiscard]] static aligned_vector<double>
    sum_rows(const observations<Value>& x, const observations<Value>& y, const observations<Value>* weights,
             const std::array<double, F + T>& origin, std::size_t first, std::size_t end) {
        return weights == nullptr ? sum_rows<false>(x, y, weights, origin, first, end)
                                  : sum_rows<true>(x, y, weights, origin, first, end);
    }

private:
    static constexpr std::size_t block_rows = 128; ///< of 20 columns they fit into the first cache
    static constexpr std::size_t pitch = (columns + 1) * lanes; ///< numbers of eight rows and their weights

    // Tiles of columns are squares and rectangles of two sizes, as equal as they can be, whose sums and
    // operands fill the registers. On the diagonal a tile has half of the products, and the sums of columns.
    static constexpr std::size_t tile_side = sizeof(V) == 64 ? 5 : register_sums >= 9 ? 3 : 2;
    static constexpr std::size_t tile_count = (columns + tile_side - 1) / tile_side;
    static constexpr std::size_t small_side = columns / tile_count;
    static constexpr std::size_t large_end = columns % tile_count * (small_side + 1);

    template <std::size_t Rows, std::size_t Columns, bool Diagonal>
    struct tile {
        static constexpr std::size_t rows = Rows;
        static constexpr std::size_t columns = Columns;
        static constexpr bool is_diagonal = Diagonal;
        static constexpr std::size_t products = Diagonal ? Rows * (Rows + 1) / 2 : Rows * Columns;
        static constexpr std::size_t sums = products + (Diagonal ? Rows : 0);

        // Visits the products: visit(n, i, j).
        template <class Visit>
        [[gnu::always_inline]] static void visit_products(const Visit& visit) noexcept {
            std::size_t n = 0;
#pragma GCC unroll 8
            for (std::size_t i = 0; i < Rows; ++i)
#pragma GCC unroll 8
                for (std::size_t j = Diagonal ? i : 0; j < Columns; ++j)
                    visit(n++, i, j);
        }
    };

    template <class Visit>
    [[gnu::always_inline]] static void visit_sides(std::size_t first, const Visit& visit) noexcept {
        for (; first < large_end; first += small_side + 1)
            visit(internal::constant_size<small_side + 1>{}, first);
        for (; first < columns; first += small_side)
            visit(internal::constant_size<small_side>{}, first);
    }

    // Visits the tiles in the order in which their sums lie in memory: visit(tile, first row, first column).
    template <class Visit>
    [[gnu::always_inline]] static void visit_tiles(const Visit& visit) noexcept {
        visit_sides(0, [&](auto height, std::size_t row) {
            constexpr std::size_t rows = decltype(height)::value;
            visit(tile<rows, rows, true>{}, row, row);
            visit_sides(row + rows, [&](auto width, std::size_t column) {
                if constexpr (decltype(width)::value <= rows) // the smaller ones come last
                    visit(tile<rows, decltype(width)::value, false>{}, row, column);
            });
        });
    }

    template <bool Weighted, class Value>
    [[nodiscard]] static aligned_vector<double>
    sum_rows(const observations<Value>& x, const observations<Value>& y, const observations<Value>* weights,
             const std::array<double, F + T>& origin, std::size_t first, std::size_t end) {
        aligned_vector<double> block(block_rows / lanes * pitch, 0.0);
        aligned_vector<double> chains(size * lanes, 0.0);
        double total_weight = 0;
        for (; first < end; first += block_rows) {
            const std::size_t rows = std::min(block_rows, end - first);
            const std::size_t next = first + rows;
            const std::size_t next_end = std::min(next + block_rows, x.rows());
            fetch_pages(x.row(next), x.row(next_end));
            fetch_pages(y.row(next), y.row(next_end));
            pack<Weighted>(x, y, weights, origin, first, rows, block.data());
            // The next rows come from memory while these are multiplied.
            accumulate<Weighted, Value>(block.data(), (rows + lanes - 1) / lanes,
                                        next < next_end ? x.row(next) : nullptr, chains.data());
            if constexpr (!Weighted)
                total_weight += static_cast<double>(rows);
            else
                for (std::size_t i = 0; i < rows; ++i)
                    total_weight += static_cast<double>(*weights->row(first + i));
        }
        return add_chains(chains.data(), total_weight);
    }

    // Asks for a line of each page: the processor looks up where several pages are at a time, but would wait
    // for each of them where lines are asked for one after the other.
    template <class Value>
    static void fetch_pages(const Value* begin, const Value* end) noexcept {
        constexpr std::size_t page = 4096 / sizeof(Value);
        for (; begin < end; begin += std::min(page, static_cast<std::size_t>(end - begin)))
            internal::fetch<cache::second>(begin);
    }

    // Writes rows as block[eight rows][column][row]. Rows that are missing are zeros.
    template <bool Weighted, class Value>
    [[gnu::noinline]] static void pack(const observations<Value>& x, const observations<Value>& y,
                                       const observations<Value>* weights,
                                       const std::array<double, F + T>& origin, std::size_t first,
                                       std::size_t rows, double* block) noexcept {
        for (std::size_t row = 0; row < rows; row += lanes, block += pitch) {
            const std::size_t count = std::min(lanes, rows - row);
            double* const roots = block + columns * lanes;
            if constexpr (Weighted)
                for (std::size_t i = 0; i < lanes; ++i)
                    roots[i] = i < count ? std::sqrt(static_cast<double>(*weights->row(first + row + i))) : 0;
            pack_rows<Weighted, F>(x.row(first + row), count, origin.data(), roots, block);
            pack_rows<Weighted, T>(y.row(first + row), count, origin.data() + F, roots, block + F * lanes);
        }
    }

    template <bool Weighted, std::size_t Width, class Value>
    [[gnu::always_inline]] static void pack_rows(const Value* rows, std::size_t count, const double* origin,
                                                 const double* roots, double* block) noexcept {
        if constexpr (std::is_same_v<Value, double>)
            if (count == lanes) {
                transpose_rows<Weighted, Width>(rows, origin, roots, block);
                return;
            }
        alignas(alignment) double whole[lanes * Width];
        for (std::size_t i = 0; i < lanes; ++i)
            for (std::size_t j = 0; j < Width; ++j)
                whole[i * Width + j] = i < count ? static_cast<double>(rows[i * Width + j]) : origin[j];
        transpose_rows<Weighted, Width>(whole, origin, roots, block);
    }

    template <bool Weighted, std::size_t Width>
    [[gnu::always_inline]] static void transpose_rows(const double* rows, const double* origin,
                                                      const double* roots, double* block) noexcept {
        constexpr std::size_t four = V::size >= 4 ? 4 : 0;
        visit_runs<V::size == 8 ? 8 : 0, four, 2, 1>(0, Width, [=](auto run, std::size_t column) {
            constexpr std::size_t side = decltype(run)::value;
            double* const packed = block + column * lanes;
            if constexpr (side == 1)
                for (std::size_t i = 0; i < lanes; ++i)
                    packed[i] = (rows[i * Width + column] - origin[column]) * (Weighted ? roots[i] : 1.0);
            else
                for (std::size_t row = 0; row < lanes; row += side) {
                    using W = simd<double, side>;
                    W square[side];
#pragma GCC unroll 8
                    for (std::size_t i = 0; i < side; ++i) {
                        square[i] = W::load_unaligned(rows + (row + i) * Width + column);
                        internal::keep_register(square[i]);
                    }
                    internal::transpose_square(square);
#pragma GCC unroll 8
                    for (std::size_t j = 0; j < side; ++j) {
                        W numbers = square[j] - W(origin[column + j]);
                        if constexpr (Weighted)
                            numbers *= W::load_aligned(roots + row);
                        numbers.store_aligned(packed + j * lanes + row);
                    }
                }
        });
    }

    // Adds the block's products to the chains, tile by tile, and asks for the rows of x that come next.
    template <bool Weighted, class Value>
    static void accumulate(const double* block, std::size_t groups, const Value* next_rows,
                           double* chains) noexcept {
        auto next = reinterpret_cast<std::uintptr_t>(next_rows);
        visit_tiles([&](auto place, std::size_t row, std::size_t column) {
            using kind = decltype(place);
            // This tile's share, by its sums, of the F * sizeof(Value) / 8 lines of the next eight rows.
            constexpr std::size_t all = size * 8;
            constexpr std::size_t lines = (kind::sums * F * sizeof(Value) + all / 2) / all;
            accumulate_tile<kind, Weighted, lines>(block + row * lanes, block + column * lanes,
                                                   block + columns * lanes, groups, next, chains);
            if (next_rows != nullptr)
                next += groups * lines * alignment;
            chains += kind::sums * lanes;
        });
    }

    template <class Tile, bool Weighted, std::size_t Lines>
    [[gnu::noinline]] static void accumulate_tile(const double* left, const double* right,
                                                  const double* roots, std::size_t groups,
                                                  std::uintptr_t next, double* chains) noexcept {
        std::size_t step = next == 0 ? 0 : alignment;
        for (std::size_t lane = 0; lane < lanes; lane += V::size) {
            V sums[Tile::sums];
#pragma GCC unroll 32
            for (std::size_t n = 0; n < Tile::sums; ++n)
                sums[n] = V::load_aligned(chains + n * lanes + lane);
            for (std::size_t k = lane; k < groups * pitch; k += pitch) {
#pragma GCC unroll 4
                for (std::size_t line = 0; line < Lines; ++line, next += step)
                    internal::fetch<cache::second>(reinterpret_cast<const void*>(next));
                V rows[Tile::rows];
#pragma GCC unroll 8
                for (std::size_t i = 0; i < Tile::rows; ++i) {
                    rows[i] = V::load_aligned(left + k + i * lanes);
                    internal::keep_register(rows[i]);
                    if constexpr (Tile::is_diagonal && Weighted)
                        sums[Tile::products + i] =
                            xsimd::fma(rows[i], V::load_aligned(roots + k), sums[Tile::products + i]);
                    else if constexpr (Tile::is_diagonal)
                        sums[Tile::products + i] += rows[i];
                }
                const auto column = [&](std::size_t j) __attribute__((always_inline)) {
                    if constexpr (Tile::is_diagonal)
                        return rows[j];
                    else
                        return V::load_aligned(right + k + j * lanes);
                };
                V columns_of_tile[Tile::columns];
#pragma GCC unroll 8
                for (std::size_t j = 0; j < Tile::columns; ++j) {
                    columns_of_tile[j] = column(j);
                    if constexpr (!Tile::is_diagonal)
                        internal::keep_register(columns_of_tile[j]);
                }
                Tile::visit_products([&](std::size_t n, std::size_t i, std::size_t j) __attribute__((
                    always_inline)) { sums[n] = xsimd::fma(rows[i], columns_of_tile[j], sums[n]); });
            }
#pragma GCC unroll 32
            for (std::size_t n = 0; n < Tile::sums; ++n)
                sums[n].store_aligned(chains + n * lanes + lane);
            step = 0; // the other lanes of these rows ask for nothing new
        }
    }

    [[nodiscard]] static aligned_vector<double> add_chains(const double* chains, double total_weight) {
        aligned_vector<double> sums(size);
        const auto add_product = [&](std::size_t i, std::size_t j, std::size_t n) {
            const double* const chain = chains + n * lanes;
            sums[place(i, j)] = ((chain[0] + chain[4]) + (chain[2] + chain[6])) +
                                ((chain[1] + chain[5]) + (chain[3] + chain[7]));
        };
        visit_tiles([&](auto kind, std::size_t row, std::size_t column) {
            using tile_type = decltype(kind);
            tile_type::visit_products(
                [&](std::size_t n, std::size_t i, std::size_t j) { add_product(row + i, column + j, n); });
            if constexpr (tile_type::is_diagonal)
                for (std::size_t i = 0; i < tile_type::rows; ++i)
                    add_product(row + i, ones, tile_type::products + i);
            chains += tile_type::sums * lanes;
        });
        sums[place(ones, ones)] = total_weight;
        return sums;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
