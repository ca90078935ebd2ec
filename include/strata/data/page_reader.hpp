// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/forgotten_threads.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Reads numbers of files in a thread of its own, what was asked for first first, ahead of somebody who goes
/// through them and does something else besides, so that the device never rests.
///
/// It reads as any reader does. Linux brings pages that one asks for (`MADV_WILLNEED`) in one by one, the
/// smallest ones, which is less than half as fast as a quick device.
class page_reader {
public:
    using work = std::function<void(std::size_t first, std::size_t end)>;

    /// `read(first, end)` reads some numbers; `announce(first, end)` says which ones come next.
    page_reader(work read, work announce) : read_(std::move(read)), announce_(std::move(announce)) {}
    page_reader(const page_reader&) = delete;
    page_reader& operator=(const page_reader&) = delete;
    ~page_reader() { finish(); }

    /// Ends when it has read what it is reading.
    void finish() noexcept {
        if (!thread_.joinable())
            return;
        if (is_forked()) {
            // Conditions would wait until that thread waits no more: they are made anew.
            forget_thread(std::move(thread_));
            std::construct_at(&wake_);
            std::construct_at(&read_some_);
            return;
        }
        {
            const std::lock_guard lock(mutex_);
            ends_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }

    /// Reads numbers when those have been read that were added before. Returns whether it does.
    [[nodiscard]] bool add(std::size_t first, std::size_t end) noexcept {
        if (!start())
            return false;
        bool is_added = false;
        {
            const std::lock_guard lock(mutex_);
            (void)caught([&] {
                added_.push_back({first, end});
                is_added = true;
            });
        }
        wake_.notify_one();
        return is_added;
    }
    /// Waits until none of these numbers is still to be read of those that were added. One thread at a time
    /// calls it.
    void wait(std::size_t first, std::size_t end) noexcept {
        if (is_forked())
            return read_rest();
        std::unique_lock lock(mutex_);
        wanted_ = {first, end};
        read_some_.wait(lock, [&] { return is_read(); });
        wanted_ = {};
    }

private:
    struct range {
        std::size_t first, end;
    };

    [[nodiscard]] bool is_read() const noexcept {
        return std::none_of(added_.begin(), added_.end(), [&](const range& each) {
            return each.first < wanted_.end && wanted_.first < each.end;
        });
    }
    /// Whether this process was forked from the one that has the thread, and has none.
    [[nodiscard]] bool is_forked() const noexcept { return process_ != 0 && process_ != ::getpid(); }
    /// Does what the thread was to do. No other is here, so that there is no need to lock, and nobody who
    /// would unlock what was locked when this process was forked.
    void read_rest() noexcept {
        for (const range& each : added_)
            read_(each.first, each.end);
        added_.clear();
    }
    /// Returns whether there is a thread that reads.
    bool start() noexcept {
        if (process_ == 0) {
            process_ = ::getpid();
            // Without a thread pages are read when they are needed.
            (void)caught([&] { thread_ = std::thread([this] { run(); }); });
        }
        return process_ == ::getpid() && thread_.joinable();
    }
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            wake_.wait(lock, [&] { return ends_ || !added_.empty(); });
            if (ends_)
                return;
            read_added(lock);
        }
    }
    /// All of what was added first, while the device begins with what was added then.
    void read_added(std::unique_lock<std::mutex>& lock) {
        const range whole = added_.front();
        const range next = added_.size() > 1 ? added_[1] : range{};
        lock.unlock();
        if (next.first < next.end)
            announce_(next.first, next.end);
        read_(whole.first, whole.end);
        lock.lock();
        added_.pop_front();
        // Whoever waits would go to sleep again before, which takes longer than reading.
        if (wanted_.first < wanted_.end && is_read())
            read_some_.notify_one();
    }

    work read_, announce_;
    std::deque<range> added_; ///< the front is being read
    range wanted_{};          ///< what is waited for
    bool ends_ = false;
    ::pid_t process_ = 0; ///< that has the thread
    std::mutex mutex_;
    std::condition_variable wake_, read_some_;
    std::thread thread_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
