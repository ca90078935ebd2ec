// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/call_name.hpp>
#include <strata/data/sample_list.hpp>
#include <strata/data/sample_range.hpp>
#include <strata/data/share.hpp>
#include <strata/data/token_check.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/kernels/product/batch_pieces.hpp>
#include <strata/learning/ignored_label.hpp>
#include <strata/setting.hpp>
#include <strata/training/arguments.hpp>
#include <strata/training/history.hpp>
#include <strata/training/options.hpp>
#include <strata/training/sample_weights.hpp>

#include <cstddef>
#include <stdexcept>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Samples, targets and weights that a trainer was given, checked against its network and losses.
template <class Arguments, class Pass>
struct training_data {
    sample_range range{nullptr, nullptr};
    row_weights weights;

    training_data() = default;
    training_data(const sample_list& x, const sample_list& y, const weight_list& of_sample,
                  const class_weight_list& of_class, const call_name& caller)
        : range(Arguments::range(x, y, caller, ignored)),
          weights(make_weights<Pass>(of_sample, of_class, y.data(), range.count, caller)) {
        check_tokens<typename Pass::topology>(x.data(), range.count, caller);
    }

    /// The range, with the weights where there are any.
    [[nodiscard]] sample_range weighted() const noexcept {
        sample_range result = range;
        result.weights = weights.empty() ? nullptr : &weights;
        return result;
    }

private:
    static constexpr auto ignored = []<std::size_t... I>(std::index_sequence<I...>) {
        typename Arguments::ignored_labels result{};
        const auto note = [&]<class Loss>(std::size_t index, std::type_identity<Loss>) {
            if constexpr (detail::ignores_label<Loss>)
                result[index] = Loss::ignored_label;
        };
        (note(I, std::type_identity<typename Pass::template output<I>::loss>{}), ...);
        return result;
    }
    (std::make_index_sequence<Pass::output_count>{});
};

/// Kernels take so many samples together.
inline constexpr std::size_t least_piece = 4;

/// Samples of a piece of a batch as options have it.
[[nodiscard]] inline std::size_t piece_length(const fit_options& options) {
    if (options.piece_size % least_piece != 0)
        raise(std::invalid_argument(concatenate("fit: expected a piece size that ", least_piece,
                                                " divides, found ", options.piece_size)));
    constexpr std::size_t most = std::size_t{1} << 31; // above all batches, whose samples may be added to it
    return options.piece_size == 0 ? default_piece : std::min(options.piece_size, most);
}

/// The samples for validation that options name, or none.
template <class Data>
Data given_validation(const fit_options& options) {
    const labelled_samples& own = options.validation_data;
    require(own.x.empty() == own.y.empty(), "fit: validation data is samples and targets");
    if (own.x.empty())
        return {};
    require(options.validation_batches == nullptr,
            "fit: both validation data and validation batches are given");
    Data result(own.x, own.y, own.sample_weight, {}, "fit, validation data");
    require(result.range.count > 0, "fit: the validation data has no samples");
    return result;
}

/// Adds the scores of a validation to those of an epoch.
inline void name_validation(const scores& found, scores& logs) {
    for (const auto& [name, value] : found)
        logs.set(concatenate("val_", name), value, found.direction_of(name));
}

/// What `fit` trains on, and what it is validated with. Weights of classes are for training alone, as in
/// Keras.
template <class Arguments, class Pass>
struct divided_data {
    training_data<Arguments, Pass> train;
    training_data<Arguments, Pass> validation;

    divided_data(const sample_list& x, const sample_list& y, const fit_options& options)
        : train(x, y, options.sample_weight, options.class_weight, "fit") {
        require(train.range.count > 0, "fit: there are no samples to train on");
        require(options.batch_size > 0, "fit: the batch size is 0");
        if (!(options.validation_split >= 0 && options.validation_split < 1))
            raise(std::invalid_argument(
                concatenate("fit: expected a validation split from 0 to below 1, found ",
                            number_to_string(options.validation_split))));
        const labelled_samples& own = options.validation_data;
        require(options.validation_split == 0 || (own.x.empty() && options.validation_batches == nullptr),
                "fit: both a validation split and validation data are given");
        if (options.validation_split > 0)
            split(x, y, options);
        else
            validation = given_validation<training_data<Arguments, Pass>>(options);
    }

private:
    // Keras takes the last samples, before shuffling.
    void split(const sample_list& x, const sample_list& y, const fit_options& options) {
        const std::size_t all = train.range.count;
        const std::size_t taken = held_out_count(options.validation_split, all);
        if (taken >= all)
            raise(std::invalid_argument(concatenate("fit: the validation split takes ", taken, " of ", all,
                                                    " samples and leaves none")));
        if (!options.sample_weight.empty())
            validation.weights = make_weights<Pass>(options.sample_weight, {}, y.data(), all, "fit");
        train.range.count = all - taken;
        validation.range = {x.data(), y.data(), all - taken, taken};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
