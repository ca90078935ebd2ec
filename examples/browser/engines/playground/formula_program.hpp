// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "formula_derivative.hpp"

#include <strata/kernels/formula/evaluate.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace playground {

/// The registers that the library's kernels take for rows of up to 4 numbers, and for longer ones. A browser
/// has those of 4 lanes alone; other processors may multiply and add differently in registers of other
/// widths.
using narrow_register = strata::bedrock::simd<float, strata::bedrock::lanes_of<float, 4>>;
using wide_register = strata::bedrock::simd<float, strata::bedrock::lanes_of<float, 8>>;

/// A function that is compiled for both.
template <class Function>
struct for_registers {
    Function narrow;
    Function wide;

    /// That for rows of so many numbers.
    [[nodiscard]] constexpr Function operator[](std::size_t width) const { return width > 4 ? wide : narrow; }
};

/// A formula as a list of the library's operations, each run over a block of registers, so that finding out
/// which operation it is costs little beside it.
class formula_program {
public:
    formula_program(const formula_pool& pool, node_index result) { add(pool, result); }

    /// The values for `count` numbers of rows of `width`. Arrays begin at a cache line and may be written up
    /// to the end of a register.

    void run(const float* x, float* y, std::size_t count, std::size_t width) const {
        for (std::size_t begin = 0; begin < count; begin += block) {
            const std::size_t numbers = std::min(block, count - begin);
            const float* const values = compute(x + begin, numbers, width);
            for (std::size_t i = 0; i < numbers; i += V::size)
                V::load_aligned(values + i).store_aligned(y + begin + i);
        }
    }
    /// delta *= the formula's values.
    void multiply(const float* x, float* delta, std::size_t count, std::size_t width) const {
        for (std::size_t begin = 0; begin < count; begin += block) {
            const std::size_t numbers = std::min(block, count - begin);
            const float* const values = compute(x + begin, numbers, width);
            for (std::size_t i = 0; i < numbers; i += V::size)
                V(V::load_aligned(delta + begin + i) * V::load_aligned(values + i))
                    .store_aligned(delta + begin + i);
        }
    }
    /// The value for one number, computed as numbers.
    [[nodiscard]] float value(float x) const {
        std::vector<float> values;
        for (const step& each : steps_) {
            const auto operand = [&](std::size_t i) { return i < values.size() ? &values[i] : nullptr; };
            float result = each.is_unknown ? x : each.number;
            if (each.run_number != nullptr)
                each.run_number({operand(each.arguments[0]), operand(each.arguments[1]),
                                 operand(each.arguments[2]), operand(each.arguments[3])},
                                &result, 1);
            values.push_back(result);
        }
        return values.back();
    }

private:
    using V = wide_register; ///< for moving numbers
    static constexpr std::size_t block = 64;
    using operands = std::array<const float*, 4>;
    using operation_run = void (*)(const operands&, float*, std::size_t);

    struct step {
        bool is_unknown = false;
        float number = 0;
        for_registers<operation_run> run = {nullptr, nullptr};
        operation_run run_number = nullptr;
        std::array<std::size_t, 4> arguments{no_node, no_node, no_node, no_node}; ///< earlier steps
        node_index made_of = no_node;
    };

    template <class X, class Operation>
    static void run_operation(const operands& inputs, float* output, std::size_t count) {
        using namespace strata::bedrock;
        constexpr std::size_t lanes = sizeof(X) / sizeof(float);
        for (std::size_t i = 0; i < count; i += lanes) {
            const X a = load<X>(inputs[0] + i);
            if constexpr (playground::detail::argument_count<Operation> == 1)
                store(X(internal::compute(Operation{}, a)), output + i);
            else if constexpr (operation::is_comparison<Operation>)
                store(X(internal::compute(operation::select{},
                                          internal::compute(Operation{}, a, load<X>(inputs[1] + i)),
                                          load<X>(inputs[2] + i), load<X>(inputs[3] + i))),
                      output + i);
            else
                store(X(internal::compute(Operation{}, a, load<X>(inputs[1] + i))), output + i);
        }
    }

    std::size_t add(const formula_pool& pool, node_index index) {
        for (std::size_t i = 0; i < steps_.size(); ++i)
            if (steps_[i].made_of == index)
                return i;
        const node& added = pool[index];
        step made;
        made.made_of = index;
        made.is_unknown = added.kind == unknown_kind;
        made.number = static_cast<float>(added.number);
        if (added.kind == kind_of<operation::select>) {
            // A condition is no number, so it is computed together with its choice.
            const node& condition = pool[added.arguments[0]];
            made.arguments = {add(pool, condition.arguments[0]), add(pool, condition.arguments[1]),
                              add(pool, added.arguments[1]), add(pool, added.arguments[2])};
            choose(condition, made);
        } else if (added.kind != unknown_kind && added.kind != number_kind) {
            for (std::size_t i = 0; i < added.arguments.size() && added.arguments[i] != no_node; ++i)
                made.arguments[i] = add(pool, added.arguments[i]);
            choose(added, made);
        }
        steps_.push_back(made);
        return steps_.size() - 1;
    }
    static void choose(const node& added, step& made) {
        visit_operation(added.kind, added.exponent, [&]<class Operation>(std::type_identity<Operation>) {
            if constexpr (!std::is_same_v<Operation, operation::select> &&
                          !std::is_same_v<Operation, operation::power<0>>) {
                made.run = {run_operation<narrow_register, Operation>,
                            run_operation<wide_register, Operation>};
                made.run_number = run_operation<float, Operation>;
            }
        });
    }

    const float* compute(const float* x, std::size_t count, std::size_t width) const {
        if (values_.size() < steps_.size())
            values_.resize(steps_.size());
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            const step& each = steps_[i];
            float* const output = values_[i].numbers.data();
            const auto operand = [&](std::size_t argument) {
                return argument < i ? values_[argument].numbers.data() : nullptr;
            };
            if (each.run.narrow != nullptr)
                each.run[width]({operand(each.arguments[0]), operand(each.arguments[1]),
                                 operand(each.arguments[2]), operand(each.arguments[3])},
                                output, count);
            else if (each.is_unknown)
                std::copy_n(x, (count + V::size - 1) / V::size * V::size, output);
            else
                std::fill(values_[i].numbers.begin(), values_[i].numbers.end(), each.number);
        }
        return values_[steps_.size() - 1].numbers.data();
    }

    struct numbers_of_step {
        alignas(strata::bedrock::alignment) std::array<float, block> numbers;
    };
    std::vector<step> steps_;
    mutable std::vector<numbers_of_step> values_;
};

/// A formula of the user's as an activation: its values, and its slopes as a formula of the sums.
struct own_activation {
    formula_program value;
    formula_program slope;
    std::string text;       ///< as a program writes it
    std::string slope_text; ///< the derivative, as the library prints formulas
};

} // namespace playground
