// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/expression/concatenate.hpp>
#include <strata/expression/text.hpp>

#include <boost/test/unit_test.hpp>

#include <concepts>
#include <limits>
#include <type_traits>

using namespace strata::bedrock;

namespace {

template <text Name>
struct named {};

// Texts are template arguments: the same characters are the same type, others are another.
static_assert(std::same_as<named<"relu">, named<text("re") + "lu">>);
static_assert(!std::same_as<named<"relu">, named<"reLu">>);
static_assert(!std::same_as<named<"relu">, named<"relu ">>);
static_assert(std::same_as<named<"784">, named<number_text<784>>>);

static_assert(text("").view().empty());
static_assert(text("a b").view() == "a b");
static_assert(text("a b").view().size() == 3);
static_assert(std::string_view(text("dense")) == "dense");

static_assert((text("ab") + text("cd")).view() == "abcd");
static_assert((text("ab") + "cd").view() == "abcd");
static_assert(("ab" + text("cd")).view() == "abcd");
static_assert((text("") + text("")).view().empty());
static_assert((text("a") + "b" + text("c") + "d").view() == "abcd");

static_assert(number_text<0>.view() == "0");
static_assert(number_text<9>.view() == "9");
static_assert(number_text<10>.view() == "10");
static_assert(number_text<407050>.view() == "407050");
static_assert(number_text<std::numeric_limits<std::size_t>::max()>.view() ==
              (sizeof(std::size_t) == 8 ? "18446744073709551615" : "4294967295"));

} // namespace

// A text with a zero inside keeps its length; view() is not a C string.
BOOST_AUTO_TEST_CASE(characters_behind_a_zero) {
    constexpr text twice("a\0b");
    BOOST_TEST(twice.view().size() == 3u);
    BOOST_TEST((twice + "c").view() == std::string_view("a\0bc", 4));
}

BOOST_AUTO_TEST_CASE(concatenate_texts_and_numbers) {
    using detail::concatenate;
    BOOST_TEST(concatenate() == "");
    BOOST_TEST(concatenate("layer ", 3u, ": ", std::string("x"), text("!").view()) == "layer 3: x!");
    BOOST_TEST(concatenate(0u, std::numeric_limits<unsigned long long>::max()) == "018446744073709551615");
}
