// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/denormals.hpp>
#include <strata/setting.hpp>
#include <strata/training/options.hpp>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Flushes denormals for all epochs of a fit at once, where nobody else's code runs between them, and lets
/// the engine know. An epoch of a few samples of a small network lasts no longer than to change the mode.
class flushed_fit {
public:
    flushed_fit(bool& is_flushed, const fit_options& options) noexcept
        : is_flushed_(is_flushed),
          wanted_(options.callbacks.empty() && options.validation_batches == nullptr),
          fast_(wanted_) {
        is_flushed_ = wanted_;
    }
    ~flushed_fit() { is_flushed_ = false; }
    flushed_fit(const flushed_fit&) = delete;
    flushed_fit& operator=(const flushed_fit&) = delete;

private:
    bool& is_flushed_;
    bool wanted_;
    flush_denormals fast_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
