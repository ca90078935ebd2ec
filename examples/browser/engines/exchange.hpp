// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/raise.hpp>

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// How a page and its engine exchange numbers and texts; source/shared/engine.ts is the page's side.
//
// A page gives an array by writing it to memory that it allocates here, and passes its address and the number
// of elements. An engine gives one by the address of an `exchange::view`, which the page copies from before
// it calls again.

// Elsewhere these are functions as any others, so that every compiler checks an engine.
#ifdef __wasm__
/// A function that the page calls: `OFFERED_TO_PAGE(fit) const exchange::view* fit(...)`.
#    define OFFERED_TO_PAGE(name) extern "C" [[clang::export_name(#    name), gnu::used]]
/// A function of the page that an engine calls.
#    define OFFERED_BY_PAGE(name) extern "C" [[clang::import_module("page"), clang::import_name(#    name)]]
#else
#    define OFFERED_TO_PAGE(name) extern "C"
#    define OFFERED_BY_PAGE(name) extern "C"
#endif

/// Ends the instance behind an error's text: the page opens another.
OFFERED_BY_PAGE(fail) void page_fail(const char* kind, const char* message);

namespace exchange {

/// What the page is given: where an array begins and how many elements it has.
struct view {
    const void* data;
    std::uint32_t count;
};

/// An array that stays where it is until the page has read it.
template <class T>
[[nodiscard]] const view* show(std::span<const T> numbers) {
    static view shown;
    shown = {numbers.data(), static_cast<std::uint32_t>(numbers.size())};
    return &shown;
}

/// An array that is kept until another one of its type is given.
template <class T>
[[nodiscard]] const view* give(std::vector<T> numbers) {
    static std::vector<T> kept;
    kept = std::move(numbers);
    return show(std::span<const T>(kept));
}

/// A text in UTF-8, kept until another is given.
[[nodiscard]] inline const view* give(std::string text) {
    static std::string kept;
    kept = std::move(text);
    return show(std::span<const char>(kept));
}

/// What the page wrote to memory of the engine.
template <class T>
[[nodiscard]] std::span<const T> taken(const T* numbers, std::size_t count) {
    return {numbers, count};
}
[[nodiscard]] inline std::string_view taken(const char* text, std::size_t length) { return {text, length}; }

} // namespace exchange

OFFERED_TO_PAGE(allocate) inline void* exchange_allocate(std::size_t bytes) {
    return std::malloc(bytes == 0 ? 1 : bytes);
}
OFFERED_TO_PAGE(release) inline void exchange_release(void* memory) { std::free(memory); }
/// What the page calls first.
OFFERED_TO_PAGE(prepare) inline void exchange_prepare() { strata::set_error_handler(page_fail); }
