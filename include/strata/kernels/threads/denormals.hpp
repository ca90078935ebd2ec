// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Treats denormal numbers as zero on this thread, as long as it lives, unless `wanted` says that somebody
/// else sees to it. Training makes them by the thousand (the moments of weights whose input is always zero
/// decay into them), and a processor is many times slower with them. To read the mode or to change it, it
/// first ends all that it has begun, which lasts as long as some steps of the smallest networks.
class flush_denormals {
public:
    explicit flush_denormals(bool wanted = true) noexcept
        : saved_mode_(wanted ? read() : mask), changes_((saved_mode_ & mask) != mask) {
        if (changes_)
            write(saved_mode_ | mask);
    }
    ~flush_denormals() {
        if (changes_)
            write(saved_mode_);
    }
    flush_denormals(const flush_denormals&) = delete;
    flush_denormals& operator=(const flush_denormals&) = delete;

private:
#if (defined(__x86_64__) || defined(__i386__)) && defined(__SSE2__)
    static constexpr unsigned mask = 0x8040; ///< flush to zero, and denormals are zero
    static unsigned read() noexcept { return __builtin_ia32_stmxcsr(); }
    static void write(unsigned value) noexcept { __builtin_ia32_ldmxcsr(value); }
    unsigned saved_mode_;
#elif defined(__aarch64__)
    static constexpr unsigned long mask = 1ul << 24;
    static unsigned long read() noexcept {
        unsigned long value;
        asm volatile("mrs %0, fpcr" : "=r"(value));
        return value;
    }
    static void write(unsigned long value) noexcept { asm volatile("msr fpcr, %0" : : "r"(value)); }
    unsigned long saved_mode_;
#else
    static constexpr unsigned mask = 0;
    static unsigned read() noexcept { return 0; }
    static void write(unsigned) noexcept {}
    unsigned saved_mode_;
#endif
    bool changes_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
