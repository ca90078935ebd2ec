// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Training on an array that stays in its file, of which nothing is in the system's cache: megabytes a second,
// those of reading the file and doing nothing with it, and the most memory that this has taken.
//   mapped make DIRECTORY       writes the file, 1.2 GB of floats
//   mapped ordered DIRECTORY    trains in the file's order, reads in that order
//   mapped shuffled DIRECTORY   trains on shuffled rows, reads rows in such an order, each asked for before
//   mapped windows DIRECTORY    trains on short rows shuffled in windows, reads such blocks
//   mapped memory DIRECTORY     trains on the same numbers in memory, in order
#include <strata/data/mapped_npy.hpp>
#include <strata/data/npy.hpp>
#include <strata/strata.hpp>

#include "bedrock.hpp"
#include "memory.hpp"
#include "timing.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

using namespace strata;

namespace {

constexpr std::size_t rows = 100'000, columns = 3072;
constexpr std::size_t row_bytes = columns * sizeof(float);
// The same numbers as rows of which a page has sixteen; a block of a window is a megabyte.
constexpr std::size_t short_columns = 64, short_rows = rows * (columns / short_columns);
constexpr std::size_t window_rows = 16 * (std::size_t{1} << 20) / (short_columns * sizeof(float));
// Little work a number, so that reading is what there is to wait for.
template <std::size_t Columns>
using network = model<input<Columns> | dense<1>>;

constexpr std::size_t numbers_place = 128; ///< of the file

// Has the system forget what it keeps of a file.
void forget(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY);
    if (file < 0 || ::fdatasync(file) != 0 || ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0)
        throw std::runtime_error("cannot drop " + path.string() + " from the cache");
    ::close(file);
}

void make(const std::filesystem::path& path) {
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                         std::to_string(columns) + "), }";
    header.resize(117, ' ');
    header += '\n';
    std::ofstream file(path, std::ios::binary);
    file.write("\x93NUMPY\x01\x00\x76\x00", 10);
    file.write(header.data(), static_cast<std::streamsize>(header.size()));
    std::vector<float> row(columns);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j)
            row[j] = static_cast<float>((i * 31 + j * 7) % 101) / 100.0F;
        file.write(reinterpret_cast<const char*>(row.data()), row_bytes);
    }
}

void read(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL);
    std::vector<char> buffer(std::size_t{1} << 20);
    std::uintmax_t left = std::filesystem::file_size(path);
    for (ssize_t count = 1; left > 0 && count > 0; left -= static_cast<std::uintmax_t>(count))
        count = std::max<ssize_t>(::read(file, buffer.data(), buffer.size()), 0);
    if (left > 0)
        throw std::runtime_error("cannot read " + path.string());
    ::close(file);
}

void read_rows(const std::filesystem::path& path) {
    std::vector<std::uint32_t> order(rows);
    std::iota(order.begin(), order.end(), 0u);
    random_sequence(seed{1}, draw_purpose::shuffle).shuffle(order);
    const int file = ::open(path.c_str(), O_RDONLY);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_RANDOM);
    std::vector<char> row(row_bytes);
    constexpr std::size_t ahead = 512;
    const auto place = [&](std::size_t i) {
        return static_cast<off_t>(numbers_place + order[i] * row_bytes);
    };
    for (std::size_t i = 0; i < rows + ahead; ++i) {
        if (i < rows)
            ::posix_fadvise(file, place(i), row_bytes, POSIX_FADV_WILLNEED);
        if (i >= ahead && ::pread(file, row.data(), row_bytes, place(i - ahead)) <= 0)
            throw std::runtime_error("cannot read a row");
    }
    ::close(file);
}

// Blocks of a megabyte, each asked for while the one before is read.
void read_blocks(const std::filesystem::path& path) {
    constexpr std::size_t block = std::size_t{1} << 20;
    std::vector<std::uint32_t> order(rows * row_bytes / block);
    std::iota(order.begin(), order.end(), 0u);
    random_sequence(seed{1}, draw_purpose::shuffle).shuffle(order);
    const int file = ::open(path.c_str(), O_RDONLY);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_RANDOM);
    std::vector<char> buffer(block);
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i + 1 < order.size())
            ::posix_fadvise(file, static_cast<off_t>(order[i + 1] * block), block, POSIX_FADV_WILLNEED);
        if (::pread(file, buffer.data(), block, static_cast<off_t>(order[i] * block)) <= 0)
            throw std::runtime_error("cannot read a block");
    }
    ::close(file);
}

template <std::size_t Columns, class Samples>
double train(const Samples& x, bool shuffle, std::size_t batch_size = 256, std::size_t shuffle_window = 0) {
    const std::vector<float> y(rows * columns / Columns, 1.0F);
    network<Columns> net{seed{1}};
    trainer teach{net, mean_squared_error, sgd{.learning_rate = 1e-5}};
    return bench::seconds([&] {
        teach.fit(x, y,
                  {.batch_size = batch_size,
                   .shuffle = shuffle,
                   .shuffle_window = shuffle_window,
                   .verbose = verbosity::silent,
                   .threads = bench::threads()});
    });
}

mapped_array map_short_rows(const std::filesystem::path& path) {
    return bedrock::internal::map_parts<float, false>(
        {{std::make_shared<const bedrock::mapped_file>(path), numbers_place, rows * columns}},
        {short_rows, short_columns}, 1);
}

} // namespace

int main(int count, char** arguments) {
    if (count != 3)
        throw std::invalid_argument("expected make|ordered|shuffled|windows|memory DIRECTORY");
    const std::filesystem::path path = std::filesystem::path(arguments[2]) / "rows.npy";
    const std::string mode = arguments[1];
    if (mode == "make") {
        make(path);
        return 0;
    }
    constexpr double megabytes = static_cast<double>(rows * row_bytes) / 1e6;
    if (mode == "memory") {
        std::printf("megabytes %.1f\n", megabytes / train<columns>(read_npy<float, 2>(path), false));
        return 0;
    }
    const bool shuffle = mode == "shuffled";
    const auto read_once = [&] {
        forget(path);
        return bench::seconds([&] {
            mode == "windows" ? read_blocks(path) : shuffle ? read_rows(path) : read(path);
        });
    };
    // In turn; before that once, for caches that the system knows nothing of.
    read_once();
    const double reading = read_once();
    forget(path);
    const double training = mode == "windows"
                                ? train<short_columns>(map_short_rows(path), true, 4096, window_rows)
                                : train<columns>(map_npy<float, 2>(path), shuffle);
    std::printf("megabytes %.1f\nreading %.1f\nof_reading %.3f\nmemory %.0f\n", megabytes / training,
                megabytes / reading, reading / training, bench::peak_megabytes());
}
