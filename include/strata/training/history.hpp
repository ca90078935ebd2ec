// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/learning/direction.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

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

/// Named numbers in order: a loss and its metrics.
class scores {
public:
    [[gnu::noinline]] void set(std::string_view name, double value, direction better = direction::unknown) {
        for (std::size_t i = 0; i < entries_.size(); ++i)
            if (entries_[i].first == name) {
                entries_[i].second = value;
                directions_[i] = better;
                return;
            }
        directions_.reserve(entries_.size() + 1);
        entries_.emplace_back(name, value);
        directions_.push_back(better);
    }

    [[nodiscard]] bool contains(std::string_view name) const noexcept {
        for (const auto& entry : entries_)
            if (entry.first == name)
                return true;
        return false;
    }

    /// `std::out_of_range`, with the names that exist, where there is no such name.
    [[nodiscard]] double operator[](std::string_view name) const {
        for (const auto& [known, number] : entries_)
            if (known == name)
                return number;
        internal::throw_unknown(name, entries_);
    }

    /// Which values of that one are better. `std::out_of_range` as above.
    [[nodiscard]] direction direction_of(std::string_view name) const {
        for (std::size_t i = 0; i < entries_.size(); ++i)
            if (entries_[i].first == name)
                return directions_[i];
        internal::throw_unknown(name, entries_);
    }

    [[nodiscard]] double loss() const { return (*this)["loss"]; }
    [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
    [[nodiscard]] auto end() const noexcept { return entries_.end(); }

private:
    std::vector<std::pair<std::string, double>> entries_;
    std::vector<direction> directions_; ///< one an entry
};

/// What `fit` returns: every loss and metric of every epoch. `history["val_loss"].back()`.
class history {
public:
    void add(const scores& epoch) {
        for (const auto& [name, value] : epoch)
            column(name).push_back(value);
    }

    /// One value an epoch. `std::out_of_range` where there is no such name.
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
