// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// One end of a connection between two processes of one machine. Every call says whether it succeeded: it
/// does not where the other end is gone. What is received takes memory as it comes, not as it is announced.
class byte_channel {
public:
    explicit byte_channel(int socket) : socket_(socket) {}
    byte_channel(byte_channel&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
    byte_channel& operator=(byte_channel&&) = delete;
    ~byte_channel() {
        if (socket_ >= 0)
            ::close(socket_);
    }

    bool send(const void* bytes, std::size_t size) {
        const char* next = static_cast<const char*>(bytes);
        while (size > 0) {
            // A signal for a connection that is gone would end the program.
            const ssize_t count = ::send(socket_, next, size, MSG_NOSIGNAL);
            if (count < 0 && errno != EINTR)
                return false;
            next += std::max<ssize_t>(count, 0);
            size -= static_cast<std::size_t>(std::max<ssize_t>(count, 0));
        }
        return true;
    }
    bool receive(void* bytes, std::size_t size) {
        char* next = static_cast<char*>(bytes);
        while (size > 0) {
            const ssize_t count = ::recv(socket_, next, size, 0);
            if (count == 0 || (count < 0 && errno != EINTR))
                return false;
            next += std::max<ssize_t>(count, 0);
            size -= static_cast<std::size_t>(std::max<ssize_t>(count, 0));
        }
        return true;
    }

    bool send_number(std::uint64_t number) { return send(&number, sizeof number); }
    bool receive_number(std::uint64_t& number) { return receive(&number, sizeof number); }

    /// Texts, and arrays of numbers: how many elements there are, and the elements.
    template <class List>
    bool send_list(const List& list) {
        return send_number(list.size()) && send(list.data(), list.size() * sizeof *list.data());
    }
    template <class List>
    bool receive_list(List& list) {
        std::uint64_t rest = 0;
        if (!receive_number(rest))
            return false;
        constexpr std::uint64_t piece = std::size_t{1} << 18;
        for (list.clear(); rest > 0;) {
            const auto count = static_cast<std::size_t>(std::min(rest, piece));
            list.resize(list.size() + count);
            if (!receive(list.data() + (list.size() - count), count * sizeof *list.data()))
                return false;
            rest -= count;
        }
        return true;
    }

    bool send_texts(const std::vector<std::string>& texts) {
        return send_number(texts.size()) &&
               std::all_of(texts.begin(), texts.end(), [this](const auto& text) { return send_list(text); });
    }
    bool receive_texts(std::vector<std::string>& texts) {
        std::uint64_t rest = 0;
        if (!receive_number(rest))
            return false;
        for (texts.clear(); rest > 0; --rest)
            if (!receive_list(texts.emplace_back()))
                return false;
        return true;
    }

private:
    int socket_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
