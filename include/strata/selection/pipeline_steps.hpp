// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/expression/diagnostic.hpp>
#include <strata/layers/layers.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

/// What a pipeline asks of its steps.
namespace strata::bedrock::inline STRATA_SETTING::internal {

/// A step that waits to be told how many features there are, as `linear_regression{}`.
template <class Step>
concept incomplete_step = requires {
    requires Step::lacks_features;
};

/// A step that predicts, and stands last.
template <class Step>
concept predicting_step = requires(const Step& one, const xt::xtensor<double, 2>& x) {
    one.predict(x);
};

/// A step that learns how to transform.
template <class Step>
concept learning_step = requires(Step& one, const xt::xtensor<double, 2>& x) {
    one.fit(x).transform(x);
};

/// What stands for the first step where it says how many features there are, `input<3>`.
template <class Step>
inline constexpr std::size_t input_features = 0;
template <class Shape, class... Ends>
inline constexpr std::size_t input_features<topology<type_list<Shape>, type_list<Ends...>>> = Shape::size;

/// Step `Number` of a pipeline behind `Features` columns, told of them; an error where it takes another
/// number.
template <std::size_t Number, std::size_t Features, class Step>
auto complete_step(Step step) {
    if constexpr (incomplete_step<Step>) {
        return step.template complete<Features>();
    } else {
        if constexpr (requires { Step::features; })
            if constexpr (Step::features != Features)
                static_assert(reject<Step, text("step ") + number_text<Number> + text(" of the pipeline"),
                                     text("takes ") + number_text<Step::features> + text(" features"),
                                     text("it is given ") + number_text<Features>>());
        return step;
    }
}

/// How many columns come out of a step that gets so many.
template <class Step, std::size_t Features>
constexpr std::size_t columns_behind() {
    if constexpr (requires { Step::count; })
        return Step::count;
    else if constexpr (requires { Step::features; })
        return Step::features;
    else
        return Features;
}

/// How many columns come in, where steps that keep their number stand before the first that knows it; else 0.
template <class Step, class... Steps>
constexpr std::size_t columns_before() {
    if constexpr (incomplete_step<Step>)
        return 0;
    else if constexpr (requires { Step::features; })
        return Step::features;
    else if constexpr (sizeof...(Steps) > 0)
        return columns_before<Steps...>();
    else
        return 0;
}

/// The types of the steps from `Number` on behind `Features` columns, each told how many there are.
template <std::size_t Number, std::size_t Features, class Step, class... Steps>
auto complete_steps(std::type_identity<std::tuple<Step, Steps...>>) {
    using complete = decltype(complete_step<Number, Features>(std::declval<Step>()));
    if constexpr (sizeof...(Steps) == 0)
        return std::type_identity<std::tuple<complete>>{};
    else
        return []<class... Others>(std::type_identity<std::tuple<Others...>>) {
            return std::type_identity<std::tuple<complete, Others...>>{};
        }(complete_steps<Number + 1, columns_behind<complete, Features>()>(
                   std::type_identity<std::tuple<Steps...>>{}));
}

/// An error where nothing says how many features there are.
template <std::size_t Features, class... Given>
consteval bool check_features() {
    if constexpr (Features > 0)
        return true;
    else
        return reject<std::tuple<Given...>, "the pipeline does not know", "how many features there are",
                      "put input<3> in front, if it is 3">();
}

/// Steps behind so many columns: what they are when each knows how many it gets.
template <std::size_t Features, class... Given>
struct steps_behind {
    static_assert(check_features<Features, Given...>());
    static constexpr std::size_t features = Features;
    using complete =
        typename decltype(complete_steps<1, features>(std::type_identity<std::tuple<Given...>>{}))::type;

    static complete complete_all(const Given&... given) {
        const auto all = std::tie(given...);
        return [&]<std::size_t... Number>(std::index_sequence<Number...>) {
            return complete{complete_one<std::tuple_element_t<Number, complete>>(std::get<Number>(all))...};
        }
        (std::index_sequence_for<Given...>{});
    }

private:
    template <class Step, class One>
    static Step complete_one(const One& given) {
        if constexpr (incomplete_step<One>)
            return given.template complete<Step::features>();
        else
            return given;
    }
};

/// The steps of a pipeline as they are given, `input<3>` in front or not.
template <class... Given>
struct given_steps : steps_behind<columns_before<Given...>(), Given...> {};
template <class First, class... Others>
    requires(input_features<First> > 0)
struct given_steps<First, Others...> : steps_behind<input_features<First>, Others...> {
    static auto complete_all(const First&, const Others&... others) {
        return steps_behind<input_features<First>, Others...>::complete_all(others...);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
