// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: a layer whose kernels add no pieces \(`adds_pieces`\).*cannot be trained by several machines
#include <strata/strata.hpp>
#include <strata/training/machine_check.hpp>

#ifdef WRONG
namespace shifting {
using namespace strata::bedrock;

template <std::size_t Features>
struct head : head_base<1, Features, 1, Features> {
    struct shift : parameter<"shift", shape<Features>> {};
    using parameters = type_list<shift>;
};

struct shifted_layer : layer_base {
    using role = role::head;
    static constexpr auto label = text("shifted");
    static constexpr auto spelling(auto&& write) { return write("shifted"); }
    template <class>
    static constexpr bool accepts = true;
    template <class>
    static constexpr auto wants = text("anything");
    template <class Shape>
    using output = Shape;
    template <class Shape>
    using head = shifting::head<Shape::last>;
};
inline constexpr shifted_layer shifted;
} // namespace shifting

template <std::size_t Features>
struct strata::bedrock::head_kernels<shifting::head<Features>> : strata::bedrock::head_kernels_base {};
using network = strata::model<strata::input<3> | shifting::shifted>;
#else
using network = strata::model<strata::input<3> | strata::dense<3>>;
#endif

using loss = std::remove_const_t<decltype(strata::mean_squared_error)>;
using pass = strata::bedrock::training_pass<network::topology, float, loss>;
static_assert(strata::bedrock::internal::check_shared<pass>());
