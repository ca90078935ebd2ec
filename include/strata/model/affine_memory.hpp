// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/heads.hpp>
#include <strata/model/parameters.hpp>
#include <strata/plan/wiring.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where a prediction keeps the scales and shifts that its batch normalizations are, by their stages in
/// training.
template <class Topology, class T>
struct affine_memory {
    using trained = training_wiring<Topology>;

    struct places {
        std::array<std::size_t, trained::count> scale{};
        std::array<std::size_t, trained::count> shift{};
        std::size_t end = 0;
    };
    static constexpr places found = [] {
        places result;
        std::size_t stage = 0;
        for_each_type(typename trained::stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            if constexpr (head_kernels<typename Stage::head>::is_affine) {
                // A register may be read behind the last number.
                constexpr std::size_t size = whole_lines<T>(Stage::head::outputs) + line_size<T>;
                result.scale[stage] = result.end;
                result.shift[stage] = result.end + size;
                result.end += 2 * size;
            }
            ++stage;
        });
        return result;
    }();

    /// Computes them from the parameters, by a team together.
    static void prepare(const T* parameters, T* memory, const team& threads) noexcept {
        std::size_t stage = 0;
        for_each_type(typename trained::stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            using head = typename Stage::head;
            if constexpr (head_kernels<head>::is_affine)
                head_kernels<head>::prepare_affine(parameters + parameter_layout<T, Topology>::places[stage],
                                                   memory + found.scale[stage], memory + found.shift[stage],
                                                   threads.share(head::outputs, line_size<T>));
            ++stage;
        });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
