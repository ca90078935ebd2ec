// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/kernels/aligned_vector.hpp>
#include <strata/model/model.hpp>
#include <strata/model/stream_pass.hpp>
#include <strata/model/stream_text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>

#if defined(__has_cpp_attribute)
#    if __has_cpp_attribute(clang::nonblocking)
#        define STRATA_NONBLOCKING [[clang::nonblocking]]
#    endif
#endif
#ifndef STRATA_NONBLOCKING
#    define STRATA_NONBLOCKING
#endif

namespace strata::bedrock::inline STRATA_SETTING {

/// Takes layers that look ahead: results are late by as many steps.
struct latency_option {};
inline constexpr latency_option latency{};

/// `Streams` sequences side by side through one network, a step or a block of steps at a time, for signals
/// that never end. What comes out is what `predict` makes of the whole sequence, however it is cut into
/// blocks. Layers that look back or have a state keep it here; weights are the network's, which must outlive
/// the stream and may learn meanwhile: the next step has the new ones, scales of batch normalizations behind
/// `refresh`.
///
/// All state is one block of memory, made at construction. `process`, `prime` and `reset` allocate, lock and
/// throw nothing, and the time of a step does not depend on how long the stream has run. One stream is for
/// one thread at a time; many may run the same network.
///
/// The results are those of `predict` bit for bit, but for the sign of a zero, since sums are taken in the
/// same order. They are within 1e-6 of them, relative to the larger of 1 and the result, in four cases:
/// where the compiler contracts products and sums of formulas as it likes, as g++ does; where a convolution
/// of 32 bytes a step has a formula with an exponential behind it, which blocks take of two steps in one
/// register of AVX-512; where a convolution has at most four filters of floats over a multiple of four
/// channels, whose sums AVX-512 takes of every fourth channel at a time; and where streams side by side fill
/// registers of which a recurrent layer's units would fill a half at most, so that each has a lane.
///
/// A network whose last recurrent layer gives its `last_step` alone gives at each step what `predict` would
/// make of the steps so far. Each layer sees its inputs before the beginning as zeros, as it does in
/// `predict`. Causal attention keeps keys and values of as many steps as the network's input has. Behind them
/// the stream goes on with the last so many; learnt positions begin anew there, rotary and sinusoidal ones
/// count on.
///
/// `stream live{net, latency}` takes layers that look a known number of steps ahead, too, such as
/// convolutions with `same`: its results are those of `predict`, `latency()` steps late, and zeros until
/// then. Values that meet are kept back until they are equally late.
template <class Network, std::size_t Streams = 1, bool Waits = false>
class stream {
    static_assert(Streams > 0, "strata: at least one stream");
    static_assert(internal::check_stream<Waits>(typename Network::topology{}));

public:
    using network = Network;
    using value_type = typename Network::value_type;
    using pass = stream_pass<typename Network::topology, value_type, Streams>;
    static constexpr std::size_t input_count = pass::wires::inputs;
    static constexpr std::size_t output_count = pass::wires::output_count;
    /// Numbers of a step of all streams, in the first input and the first output, which are most often the
    /// only ones, and in each.
    static constexpr auto input_sizes = pass::layout::input_sizes;
    static constexpr auto output_sizes = pass::layout::output_sizes;
    static constexpr std::size_t input_size = input_sizes[0];
    static constexpr std::size_t output_size = output_sizes[0];
    /// Bytes that are kept from step to step.
    static constexpr std::size_t state_bytes = pass::layout::state_size * sizeof(value_type);

    explicit stream(const Network& net)
        : parameters_(net.parameter_block().data()), memory_(pass::layout::memory.end) {
        reset();
    }
    stream(const Network& net, latency_option) requires Waits : stream(net) {}
    explicit stream(Network&&) = delete; // it would outlive its weights
    stream(Network&&, latency_option) = delete;

    /// How many steps the results are late.
    [[nodiscard]] static constexpr std::size_t latency() noexcept { return pass::layout::latency; }

    /// How it runs the network along time, and what it keeps.
    [[nodiscard]] static std::string plan() {
        return describe_stream<typename pass::layout, value_type, Streams>();
    }

    /// The state of the beginning, and `refresh`.
    void reset() noexcept STRATA_NONBLOCKING {
        std::fill(memory_.begin(), memory_.end(), value_type(0));
        ring_positions_.fill(0);
        overrun_ = 0;
        heard_ = 0;
        refresh();
    }

    /// Takes over what is computed from parameters beforehand, the scales and shifts of batch normalizations,
    /// where the network has learnt or got other weights meanwhile. What was heard stays as it was computed.
    void refresh() noexcept STRATA_NONBLOCKING { pass::prepare(parameters_, memory_.data()); }

    /// As many steps as both blocks have, [steps, streams, features]: `input_size` numbers in and
    /// `output_size` numbers out for each. The blocks may be one, if a step has as many numbers.
    void process(std::span<const value_type> block_in,
                 std::span<value_type> block_out) noexcept STRATA_NONBLOCKING
        requires(input_count == 1 && output_count == 1) {
        process(block_in.data(), block_out.data(),
                std::min(block_in.size() / input_size, block_out.size() / output_size));
    }
    void process(const value_type* x, value_type* y, std::size_t steps) noexcept STRATA_NONBLOCKING
        requires(input_count == 1 && output_count == 1) {
        process(std::array{x}, std::array{y}, steps);
    }
    /// The same for each input and each output of a network with several.
    void process(std::array<const value_type*, input_count> x, std::array<value_type*, output_count> y,
                 std::size_t steps) noexcept STRATA_NONBLOCKING {
        bool is_in_place = false;
        for (const value_type* const each : x)
            is_in_place = is_in_place || std::find(y.begin(), y.end(), each) != y.end();
        for (std::size_t done = 0; done < steps;) {
            const std::size_t count = next_count(steps - done);
            auto sources = x;
            if (is_in_place) {
                value_type* copy = staged();
                for (std::size_t i = 0; i < input_count; copy += count * input_sizes[i++])
                    sources[i] = std::copy_n(x[i], count * input_sizes[i], copy) - count * input_sizes[i];
            }
            run(sources, y, count);
            done += count;
            for (std::size_t i = 0; i < input_count; ++i)
                x[i] += count * input_sizes[i];
            for (std::size_t i = 0; i < output_count; ++i)
                y[i] += count * output_sizes[i];
        }
    }

    /// One step.
    [[nodiscard]] std::array<value_type, output_size>
    operator()(std::span<const value_type, input_size> x) noexcept STRATA_NONBLOCKING
        requires(input_count == 1 && output_count == 1) {
        std::array<value_type, output_size> y;
        if constexpr (latency() > 0)
            run({x.data()}, {y.data()}, 1);
        else
            pass::run(parameters_, {x.data()}, {y.data()}, ring_positions_, memory_.data(), one_step{});
        return y;
    }
    [[nodiscard]] value_type operator()(value_type x) noexcept STRATA_NONBLOCKING
        requires(input_count == 1 && output_count == 1 && input_size == 1 && output_size == 1) {
        value_type y;
        if constexpr (latency() > 0)
            run({&x}, {&y}, 1);
        else
            pass::run(parameters_, {&x}, {&y}, ring_positions_, memory_.data(), one_step{});
        return y;
    }

    /// What the stream has heard before: its state is that behind these steps, and their results are lost.
    void prime(std::span<const value_type> history) noexcept STRATA_NONBLOCKING requires(input_count == 1) {
        const std::size_t steps = history.size() / input_size;
        for (std::size_t done = 0; done < steps;) {
            const std::size_t count = next_count(steps - done);
            typename pass::outputs y;
            value_type* lost = staged();
            for (std::size_t i = 0; i < output_count; lost += count * output_sizes[i++])
                y[i] = lost;
            run({history.data() + done * input_size}, y, count);
            done += count;
        }
    }

    /// The results that are still to come, where the sequence ends: those of its last `latency()` steps, or
    /// of all if it has fewer, behind `latency()` less so many zeros. In one call or several; `reset` is to
    /// follow.
    void finish(std::span<value_type> block_out) noexcept STRATA_NONBLOCKING
        requires(latency() > 0 && output_count == 1) {
        typename pass::inputs x;
        value_type* blanks = staged();
        for (std::size_t i = 0; i < input_count; blanks += input_sizes[i++])
            x[i] = std::fill_n(blanks, input_sizes[i], value_type(0)) - input_sizes[i];
        const std::size_t steps = std::min(latency() - overrun_, block_out.size() / output_size);
        for (std::size_t step = 0; step < steps; ++step, ++heard_)
            run_edge(x, {block_out.data() + step * output_size}, ++overrun_);
    }

private:
    using one_step = std::integral_constant<std::size_t, 1>;

    [[nodiscard]] value_type* staged() noexcept { return memory_.data() + pass::layout::memory.staged; }

    /// How many of so many steps go through all stages together: one at the beginning, where some have none.
    [[nodiscard]] std::size_t next_count(std::size_t steps) const noexcept {
        if constexpr (latency() > 0)
            if (heard_ < latency())
                return 1;
        return std::min(pass::layout::block, steps);
    }

    void run(const typename pass::inputs& x, const typename pass::outputs& y, std::size_t steps) noexcept {
        if constexpr (latency() > 0)
            if (heard_ < latency()) {
                run_edge(x, y, 0);
                ++heard_;
                return;
            }
        if (steps == 1)
            run_step(x, y);
        else
            run_block(x, y, steps);
    }
    // Functions of their own, so that a program has each of the two once.
    [[gnu::noinline]] void run_step(const typename pass::inputs& x,
                                    const typename pass::outputs& y) noexcept {
        pass::run(parameters_, x, y, ring_positions_, memory_.data(), one_step{});
    }
    [[gnu::noinline]] void run_block(const typename pass::inputs& x, const typename pass::outputs& y,
                                     std::size_t steps) noexcept {
        pass::run(parameters_, x, y, ring_positions_, memory_.data(), steps);
    }

    [[gnu::noinline]] void run_edge(const typename pass::inputs& x, const typename pass::outputs& y,
                                    std::size_t overrun) noexcept {
        pass::run_edge(parameters_, x, y, ring_positions_, memory_.data(), heard_, overrun);
    }

    const value_type* parameters_;
    std::size_t overrun_ = 0; ///< steps behind the end of the sequence
    std::size_t heard_ = 0;   ///< steps, as far as `latency()`, or behind it where the sequence ends
    typename pass::positions ring_positions_{};
    aligned_vector<value_type> memory_;
};

template <class Network>
stream(const Network&) -> stream<Network>;
template <class Network>
stream(const Network&, latency_option) -> stream<Network, 1, true>;

/// `Count` sequences side by side, whose steps are interleaved: `auto voices = streams<8>(net);`.
template <std::size_t Count, class Network>
[[nodiscard]] auto streams(const Network& net) {
    return stream<Network, Count>(net);
}
template <std::size_t Count, class Network>
[[nodiscard]] auto streams(const Network& net, latency_option) {
    return stream<Network, Count, true>(net);
}
template <std::size_t Count, class Network>
auto streams(const Network&& net, latency_option = {}) = delete;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::latency;
using bedrock::stream;
using bedrock::streams;
} // namespace strata

STRATA_HEADER_END
