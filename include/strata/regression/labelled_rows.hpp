// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/index_check.hpp>
#include <strata/data/observations.hpp>
#include <strata/expression/finite.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Rows, labels and weights of a classification, as doubles. Features are shifted by their means (only if an
/// intercept can take that up) and scaled to unit variance, both weighted, so that Newton's systems are well
/// conditioned; a constant feature becomes 0, or 1 without an intercept.
struct labelled_rows {
    std::size_t rows;
    std::size_t features;
    bool has_intercept;
    std::vector<double> x; ///< [rows][features + 1], the last of each row 1, or 0 without an intercept
    std::vector<std::int32_t> labels;
    std::vector<double> weights;
    std::vector<double> means;
    std::vector<double> scales; ///< an original feature is mean + scale * the one in x

    template <class Value>
    labelled_rows(const observations<Value>& inputs, const observations<double>& targets,
                  const observations<double>* row_weights, std::size_t classes, bool intercept)
        : rows(inputs.rows()),
          features(inputs.columns()),
          has_intercept(intercept),
          x(rows * (features + 1)),
          labels(rows),
          weights(rows, 1.0),
          means(features, 0.0),
          scales(features, 1.0) {
        inputs.check_same_rows(targets);
        inputs.check_finite();
        take_labels(targets, classes);
        if (row_weights != nullptr)
            std::copy_n(row_weights->data(), rows, weights.begin());
        double total_weight = 0;
        for (const double weight : weights)
            total_weight += weight;
        for (std::size_t j = 0; j < features; ++j)
            take_feature(inputs, j, total_weight);
        for (std::size_t i = 0; i < rows; ++i)
            x[i * (features + 1) + features] = has_intercept ? 1 : 0;
    }

    /// Numbers the classes that rows have without gaps, and returns what they were. Without an intercept all
    /// of them count: weights alone do not make a class impossible.
    std::vector<std::size_t> number_classes(std::size_t classes) {
        std::vector<bool> is_present(classes, !has_intercept);
        for (std::size_t i = 0; i < rows; ++i)
            if (weights[i] > 0)
                is_present[static_cast<std::size_t>(labels[i])] = true;
        std::vector<std::size_t> present;
        std::vector<std::int32_t> number(classes);
        for (std::size_t k = 0; k < classes; ++k)
            if (is_present[k]) {
                number[k] = static_cast<std::int32_t>(present.size());
                present.push_back(k);
            }
        for (std::int32_t& label : labels)
            label = number[static_cast<std::size_t>(label)];
        return present;
    }
    [[nodiscard]] const double* row(std::size_t i) const noexcept { return x.data() + i * (features + 1); }
    /// The penalty on the squares of the weights in x, of one on those of the original features.
    [[nodiscard]] std::vector<double> scale_penalty(double penalty) const {
        constexpr double most = 1e280; // which holds a weight at zero as well, and is finite
        std::vector<double> result(features + 1, 0.0);
        for (std::size_t j = 0; j < features && penalty > 0; ++j)
            result[j] = std::min(penalty / scales[j] / scales[j], most);
        return result;
    }
    /// How exact a sum of the rows' losses is. Those of rows have the rounding of their logits, which are
    /// small differences of large numbers where a feature has rows far from the others.
    /// point: [K][features + 1].
    [[nodiscard]] double rounding(const std::vector<double>& point, double value) const noexcept {
        double sum = static_cast<double>(rows) * std::abs(value);
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t j = 0; j < point.size(); j += features + 1) {
                double magnitude = 0;
                for (std::size_t f = 0; f <= features; ++f)
                    magnitude += std::abs(point[j + f] * row(i)[f]);
                sum += weights[i] * magnitude;
            }
        return std::numeric_limits<double>::epsilon() * sum;
    }

private:
    // Centres and scales feature j. The range of a column tells whether it is constant: no rounding is in it,
    // while that of a mean grows with the rows. And squares are those of numbers near 1, whatever the range.
    template <class Value>
    void take_feature(const observations<Value>& inputs, std::size_t j, double total_weight) {
        const auto number = [&](std::size_t i) { return static_cast<double>(inputs.row(i)[j]); };
        double mean = 0;
        double least = number(0);
        double greatest = number(0);
        for (std::size_t i = 0; i < rows; ++i) {
            mean += weights[i] * number(i) / total_weight;
            least = std::min(least, number(i));
            greatest = std::max(greatest, number(i));
        }
        const double range = has_intercept ? greatest - least : std::max(-least, greatest);
        if (!is_finite(range) || !is_finite(mean))
            raise(std::invalid_argument(
                concatenate(inputs.what(), " has numbers so large that sums of them are infinite")));
        const double unit = range > 0 ? std::exp2(std::ilogb(range)) : 1.0;
        double variance = 0;
        double rest = 0; // what the mean lacks by rounding
        const auto compare = [&] {
            variance = 0;
            rest = 0;
            for (std::size_t i = 0; i < rows; ++i) {
                const double difference = (number(i) - (has_intercept ? mean : 0.0)) / unit;
                variance += weights[i] * difference * difference / total_weight;
                rest += weights[i] * difference / total_weight;
            }
        };
        compare();
        // Where the numbers differ by little, it shows in the variance.
        if (has_intercept && rest * rest > std::numeric_limits<double>::epsilon() * variance) {
            mean += rest * unit;
            compare();
        }
        const bool is_constant =
            has_intercept ? greatest - least <= rounding_error(mean) : least == 0 && greatest == 0;
        means[j] = has_intercept ? mean : 0;
        scales[j] = is_constant || !(variance > 0) ? 1 : unit * std::sqrt(variance);
        for (std::size_t i = 0; i < rows; ++i)
            x[i * (features + 1) + j] = is_constant ? 0 : (number(i) - means[j]) / scales[j];
    }

    void take_labels(const observations<double>& targets, std::size_t classes) {
        for (std::size_t i = 0; i < rows; ++i) {
            const double label = *targets.row(i);
            if (!is_index(label, classes))
                raise(std::invalid_argument(concatenate(targets.what(), " is ", number_to_string(label),
                                                        " at row ", targets.row_number(i),
                                                        ", expected a class from 0 to ", classes - 1)));
            labels[i] = static_cast<std::int32_t>(label);
        }
        if (std::all_of(labels.begin(), labels.end(), [&](auto label) { return label == labels[0]; }))
            raise(std::invalid_argument(concatenate(targets.what(), " has class ",
                                                    static_cast<std::size_t>(labels[0]),
                                                    " only, expected two classes or more")));
    }
};

/// The weights of all classes, [classes][features + 1], from those of the classes that rows have. The others'
/// likelihood grows as long as their intercepts fall: these are so low that no row's loss shows them.
inline std::vector<double> add_absent_classes(const labelled_rows& data,
                                              const std::vector<std::size_t>& present, std::size_t classes,
                                              const std::vector<double>& point) {
    const std::size_t size = data.features + 1;
    double lowest = 0;
    for (std::size_t i = 0; i < data.rows; ++i) {
        double largest = -std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k < present.size(); ++k)
            largest = std::max(
                largest, std::inner_product(data.row(i), data.row(i) + size, point.data() + k * size, 0.0));
        lowest = i == 0 ? largest : std::min(lowest, largest);
    }
    std::vector<double> result(classes * size, 0.0);
    for (std::size_t k = 0; k < classes; ++k)
        result[k * size + data.features] = lowest - 40; // e^-40 is less than a rounding error of 1
    for (std::size_t k = 0; k < present.size(); ++k)
        std::copy_n(point.data() + k * size, size, result.data() + present[k] * size);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
