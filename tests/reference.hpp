// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

/// What another library computes: runs a Python script of the tests' folder, with an argument where one is
/// given, and parses what it prints.
/// Debian's own Python, since its packages belong to it; the build tells where the folder is. Libraries that
/// start a thread a processor wait for each other longer than they compute.
inline nlohmann::json reference(const std::string& script, const std::string& argument = "") {
    std::string command = "OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 ";
    command += "/usr/bin/python3 '" STRATA_TESTS "/" + script + "'";
    if (!argument.empty())
        command += " '" + argument + "'";
    std::FILE* const pipe = popen(command.c_str(), "r");
    if (pipe == nullptr)
        throw std::runtime_error(command + " does not start");
    std::string text;
    std::array<char, 65536> part;
    while (const std::size_t count = std::fread(part.data(), 1, part.size(), pipe))
        text.append(part.data(), count);
    if (const int status = pclose(pipe); status != 0)
        throw std::runtime_error(command + " ends with status " + std::to_string(status));
    return nlohmann::json::parse(text);
}
