// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "network.hpp"
#include "points.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace playground {

/// All that a program needs to train the network that a page shows.
struct description {
    std::vector<std::size_t> features; ///< places in `playground::features`
    std::vector<std::size_t> hidden;
    activation hidden_activation = activations[1];
    goal purpose = goal::squared_classes;
    learning how;
    std::uint64_t seed = 0;
    std::uint64_t epochs = 0;
};

namespace detail {
inline std::string float_source(float number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    std::string result(digits.data(), end);
    // A whole number is no floating-point literal, so it has no suffix.
    return result.find_first_of(".e") == std::string::npos ? result : result + "f";
}
inline std::string layer_source(const description& plan, std::size_t units) {
    std::string result = "dense<" + std::to_string(units);
    if (plan.how.l1 != 0)
        result += ", l1<" + strata::bedrock::detail::number_to_string(plan.how.l1) + ">";
    if (plan.how.l2 != 0)
        result += ", l2<" + strata::bedrock::detail::number_to_string(plan.how.l2) + ">";
    return result + ">";
}
} // namespace detail

/// The network's type: `model<input<2> | dense<4> | tanh | dense<1> | tanh>`.
inline std::string type_text(const description& plan) {
    std::string result = "model<input<" + std::to_string(plan.features.size()) + ">";
    for (const std::size_t units : plan.hidden) {
        result += " | " + detail::layer_source(plan, units);
        if (plan.hidden_activation.own() != nullptr)
            result += " | own::unit";
        else if (!plan.hidden_activation.is_identity())
            result += " | " + std::string(plan.hidden_activation.kernels()->layer);
    }
    result += " | " + detail::layer_source(plan, 1);
    result += plan.purpose == goal::squared_classes  ? " | tanh"
              : plan.purpose == goal::likely_classes ? " | sigmoid"
                                                     : "";
    return result + ">";
}

/// A program that trains that network on these points from its first weights on, and prints the losses that
/// the page shows. `points` are [count][x, y, label], of which the first `train_count` are for training.
inline std::string program_text(const description& plan, std::span<const float> points,
                                std::size_t train_count) {
    if (points.empty()) // nothing to train on
        return {};
    const bool has_tests = points.size() / 3 > train_count;
    std::string text =
        "// g++ -std=c++20 -O3 -march=native -I strata/include -I strata/dsl network.cpp\n"
        "#include <strata/strata.hpp>\n\n#include <cmath>\n#include <cstddef>\n#include <cstdio>\n"
        "#include <vector>\n\nusing namespace strata;\n\n";
    if (const own_activation* const own = plan.hidden_activation.own())
        text += "namespace own {\nusing namespace strata::symbols;\n// Its derivative is " + own->slope_text +
                "\nconstexpr auto unit = named_activation<\"own\", " + own->text +
                ">;\n} // namespace own\n\n";
    text += "using network = " + type_text(plan) + ";\n\n";
    text += "// x, y and the target of each point; the first " + std::to_string(train_count) +
            " are for training.\nconstexpr float points[][3] = {";
    for (std::size_t i = 0; i < points.size(); i += 3) {
        text += i % 9 == 0 ? "\n    {" : " {";
        text += detail::float_source(points[i]) + ", " + detail::float_source(points[i + 1]) + ", " +
                detail::float_source(points[i + 2]) + "},";
    }
    text += "\n};\n\n// What the network sees of a point.\n"
            "std::vector<float> see(std::size_t first, std::size_t last) {\n    std::vector<float> seen;\n"
            "    for (std::size_t i = first; i < last; ++i) {\n"
            "        [[maybe_unused]] const double x = points[i][0];\n"
            "        [[maybe_unused]] const double y = points[i][1];\n"
            "        for (const double feature : {";
    for (std::size_t i = 0; i < plan.features.size(); ++i)
        text += (i == 0 ? "" : ", ") + std::string(features[plan.features[i]].source);
    text += "})\n            seen.push_back(static_cast<float>(feature));\n    }\n    return seen;\n}\n\n"
            "std::vector<float> wish(std::size_t first, std::size_t last) {\n    std::vector<float> wished;\n"
            "    for (std::size_t i = first; i < last; ++i)\n        wished.push_back(";
    text += plan.purpose == goal::likely_classes ? "points[i][2] > 0 ? 1.0f : 0.0f" : "points[i][2]";
    text += ");\n    return wished;\n}\n\nint main() {\n    network net{seed{" + std::to_string(plan.seed) +
            "}};\n    trainer teach{net, ";
    text += plan.purpose == goal::likely_classes ? "binary_crossentropy" : "half_squared_error";
    text += ", " + std::string(plan.how.optimizer->name) +
            "{.learning_rate = " + strata::bedrock::detail::number_to_string(plan.how.rate) + "}};\n";
    const std::string border = std::to_string(train_count);
    const std::string end = std::to_string(points.size() / 3);
    text += "    const auto x = see(0, " + border + ");\n    const auto y = wish(0, " + border + ");\n";
    text += "    teach.fit(x, y, {.batch_size = " + std::to_string(plan.how.batch) +
            ", .epochs = " + std::to_string(plan.epochs) +
            ", .shuffle = false, .verbose = verbosity::silent});\n"
            "    const evaluate_options quiet{.verbose = verbosity::silent};\n"
            "    std::printf(\"training loss %.6f\\n\", teach.evaluate(x, y, quiet)[\"loss\"]);\n";
    if (has_tests)
        text += "    std::printf(\"test loss %.6f\\n\", teach.evaluate(see(" + border + ", " + end +
                "), wish(" + border + ", " + end + "), quiet)[\"loss\"]);\n";
    return text + "}\n";
}

} // namespace playground
