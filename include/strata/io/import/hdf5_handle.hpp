// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#if __has_include(<hdf5.h>)
#    include <hdf5.h>
#else
#    include <hdf5/serial/hdf5.h>
#endif

#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// What HDF5's library opened, closed when nobody needs it.
class hdf5_handle {
public:
    using closer = herr_t (*)(hid_t);
    hdf5_handle(hid_t number, closer close) : number_(number), close_(close) {}
    hdf5_handle(hdf5_handle&& other) noexcept
        : number_(std::exchange(other.number_, -1)), close_(other.close_) {}
    hdf5_handle& operator=(hdf5_handle&&) = delete;
    ~hdf5_handle() {
        if (number_ >= 0)
            close_(number_);
    }
    [[nodiscard]] hid_t get() const noexcept { return number_; }
    [[nodiscard]] bool valid() const noexcept { return number_ >= 0; }

private:
    hid_t number_;
    closer close_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
