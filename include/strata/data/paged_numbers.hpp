// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace strata::bedrock::inline STRATA_SETTING {

/// How blocks of numbers follow each other when they are asked for.
enum class block_order { front_to_back, any };

/// Numbers one after another that are not in memory but are read from where they are kept, a page at a time,
/// as somebody looks at them. What opens files implements it. Several threads use it at once.
class paged_numbers {
public:
    paged_numbers() = default;
    paged_numbers(const paged_numbers&) = delete;
    paged_numbers& operator=(const paged_numbers&) = delete;
    virtual ~paged_numbers() = default;

    /// Reads `count` numbers from number `first` on, converted, times the scale.
    virtual void read(std::size_t first, std::size_t count, float scale, float* numbers) const noexcept = 0;
    virtual void read(std::size_t first, std::size_t count, float scale, double* numbers) const noexcept = 0;
    virtual void read(std::size_t first, std::size_t count, float scale,
                      std::int32_t* numbers) const noexcept = 0;
    /// Begins to fetch numbers that will be read soon, and returns at once.
    virtual void expect(std::size_t first, std::size_t count) const noexcept = 0;

    /// The same numbers for somebody who reads blocks of them in such an order, or null where that is no
    /// better.
    [[nodiscard]] virtual std::shared_ptr<const paged_numbers> blockwise(block_order) const {
        return nullptr;
    }
    /// Begins to read numbers in one go, which has to come before anything else asks for them. Blocks do not
    /// overlap. Returns at once; one thread at a time calls this and the next two.
    virtual void expect_block(std::size_t, std::size_t) const noexcept {}
    /// Waits until a block is there.
    virtual void wait_for_block(std::size_t, std::size_t) const noexcept {}
    /// Says that nobody will look at a block until it is asked for again.
    virtual void drop_block(std::size_t, std::size_t) const noexcept {}
};

namespace internal {
template <class Number>
void read_pages(const void* numbers, std::size_t first, std::size_t count, float scale,
                Number* result) noexcept {
    static_cast<const paged_numbers*>(numbers)->read(first, count, scale, result);
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
