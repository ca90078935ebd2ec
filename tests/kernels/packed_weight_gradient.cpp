// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/dense/weight_gradient.hpp>
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>

using namespace strata::bedrock;

namespace {

template <std::size_t K, std::size_t N>
using head_of = contraction<K, dense_layer<N>, N>;

// A product and a sum as the kernels round them.
template <class T>
T add_product(T a, T b, T sum) {
#if defined(__FMA__)
    return std::fma(a, b, sum);
#else
    return a * b + sum;
#endif
}

template <class T>
class memory {
public:
    explicit memory(std::uint64_t number) : random_(seed{number}, draw_purpose::split) {}

    // With so many numbers behind them that would be noticed in a sum.
    [[nodiscard]] aligned_vector<T> numbers(std::size_t count) {
        aligned_vector<T> result(count + alignment / sizeof(T), T(1000));
        for (std::size_t i = 0; i < count; ++i)
            result[i] = static_cast<T>(2 * random_.uniform() - 1);
        return result;
    }

private:
    random_sequence random_;
};

// Each weight's gradient is added row by row in its piece, and the pieces are added as their tree has it.
template <class T, std::size_t K, std::size_t N>
void check(std::size_t rows, std::size_t length) {
    using layout = weight_layout<T, K, N>;
    memory<T> random(rows);
    const auto x = random.numbers(rows * K);
    const auto delta = random.numbers(rows * N);
    const auto pieces = batch_pieces::whole(rows, length);
    aligned_vector<T> waiting(batch_pieces::depth(rows, length) * piece_tile<T>);
    const weight_gradient_buffers<T> buffers{x.data(), delta.data(), rows, pieces, waiting.data()};
    const auto gradient = [&](std::size_t threads) {
        aligned_vector<T> result(layout::kernel_size + layout::bias_size, T(9));
        for (std::size_t rank = 0; rank < threads; ++rank)
            dense_weight_gradient<head_of<K, N>, false>(
                buffers, team{rank, threads},
                [&](std::size_t place, auto value) { value.store_aligned(&result[place]); },
                [&](std::size_t place, auto value) {
                    value.store_aligned(&result[layout::kernel_size + place]);
                });
        return result;
    };
    const auto alone = gradient(1);
    BOOST_TEST_CONTEXT(K << " -> " << N << ", " << rows << " rows in pieces of " << length) {
        for (std::size_t k = 0; k < K; ++k)
            for (std::size_t n = 0; n < layout::lanes; ++n) {
                const T sum = add_pieces(pieces, [&](team::range piece) {
                                  T result = 0;
                                  for (std::size_t row = piece.begin; n < N && row < piece.end; ++row)
                                      result = add_product(x[row * K + k], delta[row * N + n], result);
                                  return result;
                              }).total();
                BOOST_TEST(alone[layout::index(k, 0) + n] == sum);
            }
        for (std::size_t n = 0; n < layout::lanes; ++n) {
            const T sum = add_pieces(pieces, [&](team::range piece) {
                              T result = 0;
                              for (std::size_t row = piece.begin; n < N && row < piece.end; ++row)
                                  result += delta[row * N + n];
                              return result;
                          }).total();
            BOOST_TEST(alone[layout::kernel_size + n] == sum);
        }
        for (const std::size_t threads : {2U, 3U}) {
            const auto together = gradient(threads);
            BOOST_TEST(std::memcmp(alone.data(), together.data(), alone.size() * sizeof(T)) == 0,
                       threads << " threads");
        }
    }
}

template <class T, std::size_t K, std::size_t N>
void check_batches() {
    check<T, K, N>(1, 128);
    check<T, K, N>(33, 128);
    check<T, K, N>(75, 12);
}

} // namespace

BOOST_AUTO_TEST_CASE(weights_of_several_inputs_share_a_register) {
    check_batches<float, 8, 2>();
    check_batches<float, 12, 3>();
    check_batches<float, 64, 4>();
    check_batches<float, 100, 4>();
    check_batches<float, 10, 5>();
    check_batches<float, 64, 8>();
    check_batches<double, 8, 2>();
    check_batches<double, 20, 3>();
    check_batches<double, 36, 4>();
}

BOOST_AUTO_TEST_CASE(inputs_that_fill_no_register_have_the_kernel_of_wide_layers) {
    check_batches<float, 7, 2>();
    check_batches<float, 5, 8>();
    check_batches<double, 9, 3>();
}
