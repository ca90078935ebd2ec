// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "cases.hpp"

using namespace keras_cases;

namespace {
constexpr auto images = inputs(input<8, 8, 2>, input<8, 8, 2>);
constexpr auto valid_block = conv<4, 3> | relu;
constexpr auto same_block = conv<4, 3, same> | relu;
} // namespace

BOOST_AUTO_TEST_CASE(several_inputs) {
    run("graph/00.json",
        {{"graph_00", check<model<inputs(input<3, 3, 5>, input<3, 3, 5>) |
                                  branches(permute<0, 2, 1>, permute<1, 2, 0>) | concat<>>>}});
    run("graph/01.json", {{"graph_01", check<model<images | branches(valid_block, valid_block) | add>>}});
    run("graph/02.json", {{"graph_02", check<model<images | branches(valid_block, valid_block) | average>>}});
    run("graph/03.json",
        {{"graph_03", check<model<images | branches(valid_block, valid_block) | multiply>>}});
    run("graph/04.json", {{"graph_04", check<model<images | branches(valid_block, valid_block) | maximum>>}});
    run("graph/05.json",
        {{"graph_05", check<model<images | branches(valid_block, valid_block) | concat<>>>}});
    constexpr auto narrow = conv<2, 1> | relu;
    using three = model<inputs(input<8, 8, 2>, input<8, 8, 2>, input<8, 8, 2>) |
                        branches(same_block, narrow | same_block | narrow,
                                 conv<5, 3, same> | relu | conv<3, 3, same> | relu) |
                        concat<>>;
    // Keras lists the layers by their depth.
    run("graph/06.json", {{"graph_06", check<three, 6, 7, 0, 1, 2, 3, 8, 9, 4, 5, 10, 11>}});
    run("graph/07.json",
        {{"graph_07", check<model<images | branches(same_block, same_block) |
                                  branches(same_block, same_block) | concat<> | conv<4, 3, same>>>}});
}

BOOST_AUTO_TEST_CASE(chains) {
    run("pipeline/00.json",
        {{"pipeline_00",
          check<model<input<8, 8, 2> | conv<4, 3> | relu | conv<4, 3> | relu | conv<4, 3> | relu>>}});
    run("pipeline/01.json",
        {{"pipeline_01",
          check<model<input<17, 17, 2> | conv<5, 3, stride<2>, same> | relu | conv<4, 3, same> | conv<2, 3> |
                      relu | conv<3, 5> | relu | conv<2, 3>>>}});
    run("pipeline/02.json",
        {{"pipeline_02",
          check<model<input<16, 16, 2> | conv<5, 3, stride<2>, same> | relu | conv<4, 3> | conv<2, 1> | relu |
                      conv<3, 5, same> | relu | conv<2, 3, same> | conv<4, 1> | relu | conv<2, 3>>>}});
    run("pipeline/03.json",
        {{"pipeline_03", check<model<input<8, 8, 2> | conv<4, 3> | relu | batch_norm<epsilon<1e-5>>>>}});
    run("pipeline/04.json",
        {{"pipeline_04", check<model<input<9, 9, 2> | conv<5, 3, stride<2>, same> | relu | batch_norm<> |
                                     conv<4, 1> | batch_norm<> | conv<3, 3, same> | relu | batch_norm<> |
                                     conv<2, 3> | relu | batch_norm<>>>}});
    run("pipeline/05.json",
        {{"pipeline_05", check<model<input<8, 8, 2> | conv<4, 3> | relu | max_pool<2>>>}});
    run("pipeline/06.json",
        {{"pipeline_06",
          check<model<input<24, 24, 2> | conv<5, 3, stride<2>> | relu | batch_norm<> | conv<4, 3, same> |
                      relu | batch_norm<> | conv<3, 3, same> | relu | batch_norm<> | max_pool<2> |
                      conv<4, 3> | batch_norm<> | conv<2, 3, same> | relu | batch_norm<> | max_pool<2>>>}});
    run("pipeline/07.json",
        {{"pipeline_07", check<model<input<8, 8, 2> | conv<4, 3> | relu | max_pool<2, stride<1>>>>}});
    run("pipeline/08.json",
        {{"pipeline_08", check<model<input<8, 8, 2> | conv<4, 3, same> | relu | conv<4, 3> | relu |
                                     max_pool<2, stride<1>, same>>>}});
    run("pipeline/09.json",
        {{"pipeline_09", check<model<input<8, 8, 2> | conv<4, 3> | relu | average_pool<2>>>}});
    run("pipeline/10.json",
        {{"pipeline_10",
          check<
              model<input<24, 24, 2> | conv<5, 3, stride<2>> | relu | batch_norm<> | conv<4, 3, same> | relu |
                    batch_norm<> | conv<3, 3, same> | relu | batch_norm<> | average_pool<2> | conv<4, 3> |
                    batch_norm<> | conv<2, 3, same> | relu | batch_norm<> | average_pool<2>>>}});
    run("pipeline/11.json",
        {{"pipeline_11", check<model<input<8, 8, 2> | conv<4, 3> | relu | average_pool<2, stride<1>>>>}});
    run("pipeline/12.json",
        {{"pipeline_12", check<model<input<8, 8, 2> | conv<4, 3, same> | relu | conv<4, 3> | relu |
                                     average_pool<2, stride<1>, same>>>}});
    run("pipeline/13.json",
        {{"pipeline_13",
          check<model<input<7, 7, 1> | conv<2, 3> | relu | conv<2, 3> | relu | max_pool<2, stride<1>> |
                      dropout<0.25> | flatten | dense<3> | relu | dropout<0.5> | dense<3> | softmax>>}});
    run("pipeline/14.json",
        {{"pipeline_14", check<model<input<7, 7, 1> | separable_conv<2, 3> | separable_conv<2, 3>>>}});
    run("pipeline/15.json", {{"pipeline_15", check<model<input<7, 7, 1> | conv<2, 3> | batch_norm<> | relu |
                                                         separable_conv<2, 3, same> | batch_norm<>>>}});
    run("pipeline/16.json",
        {{"pipeline_16", check<model<input<10, 10, 2> | conv<4, 3, stride<2>, no_bias> | batch_norm<> | relu |
                                     zero_pad<margins{{0, 0}, {1, 1}}> | crop<margins{{1, 1}, {0, 0}}> |
                                     average_pool<1, stride<2>>>>}});
}
