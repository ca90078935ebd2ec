// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/raise.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace strata::bedrock {

/// A picture could not be drawn; the message says why.
class plot_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;

    static constexpr const char* kind = "strata::plot_error"; ///< what an error handler is told
};

} // namespace strata::bedrock

/// Pictures, drawn by gnuplot to PNG or SVG files; no display is needed. Programs that include none of these
/// headers need no gnuplot.
namespace strata::bedrock::inline STRATA_SETTING::plot {

using bedrock::plot_error;

struct size {
    std::size_t width = 800; ///< in pixels
    std::size_t height = 600;
};

namespace internal {

/// Returns text in quotes, so that gnuplot takes it literally.
inline std::string literal(std::string_view text) {
    std::string result = "'";
    for (const char letter : text) {
        if (letter == '\'')
            result += '\'';
        result += letter == '\n' ? ' ' : letter;
    }
    return result + "'";
}

/// Adds a number and a blank to a script. A number that is not finite becomes NaN, for which gnuplot leaves a
/// gap.
inline void append(std::string& script, double value) {
    if (!bedrock::internal::is_finite(value)) {
        script += "NaN ";
        return;
    }
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    script.append(digits.data(), end);
    script += ' ';
}

/// Returns the lines that every script begins with: where the picture goes, and how it looks.
inline std::string begin_script(const std::filesystem::path& file, const std::filesystem::path& drawn,
                                size pixels) {
    const std::string kind = file.extension().string();
    if (kind != ".png" && kind != ".svg")
        bedrock::internal::raise(std::invalid_argument(bedrock::internal::concatenate(
            "plot: ", file.string(), ": expected a name that ends in .png or .svg, found '", kind, "'")));
    return bedrock::internal::concatenate(
        "set terminal ", kind == ".png" ? "pngcairo" : "svg", " noenhanced size ", pixels.width, ",",
        pixels.height, " background rgb 'white' font 'sans,11'\nset output ", literal(drawn.string()),
        "\nset encoding utf8\nset border lc rgb '#404040'\nset grid lc rgb '#d8d8d8'\nset tics nomirror\n"
        "set key opaque box lc rgb '#c0c0c0' outside top center horizontal samplen 2\n");
}

/// A pipe that no other process inherits, which would keep gnuplot waiting for more of the script.
inline int open_pipe(std::array<int, 2>& ends) { return ::pipe2(ends.data(), O_CLOEXEC); }

/// Runs a script to its end. Throws `plot_error` where gnuplot is missing or finds fault with it.
inline void run_gnuplot(const std::string& script) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(std::tmpfile(), std::fclose);
    std::array<int, 2> ends{};
    if (output == nullptr || open_pipe(ends) != 0)
        bedrock::internal::raise(
            plot_error(bedrock::internal::concatenate("plot: no pipe to gnuplot: ", std::strerror(errno))));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(output.get()), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(output.get()), STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    char name[] = "gnuplot";
    char* const arguments[] = {name, nullptr};
    pid_t child = 0;
    const int problem = posix_spawnp(&child, name, &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[0]);
    if (problem != 0) {
        ::close(ends[1]);
        bedrock::internal::raise(plot_error(
            problem == ENOENT
                ? std::string("plot: gnuplot is not installed: the Debian package is gnuplot-nox")
                : bedrock::internal::concatenate("plot: gnuplot does not start: ", std::strerror(problem))));
    }
    // Should gnuplot stop reading, a write fails and its status says why; the signal would end the program.
    void (*const previous_handler)(int) = std::signal(SIGPIPE, SIG_IGN);
    std::string_view unwritten = script;
    while (!unwritten.empty()) {
        const ssize_t written = ::write(ends[1], unwritten.data(), unwritten.size());
        if (written < 0 && errno != EINTR)
            break;
        if (written > 0)
            unwritten.remove_prefix(static_cast<std::size_t>(written));
    }
    ::close(ends[1]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    std::signal(SIGPIPE, previous_handler);
    if (status == 0 && unwritten.empty())
        return;
    std::rewind(output.get());
    std::array<char, 1024> text;
    const std::size_t count = std::fread(text.data(), 1, text.size(), output.get());
    bedrock::internal::raise(plot_error("plot: gnuplot fails: " + std::string(text.data(), count)));
}

/// Draws a file by what follows the first lines of a script. Where that fails, what was there stays.
inline void draw(const std::filesystem::path& file, size pixels, const std::string& script) {
    std::error_code problem;
    const bool is_device = std::filesystem::is_other(std::filesystem::status(file, problem));
    std::filesystem::path drawn = file;
    if (!is_device) // gnuplot tells the kind by the end of the name
        drawn.replace_filename(
            bedrock::internal::concatenate(file.stem().string(), ".unfinished", file.extension().string()));
    const std::string whole = begin_script(file, drawn, pixels) + script;
    const auto discard = [&] {
        if (!is_device)
            std::filesystem::remove(drawn, problem);
    };
    const auto refuse = [&] {
        discard();
        bedrock::internal::raise(
            plot_error(bedrock::internal::concatenate("plot: ", file.string(), ": cannot be written")));
    };
    if (!std::ofstream(drawn, std::ios::app))
        refuse();
    if (const std::exception_ptr error = bedrock::internal::caught([&] { run_gnuplot(whole); })) {
        discard();
        bedrock::internal::raise_again(error);
    }
    if (is_device)
        return;
    std::filesystem::rename(drawn, file, problem);
    if (problem)
        refuse();
}

} // namespace internal
} // namespace strata::bedrock::inline STRATA_SETTING::plot

namespace strata {
namespace plot = bedrock::plot;
using bedrock::plot_error;
} // namespace strata

STRATA_HEADER_END
