// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/complete_file.hpp>
#include <strata/data/error.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/io/estimator_state.hpp>
#include <strata/training/snapshot_bytes.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
inline constexpr std::string_view estimator_mark = "strata estimator 1\n";

/// The part of a description that two have not in common, from the step on in which they differ.
inline std::size_t differing_step(std::string_view one, std::string_view other) {
    const auto [place, _] = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
    const std::size_t begin = one.substr(0, static_cast<std::size_t>(place - one.begin())).rfind(" | ");
    return begin == std::string_view::npos ? 0 : begin + 3;
}

/// What a file holds before its checksum.
inline std::vector<unsigned char> framed_state(std::string line, const std::vector<unsigned char>& state) {
    std::vector<unsigned char> bytes;
    line += '\n';
    const std::uint64_t size = state.size();
    append_bytes(bytes, estimator_mark.data(), estimator_mark.size());
    append_bytes(bytes, line.data(), line.size());
    append_bytes(bytes, &size, sizeof size);
    append_bytes(bytes, state.data(), state.size());
    return bytes;
}

/// Reads a line and checks it. Lines of other files may be longer than any of ours.
inline void expect_description(plain_file& reader, const std::string& expected) {
    const std::uint64_t begin = reader.position();
    std::string found;
    for (char next = 0; found.size() <= expected.size() + 200;) {
        reader.read(&next, 1, "the line that says what was saved");
        if (next == '\n')
            break;
        found += next;
    }
    if (found != expected) {
        const std::size_t step = differing_step(expected, found);
        reader.fail(begin + step, shown(std::string_view(expected).substr(step)),
                    shown(std::string_view(found).substr(step)));
    }
}
} // namespace internal

/// Writes what an estimator learnt, which is what its `save(file)` does: a mark with the version of the
/// format; a line that says which estimator it is; how many bytes follow, as 64 bits; what was learnt, each
/// list behind its length; and the CRC-32 of all that is before it. Everything is little-endian, and depends
/// neither on registers nor on threads.
template <class Estimator>
    requires requires { Estimator::description(); }
void write_estimator(const Estimator& estimator, const std::filesystem::path& file) {
    internal::state_writer state;
    Estimator::visit_state(estimator, state);
    auto bytes = internal::framed_state(Estimator::description(), state.bytes);
    const std::uint32_t sum = internal::checksum(bytes);
    internal::append_bytes(bytes, &sum, sizeof sum);
    internal::write_complete_file(bytes, file);
}

/// Reads what `write_estimator` wrote, which is what an estimator's `load(file)` does. `data_error` with the
/// file, the byte, what was expected and what was found, where the file is of another estimator, cut short or
/// damaged; the estimator is unchanged then.
template <class Estimator>
    requires requires { Estimator::description(); }
void read_estimator(Estimator& estimator, const std::filesystem::path& file) {
    plain_file reader(file);
    std::string mark(internal::estimator_mark.size(), '\0');
    reader.read(mark.data(), mark.size(), "the mark of an estimator's file");
    if (mark != internal::estimator_mark)
        reader.fail(0, internal::shown(internal::estimator_mark), internal::shown(mark));
    const std::string line = Estimator::description();
    internal::expect_description(reader, line);
    std::uint64_t size = 0;
    reader.read(&size, sizeof size, "a length");
    const std::uint64_t begin = reader.position();
    // A length that lies must neither allocate nor overflow.
    constexpr std::uint64_t largest = ~std::uint64_t{0} - sizeof(std::uint32_t);
    reader.expect_left(std::min(size, largest) + sizeof(std::uint32_t), "what was learnt, and a checksum");
    std::vector<unsigned char> state(static_cast<std::size_t>(size));
    reader.read(state.data(), state.size(), "what was learnt");
    std::uint32_t sum = 0;
    const std::uint64_t place = reader.position();
    reader.read(&sum, sizeof sum, "a checksum");
    reader.expect_end();

    if (const std::uint32_t right = internal::checksum(internal::framed_state(line, state)); sum != right)
        reader.fail(place, internal::concatenate("the checksum ", right), internal::concatenate(sum));

    Estimator loaded = estimator;
    internal::state_reader learnt(reader, begin, state);
    Estimator::visit_state(loaded, learnt);
    learnt.expect_end();
    estimator = std::move(loaded);
}

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
