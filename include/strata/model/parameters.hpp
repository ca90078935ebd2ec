// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/parameter_arrays.hpp>
#include <strata/model/orthogonal.hpp>
#include <strata/plan/wiring.hpp>
#include <strata/random/philox.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where each stage's parameters begin in the one block that holds a network's. Stages that share them begin
/// at one place.
template <class T, class Topology>
struct parameter_layout {
    using wires = training_wiring<Topology>;
    using stages = typename wires::stages;

private:
    struct all {
        std::array<std::size_t, stages::size> begins{};
        std::size_t end = 0;
    };
    template <class... Stages>
    static constexpr all lay_out(stage_list<Stages...>) {
        all result;
        std::size_t next = 0;
        for (const std::size_t size_of_stage : {places_of_head<T, typename Stages::head>...}) {
            const std::size_t stage = next++;
            if (wires::owner(stage) == stage) {
                result.begins[stage] = result.end;
                result.end += size_of_stage;
            } else
                result.begins[stage] = result.begins[wires::owner(stage)];
        }
        return result;
    }
    static constexpr all computed = lay_out(stages{});

public:
    static constexpr const auto& places = computed.begins;
    /// Numbers in the block, filling included. Kernels may read a register's width behind an array.
    static constexpr std::size_t size = computed.end + line_size<T>;
};

namespace internal {
inline double draw(random_sequence& random, distribution kind, double spread) {
    if (kind == distribution::uniform)
        return (2 * random.uniform() - 1) * spread;
    // Box and Muller 1958; a cut-off distribution draws again beyond two deviations.
    while (true) {
        const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
        const double z = radius * std::cos(2 * std::numbers::pi * random.uniform());
        if (kind == distribution::normal || std::abs(z) < 2)
            return z * spread;
    }
}

/// First numbers of array number `number` of a stage. They are drawn in the conventional order, so that they
/// do not depend on the width of the registers, and each array has numbers of its own.
template <class Parameter, class T>
void initialize(T* array, seed key, std::uint32_t stage, std::uint32_t number) {
    using layout = layout_of<T, Parameter>;
    constexpr initializer how = Parameter::first;
    const double spread = how.spread(Parameter::fans.inputs, Parameter::fans.outputs);
    if constexpr (how.drawn_from == distribution::constant) {
        for (std::size_t i = 0; i < Parameter::shape::size; ++i)
            array[layout::index(i)] = static_cast<T>(spread);
    } else if constexpr (how.drawn_from == distribution::orthogonal) {
        // Rows are orthogonal to each other, or columns where there are fewer of them.
        constexpr std::size_t columns = Parameter::shape::last;
        constexpr std::size_t rows = Parameter::shape::size / columns;
        constexpr bool by_rows = rows <= columns;
        random_sequence random(key, draw_purpose::initial_weights, stage | number << 24);
        const std::vector<double> vectors =
            draw_orthogonal(random, by_rows ? rows : columns, by_rows ? columns : rows);
        for (std::size_t i = 0; i < Parameter::shape::size; ++i)
            array[layout::index(i)] =
                static_cast<T>(spread * vectors[by_rows ? i : i % columns * rows + i / columns]);
    } else {
        random_sequence random(key, draw_purpose::initial_weights, stage | number << 24);
        for (std::size_t i = 0; i < Parameter::shape::size; ++i)
            array[layout::index(i)] = static_cast<T>(draw(random, how.drawn_from, spread));
    }
}

template <class Head, class T>
void initialize_head(T* parameters, seed key, std::uint32_t stage) {
    std::uint32_t number = 0;
    for_each_parameter<Head>([&]<class Parameter>(std::type_identity<Parameter>) {
        // The block is zero at first.
        if constexpr (requires { Parameter::first_number(0); }) {
            T* const array = array_of<Head>(parameters, Parameter{});
            for (std::size_t i = 0; i < Parameter::shape::size; ++i)
                array[layout_of<T, Parameter>::index(i)] = static_cast<T>(Parameter::first_number(i));
        } else if constexpr (Parameter::first.drawn_from != distribution::constant ||
                             Parameter::first.scale.value() != 0)
            initialize<Parameter>(array_of<Head>(parameters, Parameter{}), key, stage, number);
        ++number;
    });
}

template <class T, bool Statistics, class Topology, class Block, class Visit>
constexpr void visit_block(Block* block, Visit visit) {
    using layout = parameter_layout<T, Topology>;
    std::size_t next = 0;
    for_each_type(typename layout::stages{}, [&]<class Stage>(std::type_identity<Stage>) {
        using head = typename Stage::head;
        const std::size_t stage = next++;
        if (layout::wires::owner(stage) != stage)
            return;
        [[maybe_unused]] Block* const parameters = block + layout::places[stage];
        for_each_parameter<head>([&]<class Parameter>(std::type_identity<Parameter>) {
            if constexpr (Statistics || Parameter::is_learnt) {
                using array_type = layout_of<T, Parameter>;
                // Numbers that lie side by side need their place once.
                constexpr std::size_t run = [] {
                    if constexpr (requires { array_type::run; })
                        return array_type::run;
                    else
                        return std::size_t{1};
                }();
                Block* const array = array_of<head>(parameters, Parameter{});
                for (std::size_t i = 0; i < Parameter::shape::size; i += run) {
                    Block* const numbers = array + array_type::index(i);
                    for (std::size_t j = 0; j < run; ++j)
                        visit(numbers[j]);
                }
            }
        });
    });
}
} // namespace internal

/// Visits every parameter of a block in the conventional order: layer by layer as the topology names them,
/// array by array as a head lists them, shared ones where they come first. Filling is left out. The block may
/// be one of weights, gradients or states.
template <class T, class Topology, class Block, class Visit>
constexpr void visit_parameters(Block* block, Visit visit) {
    internal::visit_block<T, true, Topology>(block, visit);
}
/// The same without the statistics: what is learnt.
template <class T, class Topology, class Block, class Visit>
void visit_learnt(Block* block, Visit visit) {
    internal::visit_block<T, false, Topology>(block, visit);
}

} // namespace strata::bedrock::inline STRATA_SETTING
