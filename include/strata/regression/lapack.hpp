// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/regression/decomposition.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

// The routines that are called, declared here: the whole of xtensor-blas takes two seconds to compile. A
// program that solves links LAPACK, as `-llapack`.
extern "C" {
void dpotrf_(const char* triangle, const int* n, double* a, const int* stride, int* info);
void dpotrs_(const char* triangle, const int* n, const int* columns, const double* a, const int* stride,
             double* b, const int* stride_b, int* info);
void dpocon_(const char* triangle, const int* n, const double* a, const int* stride, const double* norm,
             double* reciprocal, double* work, int* int_work, int* info);
void dsyevd_(const char* vectors, const char* triangle, const int* n, double* a, const int* stride,
             double* values, double* work, const int* size, int* int_work, const int* int_size, int* info);
void dgeqrf_(const int* m, const int* n, double* a, const int* stride, double* tau, double* work,
             const int* size, int* info);
void dormqr_(const char* side, const char* transposed, const int* m, const int* n, const int* k,
             const double* a, const int* stride, const double* tau, double* c, const int* stride_c,
             double* work, const int* size, int* info);
void dtrtrs_(const char* triangle, const char* transposed, const char* diagonal, const int* n,
             const int* columns, const double* a, const int* stride, double* b, const int* stride_b,
             int* info);
void dgesdd_(const char* vectors, const int* m, const int* n, double* a, const int* stride, double* values,
             double* u, const int* stride_u, double* v, const int* stride_v, double* work, const int* size,
             int* int_work, int* info);
void dgelsd_(const int* m, const int* n, const int* columns, double* a, const int* stride, double* b,
             const int* stride_b, double* values, const double* threshold, int* rank, double* work,
             const int* size, int* int_work, int* info);
}

/// LAPACK on matrices that lie column by column, without gaps.
namespace strata::bedrock::inline STRATA_SETTING::lapack {

namespace internal {
inline int lapack_int(std::size_t size) {
    if (size > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        bedrock::internal::raise(std::length_error(bedrock::internal::concatenate(
            "LAPACK: expected at most 2^31 - 1 rows, columns and numbers of work space, found ", size)));
    return static_cast<int>(size);
}
inline void check(int info, const char* routine) {
    if (info != 0)
        bedrock::internal::raise(std::runtime_error(bedrock::internal::concatenate(
            "LAPACK: ", routine, " found no result, its code is ", std::to_string(info))));
}
// Calls a routine twice: with the size -1 it says how much work space it wants, then it works in that.
template <class Routine>
void provide_work_space(Routine routine) {
    double optimal_size = 0;
    routine(&optimal_size, -1);
    std::vector<double> work(static_cast<std::size_t>(optimal_size));
    routine(work.data(), lapack_int(work.size()));
}
} // namespace internal

/// Factors a symmetric n x n matrix into L L^T, in place, and returns an estimate of the reciprocal of its
/// condition number in the 1-norm: 0 where it is not positive definite. O(n^3).
inline double cholesky(std::vector<double>& a, std::size_t n) {
    double norm = 0;
    for (std::size_t j = 0; j < n; ++j) {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i)
            sum += std::abs(a[j * n + i]);
        norm = std::max(norm, sum);
    }
    const int size = internal::lapack_int(n);
    int info = 0;
    dpotrf_("L", &size, a.data(), &size, &info);
    if (info != 0)
        return 0;
    double reciprocal = 0;
    // As an int: g++ 12 warns of an n for which 3 n is too much.
    const auto count = static_cast<unsigned>(size);
    std::vector<double> work(std::size_t{3} * count);
    std::vector<int> int_work(count);
    dpocon_("L", &size, a.data(), &size, &norm, &reciprocal, work.data(), int_work.data(), &info);
    return reciprocal;
}

/// Solves L L^T x = b for several columns b, in place.
inline void cholesky_solve(const std::vector<double>& factor, std::size_t n, double* b, std::size_t columns) {
    const int size = internal::lapack_int(n);
    const int count = internal::lapack_int(columns);
    int info = 0;
    dpotrs_("L", &size, &count, factor.data(), &size, b, &size, &info);
}

/// The eigenvalues of a symmetric matrix, ascending; with `vectors` the matrix becomes its eigenvectors.
inline std::vector<double> eigenvalues(std::vector<double>& a, std::size_t n, bool vectors) {
    if (n == 0) // which LAPACK takes for a wrong argument
        return {};
    const int size = internal::lapack_int(n);
    std::vector<double> values(n);
    int info = 0;
    int int_size = 0;
    double optimal_size = 0;
    const int query = -1;
    const char* job = vectors ? "V" : "N";
    dsyevd_(job, "L", &size, a.data(), &size, values.data(), &optimal_size, &query, &int_size, &query, &info);
    std::vector<double> work(static_cast<std::size_t>(optimal_size));
    std::vector<int> int_work(static_cast<std::size_t>(int_size));
    const int work_size = internal::lapack_int(work.size());
    dsyevd_(job, "L", &size, a.data(), &size, values.data(), work.data(), &work_size, int_work.data(),
            &int_size, &info);
    internal::check(info, "dsyevd");
    return values;
}

/// The singular values of an n x n matrix, descending. O(n^3).
inline std::vector<double> singular_values(std::vector<double> a, std::size_t n) {
    if (n == 0)
        return {};
    const int size = internal::lapack_int(n);
    std::vector<double> values(n);
    std::vector<int> int_work(8 * n);
    double unused = 0;
    const int one = 1;
    int info = 0;
    internal::provide_work_space([&](double* work, int work_size) {
        dgesdd_("N", &size, &size, a.data(), &size, values.data(), &unused, &one, &unused, &one, work,
                &work_size, int_work.data(), &info);
    });
    internal::check(info, "dgesdd");
    return values;
}

/// A rows x columns matrix as Q R, rows >= columns.
class orthogonal_factors {
public:
    orthogonal_factors(std::vector<double> a, std::size_t rows, std::size_t columns)
        : a_(std::move(a)), tau_(columns), rows_(rows), columns_(columns) {
        const int m = internal::lapack_int(rows);
        const int n = internal::lapack_int(columns);
        int info = 0;
        internal::provide_work_space(
            [&](double* work, int size) { dgeqrf_(&m, &n, a_.data(), &m, tau_.data(), work, &size, &info); });
        internal::check(info, "dgeqrf");
    }

    /// R, [columns][columns], with zeros below its diagonal.
    [[nodiscard]] std::vector<double> upper() const {
        std::vector<double> r(columns_ * columns_, 0.0);
        for (std::size_t j = 0; j < columns_; ++j)
            std::copy_n(a_.begin() + static_cast<std::ptrdiff_t>(j * rows_), j + 1,
                        r.begin() + static_cast<std::ptrdiff_t>(j * columns_));
        return r;
    }

    /// b = Q b or Q^T b, for `rows` elements.
    void multiply_by_q(bool transposed, std::vector<double>& b) const {
        const int m = internal::lapack_int(rows_);
        const int n = internal::lapack_int(columns_);
        const int one = 1;
        int info = 0;
        internal::provide_work_space([&](double* work, int size) {
            dormqr_("L", transposed ? "T" : "N", &m, &one, &n, a_.data(), &m, tau_.data(), b.data(), &m, work,
                    &size, &info);
        });
        internal::check(info, "dormqr");
    }

    /// b = R^-1 b or R^-T b, for the first `columns` elements.
    void divide_by_r(bool transposed, std::vector<double>& b) const {
        const int m = internal::lapack_int(rows_);
        const int n = internal::lapack_int(columns_);
        const int one = 1;
        int info = 0;
        dtrtrs_("U", transposed ? "T" : "N", "N", &n, &one, a_.data(), &m, b.data(), &n, &info);
        internal::check(info, "dtrtrs");
    }

private:
    std::vector<double> a_;
    std::vector<double> tau_;
    std::size_t rows_;
    std::size_t columns_;
};

/// The least-squares solution of minimum norm by singular values, those below threshold * the largest being
/// taken for zero. `b` holds right-hand sides of max(rows, columns) elements each, whose first `columns`
/// elements become the solutions; `a` is lost.
inline decomposition minimum_norm(std::vector<double>& a, std::size_t rows, std::size_t columns,
                                  std::vector<double>& b, std::size_t sides, double threshold) {
    const int m = internal::lapack_int(rows);
    const int n = internal::lapack_int(columns);
    const int count = internal::lapack_int(sides);
    const int stride = std::max({m, n, 1});
    decomposition result{std::vector<double>(std::min(rows, columns)), 0};
    int rank = 0;
    int info = 0;
    int int_size = 0;
    double optimal_size = 0;
    const int query = -1;
    dgelsd_(&m, &n, &count, a.data(), &m, b.data(), &stride, result.singular_values.data(), &threshold, &rank,
            &optimal_size, &query, &int_size, &info);
    std::vector<double> work(static_cast<std::size_t>(optimal_size));
    std::vector<int> int_work(static_cast<std::size_t>(std::max(int_size, 1)));
    const int size = internal::lapack_int(work.size());
    dgelsd_(&m, &n, &count, a.data(), &m, b.data(), &stride, result.singular_values.data(), &threshold, &rank,
            work.data(), &size, int_work.data(), &info);
    internal::check(info, "dgelsd");
    result.rank = static_cast<std::size_t>(rank);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::lapack
