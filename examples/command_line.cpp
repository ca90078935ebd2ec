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

int run_example(int count, char** arguments, const std::string& description,
                const std::vector<option>& known_options,
                const std::function<void(const given_options&)>& program, const std::string& positional) {
    const std::string name = std::filesystem::path(arguments[0]).filename().string();
    try {
        cxxopts::Options options(name, description);
        options.add_options()("help", "show this");
        for (const option& known_option : known_options)
            options.add_options()(known_option.name, known_option.meaning,
                                  cxxopts::value<std::string>()->default_value(known_option.preset));
        if (!positional.empty())
            options.parse_positional({positional});
        const cxxopts::ParseResult result = options.parse(count, arguments);
        if (!result.unmatched().empty())
            throw std::invalid_argument("'" + result.unmatched().front() + "' is no option; see --help");
        if (result.count("help") > 0) {
            std::cout << options.help();
            return 0;
        }
        std::map<std::string, std::string> values;
        for (const option& known_option : known_options)
            values[known_option.name] = result[known_option.name].as<std::string>();
        program(given_options(values));
        return 0;
    } catch (const std::exception& problem) {
        std::cerr << name << ": " << problem.what() << '\n';
        return 1;
    }
}
