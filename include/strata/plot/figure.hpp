// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/finite.hpp>
#include <strata/plot/gnuplot.hpp>
#include <strata/raise.hpp>

#include <ranges>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::plot {

/// Anything with numbers in order: std::vector, std::array, std::span, a one-dimensional array of xtensor.
template <class Values>
concept numbers =
    std::ranges::input_range<const Values> && std::is_arithmetic_v<std::ranges::range_value_t<const Values>>;

/// Points and lines over two axes:
/// `figure{"Heights"}.axes("cm", "kg").scatter(x, y, "people").save("heights.png")`.
/// Numbers that are not finite leave gaps.
class figure {
public:
    explicit figure(std::string title = {}, size pixels = {}) : title_(std::move(title)), pixels_(pixels) {}

    figure& axes(std::string x, std::string y) {
        x_name_ = std::move(x);
        y_name_ = std::move(y);
        return *this;
    }
    /// A dot for each pair, in a colour such as "#0072b2", or the next one. `std::invalid_argument` unless
    /// there are as many x as y.
    template <numbers X, numbers Y>
    figure& scatter(const X& x, const Y& y, std::string name = {}, std::string colour = {}) {
        return add(x, y, std::move(name), "points pt 7 ps 0.8", std::move(colour));
    }
    /// A line through the pairs in their order.
    template <numbers X, numbers Y>
    figure& line(const X& x, const Y& y, std::string name = {}) {
        return add(x, y, std::move(name), "lines lw 2");
    }
    /// Large crosses, for points that matter more than the others.
    template <numbers X, numbers Y>
    figure& marks(const X& x, const Y& y, std::string name = {}) {
        return add(x, y, std::move(name), "points pt 2 ps 2 lw 3", "#000000");
    }
    /// A background of coloured regions: lines of x, y and the number of a class below `classes`.
    figure& regions(std::string data, std::size_t classes) {
        series_.push_back({{}, "image", std::move(data), {}});
        classes_ = classes;
        return *this;
    }

    /// Draws to a .png or .svg file, which is complete when this returns. `plot_error` where that fails,
    /// `std::invalid_argument` for another extension, or a figure without data.
    void save(const std::filesystem::path& file) const { internal::draw(file, pixels_, panel()); }

    /// The figure in gnuplot's language, for pictures of several.
    [[nodiscard]] std::string panel() const {
        if (series_.empty())
            bedrock::internal::raise(std::invalid_argument("plot: the figure has no data"));
        std::string script;
        for (std::size_t i = 0; i < series_.size(); ++i) {
            script += bedrock::internal::concatenate("$series", i, " << end_of_data\n", series_[i].data,
                                                     "end_of_data\n");
        }
        script += "set title " + internal::literal(title_) + "\nset xlabel " + internal::literal(x_name_) +
                  "\nset ylabel " + internal::literal(y_name_) +
                  "\nset offsets graph 0.03, graph 0.03, graph 0.05, graph 0.05\n";
        if (classes_ > 0)
            script += class_colours();
        else if (!has_finite_) // where gnuplot would find no ranges
            script += "set xrange [0:1]\nset yrange [0:1]\n";
        script += "plot ";
        for (std::size_t i = 0; i < series_.size(); ++i) {
            const auto& each = series_[i];
            script += bedrock::internal::concatenate(
                i == 0 ? "" : ", ", "$series", i, each.style == "image" ? " using 1:2:3" : " using 1:2",
                " with ", each.style, each.colour.empty() ? std::string{} : " lc rgb '" + each.colour + "'",
                each.name.empty() ? std::string(" notitle") : " title " + internal::literal(each.name));
        }
        return script + (has_finite_ || classes_ > 0 ? "\n" : "\nset autoscale\n");
    }

    /// Colours that are told apart on white, also by the colour-blind (Okabe and Ito, 2008).
    static constexpr std::array<const char*, 8> colours{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                        "#e69f00", "#56b4e9", "#000000", "#b8a900"};

private:
    struct series {
        std::string name;
        std::string style;
        std::string data;
        std::string colour;
    };

    /// The palette of regions: the colours of the classes, paler.
    [[nodiscard]] std::string class_colours() const {
        std::string script =
            "unset colorbox\nunset grid\nset offsets\nset autoscale fix\nset palette defined (";
        for (std::size_t i = 0; i < classes_; ++i) {
            unsigned colour = 0;
            const std::string_view digits = colours[i % colours.size()];
            std::from_chars(digits.data() + 1, digits.data() + digits.size(), colour, 16);
            const auto pale = [&](unsigned shift) { return (((colour >> shift) & 255u) + 2 * 255u) / 3; };
            script +=
                bedrock::internal::concatenate(i == 0 ? "" : ", ", i, " ", rgb(pale(16), pale(8), pale(0)));
        }
        return script + bedrock::internal::concatenate(") maxcolors ", classes_,
                                                       "\nset cbrange [-0.5:", classes_, "-0.5]\n");
    }
    static std::string rgb(unsigned red, unsigned green, unsigned blue) {
        std::array<char, 16> text;
        std::snprintf(text.data(), text.size(), "'#%02x%02x%02x'", red, green, blue);
        return text.data();
    }

    // Without a colour of its own a series has the next one.
    template <class X, class Y>
    figure& add(const X& x, const Y& y, std::string name, std::string style, std::string colour = {}) {
        const std::vector<double> xs(std::ranges::begin(x), std::ranges::end(x));
        const std::vector<double> ys(std::ranges::begin(y), std::ranges::end(y));
        if (xs.size() != ys.size())
            bedrock::internal::raise(std::invalid_argument(bedrock::internal::concatenate(
                "plot: '", name, "' has ", xs.size(), " x and ", ys.size(), " y")));
        std::string data;
        for (std::size_t i = 0; i < xs.size(); ++i) {
            internal::append(data, xs[i]);
            internal::append(data, ys[i]);
            data += '\n';
            has_finite_ =
                has_finite_ || (bedrock::internal::is_finite(xs[i]) && bedrock::internal::is_finite(ys[i]));
        }
        if (xs.empty())
            return *this;
        const std::string next = colours[next_++ % colours.size()];
        series_.push_back(
            {std::move(name), std::move(style), std::move(data), colour.empty() ? next : std::move(colour)});
        return *this;
    }

    std::string title_;
    std::string x_name_;
    std::string y_name_;
    size pixels_;
    std::vector<series> series_;
    std::size_t next_ = 0;
    std::size_t classes_ = 0;
    bool has_finite_ = false; ///< a pair
};

} // namespace strata::bedrock::inline STRATA_SETTING::plot

STRATA_HEADER_END
