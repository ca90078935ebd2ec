// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/random/dropout_choices.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/model/values.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// What the stages of a training pass read and write for a batch: where that lies in the batch, in the
/// parameters and in the workspace.
template <class Pass>
struct stage_buffers {
    using T = typename Pass::value_type;
    using batch = typename Pass::batch;
    using workspace = typename Pass::workspace;
    using places = typename Pass::places;
    using wires = typename Pass::wires;

    template <class Head>
    static auto sources(std::size_t number, const batch& data, workspace& space) noexcept {
        return sources_of<wires, Head>(
            number, [&](std::size_t input) { return data.x[input]; },
            [&](std::size_t source) { return rows_view<const T>(space.output(source)); });
    }

    /// What the dropouts of a stage have drawn.
    template <class Stage>
    static dropout_choices choices(std::size_t number, const batch& data, workspace& space) noexcept {
        if constexpr (Stage::tail::dropout_count > 0)
            return {space.choices(number), dropout_choices::bytes_of(data.samples * Stage::output_size)};
        else
            return {};
    }
    template <class Stage>
    static void draw(std::size_t number, const batch& data, workspace& space, const team& threads,
                     const dropout_key& key) noexcept {
        const dropout_key own = key.of_layer(number);
        const std::size_t bytes = dropout_choices::bytes_of(data.samples * Stage::output_size);
        for (std::size_t d = 0; d < Stage::tail::dropout_count; ++d)
            draw_choices(space.choices(number) + d * bytes, own, static_cast<std::uint32_t>(d),
                         Stage::tail::rates[d], Stage::output_size, data.samples, threads);
    }

    [[gnu::always_inline]] static head_forward<T> forward(std::size_t number, const rows_view<const T>* x,
                                                          const T* parameters, const batch& data,
                                                          workspace& space, const team& threads,
                                                          const dropout_key& key) noexcept {
        return {x,
                space.output(number),
                space.kept(number).data,
                parameters + places::places[number],
                space.shared(number),
                space.scratch(threads.rank),
                data.samples,
                key.of_layer(number),
                data.pieces};
    }

    template <class Stage>
    static head_backward<T> backward(std::size_t number, const rows_view<const T>* x,
                                     const rows_view<T>* source_deltas, const bool* adds,
                                     const T* source_kept, const T* parameters, const batch& data,
                                     workspace& space, const team& threads, const dropout_key& key) noexcept {
        return {x,
                {space.delta(number), Stage::head::outputs},
                source_deltas,
                adds,
                source_kept,
                parameters + places::places[number],
                space.shared(number),
                space.scratch(threads.rank),
                data.samples,
                key.of_layer(number),
                data.pieces,
                {0, data.samples},
                space.piece_tiles(threads.rank)};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
