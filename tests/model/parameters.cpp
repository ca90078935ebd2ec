// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../error_message.hpp"
#include <strata/kernels/zeroed_memory.hpp>
#include <strata/layers/layers.hpp>
#include <strata/model/adapt.hpp>
#include <strata/model/arrays.hpp>
#include <strata/model/model.hpp>
#include <strata/model/shared_part.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

using namespace strata::bedrock;

namespace {
constexpr auto block = conv<5, 3, same> | batch_norm<no_scale>;
constexpr auto images = input<6, 6, 3> | conv<4, 3> | named<"encoder">(conv<4, 3, groups<2>, no_bias> | relu);
constexpr auto whole = input<6, 6, 4> | conv<4, 3> | repeat<2>(block) |
                       named<"encoder">(branches(depthwise_conv<3> | flatten, flatten | dense<6>) | concat<> |
                                        frozen_weights(named<"deep">(dense<3>)) | dense<17>) |
                       dense<3> | prelu<> | dense<2>;
using network = model<whole>;

std::vector<std::string> names_in(const network& net) {
    std::vector<std::string> result;
    for (const auto& each : net.parameters())
        result.push_back(each.name());
    return result;
}

template <class T>
std::vector<T> counted(std::size_t count) {
    std::vector<T> result(count);
    std::iota(result.begin(), result.end(), T(1));
    return result;
}

template <auto Topology, text Name>
using shape_in =
    std::remove_const_t<decltype(std::declval<model<Topology>&>().template parameter<Name>().shape)>;
} // namespace

BOOST_AUTO_TEST_CASE(layers_of_a_kind_are_counted_in_their_part) {
    const std::vector<std::string> expected{"conv.kernel",
                                            "conv.bias",
                                            "conv_1.kernel",
                                            "conv_1.bias",
                                            "batch_norm.beta",
                                            "batch_norm.moving_mean",
                                            "batch_norm.moving_variance",
                                            "conv_2.kernel",
                                            "conv_2.bias",
                                            "batch_norm_1.beta",
                                            "batch_norm_1.moving_mean",
                                            "batch_norm_1.moving_variance",
                                            "encoder.depthwise_conv.depthwise_kernel",
                                            "encoder.depthwise_conv.bias",
                                            "encoder.dense.kernel",
                                            "encoder.dense.bias",
                                            "encoder.deep.dense.kernel",
                                            "encoder.deep.dense.bias",
                                            "encoder.dense_1.kernel",
                                            "encoder.dense_1.bias",
                                            "dense.kernel",
                                            "dense.bias",
                                            "prelu.alpha",
                                            "dense_1.kernel",
                                            "dense_1.bias"};
    const auto found = names_in(network{});
    BOOST_TEST(found == expected, boost::test_tools::per_element());
    // The search at compile time agrees.
    using names = internal::network_names<network::topology>;
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST(names::find(found[i]) == i);
    for (const char* wrong :
         {"", ".", "dense", "kernel", ".kernel", "dense.", "dense_0.kernel", "dense_01.kernel",
          "dense_2.kernel", "dense_.kernel", "conv_3.bias", "encoder.prelu.alpha", "encoder.dense",
          "batch_norm.gamma", "dense_1.kernel.", "relu.kernel"})
        BOOST_TEST(names::find(wrong) == names::count, wrong);
}

BOOST_AUTO_TEST_CASE(a_dozen_has_two_digits) {
    using twelve = model<input<2> | repeat<12>(dense<2>)>;
    twelve net;
    BOOST_TEST(net.parameters()[20].name() == "dense_10.kernel");
    BOOST_TEST(&net.parameter<"dense_11.bias">()(0) > &net.parameter<"dense_10.bias">()(0));
}

BOOST_AUTO_TEST_CASE(shapes_are_those_of_keras) {
    static_assert(shape_in<images, "conv.kernel">{} == shape<3, 3, 3, 4>{});
    static_assert(shape_in<images, "conv.bias">{} == shape<4>{});
    static_assert(shape_in<images, "encoder.conv.kernel">{} == shape<3, 3, 2, 4>{});
    static_assert(shape_in<input<9, 4> | conv<6, 2, groups<2>>, "conv.kernel">{} == shape<2, 2, 6>{});
    static_assert(shape_in<input<3, 4, 5, 6> | conv<7, spatial{1, 2, 3}>, "conv.kernel">{} ==
                  shape<1, 2, 3, 6, 7>{});
    static_assert(shape_in<input<4, 4, 3> | conv_transpose<5, 2>, "conv_transpose.kernel">{} ==
                  shape<2, 2, 5, 3>{});
    static_assert(shape_in<input<4, 4, 3> | depthwise_conv<2>, "depthwise_conv.depthwise_kernel">{} ==
                  shape<2, 2, 3, 1>{});
    static_assert(shape_in<input<4, 4, 3> | depthwise_conv<2, depth_multiplier<4>>,
                           "depthwise_conv.depthwise_kernel">{} == shape<2, 2, 3, 4>{});
    static_assert(shape_in<input<4, 3> | dense<5>, "dense.kernel">{} == shape<3, 5>{});
    static_assert(shape_in<input<4, 3> | prelu<>, "prelu.alpha">{} == shape<4, 3>{});
    static_assert(shape_in<input<4, 3> | prelu<shared::places>, "prelu.alpha">{} == shape<3>{});
    static_assert(shape_in<input<4, 3> | group_norm<3>, "group_norm.gamma">{} == shape<3>{});
    static_assert(shape_in<input<4, 3> | batch_norm<>, "batch_norm.moving_variance">{} == shape<3>{});
}

BOOST_AUTO_TEST_CASE(arrays_one_after_another_are_the_weights) {
    network net{seed{3}};
    net.set_weights(counted<float>(network::weight_count));
    std::vector<float> all;
    std::size_t learnt = 0;
    for (const auto& each : std::as_const(net).parameters()) {
        const auto values = each.values();
        BOOST_TEST(values.size() == each.size());
        all.insert(all.end(), values.begin(), values.end());
        learnt += each.is_learnt() ? each.size() : 0;
    }
    BOOST_TEST((all == net.weights()));
    BOOST_TEST(learnt == network::parameter_count);

    network other{seed{4}};
    const auto source = net.parameters();
    const auto copy = other.parameters();
    for (std::size_t i = 0; i < copy.size(); ++i)
        copy[i].set(source[i].values());
    BOOST_TEST((other.weights() == net.weights()));

    // Pieces of any length that begin anywhere.
    network pieces{seed{5}};
    const auto target = pieces.parameters();
    for (std::size_t i = 0; i < target.size(); ++i)
        for (std::size_t first = 0; first < target[i].size(); first += 7) {
            std::vector<float> piece(std::min<std::size_t>(7, target[i].size() - first));
            source[i].read(first, piece);
            BOOST_TEST(piece.back() == source[i][first + piece.size() - 1]);
            target[i].write(first, piece);
        }
    BOOST_TEST((pieces.weights() == net.weights()));
}

BOOST_AUTO_TEST_CASE(one_array_is_read_and_written_in_its_conventional_shape) {
    network net{seed{3}};
    const auto first = net.weights();
    const auto kernel = net.parameter<"encoder.dense_1.kernel">(); // 3 x 17, which fills no panel
    static_assert(kernel.size == 51 && kernel.shape == shape<3, 17>{});
    BOOST_TEST(kernel.name == "encoder.dense_1.kernel");
    kernel.set(counted<float>(51));
    BOOST_TEST((kernel.values() == counted<float>(51)));
    BOOST_TEST(kernel(0, 0) == 1.f);
    BOOST_TEST(kernel(2, 16) == 51.f);
    kernel(1, 2) = -1;
    BOOST_TEST(std::as_const(net).parameter<"encoder.dense_1.kernel">()(1, 2) == -1.f);

    // Nothing else changed.
    auto expected = first;
    std::size_t place = 0;
    for (const auto& each : net.parameters()) {
        if (each.name() == kernel.name)
            break;
        place += each.size();
    }
    const auto values = kernel.values();
    std::copy(values.begin(), values.end(), expected.begin() + static_cast<std::ptrdiff_t>(place));
    BOOST_TEST((net.weights() == expected));

    // It is what the network computes with.
    model<input<3> | dense<2, zeros>> small;
    small.parameter<"dense.kernel">()(2, 1) = 5;
    small.parameter<"dense.bias">()(1) = 0.5f;
    const std::vector<float> x{1, 2, 3};
    const auto y = small.predict(std::span<const float, 3>(x.data(), 3));
    BOOST_TEST(y[0] == 0.f);
    BOOST_TEST(y[1] == 15.5f);
}

BOOST_AUTO_TEST_CASE(arrays_of_xtensor) {
    model<input<3> | dense<2>, double> net;
    const xt::xtensor<float, 2> kernel{{1, 2}, {3, 4}, {5, 6}};
    net.parameter<"dense.kernel">().set(kernel);
    const xt::xtensor<double, 2> found = net.parameter<"dense.kernel">().array();
    BOOST_TEST(found.shape(0) == 3u);
    BOOST_TEST(found(2, 0) == 5.0);
    net.parameter<"dense.kernel">().set(2 * kernel);
    BOOST_TEST(net.parameter<"dense.kernel">()(1, 1) == 8.0);
    BOOST_TEST(error_message([&] {
                   net.parameter<"dense.kernel">().set(xt::xtensor<float, 2>({2, 3}));
               }) == "dense.kernel: expected the shape 3 x 2, found 2 x 3");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    network net;
    BOOST_TEST(error_message([&] {
                   net.parameter<"encoder.dense_1.kernel">().set(std::vector<float>(50));
               }) == "encoder.dense_1.kernel: expected 3 x 17 = 51 numbers, found 50");
    BOOST_TEST(error_message([&] { net.parameters()[0].set(std::vector<float>(1)); }) ==
               "conv.kernel: expected 3 x 3 x 4 x 4 = 144 numbers, found 1");
    BOOST_TEST(error_message([&] { static_cast<void>(net.parameter<"encoder.dense_1.kernel">()(3, 0)); }) ==
               "encoder.dense_1.kernel: index 3 of axis 0, which has 3");
}

BOOST_AUTO_TEST_CASE(two_networks_own_one_set_of_parameters) {
    constexpr auto judge = dense<5> | batch_norm<> | tanh | dense<2>;
    using adversary = model<input<3> | dense<20> | relu | dense<4> | frozen_weights(judge)>;
    using discriminator = model<input<4> | judge>;
    using generator = model<input<3> | dense<20> | relu | dense<4>>;
    auto trained = std::make_unique<adversary>(seed{3});
    auto judging = shared_part<discriminator>(*trained);
    auto drawing = shared_part<generator>(*trained);
    const std::array<float, 3> noise{0.5f, -1, 2};
    BOOST_TEST((judging.predict(drawing.predict(noise)) == trained->predict(noise)));

    // What is written into one is in the other, and nowhere else.
    judging.parameter<"dense_1.bias">()(1) = 7;
    BOOST_TEST(trained->parameter<"dense_3.bias">()(1) == 7);
    const auto rest = drawing.weights();
    judging.set_weights(counted<float>(discriminator::weight_count));
    BOOST_TEST((drawing.weights() == rest));
    BOOST_TEST((judging.predict(drawing.predict(noise)) == trained->predict(noise)));
    BOOST_TEST(trained->weights().back() == static_cast<float>(discriminator::weight_count));
    drawing = generator(seed{8});
    BOOST_TEST((drawing.weights() == generator(seed{8}).weights()));
    BOOST_TEST(trained->parameter<"dense.kernel">()(1, 2) == drawing.parameter<"dense.kernel">()(1, 2));
    BOOST_TEST(trained->parameter<"dense_2.bias">()(0) == judging.parameter<"dense.bias">()(0));

    // A copy is on its own; the memory lives as long as one who knows it.
    discriminator copy = judging;
    copy.parameter<"dense.bias">()(0) = -9;
    BOOST_TEST(judging.parameter<"dense.bias">()(0) != -9);
    const auto kept = judging.weights();
    trained.reset();
    BOOST_TEST((judging.weights() == kept));
    const discriminator moved = std::move(judging);
    judging = copy;
    BOOST_TEST((moved.weights() == kept));
    BOOST_TEST((judging.weights() == copy.weights()));
}

// The numbers of Keras's documentation: columns of twos apart become -1 and 1. One that never changes is 0.
BOOST_AUTO_TEST_CASE(statistics_of_data) {
    model<input<4> | normalization<>> net;
    static_assert(net.parameter_count == 0 && net.weight_count == 8);
    static_assert(!gradient_flow<model<input<4> | normalization<> | dense<2>>::topology>::learns(0));
    const std::vector<std::array<float, 4>> rows{{0, 7, 4, 5}, {2, 9, 6, 5}, {0, 7, 4, 5}, {2, 9, 6, 5}};
    adapt(net, rows);
    BOOST_TEST(net.parameter<"normalization.mean">().values() == (std::vector<float>{1, 8, 5, 5}),
               boost::test_tools::per_element());
    BOOST_TEST(net.parameter<"normalization.variance">().values() == (std::vector<float>{1, 1, 1, 0}),
               boost::test_tools::per_element());
    const std::array<float, 4> wanted{-1, -1, -1, 0};
    BOOST_TEST(net.predict(rows[0]) == wanted, boost::test_tools::per_element());

    // Of a layer further back, of all numbers, in a network of two inputs.
    model<inputs(input<2>, input<2, 2>) | branches(normalization<>, normalization<shared::all> | flatten) |
          concat<>>
        two;
    adapt<"normalization_1">(two, std::vector<double>{1, 2, 3, 6, 1, 2, 3, 6});
    BOOST_TEST(two.parameter<"normalization_1.mean">()(0) == 3.0f);
    BOOST_TEST(two.parameter<"normalization_1.variance">()(0) == 3.5f);
    BOOST_TEST(two.parameter<"normalization.mean">()(1) == 0.0f);

    const auto says = [](auto&& call, const std::string& text) {
        BOOST_TEST(error_message<std::invalid_argument>(call) == text);
    };
    says(
        [&] {
            adapt(net, std::vector<float>{1, 2, 3});
        },
        "the array to adapt to has 3 numbers, expected a multiple of 4");
    says([&] { adapt(net, std::vector<float>{}); }, "adapt: expected a sample at least, found none");
    says(
        [&] {
            adapt(net, std::vector<float>{1, 2, 3, 4, 5, NAN, 7, 8});
        },
        "adapt: expected finite numbers, found nan in sample 1");
    BOOST_TEST(net.parameter<"normalization.mean">()(0) == 1.0f);
}

BOOST_AUTO_TEST_CASE(memory_for_many_numbers_is_zero_as_that_for_few_is) {
    for (const std::size_t count : {std::size_t{3}, std::size_t{1} << 20, (std::size_t{1} << 20) + 3}) {
        for (int turn = 0; turn < 2; ++turn) { // the second may get what the first wrote to
            const auto numbers = zeroed_memory<double>(count);
            BOOST_TEST(reinterpret_cast<std::uintptr_t>(numbers.get()) % alignment == 0u);
            BOOST_TEST(
                (std::all_of(numbers.get(), numbers.get() + count, [](double each) { return each == 0; })));
            std::fill_n(numbers.get(), count, 7.0);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_network_has_more_layers_than_a_compiler_adds_up_in_one_formula) {
    // clang's limit is 256. Each layer gives the mean of two numbers twice.
    const model<input<2> | repeat<300>(dense<2, initializer{distribution::constant, fan::none, 0.5}> | relu)>
        net{seed{1}};
    const auto y = net.predict(std::array{1.5F, 0.25F});
    BOOST_TEST((y[0] == 0.875F && y[1] == 0.875F));
}

// A layer in a part with a name, or whose weights stay, reads steps and masks as it does alone.
template <auto Plain, auto Wrapped>
void check_alike() {
    const model<Plain> plain{seed{3}};
    model<Wrapped> wrapped;
    wrapped.set_weights(plain.weights());
    std::vector<float> x(plain.input_size), expected(plain.output_size), found(plain.output_size);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<float>(i % 3);
    plain.predict_batch(x.data(), expected.data(), 1);
    wrapped.predict_batch(x.data(), found.data(), 1);
    BOOST_TEST((found == expected));
}
BOOST_AUTO_TEST_CASE(recurrent_layers_in_parts) {
    check_alike<input<4, 2> | bidirectional(lstm<3>), input<4, 2> | bidirectional(frozen_weights(lstm<3>))>();
    check_alike<input<4, 2> | bidirectional(gru<3>), input<4, 2> | bidirectional(named<"both">(gru<3>))>();
    check_alike<input<6> | embedding<5, 2, mask_zero> | lstm<3, last_step>,
                input<6> | embedding<5, 2, mask_zero> | frozen_weights(lstm<3, last_step>)>();
}
