// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team.hpp>
#include <strata/model/scalar_step.hpp>
#include <strata/setting.hpp>
#include <strata/training/measurement.hpp>
#include <strata/training/pass_course.hpp>
#include <strata/training/pass_totals.hpp>
#include <strata/training/penalties.hpp>
#include <strata/training/sample_reader.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Some steps of one sample each, by plain numbers. Whatever may call a function is done before them, so that
/// weights and sums stay in registers from step to step.
template <class Model, class Pass, class... Metrics>
struct sample_steps {
    using T = typename Pass::value_type;
    using scalars = scalar_step<Pass>;
    using output = typename Pass::template output<0>;
    using penalty = penalties<Pass>;
    static constexpr std::size_t inputs = Model::input_sizes[0];
    using reader = sample_reader<T, typename output::target, inputs, output::targets>;
    using totals = pass_totals<metered<Pass, Metrics>...>;

    /// Ends with the step whose loss is not finite or whose metrics throw. consumer_of(parameters, i) takes
    /// the gradients of step i; `parts` has room for what the metrics measure of a sample.
    template <class ConsumerOf>
    static void run(T* parameters, typename reader::samples samples, std::size_t count, double* parts,
                    pass_progress<totals>& all, const ConsumerOf& consumer_of) noexcept {
        typename scalars::weights weights(parameters);
        const measurement<Pass, Metrics...> measured{parts, {}, &all.failure, {}};
        loss_totals sum = all.sum;
        bool stop = false;
        for (std::size_t i = 0; i < count && !stop; ++i) {
            const double penalties = penalty::exist ? penalty::sum(parameters) : 0;
            const double loss = scalars::run(
                weights, samples.x + i * inputs, samples.targets + i * output::targets,
                [&](const T* prediction, const auto* wanted) {
                    measured(std::integral_constant<std::size_t, 0>{}, 0, prediction, wanted);
                },
                consumer_of(parameters, i));
            if constexpr (penalty::exist)
                weights.write(parameters);
            stop = !sum.add(&loss, 1, penalties, false);
            all.sum.measure(parts, 1);
            if constexpr (sizeof...(Metrics) > 0)
                stop = stop || all.failure.is_there();
        }
        weights.write(parameters);
        static_cast<loss_totals&>(all.sum) = sum;
        all.stop = all.stop || stop;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
