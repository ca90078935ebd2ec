// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A process that reads what may break its reader: whatever becomes of it, the program is told.
#include <strata/io/import/separate_process.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/mman.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace strata::bedrock::imports;

namespace {
constexpr process_limits limits{1, 100'000'000};

/// How a process ends that gives no answer.
template <class Serve>
std::string end_of(const Serve& serve) {
    separate_process process(limits, serve);
    BOOST_TEST(process.error() == "");
    std::uint64_t answer = 0;
    BOOST_TEST(!process.channel().receive_number(answer));
    return process.ended();
}
} // namespace

BOOST_AUTO_TEST_CASE(it_answers) {
    separate_process process(limits, [](byte_channel& channel) {
        std::vector<float> numbers;
        std::vector<std::string> texts;
        while (channel.receive_list(numbers) && channel.receive_texts(texts)) {
            numbers.push_back(7);
            texts.emplace_back();
            (void)(channel.send_list(numbers) && channel.send_texts(texts));
        }
    });
    for (const std::size_t count : {std::size_t{0}, std::size_t{1'000'000}}) {
        std::vector<float> numbers(count, 3);
        std::vector<std::string> texts(count == 0 ? 0 : 3, "text");
        BOOST_TEST((process.channel().send_list(numbers) && process.channel().send_texts(texts)));
        numbers.push_back(7);
        texts.emplace_back();
        std::vector<float> more;
        std::vector<std::string> more_texts;
        BOOST_TEST((process.channel().receive_list(more) && process.channel().receive_texts(more_texts)));
        BOOST_TEST((more == numbers));
        BOOST_TEST((more_texts == texts));
    }
}

BOOST_AUTO_TEST_CASE(how_it_ends_is_told) {
    BOOST_TEST(end_of([](byte_channel&) { (void)std::raise(SIGSEGV); }) == "it crashed by signal 11");
    BOOST_TEST(end_of([](byte_channel&) { std::abort(); }) == "it crashed by signal 6");
    BOOST_TEST(end_of([](byte_channel&) { _exit(3); }) == "it ended with code 3");
    BOOST_TEST(end_of([](byte_channel&) {}) == "it ended with code 0");
    // Of less than it announces.
    BOOST_TEST(end_of([](byte_channel& channel) { (void)channel.send("1234567", 7); }) ==
               "it ended with code 0");
    BOOST_TEST(end_of([](byte_channel&) {
                   for (std::atomic<unsigned> i = 0;; ++i) {
                   }
               }) == "it found no end");
}

BOOST_AUTO_TEST_CASE(its_memory_is_limited_and_a_program_that_is_gone_ends_it) {
    BOOST_TEST(end_of([](byte_channel&) {
                   const auto map = [](std::size_t size) {
                       return mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                                   0) != MAP_FAILED;
                   };
                   _exit(map(10'000'000) && !map(1'000'000'000) ? 5 : 6);
               }) == "it ended with code 5");
    {
        separate_process process(limits, [](byte_channel&) {
            for (;;)
                pause();
        });
    } // which does not wait for it
    const auto process = std::make_unique<separate_process>(limits, [](byte_channel&) {});
    std::uint64_t answer = 0;
    BOOST_TEST(!process->channel().receive_number(answer));
    BOOST_TEST(
        !process->channel().send_list(std::vector<float>(10'000'000))); // and no signal ends the program
}
