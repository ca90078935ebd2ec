// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/loss.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Connectionist temporal classification (Graves and others 2006): -log of the probability that the outputs
/// of all steps, [steps, classes], spell the labels, when repetitions and blanks are left out. As in Keras,
/// outputs are logits, the class 0 is the blank, and labels are filled with it behind their end, here to as
/// many as there are steps. Infinite where they do not fit into the steps. Masked steps are left out, so that
/// each sample has as many as its mask says (PyTorch: `input_lengths`).
///
/// Time and memory are steps times twice the number of labels.
struct temporal_classification : loss_base {
    static constexpr auto name = text("ctc");
    static constexpr target_kind targets = target_kind::labels;
    static constexpr bool of_samples = true;
    static constexpr bool of_sequences = true;
    static constexpr bool takes_logits = true;
    static constexpr bool reads_target = true;
    static constexpr bool needs_classes = true;
    static constexpr bool is_bound = true;
    using shortcut = no_shortcut;

    template <class Shape>
    static constexpr bool accepts = Shape::rank == 2 && Shape::last >= 2;
};

inline constexpr temporal_classification ctc{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::ctc;
} // namespace strata
