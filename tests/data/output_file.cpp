// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/complete_file.hpp>
#include <strata/data/input_file.hpp>
#include <strata/data/output_file.hpp>

#include "says.hpp"
#include "temporary_directory.hpp"

#include <sys/stat.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using strata::data_error;
using strata::bedrock::output_file;
using strata::bedrock::internal::write_complete_file;

BOOST_AUTO_TEST_CASE(the_name_says_whether_to_pack) {
    const temporary_directory directory;
    for (const char* name : {"a", "a.gz"}) {
        output_file file{directory / name};
        file.write("ab", 2);
        file.write("", 0);
        file.write("cd", 2);
        file.close();
        BOOST_TEST(strata::bedrock::input_file{directory / name}.read_rest() == "abcd");
    }
    BOOST_TEST(bytes_of(directory / "a") == "abcd");
    BOOST_TEST(bytes_of(directory / "a.gz").substr(0, 2) == "\x1f\x8b");
}

BOOST_AUTO_TEST_CASE(what_was_there_is_replaced) {
    const temporary_directory directory;
    directory.write("a", "long old text");
    output_file file{directory / "a"};
    file.write("new", 3);
    file.close();
    BOOST_TEST(bytes_of(directory / "a") == "new");
}

BOOST_AUTO_TEST_CASE(a_link_stays_one) {
    namespace fs = std::filesystem;
    const temporary_directory directory;
    directory.write("target", "old");
    fs::permissions(directory / "target", fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink("target", directory / "link");
    fs::create_symlink("absent", directory / "open");
    write_complete_file({'n', 'e', 'w'}, directory / "link");
    write_complete_file({'m', 'o', 'r', 'e'}, directory / "open");
    BOOST_TEST(fs::is_symlink(directory / "link"));
    BOOST_TEST(bytes_of(directory / "target") == "new");
    BOOST_TEST(
        (fs::status(directory / "target").permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
    BOOST_TEST(bytes_of(directory / "absent") == "more");
    BOOST_TEST(std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator{}) == 4);
}

BOOST_AUTO_TEST_CASE(places_that_cannot_be_written) {
    const temporary_directory directory;
    BOOST_CHECK_EXCEPTION(output_file{directory / "absent" / "a"}, data_error,
                          says({(directory / "absent" / "a").string(), "can be written", "No such file"}));
    BOOST_CHECK_EXCEPTION(output_file{directory.path()}, data_error, says("directory"));
}

BOOST_AUTO_TEST_CASE(a_full_disk) {
    if (!std::filesystem::exists("/dev/full")) {
        BOOST_TEST_MESSAGE("skipped: there is no /dev/full");
        return;
    }
    const auto write = [] {
        output_file file{"/dev/full"};
        file.write("abc", 3);
        file.close();
    };
    BOOST_CHECK_EXCEPTION(write(), data_error, says({"/dev/full", "No space left"}));
}

// One waits for the other, and whoever reads meanwhile finds all of either.
BOOST_AUTO_TEST_CASE(two_may_write_one_file) {
    const temporary_directory directory;
    const auto path = directory / "a";
    const std::vector<unsigned char> content(1 << 18, 'x');
    write_complete_file(content, path);
    std::atomic<bool> is_done = false;
    std::atomic<int> failures = 0;
    const auto work = [&](const auto& once) {
        try {
            once();
        } catch (const data_error&) {
            ++failures;
        }
    };
    std::thread reader([&] {
        while (!is_done)
            work([&] { failures += bytes_of(path).size() != content.size(); });
    });
    const auto write = [&] {
        for (int i = 0; i < 40; ++i)
            work([&] { write_complete_file(content, path); });
    };
    std::thread one(write), other(write);
    one.join();
    other.join();
    is_done = true;
    reader.join();
    BOOST_TEST(failures == 0);
    BOOST_TEST(!std::filesystem::exists(path.string() + ".unfinished"));
}

BOOST_AUTO_TEST_CASE(a_pipe_is_written_as_it_is) {
    const temporary_directory directory;
    const auto path = directory / "pipe";
    BOOST_REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    std::string found;
    std::thread reader([&] { found = bytes_of(path); });
    write_complete_file({'a', 'b'}, path);
    reader.join();
    BOOST_TEST(found == "ab");
    BOOST_TEST(std::filesystem::is_fifo(path));
    BOOST_CHECK_EXCEPTION(write_complete_file({'a'}, directory.path()), data_error, says("directory"));
}
