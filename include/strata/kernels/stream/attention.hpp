// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/sequence/attention.hpp>
#include <strata/kernels/stream/step_kernels.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Causal attention, step by step: keys and values of the last steps are kept, as many as the whole sequence
/// has. Up to there a step sees all before it, and results are those of the whole sequence to the last bit;
/// behind it the oldest are forgotten.
template <attention_shape Sizes, real Dropout>
struct step_kernels<attention_product<Sizes, true, Dropout>> : step_kernels_base {
private:
    template <class T>
    using layout = attention_layout<Sizes, T>;
    /// Where the next step goes, and how many there are.
    template <class T>
    static constexpr std::size_t counters = line_size<T>;
    template <class T>
    static constexpr std::size_t panel_size = whole_lines<T>(layout<T>::columns* layout<T>::key_width);
    template <class T>
    static constexpr std::size_t value_size = whole_lines<T>(layout<T>::columns* layout<T>::value_width);

public:
    template <class T>
    static constexpr std::size_t state_size = counters<T> + Sizes.key_heads*(panel_size<T> + value_size<T>);
    template <class T>
    static constexpr std::size_t scratch_size(std::size_t /* rows */) {
        return whole_lines<T>(layout<T>::key_width) + layout<T>::pitch + layout<T>::value_width;
    }

    template <class Stage, std::size_t Streams, class T, class Tail>
    static void forward(const step_forward<T>& call, std::size_t rows, const Tail& tail) noexcept {
        const row_writer<Stage, keeping::nothing, T, Tail> writer{call.y, nullptr, tail};
        for (std::size_t row = 0; row < rows; ++row) {
            T* const state = call.state + row % Streams * state_size<T>;
            const auto place = static_cast<std::size_t>(state[0]);
            const std::size_t seen = std::min(static_cast<std::size_t>(state[1]) + 1, Sizes.keys);
            for (std::size_t group = 0; group < Sizes.key_heads; ++group) {
                T* const panels = state + counters<T> + group * panel_size<T>;
                T* const values =
                    state + counters<T> + Sizes.key_heads * panel_size<T> + group * value_size<T>;
                keep(call, row, group, place, panels, values);
                for (std::size_t part = 0; part < Sizes.heads / Sizes.key_heads; ++part)
                    attend(call, writer, row, group * (Sizes.heads / Sizes.key_heads) + part, seen, panels,
                           values);
            }
            state[0] = static_cast<T>(place + 1 == Sizes.keys ? 0 : place + 1);
            state[1] = static_cast<T>(seen);
        }
    }

private:
    /// A step's key becomes a column of the panels, its value a row.
    template <class T>
    static void keep(const step_forward<T>& call, std::size_t row, std::size_t group, std::size_t place,
                     T* panels, T* values) noexcept {
        using s = layout<T>;
        const T* const key = call.sources[1].row(row) + group * Sizes.key_width;
        T* const column = panels + place / s::lanes * s::lanes * s::key_width + place % s::lanes;
        for (std::size_t k = 0; k < Sizes.key_width; ++k)
            column[k * s::lanes] = key[k];
        std::copy_n(call.sources[2].row(row) + group * Sizes.value_width, Sizes.value_width,
                    values + place * s::value_width);
    }

    template <class T, class Writer>
    static void attend(const step_forward<T>& call, const Writer& writer, std::size_t row, std::size_t number,
                       std::size_t seen, const T* panels, const T* values) noexcept {
        using s = layout<T>;
        using V = typename s::V;
        T* const query = call.scratch;
        T* const weights = query + whole_lines<T>(s::key_width);
        T* const result = weights + s::pitch;
        internal::gather_rows<Sizes.key_width, s::key_width>(call.sources[0], row, number * Sizes.key_width,
                                                             1, 1, s::scale, query);
        internal::multiply_strided<V, false, false, 1>(
            {query, s::key_width, panels, s::key_width * s::lanes, s::lanes, s::key_width, weights, s::pitch},
            1, round_up(seen, s::lanes) / s::lanes);
        const softmax_sums<T> sums = internal::exponentiate_row<V>(weights, seen, round_up(seen, s::lanes));
        const T factor = 1 / sums.sum;
        internal::multiply_strided<V, false, false, 1>(
            {weights, s::pitch, values, s::lanes, s::value_width, seen, result, s::value_width}, 1,
            s::value_width / s::lanes);
        visit_row<Sizes.value_width, V>([&](auto lanes, std::size_t column) {
            writer.template put<decltype(lanes)::value>(V(V::load_unaligned(result + column) * V(factor)),
                                                        row, number * Sizes.value_width + column);
        });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
