// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/training/machine_group.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

/// Machines that are threads of one process: messages are copied by way of a shared table. So many of them
/// in turn are a host, whose machines see each other's memory.
class thread_machines {
public:
    explicit thread_machines(std::size_t count, std::size_t host = 1)
        : count_(count), host_(host), memory_(count) {}

    /// Runs work(group) for each of them and rethrows what the first has thrown, in their order.
    template <class Work>
    void run(const Work& work) {
        std::vector<std::exception_ptr> errors(count_);
        std::vector<std::thread> threads;
        for (std::size_t rank = 0; rank < count_; ++rank)
            threads.emplace_back([&, rank] {
                member own(*this, rank);
                try {
                    work(own);
                } catch (...) {
                    errors[rank] = std::current_exception();
                }
            });
        for (std::thread& each : threads)
            each.join();
        for (const auto& each : errors)
            if (each != nullptr)
                std::rethrow_exception(each);
    }

private:
    static constexpr std::size_t line = 64; ///< bytes
    using bytes = std::vector<std::byte>;
    using address = std::tuple<std::size_t, std::size_t, std::uint32_t>; ///< sender, receiver, channel

    class member final : public strata::machine_group {
    public:
        member(thread_machines& all, std::size_t rank) : all_(&all), rank_(rank) {}
        [[nodiscard]] std::size_t rank() const noexcept override { return rank_; }
        [[nodiscard]] std::size_t count() const noexcept override { return all_->count_; }
        [[nodiscard]] std::string host() const override {
            return "thread " + std::to_string(rank_ / all_->host_ * all_->host_);
        }

        ticket send(std::size_t receiver, std::uint32_t channel,
                    std::span<const std::byte> content) override {
            sent_ += content.size();
            all_->put({rank_, receiver, channel}, bytes(content.begin(), content.end()));
            pending_.push_back({});
            return pending_.size() - 1;
        }
        ticket receive(std::size_t sender, std::uint32_t channel, std::span<std::byte> content) override {
            pending_.push_back({{sender, rank_, channel}, content, true});
            return pending_.size() - 1;
        }
        [[nodiscard]] bool is_done(ticket message) override {
            const pending_message& one = pending_[message];
            const auto earlier = std::count_if(
                pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(message),
                [&](const pending_message& each) { return each.is_awaited && each.where == one.where; });
            if (one.is_awaited && all_->count_of(one.where) <= static_cast<std::size_t>(earlier))
                return false;
            wait(message);
            return true;
        }
        // Those of one channel arrive in the order in which they are expected.
        void wait(ticket message) override {
            for (ticket each = 0; each <= message; ++each)
                if (pending_[each].is_awaited && pending_[each].where == pending_[message].where) {
                    const bytes found = all_->take(pending_[each].where);
                    if (found.size() != pending_[each].content.size())
                        throw std::logic_error("a message of another size");
                    std::copy(found.begin(), found.end(), pending_[each].content.begin());
                    pending_[each].is_awaited = false;
                }
        }
        [[nodiscard]] std::vector<bytes> gather(std::span<const std::byte> own) override {
            std::vector<bytes> result(count());
            for (std::size_t machine = 0; machine < count(); ++machine)
                all_->put({rank_, machine, 0xFFFFFFFFu}, bytes(own.begin(), own.end()));
            for (std::size_t machine = 0; machine < count(); ++machine)
                result[machine] = all_->take({machine, rank_, 0xFFFFFFFFu});
            return result;
        }
        void broadcast(std::span<std::byte> content) override {
            const auto all = gather(rank_ == 0 ? content : content.first(0));
            std::copy(all[0].begin(), all[0].end(), content.begin());
        }
        // All of it is kept, since a machine may leave while another still looks there.
        [[nodiscard]] strata::machine_memory share_memory(std::size_t size) override {
            auto& own = all_->memory_[rank_].emplace_back(size + line);
            void* place = own.data();
            std::size_t room = own.size();
            const std::span<std::byte> block(static_cast<std::byte*>(std::align(line, size, place, room)),
                                             size);
            const auto found = gather(std::as_bytes(std::span(&block, 1)));
            strata::machine_memory result{std::vector<std::span<std::byte>>(count()), nullptr};
            for (std::size_t machine = 0; machine < count(); ++machine)
                if (machine / all_->host_ == rank_ / all_->host_)
                    std::memcpy(&result.blocks[machine], found[machine].data(), sizeof block);
            return result;
        }
        [[noreturn]] void abandon(std::string_view) noexcept override { std::terminate(); }
        [[nodiscard]] std::uint64_t bytes_sent() const noexcept override { return sent_; }

    private:
        struct pending_message {
            address where{};
            std::span<std::byte> content{};
            bool is_awaited = false;
        };
        thread_machines* all_;
        std::size_t rank_;
        std::vector<pending_message> pending_;
        std::uint64_t sent_ = 0;
    };

    void put(const address& where, bytes content) {
        const std::lock_guard lock(mutex_);
        messages_[where].push_back(std::move(content));
        changed_.notify_all();
    }
    std::size_t count_of(const address& where) {
        const std::lock_guard lock(mutex_);
        return messages_[where].size();
    }
    bytes take(const address& where) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !messages_[where].empty(); });
        bytes result = std::move(messages_[where].front());
        messages_[where].pop_front();
        return result;
    }

    std::size_t count_;
    std::size_t host_;
    std::vector<std::deque<bytes>> memory_; ///< that each has ever had
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<address, std::deque<bytes>> messages_;
};
