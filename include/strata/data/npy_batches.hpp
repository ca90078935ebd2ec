// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/error.hpp>
#include <strata/data/input_file.hpp>
#include <strata/data/npy_rows.hpp>
#include <strata/data/row_batches.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

struct npy_batch_options {
    std::size_t batch_size = 32; ///< the last batch of an epoch may be smaller
    /// Whether rows come in another order each epoch: with the network's seed that in which `fit` takes those
    /// of arrays. Takes four bytes a row, and files that are not packed.
    bool shuffle = false;
    /// Or else each row is drawn from a window of so many, which moves through the file; 0: the file's order.
    std::size_t shuffle_window = 0;
    seed random = {};
    prefetch_options prefetch = {};
};

namespace internal {
struct npy_opener {
    std::filesystem::path path;

    [[nodiscard]] auto operator()() const { return std::make_unique<input_file>(path); }
};

template <npy_element X, std::size_t XRank, npy_element Y, std::size_t YRank, class Open, class Prepare>
auto make_npy_batches(const char* call, Open x, Open y, const npy_batch_options& options, Prepare prepare) {
    const row_order_options order{options.batch_size, options.shuffle, options.shuffle_window,
                                  options.random};
    check_row_order(call, order);
    using x_rows = npy_rows<X, XRank, Open>;
    using y_rows = npy_rows<Y, YRank, Open>;
    npy_row_source<x_rows, y_rows> source{x_rows(std::move(x)), y_rows(std::move(y))};
    if (options.shuffle)
        source.seek(0); // packed files are refused before training begins
    return row_batches(call, std::move(source), order, std::move(prepare), options.prefetch);
}
} // namespace internal

/// Batches from two .npy files, of samples and of their targets, of which never more than some rows are in
/// memory: `npy_batches<float, 3, std::uint8_t, 1>("images.npy", "labels.npy", {.shuffle = true})` for images
/// [samples, height, width] and labels [samples]. `prepare(number, batch)` may change a batch, of type
/// `labelled_arrays<xt::xtensor<X, XRank>, xt::xtensor<Y, YRank>>`, beside the training.
///
/// data_error as for `read_npy`, for files with different numbers of rows, and for arrays in Fortran's order.
template <npy_element X, std::size_t XRank, npy_element Y, std::size_t YRank,
          class Prepare = internal::unprepared>
[[nodiscard]] auto npy_batches(const std::filesystem::path& x, const std::filesystem::path& y,
                               const npy_batch_options& options = {}, Prepare prepare = {}) {
    return internal::make_npy_batches<X, XRank, Y, YRank>(
        "npy_batches", internal::npy_opener{x}, internal::npy_opener{y}, options, std::move(prepare));
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::npy_batch_options;
using bedrock::npy_batches;
} // namespace strata

STRATA_HEADER_END
