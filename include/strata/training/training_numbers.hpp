// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

enum class transfer { store, load };

/// The numbers of a training without the types of its network and optimizer. What snapshots and callbacks do
/// with them is compiled once, and only where a program asks for it.
struct training_numbers {
    std::string (*header)(); ///< what they are of
    /// Stores a block of numbers as bytes, or loads it from them, in the conventional order: kernels [in,
    /// out] and biases in the order of the layers.
    void (*copy)(const void* engine, std::size_t block, transfer direction, unsigned char* bytes);
    const void* engine;
    std::size_t blocks;      ///< the weights, and the optimizer's states behind them
    std::size_t count;       ///< numbers in each
    std::size_t number_size; ///< bytes of each, those of float or double

    [[nodiscard]] std::size_t block_size() const noexcept { return count * number_size; }
};

/// Calls with the type of the numbers.
template <class Use>
void use_number_type(const training_numbers& numbers, Use use) {
    if (numbers.number_size == sizeof(float))
        use(float{});
    else
        use(double{});
}

/// The weights, in the order of the network's `weights()`.
inline std::vector<double> copy_weights(const training_numbers& numbers) {
    std::vector<unsigned char> bytes(numbers.block_size());
    numbers.copy(numbers.engine, 0, transfer::store, bytes.data());
    std::vector<double> result(numbers.count);
    use_number_type(numbers, [&](auto number) {
        for (std::size_t i = 0; i < result.size(); ++i) {
            std::memcpy(&number, bytes.data() + i * sizeof number, sizeof number);
            result[i] = number;
        }
    });
    return result;
}

/// Their return. `std::invalid_argument` for another number of them.
inline void replace_weights(const training_numbers& numbers, const std::vector<double>& weights) {
    if (weights.size() != numbers.count)
        raise(std::invalid_argument(
            concatenate("set_weights: expected ", numbers.count, " weights, found ", weights.size())));
    std::vector<unsigned char> bytes(numbers.block_size());
    use_number_type(numbers, [&](auto number) {
        for (std::size_t i = 0; i < weights.size(); ++i) {
            number = static_cast<decltype(number)>(weights[i]);
            std::memcpy(bytes.data() + i * sizeof number, &number, sizeof number);
        }
    });
    numbers.copy(numbers.engine, 0, transfer::load, bytes.data());
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
