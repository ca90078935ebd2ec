// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, tied.*has the weights of layer 1.*its arrays would be 1.*those of layer 1 are 2
#include <strata/layers/layers.hpp>
#include <strata/plan/names.hpp>
using namespace strata::bedrock;

template <std::size_t Width, bool HasBias>
struct half : contraction<Width, type_of<dense<Width>>, Width> {
    using whole = contraction<Width, type_of<dense<Width>>, Width>;
    using parameters =
        std::conditional_t<HasBias, typename whole::parameters, type_list<typename whole::kernel>>;
};
/// Uses the weights of a dense layer, or its kernel alone.
template <bool HasBias>
struct tied_layer : type_of<dense<3>> {
    using shared_form = type_of<dense<3>>;
    static constexpr auto label = text("tied");
    template <class Shape>
    using head = half<Shape::last, HasBias>;
};

#ifdef WRONG
constexpr tied_layer<false> tied;
#else
constexpr tied_layer<true> tied;
#endif
constexpr auto network = input<3> | shared_weights<"part">(dense<3>) | shared_weights<"part">(tied);
static_assert(detail::network_names<std::remove_const_t<decltype(network)>>::count == 2);
