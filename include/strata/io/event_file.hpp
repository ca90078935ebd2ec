// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/unwritable_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <boost/crc.hpp>
#include <protozero/pbf_builder.hpp>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The fields of TensorFlow's messages that a scalar needs: `event.proto` and `summary.proto`.
enum class event_field : protozero::pbf_tag_type { wall_time = 1, step = 2, file_version = 3, summary = 5 };
enum class summary_field : protozero::pbf_tag_type { value = 1 };
enum class value_field : protozero::pbf_tag_type { tag = 1, simple_value = 2 };

/// A number of so many bytes, the lowest first.
inline void append_little_endian(std::string& bytes, std::uint64_t number, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        bytes += static_cast<char>(number >> 8 * i & 0xff);
}

/// CRC-32C (Castagnoli), turned and moved as TensorFlow does, so that a checksum of bytes that hold one is
/// not trivial.
inline std::uint32_t masked_checksum(std::string_view bytes) {
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> sum;
    sum.process_bytes(bytes.data(), bytes.size());
    const std::uint32_t found = sum.checksum();
    return ((found >> 15) | (found << 17)) + 0xA282EAD8u;
}

/// A record of TensorFlow's files: the length of the data as 64 bits, its checksum, the data, their checksum.
inline std::string event_record(std::string_view data) {
    std::string result;
    append_little_endian(result, data.size(), 8);
    append_little_endian(result, masked_checksum(result), 4);
    result += data;
    append_little_endian(result, masked_checksum(data), 4);
    return result;
}

/// Writes scalars to an event file of TensorBoard, in a folder that is made where there is none. Files of a
/// folder are read in the order of their names, which begin with the time. data_error where one cannot be
/// written.
class event_file {
public:
    explicit event_file(const std::filesystem::path& folder) {
        std::error_code error;
        std::filesystem::create_directories(folder, error);
        for (std::size_t number = 0; !error && !file_; ++number) {
            path_ = folder / name(number);
            file_.reset(std::fopen(path_.string().c_str(), "wbx"));
            if (!file_ && errno != EEXIST)
                error = {errno, std::generic_category()};
        }
        if (error)
            raise(data_error::in_file(folder, "a folder for event files", error.message()));
        std::string version;
        protozero::pbf_builder<event_field> event(version);
        event.add_double(event_field::wall_time, seconds());
        event.add_string(event_field::file_version, "brain.Event:2");
        write(version);
    }

    /// One number of a step or epoch.
    void add(std::string_view tag, std::uint64_t step, double number) {
        std::string data;
        {
            protozero::pbf_builder<event_field> event(data);
            event.add_double(event_field::wall_time, seconds());
            event.add_int64(event_field::step, static_cast<std::int64_t>(step));
            protozero::pbf_builder<summary_field> summary(event, event_field::summary);
            protozero::pbf_builder<value_field> value(summary, summary_field::value);
            value.add_string(value_field::tag, tag.data(), tag.size());
            value.add_float(value_field::simple_value, static_cast<float>(number));
        }
        write(data);
    }

    /// Hands what was added to the system, for whoever watches.
    void flush() {
        if (std::fflush(file_.get()) != 0)
            raise_unwritable(path_);
    }

private:
    struct closer {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    static double seconds() {
        const auto passed = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration<double>(passed).count();
    }
    static std::string name(std::size_t number) {
        const std::string order = concatenate(number);
        return concatenate("events.out.tfevents.", static_cast<std::uint64_t>(seconds()), ".strata.",
                           std::string(order.size() < 4 ? 4 - order.size() : 0, '0'), order, ".v2");
    }

    void write(std::string_view data) {
        const std::string record = event_record(data);
        if (std::fwrite(record.data(), 1, record.size(), file_.get()) != record.size())
            raise_unwritable(path_);
    }

    std::filesystem::path path_;
    std::unique_ptr<std::FILE, closer> file_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
