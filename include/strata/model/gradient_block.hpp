// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/model/gradient_consumers.hpp>
#include <strata/model/learnt_arrays.hpp>
#include <strata/model/model.hpp>
#include <strata/model/training_pass.hpp>
#include <strata/model/update.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// The gradients of everything that a network learns, by name: `g.parameter<"dense.kernel">()` has the shape
/// of the parameter. They lie in one block with the layout of the parameters; in the place of a statistic, as
/// a moving average, is what was observed of it, or the mean of what stages observed that share it.
template <class Model>
class gradient_block {
public:
    using T = typename Model::value_type;
    using topology = typename Model::topology;

    gradient_block() : block_(Model::layout::size) {}

    /// The mean loss of the samples, the penalties of regularizers included, of which these are the
    /// gradients.
    [[nodiscard]] double loss() const noexcept { return loss_; }

    /// Adds another loss's gradients of parameters, each times a factor, and the loss. Statistics stay, and
    /// so do derivatives by inputs, since the other's samples may be others.
    void add(const gradient_block& other, double factor = 1) noexcept {
        loss_ += factor * other.loss_;
        for_each_learnt<learning_stages<topology, T>>(
            [&]<class Parameter>(std::type_identity<Parameter>, std::size_t place) {
                for (std::size_t i = 0; i < layout_of<T, Parameter>::size; ++i)
                    block_[place + i] += static_cast<T>(factor) * other.block_[place + i];
            });
    }

    /// An array's gradient. A name that the network does not have is a compile-time error.
    template <text Name>
    [[nodiscard]] auto parameter() noexcept {
        return internal::view_parameter<topology, Name>(block_.data());
    }
    template <text Name>
    [[nodiscard]] auto parameter() const noexcept {
        return internal::view_parameter<topology, Name>(block_.data());
    }
    /// All of them, in the order of the network's `parameters()`.
    [[nodiscard]] std::vector<any_parameter<T>> parameters() {
        return internal::view_parameters<topology>(block_.data());
    }
    [[nodiscard]] std::vector<any_parameter<const T>> parameters() const {
        return internal::view_parameters<topology>(block_.data());
    }

    [[nodiscard]] std::span<T> block() noexcept { return block_; }
    [[nodiscard]] std::span<const T> block() const noexcept { return block_; }

protected:
    double loss_ = 0;

private:
    aligned_vector<T> block_;
};

namespace internal {
/// Adds the gradients of the penalties to a block, and returns the penalties.
template <class Pass, class T>
double add_penalties(const T* parameters, T* gradients) noexcept {
    double sum = 0;
    for_each_learnt<Pass>(
        [&]<class Parameter>(std::type_identity<Parameter>, [[maybe_unused]] std::size_t begin) {
            constexpr regularizer factors = Parameter::penalty;
            if constexpr (factors.active())
                for (std::size_t i = 0; i < Parameter::shape::size; ++i) {
                    const std::size_t place = begin + layout_of<T, Parameter>::index(i);
                    sum += penalty_of_weight<factors>(static_cast<double>(parameters[place]));
                    gradients[place] = add_penalty<factors>(gradients[place], parameters[place]);
                }
        });
    return sum;
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
