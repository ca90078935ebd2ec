// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/io/integer_weights.hpp>
#include <strata/io/weights.hpp>
#include <strata/layers/layers.hpp>
#include <strata/model/arrays.hpp>
#include <strata/model/integer_model.hpp>

#include "data/temporary_directory.hpp"
#include "error_message.hpp"
#include "larger_error.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

using namespace strata;

BOOST_AUTO_TEST_SUITE(integers)

namespace {
using bedrock::byte_word;
using bedrock::quantization;
using bedrock::internal::dot_way;

byte_word exact_sum(byte_word sum, byte_word bytes, byte_word weights) {
    for (unsigned shift = 0; shift < 32; shift += 8)
        sum += static_cast<byte_word>(static_cast<int>(bytes >> shift & 255) *
                                      static_cast<std::int8_t>(weights >> shift & 255));
    return sum;
}

template <class V, dot_way Way>
void check_way(const std::vector<byte_word>& numbers) {
    constexpr std::size_t lanes = V::size;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i + 3 * lanes <= numbers.size(); i += lanes) {
        const byte_word* const place = numbers.data() + i;
        const auto load = [&](std::size_t register_number) {
            return V::load_unaligned(place + register_number * lanes);
        };
        byte_word sums[lanes];
        bedrock::internal::add_dot_products<V, Way>(load(0), load(1), load(2)).store_unaligned(sums);
        for (std::size_t lane = 0; lane < lanes; ++lane)
            wrong += sums[lane] != exact_sum(place[lane], place[lanes + lane], place[2 * lanes + lane]);
    }
    BOOST_TEST(wrong == 0u);
}

template <std::size_t Lanes>
void check_ways(const std::vector<byte_word>& numbers) {
    if constexpr (bedrock::internal::has_register<byte_word, Lanes>) {
        using V = bedrock::simd<byte_word, Lanes>;
        constexpr dot_way best = bedrock::internal::best_dot_way<V>;
        check_way<V, dot_way::portable>(numbers);
        check_way<V, best>(numbers);
        if constexpr (best == dot_way::instruction)
            check_way<V, dot_way::pairs>(numbers);
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(dot_products_are_exact_by_any_instruction) {
    std::mt19937 random(1);
    std::vector<byte_word> numbers;
    // Where instructions for pairs saturate: 255 * -128 * 2 and 255 * 127 * 2, and sums that wrap around.
    for (const byte_word extreme : {0xffffffffu, 0x80808080u, 0x7f7f7f7fu, 0u, 0x80000000u, 0x7fffffffu})
        for (unsigned i = 0; i < 16; ++i)
            numbers.push_back(extreme);
    for (unsigned i = 0; i < 4096; ++i)
        numbers.push_back(static_cast<byte_word>(random()));
    check_ways<4>(numbers);
    check_ways<8>(numbers);
    check_ways<16>(numbers);
}

BOOST_AUTO_TEST_CASE(ranges_become_bytes_of_which_one_is_zero) {
    const auto is = [](quantization found, float scale, std::int32_t zero) {
        return found == quantization{scale, zero};
    };
    BOOST_TEST(is(quantization::of_range(0, 255), 1, 0));
    BOOST_TEST(is(quantization::of_range(-255, 0), 1, 255));
    BOOST_TEST(is(quantization::of_range(10, 510), 2, 0)); // zero is always in the range
    BOOST_TEST(is(quantization::of_range(-510, -10), 2, 255));
    BOOST_TEST(is(quantization::of_range(-64, 191), 1, 64));
    BOOST_TEST(is(quantization::of_range(0, 0), 1, 0));
    constexpr float most = std::numeric_limits<float>::max(), least = std::numeric_limits<float>::min();
    BOOST_TEST(is(quantization::of_range(-most, most), static_cast<float>(2 * double{most} / 255), 128));
    BOOST_TEST(is(quantization::of_range(0, std::numeric_limits<float>::denorm_min()), least, 0));
}

namespace {
constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

std::uint32_t byte_of(float x, quantization how) {
    const double number = std::nearbyint(static_cast<double>(x * (1 / how.scale)));
    return static_cast<std::uint32_t>(std::clamp(number, -1.0 * how.zero, 255.0 - how.zero) + how.zero);
}

// All lengths around those of registers, and of quarters that end within one.
template <std::size_t K>
void check_row() {
    const quantization how{0.5F, 100};
    std::mt19937 random(K);
    std::vector<float> x(K);
    for (float& number : x)
        number = static_cast<float>(random() % 8000) / 40 - 100; // some are beyond the range or half way
    x[K / 2] = infinity;
    x[K / 3] = -infinity;
    using row = bedrock::integer_row<K>;
    alignas(64) byte_word words[row::size];
    BOOST_TEST(bedrock::quantize_row<K>(x.data(), how, words) == 1);
    std::size_t wrong = 0;
    for (std::size_t k = 0; k < K; ++k)
        wrong += (words[k % row::words] >> (8 * (k / row::words)) & 255) != byte_of(x[k], how);
    BOOST_TEST(wrong == 0u);
    for (const std::size_t place : {std::size_t{0}, K / 2, K - 1}) {
        auto y = x;
        y[place] = nan;
        BOOST_TEST(std::isnan(bedrock::quantize_row<K>(y.data(), how, words)));
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(numbers_become_the_nearest_byte) {
    check_row<1>();
    check_row<2>();
    check_row<3>();
    check_row<7>();
    check_row<9>();
    check_row<16>();
    check_row<61>();
    check_row<65>();
    check_row<67>();
    check_row<130>();
    const quantization how{1, 1};
    alignas(64) byte_word words[16];
    for (const auto& [number, expected] : {std::pair{0.5F, 1u}, {1.5F, 3u}, {2.5F, 3u}, {-0.5F, 1u}}) {
        (void)bedrock::quantize_row<1>(&number, how, words);
        BOOST_TEST((words[0] & 255) == expected);
    }
}

namespace {
template <auto Topology>
using integer_network = model<Topology, float, weights<std::int8_t>>;

// The sums that a layer of a chain with relu makes, number by number.
template <class Network>
std::vector<float> predict_slowly(const Network& net, std::vector<float> row) {
    using all = std::decay_t<decltype(net.quantized())>;
    all::visit_heads([&]<class Head>(std::size_t stage, std::type_identity<Head>) {
        const auto& layers = net.quantized();
        const quantization input = layers.input(stage);
        std::vector<float> result;
        for (std::size_t first = 0; first < row.size(); first += Head::inputs)
            for (std::size_t n = 0; n < Head::outputs; ++n) {
                std::int32_t sum = layers.template bias<Head>(stage, n);
                for (std::size_t k = 0; k < Head::inputs; ++k)
                    sum += (static_cast<std::int32_t>(byte_of(row[first + k], input)) - input.zero) *
                           layers.template weight<Head>(stage, k, n);
                const float number = static_cast<float>(sum) * (layers.scale(stage, n) * input.scale);
                result.push_back(stage + 1 < all::size ? std::max(number, 0.0F) : number);
            }
        row = result;
    });
    return row;
}

std::vector<float> draw_numbers(std::size_t count, unsigned key) {
    std::mt19937 random(key);
    std::vector<float> result(count);
    for (float& number : result)
        number = static_cast<float>(random() % 2001) / 1000 - 0.7F;
    return result;
}

template <auto Topology>
void check_sums() {
    constexpr std::size_t samples = 67, inputs = model<Topology>::input_size,
                          outputs = model<Topology>::output_size;
    model<Topology> trained(seed{3});
    auto weights = trained.weights();
    for (std::size_t i = 0; i < weights.size(); i += 5)
        weights[i] *= 2; // biases, too, which are zero at first
    for (std::size_t i = 0; i < weights.size(); i += 7)
        weights[i] += 0.1F;
    trained.set_weights(weights);
    auto x = draw_numbers(samples * inputs, 5);
    const integer_network<Topology> net(trained, x.data(), samples);
    x[inputs + 1] = infinity;
    x[2 * inputs] = nan;
    std::vector<float> y(samples * outputs), z(samples * outputs);
    net.predict_batch(x.data(), y.data(), samples);
    trained.predict_batch(x.data(), z.data(), samples);
    double error = 0, largest = 0;
    for (std::size_t sample = 0; sample < samples; ++sample) {
        const std::span<const float, inputs> numbers(x.data() + sample * inputs, inputs);
        const auto first = y.begin() + static_cast<std::ptrdiff_t>(sample * outputs);
        const std::vector<float> found(first, first + outputs);
        const auto single = net.predict(numbers);
        if (sample == 2) {
            BOOST_TEST(std::any_of(found.begin(), found.end(), [](float each) { return std::isnan(each); }));
            BOOST_TEST(std::isnan(single[0]));
            continue;
        }
        BOOST_TEST(found == predict_slowly(net, {numbers.begin(), numbers.end()}),
                   boost::test_tools::per_element());
        BOOST_TEST(std::equal(found.begin(), found.end(), single.begin()));
        for (std::size_t n = 0; n < outputs && sample != 1; ++n) {
            error = larger_error(error, std::abs(double{found[n]} - double{z[sample * outputs + n]}));
            largest = std::max(largest, std::abs(double{z[sample * outputs + n]}));
        }
    }
    BOOST_TEST(error < 0.03 * largest);
}
} // namespace

BOOST_AUTO_TEST_CASE(sums_are_exact_one_at_a_time_and_many_at_once) {
    // Tiles of all heights and widths; inputs of odd numbers; one output.
    check_sums<input<7, 11> | flatten | dense<101> | relu | dropout<0.2> | dense<80> | relu | dense<7>>();
    check_sums<input<75> | dense<17, no_bias> | relu | dense<1>>();
    check_sums<input<5, 9> | dense<33> | relu | dense<3>>();
    check_sums<input<2> | dense<3> | relu | dense<2>>();
}

BOOST_AUTO_TEST_CASE(activations_and_softmax_are_those_of_float) {
    constexpr auto topology = input<40> | dense<24> | tanh | dense<19> | sigmoid | dense<10> | softmax;
    const model<topology> trained(seed{3});
    const auto numbers = draw_numbers(500 * 40, 9);
    xt::xtensor<float, 2> x({std::size_t{500}, std::size_t{40}});
    std::copy(numbers.begin(), numbers.end(), x.begin());
    const integer_network<topology> net(trained, x);
    const auto y = net.predict(x), z = trained.predict(x);
    double error = 0;
    for (std::size_t i = 0; i < y.size(); ++i)
        error = larger_error(error, std::abs(double{y.flat(i)} - double{z.flat(i)}));
    BOOST_TEST(error < 0.005);
    BOOST_TEST(error > 0);
}

BOOST_AUTO_TEST_CASE(memory_is_a_quarter) {
    constexpr auto topology = input<28, 28> | flatten | dense<512> | relu | dense<10> | softmax;
    using network = integer_network<topology>;
    static_assert(network::parameter_bytes < 784 * 512 + 512 * 16 + 8 * (512 + 16) + 64);
    BOOST_TEST(network::summary().find("weights rest as integers of 8 bits: 41") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(weights_and_biases_of_any_size_are_kept) {
    constexpr auto topology = input<2> | dense<3>;
    model<topology> trained;
    // Large and small outputs; one whose bias exceeds its weights by far; one of zeros alone.
    trained.set_weights(std::vector<float>{1e6F, 1e-9F, 0, -5e5F, 2e-9F, 0, 0, 1e4F, 0});
    const std::vector<float> x{1, 0.5F, -1, 0.25F};
    const integer_network<topology> net(trained, x.data(), 2);
    const auto y = net.predict(std::span<const float, 2>(x.data(), 2));
    BOOST_TEST(y[0] == 7.5e5F, boost::test_tools::tolerance(0.01F));
    BOOST_TEST(y[1] == 1e4F, boost::test_tools::tolerance(1e-6F));
    BOOST_TEST(y[2] == 0);
}

BOOST_AUTO_TEST_CASE(calibration_in_parts_is_one) {
    constexpr auto topology = input<6> | dense<5> | relu | dense<2>;
    const model<topology> trained(seed{2});
    const auto x = draw_numbers(100 * 6, 4);
    calibration parts(trained);
    parts.add(x.data(), 30);
    parts.add(x.data() + 30 * 6, 70);
    const integer_network<topology> one(trained, x.data(), 100), two(parts);
    BOOST_TEST(parts.sample_count() == 100u);
    BOOST_TEST(parts.ranges()[0].low == *std::min_element(x.begin(), x.end()));
    BOOST_TEST(parts.ranges()[0].high == *std::max_element(x.begin(), x.end()));
    BOOST_TEST(parts.ranges()[1].low == 0); // behind relu
    BOOST_TEST((one.quantized().input(1) == two.quantized().input(1)));
}

BOOST_AUTO_TEST_CASE(an_array_is_counted_whole_or_not) {
    const model<input<1> | dense<2>> trained(seed{2});
    calibration ranges(trained);
    xt::xtensor<double, 2> x(std::array<std::size_t, 2>{5000, 1});
    for (std::size_t i = 0; i < 5000; ++i)
        x(i, 0) = static_cast<double>(i);
    x(4500, 0) = std::numeric_limits<double>::quiet_NaN();
    BOOST_CHECK_THROW(ranges.add(x), std::invalid_argument);
    BOOST_TEST(ranges.sample_count() == 0u);
    BOOST_TEST(ranges.ranges()[0].high == 0);
    x(4500, 0) = 4500;
    ranges.add(x);
    BOOST_TEST(ranges.sample_count() == 5000u);
    BOOST_TEST(ranges.ranges()[0].high == 4999);
}

BOOST_AUTO_TEST_CASE(files_keep_the_type) {
    constexpr auto topology = input<6> | dense<5, no_bias> | relu | dense<2>;
    using network = integer_network<topology>;
    const model<topology> trained(seed{2});
    const auto x = draw_numbers(100 * 6, 4);
    const network net(trained, x.data(), 100);
    const temporary_directory folder;
    const auto path = folder / "integers.safetensors";
    save_weights(net, path);
    {
        const safetensors_file file(path);
        const auto is = [&](const char* name, const char* type, std::vector<std::uint64_t> shape) {
            const auto* const tensor = file.find(name);
            return tensor != nullptr && tensor->type == type && tensor->shape == shape;
        };
        BOOST_TEST(file.tensors().size() == 9u);
        BOOST_TEST(is("dense.kernel", "I8", {6, 5}));
        BOOST_TEST(is("dense_1.kernel_scale", "F32", {2}));
        BOOST_TEST(is("dense_1.bias", "I32", {2}));
        BOOST_TEST(is("dense.input_scale", "F32", {}));
        BOOST_TEST(is("dense.input_zero_point", "U8", {}));
    }
    auto loaded = load_network<network>(path);
    std::vector<float> y(200), z(200);
    net.predict_batch(x.data(), y.data(), 100);
    loaded.predict_batch(x.data(), z.data(), 100);
    BOOST_TEST(y == z, boost::test_tools::per_element());
    const network other(trained, x.data(), 1);
    save_weights(other, path);
    load_weights(loaded, path);
    other.predict_batch(x.data(), y.data(), 100);
    loaded.predict_batch(x.data(), z.data(), 100);
    BOOST_TEST(y == z, boost::test_tools::per_element());

    const auto complaint = [&](auto load) { return error_message<data_error>([&] { (void)load(path); }); };
    constexpr auto wider = input<6> | dense<7, no_bias> | relu | dense<2>;
    BOOST_TEST(complaint(load_network<integer_network<wider>>).find("\"dense.kernel\" of 6 x 7") !=
               std::string::npos);
    constexpr auto deeper = input<6> | dense<5, no_bias> | relu | dense<2> | relu | dense<2>;
    BOOST_TEST(complaint(load_network<integer_network<deeper>>).find("a tensor \"dense_2.kernel\"") !=
               std::string::npos);
    constexpr auto shorter = input<6> | dense<5, no_bias>;
    BOOST_TEST(complaint(load_network<integer_network<shorter>>).find("no tensor but those") !=
               std::string::npos);
    const std::vector<float> floats(30);
    write_safetensors<float>(path, {{"dense.kernel", {6, 5}, floats}});
    BOOST_TEST(complaint(load_network<network>).find("\"dense.kernel\" of type I8, found F32") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(errors_say_what_is_wrong) {
    constexpr auto topology = input<3> | dense<4> | relu | dense<2>;
    using network = integer_network<topology>;
    model<topology> trained(seed{2});
    std::vector<float> x{1, 2, 3};
    BOOST_TEST(error_message<std::invalid_argument>([&] { network(trained, x.data(), 0); }) ==
               "weights of 8 bits: expected a calibration with samples, found none");
    x[1] = nan;
    BOOST_TEST(error_message<std::invalid_argument>([&] { network(trained, x.data(), 1); }) ==
               "calibration: expected finite numbers, found others in what layer dense reads");
    x[1] = 2;
    const xt::xtensor<float, 2> wide = xt::ones<float>({2, 4});
    BOOST_TEST(error_message<std::invalid_argument>([&] { network(trained, wide); }) ==
               "the array to calibrate with has the shape 2 x 4, expected samples x 3");
    auto weights = trained.weights();
    weights[0] = infinity;
    calibration ranges(trained);
    ranges.add(x.data(), 1);
    trained.set_weights(weights);
    BOOST_TEST(error_message<std::invalid_argument>([&] { network{ranges}; }) ==
               "weights of 8 bits: expected finite parameters, found others in layer dense, output 0");
    BOOST_TEST(error_message<std::invalid_argument>([&] { network(trained, x.data(), 1); }) ==
               "calibration: expected finite numbers, found others in what layer dense_1 reads");
}

BOOST_AUTO_TEST_CASE(scales_that_no_float_holds_are_refused) {
    static constexpr auto topology = input<2> | dense<1>;
    const auto quantize = [](float weight, float bias, std::array<float, 2> sample) {
        model<topology> net;
        net.set_weights(std::vector{weight, weight, bias});
        return integer_network<topology>(net, sample.data(), 1);
    };
    const std::string_view message =
        "weights of 8 bits: expected weights and inputs whose steps have a product that a float holds, found "
        "larger ones in layer dense, output 0";
    BOOST_TEST(error_message<std::invalid_argument>([&] { quantize(1, 1e30f, {1e-38f, 0}); }) == message);
    BOOST_TEST(error_message<std::invalid_argument>([&] { quantize(1e22f, 0, {1e22f, 0}); }) == message);
    BOOST_TEST(quantize(0, 0, {1, 1}).predict(std::array{1.0f, 1.0f})[0] == 0);
    const float small = quantize(1e-30f, 1e-30f, {1, 1}).predict(std::array{1.0f, 1.0f})[0];
    BOOST_TEST(std::abs(small - 3e-30f) < 1e-32f);
}

BOOST_AUTO_TEST_CASE(each_use_of_shared_weights_is_kept) {
    constexpr auto topology = input<3> | repeat<3>(shared_weights<"part">(dense<3> | tanh)) | dense<2>;
    using network = integer_network<topology>;
    const model<topology> trained(seed{3});
    const std::vector<float> x{1, 2, 3, -1, 0.5f, 2};
    const network quantized(trained, x.data(), 2);
    const temporary_directory folder;
    const auto path = folder / "integers.safetensors";
    save_weights(quantized, path);
    const auto loaded = load_network<network>(path);
    for (std::size_t i = 0; i < 2; ++i) {
        const std::span<const float, 3> sample(x.data() + i * 3, 3);
        BOOST_TEST(loaded.predict(sample) == quantized.predict(sample), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_SUITE_END()
