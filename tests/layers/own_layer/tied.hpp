// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/head.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/layer.hpp>

/// Two layers of a program's own that use one array in two ways: `encoded` multiplies with a table, and
/// `decoded` with the table's transpose.
namespace own {

using namespace strata::bedrock;

/// The table is [Words, Width]. A statistic, which gradients depend on, is taken off before the product.
template <std::size_t Words, std::size_t Width, bool Transposed>
struct table_product : head_base<1, Transposed ? Width : Words, 1, Transposed ? Words : Width> {
    static constexpr std::size_t inputs = Transposed ? Width : Words;
    static constexpr std::size_t outputs = Transposed ? Words : Width;
    struct table : parameter<"table", shape<Words, Width>> {
        static constexpr initializer first = glorot_uniform;
        static constexpr fan_counts fans{Words, Width};
    };
    struct level : parameter<"level", shape<1>> {
        static constexpr bool is_learnt = false;
        static constexpr double kept = 0.75;
    };
    using parameters = type_list<table, level>;
};

template <std::size_t Words, std::size_t Width>
struct encoded_layer : layer_base {
    using role = role::head;
    static constexpr auto label = text("encoded<") + number_text<Width> + ">";
    template <class Shape>
    static constexpr bool accepts = Shape::size == Words;
    template <class>
    static constexpr auto wants = number_text<Words> + " numbers";
    template <class>
    using output = shape<Width>;
    template <class>
    using head = table_product<Words, Width, false>;
};
template <std::size_t Words, std::size_t Width>
struct decoded_layer : layer_base {
    using role = role::head;
    using shared_form = encoded_layer<Words, Width>;
    static constexpr auto label = text("decoded<") + number_text<Words> + ">";
    template <class Shape>
    static constexpr bool accepts = Shape::size == Width;
    template <class>
    static constexpr auto wants = number_text<Width> + " numbers";
    template <class>
    using output = shape<Words>;
    template <class>
    using head = table_product<Words, Width, true>;
};
template <std::size_t Words, std::size_t Width>
inline constexpr encoded_layer<Words, Width> encoded{};
template <std::size_t Words, std::size_t Width>
inline constexpr decoded_layer<Words, Width> decoded{};

} // namespace own

/// y = (x - level) table, or its transpose. A thread has whole samples, or whole rows of the table.
template <std::size_t Words, std::size_t Width, bool Transposed>
struct strata::bedrock::head_kernels<own::table_product<Words, Width, Transposed>>
    : strata::bedrock::head_kernels_base {
    using head = own::table_product<Words, Width, Transposed>;
    using table = typename head::table;
    using level = typename head::level;

    // The place of the weight between an input and an output.
    static constexpr std::size_t place(std::size_t input, std::size_t output) {
        return Transposed ? output * Width + input : input * Width + output;
    }

    template <class Stage, keeping Keep, bool Data, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, head::outputs>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const T* const weights = array_of<head>(call.parameters, table{});
        const T start = *array_of<head>(call.parameters, level{});
        const team::range mine = threads.share(call.samples);
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            visit_columns<head::outputs, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                T sums[V::size]{};
                for (std::size_t output = 0; output < lanes; ++output)
                    for (std::size_t input = 0; input < head::inputs; ++input)
                        sums[output] +=
                            (call.x[0].row(row)[input] - start) * weights[place(input, column + output)];
                writer.template put<lanes>(V::load_unaligned(sums), row, column);
            });
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        const T* const weights = array_of<head>(call.parameters, table{});
        const team::range mine = threads.share(call.samples);
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            for (std::size_t input = 0; input < head::inputs; ++input) {
                T sum = 0;
                for (std::size_t output = 0; output < head::outputs; ++output)
                    sum += call.delta.row(row)[output] * weights[place(input, output)];
                T& source_delta = call.source_deltas[0].row(row)[input];
                source_delta = call.adds[0] ? source_delta + sum : sum;
            }
    }

    template <class Stage, bool Data, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        const T start = *array_of<head>(call.parameters, level{});
        threads.barrier(); // before one thread may move it on
        const auto use = updates(table{});
        const team::range mine = threads.share(head::inputs);
        for (std::size_t input = mine.begin; input < mine.end; ++input)
            for (std::size_t output = 0; output < head::outputs; ++output) {
                T sum = 0;
                for (std::size_t row = 0; row < call.samples; ++row)
                    sum += (call.x[0].row(row)[input] - start) * call.delta.row(row)[output];
                use(place(input, output), sum);
            }
        if (threads.rank == 0) {
            T seen = 0;
            for (std::size_t row = 0; row < call.samples; ++row)
                seen += call.x[0].row(row)[0];
            updates(level{})(0, seen / static_cast<T>(call.samples));
        }
    }
};
