// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

static_assert(std::endian::native == std::endian::little, "strata: files of estimators are little-endian");

/// How a number stands in a file: whole numbers, truths and choices as 64 bits, the others as they are.
template <class Number>
using filed_number = std::conditional_t<std::same_as<Number, std::size_t> || std::same_as<Number, bool> ||
                                            std::is_enum_v<Number>,
                                        std::uint64_t, Number>;

/// Turns what an estimator learnt into bytes.
class state_writer {
public:
    std::vector<unsigned char> bytes;

    template <class Number>
        requires(std::is_arithmetic_v<Number> || std::is_enum_v<Number>)
    void operator()(const char*, const Number& number) { append(static_cast<filed_number<Number>>(number)); }
    /// A choice of an enumeration whose last is `last`.
    template <class Choice>
        requires std::is_enum_v<Choice>
    void operator()(const char* name, const Choice& choice, Choice) { (*this)(name, choice); }
    /// Choices, as above.
    template <class Choice>
        requires std::is_enum_v<Choice>
    void operator()(const char* name, const std::vector<Choice>& choices, Choice) { (*this)(name, choices); }
    void operator()(const char* name, const std::optional<double>& number) {
        (*this)(name, number.has_value());
        (*this)(name, number.value_or(0));
    }
    void operator()(const char*, const std::string& text) {
        append(std::uint64_t{text.size()});
        bytes.insert(bytes.end(), text.begin(), text.end());
    }
    void operator()(const char* name, const std::vector<std::string>& texts) {
        list(name, texts, [&](const std::string& text) { (*this)(name, text); });
    }
    /// Things of which `visit_one` visits each.
    template <class Thing, class Visit>
    void list(const char*, const std::vector<Thing>& things, const Visit& visit_one) {
        append(std::uint64_t{things.size()});
        for (const Thing& each : things)
            visit_one(each);
    }
    template <class Number>
    void operator()(const char*, const std::vector<Number>& numbers) {
        append(std::uint64_t{numbers.size()});
        for (const Number& number : numbers)
            append(static_cast<filed_number<Number>>(number));
    }
    template <class Number>
    void operator()(const char* name, const std::vector<Number>& numbers, std::size_t) {
        (*this)(name, numbers);
    }

private:
    template <class Number>
    void append(Number number) {
        const auto* first = reinterpret_cast<const unsigned char*>(&number);
        bytes.insert(bytes.end(), first, first + sizeof number);
    }
};

/// Turns bytes into what an estimator learnt. What does not fit is an error of `file`, which knows its name,
/// at the place `begin` of the file and as much behind it as was read.
template <class File>
class state_reader {
public:
    state_reader(const File& file, std::uint64_t begin, std::span<const unsigned char> bytes)
        : file_(&file), begin_(begin), bytes_(bytes) {}

    template <class Number>
        requires(std::is_arithmetic_v<Number> && !std::same_as<Number, bool>)
    void operator()(const char* name, Number& number) {
        number = static_cast<Number>(take<filed_number<Number>>(name));
    }
    void operator()(const char* name, bool& truth) { truth = take_choice(name, 1) == 1; }
    template <class Choice>
        requires std::is_enum_v<Choice>
    void operator()(const char* name, Choice& choice, Choice last) {
        choice = static_cast<Choice>(take_choice(name, static_cast<std::uint64_t>(last)));
    }
    template <class Choice>
        requires std::is_enum_v<Choice>
    void operator()(const char* name, std::vector<Choice>& choices, Choice last) {
        choices.resize(take_count(name, sizeof(std::uint64_t)));
        for (Choice& choice : choices)
            (*this)(name, choice, last);
    }
    void operator()(const char* name, std::optional<double>& number) {
        bool exists = false;
        double found = 0;
        (*this)(name, exists);
        (*this)(name, found);
        number = exists ? std::optional(found) : std::nullopt;
    }
    void operator()(const char* name, std::string& text) {
        text.resize(take_count(name, 1));
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(position_), text.size(), text.begin());
        position_ += text.size();
    }
    void operator()(const char* name, std::vector<std::string>& texts) {
        list(name, texts, [&](std::string& text) { (*this)(name, text); });
    }
    /// Things of which `visit_one` visits each, and for each a number at least.
    template <class Thing, class Visit>
    void list(const char* name, std::vector<Thing>& things, const Visit& visit_one) {
        things.clear();
        for (std::size_t left = take_count(name, sizeof(std::uint64_t)); left > 0; --left)
            visit_one(things.emplace_back());
    }
    template <class Number>
    void operator()(const char* name, std::vector<Number>& numbers) {
        numbers.resize(take_count(name, sizeof(filed_number<Number>)));
        for (Number& number : numbers)
            number = static_cast<Number>(take<filed_number<Number>>(name));
    }
    template <class Number>
    void operator()(const char* name, std::vector<Number>& numbers, std::size_t length) {
        const std::size_t place = position_;
        (*this)(name, numbers);
        if (numbers.size() != length)
            fail(place, concatenate(length, " ", name), concatenate(numbers.size()));
    }

    /// Raises an error for what was read last and cannot be; its place is behind that.
    [[noreturn]] void refuse(const std::string& expected, const std::string& found) const {
        fail(position_, expected, found);
    }

    /// Raises an error unless all bytes have been read.
    void expect_end() const {
        if (position_ != bytes_.size())
            fail(position_, "the end of what was learnt",
                 concatenate(bytes_.size() - position_, " more bytes"));
    }

private:
    template <class Number>
    Number take(const char* name) {
        if (bytes_.size() - position_ < sizeof(Number))
            fail(position_, concatenate(sizeof(Number), " bytes of ", name),
                 concatenate(bytes_.size() - position_));
        Number number;
        std::memcpy(&number, bytes_.data() + position_, sizeof number);
        position_ += sizeof number;
        return number;
    }
    /// How many things follow, each of which takes so many bytes or more: a length that lies allocates
    /// nothing.
    std::size_t take_count(const char* name, std::size_t least_bytes) {
        const std::size_t place = position_;
        const auto count = take<std::uint64_t>(name);
        if (count > (bytes_.size() - position_) / least_bytes)
            fail(place, concatenate("no more ", name, " than there are bytes"), concatenate(count));
        return static_cast<std::size_t>(count);
    }
    std::uint64_t take_choice(const char* name, std::uint64_t last) {
        const std::size_t place = position_;
        const auto found = take<std::uint64_t>(name);
        if (found > last)
            fail(place, concatenate(name, " from 0 to ", last), concatenate(found));
        return found;
    }
    [[noreturn]] void fail(std::size_t place, const std::string& expected, const std::string& found) const {
        file_->fail(begin_ + place, expected, found);
    }

    const File* file_;
    std::uint64_t begin_;
    std::span<const unsigned char> bytes_;
    std::size_t position_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
