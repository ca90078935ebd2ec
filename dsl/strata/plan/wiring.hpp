// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/cut.hpp>
#include <strata/setting.hpp>
#include <strata/topology/shared_nodes.hpp>

#include <algorithm>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where a stage's output is: in which buffer, from which column on, and how far apart its rows are.
struct value_place {
    std::size_t buffer = 0;
    std::size_t offset = 0;
    std::size_t pitch = 0;
};

namespace detail {
struct stage_shape {
    std::size_t rows;
    std::size_t width;
    std::size_t input_rows;
    bool reads_pitched;
    bool writes_pitched;
    bool joins;
    bool waits;
};

struct buffer_use {
    std::size_t size = 0;     ///< numbers for one sample
    std::size_t first = none; ///< the stages that write it first and read it last
    std::size_t last = 0;
    std::size_t begin = 0;     ///< in the arena
    std::size_t output = none; ///< which output of the network it holds
};

template <std::size_t Stages>
struct value_places {
    std::array<value_place, Stages> places{};
    std::array<buffer_use, Stages> buffers{};
    std::size_t buffer_count = 0;
};

/// Puts the parts of a concatenation into its buffer where nothing speaks against it, and all other values
/// into buffers of their own.
template <std::size_t Inputs, std::size_t Stages, class Marks, std::size_t Offsets>
constexpr auto place_values(const Marks& marks, const std::array<stage_shape, Stages>& shapes,
                            const std::array<std::size_t, Offsets>& offsets) {
    constexpr std::size_t widest = 16; // numbers of a register
    value_places<Stages> result;
    std::array<bool, Stages> placed{};
    std::array<bool, Stages> is_output{};
    std::array<bool, Stages> fits{}; // whether everybody can deal with rows that lie apart
    std::array<std::size_t, Stages> last_reader{};
    // Where a stream waits, all values of a buffer are equally late. A part that somebody else reads before
    // the concatenation would have to wait for itself.
    const bool reads_once =
        std::any_of(shapes.begin(), shapes.end(), [](const stage_shape& each) { return each.waits; });
    std::array<bool, Stages> is_read{};
    for (const std::size_t stage : marks.outputs)
        is_output[stage] = true;
    for (std::size_t s = 0; s < Stages; ++s)
        fits[s] = shapes[s].writes_pitched && marks.stages[s].closing == none && !is_output[s];
    for (std::size_t s = 0; s < Stages; ++s) {
        const stage_mark& mark = marks.stages[s];
        for (std::size_t i = mark.source_begin; i < mark.source_end; ++i)
            if (marks.read[i] >= Inputs) {
                const std::size_t part = marks.read[i] - Inputs;
                fits[part] &= shapes[s].reads_pitched && shapes[s].input_rows == shapes[part].rows &&
                              !(reads_once && is_read[part]);
                is_read[part] = true;
                last_reader[part] = s;
            }
        if (mark.skip != none) {
            const std::size_t added = mark.skip - Inputs;
            // A reshape may be between them. And it is read by whole registers, which would reach into what
            // other threads write there, or behind an output.
            fits[added] &= shapes[added].rows == shapes[s].rows && shapes[added].width % widest == 0 &&
                           !(reads_once && is_read[added]);
            is_read[added] = true;
            last_reader[added] = s;
        }
    }

    for (std::size_t s = Stages; s-- > 0;) {
        if (!placed[s]) {
            result.places[s] = {result.buffer_count, 0, shapes[s].width};
            result.buffers[result.buffer_count++].size = shapes[s].rows * shapes[s].width;
            placed[s] = true;
        }
        if (!shapes[s].joins)
            continue;
        const value_place whole = result.places[s];
        for (std::size_t i = marks.stages[s].source_begin; i < marks.stages[s].source_end; ++i) {
            if (marks.read[i] < Inputs)
                continue;
            const std::size_t part = marks.read[i] - Inputs;
            // The derivative of the whole is written before anything is added to that of a part.
            if (placed[part] || !fits[part] || last_reader[part] != s || shapes[part].rows != shapes[s].rows)
                continue;
            result.places[part] = {whole.buffer, whole.offset + offsets[i], whole.pitch};
            placed[part] = true;
        }
    }
    for (std::size_t s = 0; s < Stages; ++s) {
        buffer_use& used = result.buffers[result.places[s].buffer];
        used.first = std::min(used.first, s);
        used.last = std::max({used.last, s, last_reader[s]});
    }
    return result;
}

/// Gives buffers that are never needed together the same memory: each takes the first gap that is large
/// enough among those that live at the same time. The network's outputs are elsewhere. Returns the size of
/// the arena.
template <std::size_t Stages>
constexpr std::size_t share_memory(value_places<Stages>& values, std::size_t rounding) {
    // In the order in which they are first written.
    std::array<std::size_t, Stages> order{};
    for (std::size_t b = 0; b < values.buffer_count; ++b)
        order[b] = b;
    std::sort(
        order.begin(), order.begin() + static_cast<std::ptrdiff_t>(values.buffer_count),
        [&](std::size_t a, std::size_t b) { return values.buffers[a].first < values.buffers[b].first; });
    std::size_t end = 0;
    std::array<std::size_t, Stages> alive{};
    std::size_t living = 0;
    for (std::size_t i = 0; i < values.buffer_count; ++i) {
        buffer_use& buffer = values.buffers[order[i]];
        if (buffer.output != none)
            continue;
        std::size_t kept = 0;
        for (std::size_t j = 0; j < living; ++j)
            if (values.buffers[alive[j]].last >= buffer.first)
                alive[kept++] = alive[j];
        living = kept;
        std::sort(
            alive.begin(), alive.begin() + static_cast<std::ptrdiff_t>(living),
            [&](std::size_t a, std::size_t b) { return values.buffers[a].begin < values.buffers[b].begin; });
        const std::size_t size = (buffer.size + rounding - 1) / rounding * rounding + rounding;
        std::size_t begin = 0;
        for (std::size_t j = 0; j < living; ++j) {
            const buffer_use& other = values.buffers[alive[j]];
            if (begin + size <= other.begin)
                break;
            const std::size_t other_size = (other.size + rounding - 1) / rounding * rounding + rounding;
            begin = std::max(begin, other.begin + other_size);
        }
        buffer.begin = begin;
        end = std::max(end, begin + size);
        alive[living++] = order[i];
    }
    return end;
}
} // namespace detail

/// How the stages of a network are connected, and where their outputs are.
template <class Topology, detail::purpose For>
struct wiring {
    using nodes = detail::node_list<Topology, For>;
    using stages = typename detail::cutting<Topology, For>::type;
    static constexpr std::size_t inputs = nodes::inputs;
    static constexpr std::size_t count = stages::size;
    static constexpr const auto& marks = nodes::marks;
    static constexpr const auto& outputs = nodes::marks.outputs;
    static constexpr std::size_t output_count = nodes::marks.outputs.size();
    /// Whether stages share parameters.
    static constexpr bool shares = detail::shares_weights<plain<Topology>>;

    /// A stored value is an input of the network or, from `inputs` on, the output of a stage.
    [[nodiscard]] static constexpr std::size_t source_count(std::size_t stage) {
        return marks.stages[stage].source_end - marks.stages[stage].source_begin;
    }
    [[nodiscard]] static constexpr std::size_t source(std::size_t stage, std::size_t index) {
        return marks.read[marks.stages[stage].source_begin + index];
    }
    [[nodiscard]] static constexpr bool is_input(std::size_t value) { return value < inputs; }

    /// Whether training leaves a stage's parameters as they are.
    [[nodiscard]] static constexpr bool is_frozen(std::size_t stage) {
        const std::size_t head = marks.stages[stage].head;
        return head != detail::none && nodes::nodes[head].is_frozen;
    }

    /// The first stage of training that has the parameters of that one, the stage itself where no shared part
    /// stands before it. Arrays of parameters belong to the first.
    [[nodiscard]] static constexpr std::size_t owner(std::size_t stage) {
        if constexpr (shares) {
            const std::size_t head = marks.stages[stage].head;
            return head == detail::none ? stage : marks.stage_of[detail::first_of_shared<Topology>(head)];
        } else
            return stage;
    }
    /// How many stages have the parameters of that first one.
    [[nodiscard]] static constexpr std::size_t user_count(std::size_t first) {
        if constexpr (shares) {
            std::size_t result = 0;
            for (std::size_t stage = 0; stage < count; ++stage)
                result += std::size_t{owner(stage) == first};
            return result;
        } else
            return 1;
    }

    /// Which output of the network a stage makes; `outputs` of them mean none.
    [[nodiscard]] static constexpr std::size_t output_of(std::size_t stage) {
        for (std::size_t i = 0; i < output_count; ++i)
            if (outputs[i] == stage)
                return i;
        return output_count;
    }

private:
    static constexpr auto shapes = [] {
        std::array<detail::stage_shape, count> result{};
        std::size_t next = 0;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            using head = typename Stage::head;
            result[next++] = {Stage::rows,
                              head::outputs,
                              head::input_rows > 0 ? head::input_rows : Stage::rows,
                              head::reads_pitched,
                              head::writes_pitched,
                              head::joins,
                              head::waits};
        });
        return result;
    }();
    static constexpr auto offsets = [] {
        std::array<std::size_t, marks.read.size()> result{};
        std::size_t stage = 0;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            if constexpr (Stage::head::joins)
                std::copy(Stage::head::offsets.begin(), Stage::head::offsets.end(),
                          result.begin() + static_cast<std::ptrdiff_t>(marks.stages[stage].source_begin));
            ++stage;
        });
        return result;
    }();

    struct laid_out {
        detail::value_places<count> values;
        std::size_t arena = 0;
    };
    /// Of one sample, in units that begin on cache lines for any type of numbers.
    static constexpr std::size_t rounding = 16;
    static constexpr laid_out layout = [] {
        laid_out result{detail::place_values<inputs, count>(marks, shapes, offsets)};
        for (std::size_t i = output_count; i-- > 0;)
            result.values.buffers[result.values.places[outputs[i]].buffer].output = i;
        result.arena = detail::share_memory(result.values, rounding);
        return result;
    }();

public:
    [[nodiscard]] static constexpr value_place place(std::size_t stage) {
        return layout.values.places[stage];
    }
    /// Whether the rows of a stage's output lie between those of other values.
    [[nodiscard]] static constexpr bool lies_apart(std::size_t stage) {
        return place(stage).pitch != shapes[stage].width;
    }
    static constexpr std::size_t buffer_count = layout.values.buffer_count;
    /// Which output of the network a buffer holds; `detail::none` for none.
    [[nodiscard]] static constexpr std::size_t output_in(std::size_t buffer) {
        return layout.values.buffers[buffer].output;
    }
    /// Numbers of one sample in a buffer.
    [[nodiscard]] static constexpr std::size_t buffer_size(std::size_t buffer) {
        return layout.values.buffers[buffer].size;
    }
    /// Where a buffer begins in memory that buffers share as long as they are not needed together, in numbers
    /// for each sample. Those of the network's outputs are elsewhere.
    [[nodiscard]] static constexpr std::size_t buffer_begin(std::size_t buffer) {
        return layout.values.buffers[buffer].begin;
    }
    /// Numbers of that memory for one sample: the most that live at the same time.
    static constexpr std::size_t shared_size = layout.arena;
};

template <class Topology>
using training_wiring = wiring<Topology, detail::purpose::training>;
template <class Topology>
using prediction_wiring = wiring<Topology, detail::purpose::prediction>;

} // namespace strata::bedrock::inline STRATA_SETTING
