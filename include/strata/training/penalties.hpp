// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/regularizer.hpp>
#include <strata/model/training_pass.hpp>
#include <strata/model/update.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// The penalties of the weights that a pass trains.
template <class Pass>
struct penalties {
    using T = typename Pass::value_type;

private:
    template <class Head>
    static constexpr bool penalizes = [] {
        bool result = false;
        for_each_parameter<Head>([&]<class Parameter>(std::type_identity<Parameter>) {
            result = result || Parameter::penalty.active();
        });
        return result;
    }();

    template <std::size_t I>
    [[nodiscard]] static double sum_of_stage(const T* parameters) noexcept {
        using head = typename Pass::template stage<I>::head;
        double sum = 0;
        if constexpr (penalizes<head> && Pass::flow::changes(I))
            for_each_parameter<head>([&]<class Parameter>(std::type_identity<Parameter>) {
                constexpr regularizer factors = Parameter::penalty;
                if constexpr (factors.active()) {
                    const T* const array = array_of<head>(parameters + Pass::places::places[I], Parameter{});
                    for (std::size_t i = 0; i < Parameter::shape::size; ++i)
                        sum += internal::penalty_of_weight<factors>(
                            static_cast<double>(array[layout_of<T, Parameter>::index(i)]));
                }
            });
        return sum;
    }

public:
    /// Whether there are any.
    static constexpr bool exist =
        sum_over_types(typename Pass::stages{}, []<class Stage>(std::type_identity<Stage>) {
            return std::size_t{penalizes<typename Stage::head>};
        }) > 0;

    [[nodiscard]] static double sum(const T* parameters) noexcept {
        double result = 0;
        for_each_index<Pass::count>([&](auto index) { result += sum_of_stage<index>(parameters); });
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
