// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_list.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/machine_error.hpp>
#include <strata/training/machine_group.hpp>

#include <boost/crc.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// CRC-32 of the numbers of so many samples, as a network reads them. Of samples that are still in files it
/// is that of some of them, the first, the last and others between them, since nobody is to read them all.
template <class T>
std::uint32_t checksum_samples(const samples& array, std::size_t first_sample, std::size_t count,
                               std::size_t size) {
    boost::crc_32_type sum;
    constexpr std::size_t most = 4096;
    std::vector<T> numbers(most);
    const auto add = [&](std::size_t first, std::size_t end) {
        for (; first < end; first += most) {
            const std::size_t part = std::min(most, end - first);
            array.read(first, part, numbers.data());
            sum.process_bytes(numbers.data(), part * sizeof(T));
        }
    };
    constexpr std::size_t most_paged = 256;
    if (!array.is_paged() || count <= most_paged)
        add(first_sample * size, (first_sample + count) * size);
    else
        for (std::size_t i = 0; i < most_paged; ++i) {
            const std::size_t sample = first_sample + i * (count - 1) / (most_paged - 1);
            add(sample * size, (sample + 1) * size);
        }
    return sum.checksum();
}

/// Whether all machines begin with the same: each says it line by line. `machine_error` on all of them, which
/// names the caller, for the first machine that says something else than machine 0.
inline void agree(machine_group& group, const std::string& lines, std::string_view caller) {
    const std::string own = concatenate(group.host(), "\na call of ", caller, "\n", lines);
    const auto said = group.gather(std::as_bytes(std::span(own)));
    const auto text_of = [&](std::size_t machine) {
        return std::string_view(reinterpret_cast<const char*>(said[machine].data()), said[machine].size());
    };
    const auto next_line = [](std::string_view& text) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        return line;
    };
    for (std::size_t machine = 1; machine < said.size(); ++machine) {
        std::string_view expected = text_of(0);
        std::string_view found = text_of(machine);
        const std::string_view first_host = next_line(expected);
        const std::string_view host = next_line(found);
        while (!expected.empty() || !found.empty()) {
            const std::string_view wanted = next_line(expected);
            const std::string_view line = next_line(found);
            const auto shown = [](std::string_view text) { return text.empty() ? "nothing more" : text; };
            if (wanted != line)
                raise(machine_error(concatenate(caller, ": machine ", machine, " (", host, ") has ",
                                                shown(line), ", but machine 0 (", first_host, ") has ",
                                                shown(wanted))));
        }
    }
}

/// Copies bytes of machine 0, however many, to all.
inline void broadcast_bytes(machine_group& group, std::vector<unsigned char>& bytes) {
    std::uint64_t size = bytes.size();
    group.broadcast(std::as_writable_bytes(std::span(&size, 1)));
    bytes.resize(size);
    group.broadcast(std::as_writable_bytes(std::span(bytes)));
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
