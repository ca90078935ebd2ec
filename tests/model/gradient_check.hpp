// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/model/backward.hpp>
#include <strata/model/model.hpp>
#include <strata/model/scalar_step.hpp>
#include <strata/model/update.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <vector>

/// The one checker of gradients, for every layer, activation and loss: the derivative of the mean loss of a
/// batch by every weight, in double, against central differences. What backward forgets to write stays NaN
/// and fails.
namespace gradient_check {

using namespace strata;

/// A loss with the upstream gradient `target`, another number for each output.
inline constexpr auto weighted = loss<"weighted", symbols::target * symbols::prediction, over_outputs::sum>;

template <auto Topology, auto Loss>
void check(std::size_t samples, double low = -1, double high = 1) {
    using network = model<Topology, double>;
    using loss_type = std::remove_const_t<decltype(Loss)>;
    using pass = training_pass<typename network::topology, double, loss_type>;
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr std::size_t slack = 8;

    network net{seed{11}};
    random_sequence random(seed{5}, stream::split);
    for (double& weight : net.parameters())
        if (weight == 0)
            weight = 0.2 * (random.uniform() - 0.5); // biases, and filling, which no gradient may depend on
    aligned_vector<double> x(samples * network::input_size + slack);
    for (double& each : x)
        each = low + (high - low) * random.uniform();
    std::vector<typename pass::target> targets(samples * pass::targets + slack);
    for (auto& each : targets) {
        if constexpr (loss_type::targets == target_kind::labels)
            each = static_cast<typename pass::target>(
                random.below(static_cast<std::uint32_t>(pass::row_length)));
        else
            each = random.uniform();
    }

    typename pass::workspace space(samples, 1);
    space.fill(nan);
    std::vector<double> losses(samples, nan);
    const typename pass::batch batch{x.data(), targets.data(), samples};
    const dropout_key key{9, 3, 0};
    const auto ignore = [](std::size_t, const double*, const typename pass::target*) noexcept {};
    const auto mean_loss = [&] {
        pass::template forward<true>(net.parameters().data(), batch, space, team{}, key);
        pass::template loss<false>(batch, space, team{}, key, losses.data(), ignore);
        double sum = 0;
        for (double each : losses)
            sum += each;
        return sum / static_cast<double>(samples);
    };

    aligned_vector<double> gradients(net.parameters().size(), nan);
    pass::template forward<true>(net.parameters().data(), batch, space, team{}, key);
    pass::template loss<true>(batch, space, team{}, key, losses.data(), ignore);
    pass::backward(net.parameters().data(), batch, space, team{}, key);
    pass::update(batch, space, team{}, gradient_store<double>{gradients.data()});

    std::vector<double> analytic;
    visit_parameters<double>(typename network::stages{}, gradients.data(),
                             [&](double gradient) { analytic.push_back(gradient); });
    BOOST_REQUIRE_EQUAL(analytic.size(), network::parameter_count);
    std::size_t next = 0;
    double worst = 0;
    double largest = 0;
    visit_parameters<double>(typename network::stages{}, net.parameters().data(), [&](double& weight) {
        constexpr double step = 1e-5;
        const double before = weight;
        weight = before + step;
        const double above = mean_loss();
        weight = before - step;
        const double below = mean_loss();
        weight = before;
        const double numeric = (above - below) / (2 * step);
        const double error = std::abs(analytic[next] - numeric) / std::max(1e-2, std::abs(numeric));
        worst = error > worst || std::isnan(error) ? error : worst;
        largest = std::max(largest, std::abs(numeric));
        ++next;
    });
    if constexpr (scalar_step<pass>::is_worthwhile)
        if (samples == 1) {
            aligned_vector<double> scalar(gradients.size(), 0.0); // which does not see the filling
            const double loss = scalar_step<pass>::run(
                net.parameters().data(), x.data(), targets.data(), [](auto...) {},
                gradient_store<double>{scalar.data()});
            BOOST_TEST(std::abs(loss - mean_loss()) <= 1e-12);
            next = 0;
            visit_parameters<double>(typename network::stages{}, scalar.data(), [&](double gradient) {
                BOOST_TEST(std::abs(gradient - analytic[next]) <= 1e-12);
                ++next;
            });
        }
    BOOST_TEST(worst <= 1e-6);
    BOOST_TEST(largest > 0); // a network that depends on nothing would pass everything
}

/// Batches that fill no tile, one, and more than one.
template <auto Topology, auto Loss>
void check_all() {
    for (const std::size_t samples : {1u, 3u, 8u, 13u})
        check<Topology, Loss>(samples);
}

} // namespace gradient_check
