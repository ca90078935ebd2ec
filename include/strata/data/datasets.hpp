// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/error.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/idx.hpp>
#include <strata/data/labelled_arrays.hpp>
#include <strata/data/scaled_bytes.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Grey images, x: [samples, height, width], and what is on them, y: [samples].
using labelled_images = labelled_arrays<scaled_bytes<3>, xt::xtensor<std::uint8_t, 1>>;

struct image_dataset {
    labelled_images train, test;
};

namespace internal {

[[gnu::noinline]] inline std::vector<std::string> strings_of(std::span<const std::string_view> texts) {
    std::vector<std::string> strings(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i)
        strings[i].assign(texts[i].data(), texts[i].size());
    return strings;
}
inline image_dataset name_classes(image_dataset set, std::span<const std::string_view> names) {
    set.train.class_names = strings_of(names);
    set.test.class_names = strings_of(names);
    return set;
}

/// Where a data set is looked for when the program names no directory.
struct dataset_location {
    std::string_view name;
    const char* variable; ///< the environment variable that names a directory
    /// Where a package puts it; empty if no package has it.
    std::filesystem::path packaged;
    std::string_view advice; ///< what a user without the data can do, for the error message
};

inline dataset_location mnist_location() {
    return {.name = "MNIST",
            .variable = "STRATA_MNIST",
            .packaged = {},
            .advice = "put the four IDX files (train-images-idx3-ubyte, train-labels-idx1-ubyte, "
                      "t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each plain or with .gz) into a "
                      "directory and set STRATA_MNIST to it"};
}

inline dataset_location fashion_mnist_location() {
    return {.name = "Fashion-MNIST",
            .variable = "STRATA_FASHION_MNIST",
            .packaged = "/usr/share/datasets/fashion-mnist",
            .advice =
                "apt-get install dataset-fashion-mnist, or set STRATA_FASHION_MNIST to a directory with "
                "the four IDX files"};
}

/// A file of a data set, plain or packed; the plain one, which reads faster, if both are there.
inline std::filesystem::path dataset_file(const std::filesystem::path& directory, const std::string& name) {
    std::error_code error;
    for (const char* ending : {"", ".gz"})
        if (auto file = directory / concatenate(name, ending); std::filesystem::exists(file, error))
            return file;
    raise(data_error::in_file(directory, concatenate("the file ", name, " or ", name, ".gz"), "neither"));
}

inline labelled_images read_labelled_images(const std::filesystem::path& directory, const std::string& part) {
    const auto image_file = dataset_file(directory, concatenate(part, "-images-idx3-ubyte"));
    const auto label_file = dataset_file(directory, concatenate(part, "-labels-idx1-ubyte"));
    labelled_images result{{read_idx<std::uint8_t, 3>(image_file)}, read_idx<std::uint8_t, 1>(label_file)};
    if (result.x.size() == 0)
        raise(data_error::in_file(image_file, "images",
                                  concatenate("an array of ", extents_text(result.x.shape()))));
    if (result.x.shape(0) != result.y.size())
        raise(data_error::in_file(
            label_file,
            concatenate(result.x.shape(0), " labels, one for each image in ", image_file.string()),
            concatenate(result.y.size())));
    return result;
}

inline std::filesystem::path find_dataset(const dataset_location& location,
                                          const std::optional<std::filesystem::path>& directory) {
    if (directory)
        return *directory;
    const char* value = std::getenv(location.variable);
    if (value != nullptr && *value != '\0')
        return value;
    std::error_code error;
    if (!location.packaged.empty() && std::filesystem::exists(location.packaged, error))
        return location.packaged;
    std::string attempts = concatenate("the environment variable ", location.variable, " (not set)");
    if (!location.packaged.empty())
        attempts = concatenate(attempts, " and ", location.packaged.string(), " (not there)");
    raise(data_error{concatenate(location.name, ": expected a directory, found none; tried ", attempts, "; ",
                                 location.advice)});
}

} // namespace internal

namespace datasets {

/// Reads the four IDX files of MNIST or a data set of its form: train-images-idx3-ubyte,
/// train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each plain or with .gz.
/// data_error names a file that is missing or broken, and images and labels, or training and test images,
/// that do not fit together.
[[nodiscard]] inline image_dataset read_images(const std::filesystem::path& directory) {
    std::error_code error;
    if (!std::filesystem::is_directory(directory, error))
        internal::raise(data_error::in_file(
            directory, "a directory",
            std::filesystem::exists(directory, error) ? "a file" : "nothing of this name"));
    image_dataset result{internal::read_labelled_images(directory, "train"),
                         internal::read_labelled_images(directory, "t10k")};
    const auto &train = result.train.x, &test = result.test.x;
    if (train.shape(1) != test.shape(1) || train.shape(2) != test.shape(2))
        internal::raise(data_error::in_file(directory,
                                            internal::concatenate("test images of ", train.shape(1), " x ",
                                                                  train.shape(2), " pixels as for training"),
                                            internal::concatenate(test.shape(1), " x ", test.shape(2))));
    return result;
}

/// What the labels of Fashion-MNIST mean.
inline constexpr std::array<std::string_view, 10> fashion_mnist_classes{
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"};

/// MNIST, handwritten digits: `auto [train, test] = datasets::mnist();` with 60000 and 10000 images of 28
/// x 28 and the names of the classes, `train.class_names`. From `directory`, or else from the one that the
/// environment variable STRATA_MNIST names.
[[nodiscard]] inline image_dataset mnist(const std::optional<std::filesystem::path>& directory = {}) {
    constexpr std::array<std::string_view, 10> digits{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    return internal::name_classes(read_images(internal::find_dataset(internal::mnist_location(), directory)),
                                  {digits.data(), digits.size()});
}

/// Fashion-MNIST, articles of Zalando's, in the form of MNIST. From `directory`, or else from the one that
/// the environment variable STRATA_FASHION_MNIST names, or else from Debian's package dataset-fashion-mnist.
[[nodiscard]] inline image_dataset fashion_mnist(const std::optional<std::filesystem::path>& directory = {}) {
    return internal::name_classes(
        read_images(internal::find_dataset(internal::fashion_mnist_location(), directory)),
        {fashion_mnist_classes.data(), fashion_mnist_classes.size()});
}

} // namespace datasets
} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
namespace datasets = bedrock::datasets;
using bedrock::image_dataset;
using bedrock::labelled_images;
} // namespace strata

STRATA_HEADER_END
