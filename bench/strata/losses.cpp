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
    const auto each_row = [&](auto visit) {
        x = given; // the logits are replaced by probabilities
        double sum = 0;
        for (std::size_t row = 0; row < rows; ++row)
            sum += visit(row, x.data() + row * classes);
        bench::keep(sum);
        bench::keep(delta[0]);
    };
    const auto run = [&] {
        if (name == "softmax")
            each_row([](std::size_t, float* row) {
                softmax_row<classes>(row);
                return 0.0;
            });
        else if (name == "cross_entropy")
            each_row([&](std::size_t i, float* row) {
                using loss = std::remove_const_t<decltype(sparse_categorical_crossentropy)>;
                return loss_row<loss, softmax_layer, classes>(row, &labels[i], &delta[i * classes], weight);
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
