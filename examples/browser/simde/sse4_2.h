// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// Intel's names for SSE4.2's instructions, computed by WebAssembly's: SIMDe knows how. The headers beside this one have
// the names under which compilers for x86 keep them.

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/sse4.2.h>

// The preprocessor takes the commas of a pack of arguments, f(numbers...), for one argument.
#undef _mm_set_pd
#undef _mm_set_ps
#undef _mm_setr_pd
#undef _mm_setr_ps
#define _mm_set_pd(...) simde_mm_set_pd(__VA_ARGS__)
#define _mm_set_ps(...) simde_mm_set_ps(__VA_ARGS__)
#define _mm_setr_pd(...) simde_mm_setr_pd(__VA_ARGS__)
#define _mm_setr_ps(...) simde_mm_setr_ps(__VA_ARGS__)
