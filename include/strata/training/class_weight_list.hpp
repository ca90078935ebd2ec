// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/call_name.hpp>
#include <strata/data/index_check.hpp>
#include <strata/data/sample_list.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {

/// The targets of an output as far as weights of classes ask for them.
struct target_rows {
    std::size_t rows;                          ///< of a sample
    std::size_t width;                         ///< targets of a row
    std::size_t classes;                       ///< 0 where the loss knows of none
    std::optional<std::int32_t> ignored_label; ///< by the loss
};

/// Multiplies the weights of an output's rows with those of their classes: the label of a row, the largest of
/// its targets, or its single target.
inline void multiply_by_class(std::vector<double>& weights, const target_rows& targets, const samples& y,
                              std::size_t count, const std::vector<double>& of_class,
                              const call_name& caller) {
    const std::size_t classes = targets.classes > 0 ? targets.classes : of_class.size();
    if (of_class.size() != classes)
        raise(std::invalid_argument(concatenate(caller.text(), ": there are weights for ", of_class.size(),
                                                " classes, expected ", classes)));
    for (std::size_t number = 0; number < classes; ++number)
        if (!is_finite(of_class[number]))
            raise(std::invalid_argument(concatenate(caller.text(), ": the weight of class ", number, " is ",
                                                    number_to_string(of_class[number]),
                                                    ", expected a finite number")));
    if (weights.empty())
        weights.assign(count * targets.rows, 1.0);
    std::vector<double> found(targets.width);
    for (std::size_t row = 0; row < weights.size(); ++row) {
        y.read(row * targets.width, targets.width, found.data());
        if (targets.ignored_label && found[0] == *targets.ignored_label)
            continue;
        double label = found[0];
        if (targets.width > 1)
            label = static_cast<double>(std::max_element(found.begin(), found.end()) - found.begin());
        if (!is_index(label, classes))
            raise(std::invalid_argument(concatenate(caller.text(), ": target ", row, " is ",
                                                    number_to_string(label), ", expected one of the ",
                                                    classes, " classes that have a weight")));
        weights[row] *= of_class[static_cast<std::size_t>(label)];
    }
}

} // namespace internal

/// What the samples of each class count, by the number of the class: `{1, 5}`. It names the function that
/// multiplies by them, so that only programs which give some compile it.
class class_weight_list {
public:
    class_weight_list() = default;
    class_weight_list(std::vector<double> weights)
        : weights_(std::move(weights)), multiply_(internal::multiply_by_class) {}
    class_weight_list(std::initializer_list<double> weights)
        : class_weight_list(std::vector<double>(weights)) {}

    [[nodiscard]] bool empty() const noexcept { return weights_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return weights_.size(); }
    [[nodiscard]] double operator[](std::size_t number) const noexcept { return weights_[number]; }

    /// Multiplies the weights of an output's rows, where there are any, with those of their classes.
    /// `std::invalid_argument` for another number of classes, and for targets that are none.
    void multiply(std::vector<double>& weights, const internal::target_rows& targets, const samples& y,
                  std::size_t count, const internal::call_name& caller) const {
        multiply_(weights, targets, y, count, weights_, caller);
    }

private:
    std::vector<double> weights_;
    void (*multiply_)(std::vector<double>&, const internal::target_rows&, const samples&, std::size_t,
                      const std::vector<double>&, const internal::call_name&) = nullptr;
};

} // namespace strata::bedrock::inline STRATA_SETTING
