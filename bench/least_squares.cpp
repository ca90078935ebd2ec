// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What does an exact linear regression cost? Rows of doubles with an intercept, beside Eigen's LDLT of the
// normal equations with a column of ones, and the floors: reading the rows once, and the multiply-adds of
// half a symmetric product. `least_squares tall|wide THREADS` prints a line for bench/least_squares.sh, which
// adds scikit-learn and NumPy.
#include <strata/layers/layers.hpp>
#include <strata/regression/linear_regression.hpp>

#include "timing.hpp"

#if __has_include(<eigen3/Eigen/Dense>)
#    pragma GCC diagnostic push
#    pragma GCC diagnostic ignored "-Wconversion"
#    pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#    include <eigen3/Eigen/Dense>
#    pragma GCC diagnostic pop
#    define HAS_EIGEN
#endif

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace strata;

namespace {

struct problem {
    std::vector<double> x;
    std::vector<double> y;
};

problem make(std::size_t rows, std::size_t features) {
    problem result{std::vector<double>(rows * features), std::vector<double>(rows)};
    random_sequence random(seed{1}, stream::split);
    for (double& each : result.x)
        each = 2 * random.uniform() - 1;
    for (std::size_t i = 0; i < rows; ++i) {
        result.y[i] = 3 + random.uniform();
        for (std::size_t j = 0; j < features; ++j)
            result.y[i] += result.x[i * features + j] * (static_cast<double>(j % 7) - 3);
    }
    return result;
}

#ifdef HAS_EIGEN
// As its documentation has it: the normal equations by LDLT, with a column of ones.
Eigen::VectorXd by_eigen(const problem& data, std::size_t features) {
    using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const auto rows = static_cast<Eigen::Index>(data.y.size());
    const auto columns = static_cast<Eigen::Index>(features);
    const Eigen::Map<const matrix> x(data.x.data(), rows, columns);
    const Eigen::Map<const Eigen::VectorXd> y(data.y.data(), rows);
    Eigen::MatrixXd gram(columns + 1, columns + 1);
    Eigen::VectorXd cross(columns + 1);
    gram.setZero();
    gram.topLeftCorner(columns, columns).selfadjointView<Eigen::Lower>().rankUpdate(x.transpose());
    gram.row(columns).head(columns) = x.colwise().sum();
    gram(columns, columns) = static_cast<double>(rows);
    cross.head(columns) = x.transpose() * y;
    cross(columns) = y.sum();
    return gram.selfadjointView<Eigen::Lower>().ldlt().solve(cross);
}
#endif

template <std::size_t Features>
void run(std::size_t rows, std::size_t threads) {
    const problem data = make(rows, Features);
    std::vector<double> ours;
    std::vector<double> eigen;
    std::vector<double> read;
    std::vector<double> peak;
    double difference = 0;
    for (int round = 0; round < 7; ++round) {
        linear_regression<Features> reg;
        ours.push_back(bench::seconds([&] { reg.fit(data.x, data.y, {.threads = threads}); }));
#ifdef HAS_EIGEN
        Eigen::setNbThreads(static_cast<int>(threads));
        Eigen::VectorXd solution;
        eigen.push_back(bench::seconds([&] { solution = by_eigen(data, Features); }));
        for (std::size_t j = 0; j < Features; ++j)
            difference =
                std::max(difference, std::abs(reg.coef()(j) - solution(static_cast<Eigen::Index>(j))));
#endif
        read.push_back(bench::read_seconds(rows * Features * sizeof(double), 1));
        if (round < 3)
            peak.push_back(bench::peak_flops<double>());
    }
    const double columns = Features + 2;
    const double products = static_cast<double>(rows) * columns * (columns + 1) / bench::median(peak);
    std::printf("strata %.1f ms; ", bench::median(ours) * 1e3);
    if (eigen.empty())
        std::printf("Eigen is missing (libeigen3-dev); ");
    else
        std::printf("Eigen's LDLT %.1f ms (answers differ by %.0e); ", bench::median(eigen) * 1e3,
                    difference);
    std::printf("one core's floors: reading %.1f ms, multiply-adds %.1f ms\n", bench::median(read) * 1e3,
                products * 1e3);
}

} // namespace

int main(int count, char** arguments) {
    const std::size_t threads = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
    const bool wide = count > 1 && std::strcmp(arguments[1], "wide") == 0;
    if (wide)
        run<200>(100'000, threads);
    else
        run<20>(1'000'000, threads);
}
