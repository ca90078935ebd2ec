// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "gradient_check.hpp"

using namespace gradient_check;
using strata::tanh;

namespace {
constexpr auto cauchy = loss<"cauchy", log1p(square(symbols::prediction - symbols::target))>;

/// One output, several, rows of outputs, and behind layers that some losses have a shortcut for.
template <auto Loss>
void check_loss() {
    check_all<input<4> | dense<1>, Loss>();
    check_all<input<4> | dense<6> | tanh | dense<5>, Loss>();
    check_all<input<2, 4> | dense<3>, Loss>();
}
template <auto Loss>
void check_probabilities() {
    check_all<input<4> | dense<1> | sigmoid, Loss>();
    check_all<input<4> | dense<5> | sigmoid, Loss>();
    check_all<input<4> | dense<5> | tanh | sigmoid, Loss>();
    check_all<input<4> | dense<5> | gelu | sigmoid, Loss>();
    check_all<input<4> | dense<5> | softmax, Loss>();
    check_all<input<4> | dense<5> | relu | softmax, Loss>();
    check_all<input<4> | dense<5> | gelu | dropout<0.2> | softmax, Loss>();
    check_all<input<2, 4> | dense<18> | softmax, Loss>();
}
} // namespace

BOOST_AUTO_TEST_CASE(squared_errors) {
    check_loss<mean_squared_error>();
    check_loss<half_squared_error>();
    check_probabilities<mean_squared_error>();
}
BOOST_AUTO_TEST_CASE(robust_errors) {
    check_loss<mean_absolute_error>();
    check_loss<huber<>>();
    check_loss<huber<0.25>>();
    check_loss<log_cosh>();
    check_loss<hinge>();
    check_loss<cauchy>();
}
BOOST_AUTO_TEST_CASE(cross_entropies) {
    check_probabilities<binary_crossentropy>();
    check_all<input<4> | dense<5> | softmax, categorical_crossentropy>();
    check_all<input<4> | dense<5> | relu | softmax, categorical_crossentropy>();
    check_all<input<4> | dense<5> | sigmoid, categorical_crossentropy>();
    check_all<input<4> | dense<5> | softmax, sparse_categorical_crossentropy>();
    check_all<input<4> | dense<5> | sigmoid, sparse_categorical_crossentropy>();
    check_all<input<3, 4> | dense<18> | dropout<0.2> | softmax, sparse_categorical_crossentropy>();
}
