// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <exception>
#include <string>

/// The text of the error of that type that something throws, or "no error".
template <class Error = std::exception>
std::string error_message(auto&& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}
