// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/column_encoding.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

/// How the encodings of columns are visited, for saving.
namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The alternatives of `column_encoding`, in its order, which is that of files.
enum class encoding_kind { one_hot, ordinal, date, number, ignored };
static_assert(std::variant_size_v<column_encoding> == static_cast<std::size_t>(encoding_kind::ignored) + 1);

template <class How, class Visit>
void visit_options(How& how, Visit& visit) {
    using kind = std::remove_const_t<How>;
    if constexpr (std::is_same_v<kind, one_hot_column>) {
        visit("the way with unknown categories", how.unknown, unknown_category::own_column);
        visit("categories in order", how.categories);
        visit("whether the first is dropped", how.drop_first);
    } else if constexpr (std::is_same_v<kind, ordinal_column>) {
        visit("what is unknown", how.unknown);
        visit("categories in order", how.categories);
    } else if constexpr (std::is_same_v<kind, date_column>)
        visit("parts of a date", how.parts, date_part::hour);
    else if constexpr (std::is_same_v<kind, number_column>)
        visit("what is missing", how.missing);
}

template <class Visit>
void visit_encoding(const column_encoding& how, Visit& visit) {
    visit("the kind of an encoding", static_cast<encoding_kind>(how.index()), encoding_kind::ignored);
    std::visit([&](const auto& each) { visit_options(each, visit); }, how);
}
template <class Visit>
void visit_encoding(column_encoding& how, Visit& visit) {
    encoding_kind kind = encoding_kind::one_hot;
    visit("the kind of an encoding", kind, encoding_kind::ignored);
    [&]<std::size_t... Index>(std::index_sequence<Index...>) {
        (void)((static_cast<std::size_t>(kind) == Index && (how.template emplace<Index>(), true)) || ...);
    }
    (std::make_index_sequence<std::variant_size_v<column_encoding>>{});
    std::visit([&](auto& each) { visit_options(each, visit); }, how);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
