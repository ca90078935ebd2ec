// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/dense/weight_gradient.hpp>
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>
#include <set>
#include <vector>

using namespace strata::bedrock;

namespace {

template <std::size_t K, std::size_t N>
using head_of = typename model<input<K> | dense<N> | relu>::stages::template element<0>::head;

/// Rows of which a share is not zero: columns that are always zero, and zeros anywhere, some of them
/// negative.
template <class T>
aligned_vector<T> rows_with_zeros(std::size_t rows, std::size_t columns, double share) {
    random_sequence random(seed{2}, draw_purpose::split);
    aligned_vector<T> x(rows * columns + alignment / sizeof(T), T(1));
    std::vector<bool> dark(columns);
    for (std::size_t k = 0; k < columns; ++k)
        dark[k] = random.uniform() > std::sqrt(share);
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t k = 0; k < columns; ++k) {
            const bool zero = dark[k] || random.uniform() > std::sqrt(share);
            const double value = 2 * random.uniform() - 1;
            x[i * columns + k] = zero ? static_cast<T>(std::copysign(0.0, value)) : static_cast<T>(value);
        }
    return x;
}

template <class T>
bool same_bits(const aligned_vector<T>& a, const aligned_vector<T>& b) {
    return std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

template <class T, std::size_t K, std::size_t N>
void check(double share, std::vector<std::size_t> counts = {1, 3, 4, 8, 13, 70}) {
    using head = head_of<K, N>;
    using layout = weight_layout<T, K, N>;
    static_assert(nonzero::is_worthwhile<K, layout::panels>);
    random_sequence random(seed{5}, draw_purpose::split);
    const auto numbers = [&](std::size_t count) {
        aligned_vector<T> result(count + alignment / sizeof(T));
        for (T& each : result)
            each = static_cast<T>(2 * random.uniform() - 1);
        return result;
    };
    const auto kernel = numbers(layout::kernel_size);
    auto bias = numbers(layout::bias_size);
    for (std::size_t n = 0; n < N; n += 3)
        bias[n] = T(-0.0);
    for (const std::size_t rows : counts) {
        const auto x = rows_with_zeros<T>(rows, K, share);
        const auto run = [&](auto data) {
            aligned_vector<T> y(rows * N, T(9));
            using tail = prediction_tail<strata::bedrock::tail<>>;
            dense_forward<head, 1, keeping::nothing, data>(
                forward_buffers<T>{x.data(), kernel.data(), bias.data(), y.data(), nullptr}, {0, rows},
                {0, layout::panels}, tail{});
            return y;
        };
        const auto delta = numbers(rows * N);
        const auto gradient = [&](auto data) {
            aligned_vector<T> g(layout::kernel_size + layout::bias_size, T(9));
            dense_weight_gradient<head, data>(
                weight_gradient_buffers<T>{x.data(), delta.data(), rows}, team{},
                [&](std::size_t place, auto value) { value.store_aligned(&g[place]); },
                [&](std::size_t place, auto value) { value.store_aligned(&g[layout::kernel_size + place]); });
            return g;
        };
        BOOST_TEST_CONTEXT(K << " -> " << N << ", " << rows << " rows, " << share << " not zero") {
            BOOST_TEST(same_bits(run(std::true_type{}), run(std::false_type{})));
            const auto g = gradient(std::true_type{});
            BOOST_TEST(same_bits(g, gradient(std::false_type{})));
            for (std::size_t k = 0; k < K; k += 7)
                for (std::size_t n = 0; n < N; n += 5) {
                    double sum = 0;
                    for (std::size_t row = 0; row < rows; ++row)
                        sum += double{x[row * K + k]} * double{delta[row * N + n]};
                    BOOST_TEST(std::abs(double{g[layout::index(k, n)]} - sum) < 1e-3);
                }
        }
    }
}

template <class T>
void check_all() {
    for (const double share : {0.0, 0.05, 0.3, 0.8, 1.0}) {
        check<T, 64, 128>(share);
        check<T, 101, 72>(share);
        check<T, 784, 64>(share);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(leaving_zeros_out_changes_no_bit) {
    check_all<float>();
    check_all<double>();
}

BOOST_AUTO_TEST_CASE(sets_hold_what_is_not_zero) {
    constexpr std::size_t K = 150;
    constexpr std::size_t rows = 70;
    const auto x = rows_with_zeros<float>(rows, K, 0.1);
    const auto is_set = [&](std::size_t row, std::size_t k) { return x[row * K + k] != 0.0f; };

    std::vector<std::uint64_t> words(nonzero::words_for(K));
    nonzero::columns_of<4, K>(x.data(), words.data());
    std::set<std::size_t> found;
    nonzero::visit_set(words.data(), words.size(), [&](std::size_t k) { found.insert(k); });
    std::set<std::size_t> expected;
    for (std::size_t k = 0; k < K; ++k)
        if (is_set(0, k) || is_set(1, k) || is_set(2, k) || is_set(3, k))
            expected.insert(k);
    BOOST_TEST((found == expected));
    BOOST_TEST((expected.size() > 5u && expected.size() < K / 2));

    constexpr std::size_t tall = 6;
    words.assign(K / tall * nonzero::words_for(rows), 0);
    nonzero::rows_of<tall, K>(x.data(), rows, words.data(), nonzero::words_for(rows));
    for (std::size_t block = 0; block < K / tall; ++block) {
        found.clear();
        nonzero::visit_set(&words[block * nonzero::words_for(rows)], nonzero::words_for(rows),
                           [&](std::size_t row) { found.insert(row); });
        expected.clear();
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t k = block * tall; k < (block + 1) * tall; ++k)
                if (is_set(row, k))
                    expected.insert(row);
        BOOST_TEST((found == expected));
    }
}

BOOST_AUTO_TEST_CASE(batches_larger_than_the_sets_are_computed_as_well) {
    check<float, 784, 64>(0.3, {1300, 2700});
    check<double, 784, 64>(0.3, {1300, 2700});
}
