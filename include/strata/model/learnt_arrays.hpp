// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team.hpp>
#include <strata/model/parameters.hpp>
#include <strata/plan/flow.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What of a network training changes, whatever its loss.
template <class Topology, class T>
struct learning_stages {
    using value_type = T;
    using flow = gradient_flow<Topology>;
    using stages = stages_of<Topology>;
    using places = parameter_layout<T, Topology>;
    static constexpr std::size_t count = stages::size;
    template <std::size_t I>
    using stage = type_at<I, stages>;
};

/// A statistic that so many observations in a row move on. What is kept of it after all of them is a power.
template <class Parameter, std::size_t Uses>
struct repeated_statistic : Parameter {
    using single = Parameter; ///< that one observation moves on
    static constexpr double kept = [] {
        double result = 1;
        for (std::size_t use = 0; use < Uses; ++use)
            result *= Parameter::kept;
        return result;
    }();
};

namespace internal {
// The same as `for_each_changing`, and visit says in which stage it is used first.
template <class Pass, class Visit>
constexpr void for_each_changing_of_stage(Visit&& visit) {
    for_each_index<Pass::count>([&](auto index) {
        constexpr std::size_t number = index;
        using head = typename Pass::template stage<number>::head;
        constexpr std::size_t uses = Pass::flow::learning_uses(number);
        if constexpr (uses > 0)
            for_each_parameter<head>([&]<class Parameter>(std::type_identity<Parameter>) {
                using visited = std::conditional_t<Parameter::is_learnt || uses == 1, Parameter,
                                                   repeated_statistic<Parameter, uses>>;
                visit(std::type_identity<visited>{},
                      Pass::places::places[number] +
                          place_in_head<typename Pass::value_type, head, Parameter>,
                      index);
            });
    });
}
} // namespace internal

/// Calls visit(std::type_identity<Parameter>{}, place) for each array that training changes, statistics
/// included, with the place where it begins in the block of parameters. `Pass` is a training pass or
/// `learning_stages`.
///
/// A statistic that several stages move on is a `repeated_statistic` of as many.
template <class Pass, class Visit>
constexpr void for_each_changing(Visit&& visit) {
    internal::for_each_changing_of_stage<Pass>(
        [&](auto type, std::size_t place, auto) { visit(type, place); });
}
/// The same for each array that is learnt.
template <class Pass, class Visit>
constexpr void for_each_learnt(Visit&& visit) {
    for_each_changing<Pass>([&]<class Parameter>(std::type_identity<Parameter> type, std::size_t place) {
        if constexpr (Parameter::is_learnt)
            visit(type, place);
    });
}

/// How many arrays are learnt.
template <class Pass>
inline constexpr std::size_t learnt_count = [] {
    std::size_t result = 0;
    for_each_learnt<Pass>([&](auto, std::size_t) { ++result; });
    return result;
}();

/// Calls visit(std::type_identity<Parameter>{}, place, stage) for each array whose sums over a batch's pieces
/// are added where several machines have them: all that are learnt, and some statistics. `stage` is a
/// constant of the first that uses it.
template <class Pass, class Visit>
constexpr void for_each_summed(Visit&& visit) {
    internal::for_each_changing_of_stage<Pass>(
        [&]<class Parameter>(std::type_identity<Parameter> type, std::size_t place, auto stage) {
            if constexpr (Parameter::is_learnt || Parameter::sums_pieces)
                visit(type, place, stage);
        });
}

/// Which of an array's pieces a machine of several updates: as many as the others, side by side. Arrays of
/// few pieces take turns, `turn` is the number of pieces in the arrays before.
[[nodiscard]] constexpr team::range owned_pieces(std::size_t pieces, std::size_t turn, std::size_t machine,
                                                 std::size_t machines) noexcept {
    if (pieces >= machines)
        return {pieces * machine / machines, pieces * (machine + 1) / machines};
    const std::size_t piece = (machine + machines - turn % machines) % machines;
    return {std::min(piece, pieces), std::min(piece + 1, pieces)};
}

/// The arrays that a pass learns, cut into pieces of whole cache lines that do not depend on how many threads
/// share them: what is summed up piece by piece, and then over the pieces, has the same bits for any team. Of
/// several machines each has some of them.
template <class Pass>
class learnt_pieces {
public:
    using T = typename Pass::value_type;

    /// Places of the block that belong to one array.
    struct piece {
        std::size_t begin;
        std::size_t end;
        std::size_t array;
        std::size_t filling_begin; ///< in `filling`
        std::size_t filling_end;
    };

    explicit learnt_pieces(std::size_t machine = 0, std::size_t machines = 1) {
        std::size_t array = 0;
        std::size_t turn = 0;
        for_each_learnt<Pass>([&]<class Parameter>(std::type_identity<Parameter>, std::size_t begin) {
            using layout = layout_of<T, Parameter>;
            firsts[array] = pieces.size();
            std::vector<bool> is_used(whole_lines<T>(layout::size));
            for (std::size_t i = 0; i < Parameter::shape::size; ++i)
                is_used[layout::index(i)] = true;
            const std::size_t all = (is_used.size() + length - 1) / length;
            const team::range own = owned_pieces(all, turn, machine, machines);
            turn += all;
            all_firsts[array + 1] = turn;
            for (std::size_t number = own.begin; number < own.end; ++number) {
                const std::size_t first = number * length;
                const std::size_t end = std::min(first + length, is_used.size());
                const std::size_t filling_begin = filling.size();
                for (std::size_t place = first; place < end; ++place)
                    if (!is_used[place])
                        filling.push_back(begin + place);
                pieces.push_back({begin + first, begin + end, array, filling_begin, filling.size()});
            }
            firsts[++array] = pieces.size();
        });
    }

    std::vector<piece> pieces; ///< of this machine
    /// Places between numbers, which hold nothing. Kernels may write there.
    std::vector<std::size_t> filling;
    /// The first piece of each array, and the end.
    std::array<std::size_t, learnt_count<Pass> + 1> firsts{};
    /// The same of all machines' pieces.
    std::array<std::size_t, learnt_count<Pass> + 1> all_firsts{};

    /// Numbers in a piece: as many as stay in a processor's first cache together with their states.
    static constexpr std::size_t length = 64 * line_size<T>;
};

} // namespace strata::bedrock::inline STRATA_SETTING
