// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/estimator.hpp>
#include <strata/data/samples.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/selection/pipeline_steps.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Steps in a row as one estimator: each but the last transforms what the next one gets, and the last one
/// predicts.
///
///     pipeline pipe{input<3>, standard_scaler{}, polynomial_features<2>{}, linear_regression{}};
///     pipe.fit(x, y, {.l2 = 0.1});
///     pipe.predict(others);
///
/// `input<3>` says how many features there are. The steps then need not say it; where they do,
/// `linear_regression<9>`, it is checked by the compiler, and no `input` is needed. Fitting fits each step to
/// what the steps before it make of the rows, and predicting uses what was learnt then, so that rows which
/// are predicted, or left out of a fold, tell the steps nothing. The steps are as they were if fitting fails.
template <class... Given>
class pipeline : public internal::savable<pipeline<Given...>> {
    using given = internal::given_steps<Given...>;
    using steps = typename given::complete;
    static constexpr std::size_t last = std::tuple_size_v<steps> - 1;
    using last_step = std::tuple_element_t<last, steps>;

    template <class Step>
    struct options_of {
        struct type {};
    };
    template <class Step>
        requires requires { typename Step::options_type; }
    struct options_of<Step> {
        using type = typename Step::options_type;
    };
    template <class Step>
    struct number_of {
        using type = double;
    };
    template <class Step>
        requires requires { typename Step::value_type; }
    struct number_of<Step> {
        using type = typename Step::value_type;
    };

public:
    static_assert(internal::predicting_step<last_step>,
                  "strata: the last step of a pipeline predicts; a scaler or features alone need none");
    static constexpr std::size_t features = given::features;
    static constexpr std::size_t step_count = std::tuple_size_v<steps>;
    /// Those of the last step.
    using value_type = typename number_of<last_step>::type;
    using options_type = typename options_of<last_step>::type;

    pipeline() = default;
    /// Takes the steps, behind `input<F>` where that says how many features there are.
    explicit pipeline(const Given&... all) : steps_(given::complete_all(all...)) {}

    /// X: [rows, features]; y: as the last step takes it. `sample_weight` among the options weighs the rows
    /// for the scalers, too. Errors are those of the steps.
    pipeline& fit(const samples& x, const samples& y, const options_type& options = {}) {
        fit_all(x, weights_of(options), [&](auto& step, const auto& rows) { step.fit(rows, y, options); });
        return *this;
    }
    /// The same for a last step that takes no y, as `kmeans`.
    pipeline& fit(const samples& x) requires requires(last_step& step) {
        step.fit(std::declval<const samples&>());
    }
    {
        fit_all(x, {}, [](auto& step, const auto& rows) { step.fit(rows); });
        return *this;
    }

    /// What the last step predicts of rows that the others have transformed.
    [[nodiscard]] auto predict(const samples& x) const {
        return use<0>(read(x), [](const auto& step, const auto& rows) { return step.predict(rows); });
    }
    /// [rows, classes], where the last step gives probabilities.
    [[nodiscard]] auto predict_probability(const samples& x) const requires requires(const last_step& step) {
        step.predict_probability(std::declval<const samples&>());
    }
    {
        return use<0>(read(x),
                      [](const auto& step, const auto& rows) { return step.predict_probability(rows); });
    }
    /// The last step's score: R^2, or the accuracy.
    [[nodiscard]] double score(const samples& x, const samples& y) const {
        return use<0>(read(x), [&](const auto& step, const auto& rows) { return step.score(rows, y); });
    }
    [[nodiscard]] double score(const samples& x) const requires requires(const last_step& step) {
        step.score(std::declval<const samples&>());
    }
    {
        return use<0>(read(x), [](const auto& step, const auto& rows) { return step.score(rows); });
    }

    /// Step `Number`, counted from 0.
    template <std::size_t Number>
    [[nodiscard]] auto& step() noexcept {
        return std::get<Number>(steps_);
    }
    template <std::size_t Number>
    [[nodiscard]] const auto& step() const noexcept {
        return std::get<Number>(steps_);
    }

    [[nodiscard]] static std::string description() {
        std::string result = internal::concatenate("pipeline of ", internal::counted(features, "feature"));
        [&]<class... Steps>(std::type_identity<std::tuple<Steps...>>) {
            ((result += " | " + Steps::description()), ...);
        }(std::type_identity<steps>{});
        return result;
    }
    /// What is saved: what each step learnt.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        std::apply(
            [&](auto&... each) { (std::remove_cvref_t<decltype(each)>::visit_state(each, visit), ...); },
            self.steps_);
    }

private:
    static samples weights_of(const options_type& options) {
        if constexpr (requires { options.sample_weight; })
            return options.sample_weight;
        else
            return {};
    }

    // The rows as numbers of the last step's type.
    static xt::xtensor<value_type, 2> read(const samples& x) {
        const std::size_t rows = x.count(std::array{features}, "pipeline: X");
        auto result = xt::xtensor<value_type, 2>::from_shape({rows, features});
        x.read(0, rows * features, result.data());
        return result;
    }

    template <class Fit>
    void fit_all(const samples& x, const samples& sample_weight, const Fit& fit_last) {
        auto fitted = steps_;
        auto rows = read(x);
        // A row of weight zero is as if absent, whatever it holds: zeros pass through all steps.
        if (const std::size_t count = rows.shape(0); sample_weight.has_numbers(count)) {
            std::vector<double> weights(count);
            sample_weight.read(0, count, weights.data());
            for (std::size_t i = 0; i < count; ++i)
                if (weights[i] == 0)
                    std::fill_n(rows.data() + i * features, features, value_type(0));
        }
        fit_from<0>(fitted, rows, sample_weight, fit_last);
        steps_ = std::move(fitted);
    }
    template <std::size_t Number, class Rows, class Fit>
    static void fit_from(steps& all, const Rows& rows, const samples& sample_weight, const Fit& fit_last) {
        auto& step = std::get<Number>(all);
        if constexpr (Number == last)
            fit_last(step, rows);
        else {
            if constexpr (internal::learning_step<std::remove_cvref_t<decltype(step)>>)
                step.fit(rows, sample_weight);
            fit_from<Number + 1>(all, step.transform(rows), sample_weight, fit_last);
        }
    }

    template <std::size_t Number, class Rows, class Use>
    auto use(const Rows& rows, const Use& use_last) const {
        const auto& step = std::get<Number>(steps_);
        if constexpr (Number == last)
            return use_last(step, rows);
        else
            return use<Number + 1>(step.transform(rows), use_last);
    }

    steps steps_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::pipeline;
} // namespace strata

STRATA_HEADER_END
