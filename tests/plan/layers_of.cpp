// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/layers/layers.hpp>
#include <strata/plan/layers_of.hpp>

#include <boost/hana/at.hpp>
#include <boost/hana/filter.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/integral_constant.hpp>
#include <boost/hana/size.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace strata::bedrock;
namespace hana = boost::hana;

namespace {
constexpr auto net =
    input<8, 3> | conv<4, 3> | relu |
    named<"body">(branches(conv<2, 3> | batch_norm<>, frozen_weights(conv<2, 3>)) | concat<>) | flatten |
    dense<5, no_bias> | relu;
constexpr auto layers = layers_of(net);

static_assert(decltype(hana::size(layers))::value == 9);
using first = std::remove_const_t<std::remove_reference_t<decltype(layers[hana::size_c<0>])>>;
static_assert(first::name.view() == "conv" && first::label.view() == "conv<4, 3>");
static_assert(hana::at_c<0>(first::input_shapes) == shape<8, 3>{} && first::output_shape == shape<6, 4>{});
static_assert(first::parameter_count == 3 * 3 * 4 + 4 && !first::is_frozen);
using bias = std::remove_const_t<std::remove_reference_t<decltype(hana::at_c<1>(first::parameters))>>;
static_assert(bias::name.view() == "conv.bias" && bias::shape == shape<4>{} && bias::is_learnt);
} // namespace

BOOST_AUTO_TEST_CASE(each_layer_says_what_it_is) {
    std::string said;
    hana::for_each(layers, [&](auto layer) {
        said += std::string(layer.name.view()) + (layer.is_frozen ? "* " : " ");
        hana::for_each(layer.parameters, [&](auto parameter) {
            said += std::string(parameter.name.view()) + (parameter.is_learnt ? " " : "! ");
        });
    });
    BOOST_TEST(said == "conv conv.kernel conv.bias relu body.conv body.conv.kernel body.conv.bias "
                       "body.batch_norm body.batch_norm.gamma body.batch_norm.beta "
                       "body.batch_norm.moving_mean! body.batch_norm.moving_variance! "
                       "body.conv_1* body.conv_1.kernel body.conv_1.bias body.concat flatten dense "
                       "dense.kernel relu_1 ");
}

BOOST_AUTO_TEST_CASE(hana_chooses_among_them) {
    const auto merges = hana::filter(layers, [](auto layer) {
        return hana::bool_c<(decltype(hana::size(layer.input_shapes))::value > 1)>;
    });
    static_assert(decltype(hana::size(merges))::value == 1);
    hana::for_each(merges, [](auto layer) { BOOST_TEST((layer.output_shape == shape<4, 4>{})); });
}
