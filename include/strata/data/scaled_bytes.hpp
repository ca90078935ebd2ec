// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/error.hpp>
#include <strata/data/rows.hpp>
#include <strata/kernels/large_pages.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING {

/// 8-bit data, as a rule images, that stand for values[i] * scale: a quarter of what floats would take, and
/// never expanded in memory. Shape [samples, ...], last axis fastest.
template <std::size_t Rank>
struct scaled_bytes {
    static_assert(Rank >= 1, "strata: scaled_bytes has an axis of samples at least");
    using value_type = float;
    static constexpr std::size_t rank = Rank;

    xt::xtensor<std::uint8_t, Rank> values = {};
    float scale = 1.0f / 255.0f;

    [[nodiscard]] const std::array<std::size_t, Rank>& shape() const noexcept { return values.shape(); }
    [[nodiscard]] std::size_t shape(std::size_t axis) const { return values.shape(axis); }
    [[nodiscard]] std::size_t size() const noexcept { return values.size(); }
    [[nodiscard]] static constexpr std::size_t dimension() noexcept { return Rank; }
    /// The bytes as they are, not scaled.
    [[nodiscard]] const std::uint8_t* data() const noexcept { return values.data(); }

    /// One value, scaled. Indices are not checked.
    template <class... Index>
        requires(sizeof...(Index) == Rank)
    [[nodiscard]] float operator()(Index... index) const {
        return static_cast<float>(values(index...)) * scale;
    }

    /// All values, scaled: four times the memory.
    [[nodiscard]] xt::xtensor<float, Rank> to_float() const {
        xt::xtensor<float, Rank> result(shape());
        internal::ask_for_large_pages(result);
        std::transform(values.begin(), values.end(), result.begin(),
                       [this](std::uint8_t value) { return static_cast<float>(value) * scale; });
        return result;
    }

    /// A copy of samples begin, ..., end - 1. data_error unless begin <= end <= shape(0).
    [[nodiscard]] scaled_bytes rows(std::size_t begin, std::size_t end) const {
        if (begin > end || end > shape(0))
            internal::raise(data_error{"scaled_bytes: expected rows within [0, " + std::to_string(shape(0)) +
                                       "), found [" + std::to_string(begin) + ", " + std::to_string(end) +
                                       ")"});
        auto result_shape = shape();
        result_shape[0] = end - begin;
        scaled_bytes result{xt::xtensor<std::uint8_t, Rank>(result_shape), scale};
        internal::ask_for_large_pages(result.values);
        const auto stride = shape(0) == 0 ? 0 : size() / shape(0);
        std::copy(data() + begin * stride, data() + end * stride, result.values.data());
        return result;
    }
};

template <std::size_t Rank>
scaled_bytes(xt::xtensor<std::uint8_t, Rank>) -> scaled_bytes<Rank>;
template <std::size_t Rank>
scaled_bytes(xt::xtensor<std::uint8_t, Rank>, float) -> scaled_bytes<Rank>;

/// A copy of chosen samples, as for arrays.
template <std::size_t Rank>
[[nodiscard]] scaled_bytes<Rank> take_rows(const scaled_bytes<Rank>& array,
                                           std::span<const std::size_t> indices) {
    return {take_rows(array.values, indices), array.scale};
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::scaled_bytes;
using bedrock::take_rows;
} // namespace strata
