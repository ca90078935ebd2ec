// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/extents.hpp>
#include <strata/model/parameter_views.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// An array of parameters as an xt::xtensor in its conventional shape.
template <class T, class Parameter, text Name>
auto parameter_array(const parameter_view<T, Parameter, Name>& parameter) {
    using view = parameter_view<T, Parameter, Name>;
    xt::xtensor<typename view::value_type, view::shape.rank> result(view::shape.extents);
    const auto values = parameter.values();
    std::copy(values.begin(), values.end(), result.begin());
    return result;
}

/// Writes anything that xtensor takes into an array of parameters. `std::invalid_argument` for another shape.
template <class T, class Parameter, text Name, class Array>
void set_parameter(const parameter_view<T, Parameter, Name>& parameter, const Array& values) {
    using view = parameter_view<T, Parameter, Name>;
    const auto& found = values.shape();
    if (!std::equal(found.begin(), found.end(), view::shape.extents.begin(), view::shape.extents.end(),
                    [](auto a, std::size_t b) { return static_cast<std::size_t>(a) == b; }))
        internal::raise(std::invalid_argument(internal::concatenate(
            view::name, ": expected the shape ", internal::extents_text(view::shape.extents), ", found ",
            internal::extents_text(found))));
    std::vector<typename view::value_type> flat(view::size);
    std::transform(values.template begin<xt::layout_type::row_major>(),
                   values.template end<xt::layout_type::row_major>(), flat.begin(),
                   [](auto value) { return static_cast<typename view::value_type>(value); });
    parameter.set(flat);
}

} // namespace strata::bedrock::inline STRATA_SETTING
