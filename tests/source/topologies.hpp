// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/layer_outputs.hpp>

// Topologies with every layer, every option and every way to combine them, whose texts are compiled. A new
// one is one more constant here, and its name below.
namespace sources {
using namespace strata;
using namespace strata::symbols;

// Rows and formulas.
inline constexpr auto nothing = input<8>;
inline constexpr auto number = input<> | reshape<1> | dense<2>;
inline constexpr auto dense_layers = input<28, 28> | flatten | dense<512, he_normal, l2<1e-4>> | relu |
                                     dropout<0.2> | dense<10, no_bias, l1_l2<0.1, 1e-30>> |
                                     dense<4, l1<>, zeros> | softmax;
inline constexpr auto first_weights =
    input<4> | dense<3, ones> | dense<3, glorot_uniform> | dense<3, glorot_normal> | dense<3, he_uniform> |
    dense<3, lecun_uniform> | dense<3, lecun_normal> | dense<3, uniform<>> | dense<3, uniform<0.1>> |
    dense<3, normal<1e-7>> | dense<3, orthogonal<2.0>> |
    dense<3, bedrock::initializer{bedrock::distribution::uniform, bedrock::fan::inputs, 1.0 / 3}>;
inline constexpr auto activations =
    input<4> | linear | relu | relu6 | selu | gelu | sigmoid | silu | tanh | softplus | softsign |
    exponential | hard_sigmoid | hard_sigmoid6 | linear_sigmoid<0.25, 0.5> | hard_swish | linear_swish<> |
    leaky_relu<> | leaky_relu<-0.1> | elu<> | elu<-0.5> | clip<-1.0, 0.1> | rescaling<1.0 / 255> |
    rescaling<2.0, -1.0> | approximate_tanh | approximate_sigmoid;
inline constexpr auto own_formulas =
    input<4> | activation<x / (1 + abs(x))> | named_activation<"swish", x * sigmoid(x)> |
    named_activation<"a \"name\"\\", (select(x > 0.5, -x, -0.1 * pow<3>(x)))> |
    named_activation<"slope", max(x, -0.0), (select(y > 0, 1, 0))> |
    activation<relu(x) + leaky_relu<0.3>(x)> |
    activation<sqrt(square(x)) - log(exp(x)) * expm1(min(x, 1e-5)) / log1p(tanh(x)) +
               erf(sign(x)) * sin(cos(x))> |
    named_activation<"relu", max(x, 0)> | named_activation<"elu", 0.7 * expm1(x)>;
inline constexpr auto numbers = input<4> | normalization<> | normalization<shared::none> |
                                normalization<shared::all> | prelu<> | prelu<shared::places> |
                                prelu<shared::all> | gaussian_noise<0.1> | gaussian_dropout<1.0 / 3> |
                                log_softmax<> | log_softmax<0> | axis_softmax<0>;
inline constexpr auto along_axes = input<4, 6, 8> | permute<2, 0, 1> | slice<0, 2, 8> | slice<-1, -3> |
                                   slice<1, 0, -1, 2> | reduce_max<-1, keep_axes> | reduce_min<0> |
                                   reduce_sum<0, 1, keep_axes> | reduce_mean<>;
inline constexpr auto parts_of_an_axis = input<6, 4> | split<2> | multiply | split<3, 0> |
                                         branches(slice<0, 0, 1>, slice<0, 1>, identity) | concat<0>;

// Images.
inline constexpr auto convolutions =
    input<12, 12, 4> | conv<8, 3, same> | conv<8, spatial{1, 3}, stride<spatial{2, 1}>, padding<1>, no_bias> |
    conv<8, 3, padding<margins{{1, 0}, {2, 1}}>, dilation<2>, groups<4>, direct> |
    conv<4, 1, same_lower, stride<2>, he_normal, l2<0.1>> | conv_transpose<4, 3, stride<2>, same> |
    conv_transpose<4, 3, stride<2>, padding<spatial{1, 0}>, output_padding<1>, groups<2>, dilation<1>, direct,
                   no_bias> |
    depthwise_conv<3, depth_multiplier<2>, same> |
    separable_conv<6, 3, stride<2>, depth_multiplier<2>, no_bias> | conv<2, 1, valid>;
inline constexpr auto other_ranks = input<16, 4> | conv<6, 3, causal, dilation<2>> |
                                    depthwise_conv<2, causal> | conv<4, 3, padding<margins{1, 0}>> |
                                    max_pool<2> | global_average_pool;
inline constexpr auto volume = input<5, 6, 7, 2> | conv<3, spatial{1, 2, 3}> |
                               zero_pad<margins{{1, 0, 0}, {0, 2, 1}}> | max_pool<spatial{2, 1, 1}> |
                               global_max_pool;
inline constexpr auto poolings = input<16, 16, 4> | max_pool<2, stride<1>, same> |
                                 average_pool<spatial{2, 1}> | max_pool<3, stride<2>, padding<1>, ceil_mode> |
                                 average_pool<2, padding<1>, count_padding> | max_pool<2, dilation<2>>;
inline constexpr auto normalizations = input<6, 6, 8> | batch_norm<> | batch_norm<ghost_batches> |
                                       batch_norm<momentum<0.9>, epsilon<1e-5>, no_scale, no_center> |
                                       layer_norm<> | layer_norm<last_axes<3>, epsilon<1e-6>> | rms_norm<> |
                                       rms_norm<no_scale> | group_norm<4> | group_norm<2, no_center> |
                                       instance_norm<> | spatial_dropout<0.25>;
inline constexpr auto sizes =
    input<8, 8, 3> | upsample<2> | upsample<spatial{1, 2}, bilinear> | resize<spatial{12, 20}> |
    resize<9, nearest> | resize<12, align_corners> | resize<10, nearest, asymmetric, nearest_down> |
    resize<11, nearest_up, nearest> | resize<8, nearest, nearest_half_down, half_pixel> |
    resize<8, nearest, nearest_half_up> | zero_pad<1> | edge_pad<spatial{1, 2}> |
    reflect_pad<margins{{1, 0}, {2, 1}}> | crop<margins{{1, 0}, {2, 1}}> | crop<1>;
inline constexpr auto augmentations =
    input<8, 8, 3> | random_flip<> | random_flip<horizontal> | random_flip<vertical> |
    random_flip<flip::both> | random_shift<0.1, interval{0, 0.2}> |
    random_shift<0.0, interval{-0.1, 0.2}, nearest, outside::zero> | random_rotation<0.1, outside::edge> |
    random_zoom<interval{-0.5, 1}, outside::reflected, bilinear>;

// Sequences.
inline constexpr auto recurrent_layers =
    input<7, 5> | lstm<6> | lstm<5, relu, recurrent<hard_sigmoid>, no_forget_bias, no_bias> |
    gru<4, reset_before, recurrent<l2<1e-4>>, recurrent<glorot_uniform>> |
    gru<4, reset_after, backwards, recurrent<bedrock::tanh_layer{}>> |
    simple_rnn<3, bedrock::tanh_layer{}, recurrent<dropout<0.2>>, l1<0.1>, zero_masked> |
    simple_rnn<2, leaky_relu<0.1>, last_step>;
inline constexpr auto both_directions = input<7, 5> | bidirectional(lstm<6> | tanh | gru<4>) |
                                        named<"inner">(bidirectional(gru<3>, add) | dense<3>) |
                                        bidirectional(simple_rnn<2, last_step>, average);
inline constexpr auto directions_apart = input<7, 5> | bidirectional(lstm<6>, identity);
inline constexpr auto states = inputs(input<5, 3>, input<6, 4>) | branches(lstm<8, return_state>, dense<3>) |
                               with_all(pick<3>, pick<1>, pick<2>) | lstm<8, take_state> | dense<2>;
inline constexpr auto first_state =
    input<5, 3> | gru<4, return_state> | pick<1> | repeat_vector<7> | simple_rnn<2, return_state, last_step>;
inline constexpr auto tokens =
    input<9> | embedding<40, 6, normal<0.02>, l2<1e-5>, every_row> | positions<> | positions<sinusoidal> |
    positions<normal<0.02>> | attention<2, 4> |
    attention<4, 2, key_heads<2>, value_width<3>, no_bias, dropout<0.1>, causal, rotary<>> |
    attention<2, 4, rotary<500.0>, he_normal> | rotary_positions<3> | rotary_positions<3, 100.0> |
    named<"head">(swiglu<8> | glu<4, no_bias> | geglu<4> | gated_dense<6, relu> |
                  gated_dense<6, bedrock::tanh_layer{}, no_bias>);
inline constexpr auto masked = input<9> | embedding<40, 6, mask_zero> | lstm<5> | bidirectional(gru<4>) |
                               attention<2, 4> | dense<3> | dropout<0.1> | global_average_pool;
inline constexpr auto masked_steps = input<9, 3> | masking<> | simple_rnn<4, zero_masked> | masking<-1.0> |
                                     residual(attention<2, 2>) | gru<3, last_step>;
inline constexpr auto masked_parts = inputs(input<9>, input<9>) |
                                     branches(embedding<40, 6, mask_zero>, embedding<30, 6, mask_zero>) |
                                     add | lstm<4, last_step>;
inline constexpr auto masked_memory = inputs(input<5>, input<9>) |
                                      branches(embedding<40, 6, mask_zero>, embedding<30, 6, mask_zero>) |
                                      attention<2, 4> | lstm<4>;
inline constexpr auto masked_rows = inputs(input<5>, input<9>) |
                                    branches(embedding<40, 6, mask_zero>, embedding<30, 6, mask_zero>) |
                                    concat<0> | lstm<4>;
inline constexpr auto inner_attention =
    inputs(input<5, 8>, input<6, 8>, input<6, 8>) | dot_attention<2, key_heads<2>>;
inline constexpr auto steps_alone =
    input<6, 8, 8, 1> | time_distributed(conv<4, 3> | relu | batch_norm<> | dropout<0.2> | flatten) | tanh |
    named<"each">(time_distributed(dense<3> | relu)) | lstm<2>;

// Branches.
inline constexpr auto residuals = input<8> | residual(dense<8> | relu) | residual(dense<4> | tanh, dense<4>) |
                                  relu | residual(residual(identity | tanh));
inline constexpr auto merges =
    input<8> | branches(dense<4>, dense<4> | tanh, dense<4>) | add | branches(identity, dense<4>) | subtract |
    branches(dense<4>, identity) | multiply | branches(dense<4>, dense<4>) | average |
    branches(dense<4>, dense<4>) | maximum | branches(dense<4>, dense<4>, dense<4>) | minimum;
inline constexpr auto nested_branches = input<8> |
                                        branches(dense<4> | branches(dense<3>, dense<2> | relu) | concat<>,
                                                 identity, branches(dense<5>, dense<6>)) |
                                        concat<>;
inline constexpr auto dots = inputs(input<5, 4>, input<5, 4>) | dot<> | branches(identity, dense<5>) |
                             dot<1, 0, normalize> | branches(flatten, flatten) | dot<normalize>;
inline constexpr auto several_inputs = inputs(input<8>, input<28, 28, 1>) |
                                       branches(dense<4>, conv<4, 3> | flatten | dense<4>) | concat<> |
                                       dense<2> | branches(sigmoid, softmax, identity);
inline constexpr auto picks = inputs(input<8>, input<4>, input<3>) |
                              with_all(pick<2>, pick<0> | dense<2>, with_all(pick<1>, pick<2>) | concat<>);
inline constexpr auto dropped = input<8> | branches(dense<4>, dense<3>, dense<2>) | pick<1> | dense<5>;
inline constexpr auto open_layers = layer_outputs(input<8> | dense<4> | relu | dense<2>);
inline constexpr auto variational =
    input<8> | branches(dense<2>, dense<2>) | with_all(sampling | dense<8> | sigmoid, pick<0>, pick<1>);
inline constexpr auto crossed = input<8> | branches(dense<4>, dense<4> | relu) |
                                with_all(with_all(pick<1>, pick<0>) | subtract, add, multiply) | concat<>;
inline constexpr auto twice =
    input<8> | branches(identity, identity) | multiply | dense<3> | branches(identity, identity);
inline constexpr auto dense_blocks =
    input<8> | repeat<3>(branches(identity, dense<4> | relu) | concat<>) | dense<2>;
inline constexpr auto blocks =
    input<8, 8, 4> |
    repeat<3>(residual(conv<4, 3, same> | relu | repeat<3>(conv<4, 1> | batch_norm<>)) | relu) |
    repeat<2>(tanh | relu) | repeat<0>(relu) | repeat<3>(residual(identity | conv<4, 3, same>));
inline constexpr auto skipping = input<8, 8, 2> | conv<4, 3, same> | relu |
                                 residual(max_pool<2> | conv<4, 3, same> |
                                          residual(max_pool<2> | conv<4, 1> | upsample<2>) | upsample<2>) |
                                 branches(identity, conv<2, 1>) | concat<>;
inline constexpr auto interleaved = input<8> | branches(dense<4>, dense<4>) |
                                    branches(relu, identity | tanh) | branches(dense<3>, dense<3>) | add;

// Parts with names.
inline constexpr auto named_parts =
    input<8> | named<"encoder">(dense<8> | relu | residual(dense<8>) | named<"in \"side\"">(dense<2>)) |
    relu | named<"decoder">(dense<4> | branches(dense<3>, relu) | concat<>) | named<"decoder">(dense<3>);
inline constexpr auto frozen_parts = input<8> | frozen_weights(dense<4> | batch_norm<> | tanh | dense<3>) |
                                     named<"head">(frozen_weights(dense<2>)) |
                                     frozen_weights(named<"other">(dense<2>));
inline constexpr auto shared_parts =
    inputs(input<64>, input<64>) |
    branches(shared_weights<"encoder">(tanh | dense<64> | relu | dense<16> | relu),
             shared_weights<"encoder">(tanh | dense<64> | relu | dense<16> | relu)) |
    dot<normalize>;
inline constexpr auto shared_repetition =
    input<6, 8> |
    repeat<3>(shared_weights<"cell">(relu | residual(dense<8> | tanh) | attention<2, 4, rotary<>>)) |
    flatten | shared_weights<"end">(repeat<2>(relu | dense<48>) | dense<2> | dense<2>);
inline constexpr auto shared_within =
    input<8> |
    named<"left">(shared_weights<"outer">(shared_weights<"inner">(dense<8>) | relu | dense<8> |
                                          shared_weights<"inner">(dense<8>))) |
    named<"right">(
        frozen_weights(shared_weights<"outer">(dense<8> | branches(dense<2>, identity) | concat<>)));
inline constexpr auto shared_values =
    inputs(input<5, 8>, input<6, 8>) | shared_weights<"look">(attention<2, 4>) |
    residual(shared_weights<"split">(split<2> | add) | dense<8>) |
    shared_weights<"only">(shared_weights<"name">(dense<8>)) | shared_weights<"nothing">(relu);
inline constexpr auto shared_steps =
    inputs(input<5, 4, 4, 1>, input<4, 4, 1>) |
    branches(time_distributed(shared_weights<"image">(conv<2, 2> | flatten)) | flatten,
             shared_weights<"image">(conv<2, 2> | flatten)) |
    concat<> | reshape<12, 9> | bidirectional(repeat<2>(lstm<3>));
inline constexpr auto tied_tokens = input<9> | shared_weights<"words">(embedding<40, 6>) | gru<6> |
                                    shared_weights<"words">(unembedding<embedding<40, 6>>) | softmax;
inline constexpr auto own_table = input<9, 6> | unembedding<embedding<40, 6, normal<0.1>>>;
} // namespace sources

#define STRATA_EACH_SOURCE(VISIT)                                                                            \
    VISIT(nothing)                                                                                           \
    VISIT(number)                                                                                            \
    VISIT(dense_layers)                                                                                      \
    VISIT(first_weights)                                                                                     \
    VISIT(activations)                                                                                       \
    VISIT(own_formulas)                                                                                      \
    VISIT(numbers)                                                                                           \
    VISIT(along_axes)                                                                                        \
    VISIT(parts_of_an_axis)                                                                                  \
    VISIT(convolutions)                                                                                      \
    VISIT(other_ranks)                                                                                       \
    VISIT(volume)                                                                                            \
    VISIT(poolings)                                                                                          \
    VISIT(normalizations)                                                                                    \
    VISIT(sizes)                                                                                             \
    VISIT(augmentations)                                                                                     \
    VISIT(recurrent_layers)                                                                                  \
    VISIT(both_directions)                                                                                   \
    VISIT(directions_apart)                                                                                  \
    VISIT(states)                                                                                            \
    VISIT(first_state)                                                                                       \
    VISIT(tokens)                                                                                            \
    VISIT(masked)                                                                                            \
    VISIT(masked_steps)                                                                                      \
    VISIT(masked_parts)                                                                                      \
    VISIT(masked_memory)                                                                                     \
    VISIT(masked_rows)                                                                                       \
    VISIT(inner_attention)                                                                                   \
    VISIT(steps_alone)                                                                                       \
    VISIT(residuals)                                                                                         \
    VISIT(merges)                                                                                            \
    VISIT(nested_branches)                                                                                   \
    VISIT(dots)                                                                                              \
    VISIT(several_inputs)                                                                                    \
    VISIT(picks)                                                                                             \
    VISIT(dropped)                                                                                           \
    VISIT(open_layers)                                                                                       \
    VISIT(variational)                                                                                       \
    VISIT(crossed)                                                                                           \
    VISIT(twice)                                                                                             \
    VISIT(dense_blocks)                                                                                      \
    VISIT(blocks)                                                                                            \
    VISIT(skipping)                                                                                          \
    VISIT(interleaved)                                                                                       \
    VISIT(named_parts)                                                                                       \
    VISIT(frozen_parts)                                                                                      \
    VISIT(shared_parts)                                                                                      \
    VISIT(shared_repetition)                                                                                 \
    VISIT(shared_within)                                                                                     \
    VISIT(shared_values)                                                                                     \
    VISIT(shared_steps)                                                                                      \
    VISIT(tied_tokens)                                                                                       \
    VISIT(own_table)
