// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense_forward.hpp>
#include <strata/kernels/pointwise.hpp>
#include <strata/model/parameters.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace strata {

/// This thread's part of the samples where work is split by samples.
[[nodiscard]] constexpr team::range share_samples(const team& threads, std::size_t samples) noexcept {
    constexpr std::size_t grain = 8;
    return threads.share(samples, samples >= grain * threads.size ? grain : 1);
}

/// Runs one stage for this thread's part of a batch. Returns whether the part is whole samples, those of
/// `share_samples`; else all threads must meet before anybody reads whole rows. `Data`: the stage reads the
/// network's input.
template <class Stage, bool Data, class T, class Tail>
[[gnu::always_inline]] inline bool run_stage(const forward_buffers<T>& at, std::size_t samples,
                                             const team& threads, const Tail& tail) noexcept {
    const team::range part = share_samples(threads, samples);
    bool whole_samples = true;
    if constexpr (Stage::head::has_parameters) {
        using head = typename Stage::head;
        using layout = weight_layout<T, head::inputs, head::outputs>;
        constexpr keeping keep = !Tail::training || !Stage::keeps_tail ? keeping::nothing
                                 : Stage::keeps_tail_input             ? keeping::tail_input
                                                                       : keeping::tail_output;
        // By panels, a thread meets the same weights in every pass. A closing needs whole rows.
        if (is_tiny<head> && Stage::rows == 1 && samples == 1 && threads.size == 1)
            dense_forward_row<head, 1, keep>(at, tail);
        else if (!Stage::is_closed && threads.size > 1 && layout::panels >= tile_panels * threads.size) {
            whole_samples = false;
            dense_forward<head, Stage::rows, keep, Data>(at, {0, samples * Stage::rows},
                                                         threads.share(layout::panels, tile_panels), tail);
        } else
            dense_forward<head, Stage::rows, keep, Data>(
                at, {part.begin * Stage::rows, part.end * Stage::rows}, {0, layout::panels}, tail);
    } else
        pointwise_forward<Stage>(at.x, at.y, at.kept, part, tail);
    close<Stage>(at.y, part);
    return whole_samples;
}

/// The same for a stage of a network, of which the first reads the network's input. Only a stage of the first
/// one's type is compiled for that as well.
template <class Stages, class Stage, class T, class Tail>
[[gnu::always_inline]] inline bool run_data_or_stage([[maybe_unused]] bool is_first,
                                                     const forward_buffers<T>& at, std::size_t samples,
                                                     const team& threads, const Tail& tail) noexcept {
    if constexpr (std::is_same_v<Stage, typename Stages::template at<0>>)
        if (is_first)
            return run_stage<Stage, true>(at, samples, threads, tail);
    return run_stage<Stage, false>(at, samples, threads, tail);
}

namespace detail {
template <class T, class... Stages>
constexpr std::size_t widest(stage_list<Stages...>) {
    return std::max({std::size_t{1}, Stages::output_size...});
}
} // namespace detail

/// Numbers of scratch that `run_network` needs for so many samples: two buffers that stages write in turn.
template <class T, class Stages>
constexpr std::size_t prediction_scratch(std::size_t samples) noexcept {
    constexpr std::size_t line = alignment / sizeof(T);
    return 2 * ((samples * detail::widest<T>(Stages{}) + line - 1) / line * line + line);
}

/// Prediction for some samples on one thread: x [samples][inputs] -> y [samples][outputs].
template <class T, class... Stages>
[[gnu::always_inline]] inline void run_network(stage_list<Stages...> stages, const T* parameters, const T* x,
                                               T* y, std::size_t samples, T* scratch) noexcept {
    using places = parameter_layout<T, stage_list<Stages...>>;
    T* const halves[2] = {scratch, scratch + prediction_scratch<T, stage_list<Stages...>>(samples) / 2};
    const T* from = x;
    std::size_t next = 0;
    const auto run = [&]<class Stage>(std::type_identity<Stage>) {
        T* to = next + 1 == stages.size ? y : halves[next % 2];
        const auto& place = places::places[next];
        const forward_buffers<T> at{from, parameters + place.kernel, parameters + place.bias, to, nullptr};
        run_data_or_stage<stage_list<Stages...>, Stage>(next == 0, at, samples, team{},
                                                        prediction_tail<typename Stage::tail>{});
        from = to;
        ++next;
    };
    for_each_type(stages, run);
}

} // namespace strata
