// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "fuzzed_file.hpp"

#include <strata/data/npy.hpp>
#include <strata/data/npy_batches.hpp>

#include <algorithm>
#include <memory>
#include <vector>

namespace {
/// Rows one after another and in any order are those of the whole.
template <class Element, std::size_t Rank>
void read_rows(const std::filesystem::path& file) {
    xt::xtensor<Element, Rank> whole;
    const bool is_whole = reads(file, [&] { whole = strata::read_npy<Element, Rank>(file); });
    reads(file, [&] {
        strata::bedrock::internal::npy_rows<Element, Rank, strata::bedrock::internal::npy_opener> rows(
            strata::bedrock::internal::npy_opener{file});
        const std::size_t count = rows.shape()[0], size = count == 0 ? 0 : whole.size() / count;
        if (!is_whole)
            return;
        const std::unique_ptr<Element[]> row(new Element[size]);
        const auto check = [&](std::size_t i) {
            require(rows.read(row.get()), "there are as many rows as the file says");
            const auto* const bytes = reinterpret_cast<const unsigned char*>(row.get());
            require(std::equal(bytes, bytes + size * sizeof(Element),
                               reinterpret_cast<const unsigned char*>(whole.data() + i * size)),
                    "a row is that of the whole");
        };
        for (std::size_t i = 0; i < count; ++i)
            check(i);
        require(!rows.read(row.get()), "there are no more rows than the file says");
        for (std::size_t i = count; i-- > 0;) {
            rows.seek(i);
            check(i);
        }
    });
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto file = fuzzed_file(bytes, size);
    reads(file, [&] { (void)strata::read_npy<float, 0>(file); });
    reads(file, [&] { (void)strata::read_npy<float, 2>(file); });
    reads(file, [&] { (void)strata::read_npy<double, 1>(file); });
    reads(file, [&] { (void)strata::read_npy<std::int16_t, 3>(file); });
    reads(file, [&] { (void)strata::read_npy<bool, 1>(file); });
    read_rows<float, 2>(file);
    read_rows<bool, 1>(file);
    return 0;
}
