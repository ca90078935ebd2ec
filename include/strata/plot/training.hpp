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
/// validation data beside them where there are any.
inline void training_curves(const history& record, const std::filesystem::path& file) {
    const auto names = record.names();
    if (names.empty())
        bedrock::internal::raise(std::invalid_argument("plot: the history has no epochs"));
    const auto has = [&](const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    std::string panels;
    std::size_t count = 0;
    for (const auto& name : names) {
        if (name.starts_with("val_"))
            continue;
        figure panel(name);
        panel.axes("epoch", name).line(record.epochs_of(name), record[name], "training");
        if (has("val_" + name))
            panel.line(record.epochs_of("val_" + name), record["val_" + name], "validation");
        panels += panel.panel();
        ++count;
    }
    internal::run_gnuplot(internal::begin_script(file, {600 * count, 450}) +
                          bedrock::internal::concatenate("set multiplot layout 1,", count, "\n") + panels +
                          "unset multiplot\n");
}

} // namespace strata::bedrock::inline STRATA_SETTING::plot

STRATA_HEADER_END
