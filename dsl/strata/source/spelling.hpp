// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/rescaling.hpp>
#include <strata/setting.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

// How a program writes what a topology is made of. Each layer, and each option that it takes, says its own
// text where it is declared, by `spelling(write)`, which calls `write(name, arguments...)`: a name that ends
// in an opening bracket is closed behind the arguments, `write("dense<", Units, Options...)`. Nothing of this
// is instantiated by a program that asks for no text.
namespace strata::bedrock::inline STRATA_SETTING::detail {

/// A number as a literal of the type `double`.
inline std::string real_text(double number) {
    std::string digits = number_source(number);
    if (digits.find_first_of(".e") == digits.npos && is_finite(number))
        digits += ".0";
    return digits;
}

/// A text as a literal.
inline std::string quoted(std::string_view characters) {
    std::string result = "\"";
    for (const char each : characters) {
        if (each == '"' || each == '\\')
            result += '\\';
        result += each;
    }
    return result + '"';
}

/// A formula as a template argument, in parentheses where it compares.
template <term Formula>
std::string formula_argument(Formula formula) {
    std::string result;
    append_formula<true>(result, formula, true);
    return result.find('>') == result.npos ? result : concatenate("(", result, ")");
}

// The constants that are part of a formula's type, in their order.
template <class T>
struct constants_in {
    using type = std::integer_sequence<std::uint64_t>;
};
template <real Number>
struct constants_in<constant_term<Number>> {
    using type = std::integer_sequence<std::uint64_t, Number.bits>;
};
template <class... Sequences>
struct joined_constants {
    using type = std::integer_sequence<std::uint64_t>;
};
template <std::uint64_t... First>
struct joined_constants<std::integer_sequence<std::uint64_t, First...>> {
    using type = std::integer_sequence<std::uint64_t, First...>;
};
template <std::uint64_t... First, std::uint64_t... Second, class... Rest>
struct joined_constants<std::integer_sequence<std::uint64_t, First...>,
                        std::integer_sequence<std::uint64_t, Second...>, Rest...>
    : joined_constants<std::integer_sequence<std::uint64_t, First..., Second...>, Rest...> {};
template <class Operation, class... Arguments>
struct constants_in<apply<Operation, Arguments...>>
    : joined_constants<typename constants_in<Arguments>::type...> {};

constexpr real real_of_bits(std::uint64_t bits) { return real(std::bit_cast<double>(bits)); }

// What an activation is called by programs: those without a number, then those with one and with two. An
// empty text for a formula of the user's own.
template <class Layer, class... Named>
std::string activation_name(Named... named) {
    std::string result;
    const auto take = [&]<class Each>(Each) {
        if constexpr (std::same_as<Layer, Each>)
            result = Each::label.view();
    };
    (take(named), ...);
    return result;
}
template <class Layer>
std::string activation_name(std::integer_sequence<std::uint64_t>) {
    if constexpr (std::same_as<Layer, tanh_layer>)
        return "bedrock::tanh_layer{}";
    else
        return activation_name<Layer>(linear, relu, relu6, selu, gelu, sigmoid, silu, softplus, softsign,
                                      exponential, hard_sigmoid, hard_sigmoid6, hard_swish, approximate_tanh,
                                      approximate_sigmoid);
}
template <class Layer, std::uint64_t Bits>
std::string activation_name(std::integer_sequence<std::uint64_t, Bits>) {
    constexpr real number = real_of_bits(Bits);
    const std::string name = activation_name<Layer>(type_of<leaky_relu<number>>{}, type_of<elu<number>>{});
    return name.empty() ? name : concatenate(name, "<", real_text(number.value()), ">");
}
template <class Layer, std::uint64_t First, std::uint64_t Second>
std::string activation_name(std::integer_sequence<std::uint64_t, First, Second>) {
    constexpr real one = real_of_bits(First);
    constexpr real other = real_of_bits(Second);
    const std::string name =
        activation_name<Layer>(type_of<clip<one, other>>{}, type_of<linear_sigmoid<one, other>>{},
                               type_of<linear_swish<one, other>>{}, type_of<rescaling<one, other>>{});
    if (name.empty() || (name == "rescaling" && other.bits == 0))
        return name.empty() ? name : concatenate(name, "<", real_text(one.value()), ">");
    return concatenate(name, "<", real_text(one.value()), ", ", real_text(other.value()), ">");
}
template <class Layer, class More>
std::string activation_name(More) {
    return {};
}

/// Writes names with their arguments.
struct speller {
    template <class... Arguments>
    std::string operator()(std::string_view name, const Arguments&... arguments) const {
        std::string result(name);
        [[maybe_unused]] bool is_first = true;
        ((append(result, is_first ? "" : ", ", argument(arguments)), is_first = false), ...);
        if (name.ends_with('<'))
            result += '>';
        else if (name.ends_with('{'))
            result += '}';
        return result;
    }

    template <text Name, auto Formula, auto FromOutput>
    std::string activation(activation_layer<Name, Formula, FromOutput>) const {
        using layer = activation_layer<Name, Formula, FromOutput>;
        std::string result = activation_name<layer>(typename constants_in<type_of<Formula>>::type{});
        if (!result.empty())
            return result;
        result = Name.view() == "activation" ? "activation<"
                                             : concatenate("named_activation<", quoted(Name.view()), ", ");
        append(result, formula_argument(Formula));
        if constexpr (!std::same_as<type_of<FromOutput>, automatic_derivative>)
            append(result, ", ", formula_argument(FromOutput));
        return result + ">";
    }
    std::string argument(tanh_layer (*)(tanh_layer)) const {
        return "static_cast<bedrock::tanh_layer (*)(bedrock::tanh_layer)>(tanh)";
    }
    std::string argument(real number) const { return real_text(number.value()); }
    std::string argument(const std::string& written) const { return written; }
    template <std::size_t Size>
    std::string argument(const text<Size>& characters) const {
        return quoted(characters.view());
    }
    std::string argument(std::integral auto number) const {
        using type = decltype(number);
        const auto size = static_cast<unsigned long long>(number < type{} ? type{} - number : number);
        return concatenate(number < type{} ? "-" : "", size);
    }
    template <class Value>
        requires requires(const Value& value, const speller& write) { value.spelling(write); }
    std::string argument(const Value& value) const { return value.spelling(*this); }
    template <class Value>
        requires requires(const Value& value, const speller& write) { spelling(value, write); }
    std::string argument(const Value& value) const { return spelling(value, *this); }
};

/// Whether a layer says its text.
template <class Layer>
concept spelled_layer = requires(const speller& write) {
    Layer::spelling(write);
};

} // namespace strata::bedrock::inline STRATA_SETTING::detail
