// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/layers/layers.hpp>
#include <strata/plan/name_texts.hpp>
#include <strata/plan/objective.hpp>
#include <strata/plan/summary.hpp>
#include <strata/plan/token_bounds.hpp>

#include <boost/test/unit_test.hpp>

using namespace strata::bedrock;

namespace {
constexpr auto mnist = input<28, 28> | flatten | dense<512> | relu | dropout<0.2> | dense<10> | softmax;
using network = std::remove_const_t<decltype(mnist)>;
using stages = stages_of<network>;
using facts = plan_facts<network>;

// A type is found by its number in a list of any length, wherever the groups begin that a long one is cut
// into.
template <class Indices>
struct numbers;
template <std::size_t... I>
struct numbers<std::index_sequence<I...>> {
    using list = type_list<std::integral_constant<std::size_t, I>...>;
    static constexpr bool are_found =
        (std::same_as<type_at<I, list>, std::integral_constant<std::size_t, I>> && ...);
};
static_assert(numbers<std::make_index_sequence<1>>::are_found &&
              numbers<std::make_index_sequence<15>>::are_found &&
              numbers<std::make_index_sequence<16>>::are_found &&
              numbers<std::make_index_sequence<17>>::are_found &&
              numbers<std::make_index_sequence<32>>::are_found &&
              numbers<std::make_index_sequence<250>>::are_found);

// What is asked of a network's layers has no limit: clang nests fold expressions, and stops at 256.
constexpr auto deep = input<2> | repeat<300>(dense<2>);
using deep_network = std::remove_const_t<decltype(deep)>;
static_assert(!reads_tokens<deep_network> && stages_of<deep_network>::size == 300);
static_assert(std::same_as<detail::network_names<deep_network>::parameter<599>::shape, shape<2>> &&
              detail::array_text<deep_network, 599>.view() == "dense_299.bias");

// Two kernels forward; backward: two weight gradients with their updates, one input gradient with the first
// tail's derivative. Nothing is kept but the outputs, since relu and dropout are told from them.
static_assert(stages::size == 2);
static_assert(facts::forward_kernels == 2 && facts::weight_gradient_kernels == 2 &&
              facts::input_gradient_kernels == 1);
static_assert(facts::numbers_kept == 512 + 10 && facts::derivatives_written == 512 + 10);
static_assert(facts::forward_flops == 2 * (784 * 512 + 512 * 10));
static_assert(facts::backward_flops == 2 * (784 * 512 + 2 * 512 * 10));
// A mask is one value more, of a number for each step, and nothing goes back through it.
constexpr auto masked = input<7, 3> | masking<> | dense<4> | lstm<2>;
constexpr auto unmasked = input<7, 3> | dense<4> | lstm<2>;
using masked_facts = plan_facts<std::remove_const_t<decltype(masked)>>;
using unmasked_facts = plan_facts<std::remove_const_t<decltype(unmasked)>>;
static_assert(masked_facts::numbers_kept == unmasked_facts::numbers_kept + 7 + 7 * 3);
static_assert(masked_facts::input_gradient_kernels == unmasked_facts::input_gradient_kernels &&
              masked_facts::derivatives_written == unmasked_facts::derivatives_written);
static_assert(mask_stage<std::remove_const_t<decltype(masked)>, 0> == 0 &&
              mask_size<std::remove_const_t<decltype(unmasked)>, 0> == 0);
// Threads divide the rows of a dense layer, but not steps of which each needs the last, masked or not.
static_assert(detail::divided_flops(stages_of<std::remove_const_t<decltype(unmasked)>>{}) == 2 * 7 * 3 * 4);
static_assert(detail::divided_flops(stages_of<std::remove_const_t<decltype(masked)>>{}) == 2 * 7 * 3 * 4);
static_assert(detail::product_flops(stages_of<std::remove_const_t<decltype(unmasked)>>{}) ==
              2 * 7 * (3 * 4 + 8 * (4 + 2)));
// What passes a mask on, what ends it, and what makes one of several.
template <auto Network>
constexpr std::size_t steps_masked = mask_size<type_of<Network>, 0>;
constexpr auto begun = input<6, 3> | masking<>;
static_assert(steps_masked<begun | dense<2> | relu | dropout<0.1> | layer_norm<> | softmax> == 6);
static_assert(steps_masked<begun | time_distributed(dense<2> | relu)> == 6);
static_assert(steps_masked<begun | frozen_weights(batch_norm<>) | positions<>> == 6);
static_assert(steps_masked<begun | residual(attention<1, 2>)> == 6);
static_assert(steps_masked<begun | branches(identity, lstm<2>) | concat<>> == 6);
static_assert(steps_masked<begun | branches(identity, dense<3>) | multiply> == 6);
static_assert(steps_masked<begun | branches(identity, gru<3>) | concat<0>> == 12);
static_assert(steps_masked<begun | branches(identity, conv<3, 3, same>) | concat<0>> == 12);
static_assert(steps_masked<begun | branches(identity, conv<3, 3, same>) | add> == 0);
static_assert(steps_masked<begun | lstm<2, last_step>> == 0 && steps_masked<begun | lstm<2, backwards>> == 0);
static_assert(steps_masked<begun | flatten> == 0 && steps_masked<begun | max_pool<2>> == 0 &&
              steps_masked<begun | global_average_pool> == 0);
static_assert(steps_masked<inputs(input<6, 3>, input<6, 3>) | branches(masking<>, masking<1.0>) | add> == 6);
static_assert(steps_masked<input<4, 6, 3> | masking<> | dense<2>> == 24);
// One set of weights serves values with and without a mask.
constexpr auto encoder =
    shared_weights<"encoder">(branches(dense<3>, identity) | concat<0> | gru<2, last_step>);
static_assert(parameter_count(inputs(input<6, 3>, input<6, 3>) | branches(masking<> | encoder, encoder) |
                              concat<>) == 3 * 3 + 3 + 6 * (3 + 2 + 2));
// Products of two values count like those with weights: 4 x 6 sums of 5, and the gradients of both values.
constexpr auto products = input<5> | branches(dense<20> | reshape<4, 5>, dense<30> | reshape<6, 5>) | dot<>;
static_assert(plan_facts<std::remove_const_t<decltype(products)>>::forward_flops ==
              2 * (5 * 20 + 5 * 30 + 4 * 6 * 5));
static_assert(plan_facts<std::remove_const_t<decltype(products)>>::backward_flops ==
              2 * (5 * 20 + 5 * 30 + 2 * 4 * 6 * 5));
static_assert(!stages::element<0>::keeps_tail && !stages::element<0>::tail::slope_drops &&
              stages::element<0>::tail::from_output);
static_assert(stages::element<1>::has_softmax);

// In training the softmax belongs to its cross-entropy.
template <auto Topology, auto Loss>
using objective_of = objective<std::remove_const_t<decltype(Topology)>, std::remove_const_t<decltype(Loss)>>;
using trained = objective_of<mnist, sparse_categorical_crossentropy>;
static_assert(std::same_as<trained::link, softmax_layer> && !trained::stages::element<1>::has_softmax);
static_assert(std::same_as<objective_of<mnist, mean_squared_error>::link, no_shortcut>);
static_assert(objective_of<mnist, mean_squared_error>::stages::element<1>::has_softmax);

template <auto Topology>
using stages_in = stages_of<std::remove_const_t<decltype(Topology)>>;

constexpr auto probability = input<4> | dense<3> | strata::tanh | sigmoid;
using linked = objective_of<probability, binary_crossentropy>;
static_assert(std::same_as<linked::link, std::remove_const_t<decltype(sigmoid)>>);
// The loss overwrites the output with the sigmoid, so the tanh before it keeps its own.
static_assert(linked::stages::element<0>::keeps_tail && !linked::stages::element<0>::keeps_tail_input);
static_assert(std::same_as<objective_of<probability, mean_squared_error>::link, no_shortcut>);

// Tails that cannot be told from their output keep their input; the slope of tanh under dropout needs the
// choices.
static_assert(stages_in<input<4> | dense<3> | gelu>::element<0>::keeps_tail_input);
static_assert(!stages_in<input<4> | dense<3> | silu | relu>::element<0>::tail::from_output);
static_assert(stages_in<input<4> | dense<3> | strata::tanh | dropout<0.5>>::element<0>::tail::slope_drops);
static_assert(stages_in<input<4> | dense<3> | dropout<0.5> | dropout<0.1>>::element<0>::tail::dropout_count ==
              2);
static_assert(stages_in<input<4> | dense<3> | dropout<0.0>>::element<0>::tail::dropout_count == 0);
static_assert(stages_in<input<4> | dense<3> | linear>::element<0>::tail::is_identity);

// A network is known by a number in what is made for it, and so are a tail and a loss. Any other one has
// another number, be it for a literal in a formula or for the order of two.
template <auto Value>
inline constexpr auto number = detail::type_number<std::remove_const_t<decltype(Value)>>::value;
static_assert(std::same_as<plain<stand_in<network>>, network> &&
              std::derived_from<stand_in<network>, network>);
static_assert(std::same_as<stand_in<stand_in<network>>, stand_in<network>> &&
              !std::same_as<stand_in<network>, network>);
static_assert(number<input<4> | dense<3> | leaky_relu<0.1>> != number<input<4> | dense<3> | leaky_relu<0.2>>);
static_assert(number<activation<symbols::x * 2.0 * 3.0>> != number<activation<symbols::x * 3.0 * 2.0>>);
static_assert(number<conv<3, 3, padding<1>>> != number<conv<3, 3, padding<margins{1, 0}>>>);
static_assert(number<input<4> | dense<3, l2<0.1>>> != number<input<4> | dense<3, l1<0.1>>>);
static_assert(number<mean_squared_error> != number<mean_absolute_error>);
// All compilers have the same numbers, so that files which they compiled know a network by one name.
static_assert(number<relu> == 0x1e7fc5a78e157c3d);
// Of a layer of a program's own nobody knows that another file has no other one of its name.
struct own_layer : layer_base {};
static_assert(detail::type_number<own_layer>::value == detail::no_number &&
              detail::type_number<named_layer<"own", own_layer>>::value == detail::no_number);

// Where stages begin.
static_assert(stages_in<input<4> | relu | dense<3> | softmax | relu | softmax>::size == 3);
static_assert(stages_in<input<4> | reshape<2, 2> | flatten>::size == 1);
static_assert(stages_in<input<2, 6> | dense<4> | reshape<8> | strata::tanh | dense<2>>::element<0>::rows ==
              2);
static_assert(
    std::same_as<stages_in<input<8> | dense<8> | relu | dense<8> | relu>::element<0>,
                 stages_in<input<8> | dense<8> | relu | dense<8> | relu>::element<1>>); // one kernel for both
} // namespace

BOOST_AUTO_TEST_CASE(tails_are_one_formula) {
    using tail = stages::element<0>::tail;
    BOOST_TEST(to_string(tail::prediction) == "max(x, 0)");
    BOOST_TEST(to_string(tail::training) == "max(x, 0) * keep");
    BOOST_TEST(to_string(tail::slope) == "select(y > 0, 1.25, 0)");
    using redrawn = stages_in<input<4> | dense<3> | strata::tanh | dropout<0.5>>::element<0>::tail;
    BOOST_TEST(to_string(redrawn::slope) == "(1 - square(0.5 * y)) * keep");
}

BOOST_AUTO_TEST_CASE(the_summary_counts_as_keras_does) {
    const auto table = summary_of<network>();
    BOOST_TEST(
        table.find("dense<512>                  512                   401,920     dense.kernel .bias\n") !=
        std::string::npos);
    BOOST_TEST(
        table.find("dense<10>                   10                    5,130       dense_1.kernel .bias\n") !=
        std::string::npos);
    BOOST_TEST(table.find("flatten                     784                   0\n") != std::string::npos);
    BOOST_TEST(table.find("total                                             407,050\n") !=
               std::string::npos);
    // Statistics are not learnt but have names.
    using normalized = std::remove_const_t<decltype(input<4> | named<"encoder">(dense<3> | batch_norm<>))>;
    BOOST_TEST(summary_of<normalized>().find(
                   "6           encoder.batch_norm.gamma .beta .moving_mean .moving_variance\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_plan_says_what_is_fused_kept_and_computed) {
    const auto plan = plan_of<network>(sizeof(float));
    const auto has = [&](const char* line) { return plan.find(line) != std::string::npos; };
    BOOST_TEST(has("stage 1: dense<512>, 784 -> 512\n"));
    BOOST_TEST(has("  forward   product + bias, then max(x, 0) * keep in registers\n"));
    BOOST_TEST(has("  keeps     output: 2,048 bytes a sample\n"));
    BOOST_TEST(has("  backward  weight gradient + update, slope select(y > 0, 1.25, 0)\n"));
    BOOST_TEST(
        has("stage 2: dense<10>, 512 -> 10\n  forward   product + bias, then softmax on rows of 10\n"));
    BOOST_TEST(has("  backward  weight gradient + update, input gradient\n"));
    BOOST_TEST(has("kernels: 2 forward, 2 weight gradient + update, 1 input gradient\n"));
    BOOST_TEST(has("kept: 2,088 bytes a sample; products: 813,056 FLOP forward, 823,296 backward\n"));
}

BOOST_AUTO_TEST_CASE(what_is_frozen_says_so) {
    using frozen_head =
        std::remove_const_t<decltype(input<4> | frozen_weights(dense<3> | batch_norm<>) | dense<2>)>;
    const auto table = summary_of<frozen_head>();
    BOOST_TEST(table.find("15          dense.kernel .bias, frozen\n") != std::string::npos);
    BOOST_TEST(table.find("batch_norm.gamma .beta .moving_mean .moving_variance, frozen\n") !=
               std::string::npos);
    BOOST_TEST(table.find("8           dense_1.kernel .bias\n") != std::string::npos);
    const auto plan = plan_of<frozen_head>(sizeof(float));
    BOOST_TEST(plan.find("stage 1: dense<3>, 4 -> 3, frozen\n") != std::string::npos);
    BOOST_TEST(
        plan.find(
            "stage 2: batch_norm, 3 -> 3, frozen\n  forward   x * scale + shift, of its moving averages\n") !=
        std::string::npos);
    BOOST_TEST(plan.find("stage 3: dense<2>, 3 -> 2\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(masks_are_said_where_they_go) {
    using tagger = std::remove_const_t<decltype(input<9> | embedding<20, 4, mask_zero> |
                                                bidirectional(gru<2>) | dense<3> | softmax)>;
    const auto table = summary_of<tagger>();
    BOOST_TEST(table.find("mask of tokens              9 ") != std::string::npos);
    BOOST_TEST(table.find("gru<2> masked               9 x 2 ") != std::string::npos);
    const auto plan = plan_of<tagger>(sizeof(float));
    BOOST_TEST(plan.find("stage 3: gru<2> masked, 2 values -> 2") != std::string::npos);
    BOOST_TEST(plan.find("mask of output 1: that of stage 1; its losses") != std::string::npos);
    using counter = std::remove_const_t<decltype(input<9> | embedding<20, 4, mask_zero> | gru<2, last_step>)>;
    BOOST_TEST(plan_of<counter>(sizeof(float)).find("mask of output") == std::string::npos);
}
