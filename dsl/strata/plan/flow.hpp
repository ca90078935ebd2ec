// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/wiring.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where derivatives flow in training, stage by stage, from the outputs back to what is learnt.
/// `InputGradient`: also to the network's inputs.
template <class Topology, bool InputGradient = false>
struct gradient_flow {
    using wires = training_wiring<Topology>;
    static constexpr std::size_t count = wires::count;
    /// Whether gradients of several stages add up.
    static constexpr bool shares = wires::shares;

private:
    static constexpr auto with_changes = [] {
        std::array<bool, count> result{};
        std::size_t next = 0;
        for_each_type(typename wires::stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            result[next++] = changes_in_training<typename Stage::head>;
        });
        return result;
    }();

    // Masks pass none back.
    static constexpr auto with_derivatives = [] {
        std::array<bool, count> result{};
        std::size_t next = 0;
        for_each_type(typename wires::stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            result[next++] = Stage::head::has_derivatives;
        });
        return result;
    }();

    struct all {
        std::array<bool, count> reaches{}; ///< an output depends on it
        std::array<bool, count> learns{};
        std::array<bool, count> needed{};
        std::array<std::size_t, wires::inputs + count>
            readers{};                                         ///< of a value, that carry derivatives to it
        std::array<std::size_t, wires::inputs + count> last{}; ///< the last of them
    };
    static constexpr all computed = [] {
        all result;
        for (std::size_t s = count; s-- > 0;) {
            result.reaches[s] = result.reaches[s] || wires::output_of(s) < wires::output_count;
            for (std::size_t i = 0; i < wires::source_count(s); ++i)
                if (const std::size_t value = wires::source(s, i); !wires::is_input(value))
                    result.reaches[value - wires::inputs] |= result.reaches[s];
        }
        for (std::size_t s = 0; s < count; ++s) {
            result.learns[s] = with_changes[s] && !wires::is_frozen(s) && result.reaches[s];
            bool is_useful = result.learns[s];
            for (std::size_t i = 0; i < wires::source_count(s); ++i) {
                const std::size_t value = wires::source(s, i);
                is_useful |= wires::is_input(value) ? InputGradient : result.needed[value - wires::inputs];
            }
            result.needed[s] = is_useful && result.reaches[s] && with_derivatives[s];
        }
        for (std::size_t s = 0; s < count; ++s)
            if (result.needed[s])
                for (std::size_t i = 0; i < wires::source_count(s); ++i) {
                    ++result.readers[wires::source(s, i)];
                    result.last[wires::source(s, i)] = s;
                }
        return result;
    }();

public:
    /// Whether the stage's parameters are learnt.
    [[nodiscard]] static constexpr bool learns(std::size_t stage) { return computed.learns[stage]; }
    /// How many stages before that one, which learns, learn the same parameters.
    [[nodiscard]] static constexpr std::size_t earlier_uses(std::size_t stage) {
        std::size_t result = 0;
        if constexpr (shares)
            for (std::size_t each = 0; each < stage; ++each)
                result += std::size_t{wires::owner(each) == wires::owner(stage) && learns(each)};
        return result;
    }
    /// How many stages learn the parameters that belong to that one.
    [[nodiscard]] static constexpr std::size_t learning_uses(std::size_t stage) {
        if constexpr (shares) {
            std::size_t result = 0;
            for (std::size_t each = stage; each < count; ++each)
                result += std::size_t{wires::owner(each) == stage && learns(each)};
            return result;
        } else
            return std::size_t{learns(stage)};
    }
    /// Whether training changes parameters that belong to the stage.
    [[nodiscard]] static constexpr bool changes(std::size_t stage) { return learning_uses(stage) > 0; }
    /// Whether the derivative by the stage's results is of any use.
    [[nodiscard]] static constexpr bool is_needed(std::size_t stage) { return computed.needed[stage]; }
    /// Whether a stage carries a derivative back to its source number `index`.
    [[nodiscard]] static constexpr bool carries(std::size_t stage, std::size_t index) {
        const std::size_t value = wires::source(stage, index);
        return is_needed(stage) &&
               (wires::is_input(value) ? InputGradient : is_needed(value - wires::inputs));
    }
    /// To how many of its sources it does.
    [[nodiscard]] static constexpr std::size_t carry_count(std::size_t stage) {
        std::size_t result = 0;
        for (std::size_t i = 0; i < wires::source_count(stage); ++i)
            result += std::size_t{carries(stage, i)};
        return result;
    }
    [[nodiscard]] static constexpr bool carries_any(std::size_t stage) { return carry_count(stage) > 0; }
    /// Whether somebody has written that derivative before, so that the stage adds to it. Backward goes from
    /// the last stage to the first.
    [[nodiscard]] static constexpr bool adds(std::size_t stage, std::size_t index) {
        const std::size_t value = wires::source(stage, index);
        if (computed.last[value] > stage)
            return true;
        for (std::size_t i = 0; i < index; ++i)
            if (wires::source(stage, i) == value)
                return true;
        return false;
    }
    /// The last stage that reads a stage's output, and the first to write the derivative by it; `count` where
    /// none does.
    [[nodiscard]] static constexpr std::size_t last_reader(std::size_t stage) {
        const std::size_t value = stage + wires::inputs;
        return computed.readers[value] > 0 ? computed.last[value] : count;
    }
    /// Whether it is the only one to carry a derivative to its source number `index`, which is a stage.
    [[nodiscard]] static constexpr bool is_only_reader(std::size_t stage, std::size_t index) {
        const std::size_t value = wires::source(stage, index);
        return !wires::is_input(value) && computed.readers[value] == 1;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
