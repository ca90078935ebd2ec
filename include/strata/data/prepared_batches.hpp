// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/batch_source.hpp>
#include <strata/data/forgotten_threads.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// How batches are prepared while the network learns from those before them.
struct prefetch_options {
    std::size_t threads = 1; ///< 0: each batch when it is asked for, in the thread that trains
    std::size_t ahead = 2;   ///< how many batches may be prepared before they are asked for
};

/// Batches that a reader gives and a function prepares, in threads of their own. Their order is the reader's,
/// and so is every batch, whatever the number of threads.
///
/// `Reader` has `steps()`, `begin(epoch)` and `read(number, batch)`, which is called by one thread at a time,
/// in order, and returns whether there was one more; `restarts` says whether an epoch begins at the front
/// again. `prepare(number, batch)` is called by several threads, each with another batch. There are
/// `ahead` + 1 objects of type `Batch`, which are made once and filled again and again: nothing else is
/// allocated after the first epoch's first batches.
///
/// A process that was forked has none of these threads, and what they read is in their hands: there each call
/// is `std::runtime_error`.
template <class Batch, class Reader, class Prepare>
class prepared_batches final : public batch_source {
public:
    prepared_batches(Reader reader, Prepare prepare, const prefetch_options& options)
        : reader_(std::move(reader)),
          prepare_(std::move(prepare)),
          places_(options.threads == 0 ? 1 : std::max<std::size_t>(options.ahead, 1) + 1) {
        for (std::size_t i = 0; i < std::min(options.threads, places_.size() - 1); ++i)
            // With fewer threads than wanted, or none, batches are the same.
            if (internal::caught([&] { workers_.emplace_back([this] { work(); }); }) != nullptr)
                break;
    }
    ~prepared_batches() override {
        if (is_forked()) {
            for (auto& each : workers_)
                internal::forget_thread(std::move(each));
            // Conditions would wait until those threads wait no more: they are made anew.
            std::construct_at(&wake_);
            std::construct_at(&ready_);
            return;
        }
        {
            const std::lock_guard lock(mutex_);
            ends_ = true;
        }
        wake_.notify_all();
        for (auto& each : workers_)
            each.join();
    }

    [[nodiscard]] std::size_t steps() const override { return reader_.steps(); }

    /// What a reader can do where nothing is prepared: who does might look at all rows of a batch.
    bool choose_rows([[maybe_unused]] const row_share& share) override {
        if constexpr (requires {
                          reader_.choose_rows(share);
                          Prepare::changes_nothing;
                      }) {
            check_process();
            close();
            began_ = false;
            return reader_.choose_rows(share);
        } else
            return false;
    }
    [[nodiscard]] std::size_t batch_rows() const override { return rows_; }

    void begin(std::uint64_t epoch) override {
        check_process();
        if (!Reader::restarts && began_)
            return;
        close();
        began_ = false; // until the reader has begun
        reader_.begin(epoch);
        began_ = true;
        for (auto& each : places_)
            each.is_ready = false;
        next_ = taken_ = released_ = 0;
        epoch_ = epoch;
        {
            const std::lock_guard lock(mutex_);
            is_open_ = true;
        }
        wake_.notify_all();
    }

    const labelled_samples* next() override {
        check_process();
        if (!began_)
            begin(0);
        place& one = places_[taken_ % places_.size()];
        std::unique_lock lock(mutex_);
        released_ = taken_;
        if (workers_.empty()) {
            if (is_open_)
                prepare_next(lock);
        } else {
            wake_.notify_all();
            ready_.wait(lock, [&] { return one.is_ready; });
        }
        if (one.error != nullptr) {
            is_open_ = false;
            internal::raise_again(one.error);
        }
        if (!one.is_batch)
            return nullptr;
        ++taken_;
        rows_ = one.rows;
        one.is_ready = false; // for the batch that lies here next
        return &one.shown;
    }

private:
    /// Where one of the batches lies. Whoever prepares it owns it until it is ready, and whoever trains until
    /// the next one is asked for.
    struct place {
        Batch batch{};
        labelled_samples shown;
        std::exception_ptr error;
        std::size_t rows = 0;  ///< of the whole batch, where this is a part
        bool is_batch = false; ///< or the end of the epoch
        bool is_ready = false;
    };

    /// Whether this process was forked from the one that has the threads, and has none.
    [[nodiscard]] bool is_forked() const noexcept { return !workers_.empty() && process_ != ::getpid(); }
    void check_process() const {
        if (is_forked())
            internal::raise(std::runtime_error(
                "batches: a process that was forked has none of the threads that prepare them: make them in "
                "the child, or with {.prefetch = {.threads = 0}}"));
    }

    /// Waits until no thread reads or prepares anything, nor begins to.
    void close() {
        std::unique_lock lock(mutex_);
        is_open_ = false;
        ready_.wait(lock, [&] { return busy_ == 0; });
    }

    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            wake_.wait(lock, [&] { return ends_ || may_read(); });
            if (ends_)
                return;
            prepare_next(lock);
        }
    }

    [[nodiscard]] bool may_read() const {
        return is_open_ && !is_reading_ && next_ < released_ + places_.size();
    }

    /// Reads the next batch, which no other thread does meanwhile, and prepares it.
    void prepare_next(std::unique_lock<std::mutex>& lock) {
        const batch_number number{epoch_, next_};
        place& one = places_[next_ % places_.size()];
        ++next_;
        ++busy_;
        is_reading_ = true;
        one.is_ready = one.is_batch = false;
        lock.unlock();
        bool is_batch = false;
        one.error = internal::caught([&] { is_batch = reader_.read(number, one.batch); });
        if constexpr (requires { reader_.batch_rows(); })
            one.rows = reader_.batch_rows();
        lock.lock();
        is_reading_ = false;
        if (!is_batch)
            is_open_ = false;
        if (is_batch) {
            wake_.notify_one();
            lock.unlock();
            one.error = internal::caught([&] {
                prepare_(number, one.batch);
                internal::show_batch(one.batch, one.shown);
            });
            lock.lock();
        }
        one.is_batch = is_batch;
        one.is_ready = true;
        --busy_;
        ready_.notify_all();
    }

    Reader reader_;
    Prepare prepare_;
    std::vector<place> places_;
    ::pid_t process_ = ::getpid(); ///< that has the threads
    std::uint64_t epoch_ = 0;
    std::size_t next_ = 0;     ///< the step that is read next
    std::size_t rows_ = 0;     ///< of the batch that was given away last, as a whole
    std::size_t taken_ = 0;    ///< how many were given away
    std::size_t released_ = 0; ///< how many of them are done with
    std::size_t busy_ = 0;     ///< how many threads have a batch in hand
    bool began_ = false;
    bool is_open_ = false;
    bool is_reading_ = false;
    bool ends_ = false;
    std::mutex mutex_;
    std::condition_variable wake_;  ///< there may be something to read
    std::condition_variable ready_; ///< a batch is ready, or a thread has put one down
    std::vector<std::thread> workers_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::prefetch_options;
} // namespace strata
