// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <strata/data/idx.hpp>

#include "allocation_watch.hpp"
#include "says.hpp"
#include "temporary_directory.hpp"

#include STRATA_XTENSOR(xarray)
#include STRATA_XTENSOR(xbuilder)
#include STRATA_XTENSOR(xmath)
#include STRATA_XTENSOR(xview)

using namespace std::string_literals;
using strata::data_error;
using strata::read_idx;
using strata::write_idx;

BOOST_AUTO_TEST_CASE(bytes_made_by_hand) {
    const temporary_directory directory;
    const auto bytes = directory.write("b", "\0\0\x08\x02\0\0\0\x02\0\0\0\x03\x01\x02\x03\xfd\xfe\xff"s);
    const auto b = read_idx<std::uint8_t, 2>(bytes);
    BOOST_TEST((b == xt::xtensor<std::uint8_t, 2>{{1, 2, 3}, {253, 254, 255}}));

    const auto s = read_idx<std::int8_t, 1>(directory.write("s", "\0\0\x09\x01\0\0\0\x02\x7f\x80"s));
    BOOST_TEST((s == xt::xtensor<std::int8_t, 1>{127, -128}));
    const auto h = read_idx<std::int16_t, 1>(directory.write("h", "\0\0\x0b\x01\0\0\0\x02\x01\x02\xff\xfe"s));
    BOOST_TEST((h == xt::xtensor<std::int16_t, 1>{258, -2}));
    const auto i = read_idx<std::int32_t, 1>(directory.write("i", "\0\0\x0c\x01\0\0\0\x01\x01\x02\x03\x04"s));
    BOOST_TEST((i == xt::xtensor<std::int32_t, 1>{0x01020304}));
    const auto f = read_idx<float, 1>(directory.write("f", "\0\0\x0d\x01\0\0\0\x01\xc0\x49\x00\x00"s));
    BOOST_TEST((f == xt::xtensor<float, 1>{-3.140625f}));
    const auto d = read_idx<double, 1>(directory.write("d", "\0\0\x0e\x01\0\0\0\x01\x3f\xf8\0\0\0\0\0\0"s));
    BOOST_TEST((d == xt::xtensor<double, 1>{1.5}));
}

using elements = boost::mpl::list<std::uint8_t, std::int8_t, std::int16_t, std::int32_t, float, double>;
BOOST_AUTO_TEST_CASE_TEMPLATE(round_trips, element, elements) {
    const temporary_directory directory;
    // More than one of the writer's blocks, and not a multiple of them.
    xt::xtensor<element, 3> array(std::array<std::size_t, 3>{7, 31, 97});
    for (std::size_t i = 0; i < array.size(); ++i)
        array.data()[i] = static_cast<element>(i * 2654435761u % 251) - static_cast<element>(100);
    for (const char* name : {"a", "a.gz"}) {
        write_idx(directory / name, array);
        BOOST_TEST((read_idx<element, 3>(directory / name) == array));
    }
    BOOST_TEST(std::filesystem::file_size(directory / "a") == 16 + array.size() * sizeof(element));
    BOOST_TEST(bytes_of(directory / "a.gz").substr(0, 2) == "\x1f\x8b");
    // A packed file is known by what is in it, not by its name.
    std::filesystem::rename(directory / "a.gz", directory / "packed");
    BOOST_TEST((read_idx<element, 3>(directory / "packed") == array));
}

BOOST_AUTO_TEST_CASE(expressions_and_other_layouts_are_written_last_axis_fastest) {
    const temporary_directory directory;
    const xt::xtensor<int, 2, xt::layout_type::column_major> columns{{1, 2, 3}, {4, 5, 6}};
    write_idx(directory / "a", columns);
    BOOST_TEST((read_idx<std::int32_t, 2>(directory / "a") == columns));
    write_idx(directory / "a", xt::view(columns, xt::all(), xt::range(1, 3)) * 2);
    BOOST_TEST((read_idx<std::int32_t, 2>(directory / "a") == xt::xtensor<int, 2>{{4, 6}, {10, 12}}));
    write_idx(directory / "a", xt::xarray<double>{1, 2});
    BOOST_TEST((read_idx<double, 1>(directory / "a") == xt::xtensor<double, 1>{1, 2}));
}

BOOST_AUTO_TEST_CASE(empty_arrays) {
    const temporary_directory directory;
    write_idx(directory / "a", xt::xtensor<float, 2>(std::array<std::size_t, 2>{0, 5}));
    const auto array = read_idx<float, 2>(directory / "a");
    BOOST_TEST((array.shape(0) == 0 && array.shape(1) == 5));
    // The other extents are still held against what memory can address.
    const auto wide = directory.write("w", "\0\0\x08\x03\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"s);
    BOOST_CHECK_EXCEPTION((void)(read_idx<std::uint8_t, 3>(wide)), data_error,
                          says("at byte 4: expected extents of an array that fits into memory, found 0 x "
                               "4294967295 x 4294967295"));
}

BOOST_AUTO_TEST_CASE(headers_that_do_not_fit) {
    const temporary_directory directory;
    const auto path = directory.write("a", "\0\0\x08\x01\0\0\0\x02\x05\x06"s);
    BOOST_CHECK_EXCEPTION((void)(read_idx<float, 1>(path)), data_error,
                          says(path.string() + ", at byte 2: expected elements of float, found uint8"));
    BOOST_CHECK_EXCEPTION((void)(read_idx<std::uint8_t, 3>(path)), data_error,
                          says("at byte 3: expected an array of rank 3, found rank 1"));
    directory.write("a", "PK\x03\x04....");
    BOOST_CHECK_EXCEPTION(
        (void)(read_idx<std::uint8_t, 1>(path)), data_error,
        says("at byte 0: expected the two zero bytes that begin an IDX file, found 80 and 75"));
    directory.write("a", "\0\0\x42\x01\0\0\0\x01\0"s);
    BOOST_CHECK_EXCEPTION((void)(read_idx<std::uint8_t, 1>(path)), data_error,
                          says("expected elements of uint8, found type 66"));
    directory.write("a", "\0\0\x08"s);
    BOOST_CHECK_EXCEPTION((void)(read_idx<std::uint8_t, 1>(path)), data_error,
                          says("at byte 0: expected 4 bytes of an IDX header, found 3"));
    directory.write("a", "\0\0\x08\x02\0\0\0\x01\0"s);
    BOOST_CHECK_EXCEPTION((void)(read_idx<std::uint8_t, 2>(path)), data_error,
                          says("at byte 4: expected 8 bytes of an IDX header's extents, found 5"));
}

BOOST_AUTO_TEST_CASE(short_and_long_files) {
    const temporary_directory directory;
    const auto good = "\0\0\x0b\x02\0\0\0\x02\0\0\0\x02"
                      "12345678"s;
    const auto path = directory.write("a", good.substr(0, good.size() - 1));
    BOOST_CHECK_EXCEPTION(
        (void)(read_idx<std::int16_t, 2>(path)), data_error,
        says(path.string() + ", at byte 12: expected 8 bytes of int16 values (2 x 2), found 7"));
    directory.write("a", good + "xyz");
    BOOST_CHECK_EXCEPTION((void)(read_idx<std::int16_t, 2>(path)), data_error,
                          says("at byte 20: expected the end of the file, found 3 more bytes"));

    const auto packed = [&](const std::string& bytes) {
        strata::bedrock::output_file file{directory / "a.gz"};
        file.write(bytes.data(), bytes.size());
        file.close();
        return directory / "a.gz";
    };
    BOOST_CHECK_EXCEPTION((void)(read_idx<std::int16_t, 2>(packed(good.substr(0, good.size() - 1)))),
                          data_error, says("at byte 12: expected 8 bytes of int16 values (2 x 2), found 7"));
    BOOST_CHECK_EXCEPTION((void)(read_idx<std::int16_t, 2>(packed(good + "xyz"))), data_error,
                          says("at byte 20: expected the end of the file, found more bytes"));
    BOOST_TEST((read_idx<std::int16_t, 2>(packed(good))(1, 1) == 0x3738));
}

BOOST_AUTO_TEST_CASE(a_lying_header_allocates_nothing) {
    const temporary_directory directory;
    const auto claim = "\0\0\x08\x03\xff\xff\xff\xff\0\0\0\x1c\0\0\0\x1c"
                       "abc"s;
    const auto plain = directory.write("a", claim);
    strata::bedrock::output_file file{directory / "a.gz"};
    file.write(claim.data(), claim.size());
    file.close();
    largest_allocation = 0;
    BOOST_CHECK_EXCEPTION(
        (void)(read_idx<std::uint8_t, 3>(plain)), data_error,
        says("at byte 16: expected 3367254359280 bytes of uint8 values (4294967295 x 28 x 28), "
             "found 3"));
    BOOST_CHECK_EXCEPTION((void)(read_idx<std::uint8_t, 3>(directory / "a.gz")), data_error,
                          says({"at byte 16: expected 3367254359280 bytes", "cannot hold as many"}));
    BOOST_TEST(largest_allocation < 1u << 20);

    const auto overflow =
        directory.write("o", "\0\0\x0e\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s);
    BOOST_CHECK_EXCEPTION((void)(read_idx<double, 3>(overflow)), data_error, says("fits into memory"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written) {
    const temporary_directory directory;
    BOOST_CHECK_EXCEPTION(write_idx(directory / "absent" / "a", xt::xtensor<float, 1>{1}), data_error,
                          says("can be written"));
    BOOST_CHECK_EXCEPTION(write_idx(directory / "a", xt::xarray<float>(1.0f)), data_error,
                          says("found rank 0"));
    // An expression of 2^33 elements that nobody stores.
    BOOST_CHECK_EXCEPTION(write_idx(directory / "a", xt::ones<float>({std::size_t{1} << 33})), data_error,
                          says("expected extents of 32 bits, found 8589934592"));
    BOOST_TEST(!std::filesystem::exists(directory / "a"));
}
