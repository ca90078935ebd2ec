// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../error_message.hpp"
#include <strata/plot/classes.hpp>
#include <strata/plot/confusion.hpp>
#include <strata/plot/fitted.hpp>
#include <strata/plot/images.hpp>
#include <strata/plot/training.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>

using namespace strata::bedrock;

namespace {

struct temporary_folder {
    std::filesystem::path path;
    temporary_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "strata-plot-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("no temporary folder");
        path = name;
    }
    ~temporary_folder() { std::filesystem::remove_all(path); }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
};

std::string contents(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// Width and height as a PNG file's first bytes tell.
std::pair<unsigned, unsigned> png_size(const std::filesystem::path& file) {
    const std::string bytes = contents(file);
    BOOST_REQUIRE(bytes.size() > 1000);
    BOOST_TEST(bytes.substr(1, 3) == "PNG");
    const auto number = [&](std::size_t offset) {
        unsigned result = 0;
        for (std::size_t i = 0; i < 4; ++i)
            result = 256 * result + static_cast<unsigned char>(bytes[offset + i]);
        return result;
    };
    return {number(16), number(20)};
}

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto offset = text.find(part); offset != std::string::npos; offset = text.find(part, offset + 1))
        ++count;
    return count;
}

const std::vector<double> heights{174, 152, 138, 128, 186};
const std::vector<double> masses{71, 55, 46, 38, 88};

} // namespace

BOOST_AUTO_TEST_CASE(a_figure_becomes_a_png_of_its_size) {
    const temporary_folder directory;
    plot::figure("Heights", {640, 480}).scatter(heights, masses, "people").save(directory.path / "a.png");
    BOOST_TEST((png_size(directory.path / "a.png") == std::pair{640u, 480u}));
}

BOOST_AUTO_TEST_CASE(an_svg_holds_every_point_and_text_literally) {
    const temporary_folder directory;
    plot::fitted_line(heights, masses, masses, "it's 100 % \"m_1\" {x}^2 é")
        .axes("height_cm", "weight")
        .save(directory.path / "a.svg");
    const std::string svg = contents(directory.path / "a.svg");
    BOOST_TEST(occurrences(svg, "it's 100 % \"m_1\" {x}^2 é") + occurrences(svg, "it&apos;s") > 0u);
    BOOST_TEST(occurrences(svg, "height_cm") == 1u);
    BOOST_TEST(occurrences(svg, "fitted") >= 1u);
    BOOST_TEST(occurrences(svg, "<use xlink:href='#gpPt6'") == 5u + 1u); // and one in the legend
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_leave_gaps) {
    const temporary_folder directory;
    std::vector<double> gap = masses;
    gap[2] = std::numeric_limits<double>::quiet_NaN();
    plot::figure().scatter(heights, gap).save(directory.path / "a.svg");
    BOOST_TEST(occurrences(contents(directory.path / "a.svg"), "<use xlink:href='#gpPt6'") == 4u);
}

BOOST_AUTO_TEST_CASE(what_has_no_place_is_left_out) {
    const temporary_folder directory;
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    // A training that diverged at once, and a score that an epoch lacks.
    history record;
    for (int epoch = 1; epoch <= 4; ++epoch) {
        scores epoch_scores;
        epoch_scores.set("loss", nan);
        if (epoch % 2 == 0)
            epoch_scores.set("extra", epoch);
        record.add(epoch_scores);
    }
    BOOST_TEST((record["extra"] == std::vector<double>{2, 4}));
    plot::training_curves(record, directory.path / "training.svg");
    BOOST_TEST(occurrences(contents(directory.path / "training.svg"), "extra") >= 1u);
    // A line goes from left to right whatever rows have no place.
    std::vector<double> x, y;
    for (int i = 0; i < 40; ++i) {
        x.push_back(i % 5 == 0 ? nan : 17 * i % 40);
        y.push_back(x.back());
    }
    const std::string panel = plot::fitted_line(x, y, y).panel();
    std::istringstream line(panel.substr(panel.find("$series1 << end_of_data\n") + 24));
    double last = -1, first = 0, second = 0;
    std::size_t count = 0;
    for (; line >> first >> second; ++count) {
        BOOST_TEST(first > last);
        last = first;
    }
    BOOST_TEST(count == 32u);
}

BOOST_AUTO_TEST_CASE(a_class_has_its_colour_and_its_name) {
    const temporary_folder directory;
    const std::vector<double> points{0, 0, 1, 1, 0, 1, 1, 0};
    const std::vector<int> labels{0, 2, 0, 2};
    plot::decision_boundary([](double x, double) { return x > 0.5 ? 2 : 0; }, points, labels,
                            directory.path / "boundary.svg");
    const std::string boundary = contents(directory.path / "boundary.svg");
    BOOST_TEST(occurrences(boundary, "rgb(  0, 158, 115)") > 0u);  // of class 2
    BOOST_TEST(occurrences(boundary, "rgb(213,  94,   0)") == 0u); // of class 1, which there is not
    const std::vector<int> counts{5, 1, 2, 7};
    const std::vector<std::string> names{"below 50%", "100%g wool"};
    plot::confusion(counts, names, directory.path / "confusion.svg");
    const std::string confusion = contents(directory.path / "confusion.svg");
    BOOST_TEST(occurrences(confusion, "below 50%<") == 2u);
    BOOST_TEST(occurrences(confusion, "100%g wool") == 2u);
}

BOOST_AUTO_TEST_CASE(marks_without_points_colour_nothing) {
    const std::vector<double> points{1, 2, 3};
    const std::vector<double> none;
    const auto panel = [&] { return plot::figure{}.scatter(points, points, "points"); };
    BOOST_TEST(panel().marks(none, none, "none").panel() == panel().panel());
    BOOST_TEST(panel().marks(points, points).panel().find("lc rgb '#000000'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_kind_of_picture_is_drawn) {
    const temporary_folder directory;
    history record;
    for (int epoch = 0; epoch < 4; ++epoch) {
        scores epoch_scores;
        epoch_scores.set("loss", 1.0 / (epoch + 1));
        epoch_scores.set("accuracy", 0.5 + 0.1 * epoch);
        epoch_scores.set("val_loss", 1.1 / (epoch + 1));
        record.add(epoch_scores);
    }
    plot::training_curves(record, directory.path / "training.png");
    BOOST_TEST((png_size(directory.path / "training.png") == std::pair{1200u, 450u})); // two panels

    const std::vector<float> images(3 * 4 * 5, 0.5f);
    const std::vector<std::string> captions{"one", "two", "three"};
    plot::image_grid(images, 4, 5, captions, directory.path / "images.svg");
    BOOST_TEST(occurrences(contents(directory.path / "images.svg"), "three") == 1u);

    const std::vector<double> points{0, 0, 1, 1, 0, 1};
    const std::vector<int> labels{0, 1, 1};
    const std::vector<double> centers{0, 0, 0.5, 1};
    plot::clusters(points, labels, centers, directory.path / "clusters.svg");
    BOOST_TEST(occurrences(contents(directory.path / "clusters.svg"), "cluster 1") >= 1u);
    plot::decision_boundary([](double x, double) { return x > 0.5 ? 1 : 0; }, points, labels,
                            directory.path / "boundary.png");
    BOOST_TEST(png_size(directory.path / "boundary.png").first == 800u);

    const std::vector<int> counts{5, 1, 2, 7};
    const std::vector<std::string> names{"cat_1", "dog"};
    plot::confusion(counts, names, directory.path / "confusion.svg");
    BOOST_TEST(occurrences(contents(directory.path / "confusion.svg"), "cat_1") == 2u); // both axes
    plot::predicted_against_actual(masses, heights).save(directory.path / "against.png");
    BOOST_TEST((png_size(directory.path / "against.png") == std::pair{700u, 700u}));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    const temporary_folder directory;
    const std::vector<double> two{1, 2};
    const std::vector<std::string> names{"a"};
    BOOST_TEST(error_message([&] { plot::figure().scatter(heights, two, "people"); }) ==
               "plot: 'people' has 5 x and 2 y");
    BOOST_TEST(error_message([&] { plot::figure().save(directory.path / "a.png"); }) ==
               "plot: the figure has no data");
    BOOST_TEST(error_message([&] { plot::figure().scatter(two, two).save("a.pdf"); }) ==
               "plot: a.pdf: expected a name that ends in .png or .svg, found '.pdf'");
    const auto missing = directory.path / "no" / "a.png";
    BOOST_TEST(error_message([&] { plot::figure().scatter(two, two).save(missing); }) ==
               "plot: " + missing.string() + ": cannot be written");
    BOOST_TEST(error_message([&] { plot::image_grid(two, 1, 2, names, directory.path / "b.png"); }) ==
               "no error");
    BOOST_TEST(error_message([&] { plot::image_grid(two, 1, 1, names, "a.png"); }) ==
               "plot: there are 2 images and 1 captions");
    BOOST_TEST(error_message([&] { plot::clusters(two, two, two, "a.png"); }) ==
               "plot: there are 1 points and 2 labels");
    BOOST_TEST(error_message([&] { plot::confusion(two, names, "a.png"); }) ==
               "plot: the confusion matrix has 2 rows, there are 1 class names");
    BOOST_TEST(error_message([&] { plot::confusion(two, {}, "a.png"); }) == "plot: there are no class names");
    const std::vector<double> overflowing{1, 2, 3, HUGE_VAL};
    const std::vector<std::string> two_names{"a", "b"};
    BOOST_TEST(error_message([&] { plot::confusion(overflowing, two_names, "a.png"); }) ==
               "plot: the confusion matrix is not finite at row 1, column 1");
    BOOST_TEST(error_message([&] { plot::image_grid(two, 0, 5, names, "a.png"); }) ==
               "plot: there are no images to draw");
    BOOST_TEST(error_message([&] { plot::training_curves({}, "a.png"); }) ==
               "plot: the history has no epochs");
    BOOST_TEST(error_message([&] {
                   plot::internal::run_gnuplot("plot nonsense\n");
               }).starts_with("plot: gnuplot fails: "));

    // A picture that cannot be drawn leaves the one before.
    plot::figure().scatter(two, two).save(directory.path / "kept.svg");
    const auto contents = [&] {
        std::ifstream in(directory.path / "kept.svg");
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const std::string before = contents();
    BOOST_TEST(error_message([&] {
                   plot::internal::draw(directory.path / "kept.svg", {400, 300}, "plot nonsense\n");
               }).starts_with("plot: gnuplot fails: "));
    BOOST_TEST(contents() == before);
    BOOST_TEST(!std::filesystem::exists(directory.path / "kept.unfinished.svg"));
    // Shares of one, whose larger ones are written in white.
    const std::vector<double> shares{0.95, 0.05, 0.1, 0.9};
    plot::confusion(shares, two_names, directory.path / "kept.svg");
    const std::string drawn = contents();
    BOOST_TEST(drawn.find(">0.05<") != drawn.npos);
    const auto color_of = [&](const std::string& text) {
        const std::size_t place = drawn.find(">" + text + "<");
        const std::size_t fill = drawn.rfind("fill=\"", place);
        return drawn.substr(fill, drawn.find('"', fill + 6) - fill);
    };
    BOOST_TEST(color_of("0.95") == color_of("0.9"));
    BOOST_TEST(color_of("0.95") != color_of("0.05"));
}

// A process that starts meanwhile would keep gnuplot waiting for more of its script.
BOOST_AUTO_TEST_CASE(nobody_inherits_the_pipe_of_a_script) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(plot::internal::open_pipe(ends) == 0);
    for (const int end : ends) {
        BOOST_TEST((fcntl(end, F_GETFD) & FD_CLOEXEC) != 0);
        close(end);
    }
}

BOOST_AUTO_TEST_CASE(a_missing_gnuplot_is_named_with_its_package) {
    const temporary_folder directory;
    const std::string search_path = std::getenv("PATH");
    setenv("PATH", directory.path.c_str(), 1);
    const std::string output =
        error_message([&] { plot::figure().scatter(heights, masses).save(directory.path / "a.png"); });
    setenv("PATH", search_path.c_str(), 1);
    BOOST_TEST(output == "plot: gnuplot is not installed: the Debian package is gnuplot-nox");
    BOOST_TEST(!std::filesystem::exists(directory.path / "a.png"));
}
