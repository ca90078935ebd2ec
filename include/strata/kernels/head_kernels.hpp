// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/diagnostic.hpp>
#include <strata/kernels/dense/forward.hpp>
#include <strata/kernels/formula/softmax.hpp>
#include <strata/kernels/parameter_arrays.hpp>
#include <strata/kernels/product/batch_pieces.hpp>
#include <strata/kernels/random/dropout_key.hpp>
#include <strata/kernels/rows_view.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What is said of pieces to the kernels of a prediction, which add nothing up.
inline constexpr batch_pieces no_pieces{};

/// What a stage's forward kernel reads and writes. Memory of the network's own goes on for a register behind
/// the last row; inputs of the network may end there.
template <class T>
struct head_forward {
    const rows_view<const T>* x; ///< one for each source
    rows_view<T> y;
    T* kept;             ///< [rows][outputs], as `keeping` says
    const T* parameters; ///< of this head: `array_of` finds its arrays
    T* shared;           ///< of this stage, kept for its backward kernels
    T* scratch;          ///< of this thread
    std::size_t samples;
    dropout_key key = {};       ///< for heads that draw random numbers in training
    const batch_pieces& pieces; ///< of the samples, for heads that add them up in training
};

/// The same for one sample by one thread, as a type of its own: kernels of many samples need not be compiled
/// for a program that asks for one after the other.
template <class T>
struct sample_forward : head_forward<T> {};

template <class Call>
inline constexpr bool is_of_one_sample = false;
template <class T>
inline constexpr bool is_of_one_sample<sample_forward<T>> = true;

/// What a stage's backward kernels read and write: `delta` is the loss's derivative by the head's results,
/// and what goes out are those by what it read.
template <class T>
struct head_backward {
    const rows_view<const T>* x;
    rows_view<const T> delta;
    const rows_view<T>* source_deltas; ///< one for each source; without data where nobody asks
    const bool* adds;                  ///< for each source: whether others have written there already
    const T* source_kept;              ///< what the first source's stage kept for its tail's slope
    const T* parameters;
    T* shared;
    T* scratch;
    std::size_t samples;
    dropout_key key = {};
    const batch_pieces& pieces;       ///< of the samples, for those that add them by themselves
    team::range piece = {0, samples}; ///< the samples whose sums `update` takes
    T* piece_sums = nullptr;          ///< this thread's memory for tiles that wait for other pieces
};

/// Who adds the sums over a batch's pieces: the kernel's `update` does, by `call.pieces`, or the training
/// pass, which calls `update` for the samples `call.piece` of one piece at a time. Where nobody does,
/// gradients are summed in an order of the kernel's own, and a network cannot be trained by several machines.
enum class piece_adder { nobody, pass, kernel };

/// The kernels of a kind of head, a specialization that derives from `head_kernels_base` and offers
///  - `forward<Stage, Keep, Data>(call, threads, tail)`, by a team together; returns whether each thread has
///    computed whole samples, those of `share_samples`,
///  - `backward<Stage>(call, threads, finish)`: the derivatives by the sources,
///  - `update<Stage, Data>(call, threads, updates)` where there are parameters: hands each array's gradients
///  to
///    `updates(array)`, a `head_updates`,
/// and hides what differs from the defaults. A program that includes fewer kernels than its layers need is
/// told so.
template <class Head>
struct head_kernels {
    static_assert(internal::reject<Head, "the kernels of a layer", "are not included",
                                   "strata/model/model.hpp has those of all">());
};

/// What the kernels of most heads have in common.
struct head_kernels_base {
    /// Numbers that a stage keeps from its forward to its backward kernels.
    template <class T>
    static constexpr std::size_t shared_size(std::size_t /* samples */) {
        return 0;
    }
    /// Whether these are needed from forward on. Where only `update` needs them, other memory may be there
    /// before.
    static constexpr bool keeps_shared = true;
    /// Numbers that each thread's kernels need while they run, and those that forward needs outside training.
    template <class T>
    static constexpr std::size_t scratch_size = 0;
    template <class T>
    static constexpr std::size_t forward_scratch_size = 0;
    /// Whether backward also multiplies with the slope of the stage that made its source.
    static constexpr bool finishes_slopes = false;
    /// Whether backward carries some columns of all rows before the next ones, so that two sources may be one
    /// value in one shape alone.
    static constexpr bool carries_columns = false;
    /// Whether backward computes what update needs, so that it runs even where nobody asks for derivatives.
    static constexpr bool sums_in_backward = false;
    static constexpr piece_adder adds_pieces = piece_adder::nobody;
    /// How often its kernels call `pieces.machines` in a step of training, forward and backward.
    static constexpr std::size_t forward_exchanges = 0;
    static constexpr std::size_t backward_exchanges = 0;
    /// Whether results, or the derivatives by the source, are computed by Winograd's products.
    template <class T>
    static constexpr bool results_by_winograd = false;
    template <class T>
    static constexpr bool derivatives_by_winograd = false;
    /// Whether prediction may compute x * scale + shift instead, of what
    /// `prepare_affine(parameters, scale, shift, channels)` writes.
    static constexpr bool is_affine = false;
};

/// This thread's part of the samples where work is split by samples.
[[nodiscard]] constexpr team::range share_samples(const team& threads, std::size_t samples) noexcept {
    constexpr std::size_t grain = 8;
    return threads.share(samples, samples >= grain * threads.size ? grain : 1);
}

/// What a kernel keeps for the tail of a stage.
template <class Stage, class Tail>
inline constexpr keeping keeping_of = !Tail::training || !Stage::keeps_tail ? keeping::nothing
                                      : Stage::keeps_tail_input             ? keeping::tail_input
                                                                            : keeping::tail_output;

/// Hands registers of a head's results to the tail and stores them, for kernels that go row by row.
template <class Stage, keeping Keep, class T, class Tail>
struct row_writer {
    rows_view<T> y;
    T* kept;
    const Tail& tail;

    template <std::size_t Count, class V>
    void put(V value, std::size_t row, std::size_t column) const noexcept {
        constexpr std::size_t width = Stage::head::outputs;
        const typename Tail::template tile<1, V::size, Stage::rows, T> tile(tail, row, column, width);
        T* const keep = Keep == keeping::nothing ? nullptr : kept + row * width + column;
        internal::finish<Keep, Count>(value, tile, 0, 0, y.row(row) + column, keep);
    }
};

/// Stores a derivative, or adds it to what is there.
template <std::size_t Count, class V>
inline void store_or_add(V value, value_type_of<V>* place, bool adds) noexcept {
    if (adds)
        value += load_first<Count, V>(place);
    store_first<Count>(value, place);
}

/// Calls visit(count, column) for the registers of a row of `Width` numbers.
template <std::size_t Width, class T, class Visit>
[[gnu::always_inline]] inline void visit_columns(Visit visit) noexcept {
    visit_row<Width, simd<T, lanes_of<T, Width>>>(visit);
}

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
