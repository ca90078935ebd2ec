// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Softmax, or a loss with its derivative, over 1,024 rows of 10: gigabytes a second read and written.
//   losses softmax|cross_entropy|mean_squared_error|hinge
#include <strata/kernels/formula/loss.hpp>
#include <strata/layers/layers.hpp>

#include "bedrock.hpp"
#include "timing.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>

using namespace strata;

int main(int count, char** arguments) {
    constexpr std::size_t rows = 1024;
    constexpr std::size_t classes = 10;
    const std::string name = count == 2 ? arguments[1] : "";
    std::vector<float, xsimd::aligned_allocator<float, 64>> given(rows * classes + 16), x(given),
        delta(given), targets(given);
    std::vector<std::int32_t> labels(rows);
    for (std::size_t i = 0; i < rows * classes; ++i)
        given[i] = static_cast<float>(i * 2654435761u % 1000) / 250.0f - 2.0f;
    for (std::size_t i = 0; i < rows; ++i)
        labels[i] = static_cast<std::int32_t>(i % classes);
    constexpr float weight = 1.0f / rows;
    const auto all_rows = [&](auto compute) {
        x = given; // the logits are replaced by probabilities
        bench::keep(compute());
        bench::keep(delta[0]);
    };
    const auto each_row = [&](auto visit) {
        all_rows([&] {
            double sum = 0;
            for (std::size_t row = 0; row < rows; ++row)
                sum += visit(row, x.data() + row * classes);
            return sum;
        });
    };
    const auto run = [&] {
        if (name == "softmax")
            all_rows([&] {
                softmax_rows<classes>(x.data(), rows);
                return 0.0;
            });
        else if (name == "cross_entropy")
            all_rows([&] { // as in training
                using loss = std::remove_const_t<decltype(sparse_categorical_crossentropy)>;
                constexpr std::size_t side =
                    bedrock::internal::loss_square_side<loss, softmax_layer, classes, float>;
                double sum = 0;
                constexpr std::size_t squares = side == 0 ? 0 : rows / side * side;
                if constexpr (side > 0)
                    for (std::size_t row = 0; row < squares; row += side)
                        bedrock::internal::loss_square<loss, classes>(
                            &x[row * classes], &labels[row], &delta[row * classes],
                            [](std::size_t) { return weight; },
                            [&](std::size_t, double value) { sum += value; });
                for (std::size_t row = squares; row < rows; ++row)
                    sum += loss_row<loss, softmax_layer, classes>(&x[row * classes], &labels[row],
                                                                  &delta[row * classes], weight);
                return sum;
            });
        else if (name == "mean_squared_error")
            each_row([&](std::size_t i, float* row) {
                using loss = std::remove_const_t<decltype(mean_squared_error)>;
                return loss_row<loss, no_shortcut, classes>(row, &targets[i * classes], &delta[i * classes],
                                                            weight);
            });
        else if (name == "hinge")
            each_row([&](std::size_t i, float* row) {
                using loss = std::remove_const_t<decltype(hinge)>;
                return loss_row<loss, no_shortcut, classes>(row, &targets[i * classes], &delta[i * classes],
                                                            weight);
            });
        else
            throw std::invalid_argument("expected softmax|cross_entropy|mean_squared_error|hinge");
    };
    std::printf("gbytes %.3f\n", 8.0 * rows * classes / bench::median_seconds(11, 200, run) / 1e9);
}
