// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/text.hpp>
#include <strata/learning/direction.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

struct metric_base {
    static constexpr direction better = direction::unknown;
};

template <class T>
concept metric_type = std::is_base_of_v<metric_base, T>;

/// The share of rows whose right class is among the `Count` largest predictions. Targets are labels or
/// one-hot rows. With a single output it is the share of predictions on the target's side of 0.5, as in
/// Keras.
template <text Name, std::size_t Count>
struct rank_metric : metric_base {
    static constexpr auto name = Name;
    static constexpr direction better = direction::larger;
    static constexpr std::size_t count = Count;
};

inline constexpr rank_metric<"accuracy", 1> accuracy{};
/// Named "top_5" for `top_k<5>`.
template <std::size_t Count = 5>
inline constexpr rank_metric<text("top_") + number_text<Count>, Count> top_k{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::accuracy;
using bedrock::top_k;
} // namespace strata

STRATA_HEADER_END
