// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/model/model.hpp>
#include <strata/plan/layers_of.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// The layers of a network as a sequence of Boost.Hana: each says its `name`, `label`, `input_shapes`,
/// `output_shape` and `parameters` at compile time.
template <auto Topology, class T>
constexpr auto layers_of(const model<Topology, T>&) {
    return strata::layers_of(Topology);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::layers_of;
} // namespace strata

STRATA_HEADER_END
