// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/index_check.hpp>
#include <strata/raise.hpp>
#include <strata/regression/observations.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
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

    [[nodiscard]] const double* row(std::size_t i) const noexcept { return x.data() + i * (features + 1); }
    /// How exact a sum over the rows is, relative to itself.
    [[nodiscard]] double rounding() const noexcept {
        return std::numeric_limits<double>::epsilon() * static_cast<double>(rows);
    }

private:
    // Centres and scales feature j. The range of a column tells whether it is constant: no rounding is in it,
    // while that of a mean grows with the rows.
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
        double variance = 0;
        double rest = 0; // what the mean lacks by rounding
        const auto compare = [&] {
            variance = 0;
            rest = 0;
            for (std::size_t i = 0; i < rows; ++i) {
                const double difference = number(i) - (has_intercept ? mean : 0.0);
                variance += weights[i] * difference * difference / total_weight;
                rest += weights[i] * difference / total_weight;
            }
        };
        compare();
        // Where the numbers differ by little, it shows in the variance.
        if (has_intercept && rest * rest > std::numeric_limits<double>::epsilon() * variance) {
            mean += rest;
            compare();
        }
        const bool is_constant =
            has_intercept ? greatest - least <= rounding_error(mean) : least == 0 && greatest == 0;
        means[j] = has_intercept ? mean : 0;
        scales[j] = is_constant || !(variance > 0) ? 1 : std::sqrt(variance);
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

/// Adds factor * x x^T to the lower half of a block of a column-by-column matrix.
inline void add_outer_product(const double* x, std::size_t size, double factor, double* matrix,
                              std::size_t stride) noexcept {
    for (std::size_t j = 0; j < size; ++j) {
        const double scaled = factor * x[j];
        for (std::size_t i = 0; i < size; ++i)
            matrix[j * stride + i] += scaled * x[i];
    }
}

/// The objective of logistic regression as scikit-learn has it, divided by C: the weighted sum of the losses
/// plus `penalty` / 2 times the sum of the squared weights of the original features.
class logistic_likelihood {
public:
    logistic_likelihood(const labelled_rows& data, double penalty) : data_(&data), penalty_(penalty) {}
    [[nodiscard]] std::size_t unknowns() const noexcept { return data_->features + 1; }
    [[nodiscard]] double rounding() const noexcept { return data_->rounding(); }

    [[nodiscard]] double value(const std::vector<double>& point) const {
        double sum = 0;
        for (std::size_t i = 0; i < data_->rows; ++i) {
            const double logit = row_logit(point, i);
            // log(1 + e^z) - t z, without overflow.
            sum += data_->weights[i] * (std::max(logit, 0.0) + std::log1p(std::exp(-std::abs(logit))) -
                                        (data_->labels[i] == 1 ? logit : 0.0));
        }
        for (std::size_t j = 0; j < data_->features; ++j)
            sum += penalty_ / 2 * square(point[j] / data_->scales[j]);
        return sum;
    }

    void derivatives(const std::vector<double>& point, std::vector<double>& gradient,
                     std::vector<double>& hessian) const {
        const std::size_t n = unknowns();
        for (std::size_t i = 0; i < data_->rows; ++i) {
            const double p = 1 / (1 + std::exp(-row_logit(point, i)));
            const double error = data_->weights[i] * (p - (data_->labels[i] == 1 ? 1.0 : 0.0));
            for (std::size_t j = 0; j < n; ++j)
                gradient[j] += error * data_->row(i)[j];
            add_outer_product(data_->row(i), n, data_->weights[i] * p * (1 - p), hessian.data(), n);
        }
        for (std::size_t j = 0; j < n; ++j) {
            const double scale = j < data_->features ? 1 / square(data_->scales[j]) : 0.0;
            gradient[j] += penalty_ * scale * point[j];
            hessian[j * n + j] += penalty_ * scale;
            if (hessian[j * n + j] == 0) // nothing depends on this weight, so any slope will do
                hessian[j * n + j] = 1;
        }
    }

private:
    static double square(double x) noexcept { return x * x; }
    [[nodiscard]] double row_logit(const std::vector<double>& point, std::size_t i) const noexcept {
        double sum = 0;
        for (std::size_t j = 0; j <= data_->features; ++j)
            sum += point[j] * data_->row(i)[j];
        return sum;
    }

    const labelled_rows* data_;
    double penalty_;
};

/// The same for K classes, with weights for each of them: unknowns [K][features + 1]. A number added to the
/// weights of all classes changes no probability. Where no penalty decides it, the weights of a feature sum
/// to zero over the classes.
class softmax_likelihood {
public:
    softmax_likelihood(const labelled_rows& data, std::size_t classes, double penalty)
        : data_(&data), classes_(classes), penalty_(penalty) {}
    [[nodiscard]] std::size_t unknowns() const noexcept { return classes_ * (data_->features + 1); }
    [[nodiscard]] double rounding() const noexcept { return data_->rounding(); }

    [[nodiscard]] double value(const std::vector<double>& point) const {
        std::vector<double> p(classes_);
        double sum = 0;
        for (std::size_t i = 0; i < data_->rows; ++i)
            sum += data_->weights[i] * loss(point, i, p);
        for (std::size_t k = 0; k < classes_; ++k)
            for (std::size_t j = 0; j < data_->features; ++j) {
                const double weight = point[k * (data_->features + 1) + j] / data_->scales[j];
                sum += penalty_ / 2 * weight * weight;
            }
        return sum;
    }

    void derivatives(const std::vector<double>& point, std::vector<double>& gradient,
                     std::vector<double>& hessian) const {
        const std::size_t size = data_->features + 1;
        const std::size_t n = unknowns();
        std::vector<double> p(classes_);
        for (std::size_t i = 0; i < data_->rows; ++i) {
            loss(point, i, p);
            const double* const x = data_->row(i);
            const double weight = data_->weights[i];
            for (std::size_t k = 0; k < classes_; ++k) {
                const double error =
                    weight * (p[k] - (static_cast<std::size_t>(data_->labels[i]) == k ? 1.0 : 0.0));
                for (std::size_t j = 0; j < size; ++j)
                    gradient[k * size + j] += error * x[j];
                for (std::size_t l = k; l < classes_; ++l)
                    add_outer_product(x, size, weight * p[k] * ((l == k ? 1.0 : 0.0) - p[l]),
                                      hessian.data() + k * size * n + l * size, n);
            }
        }
        for (std::size_t j = 0; j < size; ++j) {
            const double penalty =
                j < data_->features ? penalty_ / (data_->scales[j] * data_->scales[j]) : 0.0;
            for (std::size_t k = 0; k < classes_; ++k) {
                gradient[k * size + j] += penalty * point[k * size + j];
                hessian[(k * size + j) * n + k * size + j] += penalty;
                if (hessian[(k * size + j) * n + k * size + j] == 0)
                    hessian[(k * size + j) * n + k * size + j] = 1;
                // The likelihood is flat where the weights of all classes change alike. Ones make the Hessian
                // positive there, and since the gradient is zero, no step goes that way.
                if (penalty == 0)
                    for (std::size_t l = k; l < classes_; ++l)
                        hessian[(k * size + j) * n + l * size + j] += 1;
            }
        }
    }

private:
    // Returns the loss of row i, and writes the probabilities of its classes to `p`.
    double loss(const std::vector<double>& point, std::size_t i, std::vector<double>& p) const noexcept {
        const std::size_t size = data_->features + 1;
        const double* const x = data_->row(i);
        for (std::size_t k = 0; k < classes_; ++k) {
            p[k] = 0;
            for (std::size_t j = 0; j < size; ++j)
                p[k] += point[k * size + j] * x[j];
        }
        const double label_logit = p[static_cast<std::size_t>(data_->labels[i])];
        const double largest = *std::max_element(p.begin(), p.end());
        double sum = 0;
        for (double& probability : p)
            sum += probability = std::exp(probability - largest);
        for (double& probability : p)
            probability /= sum;
        return largest + std::log(sum) - label_logit;
    }

    const labelled_rows* data_;
    std::size_t classes_;
    double penalty_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
