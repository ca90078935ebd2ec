// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/softmax.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Applies the closing of a stage to whole samples of its output, in place.
template <class Stage, class T>
void close(T* y, team::range samples) noexcept {
    if constexpr (Stage::has_softmax) {
        constexpr std::size_t length = Stage::closing::length;
        softmax_rows<length>(y + samples.begin * Stage::output_size,
                             (samples.end - samples.begin) * (Stage::output_size / length));
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
