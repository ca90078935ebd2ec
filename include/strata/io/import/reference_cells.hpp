// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/reference_values.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A recurrent layer in one direction over [steps, features], as Keras defines it; `prefix` is that of its
/// weights' names. Masked steps leave the state as it is.
class reference_cell {
public:
    reference_cell(const graph_node& node, std::string_view kind, const std::string& prefix)
        : node_(node),
          kind_(kind),
          units_(node.count("units")),
          gates_(kind == "lstm"  ? 4
                 : kind == "gru" ? 3
                                 : 1),
          kernel_(weight_numbers(node, prefix + "kernel")),
          recurrent_(weight_numbers(node, prefix + "recurrent_kernel")),
          bias_(weight_numbers(node, prefix + "bias")),
          h_(units_, 0),
          c_(units_, 0) {}

    /// The state before the first step, where it is not zero: h, and c of an LSTM.
    void begin(const std::vector<const reference_numbers*>& states) {
        if (!states.empty())
            h_ = *states[0];
        if (states.size() > 1)
            c_ = *states[1];
    }
    [[nodiscard]] const reference_numbers& state(std::size_t index) const { return index == 0 ? h_ : c_; }

    /// The states behind each step, in the order in which they are computed. `zeroes_masked`: zeros for those
    /// that are masked.
    std::vector<reference_numbers> run(const reference_numbers& x, std::size_t steps, bool is_backwards,
                                       const std::vector<bool>& mask, bool zeroes_masked) {
        std::vector<reference_numbers> result;
        const std::size_t features = x.size() / steps;
        for (std::size_t step = 0; step < steps; ++step) {
            const std::size_t place = is_backwards ? steps - 1 - step : step;
            const bool counts = mask.empty() || mask[place];
            if (counts)
                advance(x.data() + place * features, features);
            result.push_back(counts || !zeroes_masked ? h_ : reference_numbers(units_, 0));
        }
        return result;
    }

private:
    /// x W + b and h U + b', or one sum of both.
    [[nodiscard]] reference_numbers product(const double* x, std::size_t rows,
                                            const std::vector<float>& kernel, std::size_t bias_row,
                                            bool has_bias) const {
        const std::size_t width = gates_ * units_;
        reference_numbers result(width, 0);
        for (std::size_t j = 0; j < width; ++j) {
            if (has_bias && !bias_.empty())
                result[j] = bias_[bias_row * width + j];
            for (std::size_t k = 0; k < rows; ++k)
                result[j] += x[k] * double{kernel[k * width + j]};
        }
        return result;
    }
    [[nodiscard]] double gate(double x) const {
        return apply_cell_function(node_, "recurrent_activation", "sigmoid", x);
    }
    [[nodiscard]] double function(double x) const {
        return apply_cell_function(node_, "activation", "tanh", x);
    }

    void advance(const double* x, std::size_t features) {
        const bool resets_product = kind_ == "gru" && node_.number("reset_after") != 0;
        const reference_numbers a = product(x, features, kernel_, 0, true);
        const reference_numbers b = product(h_.data(), units_, recurrent_, 1, resets_product);
        if (kind_ == "simple_rnn")
            for (std::size_t u = 0; u < units_; ++u)
                h_[u] = function(a[u] + b[u]);
        else if (kind_ == "lstm")
            for (std::size_t u = 0; u < units_; ++u) {
                const auto sum = [&](std::size_t g) { return a[g * units_ + u] + b[g * units_ + u]; };
                c_[u] = gate(sum(1)) * c_[u] + gate(sum(0)) * function(sum(2));
                h_[u] = gate(sum(3)) * function(c_[u]);
            }
        else
            advance_gru(a, b, resets_product);
    }

    void advance_gru(const reference_numbers& a, const reference_numbers& b, bool resets_product) {
        reference_numbers z(units_), r(units_), reset(units_);
        for (std::size_t u = 0; u < units_; ++u) {
            z[u] = gate(a[u] + b[u]);
            r[u] = gate(a[units_ + u] + b[units_ + u]);
            reset[u] = r[u] * h_[u];
        }
        const reference_numbers d = resets_product ? b : product(reset.data(), units_, recurrent_, 1, false);
        for (std::size_t u = 0; u < units_; ++u) {
            const double inner = d[2 * units_ + u] * (resets_product ? r[u] : 1);
            h_[u] = z[u] * h_[u] + (1 - z[u]) * function(a[2 * units_ + u] + inner);
        }
    }

    const graph_node& node_;
    std::string kind_;
    std::size_t units_;
    std::size_t gates_;
    const std::vector<float>& kernel_;
    const std::vector<float>& recurrent_;
    const std::vector<float>& bias_;
    reference_numbers h_;
    reference_numbers c_;
};

/// What a recurrent layer of one direction makes: its result, and its state behind the last step.
inline std::vector<reference_numbers> recur_once(const graph_node& node,
                                                 const std::vector<const reference_numbers*>& sources,
                                                 std::size_t steps, const std::vector<bool>& mask) {
    const bool is_last = node.number("last_step") != 0;
    reference_cell cell(node, node.kind, "");
    cell.begin({sources.begin() + 1, sources.end()});
    auto all = cell.run(*sources.front(), steps, node.number("backwards") != 0, mask,
                        !is_last && node.number("zero_masked") != 0);
    if (is_last)
        all.erase(all.begin(), all.end() - 1);
    std::vector<reference_numbers> result(1);
    for (const reference_numbers& each : all)
        result[0].insert(result[0].end(), each.begin(), each.end());
    result.push_back(cell.state(0));
    result.push_back(cell.state(1));
    return result;
}

/// Both directions of a recurrent layer.
inline reference_numbers recur_twice(const graph_node& node, const reference_numbers& x, std::size_t steps,
                                     const std::vector<bool>& mask) {
    const bool is_last = node.number("last_step") != 0;
    const std::string kind(node.text("cell"));
    const auto direction = [&](const std::string& prefix, bool is_backwards) {
        // As in Keras's Bidirectional of all steps.
        return reference_cell(node, kind, prefix).run(x, steps, is_backwards, mask, !is_last);
    };
    auto first = direction("forward." + kind + ".", node.number("backwards") != 0);
    if (is_last)
        first.erase(first.begin(), first.end() - 1);
    reference_numbers result;
    auto second = direction("backward." + kind + ".", node.number("backwards") == 0);
    if (is_last)
        second.erase(second.begin(), second.end() - 1);
    std::reverse(second.begin(), second.end());
    const std::string_view merge = node.text("merge", "concat");
    for (std::size_t step = 0; step < first.size(); ++step) {
        if (merge == "concat") {
            result.insert(result.end(), first[step].begin(), first[step].end());
            result.insert(result.end(), second[step].begin(), second[step].end());
        } else
            for (std::size_t u = 0; u < first[step].size(); ++u)
                result.push_back(merge == "mul"
                                     ? first[step][u] * second[step][u]
                                     : (first[step][u] + second[step][u]) / (merge == "ave" ? 2 : 1));
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
