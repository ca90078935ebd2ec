// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/formula/loss.hpp>
#include <strata/model/output_loss.hpp>
#include <strata/model/training_layout.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// Everything that training writes for one batch, in one aligned block, where `training_layout` places it.
/// `Pass` says what there is: its stages are those of the wiring as training runs them, and losses may need
/// numbers of their own, so many for each thread and each pair of samples.
template <class Pass>
class training_workspace {
public:
    using T = typename Pass::value_type;
    using stages = typename Pass::stages;
    using layout = training_layout<Pass>;
    using place = typename layout::place;

private:
    using output_numbers = std::make_index_sequence<Pass::output_count>;
    static constexpr std::size_t loss_size = internal::most_thread_memory<Pass>(output_numbers{});
    static constexpr std::size_t pair_size = internal::sum_pair_memory<Pass>(output_numbers{});

public:
    training_workspace() = default;

    std::size_t counted_rows = 0; ///< what one thread has found and all read

    /// `piece` are the samples of a piece of a batch.
    training_workspace(std::size_t samples, std::size_t threads, std::size_t piece)
        : places_(samples),
          block_(places_.size() + threads * scratch_size),
          piece_sums_(piece_sums_of(samples, threads, piece)),
          piece_depth_(batch_pieces::depth(samples, piece)),
          loss_block_(loss_numbers_of(samples, threads)),
          pair_begin_(threads * whole_lines<double>(loss_size)) {}

    /// The bytes that one for so many samples and threads has. Allocates nothing.
    [[nodiscard]] static std::size_t bytes_of(std::size_t samples, std::size_t threads,
                                              std::size_t piece) noexcept {
        return (layout(samples).size() + threads * scratch_size + piece_sums_of(samples, threads, piece)) *
                   sizeof(T) +
               loss_numbers_of(samples, threads) * sizeof(double);
    }

    [[nodiscard]] rows_view<T> output(std::size_t stage) noexcept { return view(places_.outputs[stage]); }
    /// What the stage's tail keeps for its derivative: a buffer of its own, or the stage's output.
    [[nodiscard]] rows_view<T> kept(std::size_t stage) noexcept { return view(places_.kept[stage]); }
    [[nodiscard]] T* delta(std::size_t stage) noexcept { return block_.data() + places_.derivatives[stage]; }
    /// Memory of the stage's kernels, which goes from forward to backward.
    [[nodiscard]] T* shared(std::size_t stage) noexcept { return block_.data() + places_.shared[stage]; }
    /// What the stage's dropouts choose.
    [[nodiscard]] std::uint8_t* choices(std::size_t stage) noexcept {
        return reinterpret_cast<std::uint8_t*>(block_.data() + places_.choices[stage]);
    }
    [[nodiscard]] T* scratch(std::size_t thread) noexcept {
        return block_.data() + places_.size() + thread * scratch_size;
    }
    /// A thread's numbers for losses, and those of all pairs of samples.
    [[nodiscard]] double* loss_numbers(std::size_t thread) noexcept {
        return loss_block_.data() + thread * whole_lines<double>(loss_size);
    }
    [[nodiscard]] double* pair_numbers() noexcept { return loss_block_.data() + pair_begin_; }
    /// Where sums over the pieces of a batch wait for each other: those of a head's arrays, and those of a
    /// thread's tile.
    [[nodiscard]] T* piece_sums() noexcept { return piece_sums_.data(); }
    [[nodiscard]] T* piece_tiles(std::size_t thread) noexcept {
        return piece_sums_.data() + piece_depth_ * (most_piece_places(stages{}) + thread * piece_tile<T>);
    }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return (block_.size() + piece_sums_.size()) * sizeof(T) + loss_block_.size() * sizeof(double);
    }
    /// Overwrites everything, for tests that look for values which nobody wrote.
    void fill(T value) { std::fill(block_.begin(), block_.end(), value); }

private:
    template <class... Stages>
    static constexpr std::size_t most_scratch(stage_list<Stages...>) {
        return std::max({std::size_t{0}, head_kernels<typename Stages::head>::template scratch_size<T>...,
                         head_kernels<typename Stages::head>::template forward_scratch_size<T>...});
    }
    static constexpr std::size_t scratch_size = whole_lines<T>(most_scratch(stages{})) + line_size<T>;

    static constexpr std::size_t loss_numbers_of(std::size_t samples, std::size_t threads) noexcept {
        return threads * whole_lines<double>(loss_size) + samples * samples * pair_size;
    }
    template <class Stage>
    static constexpr std::size_t piece_places =
        head_kernels<typename Stage::head>::adds_pieces == piece_adder::pass
            ? places_of_head<T, typename Stage::head>
            : 0;
    template <class... Stages>
    static constexpr std::size_t most_piece_places(stage_list<Stages...>) {
        return std::max({std::size_t{0}, piece_places<Stages>...});
    }
    static constexpr std::size_t piece_sums_of(std::size_t samples, std::size_t threads,
                                               std::size_t piece) noexcept {
        return batch_pieces::depth(samples, piece) * (most_piece_places(stages{}) + threads * piece_tile<T>);
    }
    [[nodiscard]] rows_view<T> view(const place& position) noexcept {
        return {block_.data() + position.begin, position.pitch};
    }

    layout places_;
    aligned_vector<T> block_;
    aligned_vector<T> piece_sums_;
    std::size_t piece_depth_ = 0;
    aligned_vector<double> loss_block_;
    std::size_t pair_begin_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
