// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Treats denormal numbers as zero on this thread, as long as it lives. Training makes them by the thousand
/// (the moments of weights whose input is always zero decay into them), and a processor is many times slower
/// with them.
class flush_denormals {
public:
    flush_denormals() noexcept : before_(read()) { write(before_ | mask); }
    ~flush_denormals() { write(before_); }
    flush_denormals(const flush_denormals&) = delete;
    flush_denormals& operator=(const flush_denormals&) = delete;

private:
#if (defined(__x86_64__) || defined(__i386__)) && defined(__SSE2__)
    static constexpr unsigned mask = 0x8040; ///< flush to zero, and denormals are zero
    static unsigned read() noexcept { return __builtin_ia32_stmxcsr(); }
    static void write(unsigned value) noexcept { __builtin_ia32_ldmxcsr(value); }
    unsigned before_;
#elif defined(__aarch64__)
    static constexpr unsigned long mask = 1ul << 24;
    static unsigned long read() noexcept {
        unsigned long value;
        asm volatile("mrs %0, fpcr" : "=r"(value));
        return value;
    }
    static void write(unsigned long value) noexcept { asm volatile("msr fpcr, %0" : : "r"(value)); }
    unsigned long before_;
#else
    static constexpr unsigned mask = 0;
    static unsigned read() noexcept { return 0; }
    static void write(unsigned) noexcept {}
    unsigned before_;
#endif
};

} // namespace strata::bedrock::inline STRATA_SETTING
