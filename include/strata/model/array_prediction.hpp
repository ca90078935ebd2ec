// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/diagnostic.hpp>
#include <strata/setting.hpp>

#include <tuple>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Whether a compiler knows how many numbers an array has, and that it is not the network's number.
template <class Model, class Array>
inline constexpr bool has_other_size = [] {
    if constexpr (requires { std::tuple_size<Array>::value; })
        return std::tuple_size<Array>::value != Model::input_size;
    else
        return false;
}();

/// What `strata/model/arrays.hpp` predicts of an array.
template <class Model, class Array>
[[nodiscard]] auto array_prediction(const Model& net, const Array& x) {
    if constexpr (requires { predict_array(net, x); })
        return predict_array(net, x);
    else if constexpr (has_other_size<Model, Array>)
        static_assert(
            reject<Array,
                   text("predict: the array has ") + number_text<std::tuple_size<Array>::value> + " numbers,",
                   text("the network takes ") + number_text<Model::input_size>>());
    else
        static_assert(reject<Array, "predict of an array needs", "#include <strata/model/arrays.hpp>">());
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
