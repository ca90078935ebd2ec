// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/byte_reader.hpp>
#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>
#include <strata/training/snapshot.hpp>
#include <strata/training/training_numbers.hpp>

#include <boost/crc.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
static_assert(std::endian::native == std::endian::little, "strata: snapshots are little-endian");

/// What a line of a header says of a network, without quotes: its value. Other lines as they are.
inline std::string_view line_value(std::string_view line) {
    constexpr std::string_view mark = "\":\"";
    const std::size_t begin = line.find(mark), end = line.find_last_not_of(",}");
    if (begin == line.npos || line.find("\"dtype\"") != line.npos)
        return line;
    return line.substr(begin + mark.size(), end - begin - mark.size());
}

/// A line of those, from shortly before the place on where it differs if that would not be shown otherwise.
inline std::string shown_about(std::string_view line, std::size_t place) {
    constexpr std::size_t seen = 50;
    constexpr std::size_t lead = 20;
    return place < seen ? shown(line) : shown(concatenate("...", line.substr(place - lead)));
}

/// Reads the lines of a header. `data_error` for the first that is another.
template <class Reader>
void read_lines(Reader& reader, std::string_view lines) {
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, std::min(lines.find('\n'), lines.size() - 1) + 1);
        const auto place = reader.position();
        std::string found(line.size(), '\0');
        reader.read(found.data(), found.size(), "a checkpoint's header");
        lines.remove_prefix(line.size());
        if (found == line)
            continue;
        // A line that only goes on where its end was expected is shown with what follows.
        constexpr std::size_t line_end = std::string_view("\"},\n").size();
        const auto place_of_change =
            std::mismatch(line.begin(), line.end(), found.begin()).first - line.begin();
        const bool goes_on = static_cast<std::size_t>(place_of_change) + line_end >= line.size();
        while (goes_on && found.find('\n') == found.npos && found.size() < line.size() + 40) {
            found.push_back('\0');
            reader.read(&found.back(), 1, "a checkpoint's header");
        }
        const std::string_view whole = std::string_view(found).substr(0, found.find('\n'));
        const std::string_view wanted = line.substr(0, line.find('\n'));
        std::string_view expected_value = line_value(wanted);
        std::string_view found_value = line_value(whole);
        if (expected_value == found_value) {
            expected_value = wanted;
            found_value = whole;
        }
        const auto pair = std::mismatch(expected_value.begin(), expected_value.end(), found_value.begin(),
                                        found_value.end());
        const auto step = static_cast<std::size_t>(pair.first - expected_value.begin());
        reader.fail(place, shown_about(expected_value, step), shown_about(found_value, step));
    }
}

/// CRC-32 as gzip and PNG have it.
inline std::uint32_t checksum(std::span<const unsigned char> bytes) {
    boost::crc_32_type sum;
    sum.process_bytes(bytes.data(), bytes.size());
    return sum.checksum();
}

inline void append_bytes(std::vector<unsigned char>& bytes, const void* data, std::size_t size) {
    const auto* first = static_cast<const unsigned char*>(data);
    bytes.insert(bytes.end(), first, first + size);
}

/// Writes weights, optimizer states and counts. The numbers are stored in the conventional layout, so that
/// any register width reads them; a checksum of all bytes before it follows.
inline training_snapshot write_snapshot(const training_numbers& numbers, const training_counts& counts) {
    const std::string header = numbers.header();
    const std::uint64_t length = header.size();
    training_snapshot result;
    result.bytes.resize(sizeof length + header.size() + sizeof counts +
                        numbers.blocks * numbers.block_size() + sizeof(std::uint32_t));
    unsigned char* next = result.bytes.data();
    const auto put = [&next](const void* data, std::size_t count) {
        std::memcpy(next, data, count);
        next += count;
    };
    put(&length, sizeof length);
    put(header.data(), header.size());
    put(&counts, sizeof counts);
    for (std::size_t block = 0; block < numbers.blocks; ++block, next += numbers.block_size())
        numbers.copy(numbers.engine, block, transfer::store, next);
    const std::uint32_t sum = checksum({result.bytes.data(), result.bytes.size() - sizeof(std::uint32_t)});
    put(&sum, sizeof sum);
    return result;
}

/// Reads what `write_snapshot` wrote, from a file or from memory. `data_error` for bytes that do not fit; the
/// numbers are unchanged then.
template <class Reader>
training_counts read_snapshot(Reader& reader, const training_numbers& numbers) {
    const std::string header = numbers.header();
    std::uint64_t length = 0;
    std::vector<unsigned char> bytes(sizeof length + header.size() + sizeof(training_counts) +
                                     numbers.blocks * numbers.block_size());
    reader.read(&length, sizeof length, "a checkpoint's header");
    read_lines(reader, header);
    if (length != header.size())
        reader.fail(0, concatenate("a header of ", header.size(), " bytes"), concatenate(length));
    std::memcpy(bytes.data(), &length, sizeof length);
    std::memcpy(bytes.data() + sizeof length, header.data(), header.size());
    const std::size_t begin = sizeof length + header.size();
    reader.expect_left(bytes.size() - begin + sizeof(std::uint32_t), "numbers");
    reader.read(bytes.data() + begin, bytes.size() - begin, "numbers");
    std::uint32_t sum = 0;
    const auto place = reader.position();
    reader.read(&sum, sizeof sum, "a checksum");
    reader.expect_end();
    if (const std::uint32_t right = checksum(bytes); sum != right)
        reader.fail(place, concatenate("the checksum ", right), concatenate(sum));

    training_counts counts;
    std::memcpy(&counts, bytes.data() + begin, sizeof counts);
    unsigned char* next = bytes.data() + begin + sizeof counts;
    for (std::size_t block = 0; block < numbers.blocks; ++block, next += numbers.block_size())
        numbers.copy(numbers.engine, block, transfer::load, next);
    return counts;
}

/// The same from a snapshot.
inline training_counts load_snapshot(const training_snapshot& snapshot, const training_numbers& numbers) {
    byte_reader reader(snapshot.bytes, snapshot.origin);
    return read_snapshot(reader, numbers);
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
