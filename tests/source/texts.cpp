// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).

// The texts of all topologies, which make the same types again or do not compile: print_texts.cpp has written
// them.
#include "source_texts.hpp"

#include <strata/expression/numbered_type.hpp>
#include <strata/source/to_string.hpp>
#include <strata/topology/node_head.hpp>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

using namespace strata;

namespace {
// What is made for a network or a stage has its number in its name, and all of its type where a part of that
// has none: a template of a form that type_number.hpp does not know, or a value with unused bytes. All are
// entered, so two types of one number do not compile.
template <class T>
constexpr bool has_number() {
    static_assert(bedrock::detail::has_number<T>);
    return bedrock::detail::entered_number<T> != bedrock::detail::no_number;
}
template <class Inputs, class Ends, class... Nodes>
constexpr bool have_numbers(const bedrock::topology<Inputs, Ends, Nodes...>&) {
    return (has_number<bedrock::topology<Inputs, Ends, Nodes...>>() && ... &&
            (has_number<Nodes>() && has_number<bedrock::head_of_node<Nodes>>()));
}
#define STRATA_NUMBER(NAME) static_assert(have_numbers(sources::NAME));
STRATA_EACH_SOURCE(STRATA_NUMBER)

std::string read_text(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}
std::set<std::string> words_of(const std::string& text, const char* pattern) {
    const std::regex each(pattern);
    std::set<std::string> result;
    for (std::sregex_iterator word(text.begin(), text.end(), each), end; word != end; ++word)
        result.insert((*word)[1]);
    return result;
}
} // namespace

BOOST_AUTO_TEST_CASE(every_layer_and_option_is_in_a_topology_whose_text_is_compiled) {
    const std::filesystem::path tests = STRATA_TESTS;
    const std::set<std::string> known = words_of(read_text(tests / "source/topologies.hpp"), "(\\w+)");
    std::size_t names = 0;
    for (const char* const folder : {"layers", "topology"})
        for (const auto& header : std::filesystem::directory_iterator(tests / "../dsl/strata" / folder))
            for (const std::string& name : words_of(read_text(header.path()), "using bedrock::(\\w+);")) {
                ++names;
                BOOST_TEST((name == "shape" || known.contains(name)),
                           name << " of " << header.path().filename()
                                << " is in no topology of topologies.hpp");
            }
    BOOST_TEST(names > 150);
}

BOOST_AUTO_TEST_CASE(a_text_is_what_a_person_would_write) {
    BOOST_TEST(to_string(sources::dense_layers) ==
               "input<28, 28> | flatten | dense<512, he_normal, l2<1e-04>> | relu | dropout<0.2> | "
               "dense<10, no_bias, l1_l2<0.1, 1e-30>> | dense<4, l1<0.01>, zeros> | softmax");
    BOOST_TEST(to_string(sources::blocks) ==
               "input<8, 8, 4> | repeat<3>(residual(conv<4, 3, same> | relu | repeat<3>(conv<4, 1> | "
               "batch_norm<>)) | relu) | repeat<2>(identity | tanh | relu) | "
               "repeat<3>(residual(conv<4, 3, same>))");
    // Deeper than compilers let folds nest.
    BOOST_TEST(to_string(input<8> | repeat<300>(relu | dense<8>)) ==
               "input<8> | repeat<300>(relu | dense<8>)");
    // No decrement.
    BOOST_TEST(to_string(input<8> | activation<-(-symbols::x)>).find("--") == std::string::npos);
    BOOST_TEST(to_string(sources::variational) ==
               "input<8> | branches(dense<2>, dense<2>) | "
               "with_all(sampling | dense<8> | sigmoid, pick<0>, pick<1>)");
    BOOST_TEST(to_string(sources::masked_memory) ==
               "inputs(input<5>, input<9>) | branches(embedding<40, 6, mask_zero>, "
               "embedding<30, 6, mask_zero>) | attention<2, 4> | lstm<4>");
    BOOST_TEST(to_string(sources::several_inputs) ==
               "inputs(input<8>, input<28, 28, 1>) | branches(dense<4>, conv<4, 3> | flatten | dense<4>) | "
               "concat<> | dense<2> | branches(sigmoid, softmax, identity)");
}
