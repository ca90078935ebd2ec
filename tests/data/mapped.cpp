// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../failing_memory.hpp"
#include "says.hpp"
#include "temporary_directory.hpp"
#include <strata/data/frame_memory.hpp>
#include <strata/data/gathering.hpp>
#include <strata/data/idx_batches.hpp>
#include <strata/data/mapped_idx.hpp>
#include <strata/data/mapped_npy.hpp>
#include <strata/data/mapped_tensor.hpp>
#include <strata/data/npy.hpp>
#include <strata/data/safetensors_output.hpp>

#include <boost/test/unit_test.hpp>
#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <new>
#include <numeric>
#include <span>
#include <string>
#include <vector>

using namespace strata::bedrock;

namespace {
const temporary_directory directory;

template <class T>
xt::xtensor<T, 2> count_up() {
    xt::xtensor<T, 2> result(std::array{5UL, 3UL});
    std::iota(result.begin(), result.end(), T(1));
    return result;
}

/// What samples give from their element `first` on.
template <class Number = double>
std::vector<Number> numbers_of(const samples& from, std::size_t first = 0, std::size_t count = 15) {
    std::vector<Number> result(count);
    from.expect(first, count);
    from.read(first, count, result.data());
    return result;
}

const std::vector<double> counted{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

template <class T>
void check_idx() {
    const auto file = directory / "array.idx";
    write_idx(file, count_up<T>());
    const mapped_array found = map_idx<T, 2>(file);
    BOOST_TEST(found.shape() == (std::vector<std::size_t>{5, 3}), boost::test_tools::per_element());
    BOOST_TEST(numbers_of(found) == counted, boost::test_tools::per_element());
    BOOST_TEST(numbers_of<float>(found, 7, 2) == (std::vector{8.0F, 9.0F}), boost::test_tools::per_element());
    BOOST_TEST(numbers_of<std::int32_t>(found, 14, 1)[0] == 15);
    BOOST_TEST(static_cast<const samples&>(found).is_paged());
}
} // namespace

BOOST_AUTO_TEST_CASE(idx_files_of_all_types_are_read_as_they_are_needed) {
    check_idx<std::uint8_t>();
    check_idx<std::int8_t>();
    check_idx<std::int16_t>();
    check_idx<std::int32_t>();
    check_idx<float>();
    check_idx<double>();
}

BOOST_AUTO_TEST_CASE(bytes_of_a_file_are_scaled_and_lie_where_they_are) {
    const auto file = directory / "bytes.idx";
    write_idx(file, count_up<std::uint8_t>());
    const mapped_array found = map_idx<std::uint8_t, 2>(file, {.scale = 0.5F});
    BOOST_TEST(numbers_of<float>(found, 1, 2) == (std::vector{1.0F, 1.5F}), boost::test_tools::per_element());
    BOOST_TEST(static_cast<const samples&>(found).direct<std::uint8_t>() != nullptr);
    BOOST_TEST(static_cast<const samples&>(found).scale() == 0.5F);
}

BOOST_AUTO_TEST_CASE(npy_files_in_either_order_of_bytes_are_read_as_they_are_needed) {
    const auto file = directory / "array.npy";
    write_npy(file, count_up<float>());
    const mapped_array found = map_npy<float, 2>(file);
    BOOST_TEST(numbers_of(found) == counted, boost::test_tools::per_element());
    BOOST_TEST(static_cast<const samples&>(found).direct<float>() != nullptr);
    const mapped_array twice = map_npy<float, 2>(file, {.scale = 2});
    BOOST_TEST(numbers_of(twice, 1, 2) == (std::vector{4.0, 6.0}), boost::test_tools::per_element());

    const auto write = [](const std::string& type, const std::string& numbers) {
        const std::string text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (2,), }";
        return directory.write("other.npy", std::string("\x93NUMPY\x01\x00", 8) +
                                                static_cast<char>(text.size()) + '\0' + text + numbers);
    };
    const std::vector expected{1.0, -2.0};
    const auto big = map_npy<std::int16_t, 1>(write(">i2", std::string("\x00\x01\xff\xfe", 4)));
    BOOST_TEST(numbers_of(big, 0, 2) == expected, boost::test_tools::per_element());
    const auto half = map_npy<float, 1>(write("<f2", std::string("\x00\x3c\x00\xc0", 4)));
    BOOST_TEST(numbers_of(half, 0, 2) == expected, boost::test_tools::per_element());
    const auto big_half = map_npy<float, 1>(write(">f2", std::string("\x3c\x00\xc0\x00", 4)));
    BOOST_TEST(numbers_of(big_half, 0, 2) == expected, boost::test_tools::per_element());
}

namespace {
/// Pages of files that are this process's memory.
std::size_t file_pages() {
    std::ifstream file("/proc/self/statm");
    std::size_t size = 0, resident = 0, pages = 0;
    file >> size >> resident >> pages;
    return pages;
}
} // namespace

BOOST_AUTO_TEST_CASE(long_files_are_copied_and_take_no_memory) {
    constexpr std::size_t rows = 500, columns = 2000;
    xt::xtensor<float, 2> numbers(std::array{rows, columns});
    std::iota(numbers.begin(), numbers.end(), 0.0F);
    write_npy(directory / "long.npy", numbers);
    std::vector<std::filesystem::path> files;
    for (const std::size_t begin : {0UL, 300UL, 301UL}) {
        const std::size_t end = begin == 0 ? 300 : begin == 300 ? 301 : rows;
        files.push_back(directory / ("long-" + std::to_string(begin) + ".safetensors"));
        write_safetensors<float>(files.back(),
                                 {{"x",
                                   {end - begin, columns},
                                   std::span(numbers).subspan(begin * columns, (end - begin) * columns)}});
    }
    const std::array<mapped_array, 3> arrays{map_npy<float, 2>(directory / "long.npy"),
                                             map_tensor(files, "x"),
                                             map_npy<float, 2>(directory / "long.npy", {.scale = 0.5F})};
    const std::size_t known_pages = file_pages();
    std::vector<float> found(7 * columns);
    for (const mapped_array& array : arrays)
        for (int pass = 0; pass < 2; ++pass)
            for (std::size_t row = 0; row < rows; row += 7) {
                const samples& from = array;
                const std::size_t count = std::min(7UL, rows - row) * columns;
                internal::copy_elements(from, row * columns, count, found.data());
                const auto* const expected = numbers.data() + row * columns;
                const float scale = &array == &arrays[2] ? 0.5F : 1.0F;
                BOOST_REQUIRE(std::equal(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count),
                                         expected,
                                         [&](float one, float other) { return one == scale * other; }));
            }
    BOOST_TEST(file_pages() < known_pages + 100);
}

BOOST_AUTO_TEST_CASE(blocks_of_a_long_file_are_in_memory_that_is_used_again) {
    constexpr std::size_t rows = 5000, columns = 200;
    xt::xtensor<float, 2> numbers(std::array{rows, columns});
    std::iota(numbers.begin(), numbers.end(), 0.0F);
    write_npy(directory / "blocks.npy", numbers);
    constexpr std::size_t blocks = 10, size = rows * columns / blocks; // which begin within frames
    for (const float scale : {1.0F, 0.5F})
        for (const block_order order : {block_order::front_to_back, block_order::any}) {
            const mapped_array array = map_npy<float, 2>(directory / "blocks.npy", {.scale = scale});
            const samples& whole = array;
            const samples parts = whole.blockwise(order);
            BOOST_TEST((parts.pages() != whole.pages()));
            BOOST_TEST((parts.pages()->blockwise(order) == nullptr));
            const auto first = [&](std::size_t i) {
                return (order == block_order::any ? i * 3 % blocks : i) * size;
            };
            const auto is_found = [&](std::size_t begin) {
                std::vector<float> found(size);
                parts.read(begin, size, found.data());
                for (std::size_t k = 0; k < size; ++k)
                    if (found[k] != scale * numbers.data()[begin + k])
                        return false;
                return true;
            };
            for (int pass = 0; pass < 3; ++pass) {
                parts.pages()->expect_block(first(0), size);
                for (std::size_t i = 0; i < blocks; ++i) {
                    if (i + 1 < blocks)
                        parts.pages()->expect_block(first(i + 1), size);
                    parts.pages()->wait_for_block(first(i), size);
                    if (i > 0)
                        parts.pages()->drop_block(first(i - 1), size);
                    BOOST_TEST(is_found(first(i)));
                }
                parts.pages()->drop_block(first(blocks - 1), size);
                // What is in no frame is read from the file.
                BOOST_TEST(is_found(0));
            }
        }
}

// Two blocks have a part of a frame each, and memory may be short for the first of them alone.
BOOST_AUTO_TEST_CASE(blocks_for_which_memory_is_short_are_read_all_the_same) {
    constexpr std::size_t rows = 30, columns = 100'000, size = 2 * columns;
    xt::xtensor<std::uint8_t, 2> numbers(std::array{rows, columns});
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers.data()[i] = static_cast<std::uint8_t>(i % 251);
    write_npy(directory / "frames.npy", numbers);
    const mapped_array array = map_npy<std::uint8_t, 2>(directory / "frames.npy");
    std::vector<float> found(size);
    BOOST_TEST(count_failures([&] {
                   const samples parts = static_cast<const samples&>(array).blockwise(block_order::any);
                   for (std::size_t first = 0; first < numbers.size(); first += size)
                       parts.pages()->expect_block(first, size);
                   for (std::size_t first = 0; first < numbers.size(); first += size) {
                       parts.pages()->wait_for_block(first, size);
                       parts.read(first, size, found.data());
                       parts.pages()->drop_block(first, size);
                       BOOST_REQUIRE(std::equal(found.begin(), found.end(), numbers.data() + first));
                   }
                   if (memory_left < 1'000'000) // every request was made
                       return;
                   throw std::bad_alloc{};
               }) > 5);
}

BOOST_AUTO_TEST_CASE(frames_are_given_again) {
    internal::frame_memory memory;
    void* const one = memory.take();
    void* const other = memory.take();
    BOOST_TEST((one != nullptr && other != nullptr && one != other));
    memory.give_back(one);
    BOOST_TEST((memory.take() == one));
    std::vector<void*> all{one, other};
    for (int i = 0; i < 60; ++i)
        all.push_back(memory.take());
    std::sort(all.begin(), all.end());
    BOOST_TEST((std::adjacent_find(all.begin(), all.end()) == all.end()));
    for (void* const each : all)
        memory.give_back(each);
    BOOST_TEST((memory.take() == all.back()));
}

BOOST_AUTO_TEST_CASE(shards_are_one_array) {
    std::vector<std::filesystem::path> files;
    std::vector<double> expected;
    for (const std::size_t rows : {2UL, 0UL, 3UL, 1UL}) {
        std::vector<float> numbers(rows * 3);
        for (float& each : numbers) {
            expected.push_back(0.5 * static_cast<double>(expected.size()));
            each = static_cast<float>(expected.back());
        }
        files.push_back(directory / ("part-" + std::to_string(files.size()) + ".safetensors"));
        const std::vector seven{7.0F};
        write_safetensors<float>(files.back(), {{"y", {1}, seven}, {"x", {rows, 3}, numbers}});
    }
    const mapped_array found = map_tensor(files, "x");
    BOOST_TEST(found.shape() == (std::vector<std::size_t>{6, 3}), boost::test_tools::per_element());
    for (std::size_t first = 0; first <= 18; ++first)
        for (std::size_t count = 0; first + count <= 18; ++count) {
            const auto place = expected.begin() + static_cast<std::ptrdiff_t>(first);
            BOOST_TEST(numbers_of(found, first, count) ==
                           std::vector<double>(place, place + static_cast<std::ptrdiff_t>(count)),
                       boost::test_tools::per_element());
        }
    BOOST_TEST(numbers_of(map_tensor(files[0], "y"), 0, 1)[0] == 7.0);
    BOOST_CHECK_EXCEPTION((void)map_tensor(files, "z"), data_error, says("expected a tensor \"z\", found"));
    const std::vector two{1.0F, 2.0F};
    write_safetensors<float>(files[1], {{"x", {1, 2}, two}});
    BOOST_CHECK_EXCEPTION(
        (void)map_tensor(files, "x"), data_error,
        says({"part-1", "expected the type and the shape of samples in", "part-0", "found F32 of 1 x 2"}));
    BOOST_CHECK_EXCEPTION((void)map_tensor(std::vector<std::filesystem::path>{}, "x"), data_error,
                          says("map_tensor: expected a file at least, found none"));
}

BOOST_AUTO_TEST_CASE(an_index_names_the_file_of_a_tensor) {
    const std::vector one{1.0F, 2.0F}, other{3.0F};
    write_safetensors<float>(directory / "first.safetensors", {{"x", {2}, one}});
    write_safetensors<float>(directory / "second.safetensors", {{"y", {1}, other}});
    const auto index = [](const std::string& text) {
        return directory.write("model.safetensors.index.json", text);
    };
    const auto file = index(R"({"metadata": {"total_size": 12}, "weight_map": {
        "y": "second.safetensors", "x": "first.safetensors", "z": "third.safetensors",
        "w": "first.safetensors"}})");
    BOOST_TEST(numbers_of(map_tensor(file, "x"), 0, 2) == (std::vector{1.0, 2.0}),
               boost::test_tools::per_element());
    BOOST_TEST(numbers_of(map_tensor(file, "y"), 0, 1)[0] == 3.0);
    const auto refuses = [](const std::filesystem::path& path, const char* name,
                            const std::vector<std::string>& texts) {
        for (const std::string& text : texts)
            BOOST_CHECK_EXCEPTION((void)map_tensor(path, name), data_error, says(text.c_str()));
    };
    refuses(file, "v", {"index.json: expected a tensor \"v\", found only \"w\", \"x\", \"y\", \"z\""});
    refuses(
        file, "z",
        {"expected the file \"third.safetensors\" beside it, which has the tensor \"z\"", "no such file"});
    refuses(file, "w", {"first.safetensors: expected a tensor \"w\", found only \"x\""});
    refuses(index("{\"weight_map\": 7}"), "x", {"expected \"weight_map\", an object"});
    refuses(index("[]"), "x", {"expected \"weight_map\", an object"});
    refuses(index("{\"weight_map\": {\"x\": 7}}"), "x", {"expected a file's name for the tensor \"x\""});
    refuses(index("{\"weight_map\": {\"x\": [\"a\"]}}"), "x", {"a file's name for the tensor \"x\""});
    refuses(index("{\"weight_map\": {\"x\": \"a\\u0000b\"}}"), "x", {"a file's name for the tensor \"x\""});
    refuses(index("{\"weight_map\": []}"), "x", {"expected \"weight_map\", an object"});
    refuses(index("{\"weight_map\": {\"x\": \"" + std::string(300, 'a') + "\"}}"), "x",
            {"File name too long"});
    refuses(index(std::string("{\"weight_map\": {}}\0 7", 21)), "x",
            {"at byte 18: expected the end of the index, found a byte of zero"});
    refuses(index("{\"weight_map\": {\"x\": \"a\", \"x\": \"a\"}}"), "x", {"found \"x\" again"});
    refuses(index("{\"weight_map\": ,"), "x", {"at byte 15: expected JSON, found \",\" (Invalid value.)"});
}

BOOST_AUTO_TEST_CASE(a_source_gives_the_rows_of_a_share) {
    xt::xtensor<std::uint8_t, 1> labels(std::array{5UL});
    std::iota(labels.begin(), labels.end(), std::uint8_t{1});
    write_idx(directory / "x.idx", count_up<std::uint8_t>());
    write_idx(directory / "y.idx", labels);
    write_idx(directory / "y.idx.gz", labels);
    auto source = idx_batches<2>(directory / "x.idx", directory / "y.idx", {.batch_size = 3});
    const auto rows_of = [&](const row_share& share) {
        std::vector<std::vector<double>> result;
        BOOST_TEST(source.choose_rows(share) == (share.machines > 1));
        source.begin(0);
        while (const labelled_samples* const batch = source.next()) {
            const std::size_t whole = source.batch_rows();
            const row_share::range part = share.rows(whole);
            result.push_back({static_cast<double>(whole)});
            for (std::size_t row = 0; row < part.end - part.begin; ++row) {
                result.back().push_back(numbers_of(batch->y[0], row, 1)[0]);
                BOOST_TEST(numbers_of<std::int32_t>(batch->x[0], 3 * row, 1).size() == 1);
                BOOST_TEST(numbers_of(batch->x[0], 3 * row, 1)[0] * 255 == 3 * result.back().back() - 2,
                           boost::test_tools::tolerance(1e-6));
            }
        }
        return result;
    };
    using lists = std::vector<std::vector<double>>;
    BOOST_TEST((rows_of({0, 2, 2}) == lists{{3, 1, 2}, {2}}));
    BOOST_TEST((rows_of({1, 2, 2}) == lists{{3, 3}, {2, 4, 5}}));
    BOOST_TEST((rows_of({}) == lists{{0}, {0}}));
    auto packed = idx_batches<2>(directory / "x.idx", directory / "y.idx.gz", {.batch_size = 3});
    BOOST_TEST(!packed.choose_rows({0, 2, 2}));
}

BOOST_AUTO_TEST_CASE(files_that_do_not_fit_are_refused) {
    BOOST_CHECK_EXCEPTION(((void)map_idx<float, 2>(directory / "none")), data_error,
                          says("expected a file, found nothing of this name"));
    BOOST_CHECK_EXCEPTION(mapped_file(directory / "none"), data_error,
                          says("none: expected a file that can be mapped into memory, found No such file"));
    const auto packed = directory / "array.idx.gz";
    write_idx(packed, count_up<float>());
    BOOST_CHECK_EXCEPTION(((void)map_idx<float, 2>(packed)), data_error,
                          says("expected the two zero bytes that begin an IDX file, found 31 and 139"));
    const auto file = directory / "short.idx";
    write_idx(file, count_up<float>());
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
    BOOST_CHECK_EXCEPTION(((void)map_idx<float, 2>(file)), data_error, says("found 59"));
    write_npy(directory / "array.npy", count_up<float>());
    BOOST_CHECK_EXCEPTION(((void)map_npy<double, 2>(directory / "array.npy")), data_error,
                          says("expected elements of type <f8"));
}
