// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>
#include <strata/topology/diagnostic.hpp>
#include <strata/training/network_text.hpp>
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

/// Everything that training needs to go on from a moment to the same bits: weights, the optimizer's states,
/// the counts of steps and epochs. The bytes are those of a checkpoint's file, and can be kept anywhere.
struct training_snapshot {
    std::vector<unsigned char> bytes;
    std::string origin = "the snapshot"; ///< what errors call it
};

struct training_counts {
    std::uint64_t steps = 0;
    std::uint64_t epochs = 0;
    /// Whether a callback or the program has set a rate since the optimizer was made, and which.
    std::uint64_t has_rate = 0;
    double rate = 0;
};

namespace internal {
static_assert(std::endian::native == std::endian::little, "strata: snapshots are little-endian");

/// The lines that say what a snapshot is of. One with other lines does not fit.
template <class Topology, class T, class Optimizer>
[[gnu::noinline]] std::string snapshot_lines() {
    std::string lines = concatenate("strata checkpoint 2\n", sizeof(T) == 4 ? "float" : "double", ", ",
                                    count_parameters(Topology{}).all, " parameters\n");
    append_optimizer<Optimizer>(lines);
    append_network(lines, Topology{});
    append(lines, "numbers\n");
    return lines;
}

template <class Model, class Optimizer, class Engine>
training_numbers numbers_of(const Engine& engine) {
    using T = typename Model::value_type;
    return {snapshot_lines<typename Model::topology, T, Optimizer>,
            copy_block<typename Model::topology, T, Engine>,
            &engine,
            Engine::state_count + 1,
            Model::weight_count,
            sizeof(T)};
}

/// A line of those, from shortly before the place on where it differs if that would not be shown otherwise.
inline std::string shown_about(std::string_view line, std::size_t place) {
    constexpr std::size_t seen = 50;
    constexpr std::size_t lead = 20;
    return place < seen ? shown(line) : shown(concatenate("...", line.substr(place - lead)));
}

/// Reads those lines. `data_error` for the first that is another.
template <class Reader>
void read_lines(Reader& reader, const std::string& lines) {
    for (std::size_t begin = 0; begin < lines.size();) {
        const auto line = std::string_view(lines).substr(begin, lines.find('\n', begin) - begin);
        const auto place = reader.position();
        std::string found(line.size() + 1, '\0');
        reader.read(found.data(), found.size(), "a checkpoint's header");
        begin += found.size();
        if (found.back() == '\n' && std::string_view(found).substr(0, line.size()) == line)
            continue;
        const auto pair = std::mismatch(line.begin(), line.end(), found.begin());
        const auto step = static_cast<std::size_t>(pair.first - line.begin());
        // A line that only goes on where its end was expected is shown with what follows.
        while (step == line.size() && found.back() != '\n' && found.size() < step + 40) {
            found.push_back('\0');
            reader.read(&found.back(), 1, "a checkpoint's header");
        }
        found.resize(std::min(found.find('\n'), found.size()));
        reader.fail(place, shown_about(line, step), shown_about(found, step));
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
/// any register width reads them; a checksum follows.
inline training_snapshot write_snapshot(const training_numbers& numbers, const training_counts& counts) {
    const std::string lines = numbers.lines();
    const std::size_t size = sizeof counts + numbers.blocks * numbers.block_size();
    training_snapshot result;
    result.bytes.resize(lines.size() + size + sizeof(std::uint32_t));
    unsigned char* next = result.bytes.data();
    const auto put = [&next](const void* data, std::size_t count) {
        std::memcpy(next, data, count);
        next += count;
    };
    put(lines.data(), lines.size());
    put(&counts, sizeof counts);
    for (std::size_t block = 0; block < numbers.blocks; ++block, next += numbers.block_size())
        numbers.copy(numbers.engine, block, transfer::store, next);
    const std::uint32_t sum = checksum({result.bytes.data() + lines.size(), size});
    put(&sum, sizeof sum);
    return result;
}

/// Reads what `write_snapshot` wrote, from a file or from memory. `data_error` for bytes that do not fit; the
/// numbers are unchanged then.
template <class Reader>
training_counts read_snapshot(Reader& reader, const training_numbers& numbers) {
    read_lines(reader, numbers.lines());
    std::vector<unsigned char> bytes(sizeof(training_counts) + numbers.blocks * numbers.block_size());
    reader.expect_left(bytes.size() + sizeof(std::uint32_t), "numbers");
    reader.read(bytes.data(), bytes.size(), "numbers");
    std::uint32_t sum = 0;
    const auto place = reader.position();
    reader.read(&sum, sizeof sum, "a checksum");
    reader.expect_end();
    if (const std::uint32_t right = checksum({bytes.data(), bytes.size()}); sum != right)
        reader.fail(place, concatenate("the checksum ", right), concatenate(sum));

    training_counts counts;
    std::memcpy(&counts, bytes.data(), sizeof counts);
    unsigned char* next = bytes.data() + sizeof counts;
    for (std::size_t block = 0; block < numbers.blocks; ++block, next += numbers.block_size())
        numbers.copy(numbers.engine, block, transfer::load, next);
    return counts;
}

/// Whether files are known: an error of its own where they are not.
template <bool Known, class File>
consteval bool check_files() {
    if constexpr (Known)
        return true;
    else
        return reject<File, "a trainer alone", "knows no files", "they come with strata/io/checkpoint.hpp">();
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::training_snapshot;
} // namespace strata
