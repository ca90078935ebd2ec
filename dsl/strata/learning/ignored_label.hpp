// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/loss.hpp>
#include <strata/setting.hpp>

#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// A loss on labels that leaves out the rows of one label.
template <std::int32_t Label, class Loss>
struct ignoring_loss : Loss {
    static constexpr bool ignores_label = true;
    static constexpr std::int32_t ignored_label = Label;
};

namespace detail {
template <class Loss>
concept ignores_label = requires {
    requires Loss::ignores_label;
};
} // namespace detail

/// `ignore_label<255>(sparse_categorical_crossentropy)`: rows (pixels, steps) with that label, which need not
/// be one of a class, count neither in the loss and its gradient nor in the metrics. The loss of a batch is
/// the mean over its other rows, as with PyTorch's `ignore_index` and Keras's `ignore_class`; 0 where there
/// are none.
template <std::int32_t Label, loss_type Loss>
constexpr auto ignore_label(Loss loss) {
    if constexpr (Loss::targets == target_kind::labels && !Loss::of_batches && !Loss::of_sequences &&
                  !detail::ignores_label<Loss>)
        return ignoring_loss<Label, Loss>{};
    else {
        static_assert(detail::reject<Loss, text("ignore_label cannot take ") + Loss::name,
                                     "it takes a loss of labels of classes that ignores none yet">());
        return loss;
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::ignore_label;
} // namespace strata
