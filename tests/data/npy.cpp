// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <strata/data/npy.hpp>
#include <strata/data/npy_batches.hpp>
#include <strata/data/output_file.hpp>

#include "allocation_watch.hpp"
#include "grouping_locale.hpp"
#include "says.hpp"
#include "temporary_directory.hpp"

#include STRATA_XTENSOR(xmath)
#include STRATA_XTENSOR(xnpy)
#include STRATA_XTENSOR(xview)

#include <algorithm>
#include <cmath>
#include <csignal>
#include <limits>
#include <set>
#include <sys/resource.h>

using namespace std::string_literals;
using strata::data_error;
using strata::read_npy;
using strata::write_npy;

namespace {
/// A file as NumPy would write it.
std::string file_of(const std::string& dictionary, const std::string& elements) {
    auto header = dictionary;
    header.resize((10 + dictionary.size() + 64) / 64 * 64 - 11, ' ');
    header += '\n';
    return "\x93NUMPY\x01\0"s + static_cast<char>(header.size()) + '\0' + header + elements;
}
} // namespace

BOOST_AUTO_TEST_CASE(bytes_made_by_hand) {
    const temporary_directory directory;
    const auto rows = file_of("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }",
                              "\x01\0\x02\0\x03\0\x04\0\x05\0\xfa\xff"s);
    BOOST_TEST((read_npy<std::int16_t, 2>(directory.write("a", rows)) ==
                xt::xtensor<std::int16_t, 2>{{1, 2, 3}, {4, 5, -6}}));
    const auto columns = file_of("{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }",
                                 "\x01\0\x04\0\x02\0\x05\0\x03\0\xfa\xff"s);
    BOOST_TEST((read_npy<std::int16_t, 2>(directory.write("a", columns)) ==
                xt::xtensor<std::int16_t, 2>{{1, 2, 3}, {4, 5, -6}}));
    const auto number = file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "\0\0\xc0\x3f"s);
    BOOST_TEST((read_npy<float, 0>(directory.write("a", number))() == 1.5f));
    const auto truths = file_of("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", "\x01\0\x01"s);
    BOOST_TEST((read_npy<bool, 1>(directory.write("a", truths)) == xt::xtensor<bool, 1>{true, false, true}));
}

BOOST_AUTO_TEST_CASE(the_other_order_of_bytes) {
    const temporary_directory directory;
    const auto path = directory.write(
        "a", file_of("{'descr': '>i2', 'fortran_order': False, 'shape': (3,), }", "\x01\x02\xff\xfe\0\x03"s));
    BOOST_TEST((read_npy<std::int16_t, 1>(path) == xt::xtensor<std::int16_t, 1>{258, -2, 3}));
    directory.write("a", file_of("{'descr': '>f8', 'fortran_order': True, 'shape': (1, 2), }",
                                 "\x3f\xf8\0\0\0\0\0\0\xc0\0\0\0\0\0\0\0"s));
    BOOST_TEST((read_npy<double, 2>(path) == xt::xtensor<double, 2>{{1.5, -2}}));
}

BOOST_AUTO_TEST_CASE(halves) {
    using strata::bedrock::internal::half_number;
    // Every half: its sign, its place between its neighbours, and some that are known.
    for (std::uint32_t bits = 0; bits < 0x7c00; ++bits) {
        const float number = half_number(static_cast<std::uint16_t>(bits));
        const double wanted = bits < 0x400
                                  ? std::ldexp(bits, -24)
                                  : std::ldexp(1024 + (bits & 0x3ff), static_cast<int>(bits >> 10) - 25);
        BOOST_REQUIRE(number == wanted);
        BOOST_REQUIRE(half_number(static_cast<std::uint16_t>(bits | 0x8000)) == -number);
    }
    BOOST_TEST(std::signbit(half_number(0x8000)));
    BOOST_TEST(half_number(0x7c00) == std::numeric_limits<float>::infinity());
    BOOST_TEST(half_number(0xfc00) == -std::numeric_limits<float>::infinity());
    BOOST_TEST(std::isnan(half_number(0x7e00)));

    const temporary_directory directory;
    std::string bytes;
    for (std::size_t i = 0; i < 10000; ++i)
        bytes += i % 2 == 0 ? "\0\x3c"s : "\0\xc0"s;
    const auto path = directory.write(
        "a", file_of("{'descr': '<f2', 'fortran_order': False, 'shape': (5000, 2), }", bytes));
    const auto array = read_npy<float, 2>(path);
    for (std::size_t i = 0; i < 5000; ++i)
        BOOST_REQUIRE((array(i, 0) == 1 && array(i, 1) == -2));
    directory.write("a",
                    file_of("{'descr': '>f2', 'fortran_order': False, 'shape': (2,), }", "\x3c\0\xc0\0"s));
    BOOST_TEST((read_npy<float, 1>(path) == xt::xtensor<float, 1>{1, -2}));
    directory.write("a", file_of("{'descr': '<f2', 'fortran_order': False, 'shape': (2,), }", "123"));
    BOOST_CHECK_EXCEPTION((void)(read_npy<float, 1>(path)), data_error,
                          says("expected 4 bytes of <f2 values (2), found 3"));
}

using elements = boost::mpl::list<bool, std::uint8_t, std::int8_t, std::uint16_t, std::int32_t, std::int64_t,
                                  std::uint64_t, float, double>;
BOOST_AUTO_TEST_CASE_TEMPLATE(round_trips, element, elements) {
    const temporary_directory directory;
    xt::xtensor<element, 3> array(std::array<std::size_t, 3>{5, 7, 3});
    for (std::size_t i = 0; i < array.size(); ++i)
        array.data()[i] = static_cast<element>(i * 2654435761u % 251);
    write_npy(directory / "a.npy", array);
    BOOST_TEST((read_npy<element, 3>(directory / "a.npy") == array));
    // xtensor agrees.
    BOOST_TEST((xt::load_npy<element>((directory / "a.npy").string()) == array));
    xt::dump_npy((directory / "b.npy").string(),
                 xt::xtensor<element, 3, xt::layout_type::column_major>(array));
    BOOST_TEST((read_npy<element, 3>(directory / "b.npy") == array));
}

BOOST_AUTO_TEST_CASE(expressions_views_and_other_layouts) {
    const temporary_directory directory;
    const auto path = directory / "a.npy";
    const xt::xtensor<double, 2> array{{1, 2, 3}, {4, 5, 6}};
    write_npy(path, array * 2.0);
    BOOST_TEST((read_npy<double, 2>(path) == xt::xtensor<double, 2>{{2, 4, 6}, {8, 10, 12}}));
    write_npy(path, xt::view(array, xt::all(), xt::range(1, 3)));
    BOOST_TEST((read_npy<double, 2>(path) == xt::xtensor<double, 2>{{2, 3}, {5, 6}}));
    write_npy(path, xt::view(array, xt::all(), 1));
    BOOST_TEST((read_npy<double, 1>(path) == xt::xtensor<double, 1>{2, 5}));
    write_npy(path, xt::view(array, 1, xt::all()));
    BOOST_TEST((read_npy<double, 1>(path) == xt::xtensor<double, 1>{4, 5, 6}));
    write_npy(path, xt::transpose(array));
    BOOST_TEST((read_npy<double, 2>(path) == xt::xtensor<double, 2>{{1, 4}, {2, 5}, {3, 6}}));
    write_npy(path, xt::xtensor<double, 2, xt::layout_type::column_major>(array));
    BOOST_TEST((read_npy<double, 2>(path) == array));
    BOOST_TEST(bytes_of(path).find("'fortran_order': False") != std::string::npos);
    write_npy(path, xt::xarray<float>{{1, 2}});
    BOOST_TEST((read_npy<float, 2>(path) == xt::xtensor<float, 2>{{1, 2}}));
    xt::xarray<double, xt::layout_type::dynamic> odd_strides;
    odd_strides.resize(std::vector<std::size_t>{2, 3}, std::vector<std::ptrdiff_t>{1, 2});
    odd_strides = array;
    write_npy(path, odd_strides);
    BOOST_TEST((read_npy<double, 2>(path) == array));
}

BOOST_AUTO_TEST_CASE(empty_arrays) {
    const temporary_directory directory;
    write_npy(directory / "a", xt::xtensor<float, 2>(std::array<std::size_t, 2>{0, 5}));
    const auto array = read_npy<float, 2>(directory / "a");
    BOOST_TEST((array.shape() == std::array<std::size_t, 2>{0, 5}));
}

BOOST_AUTO_TEST_CASE(packed_files) {
    const temporary_directory directory;
    write_npy(directory / "a.npy", xt::xtensor<float, 1>{1, 2});
    const auto bytes = bytes_of(directory / "a.npy");
    strata::bedrock::output_file file{directory / "a.npy.gz"};
    file.write(bytes.data(), bytes.size());
    file.close();
    BOOST_TEST((read_npy<float, 1>(directory / "a.npy.gz") == xt::xtensor<float, 1>{1, 2}));
}

BOOST_AUTO_TEST_CASE(another_type_or_rank) {
    const temporary_directory directory;
    const auto path = directory / "a.npy";
    write_npy(path, xt::xtensor<double, 2>{{1, 2, 3}});
    BOOST_CHECK_EXCEPTION((void)(read_npy<float, 2>(path)), data_error,
                          says(path.string() + ", at byte 0: expected elements of type <f4, found \"<f8\""));
    BOOST_CHECK_EXCEPTION((void)(read_npy<double, 1>(path)), data_error,
                          says("expected an array of rank 1, found rank 2, 1 x 3"));
    // Nor is there anything between a half and a double, or an order of bytes in no order.
    for (const std::string type : {"<f2", "|f8", "f8", "<u8", ">i8", "", "<", "<f16"}) {
        directory.write("a.npy", file_of("{'descr': '" + type + "', 'fortran_order': False, 'shape': (1,), }",
                                         "12345678"));
        BOOST_CHECK_EXCEPTION((void)(read_npy<double, 1>(path)), data_error,
                              says("expected elements of type <f8, found \"" + type + "\""));
    }
    BOOST_CHECK_EXCEPTION(
        (void)(read_npy<std::uint8_t, 1>(
            directory.write("b", file_of("{'descr': '<u1', 'fortran_order': False, 'shape': (1,), }", "1")))),
        data_error, says("expected elements of type |u1"));
}

BOOST_AUTO_TEST_CASE(short_long_and_lying_files) {
    const temporary_directory directory;
    const auto path = directory / "a.npy";
    write_npy(path, xt::xtensor<double, 2>{{1, 2, 3}});
    const auto good = bytes_of(path);
    const auto data_at = std::to_string(good.size() - 24);
    directory.write("a.npy", good.substr(0, good.size() - 1));
    BOOST_CHECK_EXCEPTION((void)(read_npy<double, 2>(path)), data_error,
                          says("at byte " + data_at + ": expected 24 bytes of <f8 values (1 x 3), found 23"));
    directory.write("a.npy", good + "xy");
    BOOST_CHECK_EXCEPTION((void)(read_npy<double, 2>(path)), data_error,
                          says("the end of the file, found 2 more bytes"));

    directory.write(
        "a.npy", file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }", "12345678"));
    largest_allocation = 0;
    BOOST_CHECK_EXCEPTION((void)(read_npy<double, 1>(path)), data_error,
                          says("expected 799999999992 bytes of <f8 values (99999999999), found 8"));
    BOOST_TEST(largest_allocation < 1u << 20);
    directory.write(
        "a.npy",
        file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", ""));
    BOOST_CHECK_EXCEPTION(
        (void)(read_npy<double, 2>(path)), data_error,
        says("expected extents of an array that fits into memory, found 4294967296 x 4294967296"));

    directory.write("a.npy",
                    file_of("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", "\x01\x02\0"s));
    BOOST_CHECK_EXCEPTION((void)(read_npy<bool, 1>(path)), data_error,
                          says("at byte 129: expected 0 or 1 for a bool, found 2"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written) {
    const temporary_directory directory;
    const auto path = directory / "absent" / "a.npy";
    BOOST_CHECK_EXCEPTION(write_npy(path, xt::xtensor<float, 1>{1}), data_error,
                          says({path.string(), "can be written"}));
}

BOOST_AUTO_TEST_CASE(a_full_disk) {
    const temporary_directory directory;
    const auto path = directory / "a.npy";
    rlimit old_limit{};
    BOOST_REQUIRE(getrlimit(RLIMIT_FSIZE, &old_limit) == 0);
    const rlimit small{200, old_limit.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    BOOST_REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    std::string message;
    write_npy(path, xt::xtensor<double, 1>{1, 2});
    try {
        write_npy(path, xt::xtensor<double, 1>(std::array<std::size_t, 1>{10}, 1.0));
    } catch (const data_error& error) {
        message = error.what();
    }
    setrlimit(RLIMIT_FSIZE, &old_limit); // before Boost.Test writes its report
    BOOST_TEST(message == path.string() + ": expected a file that can be written, found File too large");
    BOOST_TEST((read_npy<double, 1>(path) == xt::xtensor<double, 1>{1, 2})); // what was there before
}

BOOST_AUTO_TEST_CASE(extents_are_written_alike_in_every_locale) {
    const temporary_directory directory;
    const auto path = directory / "a.npy";
    {
        const grouping_locale others;
        write_npy(path, xt::xtensor<double, 2>(std::array<std::size_t, 2>{1000, 2}, 1.0));
    }
    BOOST_TEST((read_npy<double, 2>(path).shape() == std::array<std::size_t, 2>{1000, 2}));
    BOOST_TEST(bytes_of(path).find("(1000, 2), }") != std::string::npos);
    write_npy(path, xt::xtensor<double, 1>{1, 2, 3});
    BOOST_TEST(bytes_of(path).find("(3,), }") != std::string::npos);
    write_npy(path, xt::xtensor<double, 0>(2.5));
    BOOST_TEST(bytes_of(path).find("(), }") != std::string::npos);
}

namespace {
/// All rows that a source gives, of x and then of y, one row after another.
std::vector<double> rows_of(strata::batch_source& source, std::size_t x_size, std::uint64_t epoch = 0) {
    std::vector<double> result;
    source.begin(epoch);
    while (const auto* batch = source.next()) {
        const std::size_t rows = batch->y[0].count(std::array<std::size_t, 0>{}, "y");
        std::vector<double> x(rows * x_size), y(rows);
        batch->x[0].read(0, x.size(), x.data());
        batch->y[0].read(0, rows, y.data());
        for (std::size_t i = 0; i < rows; ++i) {
            result.insert(result.end(), x.data() + i * x_size, x.data() + (i + 1) * x_size);
            result.push_back(y[i]);
        }
    }
    return result;
}
} // namespace

BOOST_AUTO_TEST_CASE(batches_of_rows) {
    const temporary_directory directory;
    const auto x = directory.write("x", file_of("{'descr': '>i2', 'fortran_order': False, 'shape': (3, 2), }",
                                                "\0\x01\0\x02\0\x03\0\x04\0\x05\xff\xfa"s));
    const auto y = directory.write(
        "y", file_of("{'descr': '<f2', 'fortran_order': False, 'shape': (3,), }", "\0\x3c\0\xc0\0\x3c"s));
    const std::vector<double> wanted{1, 2, 1, 3, 4, -2, 5, -6, 1};
    const auto batches = [](const auto& x_file, const auto& y_file,
                            const strata::npy_batch_options& options) {
        return strata::npy_batches<std::int16_t, 2, float, 1>(x_file, y_file, options);
    };
    for (const std::size_t batch_size : {1u, 2u, 3u, 100u}) {
        auto source = batches(x, y, {.batch_size = batch_size});
        BOOST_TEST(source.steps() == (3 + batch_size - 1) / batch_size);
        for (const std::uint64_t epoch : {0u, 1u})
            BOOST_TEST(rows_of(source, 2, epoch) == wanted, boost::test_tools::per_element());
    }
    auto shuffled = batches(x, y, {.shuffle = true});
    std::set<std::vector<double>> orders;
    for (std::uint64_t epoch = 0; epoch < 40; ++epoch) {
        const auto found = rows_of(shuffled, 2, epoch);
        for (std::size_t row = 0; row < 9; row += 3) // rows stay whole
            BOOST_TEST((std::search(wanted.begin(), wanted.end(), found.begin() + static_cast<long>(row),
                                    found.begin() + static_cast<long>(row) + 3) != wanted.end()));
        orders.insert(found);
    }
    BOOST_TEST(orders.size() == 6u);

    // The same from packed files, but in their own order.
    const auto pack = [&](const std::filesystem::path& path) {
        const std::string all = bytes_of(path);
        strata::bedrock::output_file out{path.string() + ".gz"};
        out.write(all.data(), all.size());
        out.close();
        return path.string() + ".gz";
    };
    auto packed = batches(pack(x), pack(y), {.shuffle_window = 1});
    BOOST_TEST(rows_of(packed, 2) == wanted, boost::test_tools::per_element());
    BOOST_CHECK_EXCEPTION((void)batches(pack(x), y, {.shuffle = true}), data_error,
                          says("x.gz, at byte 128: expected a file that is not packed, to read it in any "
                               "order, found gzip data"));
}

BOOST_AUTO_TEST_CASE(files_that_give_no_batches) {
    const temporary_directory directory;
    const auto good =
        directory.write("good", file_of("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", "abc"));
    const auto batches = [&](const std::filesystem::path& x, const strata::npy_batch_options& options = {}) {
        return strata::npy_batches<std::uint8_t, 2, std::uint8_t, 1>(x, good, options);
    };
    const auto error = [&](const std::string& shape, bool columns_first, const std::string& bytes) {
        const auto x = directory.write(
            "x", file_of("{'descr': '|u1', 'fortran_order': " + (columns_first ? "True"s : "False"s) +
                             ", 'shape': " + shape + ", }",
                         bytes));
        try {
            auto source = batches(x);
            return "read " + std::to_string(rows_of(source, 2).size());
        } catch (const data_error& found) {
            return std::string(found.what()).substr(directory.path().string().size() + 1);
        }
    };
    BOOST_TEST(error("(3, 2)", false, "abcdef") == "read 9");
    BOOST_TEST(error("(3, 2)", true, "abcdef") == "x, at byte 0: expected rows one after another, to read "
                                                  "some of them, found an array in Fortran's order");
    BOOST_TEST(error("(4, 2)", false, "abcdefgh") ==
               "good, at byte 0: expected 4 rows, one for each of x, found 3");
    BOOST_TEST(error("(3, 0)", false, "") == "x, at byte 0: expected rows of a number at least, found 3 x 0");
    BOOST_TEST(error("(3, 2)", false, "abcde") ==
               "x, at byte 128: expected 6 bytes of |u1 values (3 x 2), found 5");
    BOOST_TEST(error("(6,)", false, "abcdef") ==
               "x, at byte 0: expected an array of rank 2, found rank 1, 6");
    const auto none =
        directory.write("none", file_of("{'descr': '|u1', 'fortran_order': False, 'shape': (0,), }", ""));
    auto empty = strata::npy_batches<std::uint8_t, 1, std::uint8_t, 1>(none, none, {.shuffle = true});
    BOOST_TEST((empty.next() == nullptr));
    BOOST_CHECK_EXCEPTION((void)batches(good, {.batch_size = 0}), data_error,
                          says("npy_batches: expected a batch size above 0, found 0"));
    BOOST_CHECK_EXCEPTION((void)batches(good, {.shuffle = true, .shuffle_window = 2}), data_error,
                          says("npy_batches: expected either shuffle or a shuffle_window, found both"));
    // A row that is no truth, far into the file.
    const auto truths =
        directory.write("t", file_of("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", "\0\1\2"s));
    auto doubtful = strata::npy_batches<bool, 1, bool, 1>(truths, truths, {.batch_size = 2});
    BOOST_TEST((doubtful.next() != nullptr));
    BOOST_CHECK_EXCEPTION(doubtful.next(), data_error,
                          says("t, at byte 130: expected 0 or 1 for a bool, found 2"));
}

BOOST_AUTO_TEST_CASE(batches_take_the_memory_of_some_rows) {
    const temporary_directory directory;
    constexpr std::size_t rows = 100'000, size = 25;
    xt::xtensor<float, 2> x(std::array{rows, size}, 1.0f);
    xt::xtensor<std::uint8_t, 1> y(std::array{rows}, std::uint8_t{1});
    write_npy(directory / "x", x);
    write_npy(directory / "y", y);
    for (const strata::npy_batch_options options :
         {strata::npy_batch_options{}, {.shuffle_window = 100}, {.shuffle = true}}) {
        largest_allocation = 0;
        auto source =
            strata::npy_batches<float, 2, std::uint8_t, 1>(directory / "x", directory / "y", options);
        std::size_t batches = 0;
        source.begin(0);
        while (source.next() != nullptr)
            ++batches;
        BOOST_TEST(batches == rows / 32);
        BOOST_TEST(largest_allocation < 1'000'000u); // of 10,000,000
    }
}
