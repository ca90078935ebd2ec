// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/batch_sources.hpp>
#include <strata/data/idx.hpp>
#include <strata/data/labelled_arrays.hpp>
#include <strata/data/row_extents.hpp>
#include <strata/data/scaled_bytes.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// An IDX file, plain or packed with gzip, read some rows (of its first axis) at a time. Errors are those of
/// `read_idx`, and rows of no numbers.
template <idx_element Element, std::size_t Rank>
    requires(Rank > 0)
class idx_rows {
public:
    explicit idx_rows(std::filesystem::path path) : path_(std::move(path)) { rewind(); }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// [rows, ...] of the whole file.
    [[nodiscard]] const std::array<std::size_t, Rank>& shape() const noexcept { return shape_; }

    [[nodiscard]] bool is_packed() const { return file_->is_packed(); }
    /// Goes to a row. An error where the file is packed.
    void seek(std::size_t row) {
        std::size_t size = sizeof(Element);
        for (std::size_t i = 1; i < Rank; ++i)
            size *= shape_[i];
        file_->seek(begin_ + row * size);
        rows_read_ = row;
    }

    /// Goes back to the first row.
    void rewind() {
        file_.emplace(path_);
        std::array<std::size_t, Rank> found{};
        text_ = internal::read_idx_header(*file_, internal::idx_code<Element>(), sizeof(Element), found).text;
        internal::take_row_extents(*file_, 4, found, begin_ == 0, shape_);
        begin_ = file_->position();
        rows_read_ = 0;
    }

    /// Reads the next `most` rows, or as many as are left, and returns how many. An array of their shape is
    /// filled as it is.
    std::size_t read(std::size_t most, xt::xtensor<Element, Rank>& rows) {
        auto extents = shape_;
        extents[0] = std::min(most, shape_[0] - rows_read_);
        if (rows.shape() != extents)
            rows.resize(extents);
        if (extents[0] > 0) {
            file_->read(rows.data(), rows.size() * sizeof(Element), text_);
            internal::swap_big_endian<Element>(reinterpret_cast<unsigned char*>(rows.data()), rows.size());
        }
        rows_read_ += extents[0];
        if (rows_read_ == shape_[0])
            file_->expect_end();
        return extents[0];
    }

private:
    std::filesystem::path path_;
    std::optional<input_file> file_;
    std::array<std::size_t, Rank> shape_{};
    std::string text_;        ///< what errors call the elements
    std::uint64_t begin_ = 0; ///< where the elements begin
    std::size_t rows_read_ = 0;
};

struct idx_batch_options {
    std::size_t batch_size = 32; ///< the last batch of an epoch may be smaller
    prefetch_options prefetch = {};
};

namespace internal {

template <std::size_t Rank>
class idx_batch_reader {
public:
    static constexpr bool restarts = true;

    idx_batch_reader(const std::filesystem::path& images, const std::filesystem::path& labels,
                     std::size_t batch_size)
        : images_(images), labels_(labels), batch_size_(batch_size) {
        if (batch_size == 0)
            raise(data_error{"idx_batches: expected a batch size above 0, found 0"});
        if (images_.shape()[0] != labels_.shape()[0])
            raise(data_error::in_file(
                labels, concatenate(images_.shape()[0], " labels, one for each sample in ", images.string()),
                concatenate(labels_.shape()[0])));
    }

    [[nodiscard]] std::size_t steps() const { return (images_.shape()[0] + batch_size_ - 1) / batch_size_; }
    /// Reads those rows of each batch alone, where the files are not packed, and returns whether.
    bool choose_rows(const row_share& share) {
        share_ = {};
        if (share.machines == 1 || images_.is_packed() || labels_.is_packed())
            return false;
        share_ = share;
        return true;
    }
    /// How many rows the last batch has, where a share of them was read.
    [[nodiscard]] std::size_t batch_rows() const { return batch_rows_; }

    void begin(std::uint64_t) {
        images_.rewind();
        labels_.rewind();
    }
    template <class Batch>
    bool read(const batch_number& number, Batch& batch) {
        if (share_.machines == 1) {
            labels_.read(batch_size_, batch.y);
            return images_.read(batch_size_, batch.x.values) > 0;
        }
        const std::size_t first = std::min(number.step * batch_size_, images_.shape()[0]);
        batch_rows_ = std::min(batch_size_, images_.shape()[0] - first);
        const row_share::range part = share_.rows(batch_rows_);
        images_.seek(first + part.begin);
        labels_.seek(first + part.begin);
        labels_.read(part.end - part.begin, batch.y);
        images_.read(part.end - part.begin, batch.x.values);
        return batch_rows_ > 0;
    }

private:
    idx_rows<std::uint8_t, Rank> images_;
    idx_rows<std::uint8_t, 1> labels_;
    std::size_t batch_size_;
    row_share share_;
    std::size_t batch_rows_ = 0;
};

} // namespace internal

/// Batches from two IDX files of bytes, samples of rank `Rank` and their labels, as those of MNIST, which are
/// read from front to back each epoch and never as a whole. `prepare(number, batch)` may change a batch, of
/// type `labelled_arrays<scaled_bytes<Rank>, xt::xtensor<std::uint8_t, 1>>`, beside the training. Samples
/// come in the files' order: shuffle the files once.
///
/// data_error as for `read_idx`, and for files with different numbers of rows.
template <std::size_t Rank, class Prepare = internal::unprepared>
[[nodiscard]] auto idx_batches(const std::filesystem::path& images, const std::filesystem::path& labels,
                               const idx_batch_options& options = {}, Prepare prepare = {}) {
    using batch = labelled_arrays<scaled_bytes<Rank>, xt::xtensor<std::uint8_t, 1>>;
    using reader = internal::idx_batch_reader<Rank>;
    return prepared_batches<batch, reader, Prepare>(reader(images, labels, options.batch_size),
                                                    std::move(prepare), options.prefetch);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::idx_batch_options;
using bedrock::idx_batches;
using bedrock::idx_rows;
} // namespace strata

STRATA_HEADER_END
