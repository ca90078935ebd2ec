// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/input_file.hpp>
#include <strata/data/output_file.hpp>

#include "says.hpp"
#include "temporary_directory.hpp"

using strata::data_error;
using strata::bedrock::output_file;

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
