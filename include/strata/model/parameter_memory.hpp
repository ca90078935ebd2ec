// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/zeroed_memory.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// The numbers of a network's parameters: a block of its own, or a part of another network's, which lives as
/// long as either of them. A copy has a block of its own; assignment writes the numbers where the others
/// were.
template <class T>
class parameter_memory {
public:
    explicit parameter_memory(std::size_t size)
        : block_(zeroed_memory<T>(size)), data_(block_.get()), size_(size) {}

    /// `size` numbers of another memory.
    parameter_memory(const parameter_memory& whole, std::size_t begin, std::size_t size)
        : block_(whole.block_), data_(whole.data_ + begin), size_(size) {}

    parameter_memory(const parameter_memory& other) : parameter_memory(other.size_ + line_size<T>) {
        size_ = other.size_;
        std::copy_n(other.data_, size_, data_);
    }
    parameter_memory(parameter_memory&& other) noexcept
        : block_(std::move(other.block_)),
          data_(std::exchange(other.data_, nullptr)),
          size_(std::exchange(other.size_, 0)) {}
    parameter_memory& operator=(const parameter_memory& other) {
        if (data_ == nullptr)
            return *this = parameter_memory(other);
        write(other);
        return *this;
    }
    parameter_memory& operator=(parameter_memory&& other) noexcept {
        if (data_ != nullptr)
            write(other);
        else {
            block_ = std::move(other.block_);
            data_ = std::exchange(other.data_, nullptr);
            size_ = std::exchange(other.size_, 0);
        }
        return *this;
    }
    ~parameter_memory() = default;

    [[nodiscard]] T* data() noexcept { return data_; }
    [[nodiscard]] const T* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    // Memories of one network differ by what may be read behind the last number, if one is a part.
    void write(const parameter_memory& other) noexcept {
        if (data_ != other.data_)
            std::copy_n(other.data_, std::min(size_, other.size_), data_);
    }

    std::shared_ptr<T> block_;
    T* data_;
    std::size_t size_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
