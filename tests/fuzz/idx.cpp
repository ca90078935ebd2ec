// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// IDX files as a whole and in pieces.
#include "fuzzed_file.hpp"

#include <strata/data/idx.hpp>
#include <strata/data/idx_batches.hpp>

#include <cstring>
#include <vector>

namespace {
template <class Element, std::size_t Rank>
void read(const std::filesystem::path& file) {
    xt::xtensor<Element, Rank> whole;
    const bool is_whole = reads(file, [&] { whole = strata::read_idx<Element, Rank>(file); });
    std::size_t rows = 0;
    std::vector<Element> numbers;
    const bool is_in_pieces = reads(file, [&] {
        strata::idx_rows<Element, Rank> pieces(file);
        xt::xtensor<Element, Rank> piece;
        while (const std::size_t read_rows = pieces.read(3, piece)) {
            rows += read_rows;
            const auto count = static_cast<std::ptrdiff_t>(piece.size() / piece.shape(0) * read_rows);
            numbers.insert(numbers.end(), piece.data(), piece.data() + count);
        }
    });
    if (is_whole && whole.size() > 0)
        require(is_in_pieces && rows == whole.shape(0) && numbers.size() == whole.size() &&
                    std::memcmp(numbers.data(), whole.data(), whole.size() * sizeof(Element)) == 0,
                "pieces make the whole");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto file = fuzzed_file(bytes, size);
    read<std::uint8_t, 1>(file);
    read<std::uint8_t, 3>(file);
    read<double, 2>(file);
    return 0;
}
