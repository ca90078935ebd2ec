// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/batch_loss.hpp>
#include <strata/kernels/formula/loss.hpp>
#include <strata/kernels/formula/sequence_loss.hpp>
#include <strata/learning/ignored_label.hpp>
#include <strata/plan/mask_use.hpp>
#include <strata/plan/objective.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <tuple>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class Losses, class T>
struct targets_of;
template <class... Weighted, class T>
struct targets_of<loss_list<Weighted...>, T> {
    using pointers = std::tuple<const target_of<typename Weighted::loss, T>*...>;
};
} // namespace internal

/// What one output of a network is compared with in training.
template <class Topology, class T, class Goal, std::size_t Output>
struct training_output {
    using shape =
        typename internal::node_list<Topology, internal::purpose::training>::template output<Output>;
    using weighted = typename Goal::losses::template element<Output>;
    using loss = typename weighted::loss;
    using link = typename Goal::template link_of<Output>;
    using target = target_of<loss, T>;
    static constexpr double weight = weighted::weight;
    static constexpr std::size_t size = shape::size;
    static constexpr std::size_t row_length = shape::last;
    static constexpr std::size_t rows = size / row_length;
    /// Rows that the loss looks at together, and how many such groups a sample has.
    static constexpr std::size_t loss_rows = loss::of_samples ? rows : 1;
    static constexpr std::size_t loss_groups = rows / loss_rows;
    /// Numbers that the loss needs for itself: for each thread, and for each pair of samples.
    static constexpr std::size_t thread_memory = [] {
        if constexpr (loss::of_sequences)
            return internal::sequence_loss<rows, row_length, T>::memory_size;
        else
            return std::size_t{0};
    }();
    static constexpr std::size_t pair_memory = loss::of_batches ? 2 : 0;
    /// Where its mask is, if it has one, and how many rows each of the mask's numbers is for.
    static constexpr std::size_t mask_stage = bedrock::mask_stage<Topology, Output>;
    static constexpr bool is_masked = mask_stage != internal::none;
    static constexpr std::size_t mask_rows = is_masked ? rows / mask_size<Topology, Output> : 1;
    /// Whether the loss is a mean over some rows, which have to be counted over the whole batch first.
    static constexpr bool counts_rows = detail::ignores_label<loss> || (is_masked && !loss::of_sequences);
    /// Targets of one sample: a label for each row, or a value for each output.
    static constexpr std::size_t targets = loss::targets == target_kind::labels ? rows : size;
};

template <class Topology, class T, class Losses, bool InputGradient>
struct basic_training_pass;
/// The pass of a network with one loss for each output, which are known by their numbers in it.
template <class Topology, class T, class Loss, bool InputGradient = false>
using training_pass = basic_training_pass<stand_in<Topology>, T, stand_in<losses_of<Loss>>, InputGradient>;

} // namespace strata::bedrock::inline STRATA_SETTING
