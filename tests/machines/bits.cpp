// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "thread_machines.hpp"
#include <strata/strata.hpp>
#include <strata/training/machine_fit.hpp>

#include <boost/test/unit_test.hpp>
#include <xtensor/xtensor.hpp>

#include <mutex>
#include <random>
#include <string>
#include <vector>

using namespace strata::bedrock;

namespace {
template <std::size_t Rank>
xt::xtensor<float, Rank> draw(const std::array<std::size_t, Rank>& shape) {
    std::mt19937 random(7);
    xt::xtensor<float, Rank> result(shape);
    for (float& each : result)
        each = static_cast<float>(random() % 2000) / 1000.0F - 1.0F;
    return result;
}

/// What training leaves: the snapshot's bytes and the scores of the last epoch.
struct outcome {
    std::vector<unsigned char> bytes;
    std::vector<double> losses;
    friend bool operator==(const outcome&, const outcome&) = default;
};

template <class Network, std::size_t Rank, class Optimizer>
void check(const std::array<std::size_t, Rank>& shape, const Optimizer& optimizer) {
    const auto x = draw(shape);
    const auto y = draw(std::array{shape[0], std::size_t{3}});
    const fit_options options{.batch_size = 30, .epochs = 2, .verbose = verbosity::silent, .piece_size = 4};
    const auto train = [&](const auto& fit) {
        Network net{seed{5}};
        trainer teach{net, mean_squared_error, optimizer, metrics::mean_absolute_error};
        const history record = fit(teach);
        return outcome{teach.snapshot().bytes, record["loss"]};
    };
    const outcome alone = train([&](auto& teach) { return teach.fit(x, y, options); });
    for (const std::size_t machines : {1U, 2U, 3U, 8U}) {
        std::mutex mutex;
        thread_machines(machines).run([&](strata::machine_group& world) {
            const outcome found =
                train([&](auto& teach) { return teach.fit(part_of(x, world), y, options); });
            const std::lock_guard lock(mutex);
            BOOST_TEST(found.losses == alone.losses, boost::test_tools::per_element());
            BOOST_TEST((found == alone), machines << " machines");
        });
    }
}
} // namespace

constexpr std::size_t rows = 100;

BOOST_AUTO_TEST_CASE(machines_come_to_the_bits_of_one) {
    check<model<input<20> | dense<17, l2<0.01>> | relu | dropout<0.3> | dense<3>>>(std::array{rows, 20UL},
                                                                                   accumulate<2>(adam{}));
}

BOOST_AUTO_TEST_CASE(machines_that_clip_norms_of_images_come_to_the_bits_of_one) {
    check<model<input<8, 6, 2> | random_flip<horizontal> | random_shift<0.2, 0.2> | gaussian_noise<0.1> |
                conv<7, 3> | batch_norm<> | group_norm<7> | prelu<> | spatial_dropout<0.2> | flatten | dense<3>>>(
        std::array{rows, 8UL, 6UL, 2UL},
        clip_global_norm(sgd_momentum{.learning_rate = 0.1, .momentum = 0.9}, 0.5));
}
