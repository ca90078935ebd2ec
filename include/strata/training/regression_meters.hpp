// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/formula/row_loss.hpp>
#include <strata/learning/determination.hpp>
#include <strata/learning/metrics.hpp>
#include <strata/setting.hpp>
#include <strata/training/meter.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// For each output the number of targets (or the sum of their weights), their mean, the sum of their squared
/// distances from it, and that of the squared errors; and the number of rows that count. Such sums are joined
/// without loss (Chan, Golub and LeVeque 1979), however far from 0 the targets are.
template <text Name, class Loss, std::size_t Rows, std::size_t Last, class T>
struct meter<determination_metric<Name>, Loss, Rows, Last, T> {
    static constexpr std::size_t numbers = 4 * Last + 1;
    static constexpr bool is_safe = true;
    static constexpr bool weighs_rows = true;
    using weighing = meter;

    static void measure_sample(const T* prediction, const target_of<Loss, T>* target,
                               double* measured) noexcept {
        measure_rows(prediction, target, measured, [](std::size_t) { return 1.0; });
    }
    template <class Weight>
    static void measure_rows(const T* prediction, const target_of<Loss, T>* target, double* measured,
                             const Weight& weight) noexcept {
        total sum;
        for (std::size_t row = 0; row < Rows; ++row) {
            const double count = weight(row);
            std::array<double, numbers> one{};
            one[4 * Last] = count != 0;
            for (std::size_t i = 0; count != 0 && i < Last; ++i) {
                const auto truth = static_cast<double>(internal::target_value<Loss, Last, T>(target, row, i));
                const double error = truth - static_cast<double>(prediction[row * Last + i]);
                one[4 * i] = count;
                one[4 * i + 1] = truth;
                one[4 * i + 3] = count * (error * error);
            }
            sum.add(one.data());
        }
        for (std::size_t i = 0; i < numbers; ++i)
            measured[i] = sum.sums[i];
    }

    struct total {
        std::array<double, numbers> sums{};

        void reserve(std::size_t) noexcept {}
        void add(const double* sample) noexcept {
            sums[4 * Last] += sample[4 * Last];
            for (std::size_t i = 0; sample[4 * Last] != 0 && i < 4 * Last; i += 4) {
                const double count = sums[i] + sample[i];
                const double distance = sample[i + 1] - sums[i + 1];
                sums[i + 1] += distance * (sample[i] / count);
                sums[i + 2] += sample[i + 2] + distance * distance * (sums[i] * sample[i] / count);
                sums[i + 3] += sample[i + 3];
                sums[i] = count;
            }
        }
        [[nodiscard]] double value() const noexcept {
            if (sums[4 * Last] < 2)
                return detail::nan<double>;
            double sum = 0;
            for (std::size_t i = 0; i < 4 * Last; i += 4)
                sum += detail::determination(sums[i + 3], sums[i + 2]);
            return sum / static_cast<double>(Last);
        }
    };
};

/// The mean over rows of what is reduced over each.
template <text Name, auto Formula, direction Better, class... Reductions, class Loss, std::size_t Rows,
          std::size_t Last, class T>
struct meter<row_metric<Name, Formula, Better, Reductions...>, Loss, Rows, Last, T> {
    static constexpr std::size_t numbers = 2;
    static constexpr bool is_safe = true;
    using total = ratio_total;

    /// The metric as a loss of the same targets.
    struct as_loss {
        static constexpr target_kind targets = Loss::targets;
        static constexpr auto formula = frozen<Formula>;
    };

    static void measure_sample(const T* prediction, const target_of<Loss, T>* target,
                               double* measured) noexcept {
        constexpr std::size_t step = Loss::targets == target_kind::labels ? 1 : Last;
        measured[0] = 0;
        for (std::size_t row = 0; row < Rows; ++row)
            measured[0] +=
                internal::reduced_loss<as_loss, 1, Last, T>{prediction + row * Last, target + row * step}.run(
                    type_list<Reductions...>{}, nullptr, T(1));
        measured[1] = Rows;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
