// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/dense/input_gradient.hpp>
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>

using namespace strata::bedrock;

namespace {

// A batch of one row has a kernel of its own where the weights are whole squares.
template <class T, std::size_t K, std::size_t N>
void check_one_row(bool adds) {
    using stage = typename model<input<K> | dense<N> | relu, T>::stages::template element<0>;
    constexpr std::size_t rows = 9;
    random_sequence random(seed{3}, draw_purpose::split);
    const auto numbers = [&](std::size_t count) {
        aligned_vector<T> result(count + alignment / sizeof(T));
        for (T& each : result)
            each = static_cast<T>(2 * random.uniform() - 1);
        return result;
    };
    const auto kernel = numbers(weight_layout<T, K, N>::kernel_size);
    const auto delta = numbers(rows * N), kept = numbers(rows * K);
    const auto initial = numbers(rows * K);
    auto together = initial, apart = initial, alone = initial, by_columns = initial;
    aligned_vector<T> strip(input_gradient_scratch<stage, T>);
    const auto run = [&](aligned_vector<T>& result, team::range part, team::range columns, bool one_row) {
        dense_input_gradient<stage>(input_gradient_buffers<T>{delta.data(), kernel.data(), kept.data(),
                                                              result.data(), strip.data(), adds, one_row},
                                    part, columns, tail_slope<typename stage::tail>{{}});
    };
    run(together, {0, rows}, {0, K}, false);
    for (std::size_t row = 0; row < rows; ++row)
        run(apart, {row, row + 1}, {0, K}, false);
    BOOST_TEST(std::memcmp(together.data(), apart.data(), rows * K * sizeof(T)) == 0,
               K << " inputs, " << N << " outputs");
    run(alone, {0, 1}, {0, K}, true);
    run(by_columns, {0, 1}, {0, 32}, true);
    run(by_columns, {0, 1}, {32, K}, true);
    run(by_columns, {1, 1}, {0, K}, true); // a thread for which no row is left
    BOOST_TEST(std::memcmp(alone.data(), by_columns.data(), rows * K * sizeof(T)) == 0,
               K << " inputs, " << N << " outputs");
    BOOST_TEST(std::memcmp(alone.data() + K, initial.data() + K, (rows - 1) * K * sizeof(T)) == 0);
    for (std::size_t k = 0; k < K; ++k) {
        double sum = 0;
        for (std::size_t n = 0; n < N; ++n)
            sum += double{delta[n]} * double{kernel[weight_layout<T, K, N>::index(k, n)]};
        const double expected = (kept[k] > 0 ? sum : 0) + (adds ? double{initial[k]} : 0);
        BOOST_TEST(std::abs(double{together[k]} - expected) < 1e-4);
        BOOST_TEST(std::abs(double{alone[k]} - expected) < 1e-4);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(a_row_has_the_same_bits_however_a_batch_is_shared) {
    for (const bool adds : {false, true}) {
        check_one_row<float, 80, 96>(adds);
        check_one_row<float, 48, 33>(adds);
        check_one_row<float, 48, 2>(adds);
        check_one_row<float, 56, 4>(adds);
        check_one_row<float, 40, 7>(adds);
        check_one_row<double, 48, 32>(adds);
        check_one_row<double, 44, 3>(adds);
    }
}
