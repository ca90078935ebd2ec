// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/topology/diagnostic.hpp>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What `strata/model/arrays.hpp` predicts of an array.
template <class Model, class Array>
[[nodiscard]] auto array_prediction(const Model& net, const Array& x) {
    if constexpr (requires { predict_array(net, x); })
        return predict_array(net, x);
    else
        static_assert(reject<Array, "predict of an array needs", "#include <strata/model/arrays.hpp>">());
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
