// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/error.hpp>
#include <strata/data/extents.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {

/// Whether a label, of any arithmetic type, is one of 0, ..., classes - 1.
template <class Label>
bool is_class(Label label, std::size_t classes) {
    if constexpr (std::floating_point<Label>)
        return label >= 0 && label < static_cast<Label>(classes) &&
               label == static_cast<Label>(static_cast<std::size_t>(label));
    else if constexpr (std::is_signed_v<Label>)
        return label >= 0 && static_cast<std::size_t>(label) < classes;
    else
        return label < classes;
}

} // namespace internal

/// Labels 0, ..., classes - 1 of shape [n] to an array of shape [n, classes] with a one at each label and
/// zeros elsewhere. Labels may be of a floating type, as read from tables. data_error, with index and value,
/// for a label that is not one of these.
template <std::floating_point Element = float, class Labels>
[[nodiscard]] xt::xtensor<Element, 2> one_hot(const xt::xexpression<Labels>& labels, std::size_t classes) {
    const auto& array = labels.derived_cast();
    if (array.dimension() != 1)
        internal::raise(
            data_error{"one_hot: expected labels of rank 1, found " + internal::extents_text(array.shape())});
    const std::array<std::size_t, 2> extents{array.shape(0), classes};
    if (!internal::byte_count(extents, sizeof(Element)))
        internal::raise(data_error{"one_hot: expected a result that fits into memory, found " +
                                   internal::extents_text(extents)});
    for (std::size_t i = 0; i < extents[0]; ++i)
        if (!internal::is_class(array(i), classes))
            internal::raise(data_error{internal::concatenate(
                "one_hot: expected whole labels below ", classes, ", found ",
                internal::number_to_string(static_cast<double>(array(i))), " at index ", i)});

    xt::xtensor<Element, 2> result(extents, Element{0});
    for (std::size_t i = 0; i < extents[0]; ++i)
        result(i, static_cast<std::size_t>(array(i))) = Element{1};
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::one_hot;
} // namespace strata

STRATA_HEADER_END
