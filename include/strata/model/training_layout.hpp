// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/random/dropout_choices.hpp>
#include <strata/model/training_courses.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where a step of training with so many samples has its numbers in one block of memory. Values and
/// derivatives that are never needed together share places. Outputs lie where the wiring places them; what
/// tails keep and the derivatives are [samples][rows][width]. All have room for a register behind their last
/// element.
template <class Pass>
class training_layout {
public:
    using T = typename Pass::value_type;
    using flow = typename Pass::flow;
    using stages = typename Pass::stages;
    using wires = typename flow::wires;
    static constexpr std::size_t count = stages::size;

    struct place {
        std::size_t begin = 0;
        std::size_t pitch = 0;
    };

    training_layout() = default;

    explicit training_layout(std::size_t samples) {
        std::array<memory_block, block_count> blocks{};
        describe(samples, blocks);
        size_ = place_blocks(blocks);
        for (std::size_t stage = 0; stage < count; ++stage) {
            const value_place position = wires::place(stage);
            outputs[stage] = {blocks[position.buffer].begin + position.offset, position.pitch};
            const memory_block& own = blocks[kept_blocks + stage];
            kept[stage] = own.size > 0 ? place{own.begin, widths[stage]} : outputs[stage];
            derivatives[stage] = blocks[derivative_blocks + stage].begin;
            shared[stage] = blocks[shared_blocks + stage].begin;
            choices[stage] = blocks[choice_blocks + stage].begin;
        }
    }

    std::array<place, count> outputs{};
    std::array<place, count> kept{};
    std::array<std::size_t, count> derivatives{};
    std::array<std::size_t, count> shared{};
    std::array<std::size_t, count> choices{};

    [[nodiscard]] std::size_t size() const noexcept { return size_; } ///< numbers

    /// All blocks of such a step with their lifetimes: the values, what tails keep, the derivatives, the
    /// memory of kernels, and the choices of dropouts. Those of no use have no size.
    static constexpr std::size_t block_count = wires::buffer_count + 4 * count;
    static constexpr void describe(std::size_t samples, std::array<memory_block, block_count>& blocks) {
        for (std::size_t buffer = 0; buffer < wires::buffer_count; ++buffer)
            set(blocks[buffer], samples * wires::buffer_size(buffer), lives.values[buffer]);
        std::size_t stage = 0;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            using kernels = head_kernels<typename Stage::head>;
            set(blocks[kept_blocks + stage], Stage::keeps_tail ? samples * Stage::output_size : 0,
                lives.kept[stage]);
            set(blocks[derivative_blocks + stage], flow::is_needed(stage) ? samples * Stage::output_size : 0,
                lives.derivatives[stage]);
            set(blocks[shared_blocks + stage], kernels::template shared_size<T>(samples),
                lives.shared[stage]);
            set(blocks[choice_blocks + stage],
                (Stage::tail::dropout_count * dropout_choices::bytes_of(samples * Stage::output_size) +
                 sizeof(T) - 1) /
                    sizeof(T),
                lives.choices[stage]);
            ++stage;
        });
    }

private:
    static constexpr std::size_t kept_blocks = wires::buffer_count;
    static constexpr std::size_t derivative_blocks = kept_blocks + count;
    static constexpr std::size_t shared_blocks = derivative_blocks + count;
    static constexpr std::size_t choice_blocks = shared_blocks + count;

    static constexpr void set(memory_block& block, std::size_t numbers, const lifetime& life) {
        if (numbers > 0 && life.first != lifetime::never)
            block = {whole_lines<T>(numbers) + line_size<T>, life};
    }

    static constexpr std::array<std::size_t, count> widths = [] {
        std::array<std::size_t, count> result{};
        std::size_t stage = 0;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            result[stage++] = Stage::head::outputs;
        });
        return result;
    }();
    static constexpr const auto& lives = lifetimes_of<Pass>;

    std::size_t size_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
