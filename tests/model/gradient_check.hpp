// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>
#include <strata/model/scalar_step.hpp>
#include <strata/model/training_pass.hpp>
#include <strata/model/update.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

/// The one checker of gradients, for every layer, activation and loss: the derivative of the mean loss of a
/// batch by every weight, in double, against central differences. What backward forgets to write stays NaN
/// and fails.
namespace gradient_check {

using namespace strata::bedrock;

/// A loss with the upstream gradient `target`, another number for each output.
inline constexpr auto weighted_sum =
    loss<"weighted_sum", symbols::target * symbols::prediction, over_outputs::sum>;

#ifdef __has_feature
inline constexpr bool is_sanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool is_sanitized = false;
#endif

/// The largest error of derivatives beside central differences, relative to those above 0.01.
class comparison {
public:
    /// How far both differences of a slope go.
    static constexpr double step = 1e-5;
    /// Of so many numbers one is compared: of all those of one sample, which say most of what is wrong, and
    /// of few numbers. In batches a sample or a number of a register would be wrong, which every fifth number
    /// sees as well, since no register has a multiple of five. A sanitizer watches memory, and every forward
    /// pass touches the same.
    static constexpr std::size_t interval(std::size_t samples, std::size_t numbers) {
        return numbers < 20 ? 1 : is_sanitized ? 7 : samples == 1 ? 1 : 5;
    }
    /// The first of these: another one in batches of another size.
    static constexpr std::size_t first(std::size_t samples, std::size_t numbers) {
        return samples / 3 % interval(samples, numbers);
    }

    template <class Function>
    void differ(double& number, double analytic, const Function& function) {
        const double value = number;
        number = value + step;
        const double upper = function();
        number = value - step;
        const double lower = function();
        number = value;
        compare(analytic, upper, lower);
    }
    void compare(double analytic, double upper, double lower) {
        const double numeric = (upper - lower) / (2 * step);
        const double error = std::abs(analytic - numeric) / std::max(1e-2, std::abs(numeric));
        worst_ = error > worst_ || std::isnan(error) ? error : worst_;
        largest_ = std::max(largest_, std::abs(numeric));
    }
    [[nodiscard]] double worst() const { return worst_; }
    [[nodiscard]] double largest() const { return largest_; }

private:
    double worst_ = 0;
    double largest_ = 0;
};

/// Compares the derivatives of the mean loss by all inputs. `losses` computes those of all samples. Where no
/// sample has a part in another's loss, every second one differs in one pass, which takes `samples` / 2 times
/// fewer passes than one sample at a time, and the others' losses must stay as they are.
template <class Losses>
void differ_by_inputs(std::span<double> x, std::size_t samples, std::span<const double> analytic,
                      const Losses& losses, comparison& result) {
    const std::size_t size = x.size() / samples;
    const std::size_t interval = comparison::interval(samples, size);
    const std::size_t begin = comparison::first(samples, size);
    const std::vector<double> known = losses();
    const auto shifted = [&](std::size_t first, std::size_t start, std::size_t end, double distance) {
        const std::vector<double> values(x.begin(), x.end());
        for (std::size_t sample = first; sample < samples; sample += 2)
            for (std::size_t i = start; i < end; ++i)
                x[sample * size + i] += distance;
        std::vector<double> found = losses();
        std::copy(values.begin(), values.end(), x.begin());
        return found;
    };
    const auto others_stay = [&](std::size_t first, const std::vector<double>& found) {
        for (std::size_t sample = 1 - first; sample < samples; sample += 2)
            if (found[sample] != known[sample])
                return false;
        return true;
    };
    const std::size_t groups = std::min<std::size_t>(samples, 2);
    bool independent = true;
    for (std::size_t first = 0; first < groups; ++first)
        independent = independent && others_stay(first, shifted(first, 0, size, 0.01));
    const auto count = static_cast<double>(samples);
    if (!independent) {
        for (std::size_t i = begin; i < x.size(); i += interval)
            result.differ(x[i], analytic[i], [&] {
                const std::vector<double>& found = losses();
                return std::accumulate(found.begin(), found.end(), 0.0) / count;
            });
        return;
    }
    for (std::size_t first = 0; first < groups; ++first)
        for (std::size_t i = begin; i < size; i += interval) {
            const std::vector<double> upper = shifted(first, i, i + 1, comparison::step);
            const std::vector<double> lower = shifted(first, i, i + 1, -comparison::step);
            BOOST_REQUIRE((others_stay(first, upper) && others_stay(first, lower)));
            for (std::size_t sample = first; sample < samples; sample += 2)
                result.compare(analytic[sample * size + i], upper[sample] / count, lower[sample] / count);
        }
}

/// Checks the derivatives by all that is learnt and by the inputs. `piece`: samples of a piece of the batch,
/// or all of it.
template <class Network, class Loss>
void check_network(std::size_t samples, double low, double high, std::size_t piece = 0) {
    using network = Network;
    using loss_type = Loss;
    using pass = training_pass<typename network::topology, double, loss_type, true>;
    using learning_pass = training_pass<typename network::topology, double, loss_type>;
    using result_type = typename pass::template output<0>;
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr std::size_t slack = 8;

    network net{seed{11}};
    random_sequence of_weights(seed{5}, draw_purpose::split, 0);
    random_sequence random(seed{5}, draw_purpose::split, 1);
    for (double& weight : net.parameter_block())
        if (weight == 0)
            weight =
                0.2 * (of_weights.uniform() - 0.5); // biases, and filling, which no gradient may depend on
    aligned_vector<double> x(samples * network::input_size + slack);
    for (double& each : x)
        each = low + (high - low) * random.uniform();
    std::vector<typename result_type::target> targets(samples * result_type::targets + slack);
    for (auto& each : targets) {
        if constexpr (loss_type::targets == target_kind::labels)
            each = static_cast<typename result_type::target>(
                random.integer(static_cast<std::uint32_t>(result_type::row_length)));
        else
            each = random.uniform();
    }

    const batch_pieces pieces = batch_pieces::whole(samples, piece > 0 ? piece : samples);
    typename pass::workspace space(samples, 1, pieces.length);
    space.fill(nan);
    std::vector<double> losses(samples, nan);
    aligned_vector<double> input_gradients(samples * network::input_size + slack, nan);
    const typename pass::batch batch{{x.data()}, {targets.data()}, samples, {input_gradients.data()}, {},
                                     pieces};
    const dropout_key key{9, 3, 0};
    const auto ignore = [](auto...) noexcept {};
    const auto mean_loss = [&] {
        pass::template forward<true>(net.parameter_block().data(), batch, space, team{}, key);
        pass::template loss<false>(batch, space, team{}, losses.data(), ignore);
        double sum = 0;
        for (double each : losses)
            sum += each;
        return sum / static_cast<double>(samples);
    };

    aligned_vector<double> gradients(net.parameter_block().size(), 0.0); // moving averages have none
    const auto differentiate = [&]<class Pass>(std::type_identity<Pass>, auto& memory, const auto& data) {
        const double* const parameters = net.parameter_block().data();
        visit_parameters<double, typename network::topology>(gradients.data(),
                                                             [](double& each) { each = nan; });
        Pass::template forward<true>(parameters, data, memory, team{}, key);
        Pass::template loss<true>(data, memory, team{}, losses.data(), ignore);
        Pass::backward(parameters, data, memory, team{}, key, gradient_store<double>{gradients.data()});
        std::vector<double> result;
        visit_learnt<double, typename network::topology>(
            gradients.data(), [&](double gradient) { result.push_back(gradient); });
        return result;
    };
    const auto analytic = differentiate(std::type_identity<pass>{}, space, batch);
    BOOST_REQUIRE_EQUAL(analytic.size(), network::parameter_count);
    const auto is_nan = [](double each) { return std::isnan(each); };
    BOOST_TEST(std::none_of(analytic.begin(), analytic.end(), is_nan));
    BOOST_TEST(std::none_of(input_gradients.begin(), input_gradients.end() - slack, is_nan));
    if constexpr (network::parameter_count > 0 && !is_sanitized) {
        // Without the inputs' derivatives, as in training, the same bits. It touches the same memory.
        typename learning_pass::workspace other(samples, 1, pieces.length);
        other.fill(nan);
        const typename learning_pass::batch data{{x.data()}, {targets.data()}, samples, {}, {}, pieces};
        const auto learnt = differentiate(std::type_identity<learning_pass>{}, other, data);
        BOOST_TEST(std::memcmp(learnt.data(), analytic.data(), learnt.size() * sizeof(double)) == 0);
    }

    const std::size_t interval = comparison::interval(samples, network::parameter_count);
    const std::size_t first = comparison::first(samples, network::parameter_count);
    std::size_t next = 0;
    comparison weights;
    visit_learnt<double, typename network::topology>(net.parameter_block().data(), [&](double& weight) {
        if (next % interval == first)
            weights.differ(weight, analytic[next], mean_loss);
        ++next;
    });
    comparison inputs;
    differ_by_inputs(
        std::span(x.data(), samples * network::input_size), samples,
        std::span<const double>(input_gradients.data(), samples * network::input_size),
        [&]() -> const std::vector<double>& {
            mean_loss();
            return losses;
        },
        inputs);

    if constexpr (scalar_step<pass>::is_worthwhile)
        if (samples == 1) {
            aligned_vector<double> scalar(gradients.size(), 0.0); // which does not see the filling
            typename scalar_step<pass>::weights numbers(net.parameter_block().data());
            const double loss = scalar_step<pass>::run(
                numbers, x.data(), targets.data(), [](auto...) {}, gradient_store<double>{scalar.data()});
            BOOST_TEST(std::abs(loss - mean_loss()) <= 1e-12);
            next = 0;
            visit_learnt<double, typename network::topology>(scalar.data(), [&](double gradient) {
                BOOST_TEST(std::abs(gradient - analytic[next]) <= 1e-12);
                ++next;
            });
        }
    BOOST_TEST(weights.worst() <= 1e-6);
    BOOST_TEST(inputs.worst() <= 1e-6);
    // A network that depends on nothing would pass everything.
    BOOST_TEST(weights.largest() + inputs.largest() > 0);
}

/// The same of a topology with a loss, which are in no other name than this function's.
template <auto Topology, auto Loss>
void check(std::size_t samples, double low = -1, double high = 1, std::size_t piece = 0) {
    check_network<typename model<Topology, double>::base, stand_in<std::remove_const_t<decltype(Loss)>>>(
        samples, low, high, piece);
}

/// Batches that fill no tile, one, and more than one.
template <auto Topology, auto Loss>
void check_all() {
    for (const std::size_t samples : {1u, 3u, 8u, 13u})
        check<Topology, Loss>(samples);
}

} // namespace gradient_check
