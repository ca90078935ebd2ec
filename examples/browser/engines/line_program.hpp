// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "line.hpp"

#include <strata/expression/print.hpp>
#include <strata/source/to_string.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

// The programs that compute what the page Line shows, for its readers to copy.
namespace line {

/// Numbers between braces, shortest texts that are the same numbers again; `row_size` of them in braces of
/// their own.
inline std::string source_of(std::span<const double> numbers, std::size_t row_size = 1) {
    std::string text = "{";
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0)
            text += ", ";
        if (row_size > 1 && i % row_size == 0)
            text += '{';
        text += strata::bedrock::detail::number_source(numbers[i]);
        if (row_size > 1 && (i + 1) % row_size == 0)
            text += '}';
    }
    return text + "}";
}

inline std::string source_of(std::span<const std::int32_t> numbers) {
    return source_of(std::vector<double>(numbers.begin(), numbers.end()));
}

inline std::string program(std::initializer_list<std::string_view> headers, std::string_view statements) {
    std::string text;
    for (const std::string_view header : headers)
        text.append("#include <").append(header).append(">\n");
    text += "\nusing namespace strata;\n\nint main() {\n";
    while (!statements.empty()) {
        const std::size_t length = statements.find('\n') + 1;
        text.append("    ").append(statements.substr(0, length));
        statements.remove_prefix(length);
    }
    return text + "}\n";
}

template <class Network>
std::string type_of() {
    return "model<" + strata::to_string(typename Network::topology{}) + ", double>";
}

/// The program of fit_curve.
inline std::string write_curve_program(std::span<const double> x, std::span<const double> y,
                                       std::size_t degree, double l2) {
    return pick<1, largest_degree>(degree, [&]<std::size_t Degree>() {
        const std::string n = std::to_string(Degree);
        const std::string options = l2 > 0 ? ", {.l2 = " + source_of(std::array{l2}) + "}" : "";
        return program(
            {"strata/data/polynomial_features.hpp", "strata/layers/layers.hpp",
             "strata/regression/linear_regression.hpp", "cstdio", "vector"},
            "const std::vector<double> x" + source_of(x) + ";\nconst std::vector<double> y" + source_of(y) +
                ";\nconst auto powers = polynomial_features<1, " + n +
                ">::transform(x);\nlinear_regression<" + n + "> curve; // " +
                type_of<typename strata::linear_regression<Degree>::network_type>() +
                "\ncurve.fit(powers, y" + options +
                ");\nstd::printf(\"y = %.10g\", curve.intercept());\nfor (std::size_t i = 0; i < " + n +
                "; ++i)\n    std::printf(\" %+.10g x^%zu\", curve.coef()(i), i + 1);\n"
                "std::printf(\"\\nR^2 = %.10g\\n\", curve.score(powers, y));\n");
    });
}

/// The program of find_clusters.
inline std::string write_cluster_program(std::span<const double> points, std::size_t count,
                                         std::uint64_t seed) {
    const std::string k = std::to_string(count);
    return program(
        {"strata/cluster/kmeans.hpp", "array", "cstdio", "vector"},
        "const std::vector<std::array<double, 2>> points" + source_of(points, 2) + ";\nkmeans<" + k +
            ", 2> clusters({.random = seed{" + std::to_string(seed) +
            "}});\nclusters.fit(points);\nfor (std::size_t k = 0; k < " + k +
            "; ++k)\n    std::printf(\"center (%.10g, %.10g)\\n\", clusters.centers()(k, 0), "
            "clusters.centers()(k, 1));\nstd::printf(\"inertia = %.10g\\n\", clusters.inertia());\n");
}

/// The program of find_boundary.
inline std::string write_boundary_program(std::span<const double> points,
                                          std::span<const std::int32_t> labels, std::size_t classes,
                                          std::size_t degree, double c) {
    return pick<1, largest_boundary_degree>(degree, [&]<std::size_t Degree>() {
        return pick<2, largest_classes>(classes, [&]<std::size_t Classes>() {
            using regression = regression_of<Degree, Classes>;
            const std::string features = std::to_string(regression::features);
            const std::string name =
                Classes == 2 ? "logistic_regression<" + features + ">"
                             : "softmax_regression<" + features + ", " + std::to_string(Classes) + ">";
            return program(
                {"strata/data/polynomial_features.hpp", "strata/layers/layers.hpp",
                 "strata/regression/logistic_regression.hpp", "array", "cstdio", "vector"},
                "const std::vector<std::array<double, 2>> points" + source_of(points, 2) +
                    ";\nconst std::vector<int> labels" + source_of(labels) +
                    ";\nconst auto products = polynomial_features<2, " + std::to_string(Degree) +
                    ">::transform(points);\n" + name + " classes; // " +
                    type_of<typename regression::network_type>() +
                    "\nclasses.fit(products, labels, {.C = " + strata::bedrock::detail::number_source(c) +
                    "});\nfor (const double weight : classes.coef())\n    std::printf(\"%.10g \", weight);\n"
                    "std::printf(\"\\naccuracy = %.10g\\n\", classes.score(products, labels));\n");
        });
    });
}

} // namespace line
