// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/numbered_type.hpp>
#include <strata/expression/type_list.hpp>
#include <strata/learning/loss.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// A loss with what it counts for beside others.
template <real Weight, loss_type Loss>
struct weighted_loss {
    using loss = Loss;
    static constexpr double weight = Weight.value();
};

/// A loss for each output of a network, in their order; the total is the weighted sum.
template <class... Weighted>
struct loss_list : loss_base {
    static constexpr std::size_t size = sizeof...(Weighted);
    template <std::size_t Index>
    using element = type_at<Index, type_list<Weighted...>>;
};

namespace detail {
template <class Loss>
struct as_list {
    using type = loss_list<weighted_loss<1.0, Loss>>;
};
template <class... Weighted>
struct as_list<loss_list<Weighted...>> {
    using type = loss_list<Weighted...>;
};
// One that is known by its number stays that.
template <class... Weighted>
constexpr bool is_list(const loss_list<Weighted...>&) {
    return true;
}
constexpr bool is_list(const loss_base&) { return false; }
template <std::uint64_t Number>
    requires(is_list(numbered_type<Number>{}))
struct as_list<numbered_type<Number>> {
    using type = numbered_type<Number>;
};
template <loss_type Loss>
constexpr weighted_loss<1.0, Loss> with_weight(Loss) {
    return {};
}
template <real Weight, class Loss>
constexpr weighted_loss<Weight, Loss> with_weight(weighted_loss<Weight, Loss>) {
    return {};
}
} // namespace detail

/// The losses of a network as a list, also where it has one.
template <class Loss>
using losses_of = typename detail::as_list<Loss>::type;

/// A loss that counts `Weight` times: `losses(binary_crossentropy, loss_weight<0.5>(mean_squared_error))`.
template <real Weight, loss_type Loss>
constexpr weighted_loss<Weight, Loss> loss_weight(Loss) {
    return {};
}

/// The losses of a network with several outputs, in their order.
template <class... Losses>
constexpr auto losses(Losses... each) {
    return loss_list<decltype(detail::with_weight(each))...>{};
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::loss_weight;
using bedrock::losses;
} // namespace strata
