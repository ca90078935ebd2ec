// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/plot/figure.hpp>
#include <strata/raise.hpp>
#include <strata/training/history.hpp>

#include <algorithm>

namespace strata::bedrock::inline STRATA_SETTING::plot {

/// The curves of a training over its epochs: a panel for the loss and one for each metric, with those of the
/// validation data beside them where there are any. Scores that were taken every few epochs are as far apart.
/// `std::invalid_argument` for a history without epochs and other file names, `plot_error` where the picture
/// cannot be drawn.
inline void training_curves(const history& record, const std::filesystem::path& file) {
    const auto names = record.names();
    if (names.empty())
        bedrock::internal::raise(std::invalid_argument("plot: the history has no epochs"));
    const auto has = [&](const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    const auto epochs_of = [&](const std::string& name) {
        std::vector<double> result(record[name].size());
        const double step = static_cast<double>(record.epochs()) / static_cast<double>(result.size());
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = step * static_cast<double>(i + 1);
        return result;
    };
    std::string panels;
    std::size_t count = 0;
    for (const auto& name : names) {
        if (name.starts_with("val_"))
            continue;
        figure panel(name);
        panel.axes("epoch", name).line(epochs_of(name), record[name], "training");
        if (has("val_" + name))
            panel.line(epochs_of("val_" + name), record["val_" + name], "validation");
        panels += panel.panel();
        ++count;
    }
    internal::draw(file, {600 * count, 450},
                   bedrock::internal::concatenate("set multiplot layout 1,", count, "\n") + panels +
                       "unset multiplot\n");
}

} // namespace strata::bedrock::inline STRATA_SETTING::plot

STRATA_HEADER_END
