// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "command_line.hpp"

// Without <regex>, cxxopts compiles in half the time.
#ifndef CXXOPTS_NO_REGEX
#    define CXXOPTS_NO_REGEX
#endif
#include <cxxopts.hpp>

#include <exception>
#include <filesystem>
#include <iostream>

int run_example(int count, char** arguments, const std::string& about, const std::vector<option>& known,
                const std::function<void(const given_options&)>& program) {
    const std::string name = std::filesystem::path(arguments[0]).filename().string();
    try {
        cxxopts::Options options(name, about);
        options.add_options()("help", "show this");
        for (const option& each : known)
            options.add_options()(each.name, each.meaning,
                                  cxxopts::value<std::string>()->default_value(each.preset));
        const cxxopts::ParseResult parsed = options.parse(count, arguments);
        if (!parsed.unmatched().empty())
            throw std::invalid_argument("'" + parsed.unmatched().front() + "' is no option; see --help");
        if (parsed.count("help") > 0) {
            std::cout << options.help();
            return 0;
        }
        std::map<std::string, std::string> values;
        for (const option& each : known)
            values[each.name] = parsed[each.name].as<std::string>();
        program(given_options(values));
        return 0;
    } catch (const std::exception& problem) {
        std::cerr << name << ": " << problem.what() << '\n';
        return 1;
    }
}
