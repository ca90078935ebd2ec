// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/raise.hpp>
#include <strata/regression/decomposition.hpp>
#include <strata/setting.hpp>

#include <eigen3/Eigen/Cholesky>
#include <eigen3/Eigen/Eigenvalues>
#include <eigen3/Eigen/QR>
#include <eigen3/Eigen/SVD>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

/// What lapack.hpp does, by Eigen's templates: for processors that LAPACK is not compiled for. Matrices lie
/// column by column, without gaps. The same methods, so the same digits but for the last ones.
namespace strata::bedrock::inline STRATA_SETTING::eigen {

namespace internal {
using matrix = Eigen::Map<Eigen::MatrixXd>;
using constant_matrix = Eigen::Map<const Eigen::MatrixXd>;
using vector = Eigen::Map<Eigen::VectorXd>;

inline Eigen::Index index(std::size_t size) noexcept { return static_cast<Eigen::Index>(size); }
inline void check(Eigen::ComputationInfo info) {
    if (info != Eigen::Success)
        bedrock::internal::raise(std::runtime_error("Eigen: the eigenvalues did not converge"));
}
inline std::vector<double> copy(const Eigen::VectorXd& values) {
    return {values.data(), values.data() + values.size()};
}
} // namespace internal

/// Factors a symmetric n x n matrix into L L^T, in place, and returns an estimate of the reciprocal of its
/// condition number in the 1-norm: 0 where it is not positive definite. O(n^3).
inline double cholesky(std::vector<double>& a, std::size_t n) {
    internal::matrix lower(a.data(), internal::index(n), internal::index(n));
    const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factor(lower);
    // What is not a number is no error to Eigen.
    if (factor.info() != Eigen::Success || !lower.diagonal().allFinite())
        return 0;
    return factor.rcond();
}

/// Solves L L^T x = b for several columns b, in place.
inline void cholesky_solve(const std::vector<double>& factor, std::size_t n, double* b, std::size_t columns) {
    const internal::constant_matrix lower(factor.data(), internal::index(n), internal::index(n));
    internal::matrix sides(b, internal::index(n), internal::index(columns));
    lower.triangularView<Eigen::Lower>().solveInPlace(sides);
    lower.transpose().triangularView<Eigen::Upper>().solveInPlace(sides);
}

/// The eigenvalues of a symmetric matrix, ascending; with `vectors` the matrix becomes its eigenvectors.
inline std::vector<double> eigenvalues(std::vector<double>& a, std::size_t n, bool vectors) {
    if (n == 0)
        return {};
    internal::matrix symmetric(a.data(), internal::index(n), internal::index(n));
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
        symmetric, vectors ? Eigen::ComputeEigenvectors : Eigen::EigenvaluesOnly);
    internal::check(solver.info());
    if (vectors)
        symmetric = solver.eigenvectors();
    return internal::copy(solver.eigenvalues());
}

/// The singular values of an n x n matrix, descending. O(n^3).
inline std::vector<double> singular_values(const std::vector<double>& a, std::size_t n) {
    if (n == 0)
        return {};
    const Eigen::JacobiSVD<Eigen::MatrixXd> solver(
        internal::constant_matrix(a.data(), internal::index(n), internal::index(n)));
    return internal::copy(solver.singularValues());
}

/// A rows x columns matrix as Q R, rows >= columns.
class orthogonal_factors {
public:
    orthogonal_factors(std::vector<double> a, std::size_t rows, std::size_t columns)
        : factors_(internal::constant_matrix(a.data(), internal::index(rows), internal::index(columns))),
          upper_(factors_.matrixQR().topRows(factors_.cols()).triangularView<Eigen::Upper>()) {}

    /// R, [columns][columns], with zeros below its diagonal.
    [[nodiscard]] std::vector<double> upper() const { return {upper_.data(), upper_.data() + upper_.size()}; }

    /// b = Q b or Q^T b, for `rows` elements.
    void multiply_by_q(bool transposed, std::vector<double>& b) const {
        internal::vector side(b.data(), factors_.rows());
        const auto q = factors_.householderQ();
        if (transposed)
            side.applyOnTheLeft(q.transpose());
        else
            side.applyOnTheLeft(q);
    }

    /// b = R^-1 b or R^-T b, for the first `columns` elements.
    void divide_by_r(bool transposed, std::vector<double>& b) const {
        internal::vector side(b.data(), factors_.cols());
        if (transposed)
            upper_.transpose().triangularView<Eigen::Lower>().solveInPlace(side);
        else
            upper_.triangularView<Eigen::Upper>().solveInPlace(side);
    }

private:
    Eigen::HouseholderQR<Eigen::MatrixXd> factors_;
    Eigen::MatrixXd upper_; ///< R
};

/// The least-squares solution of minimum norm by singular values, those below threshold * the largest being
/// taken for zero. `b` holds right-hand sides of max(rows, columns) elements each, whose first `columns`
/// elements become the solutions.
inline decomposition minimum_norm(std::vector<double>& a, std::size_t rows, std::size_t columns,
                                  std::vector<double>& b, std::size_t sides, double threshold) {
    const internal::constant_matrix matrix(a.data(), internal::index(rows), internal::index(columns));
    Eigen::JacobiSVD<Eigen::MatrixXd> solver(matrix, Eigen::ComputeThinU | Eigen::ComputeThinV);
    solver.setThreshold(threshold);
    internal::matrix given(b.data(), internal::index(std::max(rows, columns)), internal::index(sides));
    const Eigen::MatrixXd solution = solver.solve(given.topRows(internal::index(rows)));
    given.topRows(internal::index(columns)) = solution;
    return {internal::copy(solver.singularValues()), static_cast<std::size_t>(solver.rank())};
}

} // namespace strata::bedrock::inline STRATA_SETTING::eigen
