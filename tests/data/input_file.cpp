// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/input_file.hpp>
#include <strata/data/output_file.hpp>
#include <strata/data/plain_file.hpp>

#include "says.hpp"
#include "temporary_directory.hpp"

#include <array>

using strata::data_error;
using strata::bedrock::input_file;
using strata::bedrock::plain_file;

namespace {
std::filesystem::path packed(const temporary_directory& directory, std::string_view bytes) {
    strata::bedrock::output_file file{directory / "packed.gz"};
    file.write(bytes.data(), bytes.size());
    file.close();
    return directory / "packed.gz";
}

void read_all(const std::filesystem::path& path, std::size_t count) {
    input_file file{path};
    std::string bytes(count, ' ');
    file.read(bytes.data(), count, "letters");
    file.expect_end();
}
} // namespace

BOOST_AUTO_TEST_CASE(plain_and_packed_files_read_alike) {
    const temporary_directory directory;
    for (const auto& path : {directory.write("plain", "abcdef"), packed(directory, "abcdef")}) {
        input_file file{path};
        std::array<char, 3> bytes;
        file.expect_left(6, "letters");
        file.read(bytes.data(), 2, "letters");
        BOOST_TEST((bytes[0] == 'a' && bytes[1] == 'b'));
        BOOST_TEST(file.position() == 2u);
        BOOST_CHECK_EXCEPTION(file.expect_end(), data_error, says("at byte 2: expected the end of the file"));
        BOOST_TEST(file.read_rest() == "def");
        BOOST_TEST(file.position() == 6u);
        file.expect_end();
    }
}

BOOST_AUTO_TEST_CASE(a_plain_file_is_read_as_it_is) {
    const temporary_directory directory;
    plain_file file{directory.write("plain", "abcdef")};
    std::array<char, 3> bytes;
    file.expect_left(6, "letters");
    file.read(bytes.data(), 2, "letters");
    BOOST_TEST((bytes[0] == 'a' && bytes[1] == 'b'));
    BOOST_CHECK_EXCEPTION(file.expect_end(), data_error, says("at byte 2: expected the end of the file"));
    BOOST_TEST(file.read_rest() == "def");
    file.expect_end();
    BOOST_CHECK_EXCEPTION(file.read(bytes.data(), 3, "letters"), data_error,
                          says("at byte 6: expected 3 bytes of letters, found 0"));

    const plain_file six{directory / "plain"};
    BOOST_CHECK_EXCEPTION(six.expect_left(7, "letters"), data_error,
                          says("at byte 0: expected 7 bytes of letters, found 6"));
    BOOST_CHECK_EXCEPTION(six.expect_left(4, "letters"), data_error,
                          says("at byte 4: expected the end of the file, found 2 more bytes"));
    const auto gzip = packed(directory, "abcdef");
    BOOST_TEST((plain_file{gzip}.read_rest() == bytes_of(gzip)));
    BOOST_CHECK_EXCEPTION(plain_file{directory / "absent"}, data_error, says("nothing of this name"));
    BOOST_CHECK_EXCEPTION(plain_file{directory.path()}, data_error, says("found a directory"));
}

BOOST_AUTO_TEST_CASE(the_rest_of_long_files) {
    const temporary_directory directory;
    std::string text_written;
    for (int i = 0; i < 200000; ++i)
        text_written += std::to_string(i);
    for (const auto& path : {directory.write("plain", text_written), packed(directory, text_written)})
        BOOST_TEST((input_file{path}.read_rest() == text_written));
    BOOST_TEST(input_file{directory.write("empty", "")}.read_rest() == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_file) {
    const temporary_directory directory;
    BOOST_CHECK_EXCEPTION(input_file{directory / "absent"}, data_error,
                          says({(directory / "absent").string(), "nothing of this name"}));
    BOOST_CHECK_EXCEPTION(input_file{directory.path()}, data_error, says("found a directory"));
    BOOST_CHECK_EXCEPTION(input_file{"/dev/null"}, data_error, says("found a special file"));
}

BOOST_AUTO_TEST_CASE(sizes_are_checked_before_anything_is_read) {
    const temporary_directory directory;
    const input_file plain{directory.write("plain", "abcdef")};
    BOOST_CHECK_EXCEPTION(plain.expect_left(7, "letters"), data_error,
                          says("at byte 0: expected 7 bytes of letters, found 6"));
    BOOST_CHECK_EXCEPTION(plain.expect_left(4, "letters"), data_error,
                          says("at byte 4: expected the end of the file, found 2 more bytes"));
    const input_file small{packed(directory, "abcdef")};
    BOOST_CHECK_EXCEPTION(small.expect_left(1u << 30, "letters"), data_error,
                          says({"at byte 0: expected 1073741824 bytes of letters", "cannot hold as many"}));
    // The best that deflate can do is not refused.
    const std::string zeros(1u << 22, '\0');
    const input_file dense_file{packed(directory, zeros)};
    dense_file.expect_left(zeros.size(), "zeros");
}

BOOST_AUTO_TEST_CASE(short_files) {
    const temporary_directory directory;
    BOOST_CHECK_EXCEPTION(read_all(directory.write("plain", "abc"), 5), data_error,
                          says("at byte 0: expected 5 bytes of letters, found 3"));
    BOOST_CHECK_EXCEPTION(read_all(packed(directory, "abc"), 5), data_error,
                          says("at byte 0: expected 5 bytes of letters, found 3"));
}

BOOST_AUTO_TEST_CASE(damaged_gzip_files) {
    const temporary_directory directory;
    std::string text_written;
    for (int i = 0; i < 5000; ++i)
        text_written += std::to_string(i);
    const auto path = packed(directory, text_written);
    const auto good = bytes_of(path);
    read_all(path, text_written.size());

    directory.write("packed.gz", good.substr(0, good.size() / 2));
    BOOST_CHECK_EXCEPTION(read_all(path, text_written.size()), data_error,
                          says("where the gzip data break off"));
    BOOST_CHECK_EXCEPTION((void)input_file{path}.read_rest(), data_error, says("break off"));
    // All the data, but only a part of the checksum.
    directory.write("packed.gz", good.substr(0, good.size() - 3));
    BOOST_CHECK_EXCEPTION(read_all(path, text_written.size()), data_error, says("break off"));

    for (const std::size_t place : {good.size() - 6, good.size() / 2}) {
        auto bad = good;
        bad[place] = static_cast<char>(bad[place] ^ 0x55);
        directory.write("packed.gz", bad);
        BOOST_CHECK_EXCEPTION(read_all(path, text_written.size()), data_error,
                              says({path.string() + ", at byte", "damaged gzip data ("}));
        BOOST_CHECK_EXCEPTION((void)input_file{path}.read_rest(), data_error, says("damaged gzip data ("));
    }
}
