// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "gradient_check.hpp"

using namespace gradient_check;
using strata::tanh;

namespace {
constexpr auto brier = label_loss<"brier", square(symbols::prediction - symbols::target)>;
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

BOOST_AUTO_TEST_CASE(losses_of_whole_rows) {
    check_all<input<2, 4> | dense<3>, cosine_similarity>();
    check_all<input<4> | dense<18> | tanh, categorical_hinge>();
    check_all<input<2, 4> | dense<3> | sigmoid, dice>();
    check_all<input<2, 4> | dense<18>, from_logits<softmax>(dice)>();
}
BOOST_AUTO_TEST_CASE(losses_of_probabilities) {
    check_all<input<3, 4> | dense<18> | softmax, label_smoothing<0.1>(sparse_categorical_crossentropy)>();
    check_all<input<4> | dense<5> | softmax, categorical_focal_crossentropy<>>();
    check_all<input<4> | dense<5> | softmax, kl_divergence>();
    check_all<input<4> | dense<5>, from_logits<softmax>(brier)>();
    check_all<input<4> | dense<1>, from_logits(binary_focal_crossentropy<>)>();
}
BOOST_AUTO_TEST_CASE(losses_of_batches) {
    for (const std::size_t samples : {8u, 13u}) {
        check<input<4> | dense<5> | tanh, triplet_hard<>>(samples);
        check<input<4> | dense<3>, triplet_semi_hard<>>(samples);
        check<input<4> | dense<3>, contrastive_pairs<2.0>>(samples);
    }
}
BOOST_AUTO_TEST_CASE(losses_of_sequences) {
    check<input<16, 3> | dense<4>, ctc>(3);
    check<input<16, 3> | dense<1> | relu | masking<> | dense<4>, ctc>(3);
}
