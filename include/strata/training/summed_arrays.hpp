// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team.hpp>
#include <strata/model/learnt_arrays.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// The arrays whose sums over a batch's pieces several machines add, and who has which part of them: all that
/// are learnt, and statistics that are summed. An array that several stages use is there as often, since the
/// pieces' sums are added first and those of the stages then.
template <class Pass>
class summed_arrays {
public:
    using T = typename Pass::value_type;
    /// What it is in a block of parameters: an array's second use has no place there.
    enum class kind { learnt, statistic, later_use };

    /// How often a stage's arrays are used.
    template <std::size_t Stage>
    static constexpr std::size_t uses_of = Pass::flow::learning_uses(Stage);
    static constexpr std::size_t count = [] {
        std::size_t result = 0;
        for_each_summed<Pass>([&](auto, std::size_t, auto stage) { result += uses_of<stage>; });
        return result;
    }();
    /// Places between the sums of two nodes: a block of parameters for each use.
    static constexpr std::size_t stride = [] {
        std::size_t most = 1;
        for_each_summed<Pass>([&](auto, std::size_t, auto stage) { most = std::max(most, uses_of<stage>); });
        return most * Pass::places::size;
    }();

    explicit summed_arrays(std::size_t machines) : machines_(machines) {
        std::size_t array = 0;
        std::size_t turns[2] = {}; // of statistics and of what is learnt
        for_each_summed<Pass>(
            [&]<class Parameter>(std::type_identity<Parameter>, std::size_t begin, auto stage) {
                const std::size_t places = whole_lines<T>(layout_of<T, Parameter>::size);
                constexpr std::size_t length = learnt_pieces<Pass>::length;
                const std::size_t all = (places + length - 1) / length;
                std::size_t& turn = turns[Parameter::is_learnt];
                for (std::size_t use = 0; use < uses_of<stage>; ++use, ++array) {
                    for (std::size_t machine = 0; machine < machines; ++machine) {
                        const team::range own = owned_pieces(all, turn, machine, machines);
                        slices_.push_back({begin + std::min(own.begin * length, places),
                                           begin + std::min(own.end * length, places)});
                    }
                    begins_[array] = begin;
                    stages_[array] = stage;
                    blocks_[array] = use * Pass::places::size;
                    kinds_[array] = use > 0                ? kind::later_use
                                    : Parameter::is_learnt ? kind::learnt
                                                           : kind::statistic;
                    pieces_[array] = kinds_[array] == kind::learnt ? all : 0;
                }
                turn += all;
            });
    }

    /// The part of an array that a machine has, places of a block.
    [[nodiscard]] team::range slice(std::size_t array, std::size_t machine) const noexcept {
        return slices_[array * machines_ + machine];
    }
    /// The array that begins at a place, of its first use.
    [[nodiscard]] std::size_t find(std::size_t place) const noexcept {
        return static_cast<std::size_t>(std::find(begins_.begin(), begins_.end(), place) - begins_.begin());
    }
    /// The stage that it belongs to; ascending, but for what several use.
    [[nodiscard]] std::size_t stage(std::size_t array) const noexcept { return stages_[array]; }
    /// Where the block of its use begins in the sums of a node.
    [[nodiscard]] std::size_t block(std::size_t array) const noexcept { return blocks_[array]; }
    [[nodiscard]] kind what(std::size_t array) const noexcept { return kinds_[array]; }

    /// Puts what each machine says of the pieces of its part of all that is learnt in the order of the
    /// pieces.
    template <class Said>
    const std::vector<Said>& order(const std::vector<std::vector<std::byte>>& found,
                                   std::vector<Said>& result) const {
        result.clear();
        std::vector<std::size_t> next(found.size());
        std::size_t turn = 0;
        for (const std::size_t pieces : pieces_) {
            const std::size_t first = result.size();
            result.resize(first + pieces);
            for (std::size_t machine = 0; machine < found.size(); ++machine) {
                const team::range own = owned_pieces(pieces, turn, machine, found.size());
                const std::size_t bytes = (own.end - own.begin) * sizeof(Said);
                std::memcpy(result.data() + first + own.begin, found[machine].data() + next[machine], bytes);
                next[machine] += bytes;
            }
            turn += pieces;
        }
        return result;
    }

private:
    std::size_t machines_;
    std::vector<team::range> slices_; ///< [arrays][machines]
    std::array<std::size_t, count> begins_{};
    std::array<std::size_t, count> stages_{};
    std::array<std::size_t, count> blocks_{};
    std::array<std::size_t, count> pieces_{}; ///< of what is learnt
    std::array<kind, count> kinds_{};
};

} // namespace strata::bedrock::inline STRATA_SETTING
