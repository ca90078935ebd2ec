// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/learning/direction.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class Entries>
[[noreturn, gnu::noinline]] void throw_unknown(std::string_view name, const Entries& entries) {
    std::string message = concatenate("there is no '", name, "', only");
    for (const auto& entry : entries)
        append(message, " '", entry.first, "'");
    raise(std::out_of_range(message));
}
} // namespace internal

/// Named numbers in order: a loss and its metrics. A few need no memory of their own: a step of a small
/// network, after which they come, lasts no longer than some allocations.
class scores {
    using entry = std::pair<std::string, double>;

public:
    scores() = default;
    // Functions, or a compiler would write out the ends of all names wherever scores go.
    [[gnu::noinline]] scores(const scores&) = default;
    [[gnu::noinline]] scores(scores&& other) noexcept { swap(other); }
    scores& operator=(scores other) noexcept {
        swap(other);
        return *this;
    }
    [[gnu::noinline]] ~scores() = default;

    [[gnu::noinline]] void set(std::string_view name, double value, direction better = direction::unknown) {
        const std::size_t place = find(name);
        if (place < size()) {
            renew(place, value);
            directions_[place] = static_cast<char>(better);
            return;
        }
        directions_.reserve(place + 1);
        if (place < few_.size()) {
            few_[place].first = name;
            few_[place].second = value;
        } else {
            if (place == few_.size())
                many_.assign(few_.begin(), few_.end());
            many_.emplace_back(name, value);
        }
        directions_.push_back(static_cast<char>(better));
    }

    /// Another value for the entry at that place.
    void renew(std::size_t place, double value) noexcept {
        (size() <= few_.size() ? few_[place] : many_[place]).second = value;
    }

    [[nodiscard]] bool contains(std::string_view name) const noexcept { return find(name) < size(); }

    /// `std::out_of_range`, with the names that exist, where there is no such name.
    [[nodiscard]] double operator[](std::string_view name) const { return begin()[place_of(name)].second; }

    /// Which values of that one are better. `std::out_of_range` as above.
    [[nodiscard]] direction direction_of(std::string_view name) const {
        return static_cast<direction>(directions_[place_of(name)]);
    }

    [[nodiscard]] double loss() const { return (*this)["loss"]; }
    [[nodiscard]] const entry* begin() const noexcept {
        return size() <= few_.size() ? few_.data() : many_.data();
    }
    [[nodiscard]] const entry* end() const noexcept { return begin() + size(); }

private:
    [[nodiscard]] std::size_t size() const noexcept { return directions_.size(); }

    /// The place of a name, behind the last entry where there is none.
    [[nodiscard]] std::size_t find(std::string_view name) const noexcept {
        const entry* const first = begin();
        std::size_t place = 0;
        while (place < size() && first[place].first != name)
            ++place;
        return place;
    }
    [[nodiscard]] std::size_t place_of(std::string_view name) const {
        const std::size_t place = find(name);
        if (place == size())
            internal::throw_unknown(name, *this);
        return place;
    }

    void swap(scores& other) noexcept {
        few_.swap(other.few_);
        many_.swap(other.many_);
        directions_.swap(other.directions_);
    }

    std::array<entry, 4> few_{}; ///< the entries, where these are enough
    std::vector<entry> many_;    ///< else all of them
    std::string directions_;     ///< a character an entry: a short text needs no memory of its own
};

/// What `fit` returns: every loss and metric of every epoch. `history["val_loss"].back()`.
class history {
public:
    [[gnu::noinline]] void add(const scores& epoch) {
        for (const auto& [name, value] : epoch)
            column(name).push_back(value);
    }

    /// Makes room for some more epochs with the names that there are: memory that grows moves its values
    /// again and again, which takes longer than small epochs do.
    void reserve(std::size_t epochs) {
        constexpr std::size_t most = 15'000; // training often ends early
        for (auto& column : columns_)
            column.second.reserve(column.second.size() + std::min(epochs, most));
    }

    /// The same where the scores have the names of the epoch before, in the same order.
    [[gnu::always_inline]] void extend(const scores& epoch) {
        std::size_t next = 0;
        for (const auto& entry : epoch)
            columns_[next++].second.push_back(entry.second);
    }

    /// One value an epoch, or for each that had one: of scores that are taken every few epochs, or that
    /// callbacks add. `std::out_of_range` where there is no such name.
    [[nodiscard]] const std::vector<double>& operator[](std::string_view name) const {
        for (const auto& [known, values] : columns_)
            if (known == name)
                return values;
        internal::throw_unknown(name, columns_);
    }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> result;
        for (const auto& column : columns_)
            result.push_back(column.first);
        return result;
    }
    [[nodiscard]] std::size_t epochs() const noexcept {
        return columns_.empty() ? 0 : columns_[0].second.size();
    }

private:
    std::vector<double>& column(const std::string& name) {
        for (auto& [known, values] : columns_)
            if (known == name)
                return values;
        return columns_.emplace_back(name, std::vector<double>{}).second;
    }

    std::vector<std::pair<std::string, std::vector<double>>> columns_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::history;
using bedrock::scores;
} // namespace strata
