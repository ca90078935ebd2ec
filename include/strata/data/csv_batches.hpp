// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/chosen_columns.hpp>
#include <strata/data/csv_number.hpp>
#include <strata/data/csv_stream.hpp>
#include <strata/data/error.hpp>
#include <strata/data/row_batches.hpp>
#include <strata/raise.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

struct csv_batch_options {
    std::size_t batch_size = 32; ///< the last batch of an epoch may be smaller
    /// Whether rows come in another order each epoch: with the network's seed that in which `fit` takes those
    /// of arrays. The file is read once to find its records; takes six bytes a row, and files that are not
    /// packed.
    bool shuffle = false;
    /// Or else each row is drawn from a window of so many, which moves through the file; 0: the file's order.
    std::size_t shuffle_window = 0;
    seed random = {};
    prefetch_options prefetch = {};
    /// Columns that are neither features nor targets. They may hold texts.
    std::vector<std::string> dropped = {};
    csv_options csv = {};
};

namespace internal {

/// Rows of a file of numbers. `YRank` is 1 for one target a row and 2 for a list of them.
template <std::size_t YRank>
class csv_row_source : public chosen_columns<YRank> {
public:
    static constexpr bool offers_seeking = true;

    csv_row_source(std::filesystem::path path, const std::vector<std::string>& targets,
                   const csv_batch_options& options)
        : path_(std::move(path)), options_(options.csv) {
        rewind();
        if (!options_.header) // the first record says how many columns there are
            stream_->read([](const csv_field&, std::size_t) {});
        names_ = stream_->names();
        this->choose(path_, names_, targets, options.dropped);
        if (options.shuffle && !allow_seeking())
            raise(data_error::in_file(path_, "a file that is not packed, to read it in any order",
                                      "gzip data"));
    }

    /// How many rows there are, where `allow_seeking` has counted them, or 0.
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    /// Reads the file once, to note where every eighth record begins.
    bool allow_seeking() {
        if (stream_->is_packed())
            return false;
        if (rows_ > 0)
            return true;
        rewind();
        std::size_t rows = 0;
        std::vector<csv_stream::place> places;
        for (csv_stream::place found{}; stream_->find(found); ++rows) {
            if (rows % step == 0)
                places.push_back(found);
            stream_->read([](const csv_field&, std::size_t) {});
        }
        rewind();
        rows_ = rows;
        places_ = std::move(places);
        return true;
    }
    void seek(std::size_t row) {
        stream_->seek(places_[row / step]);
        for (std::size_t i = 0; i < row % step; ++i)
            stream_->read([](const csv_field&, std::size_t) {});
    }

    void rewind() {
        stream_ = std::make_unique<csv_stream>(path_, options_);
        if (options_.header && !names_.empty() && stream_->names() != names_)
            fail_changed();
    }

    bool next(double* x, double* y) {
        const bool is_record = stream_->read([&](const csv_field& field, std::size_t column) {
            if (column >= names_.size())
                fail_changed();
            double* const number = this->place(column, x, y);
            if (number == nullptr)
                return;
            const auto fail = [&](const std::string& expected, const std::string& found) {
                raise(data_error::at_line(path_, field.line, field.column, expected, found));
            };
            *number = field.value.empty() && options_.missing ? *options_.missing
                                                              : csv_number(field.value, names_[column], fail);
        });
        if (is_record && stream_->names().size() != names_.size())
            fail_changed();
        return is_record;
    }

private:
    /// Columns were chosen when the file was opened first.
    [[noreturn]] void fail_changed() const {
        raise(data_error::in_file(path_, concatenate("the ", names_.size(), " columns that it had before"),
                                  concatenate(stream_->names().size(), ", or others")));
    }

    static constexpr std::size_t step = 8; ///< records from a noted place to the next

    std::filesystem::path path_;
    csv_options options_;
    std::unique_ptr<csv_stream> stream_;
    std::vector<std::string> names_;
    std::vector<csv_stream::place> places_;
    std::size_t rows_ = 0;
};

/// Batches of such a source, which is made of `arguments` and the options.
template <class Source, class Prepare, class... Arguments>
auto make_csv_batches(const char* call, const csv_batch_options& options, Prepare prepare,
                      const Arguments&... arguments) {
    const row_order_options order{options.batch_size, options.shuffle, options.shuffle_window,
                                  options.random};
    check_row_order(call, order);
    if (order.shuffle && !Source::offers_seeking)
        raise(data_error{concatenate(call, ": expected a shuffle_window, found shuffle")});
    return row_batches(call, Source(arguments..., options), order, std::move(prepare), options.prefetch);
}
} // namespace internal

/// Batches from a file of comma-separated values, plain or packed with gzip, of which never more than some
/// records are in memory: `csv_batches("houses.csv", "price", {.batch_size = 64, .shuffle_window = 10'000})`.
/// The column of that name is the target, [rows], or a list of columns are the targets, [rows, targets]; all
/// others, in the file's order, are the features, [rows, features]. Numbers are those of `read_csv`, and so
/// are errors, but that columns which are dropped may hold anything. How many batches there are shows at the
/// end. `prepare(number, batch)` may change a batch, of type `labelled_arrays` of arrays of double, beside
/// the training.
template <std::convertible_to<std::string_view> Target, class Prepare = internal::unprepared>
[[nodiscard]] auto csv_batches(const std::filesystem::path& path, const Target& target,
                               const csv_batch_options& options = {}, Prepare prepare = {}) {
    return internal::make_csv_batches<internal::csv_row_source<1>>(
        "csv_batches", options, std::move(prepare), path, std::vector{std::string(std::string_view(target))});
}
template <class Prepare = internal::unprepared>
[[nodiscard]] auto csv_batches(const std::filesystem::path& path, const std::vector<std::string>& targets,
                               const csv_batch_options& options = {}, Prepare prepare = {}) {
    return internal::make_csv_batches<internal::csv_row_source<2>>("csv_batches", options, std::move(prepare),
                                                                   path, targets);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::csv_batch_options;
using bedrock::csv_batches;
} // namespace strata

STRATA_HEADER_END
