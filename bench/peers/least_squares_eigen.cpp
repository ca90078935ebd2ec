// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A linear regression with an intercept in Eigen, as its documentation has it: the normal equations by LDLT,
// with a column of ones.
//   least_squares_eigen tall|wide
#include "peers/least_squares.hpp"

#include <Eigen/Dense>

int main(int count, char** arguments) {
    const least_squares::problem data(least_squares::is_wide(count, arguments));
    using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const auto rows = static_cast<Eigen::Index>(data.y.size()),
               columns = static_cast<Eigen::Index>(data.features);
    const Eigen::Map<const matrix> x(data.x.data(), rows, columns);
    const Eigen::Map<const Eigen::VectorXd> y(data.y.data(), rows);
    Eigen::setNbThreads(static_cast<int>(bench::threads()));
    least_squares::time([&] {
        Eigen::MatrixXd gram(columns + 1, columns + 1);
        Eigen::VectorXd cross(columns + 1);
        gram.setZero();
        gram.topLeftCorner(columns, columns).selfadjointView<Eigen::Lower>().rankUpdate(x.transpose());
        gram.row(columns).head(columns) = x.colwise().sum();
        gram(columns, columns) = static_cast<double>(rows);
        cross.head(columns) = x.transpose() * y;
        cross(columns) = y.sum();
        return Eigen::VectorXd(gram.selfadjointView<Eigen::Lower>().ldlt().solve(cross))(0);
    });
}
