// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// Where the cases are exported (tests/onnx), nothing is computed here.
#ifdef STRATA_EXPORTED_CASES
#    include "../onnx/exported_case.hpp"
#endif

#include "../data/temporary_directory.hpp"

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>
#include <strata/model/training_pass.hpp>
#include <strata/model/update.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

/// Layers beside PyTorch's: outputs in training and in prediction, gradients by inputs and by parameters, and
/// new moving averages. A case is a line, `AGREES(input<9, 9, 3> | conv<8, 3, same>)`, whose text
/// agreement.py reads, so that nothing is said twice. Cases are in float and in double by turns: the
/// templates are the same, each layer has several cases, and compiling them is most of the work.
namespace agreement {

using namespace strata::bedrock;

/// A loss with the upstream gradient `target`, another number for each output.
inline constexpr auto weighted_sum =
    loss<"weighted_sum", symbols::target * symbols::prediction, over_outputs::sum>;

/// What agreement.py writes for a network and a number of samples.
struct example {
    std::vector<double> inputs; ///< one after another
    std::vector<double> weights;
    std::vector<double> upstream;
    std::vector<double> outputs;
    std::vector<double> input_gradients;
    std::vector<double> updates; ///< of each weight: its gradient; of a moving average: its new value
    std::vector<double> predictions;
    std::size_t samples;
};

inline constexpr std::size_t batches[] = {1, 3};

/// PyTorch, which takes a second to start: once for all tables of a program.
class reference {
public:
    static reference& of_program() {
        static reference one;
        return one;
    }
    reference(const reference&) = delete;
    reference& operator=(const reference&) = delete;

    /// The examples of a network, by their numbers of samples.
    std::vector<example> ask(const char* expression) {
        std::fprintf(questions_.get(), "%s\n", expression);
        std::fflush(questions_.get());
        std::vector<example> result;
        for (const std::size_t samples : batches)
            result.push_back(next(samples));
        return result;
    }

private:
    struct closer {
        int (*close)(std::FILE*);
        void operator()(std::FILE* file) const { close(file); }
    };
    using stream = std::unique_ptr<std::FILE, closer>;

    // What PyTorch does not take any more shows where its answer is missing.
    reference() : answers_(nullptr, {pclose}), questions_(nullptr, {std::fclose}) {
        std::signal(SIGPIPE, SIG_IGN);
        const std::string path = directory_ / "questions";
        const std::string command = "/usr/bin/python3 '" STRATA_TESTS "/layers/agreement.py' <'" + path + "'";
        if (mkfifo(path.c_str(), 0600) == 0)
            answers_.reset(popen(command.c_str(), "r"));
        if (answers_ != nullptr)
            questions_.reset(std::fopen(path.c_str(), "w"));
        if (questions_ == nullptr)
            throw std::runtime_error("agreement.py does not start");
    }

    example next(std::size_t samples) {
        example result;
        for (auto* const each : {&result.inputs, &result.weights, &result.upstream, &result.outputs,
                                 &result.input_gradients, &result.updates, &result.predictions})
            *each = array();
        result.samples = samples;
        return result;
    }

    std::vector<double> array() {
        std::int64_t count = 0;
        read(&count, sizeof count);
        std::vector<double> result(static_cast<std::size_t>(count));
        read(result.data(), result.size() * sizeof(double));
        return result;
    }
    void read(void* bytes_read, std::size_t bytes) {
        if (std::fread(bytes_read, 1, bytes, answers_.get()) != bytes)
            throw std::runtime_error("agreement.py ends too early");
    }

    const temporary_directory directory_;
    stream answers_, questions_; // the end of the questions ends PyTorch, for which pclose waits then
};

/// Differences, relative to the number itself or, if that is small, to the root mean square of all.
template <class T>
void compare(const char* what, const std::vector<T>& found, const std::vector<double>& expected) {
    constexpr double tolerance = std::is_same_v<T, float> ? 1e-4 : 1e-9;
    BOOST_REQUIRE_MESSAGE(found.size() == expected.size(),
                          what << ": expected " << expected.size() << " numbers, found " << found.size());
    if (found.empty())
        return;
    double squares = 0;
    for (const double each : expected)
        squares += each * each;
    const double usual = std::sqrt(squares / static_cast<double>(expected.size()));
    double worst = 0;
    std::size_t place = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double difference = std::abs(static_cast<double>(found[i]) - expected[i]);
        const double error = difference == 0 ? 0 : difference / std::max(usual, std::abs(expected[i]));
        if (!(error <= worst)) {
            worst = error;
            place = i;
            if (std::isnan(error))
                break;
        }
    }
    BOOST_TEST(worst <= tolerance, what << " of " << (tolerance < 1e-6 ? "double" : "float") << ": number "
                                        << place << " of " << found.size() << " is " << found[place]
                                        << ", expected " << expected[place]);
}

/// Takes gradients and new averages in the layout of the parameters.
template <class T>
struct update_store : gradient_store<T> {
    const T* parameters;

    template <class Parameter>
    auto take(Parameter array, std::size_t place) const noexcept {
        if constexpr (Parameter::is_learnt)
            return gradient_store<T>::take(array, place);
        else
            return moving_average<T, Parameter>{parameters + place, this->gradients + place};
    }
};

/// The numbers of several arrays one after another, apart.
template <class T, std::size_t Arrays>
class arrays {
public:
    arrays(const std::array<std::size_t, Arrays>& sizes, std::size_t samples, T filling) : sizes_(sizes) {
        for (std::size_t i = 0; i < Arrays; ++i) {
            sizes_[i] *= samples;
            data_[i].assign(sizes_[i] + slack, filling);
        }
    }
    void set(const std::vector<double>& numbers) {
        auto next = numbers.begin();
        for (std::size_t i = 0; i < Arrays; ++i)
            for (std::size_t k = 0; k < sizes_[i]; ++k)
                data_[i][k] = static_cast<T>(*next++);
    }
    [[nodiscard]] std::vector<T> get() const {
        std::vector<T> result;
        for (std::size_t i = 0; i < Arrays; ++i)
            result.insert(result.end(), data_[i].begin(),
                          data_[i].begin() + static_cast<std::ptrdiff_t>(sizes_[i]));
        return result;
    }
    [[nodiscard]] std::array<T*, Arrays> pointers() {
        std::array<T*, Arrays> result;
        for (std::size_t i = 0; i < Arrays; ++i)
            result[i] = data_[i].data();
        return result;
    }

private:
    static constexpr std::size_t slack = 16; // a register may be read behind the end
    std::array<std::size_t, Arrays> sizes_;
    std::array<aligned_vector<T>, Arrays> data_;
};

template <auto Topology, class T>
void agree(const example& one) {
    using network = model<Topology, T>;
    using pass =
        training_pass<typename network::topology, T, std::remove_const_t<decltype(weighted_sum)>, true>;
    using output = typename pass::template output<0>;
    constexpr T nan = std::numeric_limits<T>::quiet_NaN();
    constexpr std::size_t inputs = network::input_count;

    network net;
    net.set_weights(std::vector<T>(one.weights.begin(), one.weights.end()));
    arrays<T, inputs> x(network::input_sizes, one.samples, T(0));
    x.set(one.inputs);
    arrays<T, inputs> dx(network::input_sizes, one.samples, nan);
    std::vector<T> targets(one.upstream.size() + 16);
    for (std::size_t i = 0; i < one.upstream.size(); ++i) // the loss is a mean over samples and rows
        targets[i] = static_cast<T>(one.upstream[i] * static_cast<double>(one.samples * output::rows));

    typename pass::workspace space(one.samples, 1, one.samples);
    space.fill(nan);
    // Statistics that a layer does not observe stay as they are.
    aligned_vector<T> updates(net.parameter_block().begin(), net.parameter_block().end());
    visit_learnt<T, typename network::topology>(updates.data(), [](T& each) { each = nan; });
    std::vector<double> losses(one.samples);
    std::vector<T> y(one.outputs.size(), nan);
    typename pass::batch batch{};
    const auto places = x.pointers();
    std::copy(places.begin(), places.end(), batch.x.begin());
    std::get<0>(batch.targets) = targets.data();
    batch.samples = one.samples;
    batch.pieces = batch_pieces::whole(one.samples, one.samples);
    batch.input_deltas = dx.pointers();
    const T* const parameters = net.parameter_block().data();
    pass::template forward<true>(parameters, batch, space, team{}, {});
    pass::template loss<true>(batch, space, team{}, losses.data(),
                              [&](auto, std::size_t sample, const T* prediction, const T*) {
                                  std::copy_n(prediction, output::size, y.data() + sample * output::size);
                              });
    pass::backward(parameters, batch, space, team{}, {}, update_store<T>{{updates.data()}, parameters});

    compare("output", y, one.outputs);
    compare("input gradient", dx.get(), one.input_gradients);
    std::vector<T> found;
    visit_parameters<T, typename network::topology>(updates.data(), [&](T each) { found.push_back(each); });
    compare("parameter gradient", found, one.updates);
    std::fill(y.begin(), y.end(), nan);
    net.predict_batch(batch.x, std::array{y.data()}, one.samples);
    compare("prediction", y, one.predictions);
}

struct network_case {
    const char* expression;
    void (*check)(const example&);
};

#ifdef STRATA_EXPORTED_CASES
inline std::size_t exported_count = 0;
#endif

/// Cases of even numbers are in float.
template <auto Topology, int Case>
void check(const example& one) {
#ifdef STRATA_EXPORTED_CASES
    if (one.samples == 1)
        return;
    std::vector<std::vector<float>> inputs;
    auto next = one.inputs.begin();
    for (const std::size_t size : exported_cases::input_sizes(Topology)) {
        inputs.emplace_back(next, next + static_cast<std::ptrdiff_t>(size * one.samples));
        next += static_cast<std::ptrdiff_t>(size * one.samples);
    }
    exported_cases::write<strata::model<Topology>>("torch." + std::to_string(exported_count++),
                                                   {one.weights.begin(), one.weights.end()}, inputs,
                                                   {one.predictions});
#else
    agree<Topology, std::conditional_t<Case % 2 == 0, float, double>>(one);
#endif
}

inline void agree_all(const std::vector<network_case>& cases) {
    for (const network_case& one : cases)
        for (const example& each : reference::of_program().ask(one.expression))
            BOOST_TEST_CONTEXT(one.expression << ", " << each.samples << " samples")
    one.check(each);
}

#ifdef STRATA_EXPORTED_CASES
/// The cases of all tables, which are exported behind them.
inline std::vector<network_case> exported;
inline void agree(std::initializer_list<network_case> cases) { exported.insert(exported.end(), cases); }
#else
inline void agree(std::initializer_list<network_case> cases) { agree_all(cases); }
#endif

} // namespace agreement

/// A case of a table: the text of an expression, and what checks it.
#define AGREES(...)                                                                                          \
    agreement::network_case { #__VA_ARGS__, agreement::check < (__VA_ARGS__), __COUNTER__> }
