// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// What the examples share: options, `--help`, and errors in one line. The parser itself (cxxopts) is compiled
// apart, in command_line.cpp, since it costs as much as a network.

#include <charconv>
#include <cstddef>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

/// An option that takes a value: `{"epochs", "passes over the data", "5"}`.
struct option {
    std::string name;
    std::string meaning;
    std::string preset;
};

/// The values of the options: those on the command line, and presets for the others.
class given_options {
public:
    explicit given_options(std::map<std::string, std::string> values) : values_(std::move(values)) {}

    [[nodiscard]] const std::string& text(const std::string& name) const { return values_.at(name); }

    template <class Number>
    [[nodiscard]] Number number(const std::string& name) const {
        const std::string& digits = text(name);
        const char* const end = digits.data() + digits.size();
        Number result{};
        const auto [parsed_end, problem] = std::from_chars(digits.data(), end, result);
        if (problem != std::errc{} || parsed_end != end)
            throw std::invalid_argument("--" + name + ": expected a number, found '" + digits + "'");
        return result;
    }
    [[nodiscard]] std::size_t count(const std::string& name) const { return number<std::size_t>(name); }
    /// A count of what there has to be one of at least, and `most` at most.
    [[nodiscard]] std::size_t positive_count(const std::string& name,
                                             std::size_t most = static_cast<std::size_t>(-1)) const {
        const std::size_t result = count(name);
        if (result == 0 || result > most)
            throw std::invalid_argument("--" + name + ": expected " +
                                        (result == 0 ? "at least 1" : "at most " + std::to_string(most)) +
                                        ", found " + std::to_string(result));
        return result;
    }

private:
    std::map<std::string, std::string> values_;
};

/// Runs an example with the options on its command line. Returns what `main` should return. `positional`
/// names the option that a word without a name is for, if there is one.
int run_example(int count, char** arguments, const std::string& description,
                const std::vector<option>& known_options,
                const std::function<void(const given_options&)>& program, const std::string& positional = "");
