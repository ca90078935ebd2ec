// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/estimator.hpp>
#include <strata/data/samples.hpp>
#include <strata/kernels/large_pages.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// All products of up to `Degree` of F features, in scikit-learn's order: by degree, then by the features'
/// order. No column of ones, since a linear model has an intercept.
template <std::size_t F, std::size_t Degree = 0, class T = double>
class polynomial_features : public internal::savable<polynomial_features<F, Degree, T>> {
    static_assert(F > 0 && Degree > 0,
                  "strata: polynomial features need a feature and a degree of 1 at least");

    static constexpr std::size_t count_products() {
        // (F + Degree over Degree), without the constant.
        std::size_t result = 1;
        for (std::size_t i = 1; i <= Degree; ++i)
            result = result * (F + i) / i;
        return result - 1;
    }

public:
    static constexpr std::size_t features = F;
    static constexpr std::size_t count = count_products();

    /// Column i is the product of column `base[i]` and feature `factor[i]`; a base of `count` stands for 1.
    struct products {
        std::array<std::size_t, count> base;
        std::array<std::size_t, count> factor;
    };
    static constexpr products columns = [] {
        products result{};
        std::size_t next = 0;
        std::array<std::size_t, F> first_product{}; // of the current degree, by the feature that leads it
        for (std::size_t f = 0; f < F; ++f, ++next) {
            result.base[next] = count;
            result.factor[next] = f;
            first_product[f] = next;
        }
        // Each feature in turn leads products of one degree more. Its partners are the products of the degree
        // before that hold no feature before it; since they are in the features' order, those are the ones
        // from the first that it leads itself to the end of the degree.
        for (std::size_t degree = 2; degree <= Degree; ++degree) {
            const std::size_t end = next;
            for (std::size_t f = 0; f < F; ++f) {
                const std::size_t begin = first_product[f];
                first_product[f] = next;
                for (std::size_t i = begin; i < end; ++i, ++next) {
                    result.base[next] = i;
                    result.factor[next] = f;
                }
            }
        }
        return result;
    }();

    /// x: [rows, F] -> [rows, count]. `std::invalid_argument` for another shape. O(rows * count).
    [[nodiscard]] static xt::xtensor<T, 2> transform(const samples& x) {
        const std::size_t rows = x.count(std::array{F}, "polynomial features: X");
        auto result = xt::xtensor<T, 2>::from_shape({rows, count});
        internal::ask_for_large_pages(result);
        std::array<T, F> row;
        for (std::size_t i = 0; i < rows; ++i) {
            x.read(i * F, F, row.data());
            T* const output = result.data() + i * count;
            for (std::size_t j = 0; j < count; ++j)
                output[j] = columns.base[j] == count ? row[columns.factor[j]]
                                                     : output[columns.base[j]] * row[columns.factor[j]];
        }
        return result;
    }

    /// The columns' names, such as `height^2 weight`, from the given ones of the features; or of x0, x1, ...
    [[nodiscard]] static std::vector<std::string> names(std::span<const std::string> given = {}) {
        std::vector<std::string> result;
        for (std::size_t j = 0; j < count; ++j) {
            std::array<std::size_t, F> powers{};
            for (std::size_t i = j; i != count; i = columns.base[i])
                ++powers[columns.factor[i]];
            std::string name;
            for (std::size_t f = 0; f < F; ++f)
                if (powers[f] > 0) {
                    const std::string base = f < given.size() ? given[f] : internal::concatenate("x", f);
                    name = internal::concatenate(name, name.empty() ? "" : " ", base);
                    if (powers[f] > 1)
                        name = internal::concatenate(name, "^", powers[f]);
                }
            result.push_back(name);
        }
        return result;
    }

    [[nodiscard]] static std::string description() {
        return internal::concatenate("polynomial_features of ", internal::counted(F, "feature"), ", degree ",
                                     Degree);
    }
    /// Nothing is learnt: a file tells that the features are these.
    template <class Self, class Visit>
    static void visit_state(Self&, Visit&) {}
};

/// `polynomial_features<Degree>{}`: a step of a pipeline, which says how many features there are.
template <std::size_t Degree, class T>
class polynomial_features<Degree, 0, T>
    : public internal::step_without_features<polynomial_features<Degree, 0, T>> {
public:
    template <std::size_t F>
    [[nodiscard]] polynomial_features<F, Degree, T> complete() const {
        return {};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::polynomial_features;
} // namespace strata

STRATA_HEADER_END
