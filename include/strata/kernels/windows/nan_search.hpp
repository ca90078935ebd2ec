// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Numbers summed up lane by lane, some of them twice: NaN in a lane if one of the numbers is. Infinities of
/// both signs give NaN as well, so what is found is to be looked at again.
template <class V>
[[nodiscard]] inline V sum_in_doubt(const value_type_of<V>* numbers, std::size_t count) noexcept {
    using T = value_type_of<V>;
    V sum(T(0));
    if (count < V::size) {
        T single = 0;
        for (std::size_t i = 0; i < count; ++i)
            single += numbers[i];
        return V(single);
    }
    V others(T(0)); // a second chain of sums, since the first one waits for itself
    std::size_t i = 0;
    for (; i + 2 * V::size <= count; i += 2 * V::size) {
        sum += V::load_unaligned(numbers + i);
        others += V::load_unaligned(numbers + i + V::size);
    }
    if (i + V::size <= count)
        sum += V::load_unaligned(numbers + i);
    return sum + others + V::load_unaligned(numbers + count - V::size);
}

/// The same of rows [begin, end).
template <class V, std::size_t Width>
[[nodiscard]] inline V sum_in_doubt(rows_view<const value_type_of<V>> x, std::size_t begin,
                                    std::size_t end) noexcept {
    if (x.pitch == Width)
        return sum_in_doubt<V>(x.row(begin), (end - begin) * Width);
    V sum(value_type_of<V>(0));
    for (std::size_t row = begin; row < end; ++row)
        sum += sum_in_doubt<V>(x.row(row), Width);
    return sum;
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
