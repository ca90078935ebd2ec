// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/plain_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/model/parameters.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/topology/print.hpp>

#include <boost/crc.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

namespace strata::inline STRATA_SETTING {

struct checkpoint_counts {
    std::uint64_t steps = 0;
    std::uint64_t epochs = 0;
};

namespace internal {
static_assert(std::endian::native == std::endian::little, "strata: checkpoints are little-endian");

/// The lines that say what a checkpoint is of. A file with other ones does not fit.
template <class Topology, class T>
std::string checkpoint_header(std::size_t blocks) {
    return concatenate("strata checkpoint 1\n", to_string(std::type_identity<Topology>{}), "\n",
                       sizeof(T) == 4 ? "float" : "double", ", ", weight_total(stages_of<Topology>{}),
                       " parameters, ", blocks - 1, " optimizer states\n");
}

/// CRC-32 as gzip and PNG have it.
inline std::uint32_t checksum(const std::vector<unsigned char>& bytes) {
    boost::crc_32_type sum;
    sum.process_bytes(bytes.data(), bytes.size());
    return sum.checksum();
}

inline void append_bytes(std::vector<unsigned char>& bytes, const void* data, std::size_t size) {
    const auto* from = static_cast<const unsigned char*>(data);
    bytes.insert(bytes.end(), from, from + size);
}
} // namespace internal

/// Writes weights and optimizer states (`blocks`, in the kernels' layout) and counts. The numbers are stored
/// in the conventional layout, kernels [in, out] and biases in the order of the layers, so that any register
/// width reads them; a checksum follows. The file appears under its name when it is complete.
template <class Topology, class T, std::size_t Blocks>
void save_checkpoint(const std::filesystem::path& file, const std::array<std::span<T>, Blocks>& blocks,
                     checkpoint_counts counts) {
    std::vector<unsigned char> bytes;
    internal::append_bytes(bytes, &counts, sizeof counts);
    for (const std::span<T> block : blocks)
        visit_parameters<T>(stages_of<Topology>{}, block.data(),
                            [&](const T& number) { internal::append_bytes(bytes, &number, sizeof number); });
    const std::uint32_t sum = internal::checksum(bytes);
    const std::string header = internal::checkpoint_header<Topology, T>(Blocks);

    auto unfinished = file;
    unfinished += ".unfinished";
    std::ofstream out(unfinished, std::ios::binary);
    out.write(header.data(), static_cast<std::streamsize>(header.size()));
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    out.write(reinterpret_cast<const char*>(&sum), sizeof sum);
    out.close();
    if (!out)
        internal::raise(data_error::in_file(file, "a file that can be written", "that it cannot"));
    std::filesystem::rename(unfinished, file);
}

/// Reads what `save_checkpoint` wrote into the blocks. `data_error` for a file that does not fit; the blocks
/// are unchanged then.
template <class Topology, class T, std::size_t Blocks>
checkpoint_counts load_checkpoint(const std::filesystem::path& file,
                                  const std::array<std::span<T>, Blocks>& blocks) {
    plain_file in(file);
    const std::string header = internal::checkpoint_header<Topology, T>(Blocks);
    std::string found(header.size(), '\0');
    in.read(found.data(), found.size(), "a checkpoint's header");
    if (found != header)
        in.fail(0, internal::shown(header), internal::shown(found));

    constexpr std::size_t parameters = internal::weight_total(stages_of<Topology>{});
    std::vector<unsigned char> bytes(sizeof(checkpoint_counts) + Blocks * parameters * sizeof(T));
    in.expect_left(bytes.size() + sizeof(std::uint32_t), "numbers");
    in.read(bytes.data(), bytes.size(), "numbers");
    std::uint32_t sum = 0;
    const auto place = in.position();
    in.read(&sum, sizeof sum, "a checksum");
    in.expect_end();
    if (sum != internal::checksum(bytes))
        in.fail(place, internal::concatenate("the checksum ", internal::checksum(bytes)),
                internal::concatenate(sum));

    checkpoint_counts counts;
    const unsigned char* next = bytes.data();
    const auto take = [&next](auto& value) {
        std::memcpy(&value, next, sizeof value);
        next += sizeof value;
    };
    take(counts);
    for (const std::span<T> block : blocks)
        visit_parameters<T>(stages_of<Topology>{}, block.data(), take);
    return counts;
}

} // namespace strata::inline STRATA_SETTING
