// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/constant_value.hpp>
#include <strata/layers/dense.hpp>
#include <strata/plan/names.hpp>
#include <strata/setting.hpp>
#include <strata/topology/node_head.hpp>
#include <strata/topology/print.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What a constant expression calls for a layer that it cannot compute: the compiler names it.
template <class Layer>
void cannot_be_predicted_at_compile_time() {}

template <class Head>
inline constexpr bool is_matrix_product = false;
template <std::size_t Inputs, class Layer, std::size_t Units>
inline constexpr bool is_matrix_product<contraction<Inputs, Layer, Units>> = true;

/// Prediction in a constant expression, number by number: dense layers, formulas, softmax and what only
/// changes the shape. Sums are those of doubles.
template <class T, class Topology>
struct constant_pass;
template <class T, class Input, class End, class... Nodes>
struct constant_pass<T, topology<type_list<Input>, type_list<End>, Nodes...>> {
    using whole = topology<type_list<Input>, type_list<End>, Nodes...>;
    static constexpr std::size_t count = sizeof...(Nodes);

    /// Where each value begins, the input first, and where each layer's parameters do.
    static constexpr auto values = [] {
        std::array<std::size_t, count + 2> result{};
        std::size_t next = 1;
        result[1] = Input::size;
        for_each_type(type_list<Nodes...>{}, [&]<class Node>(std::type_identity<Node>) {
            result[next + 1] = result[next] + Node::output::size;
            ++next;
        });
        return result;
    }();
    static constexpr auto places = [] {
        std::array<std::size_t, count> result{};
        std::size_t next = 0;
        std::size_t end = 0;
        for_each_type(type_list<Nodes...>{}, [&]<class Node>(std::type_identity<Node>) {
            const std::size_t first = first_of_shared<whole>(next);
            result[next] = first == next ? end : result[first];
            end += first == next ? parameters_in<head_of_node<Node>>.all : 0;
            ++next;
        });
        return result;
    }();

    static constexpr void run(const T* weights, const T* x, T* y) {
        std::array<T, values[count + 1]> numbers{};
        std::copy_n(x, Input::size, numbers.data());
        std::size_t node = 0;
        for_each_type(type_list<Nodes...>{}, [&]<class Node>(std::type_identity<Node>) {
            constexpr std::size_t source = detail::source_numbers<typename Node::sources>::values[0];
            step<Node>(weights + places[node], numbers.data() + values[source],
                       numbers.data() + values[node + 1], node);
        });
        std::copy_n(numbers.data() + values[End::value], End::shape::size, y);
    }

private:
    template <class Node>
    static constexpr void step(const T* weights, const T* source, T* result, std::size_t& node) {
        using layer = typename Node::layer;
        using head = head_of_node<Node>;
        constexpr std::string_view label = layer::label.view();
        ++node;
        if constexpr (std::is_same_v<typename layer::role, role::pointwise>) {
            for (std::size_t i = 0; i < Node::output::size; ++i)
                if constexpr (requires { layer::formula; })
                    result[i] = static_cast<T>(constants::value_of(layer::formula, source[i]));
                else
                    result[i] = source[i]; // dropout, which prediction does without
        } else if constexpr (label == "flatten" || label.starts_with("reshape"))
            std::copy_n(source, Node::output::size, result);
        else if constexpr (label == "softmax")
            normalize<Node::output::last>(source, result, Node::output::size);
        else if constexpr (is_matrix_product<head>)
            multiply<head>(weights, source, result, Node::output::size);
        else
            cannot_be_predicted_at_compile_time<layer>();
    }

    template <class Head>
    static constexpr void multiply(const T* weights, const T* source, T* result, std::size_t size) {
        constexpr std::size_t inputs = Head::inputs, outputs = Head::outputs;
        for (std::size_t i = 0; i < size; ++i) {
            const T* const row = source + i / outputs * inputs;
            double sum = Head::has_bias ? weights[inputs * outputs + i % outputs] : T(0);
            for (std::size_t k = 0; k < inputs; ++k)
                sum += static_cast<double>(row[k]) * weights[k * outputs + i % outputs];
            result[i] = static_cast<T>(sum);
        }
    }
    template <std::size_t Length>
    static constexpr void normalize(const T* source, T* result, std::size_t size) {
        for (std::size_t begin = 0; begin < size; begin += Length) {
            const T largest = *std::max_element(source + begin, source + begin + Length);
            double sum = 0;
            for (std::size_t i = begin; i < begin + Length; ++i)
                sum += constants::exp(source[i] - largest);
            for (std::size_t i = begin; i < begin + Length; ++i)
                result[i] = static_cast<T>(constants::exp(source[i] - largest) / sum);
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
