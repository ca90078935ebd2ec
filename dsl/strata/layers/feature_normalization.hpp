// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/shared.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a normalization by known statistics computes, for the plan: rows of `Width` numbers, with a mean and
/// a variance for each of them, or with one of both for all.
template <std::size_t Rows, class Statistics, std::size_t Width = Statistics::size>
struct feature_normalization : head_base<Rows, Width, Rows, Width> {
    struct mean : parameter<"mean", Statistics> {
        static constexpr bool is_learnt = false;
        static constexpr double kept = 1;
    };
    struct variance : parameter<"variance", Statistics> {
        static constexpr initializer first = ones;
        static constexpr bool is_learnt = false;
        static constexpr double kept = 1;
    };
    using parameters = type_list<mean, variance>;
    /// The least deviation that is divided by, as in Keras, so that features which never change become 0.
    static constexpr double least_deviation = 1e-7;
};

/// y = (x - mean) / max(sqrt(variance), 1e-7) with statistics that training leaves alone: those of a file,
/// `net.parameter<"normalization.mean">().set(...)`, or those of data, `adapt(net, x)`. At first 0 and 1.
/// Each channel (the last axis) has its own, as in Keras; with `normalization<shared::all>` all numbers have
/// the same (Keras's axis None), with `normalization<shared::none>` each number of a sample has its own.
/// Shape in = shape out. Gradient: dx = dy / max(sqrt(variance), 1e-7).
template <shared Sharing = shared::places>
struct normalization_layer : detail::shared_head_layer<feature_normalization, Sharing> {
    static constexpr auto label = text("normalization");
    static constexpr auto spelling(auto&& write) {
        if constexpr (Sharing == shared::places)
            return write("normalization<");
        else
            return write("normalization<", Sharing);
    }
    static constexpr bool gives_probabilities = false;
};

template <shared Sharing = shared::places>
inline constexpr normalization_layer<Sharing> normalization{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::normalization;
} // namespace strata
