// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/language.hpp>

// Names a header of xtensor's. They lie in folders since 0.26, which is all that its versions from 0.24 to
// 0.27 want to be told apart by, but for the repair below.
#if __has_include(<xtensor/containers/xtensor.hpp>)
#    define STRATA_XTENSOR(name) <xtensor/STRATA_FOLDER_OF_##name/name.hpp>
#    define STRATA_FOLDER_OF_xadapt containers
#    define STRATA_FOLDER_OF_xarray containers
#    define STRATA_FOLDER_OF_xbuilder generators
#    define STRATA_FOLDER_OF_xmanipulation misc
#    define STRATA_FOLDER_OF_xmath core
#    define STRATA_FOLDER_OF_xnpy io
#    define STRATA_FOLDER_OF_xtensor containers
#    define STRATA_FOLDER_OF_xtensor_config core
#    define STRATA_FOLDER_OF_xutils utils
#    define STRATA_FOLDER_OF_xview views
#else
#    define STRATA_XTENSOR(name) <xtensor/name.hpp>
#endif
#include <exception> // which xtl uses and does not include

#include STRATA_XTENSOR(xtensor)
#include STRATA_XTENSOR(xtensor_config)

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
