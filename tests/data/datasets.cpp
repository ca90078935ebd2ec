// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/datasets.hpp>

#include "says.hpp"
#include "temporary_directory.hpp"

#include <cstdlib>
#include <numeric>

using strata::data_error;
using strata::write_idx;
namespace datasets = strata::datasets;

namespace {
using images = xt::xtensor<std::uint8_t, 3>;
using labels = xt::xtensor<std::uint8_t, 1>;

/// A data set of three and two images of 2 x 2 pixels.
void write_tiny(const std::filesystem::path& directory, const std::string& ending = "") {
    write_idx(directory / ("train-images-idx3-ubyte" + ending),
              images{{{0, 1}, {2, 3}}, {{4, 5}, {6, 7}}, {{8, 9}, {10, 255}}});
    write_idx(directory / ("train-labels-idx1-ubyte" + ending), labels{3, 1, 4});
    write_idx(directory / ("t10k-images-idx3-ubyte" + ending), images{{{9, 8}, {7, 6}}, {{5, 4}, {3, 2}}});
    write_idx(directory / ("t10k-labels-idx1-ubyte" + ending), labels{2, 7});
}

/// A variable of the environment for as long as the object lives.
class variable {
public:
    variable(const char* name, const char* value) : name_(name) {
        if (const char* old = std::getenv(name))
            old_ = old;
        set(value);
    }
    ~variable() { set(old_ ? old_->c_str() : nullptr); }
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;

private:
    void set(const char* value) { value != nullptr ? setenv(name_, value, 1) : unsetenv(name_); }
    const char* name_;
    std::optional<std::string> old_;
};

std::array<std::size_t, 10> histogram(const labels& y) {
    std::array<std::size_t, 10> result{};
    for (const auto label : y)
        ++result.at(label);
    return result;
}
} // namespace

BOOST_AUTO_TEST_CASE(four_files_plain_or_packed) {
    for (const char* ending : {"", ".gz"}) {
        const temporary_directory directory;
        write_tiny(directory.path(), ending);
        const auto [train, test] = datasets::read_images(directory.path());
        BOOST_TEST((train.x.shape() == std::array<std::size_t, 3>{3, 2, 2}));
        BOOST_TEST(train.x(2, 1, 1) == 1.0f);
        BOOST_TEST((train.y == labels{3, 1, 4}));
        BOOST_TEST((test.x.values == images{{{9, 8}, {7, 6}}, {{5, 4}, {3, 2}}}));
        BOOST_TEST((test.y == labels{2, 7}));
    }
}

BOOST_AUTO_TEST_CASE(the_argument_comes_first_then_the_variable) {
    const temporary_directory first, second;
    write_tiny(first.path());
    write_tiny(second.path());
    write_idx(second / "t10k-labels-idx1-ubyte", labels{5, 5});
    const variable mnist("STRATA_MNIST", second.path().c_str());
    const variable fashion("STRATA_FASHION_MNIST", second.path().c_str());
    BOOST_TEST((datasets::mnist(first.path()).test.y == labels{2, 7}));
    BOOST_TEST((datasets::fashion_mnist(first.path()).test.y == labels{2, 7}));
    BOOST_TEST((datasets::mnist().test.y == labels{5, 5}));
    BOOST_TEST((datasets::fashion_mnist().test.y == labels{5, 5}));
}

BOOST_AUTO_TEST_CASE(a_place_that_was_named_is_not_passed_over) {
    const temporary_directory empty;
    const auto missing = says({empty.path().string(), "expected the file train-images-idx3-ubyte or "
                                                      "train-images-idx3-ubyte.gz, found neither"});
    BOOST_CHECK_EXCEPTION((void)datasets::fashion_mnist(empty.path()), data_error, missing);
    const variable mnist("STRATA_MNIST", empty.path().c_str());
    const variable fashion("STRATA_FASHION_MNIST", empty.path().c_str());
    BOOST_CHECK_EXCEPTION((void)datasets::mnist(), data_error, missing);
    BOOST_CHECK_EXCEPTION((void)datasets::fashion_mnist(), data_error, missing);
    BOOST_CHECK_EXCEPTION((void)datasets::mnist(empty / "absent"), data_error,
                          says({(empty / "absent").string(), "expected a directory, found nothing"}));
    BOOST_CHECK_EXCEPTION((void)datasets::mnist(empty.write("file", "")), data_error, says("found a file"));
    BOOST_CHECK_EXCEPTION((void)datasets::mnist(std::filesystem::path{}), data_error,
                          says("expected a directory"));

    const temporary_directory partial;
    write_tiny(partial.path());
    std::filesystem::remove(partial / "t10k-labels-idx1-ubyte");
    BOOST_CHECK_EXCEPTION((void)datasets::mnist(partial.path()), data_error,
                          says("the file t10k-labels-idx1-ubyte or"));
}

BOOST_AUTO_TEST_CASE(what_is_nowhere_gets_advice) {
    for (const char* unset : {static_cast<const char*>(nullptr), ""}) {
        const variable mnist("STRATA_MNIST", unset);
        const variable fashion("STRATA_FASHION_MNIST", unset);
        BOOST_CHECK_EXCEPTION((void)datasets::mnist(), data_error,
                              says({"MNIST: ", "STRATA_MNIST (not set)",
                                    "four IDX files (train-images-idx3-ubyte", "set STRATA_MNIST to it"}));
        auto location = strata::bedrock::internal::fashion_mnist_location();
        location.packaged = "/absent/fashion-mnist";
        BOOST_CHECK_EXCEPTION(
            (void)strata::bedrock::internal::find_dataset(location, {}), data_error,
            says({"Fashion-MNIST: ", "STRATA_FASHION_MNIST (not set)", "/absent/fashion-mnist (not there)",
                  "apt-get install dataset-fashion-mnist"}));
    }
}

BOOST_AUTO_TEST_CASE(files_that_do_not_fit_together) {
    const temporary_directory directory;
    write_tiny(directory.path());
    write_idx(directory / "train-labels-idx1-ubyte", labels{1, 2});
    BOOST_CHECK_EXCEPTION((void)datasets::mnist(directory.path()), data_error,
                          says({"train-labels-idx1-ubyte: expected 3 labels, one for each image in",
                                "train-images-idx3-ubyte, found 2"}));
    write_tiny(directory.path());
    write_idx(directory / "t10k-images-idx3-ubyte", xt::xtensor<std::uint8_t, 2>{{1, 2}, {3, 4}});
    BOOST_CHECK_EXCEPTION(
        (void)datasets::mnist(directory.path()), data_error,
        says("t10k-images-idx3-ubyte, at byte 3: expected an array of rank 3, found rank 2"));
    write_idx(directory / "t10k-images-idx3-ubyte", images{{{1}}, {{2}}});
    BOOST_CHECK_EXCEPTION((void)datasets::mnist(directory.path()), data_error,
                          says("expected test images of 2 x 2 pixels as for training, found 1 x 1"));
    write_tiny(directory.path());
    write_idx(directory / "train-images-idx3-ubyte", images(std::array<std::size_t, 3>{0, 2, 2}));
    BOOST_CHECK_EXCEPTION((void)datasets::mnist(directory.path()), data_error,
                          says("train-images-idx3-ubyte: expected images, found an array of 0 x 2 x 2"));
}

BOOST_AUTO_TEST_CASE(the_real_fashion_mnist) {
    if (!std::filesystem::exists(strata::bedrock::internal::fashion_mnist_location().packaged)) {
        BOOST_TEST_MESSAGE("skipped: Debian's package dataset-fashion-mnist is not installed");
        return;
    }
    const variable unset("STRATA_FASHION_MNIST", nullptr);
    const auto [train, test] = datasets::fashion_mnist();
    BOOST_TEST((train.x.shape() == std::array<std::size_t, 3>{60000, 28, 28}));
    BOOST_TEST((test.x.shape() == std::array<std::size_t, 3>{10000, 28, 28}));
    BOOST_TEST((test.y.size() == 10000));
    for (const auto count : histogram(train.y))
        BOOST_TEST(count == 6000u);
    for (const auto count : histogram(test.y))
        BOOST_TEST(count == 1000u);
    BOOST_TEST(datasets::fashion_mnist_classes[train.y(0)] == "Ankle boot");
    BOOST_TEST(train.class_names[train.y(1)] == "T-shirt/top");
    BOOST_TEST((test.class_names == train.class_names));
    // The mean of the training pixels that everybody normalizes with.
    const auto sum = std::accumulate(train.x.values.begin(), train.x.values.end(), std::uint64_t{0});
    BOOST_TEST(static_cast<double>(sum) / 255 / 47040000 == 0.2860, boost::test_tools::tolerance(2e-4));
}

BOOST_AUTO_TEST_CASE(the_real_mnist) {
    if (const char* place = std::getenv("STRATA_MNIST"); place == nullptr || *place == '\0') {
        BOOST_TEST_MESSAGE("skipped: STRATA_MNIST is not set");
        return;
    }
    const auto [train, test] = datasets::mnist();
    BOOST_TEST((train.x.shape() == std::array<std::size_t, 3>{60000, 28, 28}));
    BOOST_TEST((test.x.shape() == std::array<std::size_t, 3>{10000, 28, 28}));
    BOOST_TEST((histogram(train.y) ==
                std::array<std::size_t, 10>{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}));
    const auto sum = std::accumulate(train.x.values.begin(), train.x.values.end(), std::uint64_t{0});
    BOOST_TEST(static_cast<double>(sum) / 255 / 47040000 == 0.1307, boost::test_tools::tolerance(4e-4));
}
