// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "training.hpp"

#include <strata/strata.hpp>
#include <strata/training/machine_fit.hpp>

#include <array>
#include <random>
#include <stdexcept>

using namespace strata;

namespace {
template <std::size_t Rank>
xt::xtensor<float, Rank> draw(const std::array<std::size_t, Rank>& shape, std::uint32_t start) {
    std::mt19937 random(start);
    xt::xtensor<float, Rank> result(shape);
    for (float& each : result)
        each = static_cast<float>(random() % 2000) / 1000.0F - 1.0F;
    return result;
}

template <class Network, std::size_t Rank, class Optimizer>
outcome train_network(const job& task, machine_group* world, const std::array<std::size_t, Rank>& shape,
                      const Optimizer& optimizer) {
    const auto x = draw(shape, task.data);
    const auto y = draw(std::array{shape[0], std::size_t{3}}, 8);
    fit_options options{.batch_size = task.batch_size,
                        .epochs = task.epochs,
                        .verbose = task.is_shown ? verbosity::line : verbosity::silent,
                        .threads = task.threads,
                        .piece_size = 4};
    if (!task.backup.empty())
        options.callbacks.push_back(backup{task.backup});
    if (task.failing_epoch < task.epochs)
        options.callbacks.push_back([&](training_state& state) {
            if (state.epoch == task.failing_epoch)
                throw std::runtime_error("the disk is full");
        });
    Network net{seed{5}};
    trainer teach{net, mean_squared_error, optimizer, metrics::mean_absolute_error};
    if (!task.loaded.empty())
        teach.load(task.loaded);
    const history record =
        world != nullptr ? teach.fit(part_of(x, *world), y, options) : teach.fit(x, y, options);
    outcome result{teach.snapshot().bytes, {}};
    for (const char* name : {"loss", "mean_absolute_error"})
        for (const double score : record[name]) {
            const auto bytes = std::bit_cast<std::array<unsigned char, sizeof score>>(score);
            result.scores.insert(result.scores.end(), bytes.begin(), bytes.end());
        }
    return result;
}

constexpr std::size_t samples = 70;
} // namespace

// Another program has only the smallest of them.
#ifdef SMALLEST
const std::vector<std::string> networks{"line"};
#else
const std::vector<std::string> networks{"line", "rows", "images"};
#endif

outcome train(const job& task, machine_group* world) {
    if (task.network == "line")
        return train_network<model<input<4> | dense<3>>>(task, world, std::array{samples, 4UL},
                                                         sgd{.learning_rate = task.rate});
#ifndef SMALLEST
    if (task.network == "rows")
        return train_network<
            model<input<20> | dense<17, l2<0.01>> | batch_norm<> | relu | dropout<0.3> | dense<3>>>(
            task, world, std::array{samples, 20UL}, accumulate<2>(adam{}));
    if (task.network == "images")
        return train_network<
            model<input<6, 5, 2> | random_flip<horizontal> | random_shift<0.2, 0.2> | conv<5, 3> |
                  batch_norm<> | relu | spatial_dropout<0.2> | flatten | dense<3>>>(
            task, world, std::array{samples, 6UL, 5UL, 2UL},
            clip_global_norm(sgd_momentum{.learning_rate = task.rate, .momentum = 0.9}, 0.5));
#endif
    throw std::invalid_argument("no network is called " + task.network);
}
