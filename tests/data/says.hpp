// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

/// For BOOST_CHECK_EXCEPTION: the message holds all of these texts.
inline auto says(std::initializer_list<std::string> texts) {
    return [wanted = std::vector<std::string>(texts)](const std::exception& error) {
        bool all = true;
        for (const auto& text : wanted)
            if (std::string(error.what()).find(text) == std::string::npos) {
                BOOST_TEST_MESSAGE("\"" << error.what() << "\" does not say \"" << text << "\"");
                all = false;
            }
        return all;
    };
}
inline auto says(const std::string& text) { return says({text}); }
