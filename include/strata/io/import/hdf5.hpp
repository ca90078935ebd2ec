// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/byte_channel.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/hdf5_library.hpp>
#include <strata/io/import/separate_process.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// What a process that reads an HDF5 file is asked for.
enum class hdf5_request : std::uint64_t { contains, names, read, texts };

/// An HDF5 file with arrays of numbers in groups, read by HDF5's C library (Debian's libhdf5-dev; programs
/// link -lhdf5_serial). data_error for what is no such file, is not there, or claims more numbers than its
/// bytes could hold.
///
/// Files that someone made to break the library do break it, so that a copy of the process (fork, without the
/// program's other threads) calls it and sends what it has read. Where that crashes, takes 30 seconds and one
/// for each 2 MB of the file, or a gigabyte of memory and 16 times the file's size, it is a data_error as
/// well. That is no protection of what the program may do: a file that takes the library over can do it, too.
class hdf5_file {
public:
    /// The bytes of a file, of which the other process gets a copy.
    hdf5_file(std::vector<unsigned char>& image, std::string name)
        : name_(std::move(name)), reader_(start(image, {}, image.size())) {
        expect_open();
    }
    explicit hdf5_file(const std::filesystem::path& path) : name_(path.string()) {
        std::error_code error;
        const std::uint64_t bytes = std::filesystem::file_size(path, error);
        if (error)
            fail("an HDF5 file", error.message());
        std::vector<unsigned char> nothing;
        reader_ = start(nothing, path.string(), bytes);
        expect_open();
    }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// Whether there is a group or an array of this path, "layers/dense/vars".
    [[nodiscard]] bool contains(const std::string& path) const {
        std::uint64_t answer = 0;
        ask(hdf5_request::contains, path);
        expect(channel().receive_number(answer));
        return answer != 0;
    }

    /// Names in a group, of groups and arrays; "/" is the outermost.
    [[nodiscard]] std::vector<std::string> names(const std::string& group) const {
        std::vector<std::string> result;
        ask(hdf5_request::names, group);
        expect(channel().receive_texts(result));
        return result;
    }

    /// An array of numbers of any type, as float.
    [[nodiscard]] tensor read(const std::string& path) const {
        tensor result;
        ask(hdf5_request::read, path);
        expect(channel().receive_list(result.shape) && channel().receive_list(result.numbers));
        if (std::accumulate(result.shape.begin(), result.shape.end(), std::size_t{1}, std::multiplies<>()) !=
            result.numbers.size())
            fail(internal::concatenate("as many numbers in ", internal::shown(path), " as its shape says"),
                 internal::concatenate(result.numbers.size()));
        return result;
    }

    /// A text, or several, that an attribute holds; none where there is no such attribute.
    [[nodiscard]] std::optional<std::vector<std::string>> texts(const std::string& path,
                                                                const std::string& key) const {
        std::uint64_t is_present = 0;
        std::vector<std::string> result;
        ask(hdf5_request::texts, path, key);
        expect(channel().receive_number(is_present) && channel().receive_texts(result));
        return is_present != 0 ? std::optional(result) : std::nullopt;
    }

    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(name_, expected, found));
    }

private:
    /// In the other process: answers until nobody asks.
    static void serve(byte_channel& channel, std::vector<unsigned char>& image, const std::string& path,
                      std::uint64_t bytes) {
        constexpr std::uint64_t wrong = 1, right = 0;
        const hdf5_library_file file(
            image, path, bytes, [&](std::string_view expected, std::string_view found) {
                (void)(channel.send_number(wrong) && channel.send_list(expected) && channel.send_list(found));
            });
        bool goes_on = channel.send_number(right);
        std::uint64_t request = 0;
        std::string place, key;
        while (goes_on && channel.receive_number(request) && channel.receive_list(place) &&
               channel.receive_list(key))
            switch (static_cast<hdf5_request>(request)) {
            case hdf5_request::contains:
                goes_on = channel.send_number(right) && channel.send_number(file.contains(place) ? 1 : 0);
                break;
            case hdf5_request::names: {
                const auto names = file.names(place);
                goes_on = channel.send_number(right) && channel.send_texts(names);
                break;
            }
            case hdf5_request::read: {
                const tensor read = file.read(place);
                goes_on = channel.send_number(right) && channel.send_list(read.shape) &&
                          channel.send_list(read.numbers);
                break;
            }
            case hdf5_request::texts: {
                const auto texts = file.texts(place, key);
                goes_on = channel.send_number(right) && channel.send_number(texts ? 1 : 0) &&
                          channel.send_texts(texts.value_or(std::vector<std::string>{}));
            }
            }
        ::_exit(0); // what HDF5's library would tidy up ends with the process
    }

    static std::unique_ptr<separate_process> start(std::vector<unsigned char>& image, const std::string& path,
                                                   std::uint64_t bytes) {
        const process_limits limits{30 + bytes / 2'000'000, 1'000'000'000 + 16 * bytes};
        return std::make_unique<separate_process>(
            limits, [&](byte_channel& channel) { serve(channel, image, path, bytes); });
    }

    [[nodiscard]] byte_channel& channel() const noexcept { return reader_->channel(); }
    void expect_open() const {
        if (!reader_->error().empty())
            fail("a process to read it with HDF5's library", reader_->error());
        expect_right();
    }
    void ask(hdf5_request request, const std::string& path, const std::string& key = {}) const {
        expect(channel().send_number(static_cast<std::uint64_t>(request)) && channel().send_list(path) &&
               channel().send_list(key));
        expect_right();
    }
    void expect_right() const {
        std::uint64_t is_wrong = 0;
        expect(channel().receive_number(is_wrong));
        if (is_wrong == 0)
            return;
        std::string expected, found;
        expect(channel().receive_list(expected) && channel().receive_list(found));
        fail(expected, found);
    }
    void expect(bool is_answered) const {
        if (!is_answered)
            fail("an HDF5 file that HDF5's library can read",
                 internal::concatenate("damage that ended its process: ", reader_->ended()));
    }

    std::string name_;
    std::unique_ptr<separate_process> reader_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
