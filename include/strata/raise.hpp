// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <atomic>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>

namespace strata::bedrock {

/// What takes an error where a program has no exceptions: the name of the exception that it would have been,
/// as "std::invalid_argument" or "strata::data_error", and its text. Both live no longer than the call.
using error_handler = void (*)(const char* kind, const char* message);

namespace program {
// One for the program, whatever its files are compiled with.
inline constinit std::atomic<error_handler> chosen_error_handler = nullptr;
} // namespace program

/// Chooses what takes errors in files compiled with `-fno-exceptions`; returns the choice before. A handler
/// leaves the library for good: it ends the program or, in a browser, throws out of it. The program is
/// aborted where it returns or where there is none. Files compiled with exceptions throw, and ask no handler.
inline error_handler set_error_handler(error_handler handler) noexcept {
    return program::chosen_error_handler.exchange(handler);
}

} // namespace strata::bedrock

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What a handler is told of an error's kind. Errors of strata's own say it themselves.
template <class Error>
inline constexpr const char* error_kind = Error::kind;
template <>
inline constexpr const char* error_kind<std::invalid_argument> = "std::invalid_argument";
template <>
inline constexpr const char* error_kind<std::length_error> = "std::length_error";
template <>
inline constexpr const char* error_kind<std::out_of_range> = "std::out_of_range";
template <>
inline constexpr const char* error_kind<std::runtime_error> = "std::runtime_error";

/// Throws: the one place that does. Without exceptions it calls the error handler instead.
template <class Error>
[[noreturn, gnu::cold, gnu::noinline]] void raise(const Error& error) {
#if defined(__cpp_exceptions)
    static_assert(error_kind<Error> != nullptr);
    throw error;
#else
    if (const error_handler handler = program::chosen_error_handler.load(); handler != nullptr)
        handler(error_kind<Error>, error.what());
    std::abort();
#endif
}

/// Runs something in a thread that nobody waits for at once. Returns what it has thrown, for `raise_again`,
/// or null; without exceptions an error has reached the handler by then.
template <class Work>
[[nodiscard]] std::exception_ptr caught(const Work& work) noexcept {
#if defined(__cpp_exceptions)
    try {
        work();
    } catch (...) {
        return std::current_exception();
    }
#else
    work();
#endif
    return nullptr;
}

/// Throws what `caught` has returned, unless that is null.
inline void raise_again([[maybe_unused]] const std::exception_ptr& error) {
#if defined(__cpp_exceptions)
    if (error != nullptr)
        std::rethrow_exception(error);
#endif
}

/// What `caught` has returned says for itself.
[[nodiscard]] inline std::string message_of([[maybe_unused]] const std::exception_ptr& error) {
#if defined(__cpp_exceptions)
    try {
        raise_again(error);
    } catch (const std::exception& known) {
        return known.what();
    } catch (...) { // what says nothing
    }
#endif
    return "something that is no std::exception was thrown";
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal

namespace strata {
using bedrock::error_handler;
using bedrock::set_error_handler;
} // namespace strata
