// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <atomic>
#include <exception>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// Carries what a thread throws to whoever started its team: an exception that leaves a thread, or a function
/// that is `noexcept`, would end the program.
class team_failure {
public:
    /// Runs some work, and keeps what it throws unless another thread was first. Returns whether it came to
    /// its end.
    template <class Work>
    bool run(const Work& work) noexcept {
        if constexpr (!noexcept(work())) {
            if (std::exception_ptr error = internal::caught(work); error != nullptr) {
                if (!is_taken_.exchange(true))
                    error_ = std::move(error);
                is_there_.store(true, std::memory_order_release);
                return false;
            }
        } else {
            work();
        }
        return true;
    }

    /// Whether something was thrown so far. The threads of a team that have met since then agree.
    [[nodiscard]] bool is_there() const noexcept { return is_there_.load(std::memory_order_acquire); }

    /// Throws it again. The team must be done.
    void raise_again() const {
        if (is_there())
            internal::raise_again(error_);
    }

private:
    std::atomic<bool> is_taken_ = false;
    std::atomic<bool> is_there_ = false;
    std::exception_ptr error_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
