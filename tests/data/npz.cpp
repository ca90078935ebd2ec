// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/npz.hpp>
#include <strata/data/npz_batches.hpp>

#include "says.hpp"
#include "temporary_directory.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

using strata::data_error;
using strata::npz_file;
using names = std::vector<std::string>;

namespace {
const std::filesystem::path kept = std::filesystem::path(STRATA_TESTS) / "data/npz";
const xt::xtensor<float, 2> wanted{
    {0, 0.125f, 0.25f, 0.375f}, {0.5f, 0.625f, 0.75f, 0.875f}, {1, 1.125f, 1.25f, 1.375f}};
} // namespace

BOOST_AUTO_TEST_CASE(archives_of_numpy) {
    for (const char* name : {"stored.npz", "deflated.npz"}) {
        const npz_file file(kept / name);
        BOOST_TEST(file.names() == (names{"x", "y", "h", "t"}), boost::test_tools::per_element());
        BOOST_TEST((file.read<float, 2>("x") == wanted));
        BOOST_TEST((file.read<float, 2>("t") == wanted)); // columns first
        BOOST_TEST((file.read<std::int64_t, 1>("y") == xt::xtensor<std::int64_t, 1>{3, -1, 2}));
        const auto halves = file.read<float, 1>("h");
        constexpr float infinity = std::numeric_limits<float>::infinity();
        const std::array<float, 9> numbers{0,        -0.0f,           1,        -2.5f,    65504,
                                           0x1p-24f, 1023 * 0x1p-24f, infinity, -infinity};
        for (std::size_t i = 0; i < numbers.size(); ++i)
            BOOST_TEST(halves(i) == numbers[i]);
        BOOST_TEST(std::signbit(halves(1)));
        BOOST_TEST(std::isnan(halves(9)));
        BOOST_TEST(halves(10) == 1023 * 0x1p-24f);
    }
}

BOOST_AUTO_TEST_CASE(arrays_that_are_not_there) {
    const npz_file file(kept / "stored.npz");
    BOOST_CHECK_EXCEPTION((void)(file.read<float, 2>("z")), data_error,
                          says(R"(stored.npz: expected an array "z", found only "x", "y", "h", "t")"));
    BOOST_CHECK_EXCEPTION((void)(file.read<double, 2>("x")), data_error,
                          says({"stored.npz, x.npy, at byte 0: expected elements of type <f8", "<f4"}));
    BOOST_CHECK_EXCEPTION((void)(file.read<float, 1>("x")), data_error, says("rank 2, 3 x 4"));
    BOOST_CHECK_EXCEPTION(npz_file("/absent.npz"), data_error,
                          says("/absent.npz: expected a file, found nothing"));
}

BOOST_AUTO_TEST_CASE(damaged_archives) {
    const temporary_directory directory;
    BOOST_CHECK_EXCEPTION(npz_file(directory.write("a", "no archive")), data_error,
                          says("a: expected a .npz file, a ZIP archive, found"));
    for (const char* name : {"stored.npz", "deflated.npz"}) {
        const std::string good = bytes_of(kept / name);
        // A byte of the first array's contents, which the checksum tells.
        std::string bytes = good;
        const std::size_t place = bytes.find("x.npy") + 90;
        bytes[place] = static_cast<char>(bytes[place] ^ 1);
        const auto damaged = directory.write("b", bytes);
        BOOST_CHECK_THROW((void)(npz_file(damaged).read<float, 2>("x")), data_error);
        BOOST_TEST((npz_file(damaged).read<std::int64_t, 1>("y")(1) == -1));
        // Any byte: what is read is right, or it is an error.
        for (std::size_t i = 0; i < good.size(); ++i) {
            bytes = good;
            bytes[i] = static_cast<char>(bytes[i] ^ 0x55);
            const auto file = directory.write("c", bytes);
            try {
                BOOST_TEST((npz_file(file).read<float, 2>("x") == wanted));
            } catch (const data_error&) {
            }
        }
        for (std::size_t length = 0; length < good.size(); length += 7)
            BOOST_CHECK_THROW(npz_file(directory.write("d", good.substr(0, length))), data_error);
    }
}

BOOST_AUTO_TEST_CASE(batches_of_an_archive) {
    const std::vector<double> in_order{0,     0.125, 0.25, 0.375, 3,    0.5,   0.625, 0.75,
                                       0.875, -1,    1,    1.125, 1.25, 1.375, 2};
    const auto rows_of = [&](const char* name, const strata::npy_batch_options& options,
                             std::uint64_t epoch) {
        auto source = strata::npz_batches<float, 2, std::int64_t, 1>(kept / name, "x", "y", options);
        source.begin(epoch);
        std::vector<double> result;
        while (const auto* batch = source.next()) {
            result.resize(result.size() + 5);
            batch->x[0].read(0, 4, &result[result.size() - 5]);
            batch->y[0].read(0, 1, &result.back());
        }
        return result;
    };
    for (const char* name : {"stored.npz", "deflated.npz"})
        BOOST_TEST(rows_of(name, {.batch_size = 1}, 3) == in_order, boost::test_tools::per_element());
    std::set<std::vector<double>> orders;
    for (std::uint64_t epoch = 0; epoch < 40; ++epoch)
        orders.insert(rows_of("stored.npz", {.batch_size = 1, .shuffle = true}, epoch));
    BOOST_TEST(orders.size() == 6u);
    for (const auto& each : orders)
        for (std::size_t row = 0; row < 15; row += 5)
            BOOST_TEST((std::search(in_order.begin(), in_order.end(), each.begin() + static_cast<long>(row),
                                    each.begin() + static_cast<long>(row) + 5) != in_order.end()));
    BOOST_CHECK_EXCEPTION(
        rows_of("deflated.npz", {.shuffle = true}, 0), data_error,
        says({"deflated.npz, x.npy, at byte", "expected a part that is stored, not packed"}));
    BOOST_CHECK_EXCEPTION(
        (void)(strata::npz_batches<float, 2, std::int64_t, 1>(kept / "stored.npz", "t", "y")), data_error,
        says({"stored.npz, t.npy", "Fortran's order"}));
}
