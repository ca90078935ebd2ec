// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/temporary_directory.hpp"
#include "drawn_samples.hpp"
#include "thread_machines.hpp"
#include <strata/data/batch_sources.hpp>
#include <strata/data/csv_batches.hpp>
#include <strata/data/mapped_npy.hpp>
#include <strata/data/npy.hpp>
#include <strata/data/npy_batches.hpp>
#include <strata/distributed/host_memory.hpp>
#include <strata/strata.hpp>
#include <strata/training/machine_fit.hpp>

#include <boost/test/unit_test.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <fstream>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace strata::bedrock;

namespace {
/// What training leaves: the snapshot's bytes and the scores of the last epoch.
struct outcome {
    std::vector<unsigned char> bytes;
    std::vector<double> losses;
    friend bool operator==(const outcome&, const outcome&) = default;
};

template <class Network, std::size_t Rank, class Optimizer>
void check(const xt::xtensor<float, Rank>& x, const Optimizer& optimizer) {
    const auto y = draw(std::array{x.shape(0), std::size_t{3}});
    const fit_options options{.batch_size = 30, .epochs = 2, .verbose = verbosity::silent, .piece_size = 4};
    const auto train = [&](const auto& fit) {
        Network net{seed{5}};
        trainer teach{net, mean_squared_error, optimizer, metrics::mean_absolute_error};
        const history record = fit(teach);
        return outcome{teach.snapshot().bytes, record["loss"]};
    };
    const outcome alone = train([&](auto& teach) { return teach.fit(x, y, options); });
    // How many machines, and how many of them are a host.
    for (const auto& [machines, host] : {std::pair{1U, 3U}, {2U, 1U}, {2U, 2U}, {3U, 3U}, {8U, 3U}}) {
        std::mutex mutex;
        thread_machines(machines, host).run([&](strata::machine_group& world) {
            const outcome found = train([&](auto& teach) {
                fit_options shared = options;
                shared.machines = world;
                return teach.fit(part_of(x, world), y, shared);
            });
            const std::lock_guard lock(mutex);
            BOOST_TEST(found.losses == alone.losses, boost::test_tools::per_element());
            BOOST_TEST((found == alone), machines << " machines, " << host << " a host");
        });
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(machines_come_to_the_bits_of_one) {
    check<model<input<20> | dense<17, l2<0.01>> | relu | dropout<0.3> | dense<3>>>(
        draw(std::array{rows, 20UL}), accumulate<2>(adam{}));
}

// The part of the first array that a machine of a pair updates early ends within a tile.
BOOST_AUTO_TEST_CASE(machines_that_update_early_come_to_the_bits_of_one) {
    check<model<input<50> | dense<130, l2<0.01>> | relu | dropout<0.3> | dense<3>>>(
        draw(std::array{rows, 50UL}), adam{});
}

// Where a loss is not finite, the network gets the weights from before back on all machines, whatever memory
// they have trained in.
BOOST_AUTO_TEST_CASE(machines_that_diverge_come_to_the_bits_of_one) {
    const auto x = draw(std::array{rows, 50UL});
    const auto y = draw(std::array{rows, 3UL});
    const fit_options options{.batch_size = 30, .epochs = 9, .verbose = verbosity::silent, .piece_size = 4};
    const auto train = [&](const auto& fit) {
        model<input<50> | dense<130> | relu | dense<3>> net{seed{5}};
        trainer teach{net, mean_squared_error, sgd{40}};
        BOOST_CHECK_THROW(fit(teach), strata::diverged);
        return teach.snapshot().bytes;
    };
    const auto alone = train([&](auto& teach) { teach.fit(x, y, options); });
    for (const std::size_t host : {1U, 2U}) {
        std::mutex mutex;
        thread_machines(2, host).run([&](strata::machine_group& world) {
            const auto found = train([&](auto& teach) {
                fit_options shared = options;
                shared.machines = world;
                teach.fit(part_of(x, world), y, shared);
            });
            const std::lock_guard lock(mutex);
            BOOST_TEST((found == alone), host << " a host");
        });
    }
}

BOOST_AUTO_TEST_CASE(machines_that_clip_norms_of_images_come_to_the_bits_of_one) {
    check<model<input<8, 6, 2> | random_flip<horizontal> | random_shift<0.2, 0.2> | gaussian_noise<0.1> |
                conv<7, 3> | batch_norm<> | group_norm<7> | prelu<> | spatial_dropout<0.2> | flatten |
                dense<3>>>(draw(std::array{rows, 8UL, 6UL, 2UL}),
                           clip_global_norm(sgd_momentum{.learning_rate = 0.1, .momentum = 0.9}, 0.5));
}

// What a kernel does may depend on how many samples a machine has, but not the order of its sums. The last
// machine has one sample or two: a row of its own, and places of which two fill no register.
BOOST_AUTO_TEST_CASE(machines_with_few_samples_come_to_the_bits_of_one) {
    check<model<input<5> | dense<64> | relu | dense<32> | dense<3>>>(draw(std::array{rows - 1, 5UL}), sgd{});
    check<model<input<3, 3, 8> | conv<64, 1> | relu | conv<32, 1> | relu | flatten | dense<3>>>(
        draw(std::array{40UL, 3UL, 3UL, 8UL}), sgd{});
    // More weights than are transposed at a time.
    check<model<input<3, 3, 8> | conv<64, 1> | relu | conv<320, 3, same> | relu | flatten | dense<3>>>(
        draw(std::array{40UL, 3UL, 3UL, 8UL}), sgd{});
}

// Batches of one sample are learnt in plain numbers, which rounds otherwise than registers do, and a rest of
// one sample in registers, in an array and in a source.
BOOST_AUTO_TEST_CASE(machines_that_step_by_sample_come_to_the_bits_of_one) {
    using network = model<input<2> | dense<2> | strata::tanh | dense<1>>;
    const auto x = draw(std::array{9UL, 2UL});
    const auto y = xt::xtensor<float, 2>(0.5F * xt::view(x, xt::all(), xt::range(0, 1)));
    const auto source_of = [&](std::size_t size) {
        return function_batches((9 + size - 1) / size, [&, size](const batch_number& number) {
            const std::size_t begin = number.step * size, end = std::min(begin + size, x.shape(0));
            return labelled_arrays<xt::xtensor<float, 2>, xt::xtensor<float, 2>>{
                xt::view(x, xt::range(begin, end)), xt::view(y, xt::range(begin, end))};
        });
    };
    for (const std::size_t size : {1U, 4U}) {
        const fit_options options{
            .batch_size = size, .epochs = 3, .shuffle = false, .verbose = verbosity::silent, .piece_size = 4};
        const auto train = [&](const auto& fit) {
            network net{seed{5}};
            trainer teach{net, mean_squared_error, adam{}};
            fit(teach);
            return teach.snapshot().bytes;
        };
        const auto alone = train([&](auto& teach) { teach.fit(x, y, options); });
        const auto by_source = train([&](auto& teach) {
            auto source = source_of(size);
            teach.fit_batches(source, options);
        });
        BOOST_TEST((by_source == alone), "a source of batches of " << size);
        for (const std::size_t machines : {1U, 2U, 3U}) {
            std::mutex mutex;
            thread_machines(machines, 2).run([&](strata::machine_group& world) {
                const auto found = train([&](auto& teach) { teach.fit(part_of(x, world), y, options); });
                const auto found_by_source = train([&](auto& teach) {
                    auto source = source_of(size);
                    teach.fit_batches(part_of(source, world), options);
                });
                const std::lock_guard lock(mutex);
                BOOST_TEST((found == alone), machines << " machines, batches of " << size);
                BOOST_TEST((found_by_source == alone),
                           machines << " machines, a source of batches of " << size);
            });
        }
    }
}

// The sums of all pieces are added before those of the stages, as on one machine.
BOOST_AUTO_TEST_CASE(machines_that_share_weights_and_normalize_by_piece_come_to_the_bits_of_one) {
    constexpr auto twice = shared_weights<"twice">(dense<6> | batch_norm<ghost_batches>);
    check<model<input<4, 5> | time_distributed(dense<6> | batch_norm<>) | relu | twice | relu | twice |
                flatten | dense<3>>>(draw(std::array{rows, 4UL, 5UL}), adam{});
}

BOOST_AUTO_TEST_CASE(machines_leave_embeddings_alone_that_no_machine_has) {
    // Some batches have none of a token, so that Adam must not move its row there.
    const xt::xtensor<float, 2> tokens = xt::floor(200.0F * (draw(std::array{rows, 5UL}) + 1.0F));
    check<model<input<5> | embedding<400, 6> | flatten | dense<3>>>(tokens, adam{});
    check<model<input<5> | embedding<400, 6> | flatten | dense<3>>>(tokens, average_weights(adam{}));
}

namespace {
/// Runs work(teach, world) on so many machines, and compares what it returns and leaves with what `alone`
/// has returned and left on one.
template <class Alone, class Work>
void compare(const Alone& alone, const Work& work) {
    small net{seed{5}};
    trainer teach{net, mean_squared_error, adam{}, metrics::mean_absolute_error};
    const std::vector<double> expected = alone(teach);
    const auto bytes = teach.snapshot().bytes;
    for (const std::size_t machines : {1U, 3U, 8U}) {
        std::mutex mutex;
        thread_machines(machines, 2).run([&](strata::machine_group& world) {
            small own{seed{5}};
            trainer other{own, mean_squared_error, adam{}, metrics::mean_absolute_error};
            const std::vector<double> found = work(other, world);
            const std::lock_guard lock(mutex);
            BOOST_TEST(found == expected, boost::test_tools::per_element());
            BOOST_TEST((other.snapshot().bytes == bytes), machines << " machines");
        });
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(machines_evaluate_to_the_bits_of_one) {
    const auto x = draw(std::array{rows, 20UL});
    const auto y = draw(std::array{rows, 3UL});
    const evaluate_options options{.batch_size = 64, .verbose = verbosity::silent};
    const auto numbers = [](const scores& found) {
        return std::vector{found["loss"], found["mean_absolute_error"]};
    };
    compare([&](auto& teach) { return numbers(teach.evaluate(x, y, options)); },
            [&](auto& teach, auto& world) { return numbers(teach.evaluate(part_of(x, world), y, options)); });
}

BOOST_AUTO_TEST_CASE(machines_share_the_batches_of_a_source) {
    const auto x = draw(std::array{rows, 20UL});
    const auto y = draw(std::array{rows, 3UL});
    const auto source = [&] {
        return function_batches(7, [&](const batch_number& number) {
            const auto begin = number.step * 13, end = begin + 13;
            return labelled_arrays<xt::xtensor<float, 2>, xt::xtensor<float, 2>>{
                xt::view(x, xt::range(begin, end)), xt::view(y, xt::range(begin, end))};
        });
    };
    auto validation = source();
    const fit_options options{
        .epochs = 2, .validation_batches = &validation, .verbose = verbosity::silent, .piece_size = 4};
    const auto numbers = [](const history& record, const scores& found) {
        return std::vector{record["loss"][1], record["val_loss"][1], found["loss"]};
    };
    compare(
        [&](auto& teach) {
            auto batches = source();
            const history record = teach.fit_batches(batches, options);
            return numbers(record, teach.evaluate_batches(batches, {.verbose = verbosity::silent}));
        },
        [&](auto& teach, auto& world) {
            auto batches = source();
            auto own_validation = source();
            fit_options shared = options;
            shared.validation_batches = &own_validation;
            const history record = teach.fit_batches(part_of(batches, world), shared);
            return numbers(record,
                           teach.evaluate_batches(part_of(batches, world), {.verbose = verbosity::silent}));
        });
}

namespace {
/// Bytes that this process has read from files so far.
std::size_t bytes_read() {
    std::ifstream file("/proc/self/io");
    std::string name;
    std::size_t bytes = 0;
    file >> name >> bytes;
    return name == "rchar:" ? bytes : 0;
}
std::vector<double> numbers_of(const history& record) { return record["loss"]; }
} // namespace

BOOST_AUTO_TEST_CASE(machines_read_their_shares_of_files) {
    const temporary_directory directory;
    const std::array shape{4'000UL, 20UL};
    const auto x = draw(shape);
    const auto y = draw(std::array{shape[0], 3UL});
    write_npy(directory / "x.npy", x);
    write_npy(directory / "y.npy", y);
    {
        std::ofstream file(directory / "rows.csv");
        file.precision(9);
        for (std::size_t column = 0; column < 23; ++column)
            file << (column < 20 ? "x" : "y") << column << (column < 22 ? ',' : '\n');
        for (std::size_t row = 0; row < shape[0]; ++row)
            for (std::size_t column = 0; column < 23; ++column)
                file << (column < 20 ? x(row, column) : y(row, column - 20)) << (column < 22 ? ',' : '\n');
    }
    const fit_options options{.batch_size = 512, .epochs = 3, .verbose = verbosity::silent};
    // In the files' order all machines together read little more than the file once an epoch.
    const auto compare_source = [&](const char* name, bool is_shuffled, const auto& make_source) {
        std::size_t most = 0;
        fit_options own = options;
        own.shuffle = is_shuffled;
        compare([&](auto& teach) { return numbers_of(teach.fit(x, y, own)); },
                [&](auto& teach, auto& world) {
                    auto source = make_source(is_shuffled);
                    const std::size_t known_bytes = bytes_read();
                    const auto found = numbers_of(teach.fit_batches(part_of(source, world), options));
                    most = std::max(most, bytes_read() - known_bytes);
                    return found;
                });
        // Each of the eight looks for the records of a text once, and at some first ones more often.
        const std::size_t times = 2 * options.epochs + (std::string(name) == "rows.csv" ? 12 : 0);
        if (!is_shuffled)
            BOOST_TEST(most < times * std::filesystem::file_size(directory / name),
                       name << ": all machines together have read " << most << " bytes");
    };
    for (const bool is_shuffled : {false, true}) {
        const prefetch_options none{.threads = 0};
        compare_source("x.npy", is_shuffled, [&](bool shuffle) {
            return npy_batches<float, 2, float, 2>(
                directory / "x.npy", directory / "y.npy",
                {.batch_size = 512, .shuffle = shuffle, .random = seed{5}, .prefetch = none});
        });
        compare_source("rows.csv", is_shuffled, [&](bool shuffle) {
            return csv_batches(directory / "rows.csv", std::vector<std::string>{"y20", "y21", "y22"},
                               {.batch_size = 512, .shuffle = shuffle, .random = seed{5}, .prefetch = none});
        });
    }
    const mapped_array mapped_x = map_npy<float, 2>(directory / "x.npy");
    const mapped_array mapped_y = map_npy<float, 2>(directory / "y.npy");
    compare([&](auto& teach) { return numbers_of(teach.fit(x, y, options)); },
            [&](auto& teach, auto& world) {
                return numbers_of(teach.fit(part_of(mapped_x, world), mapped_y, options));
            });
}

BOOST_AUTO_TEST_CASE(machines_read_mapped_files_in_windows) {
    const temporary_directory directory;
    const std::array shape{14'000UL, 20UL}; // more than a megabyte, of which a thread reads blocks
    const auto x = draw(shape);
    const auto y = draw(std::array{shape[0], 3UL});
    write_npy(directory / "x.npy", x);
    write_npy(directory / "y.npy", y);
    const mapped_array mapped_x = map_npy<float, 2>(directory / "x.npy");
    const mapped_array mapped_y = map_npy<float, 2>(directory / "y.npy");
    const fit_options options{
        .batch_size = 512, .epochs = 2, .shuffle_window = 3'200, .verbose = verbosity::silent, .threads = 2};
    compare([&](auto& teach) { return numbers_of(teach.fit(x, y, options)); },
            [&](auto& teach, auto& world) {
                return numbers_of(teach.fit(part_of(mapped_x, world), mapped_y, options));
            });
}

BOOST_AUTO_TEST_CASE(processes_see_the_memory_of_their_host) {
    constexpr std::size_t bytes = 100'000;
    std::mutex mutex;
    thread_machines(5, 2).run([&](strata::machine_group& world) {
        const auto told = std::as_bytes(std::span(&bytes, 1));
        const strata::machine_memory seen = share_host_memory(world, bytes);
        const std::size_t rank = world.rank();
        seen.blocks[rank][bytes - 1] = static_cast<std::byte>(rank + 1);
        (void)world.gather(told);
        const std::lock_guard lock(mutex);
        for (std::size_t machine = 0; machine < 5; ++machine) {
            const auto block = seen.blocks[machine];
            BOOST_TEST(block.empty() == (machine / 2 != rank / 2), machine << " of " << rank);
            if (block.empty())
                continue;
            BOOST_TEST(reinterpret_cast<std::uintptr_t>(block.data()) % alignment == 0U);
            BOOST_TEST((block.front() == std::byte{0}));
            BOOST_TEST((block[bytes - 1] == static_cast<std::byte>(machine + 1)), machine << " of " << rank);
        }
    });
}

// A process that finds no room has memory of its own, and so has whoever would share it.
BOOST_AUTO_TEST_CASE(memory_of_a_host_is_found_by_its_mark) {
    using internal::named_memory;
    const std::string name = "/strata-test-" + std::to_string(::getpid());
    BOOST_TEST(named_memory::make(name, std::size_t{1} << 56, 7).bytes().empty());
    const named_memory own = named_memory::make(name, 128, 7);
    BOOST_TEST(own.bytes().size() == 128U);
    BOOST_TEST(named_memory::make(name, 128, 7).bytes().empty());
    BOOST_TEST(named_memory::find(name, 128, 7).bytes().size() == 128U);
    BOOST_TEST(named_memory::find(name, 128, 8).bytes().empty());
    BOOST_TEST(named_memory::find(name, 64, 7).bytes().empty());
    ::shm_unlink(name.c_str());
    BOOST_TEST(named_memory::find(name, 128, 7).bytes().empty());
}
