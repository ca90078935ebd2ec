// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/setting.hpp>
#include <strata/training/history.hpp>
#include <strata/training/progress_output.hpp>
#include <strata/training/verbosity.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// A number with so many digits behind the point.
inline std::string rounded(double value, int digits, std::chars_format format = std::chars_format::fixed) {
    if (!internal::is_finite(value))
        return number_to_string(value);
    char text[64];
    auto written = std::to_chars(text, text + sizeof text, value, format, digits);
    if (written.ec != std::errc{}) // too long for a line
        written = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, digits);
    return {text, written.ptr};
}
} // namespace internal

/// One line of progress in the shape of Keras's:
/// `1875/1875 [==============================] - 1s 0.6ms/step - loss: 0.3646 - accuracy: 0.8927`.
class progress_line {
public:
    progress_line(verbosity level, std::size_t steps, text_output output = progress_output())
        : level_(choose(level, output)),
          steps_(steps),
          output_(output),
          started_(level_ == verbosity::silent ? clock::time_point{} : clock::now()),
          shown_(started_) {}

    [[nodiscard]] bool is_bar() const noexcept { return level_ == verbosity::bar; }
    [[nodiscard]] bool is_silent() const noexcept { return level_ == verbosity::silent; }

    /// The line above an epoch's own, which begins there.
    void begin(std::size_t epoch, std::size_t epochs) {
        if (!is_silent())
            show_epoch(epoch, epochs);
    }

    /// Whether it is time to show something again; asks the clock only.
    [[nodiscard]] bool is_due() const noexcept {
        return clock::now() - shown_ > std::chrono::milliseconds(100);
    }

    [[gnu::cold]] void show(std::size_t step, const scores& values) {
        shown_ = clock::now();
        write(internal::concatenate("\r", text(step, values, true)), "");
    }

    /// `made` is how many steps there were, where that was not known before.
    void finish(const scores& values, std::size_t made = 0) {
        if (!is_silent())
            show_end(values, made);
    }

    /// The line after that many steps; a test needs no clock.
    [[nodiscard, gnu::cold]] std::string text(std::size_t step, const scores& values, bool with_bar) const {
        using internal::append;
        const double seconds = std::chrono::duration<double>(clock::now() - started_).count();
        const std::string steps = internal::concatenate(steps_);
        const std::string made = internal::concatenate(step);
        std::string result;
        if (steps_ == 0 && step > 0)
            append(result, made, " - "); // nobody knows how many there will be
        else if (with_bar) {
            constexpr std::size_t width = 30;
            const std::size_t done = steps_ == 0 ? width : width * step / steps_;
            result.append(made.size() < steps.size() ? steps.size() - made.size() : 0, ' ');
            append(result, made, "/", steps, " [");
            result.append(std::min(done, width), '=');
            if (done < width && step < steps_)
                append(result, ">");
            result.append(width - std::min(done + (step < steps_ ? 1 : 0), width), '.');
            append(result, "] - ");
        } else
            append(result, made, "/", steps, " - ");
        if (step < steps_ && step > 0)
            append(result, "ETA: ",
                   duration(seconds / static_cast<double>(step) * static_cast<double>(steps_ - step)));
        else
            append(result, duration(seconds), " ",
                   per_step(seconds / static_cast<double>(step > 0 ? step : 1)));
        for (const auto& [name, value] : values) {
            const bool is_small = value != 0 && value < 1e-3 && value > -1e-3;
            append(result, " - ", name, ": ",
                   internal::rounded(value, 4,
                                     is_small ? std::chars_format::scientific : std::chars_format::fixed));
        }
        return result;
    }

private:
    using clock = std::chrono::steady_clock;

    static verbosity choose(verbosity level, text_output output) {
        if (output.write == nullptr)
            return verbosity::silent;
        if (level != verbosity::automatic)
            return level;
        return output.is_terminal != nullptr && output.is_terminal() ? verbosity::bar : verbosity::line;
    }

    [[gnu::cold]] void show_epoch(std::size_t epoch, std::size_t epochs) {
        started_ = shown_ = clock::now();
        longest_ = 0;
        output_.write(internal::concatenate("Epoch ", epoch + 1, "/", epochs, "\n"));
    }
    [[gnu::cold]] void show_end(const scores& values, std::size_t made) {
        const std::size_t expected = std::exchange(steps_, made > 0 ? made : steps_);
        write(internal::concatenate(is_bar() ? "\r" : "", text(steps_, values, is_bar())), "\n");
        steps_ = expected;
    }

    static std::string duration(double seconds) {
        return internal::concatenate(internal::rounded(seconds, 0), "s");
    }
    static std::string per_step(double seconds) {
        const double in_a_second = seconds >= 1 ? 1 : seconds >= 1e-4 ? 1e3 : 1e6;
        return internal::concatenate(internal::rounded(seconds * in_a_second, 1), seconds >= 1 ? "s/step"
                                                                                  : seconds >= 1e-4
                                                                                      ? "ms/step"
                                                                                      : "us/step");
    }

    [[gnu::cold]] void write(std::string line, std::string_view ending) {
        // What a longer line left on the terminal is overwritten.
        const std::size_t length = line.size() + ending.size();
        if (is_bar() && length < longest_)
            line.append(longest_ - length, ' ');
        longest_ = length > longest_ ? length : longest_;
        internal::append(line, ending);
        output_.write(line);
    }

    verbosity level_;
    std::size_t steps_;
    text_output output_;
    clock::time_point started_;
    clock::time_point shown_;
    std::size_t longest_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
