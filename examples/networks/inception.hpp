// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

namespace networks {
using namespace strata;

namespace inception {
template <std::size_t Filters, spatial Kernel, auto... Options>
constexpr auto unit() {
    return conv<Filters, Kernel, no_bias, Options...> | batch_norm<epsilon<1e-3>, momentum<0.9>> | relu;
}
/// Long kernels that keep height and width: 1 x 7 and 7 x 1 do the work of 7 x 7.
template <std::size_t Filters, std::size_t Taps>
constexpr auto wide_unit() {
    return unit<Filters, spatial{1, Taps}, padding<spatial{0, Taps / 2}>>();
}
template <std::size_t Filters, std::size_t Taps>
constexpr auto tall_unit() {
    return unit<Filters, spatial{Taps, 1}, padding<spatial{Taps / 2, 0}>>();
}
template <std::size_t Filters>
constexpr auto pooled_unit() {
    return average_pool<3, stride<1>, padding<1>, count_padding> | unit<Filters, 1>();
}

template <std::size_t Pooled>
constexpr auto block_35() {
    return branches(unit<64, 1>(), unit<48, 1>() | unit<64, 5, padding<2>>(),
                    unit<64, 1>() | unit<96, 3, padding<1>>() | unit<96, 3, padding<1>>(),
                    pooled_unit<Pooled>()) |
           concat<>;
}
template <std::size_t Inner>
constexpr auto block_17() {
    return branches(unit<192, 1>(), unit<Inner, 1>() | wide_unit<Inner, 7>() | tall_unit<192, 7>(),
                    unit<Inner, 1>() | tall_unit<Inner, 7>() | wide_unit<Inner, 7>() | tall_unit<Inner, 7>() |
                        wide_unit<192, 7>(),
                    pooled_unit<192>()) |
           concat<>;
}
inline constexpr auto kernel_pair = branches(wide_unit<384, 3>(), tall_unit<384, 3>()) | concat<>;
inline constexpr auto block_8 =
    branches(unit<320, 1>(), unit<384, 1>() | kernel_pair,
             unit<448, 1>() | unit<384, 3, padding<1>>() | kernel_pair, pooled_unit<192>()) |
    concat<>;

inline constexpr auto pool = max_pool<3, stride<2>>;
inline constexpr auto reduction_17 =
    branches(unit<384, 3, stride<2>>(), unit<64, 1>() | unit<96, 3, padding<1>>() | unit<96, 3, stride<2>>(),
             pool) |
    concat<>;
inline constexpr auto reduction_8 =
    branches(unit<192, 1>() | unit<320, 3, stride<2>>(),
             unit<192, 1>() | wide_unit<192, 7>() | tall_unit<192, 7>() | unit<192, 3, stride<2>>(), pool) |
    concat<>;
} // namespace inception

/// Inception v3 (Szegedy et al. 2016, as torchvision builds it, without the auxiliary classifier that only
/// its training uses) for ImageNet: 299 x 299 x 3 -> 1000 logits.
inline constexpr auto inception_v3 =
    input<299, 299, 3> | inception::unit<32, 3, stride<2>>() | inception::unit<32, 3>() |
    inception::unit<64, 3, padding<1>>() | inception::pool | inception::unit<80, 1>() |
    inception::unit<192, 3>() | inception::pool | inception::block_35<32>() |
    repeat<2>(inception::block_35<64>()) | inception::reduction_17 | inception::block_17<128>() |
    repeat<2>(inception::block_17<160>()) | inception::block_17<192>() | inception::reduction_8 |
    repeat<2>(inception::block_8) | global_average_pool | dropout<0.5> | dense<1000>;

// torchvision's 27,161,264 without the 3,326,696 of the auxiliary classifier.
static_assert(parameter_count(inception_v3) == 23'834'568);
static_assert(decltype(inception_v3)::output_shape{} == shape<1000>{});

} // namespace networks
