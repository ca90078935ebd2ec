// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).

// Prints a program which does not compile unless the text of each topology makes the same type again.

#include "topologies.hpp"

#include <strata/source/to_string.hpp>

#include <cstdio>

int main() {
    std::puts("#include \"topologies.hpp\"\n\n#include <type_traits>\n\nnamespace texts {\nusing namespace "
              "strata;\nusing namespace strata::symbols;");
#define STRATA_PRINT(NAME)                                                                                   \
    std::printf("inline constexpr auto " #NAME " = %s;\n", strata::to_string(sources::NAME).c_str());
    STRATA_EACH_SOURCE(STRATA_PRINT)
    std::puts("} // namespace texts\n");
#define STRATA_COMPARE(NAME)                                                                                 \
    std::puts("static_assert(std::is_same_v<decltype(texts::" #NAME "), decltype(sources::" #NAME ")>);");
    STRATA_EACH_SOURCE(STRATA_COMPARE)
}
