// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/sequence/positions.hpp>
#include <strata/kernels/stream/step_kernels.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The number of a stream's step, in two numbers that are whole and exact in any type.
template <class T>
struct step_number {
    static constexpr std::size_t size = 2;
    static constexpr std::size_t least = std::size_t{1} << 20; ///< of the second

    /// The step that is at work; the next call gives the next one.
    [[nodiscard]] static std::size_t take(T* state) noexcept {
        const auto low = static_cast<std::size_t>(state[0]);
        const auto high = static_cast<std::size_t>(state[1]);
        state[0] = static_cast<T>((low + 1) % least);
        state[1] = static_cast<T>(high + (low + 1) / least);
        return high * least + low;
    }
};
} // namespace internal

/// Positions, step by step. Waves go on for ever; behind the last row of a table that was learnt comes its
/// first again.
template <std::size_t Steps, std::size_t Width, class Layer>
struct step_kernels<position_sum<Steps, Width, Layer>> : step_kernels_base {
    using whole = position_sum<Steps, Width, Layer>;
    template <class T>
    static constexpr std::size_t state_size = internal::step_number<T>::size;
    template <class T>
    static constexpr std::size_t scratch_size(std::size_t /* rows */) {
        return head_kernels<whole>::template layout<T>::stored + line_size<T>;
    }
    template <class T>
    static void prepare() noexcept {
        if constexpr (!whole::is_learnt)
            static_cast<void>(head_kernels<whole>::template waves<T>());
    }

    template <class Stage, std::size_t Streams, class T, class Tail>
    static void forward(const step_forward<T>& call, std::size_t rows, const Tail& tail) noexcept {
        using kernels = head_kernels<whole>;
        constexpr std::size_t stored = kernels::template layout<T>::stored;
        const row_writer<Stage, keeping::nothing, T, Tail> writer{call.y, nullptr, tail};
        for (std::size_t row = 0; row < rows; ++row) {
            const std::size_t step =
                internal::step_number<T>::take(call.state + row % Streams * state_size<T>);
            const T* position = call.scratch;
            if constexpr (whole::is_learnt)
                position =
                    array_of<whole>(call.parameters, typename whole::embeddings{}) + step % Steps * stored;
            else if (step < Steps)
                position = kernels::template waves<T>() + step * stored;
            else
                kernels::write_wave(step, call.scratch);
            kernels::add_position(writer, call.sources[0], row, position);
        }
    }
};

/// Rotations, step by step, for ever.
template <std::size_t Steps, std::size_t Heads, std::size_t Width, real Base>
struct step_kernels<rotation<Steps, Heads, Width, Base>> : step_kernels_base {
    using kernels = head_kernels<rotation<Steps, Heads, Width, Base>>;
    template <class T>
    static constexpr std::size_t state_size = internal::step_number<T>::size;
    template <class T>
    static constexpr std::size_t scratch_size(std::size_t /* rows */) {
        return 2 * kernels::template stored<T> + line_size<T>;
    }
    template <class T>
    static void prepare() noexcept {
        static_cast<void>(kernels::template turns<T>());
    }

    template <class Stage, std::size_t Streams, class T, class Tail>
    static void forward(const step_forward<T>& call, std::size_t rows, const Tail& tail) noexcept {
        const row_writer<Stage, keeping::nothing, T, Tail> writer{call.y, nullptr, tail};
        for (std::size_t row = 0; row < rows; ++row) {
            const std::size_t step =
                internal::step_number<T>::take(call.state + row % Streams * state_size<T>);
            const T* turn = call.scratch;
            if (step < Steps)
                turn = kernels::template turns<T>() + 2 * step * kernels::template stored<T>;
            else
                kernels::write_turn(step, call.scratch);
            kernels::turn(call.sources[0].row(row), turn, T(1),
                          [&](auto count, auto value, std::size_t column) {
                              writer.template put<decltype(count)::value>(value, row, column);
                          });
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
