// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/npz.hpp>

#include "says.hpp"
#include "temporary_directory.hpp"

#include <array>
#include <cmath>
#include <limits>
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
