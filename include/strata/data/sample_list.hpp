// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/samples.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Samples for each input, or targets for each output, of a network: one array, or several `together`.
class sample_list {
public:
    sample_list() = default;
    sample_list(const sample_list&) = default;
    sample_list(sample_list&&) = default;
    sample_list& operator=(const sample_list&) = default;
    sample_list& operator=(sample_list&&) = default;
    // Options hold several, whose ends a compiler would write out one after another.
    [[gnu::noinline]] ~sample_list() = default;

    template <class Array>
        requires(std::constructible_from<samples, const Array&> && !std::same_as<Array, sample_list>)
    sample_list(const Array& array) : size_(1), one_(std::in_place, array) {}
    template <internal::movable_numbers Array>
        requires(!std::is_reference_v<Array>)
    sample_list(Array&& array) : size_(1), one_(std::in_place, std::move(array)) {}

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] const samples* data() const noexcept {
        return size_ > 1 ? several_.data() : one_ ? &*one_ : &none;
    }
    [[nodiscard]] const samples& operator[](std::size_t index) const noexcept { return data()[index]; }

    void add(samples array) { take(std::move(array)); }
    /// Makes them so many, and then one another array, which allocates nothing if there were as many before.
    void resize(std::size_t size) {
        if (size > 1)
            several_.resize(size);
        size_ = size;
    }
    void replace(std::size_t index, const samples& array) {
        if (size_ > 1)
            several_[index] = array;
        else
            one_ = array;
    }

private:
    [[gnu::noinline]] void take(samples&& array) {
        if (size_ == 0)
            one_ = std::move(array);
        else {
            if (size_ == 1) {
                several_.clear();
                keep(samples(*data()));
            }
            keep(std::move(array));
        }
        ++size_;
    }

    // The one place where they grow, which is long for a compiler.
    [[gnu::noinline]] void keep(samples&& array) { several_.push_back(std::move(array)); }

    static inline const samples none{};

    std::size_t size_ = 0;
    /// No memory of its own is asked for where there is one: a call by one sample should not. Where there is
    /// none the list is a constant expression, and so are options that hold it.
    std::optional<samples> one_;
    std::vector<samples> several_;
};

namespace internal {
/// The same arrays for somebody who reads blocks of them in such an order.
[[nodiscard]] inline std::vector<samples> blockwise_arrays(const samples* arrays, std::size_t count,
                                                           block_order order) {
    std::vector<samples> result;
    result.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        result.push_back(arrays[i].blockwise(order));
    return result;
}
} // namespace internal

/// In the place of targets: the loss does not look at any.
inline const samples no_targets{};

/// The arrays of a network with several inputs or outputs: `teach.fit(x, together(images, labels))`. They are
/// referred to, and temporaries kept.
template <class... Arrays>
[[nodiscard]] sample_list together(Arrays&&... arrays) {
    sample_list result;
    (result.add(samples(std::forward<Arrays>(arrays))), ...);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::no_targets;
using bedrock::together;
} // namespace strata
