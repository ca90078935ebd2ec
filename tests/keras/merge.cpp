// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "cases.hpp"

using namespace keras_cases;

namespace {
constexpr auto two_units = dense<2>;
/// Keras's RepeatVector.
constexpr auto rows = dense<2> | reshape<1, 2> | upsample<3>;

/// Two, three and four branches.
template <auto Merge>
void run_merge(const std::string& name) {
    run("layers/merge/" + name + ".json",
        {{"merge." + name + ".0", check<model<input<6> | branches(two_units, two_units) | Merge>>},
         {"merge." + name + ".1", check<model<input<6> | branches(two_units, two_units, two_units) | Merge>>},
         {"merge." + name + ".2",
          check<model<input<6> | branches(two_units, two_units, two_units, two_units) | Merge>>}});
}
} // namespace

BOOST_AUTO_TEST_CASE(formulas) {
    run_merge<add>("Add");
    run_merge<average>("Average");
    run_merge<maximum>("Maximum");
    run_merge<minimum>("Minimum");
    run_merge<multiply>("Multiply");
    run("layers/merge/Subtract.json",
        {{"merge.Subtract.0", check<model<input<6> | branches(two_units, two_units) | subtract>>}});
}

BOOST_AUTO_TEST_CASE(concatenations) {
    run("layers/merge/Concatenate.json",
        {{"merge.Concatenate.0", check<model<input<6> | branches(two_units, two_units) | concat<>>>},
         {"merge.Concatenate.1", check<model<input<6> | branches(rows, rows) | concat<-1>>>},
         {"merge.Concatenate.2", check<model<input<6> | branches(rows, rows) | concat<-2>>>},
         {"merge.Concatenate.3", check<model<input<6> | branches(rows, rows) | concat<0>>>},
         {"merge.Concatenate.4", check<model<input<6> | branches(rows, rows) | concat<1>>>},
         {"merge.Concatenate.5", check<model<input<6> | branches(rows, rows, rows) | concat<>>>},
         {"merge.Concatenate.6", check<model<input<6> | branches(rows, rows, rows, rows) | concat<>>>}});
}

BOOST_AUTO_TEST_CASE(dot_products) {
    run("layers/merge/Dot.json",
        {{"merge.Dot.0", check<model<input<6> | branches(rows, rows) | dot<0>>>},
         {"merge.Dot.1", check<model<input<6> | branches(rows, rows) | dot<1>>>},
         {"merge.Dot.2", check<model<input<6> | branches(rows, rows) | dot<0, normalize>>>},
         {"merge.Dot.3", check<model<input<6> | branches(rows, rows) | dot<1, normalize>>>},
         {"merge.Dot.4", check<model<input<6> | branches(rows, rows) | dot<1, 1, normalize>>>}});
}
