// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/regression/labelled_rows.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

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
    logistic_likelihood(const labelled_rows& data, double penalty)
        : data_(&data), penalties_(data.scale_penalty(penalty)) {}
    [[nodiscard]] std::size_t unknowns() const noexcept { return data_->features + 1; }
    [[nodiscard]] double rounding(const std::vector<double>& point, double value) const noexcept {
        return data_->rounding(point, value);
    }

    [[nodiscard]] double value(const std::vector<double>& point) const {
        double sum = 0;
        for (std::size_t i = 0; i < data_->rows; ++i) {
            const double margin = row_margin(point, i);
            // log(1 + e^-m), without overflow.
            sum += data_->weights[i] * (std::max(-margin, 0.0) + std::log1p(std::exp(-std::abs(margin))));
        }
        for (std::size_t j = 0; j < data_->features; ++j)
            sum += penalties_[j] / 2 * point[j] * point[j];
        return sum;
    }

    void derivatives(const std::vector<double>& point, std::vector<double>& gradient,
                     std::vector<double>& hessian) const {
        const std::size_t n = unknowns();
        for (std::size_t i = 0; i < data_->rows; ++i) {
            // The probability of the other class keeps its digits where it is next to nothing.
            const double margin = row_margin(point, i);
            const double other = 1 / (1 + std::exp(margin));
            const double error = data_->weights[i] * (data_->labels[i] == 1 ? -other : other);
            for (std::size_t j = 0; j < n; ++j)
                gradient[j] += error * data_->row(i)[j];
            add_outer_product(data_->row(i), n, data_->weights[i] * other / (1 + std::exp(-margin)),
                              hessian.data(), n);
        }
        for (std::size_t j = 0; j < n; ++j) {
            gradient[j] += penalties_[j] * point[j];
            hessian[j * n + j] += penalties_[j];
            if (hessian[j * n + j] == 0) // nothing depends on this weight, so any slope will do
                hessian[j * n + j] = 1;
        }
    }

private:
    // The logit of the row's own class.
    [[nodiscard]] double row_margin(const std::vector<double>& point, std::size_t i) const noexcept {
        double sum = 0;
        for (std::size_t j = 0; j <= data_->features; ++j)
            sum += point[j] * data_->row(i)[j];
        return data_->labels[i] == 1 ? sum : -sum;
    }

    const labelled_rows* data_;
    std::vector<double> penalties_;
};

/// The same for K classes, with weights for each of them: unknowns [K][features + 1]. A number added to the
/// weights of all classes changes no probability. Where no penalty decides it, the weights of a feature sum
/// to zero over the classes.
class softmax_likelihood {
public:
    softmax_likelihood(const labelled_rows& data, std::size_t classes, double penalty)
        : data_(&data), classes_(classes), penalties_(data.scale_penalty(penalty)) {}
    [[nodiscard]] std::size_t unknowns() const noexcept { return classes_ * (data_->features + 1); }
    [[nodiscard]] double rounding(const std::vector<double>& point, double value) const noexcept {
        return data_->rounding(point, value);
    }

    [[nodiscard]] double value(const std::vector<double>& point) const {
        std::vector<double> p(classes_);
        double sum = 0;
        for (std::size_t i = 0; i < data_->rows; ++i)
            sum += data_->weights[i] * loss(point, i, p);
        for (std::size_t k = 0; k < classes_; ++k)
            for (std::size_t j = 0; j < data_->features; ++j) {
                const double weight = point[k * (data_->features + 1) + j];
                sum += penalties_[j] / 2 * weight * weight;
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
                const double others = other_classes(p, k);
                const double error =
                    weight * (static_cast<std::size_t>(data_->labels[i]) == k ? -others : p[k]);
                for (std::size_t j = 0; j < size; ++j)
                    gradient[k * size + j] += error * x[j];
                for (std::size_t l = k; l < classes_; ++l)
                    add_outer_product(x, size, weight * p[k] * (l == k ? others : -p[l]),
                                      hessian.data() + k * size * n + l * size, n);
            }
        }
        for (std::size_t j = 0; j < size; ++j) {
            const double penalty = penalties_[j];
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
    // The probability of all classes but one, with its digits where it is next to nothing.
    static double other_classes(const std::vector<double>& p, std::size_t k) noexcept {
        if (p[k] < 0.5)
            return 1 - p[k];
        double sum = 0;
        for (std::size_t l = 0; l < p.size(); ++l)
            sum += l == k ? 0.0 : p[l];
        return sum;
    }
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
        const auto best = std::max_element(p.begin(), p.end());
        const double largest = *best;
        *best = -std::numeric_limits<double>::infinity();
        double others = 0; // beside the most probable, which is 1
        for (double& probability : p)
            others += probability = std::exp(probability - largest);
        *best = 1;
        for (double& probability : p)
            probability /= 1 + others;
        return largest - label_logit + std::log1p(others);
    }

    const labelled_rows* data_;
    std::size_t classes_;
    std::vector<double> penalties_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
