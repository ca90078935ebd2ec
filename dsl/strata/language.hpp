// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// Compilers go on behind an #error, and say thousands of lines about headers that they cannot understand. A
// header that is nowhere stops them.
#if !defined(__cplusplus) || (__cplusplus < 202002L && !(defined(_MSVC_LANG) && _MSVC_LANG >= 202002L))
#    error "strata needs C++20: compile with -std=c++20 or newer"
#    include <strata_needs_cpp20>
#endif

// g++ warns of a local name in an instantiated template that a global of the program has, too, wherever the
// global stands. A program may call its globals as it likes, so headers that programs include are between
// these two. Other compilers still look for what shadows what in here.
#if defined(__GNUC__) && !defined(__clang__)
#    define STRATA_HEADER_BEGIN _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"")
#    define STRATA_HEADER_END _Pragma("GCC diagnostic pop")
#else
#    define STRATA_HEADER_BEGIN
#    define STRATA_HEADER_END
#endif
