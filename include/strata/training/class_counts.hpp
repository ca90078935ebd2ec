// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/extents.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>

#include <cstddef>
#include <stdexcept>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// One class against all others: how often it was predicted and right, predicted and wrong, missed, and
/// neither predicted nor right. Ratios whose denominator is 0 are 0.
struct class_counts {
    std::size_t true_positives = 0;
    std::size_t false_positives = 0;
    std::size_t false_negatives = 0;
    std::size_t true_negatives = 0;

    /// How many samples are of the class.
    [[nodiscard]] std::size_t support() const noexcept { return true_positives + false_negatives; }
    /// The share that is right of what was predicted.
    [[nodiscard]] double precision() const noexcept {
        return ratio(true_positives, true_positives + false_positives);
    }
    /// The share that was predicted of what is right.
    [[nodiscard]] double recall() const noexcept { return ratio(true_positives, support()); }
    /// Their harmonic mean.
    [[nodiscard]] double f1() const noexcept {
        return ratio(2 * true_positives, 2 * true_positives + false_positives + false_negatives);
    }
    /// Intersection over union.
    [[nodiscard]] double iou() const noexcept {
        return ratio(true_positives, true_positives + false_positives + false_negatives);
    }

private:
    static double ratio(std::size_t part, std::size_t whole) noexcept {
        return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
    }
};

/// The counts of each class from a confusion matrix, [classes, classes] with a row for each right class.
/// `std::invalid_argument` for another shape.
template <class Confusion>
std::vector<class_counts> counts_of_classes(const Confusion& confusion) {
    if (confusion.dimension() != 2 || confusion.shape(0) != confusion.shape(1))
        internal::raise(std::invalid_argument(
            internal::concatenate("counts_of_classes: expected a matrix of classes x classes, found ",
                                  internal::extents_text(confusion.shape()))));
    const std::size_t classes = confusion.shape(0);
    std::vector<class_counts> result(classes);
    std::size_t all = 0;
    for (std::size_t right = 0; right < classes; ++right)
        for (std::size_t guess = 0; guess < classes; ++guess) {
            const auto count = static_cast<std::size_t>(confusion(right, guess));
            all += count;
            if (right == guess)
                result[right].true_positives += count;
            else {
                result[right].false_negatives += count;
                result[guess].false_positives += count;
            }
        }
    for (class_counts& each : result)
        each.true_negatives = all - each.support() - each.false_positives;
    return result;
}

/// The same where several classes of a sample may be right: `predictions` are probabilities [samples,
/// classes], true above `threshold`, and `targets` [samples, classes] are true above 0.5.
/// `std::invalid_argument` for other shapes.
template <class Predictions, class Targets>
std::vector<class_counts> counts_of_classes(const Predictions& predictions, const Targets& targets,
                                            double threshold = 0.5) {
    if (predictions.dimension() != 2 || targets.dimension() != 2 ||
        predictions.shape(0) != targets.shape(0) || predictions.shape(1) != targets.shape(1))
        internal::raise(std::invalid_argument(internal::concatenate(
            "counts_of_classes: expected predictions and targets of samples x classes, found ",
            internal::extents_text(predictions.shape()), " and ", internal::extents_text(targets.shape()))));
    std::vector<class_counts> result(predictions.shape(1));
    for (std::size_t i = 0; i < predictions.shape(0); ++i)
        for (std::size_t j = 0; j < result.size(); ++j) {
            const bool guess = static_cast<double>(predictions(i, j)) > threshold;
            const bool right = static_cast<double>(targets(i, j)) > 0.5;
            class_counts& counts = result[j];
            ++(guess   ? right ? counts.true_positives : counts.false_positives
               : right ? counts.false_negatives
                       : counts.true_negatives);
        }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::class_counts;
using bedrock::counts_of_classes;
} // namespace strata

STRATA_HEADER_END
