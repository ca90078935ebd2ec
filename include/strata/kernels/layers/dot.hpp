// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/product/matrix_product.hpp>
#include <strata/layers/dot.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Each vector of x times one of y: `step` numbers on, or the same one. Writes whole registers.
template <class Operand, class T>
void dots(const T* x, const T* y, std::size_t step, T* results) noexcept {
    using V = simd<T, lanes_of<T, Operand::width>>;
    if constexpr (Operand::is_last)
        for (std::size_t i = 0; i < Operand::count; ++i, x += Operand::length, y += step) {
            V sum(T(0));
            visit_columns<Operand::length, T>([&](auto count, std::size_t k) {
                constexpr std::size_t lanes = decltype(count)::value;
                if constexpr (lanes < V::size && Operand::length > V::size) {
                    // A register that ends with the vector, for its last lanes.
                    const std::size_t begin = Operand::length - V::size;
                    const V products = V::load_unaligned(x + begin) * V::load_unaligned(y + begin);
                    sum += xsimd::select(lane_numbers<V>() < V(T(V::size - lanes)), V(T(0)), products);
                } else
                    sum = xsimd::fma(load_first<lanes, V>(x + k), load_first<lanes, V>(y + k), sum);
            });
            results[i] = internal::add_lanes(sum);
        }
    else
        visit_columns<Operand::count, T>([&](auto count, std::size_t column) {
            constexpr std::size_t lanes = decltype(count)::value;
            V sum(T(0));
            for (std::size_t place = column; place < Operand::length * Operand::count;
                 place += Operand::count)
                sum = xsimd::fma(load_first<lanes, V>(x + place), load_first<lanes, V>(y + place), sum);
            sum.store_unaligned(results + column);
        });
}

/// One over the length of a vector, of the sum of its squares. TensorFlow's limit.
template <class T>
T inverse_length(T squares) noexcept {
    return T(1) / std::sqrt(std::max(squares, T(1e-12))); // NaN stays NaN
}
} // namespace internal

/// Dot products: products of two matrices for each sample. Lengths are not divided out of the operands but of
/// the results, or of the derivatives by them.
template <class Left, class Right, bool Swapped, bool Normalized>
struct head_kernels<dot_product<Left, Right, Swapped, Normalized>> : head_kernels_base {
private:
    static constexpr std::size_t rows = Left::count;
    static constexpr std::size_t columns = Right::count;
    static constexpr std::size_t length = Left::length;
    static constexpr bool is_row_of_dots = rows == 1 && Right::is_last;

    template <class T>
    using product = matrix_product<rows, length, columns, Right::is_last, T>;
    // The derivative by an operand, laid out like it: delta times the other, or the other times delta.
    template <bool OfLeft, class T, class Operand = std::conditional_t<OfLeft, Left, Right>,
              class Other = std::conditional_t<OfLeft, Right, Left>>
    using gradient = matrix_product<Operand::rows, Other::count, Operand::width,
                                    Operand::is_last ? !Other::is_last : OfLeft, T>;

    /// Of a thread's scratch.
    template <class T>
    struct memory {
        static constexpr std::size_t lengths =
            Normalized ? whole_lines<T>(rows) + whole_lines<T>(columns) : 0;
        static constexpr std::size_t most = std::max(rows, columns);

        T* left; ///< one over the lengths
        T* right;
        T* rest;

        explicit memory(T* scratch)
            : left(scratch), right(scratch + whole_lines<T>(rows)), rest(scratch + lengths) {}

        void measure(const T* a, const T* b) const noexcept {
            internal::dots<Left>(a, a, length, left);
            std::transform(left, left + rows, left, internal::inverse_length<T>);
            internal::dots<Right>(b, b, length, right);
            std::transform(right, right + columns, right, internal::inverse_length<T>);
        }
        template <class V>
        V scaled(V value, std::size_t row, std::size_t column) const noexcept {
            if constexpr (Normalized)
                value *= V(left[row]) * V::load_unaligned(right + column);
            return value;
        }
    };

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, columns>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const memory<T> own(call.scratch);
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            const T* const a = call.x[Swapped].row(sample);
            const T* const b = call.x[!Swapped].row(sample);
            if constexpr (Normalized)
                own.measure(a, b);
            const auto put = [&](auto count, V value, std::size_t row, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                writer.template put<lanes>(own.scaled(value, row, column), sample * rows + row, column);
            };
            if constexpr (is_row_of_dots) {
                internal::dots<Right>(b, a, 0, own.rest);
                visit_columns<columns, T>([&](auto count, std::size_t column) {
                    put(count, V::load_unaligned(own.rest + column), 0, column);
                });
            } else
                product<T>::run([=](std::size_t i, std::size_t k) { return a[Left::place(i, k)]; }, b,
                                own.rest, put);
        }
        return true;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, columns>>;
        const memory<T> own(call.scratch);
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            const T* delta = call.delta.row(sample * rows);
            if constexpr (Normalized) {
                own.measure(call.x[Swapped].row(sample), call.x[!Swapped].row(sample));
                T* const scaled = own.rest;
                for (std::size_t row = 0; row < rows; ++row)
                    visit_columns<columns, T>([&](auto count, std::size_t column) {
                        constexpr std::size_t lanes = decltype(count)::value;
                        const std::size_t place = row * columns + column;
                        const V value = load_first<lanes, V>(delta + place);
                        store_first<lanes>(own.scaled(value, row, column), scaled + place);
                    });
                delta = scaled;
            }
            // In the order of the values, which may be the same one: the second adds then.
            carry<!Swapped>(call, 0, sample, delta, own);
            carry<Swapped>(call, 1, sample, delta, own);
        }
    }

private:
    template <bool OfLeft, class T>
    static void carry(const head_backward<T>& call, std::size_t index, std::size_t sample, const T* delta,
                      const memory<T>& own) noexcept {
        if (call.source_deltas[index].data == nullptr)
            return;
        using operand = std::conditional_t<OfLeft, Left, Right>;
        using other = std::conditional_t<OfLeft, Right, Left>;
        using V = simd<T, lanes_of<T, operand::width>>;
        const T* const x = call.x[index].row(sample);
        const T* const y = call.x[1 - index].row(sample);
        T* const source_delta = call.source_deltas[index].row(sample);
        T* const result = own.rest + whole_lines<T>(rows * columns);
        T* const projections = result + whole_lines<T>(operand::count * length);
        T* const strip = Normalized ? projections + whole_lines<T>(operand::count) : own.rest;

        const auto store = [&](auto count, V value, std::size_t row, std::size_t column) {
            constexpr std::size_t lanes = decltype(count)::value;
            if constexpr (Normalized)
                store_first<lanes>(value, result + row * operand::width + column);
            else
                store_or_add<lanes>(value, source_delta + row * operand::width + column, call.adds[index]);
        };
        if constexpr (operand::is_last)
            gradient<OfLeft, T>::run(
                [=](std::size_t i, std::size_t j) {
                    return delta[OfLeft ? i * columns + j : j * columns + i];
                },
                y, strip, store);
        else
            gradient<OfLeft, T>::run([=](std::size_t k, std::size_t j) { return y[other::place(j, k)]; },
                                     delta, strip, store);
        if constexpr (Normalized) {
            // The part of the derivative that would change a vector's length alone goes.
            const T* const inverse = OfLeft ? own.left : own.right;
            internal::dots<operand>(x, result, length, projections);
            for (std::size_t i = 0; i < operand::count; ++i)
                projections[i] *=
                    inverse[i] < internal::inverse_length(T(0)) ? inverse[i] * inverse[i] : T(0);
            for (std::size_t row = 0; row < operand::rows; ++row)
                visit_columns<operand::width, T>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    const std::size_t place = row * operand::width + column;
                    const V share =
                        operand::is_last ? V(projections[row]) : V::load_unaligned(projections + column);
                    store_or_add<lanes>(
                        V(load_first<lanes, V>(result + place) - share * load_first<lanes, V>(x + place)),
                        source_delta + place, call.adds[index]);
                });
        }
    }

public:
    template <class T>
    static constexpr std::size_t forward_scratch_size = memory<T>::lengths + (is_row_of_dots
                                                                                  ? whole_lines<T>(columns)
                                                                                  : product<T>::strip_size);
    template <class T>
    static constexpr std::size_t scratch_size =
        std::max(forward_scratch_size<T>,
                 memory<T>::lengths +
                     (Normalized ? whole_lines<T>(rows * columns) + whole_lines<T>(memory<T>::most * length) +
                                       whole_lines<T>(memory<T>::most)
                                 : 0) +
                     std::max(gradient<true, T>::strip_size, gradient<false, T>::strip_size));
};

} // namespace strata::bedrock::inline STRATA_SETTING
