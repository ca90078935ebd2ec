// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// The type of a constant, such as a variable, a layer or a topology, without its const.
template <auto Constant>
using type_of = std::remove_const_t<decltype(Constant)>;

} // namespace strata::bedrock::inline STRATA_SETTING
