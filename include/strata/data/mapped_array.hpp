// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/mapped_blocks.hpp>
#include <strata/data/mapped_file.hpp>
#include <strata/data/paged_numbers.hpp>
#include <strata/data/read_elements.hpp>
#include <strata/data/samples.hpp>
#include <strata/data/stored_number.hpp>
#include <strata/setting.hpp>

#include <sys/uio.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// An array [samples, ...] that stays in its file, or in several: `fit` and `evaluate` take it as it is, and
/// each sample is read when a batch needs it, the next ones while the network learns. Made by `map_idx`,
/// `map_npy` and `map_tensor`. Copies refer to the same files, which are closed with the last of them.
class mapped_array {
public:
    mapped_array(samples numbers, std::vector<std::size_t> shape)
        : samples_(std::move(numbers)), shape_(std::move(shape)) {}

    [[nodiscard]] const std::vector<std::size_t>& shape() const noexcept { return shape_; }
    [[nodiscard]] std::size_t shape(std::size_t axis) const { return shape_.at(axis); }
    [[nodiscard]] std::size_t dimension() const noexcept { return shape_.size(); }

    operator const samples&() const noexcept { return samples_; }

private:
    samples samples_;
    std::vector<std::size_t> shape_;
};

struct mapping_options {
    float scale = 1; ///< what numbers are multiplied by as they are read, 1 / 255.0F as a rule for images
};

namespace internal {

/// Some numbers of a file, from a byte on.
struct mapped_part {
    std::shared_ptr<const mapped_file> file;
    std::size_t place;
    std::size_t count;
};

/// Numbers that lie in parts of files, one part after another.
template <class Stored>
class mapped_numbers final : public paged_numbers {
public:
    explicit mapped_numbers(std::vector<mapped_part> parts) : parts_(std::move(parts)) {
        for (const mapped_part& each : parts_)
            ends_.push_back((ends_.empty() ? 0 : ends_.back()) + each.count);
    }

    void read(std::size_t first, std::size_t count, float scale, float* numbers) const noexcept override {
        read_numbers(first, count, scale, numbers);
    }
    void read(std::size_t first, std::size_t count, float scale, double* numbers) const noexcept override {
        read_numbers(first, count, scale, numbers);
    }
    void read(std::size_t first, std::size_t count, float scale,
              std::int32_t* numbers) const noexcept override {
        read_numbers(first, count, scale, numbers);
    }
    void expect(std::size_t first, std::size_t count) const noexcept override {
        visit(first, count, [](const mapped_part& part, std::size_t begin, std::size_t some) {
            part.file->expect(part.place + begin * sizeof(Stored), some * sizeof(Stored));
        });
    }
    [[nodiscard]] std::shared_ptr<const paged_numbers> blockwise(block_order order) const override {
        if (ends_.empty() || ends_.back() * sizeof(Stored) < least_threaded_bytes)
            return nullptr;
        return std::make_shared<const mapped_blocks<Stored, mapped_numbers>>(parts_, ends_.back(), order);
    }
    /// Says that numbers will be read from front to back.
    void expect_in_order() const noexcept {
        for (const mapped_part& each : parts_)
            each.file->expect_all();
    }
    /// Copies numbers as they are stored, as many as the places have room for.
    void copy(std::size_t first, std::span<::iovec> places) const noexcept {
        std::size_t bytes = 0;
        for (const ::iovec& each : places)
            bytes += each.iov_len;
        visit(
            first, bytes / sizeof(Stored), [&](const mapped_part& part, std::size_t begin, std::size_t some) {
                places = part.file->read(part.place + begin * sizeof(Stored), some * sizeof(Stored), places);
            });
    }

private:
    template <class Number>
    void read_numbers(std::size_t first, std::size_t count, float scale, Number* numbers) const noexcept {
        visit(first, count, [&](const mapped_part& part, std::size_t begin, std::size_t some) {
            if (some * sizeof(Stored) < mapped_file::least_call_bytes)
                read_elements<Stored>(part.file->data() + part.place, begin, some, scale, numbers);
            else
                copy_numbers(part, begin, some, scale, numbers);
            numbers += some;
        });
    }
    template <class Number>
    static void copy_numbers(const mapped_part& part, std::size_t first, std::size_t count, float scale,
                             Number* numbers) noexcept {
        const std::size_t place = part.place + first * sizeof(Stored);
        if (is_copied<Stored, Number>(scale))
            return part.file->read(place, count * sizeof(Stored), numbers);
        constexpr std::size_t most = (std::size_t{1} << 14) / sizeof(Stored);
        Stored some[most];
        for (std::size_t i = 0; i < count; i += most) {
            const std::size_t size = std::min(most, count - i);
            part.file->read(place + i * sizeof(Stored), size * sizeof(Stored), some);
            read_elements<Stored>(some, 0, size, scale, numbers + i);
        }
    }
    /// visit(part, first, count) for what the parts have of some numbers.
    template <class Visit>
    void visit(std::size_t first, std::size_t count, const Visit& visit) const noexcept {
        auto part =
            static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), first) - ends_.begin());
        for (; count > 0 && part < parts_.size(); ++part) {
            const std::size_t begin = first - (ends_[part] - parts_[part].count);
            const std::size_t some = std::min(count, parts_[part].count - begin);
            visit(parts_[part], begin, some);
            first += some;
            count -= some;
        }
    }

    /// Bytes that are worth a thread.
    static constexpr std::size_t least_threaded_bytes = std::size_t{1} << 20;

    std::vector<mapped_part> parts_;
    std::vector<std::size_t> ends_; ///< numbers up to the end of each part
};

/// An array of numbers that lie in files as `Element`, in this machine's order of bytes or the other.
template <class Element, bool Swapped>
mapped_array map_parts(std::vector<mapped_part> parts, std::vector<std::size_t> shape, float scale) {
    const Element* direct = nullptr;
    // One part of the machine's own numbers, at a place for them, is as good as an array.
    if constexpr (!Swapped)
        if (parts.size() == 1 && (scale == 1 || sizeof(Element) == 1)) {
            const unsigned char* const place = parts[0].file->data() + parts[0].place;
            if (std::bit_cast<std::uintptr_t>(place) % alignof(Element) == 0)
                direct = reinterpret_cast<const Element*>(place);
        }
    const auto numbers =
        std::make_shared<const mapped_numbers<stored_number<Element, Swapped>>>(std::move(parts));
    samples result(numbers, direct, shape, scale);
    return {std::move(result), std::move(shape)};
}
/// The same of numbers that are read as others.
template <class Stored>
mapped_array map_converted(std::vector<mapped_part> parts, std::vector<std::size_t> shape, float scale) {
    const auto numbers = std::make_shared<const mapped_numbers<Stored>>(std::move(parts));
    samples result(numbers, static_cast<const float*>(nullptr), shape, scale);
    return {std::move(result), std::move(shape)};
}

} // namespace internal
} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::mapped_array;
using bedrock::mapping_options;
} // namespace strata
