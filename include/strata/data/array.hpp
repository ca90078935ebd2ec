// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <xtensor/xtensor.hpp>
#include <xtensor/xtensor_config.hpp>

#include <memory>

// xt::xtensor, the array of the public interface. To be included instead of xtensor's own header, because of
// this: clang 19 finds two of xtensor's specializations equally good for the shape of an xt::xarray, hence
// compiles neither xt::xarray nor what uses it within (github.com/xtensor-stack/xtensor/issues/2804). A third
// one, closer than both, decides.
#if defined(__clang__) && __clang_major__ >= 19 && XTENSOR_VERSION_MAJOR == 0 && XTENSOR_VERSION_MINOR < 26
namespace xt {
template <class X, class T>
struct rebind_container<X, svector<T, 4, std::allocator<T>, true>> {
    using type = svector<X, 4, std::allocator<X>, true>;
};
} // namespace xt
#endif
