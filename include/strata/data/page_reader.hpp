// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
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
    /// `read(first, end)` reads some numbers, and does nothing with them.
    using work = std::function<void(std::size_t first, std::size_t end)>;

    /// `piece`: how many numbers are read at once; `ahead`: how many before they are needed.
    page_reader(work read, std::size_t piece, std::size_t ahead)
        : read_(std::move(read)), piece_(piece), ahead_(ahead) {}
    page_reader(const page_reader&) = delete;
    page_reader& operator=(const page_reader&) = delete;
    ~page_reader() {
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
        if (process_ == 0) {
            process_ = ::getpid();
            // Without a thread pages are read when they are needed.
            (void)caught([&] { thread_ = std::thread([this] { run(); }); });
        }
        if (process_ != ::getpid())
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

private:
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            wake_.wait(lock, [&] { return ends_ || next_ < end_; });
            if (ends_)
                return;
            const std::size_t begin = next_;
            next_ = std::min(end_, begin + piece_);
            const std::size_t end = next_;
            lock.unlock();
            // Memory for a piece may be short, where pages are read when they are needed.
            (void)caught([&] { read_(begin, end); });
            lock.lock();
        }
    }

    work read_;
    std::size_t piece_, ahead_;
    std::size_t first_ = 0, end_ = 0; ///< what is needed
    std::size_t next_ = 0;            ///< is read next
    bool ends_ = false;
    ::pid_t process_ = 0; ///< that has the thread
    std::mutex mutex_;
    std::condition_variable wake_;
    std::thread thread_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
