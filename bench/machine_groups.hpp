// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/training/machine_group.hpp>

#include "timing.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using instant = std::chrono::steady_clock::time_point;
inline double seconds_between(instant begin, instant end) {
    return std::chrono::duration<double>(end - begin).count();
}

/// What the messages of a step are about, by the channels that training gives them.
enum class message_kind : std::size_t { report, sums, weights };
inline constexpr std::size_t message_kinds = 3;
inline message_kind kind_of(std::uint32_t channel) {
    if (channel < 8)
        return message_kind::report;
    return channel % 2 == 0 ? message_kind::sums : message_kind::weights;
}

/// A message that a machine has begun to send or to receive.
struct known_message {
    bool is_sent;
    std::size_t peer;
    std::uint32_t channel;
    std::size_t bytes;
};

/// Those of one kind.
inline std::vector<known_message> messages_of(message_kind kind, std::vector<known_message> messages) {
    std::erase_if(messages, [=](const known_message& each) { return kind_of(each.channel) != kind; });
    return messages;
}

/// Machines that talk by another group. Counts the seconds that it takes this machine to wait for messages,
/// and keeps what the messages of a step are.
class timed_group final : public strata::machine_group {
public:
    /// `has_hosts`: whether machines of one host share memory, as they do where this is not measured.
    explicit timed_group(strata::machine_group& group, bool has_hosts)
        : group_(&group), has_hosts_(has_hosts) {}

    std::size_t shared = 0; ///< bytes of memory that others see
    double waiting = 0;     ///< seconds in `wait` and `gather`
    bool keeps = false;     ///< whether messages are kept
    std::vector<known_message> messages;

    [[nodiscard]] std::size_t rank() const noexcept override { return group_->rank(); }
    [[nodiscard]] std::size_t count() const noexcept override { return group_->count(); }
    [[nodiscard]] std::string host() const override { return group_->host(); }
    ticket send(std::size_t receiver, std::uint32_t channel, std::span<const std::byte> bytes) override {
        if (keeps)
            messages.push_back({true, receiver, channel, bytes.size()});
        return group_->send(receiver, channel, bytes);
    }
    ticket receive(std::size_t sender, std::uint32_t channel, std::span<std::byte> bytes) override {
        if (keeps)
            messages.push_back({false, sender, channel, bytes.size()});
        return group_->receive(sender, channel, bytes);
    }
    [[nodiscard]] bool is_done(ticket message) override { return group_->is_done(message); }
    void wait(ticket message) override {
        waiting += seconds([&] { group_->wait(message); });
    }
    [[nodiscard]] std::vector<std::vector<std::byte>> gather(std::span<const std::byte> own) override {
        std::vector<std::vector<std::byte>> result;
        waiting += seconds([&] { result = group_->gather(own); });
        return result;
    }
    void broadcast(std::span<std::byte> bytes) override { group_->broadcast(bytes); }
    [[nodiscard]] strata::machine_memory share_memory(std::size_t bytes) override {
        strata::machine_memory result = group_->share_memory(bytes);
        for (std::size_t machine = 0; machine < count(); ++machine)
            if (machine != rank()) {
                if (!has_hosts_)
                    result.blocks[machine] = {};
                else if (!result.blocks[machine].empty())
                    shared = bytes;
            }
        return result;
    }
    [[noreturn]] void abandon(std::string_view reason) noexcept override {
        group_->abandon(reason);
        std::abort();
    }
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept override { return group_->bytes_sent(); }

private:
    strata::machine_group* group_;
    bool has_hosts_;
};

struct alignas(64) cache_line {
    std::array<std::byte, 64> bytes{};
};

/// One of many machines, none of which says anything: it does the work of its part of each batch, and what
/// others would have sent stays zero. Keeps when it has begun to send each kind of message in a step.
class silent_group final : public strata::machine_group {
public:
    silent_group(std::size_t rank, std::size_t count) : rank_(rank), count_(count) {}

    /// When the first message of each channel was begun since `begin_step`.
    std::map<std::uint32_t, instant> first_sent;
    instant begin{};
    bool keeps = false;

    void begin_step() {
        first_sent.clear();
        begin = std::chrono::steady_clock::now();
    }

    [[nodiscard]] std::size_t rank() const noexcept override { return rank_; }
    [[nodiscard]] std::size_t count() const noexcept override { return count_; }
    [[nodiscard]] std::string host() const override { return "nowhere"; }
    ticket send(std::size_t, std::uint32_t channel, std::span<const std::byte> bytes) override {
        bytes_sent_ += bytes.size();
        note(channel);
        return 0;
    }
    ticket receive(std::size_t, std::uint32_t channel, std::span<std::byte>) override {
        if (kind_of(channel) == message_kind::weights)
            note(channel);
        return 0;
    }
    [[nodiscard]] bool is_done(ticket) override { return true; }
    void wait(ticket) override {}
    [[nodiscard]] std::vector<std::vector<std::byte>> gather(std::span<const std::byte> own) override {
        return std::vector<std::vector<std::byte>>(count_, {own.begin(), own.end()});
    }
    void broadcast(std::span<std::byte>) override {}
    [[nodiscard]] strata::machine_memory share_memory(std::size_t bytes) override {
        const auto own =
            std::make_shared<std::vector<cache_line>>((bytes + sizeof(cache_line) - 1) / sizeof(cache_line));
        strata::machine_memory result{std::vector<std::span<std::byte>>(count_), own};
        result.blocks[rank_] = std::as_writable_bytes(std::span(*own)).first(bytes);
        return result;
    }
    [[noreturn]] void abandon(std::string_view) noexcept override { std::abort(); }
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept override { return bytes_sent_; }

private:
    void note(std::uint32_t channel) {
        if (keeps && channel != last_) {
            last_ = channel;
            first_sent.try_emplace(channel, std::chrono::steady_clock::now());
        }
    }

    std::size_t rank_, count_;
    std::uint64_t bytes_sent_ = 0;
    std::uint32_t last_ = ~std::uint32_t{0};
};

/// Sends and receives messages as training does, with no work between: those of reports and sums at once,
/// then those of weights. All machines call it together.
class message_replay {
public:
    message_replay(strata::machine_group& group, const std::vector<known_message>& messages)
        : group_(&group) {
        std::array<std::size_t, 2> places{};
        for (const known_message& each : messages) {
            rounds_[kind_of(each.channel) == message_kind::weights].push_back(each);
            places[each.is_sent] += each.bytes;
        }
        received_.resize(places[0]);
        sent_.resize(places[1]);
    }

    void run() {
        std::size_t received = 0;
        std::size_t sent = 0;
        for (const auto& round : rounds_) {
            std::vector<strata::machine_group::ticket> tickets;
            for (const known_message& each : round)
                if (!each.is_sent) {
                    tickets.push_back(group_->receive(each.peer, each.channel,
                                                      std::span(received_).subspan(received, each.bytes)));
                    received += each.bytes;
                }
            for (const known_message& each : round)
                if (each.is_sent) {
                    tickets.push_back(
                        group_->send(each.peer, each.channel,
                                     std::span<const std::byte>(sent_).subspan(sent, each.bytes)));
                    sent += each.bytes;
                }
            for (; !tickets.empty(); tickets.pop_back())
                group_->wait(tickets.back());
        }
    }

private:
    strata::machine_group* group_;
    std::array<std::vector<known_message>, 2> rounds_;
    std::vector<std::byte> received_, sent_;
};

} // namespace bench
