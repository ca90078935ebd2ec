// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <bit>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// A `double` as a template argument. It is kept as its bits because clang before 18 refuses floating-point
/// template arguments, and a class with public integers is accepted everywhere.
struct real {
    std::uint64_t bits;

    constexpr real(double number) : bits(std::bit_cast<std::uint64_t>(number)) {}
    [[nodiscard]] constexpr double value() const { return std::bit_cast<double>(bits); }
};

} // namespace strata::bedrock::inline STRATA_SETTING
