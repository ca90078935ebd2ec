// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/history.hpp>

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

namespace strata::inline STRATA_SETTING {

/// How much `fit` and `evaluate` print: on a terminal a bar that moves, elsewhere a line an epoch.
enum class verbosity { automatic, silent, bar, line };

namespace internal {
template <class... Arguments>
std::string formatted(const char* format, Arguments... arguments) {
    char buffer[128];
    const int length = std::snprintf(buffer, sizeof buffer, format, arguments...);
    return {buffer, static_cast<std::size_t>(length > 0 ? length : 0)};
}
} // namespace internal

/// One line of progress in the shape of Keras's:
/// `1875/1875 [==============================] - 1s 0.6ms/step - loss: 0.3646 - accuracy: 0.8927`.
class progress_line {
public:
    progress_line(verbosity level, std::size_t steps, std::FILE* out = stdout)
        : level_(level == verbosity::automatic ? (isatty(fileno(out)) ? verbosity::bar : verbosity::line)
                                               : level),
          steps_(steps),
          out_(out),
          started_(level_ == verbosity::silent ? clock::time_point{} : clock::now()),
          shown_(started_) {}

    [[nodiscard]] bool is_bar() const noexcept { return level_ == verbosity::bar; }

    /// The line above an epoch's own.
    void begin(std::size_t epoch, std::size_t epochs) {
        if (level_ != verbosity::silent)
            std::fprintf(out_, "Epoch %zu/%zu\n", epoch + 1, epochs);
    }

    /// Whether it is time to show something again; asks the clock only.
    [[nodiscard]] bool is_due() const noexcept {
        return clock::now() - shown_ > std::chrono::milliseconds(100);
    }

    [[gnu::cold]] void show(std::size_t step, const scores& now) {
        shown_ = clock::now();
        std::string line = text(step, now, true);
        line.insert(line.begin(), '\r');
        print(line);
    }

    [[gnu::cold]] void finish(const scores& now) {
        if (level_ == verbosity::silent)
            return;
        std::string line = text(steps_, now, is_bar());
        if (is_bar())
            line.insert(line.begin(), '\r');
        line += '\n';
        print(line);
    }

    /// The line after that many steps; a test needs no clock.
    [[nodiscard, gnu::cold]] std::string text(std::size_t step, const scores& now, bool with_bar) const {
        const double seconds = std::chrono::duration<double>(clock::now() - started_).count();
        std::string result;
        if (with_bar) {
            constexpr std::size_t width = 30;
            const std::size_t done = steps_ == 0 ? width : width * step / steps_;
            const auto count = std::to_string(steps_);
            result = internal::formatted("%*zu/%s [", static_cast<int>(count.size()), step, count.c_str());
            for (std::size_t i = 0; i < width; ++i)
                result += i < done ? '=' : i == done && step < steps_ ? '>' : '.';
            result += "] - ";
        } else
            result = internal::formatted("%zu/%zu - ", step, steps_);
        if (step < steps_ && step > 0)
            result +=
                "ETA: " + duration(seconds / static_cast<double>(step) * static_cast<double>(steps_ - step));
        else
            result += duration(seconds) + " " + per_step(seconds / static_cast<double>(step > 0 ? step : 1));
        for (const auto& [name, value] : now)
            result +=
                " - " + name +
                internal::formatted(value != 0 && value < 1e-3 && value > -1e-3 ? ": %.4e" : ": %.4f", value);
        return result;
    }

private:
    using clock = std::chrono::steady_clock;

    static std::string duration(double seconds) { return internal::formatted("%.0fs", seconds); }
    static std::string per_step(double seconds) {
        if (seconds >= 1)
            return internal::formatted("%.1fs/step", seconds);
        if (seconds >= 1e-4)
            return internal::formatted("%.1fms/step", seconds * 1e3);
        return internal::formatted("%.1fus/step", seconds * 1e6);
    }

    [[gnu::cold]] void print(std::string line) {
        // What a longer line left on the terminal is overwritten.
        const std::size_t length = line.size();
        if (is_bar() && length < longest_)
            line.insert(line.back() == '\n' ? length - 1 : length, longest_ - length, ' ');
        longest_ = length > longest_ ? length : longest_;
        std::fputs(line.c_str(), out_);
        std::fflush(out_);
    }

    verbosity level_;
    std::size_t steps_;
    std::FILE* out_;
    clock::time_point started_;
    clock::time_point shown_;
    std::size_t longest_ = 0;
};

} // namespace strata::inline STRATA_SETTING
