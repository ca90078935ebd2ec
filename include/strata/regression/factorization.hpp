// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

// WebAssembly has no LAPACK to link: there the same functions are Eigen's.
#if defined(__wasm__)
#    include <strata/regression/eigen.hpp>
#else
#    include <strata/regression/lapack.hpp>
#endif

namespace strata::bedrock::inline STRATA_SETTING {

#if defined(__wasm__)
namespace factorization = eigen;
#else
namespace factorization = lapack;
#endif

} // namespace strata::bedrock::inline STRATA_SETTING
