// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/dense.hpp>
#include <strata/layers/option.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// A dense layer that is called by what it makes.
template <text Name, std::size_t Units, auto... Options>
struct projection_layer : dense_layer<Units, Options...> {
    static constexpr auto label = Name + "<" + number_text<Units> + ">";
    static constexpr auto spelling(auto&& write) {
        return write("bedrock::detail::projection_layer<", Name, Units, Options...) + "{}";
    }
};
template <text Name, std::size_t Units, auto... Options>
constexpr auto projection(option_list<Options...>) {
    return projection_layer<Name, Units, Options...>{};
}

} // namespace strata::bedrock::inline STRATA_SETTING::detail
