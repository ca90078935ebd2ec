// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// Compilers go on behind an #error, and say thousands of lines about headers that they cannot understand. A
// header that is nowhere stops them.
#if !defined(__cplusplus) || (__cplusplus < 202002L && !(defined(_MSVC_LANG) && _MSVC_LANG >= 202002L))
#    error "strata needs C++20: compile with -std=c++20 or newer"
#    include <strata_needs_cpp20>
#endif
