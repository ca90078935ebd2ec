// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "formula_program.hpp"

#include <strata/kernels/formula/tail.hpp>
#include <strata/layers/activations.hpp>
#include <strata/plan/tail.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace playground {

/// An activation of the library on many numbers. Arrays begin at a cache line and may be written up to the
/// end of a register.
struct pointwise_kernels {
    std::string_view name;  ///< what it is called on the page and in the address
    std::string_view layer; ///< what a program writes
    bool is_identity;
    bool from_output; ///< the slope is a formula of the result, not of the sum
    for_registers<void (*)(const float* sums, float* outputs, std::size_t count)> forward;
    for_registers<void (*)(const float* kept, float* delta, std::size_t count)> multiply_slope;
    float (*value)(float sum); ///< the same of one number, as steps by single samples take it
    float (*slope)(float kept);
};

namespace detail {
template <class Layer>
struct pointwise {
    using tail = strata::bedrock::tail<Layer>;

    template <class X>
    static X slope_of(X kept) {
        if constexpr (tail::from_output)
            return strata::bedrock::evaluate_at(tail::slope, strata::symbols::y, kept);
        else
            return strata::bedrock::evaluate_at(tail::slope, strata::symbols::x, kept);
    }
    template <class V>
    static void forward(const float* sums, float* outputs, std::size_t count) {
        for (std::size_t i = 0; i < count; i += V::size)
            strata::bedrock::evaluate_at(tail::prediction, strata::symbols::x, V::load_aligned(sums + i))
                .store_aligned(outputs + i);
    }
    template <class V>
    static void multiply_slope(const float* kept, float* delta, std::size_t count) {
        for (std::size_t i = 0; i < count; i += V::size)
            V(V::load_aligned(delta + i) * slope_of(V::load_aligned(kept + i))).store_aligned(delta + i);
    }
    static float value(float sum) {
        return strata::bedrock::evaluate_at(tail::prediction, strata::symbols::x, sum);
    }
    static float slope(float kept) { return slope_of(kept); }
};

template <auto Layer>
constexpr pointwise_kernels kernels_of(std::string_view name, std::string_view layer) {
    using made = pointwise<strata::bedrock::type_of<Layer>>;
    return {name,
            layer,
            made::tail::is_identity,
            made::tail::from_output,
            {made::template forward<narrow_register>, made::template forward<wide_register>},
            {made::template multiply_slope<narrow_register>, made::template multiply_slope<wide_register>},
            made::value,
            made::slope};
}

namespace formulas = strata::bedrock::detail::formulas;
} // namespace detail

inline constexpr std::array activations{
    detail::kernels_of<detail::formulas::relu>("relu", "relu"),
    detail::kernels_of<detail::formulas::tanh>("tanh", "tanh"),
    detail::kernels_of<detail::formulas::sigmoid>("sigmoid", "sigmoid"),
    detail::kernels_of<detail::formulas::linear>("linear", "linear"),
    detail::kernels_of<detail::formulas::leaky_relu<0.3>>("leaky_relu", "leaky_relu<>"),
    detail::kernels_of<detail::formulas::elu<1.0>>("elu", "elu<>"),
    detail::kernels_of<detail::formulas::selu>("selu", "selu"),
    detail::kernels_of<detail::formulas::gelu>("gelu", "gelu"),
    detail::kernels_of<detail::formulas::silu>("silu", "silu"),
    detail::kernels_of<detail::formulas::softplus>("softplus", "softplus"),
    detail::kernels_of<detail::formulas::softsign>("softsign", "softsign"),
    detail::kernels_of<detail::formulas::hard_sigmoid>("hard_sigmoid", "hard_sigmoid"),
};

inline const pointwise_kernels* find_activation(std::string_view name) {
    for (const pointwise_kernels& each : activations)
        if (each.name == name)
            return &each;
    return nullptr;
}

/// What the units of a layer make of their sums: an activation of the library, or a formula of the user's.
class activation {
public:
    activation(const pointwise_kernels& kernels) : kernels_(&kernels) {}
    explicit activation(const own_activation& own) : own_(own) {}

    [[nodiscard]] bool is_identity() const { return !own_ && kernels_->is_identity; }
    [[nodiscard]] bool from_output() const { return !own_ && kernels_->from_output; }
    [[nodiscard]] const own_activation* own() const { return own_ ? &*own_ : nullptr; }
    [[nodiscard]] const pointwise_kernels* kernels() const { return kernels_; }

    /// Of rows of so many numbers.
    void forward(const float* sums, float* outputs, std::size_t rows, std::size_t width) const {
        if (own_)
            own_->value.run(sums, outputs, rows * width, width);
        else
            kernels_->forward[width](sums, outputs, rows * width);
    }
    void multiply_slope(const float* kept, float* delta, std::size_t rows, std::size_t width) const {
        if (own_)
            own_->slope.multiply(kept, delta, rows * width, width);
        else
            kernels_->multiply_slope[width](kept, delta, rows * width);
    }
    [[nodiscard]] float value(float sum) const {
        return own_ ? own_->value.value(sum) : kernels_->value(sum);
    }
    [[nodiscard]] float slope(float kept) const {
        return own_ ? own_->slope.value(kept) : kernels_->slope(kept);
    }

private:
    const pointwise_kernels* kernels_ = nullptr;
    std::optional<own_activation> own_;
};

} // namespace playground
