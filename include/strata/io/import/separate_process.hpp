// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/byte_channel.hpp>
#include <strata/setting.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// What a process may use beside what it has when it begins.
struct process_limits {
    std::uint64_t seconds; ///< of the processor, and of waiting for an answer
    std::uint64_t bytes;   ///< of memory, where /proc says how much it has
};

/// A copy of this process that does one thing, whatever becomes of it: it may crash, run for ever or ask for
/// all memory, and `ended` then tells. It is asked and answers through a channel, prints nothing, and does
/// not outlive this object.
///
/// The copy is made by fork and has this thread alone. It must not wait for a lock that another thread may
/// hold at this moment; those of glibc's memory are free in the copy.
class separate_process {
public:
    /// Runs serve(channel) in the copy.
    template <class Serve>
    separate_process(const process_limits& limits, const Serve& serve) {
        std::array<int, 2> sockets{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
            error_ = std::generic_category().message(errno);
            return;
        }
        byte_channel theirs(sockets[1]);
        channel_.emplace(sockets[0]);
        const timeval patience{static_cast<time_t>(limits.seconds), 0};
        (void)::setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const std::uint64_t held = held_memory();
        process_ = ::fork();
        if (process_ == 0) {
            channel_.reset();
            restrain(limits, held);
            serve(theirs);
            ::_exit(0);
        }
        if (process_ < 0)
            error_ = std::generic_category().message(errno);
    }
    separate_process(const separate_process&) = delete;
    separate_process& operator=(const separate_process&) = delete;
    ~separate_process() { (void)wait_for_end(0); }

    /// Why there is no copy, or nothing.
    [[nodiscard]] const std::string& error() const noexcept { return error_; }
    [[nodiscard]] byte_channel& channel() noexcept { return *channel_; }

    /// How it ended, when it has not answered.
    [[nodiscard]] std::string ended() {
        constexpr int grace = 2000; // milliseconds
        const std::optional<int> status = wait_for_end(grace);
        if (!status)
            return "it ended";
        if (WIFSIGNALED(*status)) {
            const int number = WTERMSIG(*status);
            return number == SIGXCPU || number == SIGKILL ? "it found no end"
                                                          : "it crashed by signal " + std::to_string(number);
        }
        return "it ended with code " + std::to_string(WEXITSTATUS(*status));
    }

private:
    /// In the copy: what belongs to the program is left alone, and what is asked for has an end.
    static void restrain(const process_limits& limits, std::uint64_t held) {
        for (int number = 1; number < NSIG; ++number)
            (void)std::signal(number, SIG_DFL); // reports of a program's own crashes would be wrong here
        if (const int nothing = ::open("/dev/null", O_WRONLY); nothing >= 0)
            for (const int output : {STDOUT_FILENO, STDERR_FILENO})
                (void)::dup2(nothing, output);
        const auto limit = [](auto kind, std::uint64_t least, std::uint64_t most) {
            const rlimit both{static_cast<rlim_t>(least), static_cast<rlim_t>(most)};
            (void)::setrlimit(kind, &both);
        };
        limit(RLIMIT_CORE, 0, 0);
        limit(RLIMIT_CPU, limits.seconds, limits.seconds + 1);
        if (held != 0)
            limit(RLIMIT_AS, held + limits.bytes, held + limits.bytes);
    }

    /// Bytes of memory that the process has, or 0 where nothing tells.
    static std::uint64_t held_memory() {
        std::uint64_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    }

    /// What waitpid says after so many milliseconds at most, behind which the copy is killed.
    std::optional<int> wait_for_end(int milliseconds) {
        if (process_ <= 0)
            return std::nullopt;
        const auto wait = [this](int options, int& status) {
            pid_t found;
            do
                found = ::waitpid(process_, &status, options);
            while (found < 0 && errno == EINTR);
            return found;
        };
        int status = 0;
        pid_t found = wait(WNOHANG, status);
        for (; found == 0 && milliseconds > 0; --milliseconds) {
            ::usleep(1000);
            found = wait(WNOHANG, status);
        }
        if (found == 0) {
            ::kill(process_, SIGKILL);
            found = wait(0, status);
        }
        process_ = -1;
        return found > 0 ? std::optional(status) : std::nullopt;
    }

    std::string error_;
    std::optional<byte_channel> channel_;
    pid_t process_ = -1;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
