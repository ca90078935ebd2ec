// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Has the system read numbers of files, one after another, in a thread of its own, ahead of somebody who
/// goes through them and does something else besides, so that the device never rests.
///
/// It reads as any reader does. Linux brings pages that one asks for (`MADV_WILLNEED`) in one by one, the
/// smallest ones, which is less than half as fast as a quick device.
class page_reader {
public:
    /// `read(first, end)` reads some numbers, which may do no more than bring their pages in.
    using work = std::function<void(std::size_t first, std::size_t end)>;

    /// `piece`: how many numbers are read at once; `ahead`: how many before they are needed. `announce` says
    /// of those that were added which ones come next.
    page_reader(work read, std::size_t piece, std::size_t ahead, work announce = {})
        : read_(std::move(read)), announce_(std::move(announce)), piece_(piece), ahead_(ahead) {}
    page_reader(const page_reader&) = delete;
    page_reader& operator=(const page_reader&) = delete;
    ~page_reader() { finish(); }

    /// Ends when it has read what it is reading.
    void finish() noexcept {
        if (!thread_.joinable())
            return;
        if (process_ != ::getpid()) { // a process that was forked has no such thread
            thread_.detach();
            return;
        }
        {
            const std::lock_guard lock(mutex_);
            ends_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }

    /// Says that numbers are needed from `first` on up to `end`.
    void follow(std::size_t first, std::size_t end) noexcept {
        if (!start())
            return;
        {
            const std::lock_guard lock(mutex_);
            if (first < first_) // a new pass
                next_ = first;
            next_ = std::max(next_, first);
            first_ = first;
            end_ = first + std::min(ahead_, end - first);
        }
        wake_.notify_one();
    }
    /// Reads numbers, all of them, when those have been read that were added before. Returns whether it does.
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
    /// Waits until none of these numbers is still to be read of those that were added.
    void wait(std::size_t first, std::size_t end) noexcept {
        std::unique_lock lock(mutex_);
        read_some_.wait(lock, [&] {
            return std::none_of(added_.begin(), added_.end(),
                                [&](const range& each) { return each.first < end && first < each.end; });
        });
    }

private:
    struct range {
        std::size_t first, end;
    };

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
            wake_.wait(lock, [&] { return ends_ || next_ < end_ || !added_.empty(); });
            if (ends_)
                return;
            if (!added_.empty()) {
                read_added(lock);
                continue;
            }
            const std::size_t begin = next_;
            next_ = std::min(end_, begin + piece_);
            const std::size_t end = next_;
            lock.unlock();
            // Memory for a piece may be short, where pages are read when they are needed.
            (void)caught([&] { read_(begin, end); });
            lock.lock();
        }
    }
    /// All of what was added first, while the device begins with what was added then.
    void read_added(std::unique_lock<std::mutex>& lock) {
        const range whole = added_.front();
        const range next = added_.size() > 1 ? added_[1] : range{};
        lock.unlock();
        if (announce_ && next.first < next.end)
            announce_(next.first, next.end);
        for (std::size_t begin = whole.first; begin < whole.end; begin += piece_)
            read_(begin, std::min(whole.end, begin + piece_));
        lock.lock();
        added_.pop_front();
        read_some_.notify_all();
    }

    work read_, announce_;
    std::size_t piece_, ahead_;
    std::size_t first_ = 0, end_ = 0; ///< what is needed
    std::size_t next_ = 0;            ///< is read next
    std::deque<range> added_;         ///< is read first, the front in pieces
    bool ends_ = false;
    ::pid_t process_ = 0; ///< that has the thread
    std::mutex mutex_;
    std::condition_variable wake_, read_some_;
    std::thread thread_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
