// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/batch_sources.hpp>
#include <strata/data/error.hpp>
#include <strata/data/labelled_arrays.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/random/philox.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

/// What batches of rows of a file have in common, whatever its format.
namespace strata::bedrock::inline STRATA_SETTING::internal {

struct row_order_options {
    std::size_t batch_size = 32;
    bool shuffle = false;
    std::size_t shuffle_window = 0;
    seed random = {};
};

inline void check_row_order(const char* call, const row_order_options& options) {
    if (options.batch_size == 0)
        raise(data_error{concatenate(call, ": expected a batch size above 0, found 0")});
    if (options.shuffle && options.shuffle_window > 0)
        raise(data_error{concatenate(call, ": expected either shuffle or a shuffle_window, found both")});
    if (options.shuffle_window > std::numeric_limits<std::uint32_t>::max())
        raise(data_error{
            concatenate(call, ": expected a window of less than 2^32 rows, found ", options.shuffle_window)});
}

/// Rows of x and y, one after another in memory.
template <class X, class Y>
struct row_store {
    xt::xtensor<X, 2> x;
    xt::xtensor<Y, 2> y;

    row_store(std::size_t rows, std::size_t x_size, std::size_t y_size)
        : x(std::array{rows, x_size}), y(std::array{rows, y_size}) {}
    X* x_row(std::size_t row) { return x.data() + row * x.shape(1); }
    Y* y_row(std::size_t row) { return y.data() + row * y.shape(1); }
    void copy_row(std::size_t row, X* x_numbers, Y* y_numbers) {
        std::copy_n(x_row(row), x.shape(1), x_numbers);
        std::copy_n(y_row(row), y.shape(1), y_numbers);
    }
};

/// Reads batches from a source of rows, in the source's order or another.
///
/// `Source` has the types `x_value` and `y_value`; `x_shape(rows)` and `y_shape(rows)`, the extents of so
/// many rows; `rows()`, how many there are, or 0 where that is not known; `rewind()`; `next(x, y)`, which
/// reads a row and returns whether there was one; `seek(row)`, where `shuffle` is asked for; and
/// `allow_seeking()`, which makes ready for it and returns whether it can be, so that parts of batches can be
/// read.
template <class Source>
class row_batch_reader {
    using X = typename Source::x_value;
    using Y = typename Source::y_value;

public:
    static constexpr bool restarts = true;
    using batch = labelled_arrays<xt::xtensor<X, Source::x_rank>, xt::xtensor<Y, Source::y_rank>>;

    row_batch_reader(Source source, const row_order_options& options)
        : source_(std::move(source)),
          options_(options),
          window_(window_rows(), number_count(source_.x_shape(1)), number_count(source_.y_shape(1))),
          random_(options.random, draw_purpose::shuffle) {}

    [[nodiscard]] std::size_t steps() const {
        return source_.rows() == 0 ? 0 : (source_.rows() - 1) / options_.batch_size + 1;
    }

    void begin(std::uint64_t epoch) {
        source_.rewind();
        next_ = rows_read_ = window_count_ = 0;
        is_filled_ = false;
        random_ = random_sequence(options_.random, draw_purpose::shuffle, static_cast<std::uint32_t>(epoch));
        if (options_.shuffle) {
            order_.resize(source_.rows());
            std::iota(order_.begin(), order_.end(), 0u);
            random_.shuffle(order_);
        }
    }

    /// Reads those rows of each batch alone, where that can be, and returns whether.
    bool choose_rows(const row_share& share) {
        share_ = {};
        if (share.machines == 1 || options_.shuffle_window > 0 || !source_.allow_seeking())
            return false;
        share_ = share;
        return true;
    }
    /// How many rows the last batch has, where a share of them was read.
    [[nodiscard]] std::size_t batch_rows() const { return batch_rows_; }

    template <class Batch>
    bool read(const batch_number&, Batch& one) {
        if (share_.machines == 1)
            return read_rows(options_.batch_size, one) > 0;
        batch_rows_ = std::min(options_.batch_size, source_.rows() - rows_read_);
        const row_share::range part = share_.rows(batch_rows_);
        const std::size_t next_batch = rows_read_ + batch_rows_;
        next_ = rows_read_ += part.begin;
        if (!options_.shuffle && part.begin < part.end)
            source_.seek(rows_read_);
        read_rows(part.end - part.begin, one);
        rows_read_ = next_batch;
        return batch_rows_ > 0;
    }

private:
    /// Reads so many rows, or as many as there are, and returns how many.
    template <class Batch>
    std::size_t read_rows(std::size_t rows, Batch& one) {
        if (source_.rows() > 0)
            rows = std::min(rows, source_.rows() - rows_read_);
        resize(one.x, source_.x_shape(rows));
        resize(one.y, source_.y_shape(rows));
        const std::size_t x_size = window_.x.shape(1), y_size = window_.y.shape(1);
        std::size_t count = 0;
        while (count < rows && next(one.x.data() + count * x_size, one.y.data() + count * y_size))
            ++count;
        rows_read_ += count;
        if (count < rows) {
            shorten(one.x, source_.x_shape(count));
            shorten(one.y, source_.y_shape(count));
        }
        return count;
    }

    [[nodiscard]] std::size_t window_rows() const {
        const std::size_t rows = options_.shuffle_window;
        return source_.rows() == 0 ? rows : std::min(rows, source_.rows());
    }
    template <std::size_t Rank>
    static std::size_t number_count(const std::array<std::size_t, Rank>& extents) {
        return std::accumulate(extents.begin(), extents.end(), std::size_t{1}, std::multiplies<>{});
    }

    template <class Array, class Extents>
    static void resize(Array& array, const Extents& extents) {
        if (array.shape() != extents)
            array.resize(extents);
    }
    template <class Array, class Extents>
    static void shorten(Array& array, const Extents& extents) {
        Array result(extents);
        std::copy_n(array.data(), result.size(), result.data());
        array = std::move(result);
    }

    bool next(X* x, Y* y) {
        if (options_.shuffle) {
            if (next_ == order_.size())
                return false;
            source_.seek(order_[next_++]);
        }
        return window_.x.shape(0) == 0 ? source_.next(x, y) : draw(x, y);
    }

    /// Any row of the window, where the row that follows those in it takes its place.
    bool draw(X* x, Y* y) {
        while (!is_filled_) {
            if (window_count_ == window_.x.shape(0) ||
                !source_.next(window_.x_row(window_count_), window_.y_row(window_count_)))
                is_filled_ = true;
            else
                ++window_count_;
        }
        if (window_count_ == 0)
            return false;
        const std::size_t row = random_.integer(static_cast<std::uint32_t>(window_count_));
        window_.copy_row(row, x, y);
        if (!source_.next(window_.x_row(row), window_.y_row(row)) && row != --window_count_)
            window_.copy_row(window_count_, window_.x_row(row), window_.y_row(row));
        return true;
    }

    Source source_;
    row_order_options options_;
    row_share share_;
    row_store<X, Y> window_;
    random_sequence random_;
    std::vector<std::uint32_t> order_;
    std::size_t next_ = 0; ///< of the order
    std::size_t rows_read_ = 0;
    std::size_t batch_rows_ = 0;
    std::size_t window_count_ = 0; ///< rows in the window
    bool is_filled_ = false;
};

/// Batches of a source's rows, which `call` names in errors.
template <class Source, class Prepare>
auto row_batches(const char* call, Source source, const row_order_options& order, Prepare prepare,
                 const prefetch_options& prefetch) {
    if (order.shuffle && source.rows() > std::numeric_limits<std::uint32_t>::max())
        raise(data_error{
            concatenate(call, ": expected less than 2^32 rows to shuffle, found ", source.rows())});
    using reader = row_batch_reader<Source>;
    return prepared_batches<typename reader::batch, reader, Prepare>(reader(std::move(source), order),
                                                                     std::move(prepare), prefetch);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
